// Refunds and disputes of a charge in our words, each with the moves and fees of the balance that it caused.
import type Stripe from 'stripe';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import type { IntentDispute, IntentRefund, MoveFee } from './port.ts';

const amount = (value: number): Minor => minor(BigInt(value));
const instant = (seconds: number): Date => new Date(seconds * 1000);
const moveFee = (row: Stripe.BalanceTransaction): MoveFee => ({
	moveId: row.id,
	feeMinor: amount(row.fee),
	at: instant(row.created)
});
const feeOf = (row: string | Stripe.BalanceTransaction | null): MoveFee[] =>
	row && typeof row === 'object' ? [moveFee(row)] : [];

export const refundOf = (refund: Stripe.Refund): IntentRefund => ({
	id: refund.id,
	refundRequestId: refund.metadata?.refund_request_id ?? null,
	status: refund.status ?? 'unknown',
	amountMinor: amount(refund.amount),
	reason: refund.reason,
	fees: [refund.balance_transaction, refund.failure_balance_transaction ?? null].flatMap(feeOf),
	createdAt: instant(refund.created)
});
const inOrder = (dispute: Stripe.Dispute): Stripe.BalanceTransaction[] =>
	[...dispute.balance_transactions].sort(
		(a, b) => a.created - b.created || a.amount - b.amount || a.id.localeCompare(b.id)
	);
/**
 * A bank may take twice, and give back twice: the first of each bears the dispute's own name, the next ones are told apart. What is booked under it is
 * found again by it.
 */
export function nameOfMove(dispute: Stripe.Dispute, moveId: string): string {
	const moves = inOrder(dispute);
	const isTaken = (moves.find((row) => row.id === moveId)?.amount ?? 0) < 0;
	const nth = moves.filter((row) => row.amount < 0 === isTaken).findIndex((row) => row.id === moveId);
	return nth <= 0 ? dispute.id : `${dispute.id}:${nth + 1}`;
}
export const disputeOf = (dispute: Stripe.Dispute): IntentDispute => ({
	id: dispute.id,
	status: dispute.status,
	reason: dispute.reason,
	moves: inOrder(dispute).map((row) => ({
		objectId: nameOfMove(dispute, row.id),
		amountMinor: amount(row.amount),
		...moveFee(row)
	})),
	createdAt: instant(dispute.created)
});
