// What a refund will do, before it is asked for: invoices, credit notes and their VAT, debts that open again. Reads only; the amounts are those that
// booking uses. Actor: whoever may refund. Refusals: not_allowed, not_found, refund_by_transfer, refund_not_positive, refund_above_rest, refund_too_early.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { add, smallest, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { allocateReversal, type AllocationLine } from '../../../domain/payments/allocation.ts';
import { checkRefund, type RefundMeaning } from '../../../domain/payments/refund-guard.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { findInvoice } from '../../store/invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findPayment, listReversals, listStanding, netReversed, sumBeyond } from '../../store/payments.ts';
import { listOpenRefundsOf } from '../../store/refund-requests.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { vatGivenBack } from './book-credit-notes.ts';
import { readDiscountStates, takenBackBy } from './book-discounts.ts';
import { isOfStripe, refusalOf } from './request-refund.ts';

export type RefundPreview = {
	amountMinor: Minor;
	meaning: RefundMeaning;
	note: string;
	currency: string;
	/** Each invoice: what of it is given back, the VAT of its credit note, what will be owed on it. */
	lines: { number: string; amountMinor: Minor; vatMinor: Minor; owedMinor: Minor }[];
	/** Out of what was paid too much. */
	advanceMinor: Minor;
	/** Given back and asked for so far: sent again with the confirmation. */
	seenMinor: Minor;
};

export async function previewRefund(
	services: Services,
	scope: Scope,
	input: { paymentId: string; amountMinor: Minor; meaning: RefundMeaning; note: string }
): Promise<Result<RefundPreview>> {
	if (!may(scope.actor, 'refund')) return refuse('not_allowed');
	return read(services, scope, async (tx) => {
		const payment = await findPayment(tx, scope, input.paymentId);
		if (!payment) return refuse('not_found');
		if (!isOfStripe(payment)) return refuse('refund_by_transfer');
		const today = civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
		// What was asked for and waits at Stripe is booked before this one.
		const waiting = await listOpenRefundsOf(tx, scope, payment.paymentId);
		const seenMinor = add(
			netReversed(await listReversals(tx, scope, payment.paymentId)),
			...waiting.map((one) => one.amountMinor)
		);
		const { methodType: method, paidOn, amountMinor } = payment;
		const refusal = checkRefund({ method, paidOn, amountMinor, reversedMinor: seenMinor }, input.amountMinor, today);
		if (refusal) return refusalOf(refusal, payment.currency);
		const discounts = await readDiscountStates(tx, scope, payment);
		let left: Left = {
			keptMinor: subtract(payment.creditMinor, await sumBeyond(tx, scope, payment.paymentId)),
			standing: await listStanding(tx, scope, payment.paymentId),
			owedAgain: [],
			noted: []
		};
		for (const one of waiting) left = afterRefund(left, one);
		const after = afterRefund(left, input);
		const lines = [];
		for (const line of goingOf(left, input.amountMinor).lines) {
			const invoice = required(await findInvoice(tx, scope, line.invoiceId), 'invoice');
			const isNoted = input.meaning !== 'error';
			const notedMinor = amountOf(left.noted, line.invoiceId);
			const vat = isNoted ? await vatGivenBack(tx, scope, payment, invoice, line.amountMinor, notedMinor) : [];
			lines.push({
				number: invoice.number,
				amountMinor: line.amountMinor,
				vatMinor: add(...vat.map((part) => part.vatMinor)),
				owedMinor: add(invoice.balanceMinor, owedAgain(line.invoiceId, after, discounts))
			});
		}
		const { advanceMinor } = goingOf(left, input.amountMinor);
		const { amountMinor: asked, meaning, note } = input;
		return done({ amountMinor: asked, meaning, note, currency: payment.currency, lines, advanceMinor, seenMinor });
	});
}

/** Where refunds leave a payment: what of it is left beyond the invoices and on them, and what was taken off them as a debt or with a credit note. */
type Left = { keptMinor: Minor; standing: AllocationLine[]; owedAgain: AllocationLine[]; noted: AllocationLine[] };
/** What was paid too much goes first, then the invoices. */
function goingOf({ keptMinor, standing }: Left, amountMinor: Minor): { advanceMinor: Minor; lines: AllocationLine[] } {
	const advanceMinor = keptMinor > 0n ? smallest(keptMinor, amountMinor) : ZERO;
	return { advanceMinor, lines: allocateReversal(standing, subtract(amountMinor, advanceMinor)) };
}
function afterRefund(left: Left, { amountMinor, meaning }: { amountMinor: Minor; meaning: RefundMeaning }): Left {
	const { advanceMinor, lines } = goingOf(left, amountMinor);
	return {
		keptMinor: subtract(left.keptMinor, advanceMinor),
		standing: left.standing.map(({ invoiceId, amountMinor: stands }) => ({
			invoiceId,
			amountMinor: subtract(stands, amountOf(lines, invoiceId))
		})),
		owedAgain: meaning === 'error' ? [...left.owedAgain, ...lines] : left.owedAgain,
		noted: meaning === 'error' ? left.noted : [...left.noted, ...lines]
	};
}
const amountOf = (lines: AllocationLine[], invoiceId: string): Minor =>
	add(...lines.filter((line) => line.invoiceId === invoiceId).map((line) => line.amountMinor));

function owedAgain(invoiceId: string, after: Left, discounts: Awaited<ReturnType<typeof readDiscountStates>>): Minor {
	const amountMinor = amountOf(after.owedAgain, invoiceId);
	if (amountMinor <= 0n) return amountMinor;
	const own = discounts.filter(({ promised }) => promised.invoiceId === invoiceId);
	return add(amountMinor, ...own.map((discount) => takenBackBy(discount, amountMinor)));
}
