// A discount follows its payment: given once the whole price is there, taken back when the money goes back, given again if it is restored. What is
// booked depends only on what stands, so repeated and reordered messages give the same books. One journal entry each, and where VAT moves that was
// already due, a numbered credit note (or its cancellation): French use cases 22a and 22b of the e-invoicing reform.
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { discountBooked } from '../../../domain/ledger/entries.ts';
import { newId } from '../../identity.ts';
import {
	insertDiscount,
	listDiscountsOfPayment,
	listPromisedDiscounts,
	type Discount,
	type PromisedDiscount
} from '../../store/discounts.ts';
import { lockInvoices, type InvoiceRecord } from '../../store/invoices.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import { listAllocations, listStanding, type Payment } from '../../store/payments.ts';
import { listAttemptLines } from '../../store/attempts.ts';
import type { Booking } from './settling.ts';

export async function bookDiscounts(settling: Booking, payment: Payment): Promise<void> {
	const { scope, tx } = settling;
	const promised = await listPromisedDiscounts(tx, scope, payment.attemptId);
	if (!promised.length) return;
	const [standing, allocated, asked, known] = await Promise.all([
		listStanding(tx, scope, payment.paymentId),
		listAllocations(tx, scope, payment.paymentId),
		listAttemptLines(tx, scope, payment.attemptId),
		listDiscountsOfPayment(tx, scope, payment.paymentId)
	]);
	const invoices = await lockInvoices(
		tx,
		scope,
		promised.map((one) => one.invoiceId)
	);
	const amountIn = (lines: { invoiceId: string; amountMinor: bigint }[], invoiceId: string) =>
		lines.find((line) => line.invoiceId === invoiceId)?.amountMinor ?? 0n;
	for (const one of promised) {
		const ofInvoice = known.filter((row) => row.invoiceId === one.invoiceId);
		const last = ofInvoice.filter((row) => row.reason === 'early').at(-1) ?? null;
		// Given back with a credit note, the invoice stays paid as far: its discount with it.
		const noted = ofInvoice
			.filter((row) => row.reason !== 'early')
			.reduce((sum, row) => sum + (row.kind === 'granted' ? row.amountMinor : -row.amountMinor), 0n);
		const isWhole = amountIn(allocated, one.invoiceId) === amountIn(asked, one.invoiceId);
		const shouldStand = isWhole && amountIn(standing, one.invoiceId) + noted > 0n;
		if (shouldStand === (last?.kind === 'granted')) continue;
		await move(settling, payment, {
			promised: one,
			last,
			sequence: Math.max(0, ...ofInvoice.map((row) => row.sequence)) + 1,
			invoice: invoices.find((row) => row.invoiceId === one.invoiceId)!
		});
	}
}

type Move = { promised: PromisedDiscount; last: Discount | null; sequence: number; invoice: InvoiceRecord };
async function move(
	{ scope, tx, supplier, services, now }: Booking,
	payment: Payment,
	{ promised, last, sequence, invoice }: Move
): Promise<void> {
	const kind = last?.kind === 'granted' ? ('voided' as const) : ('granted' as const);
	const discountId = newId();
	const happenedOn = last ? civilDateIn(now, supplier.timeZone) : payment.paidOn;
	const year = happenedOn.slice(0, 4);
	// VAT due when the money comes follows the money: nothing was declared yet that a credit note would have to correct.
	const movesVat = promised.vat.some((part) => part.vatMinor !== 0n) && !invoice.vatOnReceipts;
	const documentNumber = movesVat
		? `AV${year}-${String(await nextNumber(tx, scope, `credit_note:${year}`)).padStart(6, '0')}`
		: null;
	await insertDiscount(
		tx,
		scope,
		{
			discountId,
			paymentId: payment.paymentId,
			invoiceId: promised.invoiceId,
			clientId: payment.clientId,
			sequence,
			kind,
			documentNumber,
			cancelsNumber: kind === 'voided' ? last!.documentNumber : null,
			amountMinor: promised.amountMinor,
			currency: payment.currency,
			happenedOn,
			createdAt: now
		},
		promised.vat
	);
	await bookEntry(
		tx,
		scope,
		discountBooked(kind === 'granted' ? 'discount' : 'discount_void', discountId, {
			clientId: payment.clientId,
			invoiceId: promised.invoiceId,
			vat: promised.vat
		}),
		{ currency: payment.currency, bookedOn: happenedOn, now }
	);
	services.log.info({ discountId, kind, documentNumber }, 'discount booked');
}
