// Money certain: one payment, its allocations, its VAT, its receipt number, one journal entry, one mail to each billing contact.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { moneyIn, stripeFee, type JournalEntry } from '../../../domain/ledger/entries.ts';
import { allocateReceived, withinBalance, type AllocationLine } from '../../../domain/payments/allocation.ts';
import { vatOfPayment } from '../../../domain/payments/vat.ts';
import { minor, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { listAttemptLines, type Attempt } from '../../store/attempts.ts';
import { allOf, listPromisedDiscounts } from '../../store/discounts.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { listVatLines } from '../../store/invoice-vat.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import { accountKey } from '../../store/stripe-accounts.ts';
import { recordFact } from '../../store/outbox.ts';
import { findPayment, insertPayment, sumAllocated, type Payment } from '../../store/payments.ts';
import { findPaymentOfIntent, nameInBooks, nextIntentRound } from '../../store/payments-of-intents.ts';
import { queuePaymentMail } from '../mails/queue-mails.ts';
import type { Booking, Settling } from '../settling.ts';

export async function bookPayment(settling: Settling, attempt: Attempt): Promise<Payment> {
	const { scope, tx, supplier, intent } = settling;
	const payment = (await findPaymentOfIntent(tx, scope, intent.intentId)) ?? (await createPayment(settling, attempt));
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
async function allocate(scope: Scope, tx: Tx, attempt: Attempt, receivedMinor: Minor) {
	const asked = await listAttemptLines(tx, scope, attempt.attemptId);
	const invoices = await lockInvoices(
		tx,
		scope,
		asked.map((line) => line.invoiceId)
	);
	const dated = asked.map((line) => ({
		...line,
		dueOn: required(
			invoices.find((invoice) => invoice.invoiceId === line.invoiceId),
			'invoice'
		).dueOn
	}));
	const promised = await listPromisedDiscounts(tx, scope, attempt.attemptId);
	const withVat = [];
	const balanceOf = (id: string) => invoices.find((invoice) => invoice.invoiceId === id)?.balanceMinor ?? ZERO;
	for (const line of withinBalance(allocateReceived(dated, receivedMinor), balanceOf)) {
		const vat = vatOfPayment(
			await listVatLines(tx, scope, line.invoiceId),
			await sumAllocated(tx, scope, line.invoiceId),
			line.amountMinor,
			allOf(promised, line.invoiceId)?.vat
		);
		withVat.push({ ...line, vat });
	}
	return withVat;
}

function createPayment(settling: Settling, attempt: Attempt): Promise<Payment> {
	const { supplier, intent, now } = settling;
	const paidAt =
		attempt.methodType === 'sepa_debit' || intent.methodType === 'sepa_debit' ? now : (intent.paidAt ?? now);
	return saveReceived(settling, attempt, {
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
export async function saveReceived(
	{ scope, tx, now, services }: Booking,
	attempt: Attempt,
	{ entryOf, ...received }: Received
): Promise<Payment> {
	const withVat = await allocate(scope, tx, attempt, received.amountMinor);
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
	await insertPayment(tx, scope, row, withVat);
	const name = nameInBooks(intentId ?? '', intentRound);
	await bookEntry(tx, scope, entryOf(paymentId, { name, lines, creditMinor }), {
		currency,
		bookedOn: received.paidOn,
		now,
		...(received.stripePaymentIntentId ? { stripeAccount: accountKey(received.stripeAccount ?? null) } : {})
	});
	for (const line of lines)
		await recordFact(tx, scope, now, { kind: 'payment.received', clientId, invoiceId: line.invoiceId, attemptId });
	if (!lines.length)
		await recordFact(tx, scope, now, { kind: 'payment.received', clientId, invoiceId: null, attemptId });
	await queuePaymentMail(tx, scope, now, 'payment_received', paymentId, clientId, `payment:${paymentId}`);
	services.log.info({ paymentId, receiptNumber }, 'payment booked');
	return required(await findPayment(tx, scope, paymentId), 'payment');
}
