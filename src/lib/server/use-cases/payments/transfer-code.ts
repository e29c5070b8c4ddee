// The code a banking app scans to fill in a transfer, as a picture of its own: fetched only when somebody opens the panel.
import { renderSVG } from 'uqr';
import type { Scope } from '../../../domain/access/scope.ts';
import { isValidRf } from '../../../domain/invoices/identifiers.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { epcPayload } from '../../../domain/invoices/transfer.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { Services } from '../../services.ts';
import { findInvoice } from '../../store/invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { read } from '../run.ts';

/** null without a trustworthy account, or when the reference is not a structured one. */
export const transferPayload = (supplier: Supplier, reference: string, amountMinor: Minor): string | null =>
	supplier.iban && isValidRf(reference)
		? epcPayload({ holder: supplier.legalName, iban: supplier.iban, bic: supplier.bic, reference, amountMinor })
		: null;

export async function readTransferCode(services: Services, scope: Scope, invoiceId: string): Promise<string | null> {
	return read(services, scope, async (tx) => {
		const invoice = await findInvoice(tx, scope, invoiceId);
		const payload =
			invoice && transferPayload(await getSupplier(tx, scope), invoice.paymentReference, payableToday(invoice));
		return payload ? renderSVG(payload, { ecc: 'M', border: 2 }) : null;
	});
}
