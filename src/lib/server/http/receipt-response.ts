// A receipt as PDF.
import { error } from '@sveltejs/kit';
import { isUuid } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { Locale } from '../../domain/money/format.ts';
import { renderReceiptPdf } from '../documents/receipt-pdf.ts';
import { findReceipt } from '../use-cases/payments/read-receipt.ts';
import { house } from '../wiring.ts';
import { fileResponse } from './file-response.ts';

export async function receiptResponse(scope: Scope, paymentId: string, locale: Locale): Promise<Response> {
	const { services } = await house();
	const receipt = isUuid(paymentId) ? await findReceipt(services, scope, paymentId) : null;
	if (!receipt) error(404, 'Not found');
	return fileResponse({
		content: await renderReceiptPdf(receipt, locale),
		mediaType: 'application/pdf',
		fileName: `${receipt.receiptNumber}.pdf`
	});
}
