// Money certain: one payment, its allocations, its VAT, its receipt number, one journal entry, one mail to each billing contact.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { paymentReceived, stripeFee } from '../../../domain/ledger/entries.ts';
import { allocateReceived } from '../../../domain/payments/allocation.ts';
import { vatOfPayment } from '../../../domain/payments/vat.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { listAttemptLines, type Attempt } from '../../store/attempts.ts';
import { listPromisedDiscounts } from '../../store/discounts.ts';
import { lockInvoices, listVatLines } from '../../store/invoices.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import { findPaymentOfIntent, insertPayment, sumAllocated, type Payment } from '../../store/payments.ts';
import { queuePaymentMail } from '../mails/queue-mails.ts';
import type { Settling } from './settling.ts';

export async function bookPayment(settling: Settling, attempt: Attempt): Promise<Payment> {
	const { scope, tx, supplier, intent } = settling;
	const payment = (await findPaymentOfIntent(tx, scope, intent.intentId)) ?? (await keepPayment(settling, attempt));
	if (intent.feeMinor !== null && intent.chargeId && intent.feeMinor > 0n)
		await bookEntry(tx, scope, stripeFee(intent.chargeId, intent.feeMinor), {
			currency: payment.currency,
			bookedOn: civilDateIn(payment.paidAt, supplier.timeZone),
			now: settling.now
		});
	return payment;
}

/** Which invoice gets how much of what was received, each with its VAT. */
async function allocate(scope: Scope, tx: Tx, attempt: Attempt, receivedMinor: Minor) {
	const asked = await listAttemptLines(tx, scope, attempt.attemptId);
	const invoices = await lockInvoices(
		tx,
		scope,
		asked.map((line) => line.invoiceId)
	);
	const dated = asked.map((line) => ({
		...line,
		dueOn: invoices.find((invoice) => invoice.invoiceId === line.invoiceId)!.dueOn
	}));
	const promised = await listPromisedDiscounts(tx, scope, attempt.attemptId);
	const withVat = [];
	for (const line of allocateReceived(dated, receivedMinor)) {
		const vat = vatOfPayment(
			await listVatLines(tx, scope, line.invoiceId),
			await sumAllocated(tx, scope, line.invoiceId),
			line.amountMinor,
			promised.find((one) => one.invoiceId === line.invoiceId)?.vat
		);
		withVat.push({ ...line, vat });
	}
	return withVat;
}

async function keepPayment(
	{ scope, tx, supplier, intent, now, services }: Settling,
	attempt: Attempt
): Promise<Payment> {
	const withVat = await allocate(scope, tx, attempt, intent.amountReceivedMinor);
	const lines = withVat.map(({ invoiceId, amountMinor }) => ({ invoiceId, amountMinor }));
	const paidAt =
		attempt.methodType === 'sepa_debit' || intent.methodType === 'sepa_debit' ? now : (intent.paidAt ?? now);
	const paidOn = civilDateIn(paidAt, supplier.timeZone);
	const year = paidOn.slice(0, 4);
	const receiptNumber = `R${year}-${String(await nextNumber(tx, scope, `receipt:${year}`)).padStart(6, '0')}`;
	await insertPayment(
		tx,
		scope,
		{
			paymentId: newId(),
			attemptId: attempt.attemptId,
			clientId: attempt.clientId,
			receiptNumber,
			amountMinor: intent.amountReceivedMinor,
			currency: attempt.currency,
			methodType: intent.methodType ?? 'card',
			methodLabel: intent.methodLabel,
			stripePaymentIntentId: intent.intentId,
			paidAt,
			paidOn,
			createdAt: now
		},
		withVat
	);
	await bookEntry(tx, scope, paymentReceived(intent.intentId, attempt.clientId, lines), {
		currency: attempt.currency,
		bookedOn: paidOn,
		now
	});
	const payment = (await findPaymentOfIntent(tx, scope, intent.intentId))!;
	for (const line of lines)
		await recordFact(tx, scope, now, {
			kind: 'payment.received',
			clientId: attempt.clientId,
			invoiceId: line.invoiceId,
			attemptId: attempt.attemptId
		});
	await queuePaymentMail(
		tx,
		scope,
		now,
		'payment_received',
		payment.paymentId,
		payment.clientId,
		`payment:${payment.paymentId}`
	);
	services.log.info({ paymentId: payment.paymentId, receiptNumber }, 'payment booked');
	return payment;
}
