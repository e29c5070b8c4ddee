// Money certain: one payment, its allocations, its VAT, its receipt number, one journal entry, one mail to each billing contact.
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { moneyIn, stripeFee, type JournalEntry } from '../../../domain/ledger/entries.ts';
import { allocateReceived, withinBalance, type AllocationLine } from '../../../domain/payments/allocation.ts';
import { vatOfPayment } from '../../../domain/payments/vat.ts';
import { minor, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Attempt, PaidLines } from '../../store/attempts.ts';
import { allOf, listPromisedDiscounts } from '../../store/discounts.ts';
import { listVatLinesOf } from '../../store/invoice-vat.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import { accountKey } from '../../store/stripe-accounts.ts';
import { recordFacts } from '../../store/outbox.ts';
import { sumsAllocated } from '../../store/allocated.ts';
import { insertPayment, type Payment } from '../../store/payments.ts';
import { findPaymentOfIntent, nameInBooks, nextIntentRound } from '../../store/payments-of-intents.ts';
import { queuePaymentMail } from '../mails/queue-mails.ts';
import type { Booking, Settling } from '../settling.ts';

/** `paid`: what the attempt pays, under lock. */
export async function bookPayment(settling: Settling, attempt: Attempt, paid: PaidLines): Promise<Payment> {
	const { scope, tx, supplier, intent } = settling;
	const payment =
		(await findPaymentOfIntent(tx, scope, intent.intentId)) ?? (await createPayment(settling, attempt, paid));
	if (intent.feeMinor !== null && intent.chargeId && intent.feeMinor > 0n)
		await bookEntry(tx, scope, stripeFee(intent.chargeId, intent.feeMinor), {
			currency: payment.currency,
			stripeAccount: accountKey(payment.stripeAccount),
			bookedOn: civilDateIn(payment.paidAt, supplier.timeZone),
			now: settling.now
		});
	return payment;
}

/** Which invoice gets how much of what was received, none more than it still owes, each with its VAT. */
async function allocate(
	{ scope, tx }: Booking,
	attempt: Attempt,
	{ lines, invoices }: PaidLines,
	receivedMinor: Minor
) {
	const byId = new Map(invoices.map((invoice) => [invoice.invoiceId, invoice]));
	const ids = [...byId.keys()];
	const [promised, vatLines, allocated] = await Promise.all([
		listPromisedDiscounts(tx, scope, attempt.attemptId),
		listVatLinesOf(tx, scope, ids),
		sumsAllocated(tx, scope, ids)
	]);
	const dated = lines.map((line) => ({ ...line, dueOn: required(byId.get(line.invoiceId), 'invoice').dueOn }));
	const balanceOf = (id: string) => byId.get(id)?.balanceMinor ?? ZERO;
	return withinBalance(allocateReceived(dated, receivedMinor), balanceOf).map((line) => ({
		...line,
		vat: vatOfPayment(
			vatLines.get(line.invoiceId) ?? [],
			allocated.get(line.invoiceId) ?? ZERO,
			line.amountMinor,
			allOf(promised, line.invoiceId)?.vat
		)
	}));
}

function createPayment(settling: Settling, attempt: Attempt, paid: PaidLines): Promise<Payment> {
	const { supplier, intent, now } = settling;
	const paidAt =
		attempt.methodType === 'sepa_debit' || intent.methodType === 'sepa_debit' ? now : (intent.paidAt ?? now);
	return saveReceived(settling, attempt, paid, {
		amountMinor: intent.amountReceivedMinor,
		methodType: intent.methodType ?? 'card',
		methodLabel: intent.methodLabel,
		stripeAccount: attempt.stripeAccount,
		stripePaymentIntentId: intent.intentId,
		paidAt,
		paidOn: civilDateIn(paidAt, supplier.timeZone),
		entryOf: (_paymentId, { name, lines, creditMinor }) =>
			moneyIn('payment', name, {
				clientId: attempt.clientId,
				lines,
				advanceMinor: creditMinor,
				claimMinor: ZERO
			})
	});
}

/** Money that has come: from Stripe, or on a statement of the bank. What of it is beyond what the invoices still owe is kept for the client. */
export type Received = Pick<Payment, 'amountMinor' | 'methodType' | 'methodLabel' | 'paidAt' | 'paidOn'> & {
	stripeAccount?: string | null;
	stripePaymentIntentId?: string;
	bankTransactionId?: string;
	bankRound?: number;
	/** `name`: of an intent, in the journal. */
	entryOf: (paymentId: string, of: { name: string; lines: AllocationLine[]; creditMinor: Minor }) => JournalEntry;
};
/** `paid`: what the attempt pays, under lock. */
export async function saveReceived(
	booking: Booking,
	attempt: Attempt,
	paid: PaidLines,
	{ entryOf, ...received }: Received
): Promise<Payment> {
	const { scope, tx, now, services } = booking;
	const withVat = await allocate(booking, attempt, paid, received.amountMinor);
	const lines = withVat.map(({ invoiceId, amountMinor }) => ({ invoiceId, amountMinor }));
	const creditMinor = subtract(received.amountMinor, minor(lines.reduce((sum, line) => sum + line.amountMinor, 0n)));
	const receiptNumber = await nextNumber(tx, scope, 'receipt', received.paidOn);
	const paymentId = newId();
	const { attemptId, clientId, currency } = attempt;
	const { stripePaymentIntentId: intentId } = received;
	const intentRound = intentId ? await nextIntentRound(tx, scope, intentId) : 1;
	const row = {
		paymentId,
		intentRound,
		attemptId,
		clientId,
		receiptNumber,
		currency,
		...received,
		creditMinor,
		createdAt: now
	};
	const payment = await insertPayment(tx, scope, row, withVat);
	const name = nameInBooks(intentId ?? '', intentRound);
	await bookEntry(tx, scope, entryOf(paymentId, { name, lines, creditMinor }), {
		currency,
		bookedOn: received.paidOn,
		now,
		...(received.stripePaymentIntentId ? { stripeAccount: accountKey(received.stripeAccount ?? null) } : {})
	});
	const told = lines.length ? lines.map((line) => line.invoiceId) : [null];
	await recordFacts(
		tx,
		scope,
		now,
		told.map((invoiceId) => ({ kind: 'payment.received', clientId, invoiceId, attemptId }))
	);
	await queuePaymentMail(tx, scope, now, 'payment_received', paymentId, clientId, `payment:${paymentId}`);
	services.log.info({ paymentId, receiptNumber }, 'payment booked');
	return payment;
}
