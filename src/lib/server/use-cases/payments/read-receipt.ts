// A receipt as it is shown, mailed and printed: one reading for the three.
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import type { PaidVat } from '../../../domain/payments/vat.ts';
import type { Services } from '../../services.ts';
import type { DiscountReason } from '../../store/schema/index.ts';
import type { Tx } from '../../store/database.ts';
import { listDiscounts } from '../../store/discounts.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier, issuerOf, type Issuer } from '../../store/suppliers.ts';
import { findPayment, listAllocations, listPaymentVat, listReversals, netReversed } from '../../store/payments.ts';
import { read } from '../run.ts';

export type Receipt = {
	paymentId: string;
	receiptNumber: string;
	supplier: Issuer;
	clientName: string;
	paidOn: CivilDate;
	amountMinor: Minor;
	currency: string;
	methodType: string;
	methodLabel: string | null;
	lines: { invoiceId: string; number: string; amountMinor: Minor }[];
	/** Received beyond the invoices, and kept for the client. */
	creditMinor: Minor;
	vat: PaidVat[];
	/** Given with this payment and still standing. */
	discounts: {
		discountId: string;
		reason: DiscountReason;
		number: string;
		amountMinor: Minor;
		documentNumber: string | null;
	}[];
	reversedMinor: Minor;
};

export async function readReceipt(
	_services: Services,
	tx: Tx,
	scope: Scope,
	paymentId: string
): Promise<Receipt | null> {
	const payment = await findPayment(tx, scope, paymentId);
	if (!payment) return null;
	const lines = await listAllocations(tx, scope, paymentId);
	// A pay link shows the receipt of its own invoice, if that is all the payment paid.
	const isOwn = lines.length > 0 && lines.every((line) => line.invoiceId === scope.invoiceId);
	if (scope.invoiceId && !isOwn) return null;
	const supplier = await getSupplier(tx, scope);
	const client = await findClient(tx, scope, payment.clientId);
	return {
		paymentId,
		receiptNumber: payment.receiptNumber,
		supplier: await issuerOf(tx, scope, supplier),
		clientName: client?.name ?? '',
		paidOn: payment.paidOn,
		amountMinor: payment.amountMinor,
		currency: payment.currency,
		methodType: payment.methodType,
		methodLabel: scope.invoiceId ? null : payment.methodLabel,
		lines,
		creditMinor: payment.creditMinor,
		vat: await listPaymentVat(tx, scope, paymentId),
		discounts: (await listDiscounts(tx, scope, { paymentId }))
			.filter(
				(row, _, all) =>
					row.kind === 'granted' &&
					!all.some(
						(later) =>
							later.kind === 'voided' &&
							later.invoiceId === row.invoiceId &&
							later.reason === row.reason &&
							later.sequence > row.sequence
					)
			)
			.map(({ discountId, reason, number, amountMinor, documentNumber }) => ({
				discountId,
				reason,
				number,
				amountMinor,
				documentNumber
			})),
		reversedMinor: netReversed(await listReversals(tx, scope, paymentId))
	};
}
export const findReceipt = (services: Services, scope: Scope, paymentId: string): Promise<Receipt | null> =>
	read(services, scope, (tx) => readReceipt(services, tx, scope, paymentId));
