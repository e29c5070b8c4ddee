// Money given back with a credit note: a gesture, or an order that came back. One numbered document and one entry for each invoice; cancelled if the
// refund fails. What is booked depends only on what Stripe says of the refund.
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { creditNoteBooked, type DiscountVat } from '../../../domain/ledger/entries.ts';
import { add, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import type { AllocationLine } from '../../../domain/payments/allocation.ts';
import type { RefundMeaning } from '../../../domain/payments/refund-guard.ts';
import { vatOfReduction } from '../../../domain/payments/vat.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import {
	insertDiscount,
	listDiscountsOfPayment,
	listDiscountVat,
	allOf,
	listPromisedDiscounts,
	sumGivenUp,
	type Discount
} from '../../store/discounts.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { listVatLines } from '../../store/invoice-vat.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import type { Payment } from '../../store/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import type { Booking } from '../settling.ts';

type Noted = Exclude<RefundMeaning, 'error'>;
export async function giveCreditNotes(
	booking: Booking,
	payment: Payment,
	{ reversalId, meaning, lines, at }: { reversalId: string; meaning: RefundMeaning; lines: AllocationLine[]; at: Date }
): Promise<void> {
	if (meaning === 'error' || !lines.length) return;
	const { scope, tx } = booking;
	const invoices = await lockInvoices(
		tx,
		scope,
		lines.map((line) => line.invoiceId)
	);
	for (const { invoiceId, amountMinor } of lines) {
		const invoice = required(
			invoices.find((one) => one.invoiceId === invoiceId),
			'invoice'
		);
		const vat = await vatGivenBack(tx, scope, payment, invoice, amountMinor);
		await book(booking, payment, { invoice, reversalId, reason: meaning, amountMinor, vat, cancels: null, at });
	}
}

/** The VAT inside what is given back of an invoice: from its end, as what its payment took off left it. `notedMinor`: given back before it, and not booked yet. */
export async function vatGivenBack(
	tx: Tx,
	scope: Scope,
	payment: Payment,
	{ invoiceId, debtMinor }: InvoiceRecord,
	amountMinor: Minor,
	notedMinor: Minor = ZERO
): Promise<DiscountVat[]> {
	const known = (await listDiscountsOfPayment(tx, scope, payment.paymentId)).filter(
		(one) => one.invoiceId === invoiceId
	);
	const isGranted = (reason: string) => known.filter((one) => one.reason === reason).at(-1)?.kind === 'granted';
	const promised = ['early', 'points'].some(isGranted)
		? allOf(
				(await listPromisedDiscounts(tx, scope, payment.attemptId)).filter((one) => isGranted(one.reason)),
				invoiceId
			)
		: undefined;
	const vat = vatOfReduction(
		await listVatLines(tx, scope, invoiceId),
		{
			debtMinor: subtract(debtMinor, promised?.amountMinor ?? ZERO),
			givenUpMinor: add(await sumGivenUp(tx, scope, invoiceId), notedMinor),
			amountMinor
		},
		promised?.vat ?? []
	);
	return vat.length ? vat : [{ rateBps: null, grossMinor: amountMinor, vatMinor: ZERO }];
}

/** The refund failed: the money is here again, and what proved it is cancelled. */
export async function voidCreditNotes(booking: Booking, payment: Payment, reversalId: string, at: Date): Promise<void> {
	const { scope, tx } = booking;
	const notes = (await listDiscountsOfPayment(tx, scope, payment.paymentId)).filter(
		(one) => one.reversalId === reversalId
	);
	for (const note of notes.filter((one) => one.kind === 'granted')) {
		if (notes.some((one) => one.kind === 'voided' && one.invoiceId === note.invoiceId)) continue;
		const [invoice] = await lockInvoices(tx, scope, [note.invoiceId]);
		await book(booking, payment, {
			invoice: required(invoice, 'invoice'),
			reversalId,
			reason: note.reason as Noted,
			amountMinor: note.amountMinor,
			vat: await listDiscountVat(tx, scope, note.discountId),
			cancels: note,
			at
		});
	}
}

type Note = {
	invoice: InvoiceRecord;
	reversalId: string;
	reason: Noted;
	amountMinor: Minor;
	vat: DiscountVat[];
	cancels: Discount | null;
	at: Date;
};
async function book(
	{ scope, tx, supplier, services, now }: Booking,
	{ paymentId, clientId, currency }: Payment,
	{ invoice, reversalId, reason, amountMinor, vat, cancels, at }: Note
): Promise<void> {
	const happenedOn = civilDateIn(at, supplier.timeZone);
	// A credit note for every order that came back or gesture made, whenever VAT is due: the client's accountant books it.
	const documentNumber = await nextNumber(tx, scope, 'credit_note', happenedOn);
	const known = await listDiscountsOfPayment(tx, scope, paymentId);
	const sequences = known.filter((one) => one.invoiceId === invoice.invoiceId).map((one) => one.sequence);
	const discountId = newId();
	await insertDiscount(
		tx,
		scope,
		{
			discountId,
			reason,
			paymentId,
			reversalId,
			invoiceId: invoice.invoiceId,
			clientId,
			sequence: Math.max(0, ...sequences) + 1,
			kind: cancels ? 'voided' : 'granted',
			documentNumber,
			cancelsNumber: cancels?.documentNumber ?? null,
			amountMinor,
			currency,
			happenedOn,
			createdAt: now
		},
		vat
	);
	const of = { clientId, invoiceId: invoice.invoiceId, vat };
	await bookEntry(tx, scope, creditNoteBooked(cancels ? 'credit_note_void' : 'credit_note', discountId, reason, of), {
		currency,
		bookedOn: happenedOn,
		now
	});
	services.log.info({ discountId, reason, documentNumber }, 'credit note of a refund booked');
}
