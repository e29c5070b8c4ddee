// Money that goes back, and money restored: each a new row and a new entry, once per Stripe object and kind.
// What is booked is a function of what Stripe says now, so that any order of messages gives the same books.
import { isUuid } from '../../../contract/payments.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { moneyGoneBack, moneyRestored } from '../../../domain/ledger/entries.ts';
import { smallest, type Minor } from '../../../domain/money/minor.ts';
import { allocateReversal, type AllocationLine } from '../../../domain/payments/allocation.ts';
import { newId } from '../../identity.ts';
import { findAttempt } from '../../store/attempts.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import { insertReversal, listReversalLines, listStanding, type Payment } from '../../store/payments.ts';
import { answerRefundRequest } from '../../store/refund-requests.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { followReversal } from '../plans/follow-plan.ts';
import type { Settling } from './settling.ts';

type Going = {
	kind: 'refund' | 'debit_return' | 'chargeback';
	objectId: string;
	amountMinor: Minor;
	reason: string | null;
	at: Date;
};
type Restored = { kind: 'refund_failed' | 'chargeback_won'; objectId: string; undoes: Going['kind']; at: Date };

export async function bookReversals(settling: Settling, payment: Payment): Promise<void> {
	const { intent, now } = settling;
	const returned = payment.methodType === 'sepa_debit' ? ('debit_return' as const) : ('chargeback' as const);
	// Oldest first, refunds before disputes of the same second: a fixed order gives fixed allocations.
	const refunds = [...intent.refunds].sort(
		(a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id.localeCompare(b.id)
	);
	const disputes = intent.disputes.filter((dispute) => dispute.fundsWithdrawn);
	for (const refund of refunds) {
		if (refund.refundRequestId && isUuid(refund.refundRequestId))
			await answerRefundRequest(
				settling.tx,
				settling.scope,
				refund.refundRequestId,
				{ status: 'accepted', stripeRefundId: refund.id },
				now
			);
		await goBack(settling, payment, {
			kind: 'refund',
			objectId: refund.id,
			amountMinor: refund.amountMinor,
			reason: refund.reason,
			at: refund.createdAt
		});
		if (refund.status === 'failed' || refund.status === 'canceled')
			await restore(settling, payment, { kind: 'refund_failed', objectId: refund.id, undoes: 'refund', at: now });
	}
	for (const dispute of disputes) {
		await goBack(settling, payment, {
			kind: returned,
			objectId: dispute.id,
			amountMinor: dispute.amountMinor,
			reason: dispute.reason,
			at: dispute.createdAt
		});
		if (dispute.status === 'won')
			await restore(settling, payment, { kind: 'chargeback_won', objectId: dispute.id, undoes: returned, at: now });
	}
}

async function goBack(settling: Settling, payment: Payment, going: Going): Promise<void> {
	const { scope, tx, supplier, now } = settling;
	const standing = await listStanding(tx, scope, payment.paymentId);
	const amountMinor = smallest(going.amountMinor, standing.reduce((sum, line) => sum + line.amountMinor, 0n) as Minor);
	const known = await listReversalLines(tx, scope, going.objectId, going.kind);
	if (known.length || amountMinor <= 0n) return;
	const lines = allocateReversal(standing, amountMinor);
	const reversalId = newId();
	if (
		!(await insertReversal(
			tx,
			scope,
			{
				reversalId,
				paymentId: payment.paymentId,
				kind: going.kind,
				stripeObjectId: going.objectId,
				amountMinor,
				reason: going.reason,
				occurredAt: going.at
			},
			lines
		))
	)
		return;
	await bookEntry(tx, scope, moneyGoneBack(going.kind, going.objectId, payment.clientId, lines), {
		currency: payment.currency,
		bookedOn: civilDateIn(going.at, supplier.timeZone),
		now
	});
	await announce(settling, payment, lines);
	if (going.kind !== 'refund') await followReversal(settling, await attemptOf(settling, payment), 'gone');
	await queueReversalMail(
		tx,
		scope,
		now,
		going.kind === 'refund' ? 'refund' : 'money_returned',
		reversalId,
		payment.clientId
	);
}

async function restore(settling: Settling, payment: Payment, restored: Restored): Promise<void> {
	const { scope, tx, supplier, now } = settling;
	const lines = await listReversalLines(tx, scope, restored.objectId, restored.undoes);
	const amountMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0n) as Minor;
	if (amountMinor <= 0n) return;
	if (
		!(await insertReversal(
			tx,
			scope,
			{
				reversalId: newId(),
				paymentId: payment.paymentId,
				kind: restored.kind,
				stripeObjectId: restored.objectId,
				amountMinor,
				reason: null,
				occurredAt: restored.at
			},
			lines
		))
	)
		return;
	await bookEntry(tx, scope, moneyRestored(restored.kind, restored.objectId, payment.clientId, lines), {
		currency: payment.currency,
		bookedOn: civilDateIn(restored.at, supplier.timeZone),
		now
	});
	if (restored.kind === 'chargeback_won')
		await followReversal(settling, await attemptOf(settling, payment), 'restored');
	await announce(settling, payment, lines);
}

const attemptOf = async ({ tx, scope }: Settling, payment: Payment) =>
	(await findAttempt(tx, scope, payment.attemptId))!;

async function announce({ scope, tx, now }: Settling, payment: Payment, lines: AllocationLine[]): Promise<void> {
	for (const line of lines)
		await recordFact(tx, scope, now, {
			kind: 'payment.reversed',
			clientId: payment.clientId,
			invoiceId: line.invoiceId,
			attemptId: payment.attemptId
		});
}
