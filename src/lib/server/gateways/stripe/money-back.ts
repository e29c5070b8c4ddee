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
export const disputeOf = (dispute: Stripe.Dispute): IntentDispute => ({
	id: dispute.id,
	status: dispute.status,
	reason: dispute.reason,
	moves: dispute.balance_transactions
		.map((row) => ({ amountMinor: amount(row.amount), ...moveFee(row) }))
		.sort((a, b) => a.at.getTime() - b.at.getTime() || Number(a.amountMinor - b.amountMinor)),
	createdAt: instant(dispute.created)
});
