// Receipts and credit notes as PDF.
import { error } from '@sveltejs/kit';
import { isUuid } from '../../contract/payments.ts';
import type { Scope } from '../../domain/access/scope.ts';
import type { Locale } from '../../domain/money/format.ts';
import { renderCreditNotePdf } from '../documents/credit-note-pdf.ts';
import { renderReceiptPdf } from '../documents/receipt-pdf.ts';
import { findCreditNote } from '../use-cases/payments/read-credit-note.ts';
import { findReceipt } from '../use-cases/payments/read-receipt.ts';
import { house } from '../wiring.ts';
import { drawInTurn } from './draw-in-turn.ts';
import { fileResponse } from './file-response.ts';

export async function receiptResponse(scope: Scope, paymentId: string, locale: Locale): Promise<Response> {
	const { services } = await house();
	const receipt = isUuid(paymentId) ? await findReceipt(services, scope, paymentId) : null;
	if (!receipt) error(404, 'Not found');
	return pdf(await drawInTurn(scope.supplierId, () => renderReceiptPdf(receipt, locale)), receipt.receiptNumber);
}
export async function creditNoteResponse(scope: Scope, discountId: string, locale: Locale): Promise<Response> {
	const { services } = await house();
	const note = isUuid(discountId) ? await findCreditNote(services, scope, discountId) : null;
	if (!note) error(404, 'Not found');
	return pdf(await drawInTurn(scope.supplierId, () => renderCreditNotePdf(note, locale)), note.documentNumber);
}
const pdf = (content: Uint8Array, number: string): Response =>
	fileResponse({ content, mediaType: 'application/pdf', fileName: `${number}.pdf` });
