// Money that goes back, and money restored: each a new row and a new entry, once per Stripe object and kind, of the amount that Stripe says, with the
// fee it took. What is booked is a function of what Stripe says now, so that any order of messages gives the same books.
import { isUuid } from '../../../contract/payments.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { stripeFee } from '../../../domain/ledger/entries.ts';
import { minor } from '../../../domain/money/minor.ts';
import type { IntentDispute, IntentRefund, MoveFee } from '../../gateways/stripe/port.ts';
import { bookEntry } from '../../store/journal.ts';
import { findReversalOf, type Payment } from '../../store/payments.ts';
import { recordAudit } from '../../store/audits.ts';
import { lockRefundNames } from '../../store/refunds-in-books.ts';
import { accountKey } from '../../store/stripe-accounts.ts';
import { answerRefundRequest, findRefundRequest, type RefundRequest } from '../../store/refund-requests.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { voidCreditNotes } from './book-credit-notes.ts';
import { goBack, restore } from './move-money.ts';
import { forgetMisnamed, refundInBooks } from './declared-refunds.ts';
import type { Settling } from '../settling.ts';

export async function bookReversals(settling: Settling, payment: Payment): Promise<void> {
	const { intent, now } = settling;
	// Oldest first, refunds before disputes of the same second: a fixed order gives fixed allocations.
	const refunds = [...intent.refunds].sort(
		(a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id.localeCompare(b.id)
	);
	await lockRefundNames(
		settling.tx,
		settling.scope,
		refunds.map((one) => one.id)
	);
	await forgetMisnamed(settling, payment);
	for (const refund of refunds) {
		const request = await answered(settling, refund);
		const objectId = await refundInBooks(settling, payment.paymentId, refund.id);
		await goBack(settling, payment, {
			kind: 'refund',
			objectId,
			amountMinor: refund.amountMinor,
			reason: request?.note ?? refund.reason,
			meaning: request?.meaning ?? 'error',
			at: refund.createdAt
		});
		for (const fee of refund.fees) await bookFee(settling, payment, fee);
		if (refund.status === 'failed' || refund.status === 'canceled')
			await failRefund(settling, payment, { ...refund, id: objectId }, now);
		// Told when it is sure: a debit's refund takes days, and may still fail.
		else if (refund.status === 'succeeded') await tellRefund(settling, objectId, 'refund');
	}
	for (const dispute of intent.disputes) await followDispute(settling, payment, dispute);
}

/** The request that a refund answers, if it was asked for here and for this payment. */
async function answered({ tx, scope, now }: Settling, refund: IntentRefund): Promise<RefundRequest | null> {
	const { refundRequestId } = refund;
	if (!refundRequestId || !isUuid(refundRequestId)) return null;
	const answer = { status: 'accepted' as const, stripeRefundId: refund.id };
	await answerRefundRequest(tx, scope, refundRequestId, answer, now);
	return findRefundRequest(tx, scope, refundRequestId);
}

async function failRefund(settling: Settling, payment: Payment, refund: IntentRefund, at: Date): Promise<void> {
	const { tx, scope, now } = settling;
	const undoes = { stripeObjectId: refund.id, kind: 'refund' as const };
	const { amountMinor } = refund;
	// What the credit note had taken off is owed again first: the money then settles it.
	const given = await findReversalOf(tx, scope, refund.id, 'refund');
	if (given?.paymentId !== payment.paymentId || (await findReversalOf(tx, scope, refund.id, 'refund_failed'))) return;
	await voidCreditNotes(settling, payment, given.reversalId, at);
	await restore(settling, payment, { kind: 'refund_failed', objectId: refund.id, undoes, amountMinor, at });
	await tellRefund(settling, refund.id, 'refund_failed');
	const auditId = await recordAudit(tx, scope, now, 'refund_failed', payment.paymentId, {
		amountMinor: String(amountMinor),
		currency: payment.currency,
		receipt: payment.receiptNumber
	});
	await queueOwnerNotice(tx, scope, now, auditId);
}
async function tellRefund(
	{ tx, scope, now }: Settling,
	refundId: string,
	kind: 'refund' | 'refund_failed'
): Promise<void> {
	const given = await findReversalOf(tx, scope, refundId, 'refund');
	if (given) await queueReversalMail(tx, scope, now, kind, given.reversalId);
}

/** A dispute is what it moved: taken, given back whole or in part, whatever its status says (https://docs.stripe.com/disputes). */
async function followDispute(settling: Settling, payment: Payment, dispute: IntentDispute): Promise<void> {
	const kind = payment.methodType === 'sepa_debit' ? ('debit_return' as const) : ('chargeback' as const);
	for (const move of dispute.moves) {
		if (move.amountMinor < 0n)
			await goBack(settling, payment, {
				kind,
				objectId: move.objectId,
				amountMinor: minor(-move.amountMinor),
				reason: dispute.reason,
				meaning: 'error',
				at: move.at
			});
		else if (move.amountMinor > 0n)
			await restore(settling, payment, {
				kind: 'chargeback_won',
				objectId: move.objectId,
				undoes: { stripeObjectId: dispute.id, kind },
				amountMinor: move.amountMinor,
				at: move.at
			});
		await bookFee(settling, payment, move);
	}
}

async function bookFee(
	{ tx, scope, supplier, now }: Settling,
	{ currency, stripeAccount }: Payment,
	{ moveId, feeMinor, at }: MoveFee
): Promise<void> {
	if (feeMinor !== 0n)
		await bookEntry(tx, scope, stripeFee(moveId, feeMinor), {
			currency,
			stripeAccount: accountKey(stripeAccount),
			bookedOn: civilDateIn(at, supplier.timeZone),
			now
		});
}
