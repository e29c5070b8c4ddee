// A discount, for paying early or for points, follows its payment: given once the whole price is there, taken back when the money goes back, given again if it is restored. What is
// booked depends only on what stands, so repeated and reordered messages give the same books. One journal entry each, and where VAT moves that was
// already due, a numbered credit note (or its cancellation): French use cases 22a and 22b of the e-invoicing reform.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { discountBooked, pointsUsed } from '../../../domain/ledger/entries.ts';
import { subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { movesVat } from '../../../domain/payments/vat.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import {
	insertDiscount,
	listDiscountsOfPayment,
	listPromisedDiscounts,
	type Discount,
	type PromisedDiscount
} from '../../store/discounts.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import { listAllocations, listStanding, type Payment } from '../../store/payments.ts';
import { listAttemptLines } from '../../store/attempts.ts';
import { undoCredit, useCredit } from '../points/credit.ts';
import type { Booking } from '../settling.ts';

export async function bookDiscounts(settling: Booking, payment: Payment): Promise<void> {
	const { scope, tx } = settling;
	const states = await readDiscountStates(tx, scope, payment);
	if (!states.length) return;
	const invoices = await lockInvoices(
		tx,
		scope,
		states.map(({ promised }) => promised.invoiceId)
	);
	const sequences = new Map<string, number>();
	const left = new Map(invoices.map((invoice) => [invoice.invoiceId, invoice.balanceMinor]));
	for (const state of states) {
		if (shouldStand(state) === isGranted(state)) continue;
		const { invoiceId, reason } = state.promised;
		const owedMinor = left.get(invoiceId) ?? ZERO;
		// Points take off only what is still owed: paid otherwise meanwhile, they stay where they are.
		if (reason === 'points' && !isGranted(state) && owedMinor < state.promised.amountMinor) continue;
		if (reason === 'points' && !(await moveCredit(settling, payment, isGranted(state)))) continue;
		if (!isGranted(state)) left.set(invoiceId, subtract(owedMinor, state.promised.amountMinor));
		const sequence = sequences.get(invoiceId) ?? state.sequence;
		sequences.set(invoiceId, sequence + 1);
		const invoice = required(
			invoices.find((row) => row.invoiceId === state.promised.invoiceId),
			'invoice'
		);
		await move(settling, payment, { ...state, sequence, invoice });
	}
}

/** Points go with what they took off: used with it, given back with it. `false`: they are gone meanwhile, and nothing is taken off. */
async function moveCredit(settling: Booking, { clientId, attemptId }: Payment, isUndone: boolean): Promise<boolean> {
	if (!isUndone) return useCredit(settling, { clientId, attemptId });
	await undoCredit(settling, { clientId, attemptId });
	return true;
}

type DiscountState = {
	promised: PromisedDiscount;
	/** What was booked of it last. */
	last: Discount | null;
	/** Of what is booked next. */
	sequence: number;
	/** Its invoice got the whole price that was asked for. */
	isWhole: boolean;
	/** What of the payment keeps the invoice paid. */
	keptMinor: bigint;
};
/** Each discount that this payment was promised, as the books have it. */
export async function readDiscountStates(tx: Tx, scope: Scope, payment: Payment): Promise<DiscountState[]> {
	const promised = await listPromisedDiscounts(tx, scope, payment.attemptId);
	if (!promised.length) return [];
	const [standing, allocated, asked, known] = await Promise.all([
		listStanding(tx, scope, payment.paymentId),
		listAllocations(tx, scope, payment.paymentId),
		listAttemptLines(tx, scope, payment.attemptId),
		listDiscountsOfPayment(tx, scope, payment.paymentId)
	]);
	const amountIn = (lines: { invoiceId: string; amountMinor: bigint }[], invoiceId: string) =>
		lines.find((line) => line.invoiceId === invoiceId)?.amountMinor ?? 0n;
	return promised.map((one) => {
		const ofInvoice = known.filter((row) => row.invoiceId === one.invoiceId);
		// Given back with a credit note, the invoice stays paid as far: its discount with it.
		const noted = ofInvoice
			.filter((row) => row.reason !== 'early' && row.reason !== 'points')
			.reduce((sum, row) => sum + (row.kind === 'granted' ? row.amountMinor : -row.amountMinor), 0n);
		return {
			promised: one,
			last: ofInvoice.filter((row) => row.reason === one.reason).at(-1) ?? null,
			sequence: Math.max(0, ...ofInvoice.map((row) => row.sequence)) + 1,
			isWhole: amountIn(allocated, one.invoiceId) === amountIn(asked, one.invoiceId),
			keptMinor: amountIn(standing, one.invoiceId) + noted
		};
	});
}
const isGranted = ({ last }: DiscountState): boolean => last?.kind === 'granted';
const shouldStand = ({ isWhole, keptMinor }: DiscountState): boolean => isWhole && keptMinor > 0n;
/** What is owed again besides, once so much of the payment no longer keeps the invoice paid: its discount, if nothing is left that it stands on. */
export const takenBackBy = (state: DiscountState, goneMinor: Minor): Minor =>
	isGranted(state) && !shouldStand({ ...state, keptMinor: state.keptMinor - goneMinor })
		? state.promised.amountMinor
		: ZERO;

type Move = Pick<DiscountState, 'promised' | 'last' | 'sequence'> & { invoice: InvoiceRecord };
async function move(
	{ scope, tx, supplier, services, now }: Booking,
	payment: Payment,
	{ promised, last, sequence, invoice }: Move
): Promise<void> {
	const kind = last?.kind === 'granted' ? ('voided' as const) : ('granted' as const);
	const discountId = newId();
	const happenedOn = last ? civilDateIn(now, supplier.timeZone) : payment.paidOn;
	const documentNumber = movesVat(invoice, promised.vat)
		? await nextNumber(tx, scope, 'credit_note', happenedOn)
		: null;
	await insertDiscount(
		tx,
		scope,
		{
			discountId,
			reason: promised.reason,
			paymentId: payment.paymentId,
			invoiceId: promised.invoiceId,
			clientId: payment.clientId,
			sequence,
			kind,
			documentNumber,
			cancelsNumber: kind === 'voided' ? required(last, 'discount to void').documentNumber : null,
			amountMinor: promised.amountMinor,
			currency: payment.currency,
			happenedOn,
			createdAt: now
		},
		promised.vat
	);
	const of = { clientId: payment.clientId, invoiceId: promised.invoiceId, vat: promised.vat };
	await bookEntry(
		tx,
		scope,
		promised.reason === 'points'
			? pointsUsed(kind === 'granted' ? 'points_used' : 'points_given_back', discountId, of)
			: discountBooked(kind === 'granted' ? 'discount' : 'discount_void', discountId, of),
		{ currency: payment.currency, bookedOn: happenedOn, now }
	);
	services.log.info({ discountId, kind, documentNumber }, 'discount booked');
}
