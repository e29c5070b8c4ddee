// From the status of a PaymentIntent, as retrieved from Stripe, to ours. Total: an unknown word keeps the state and raises an alert.
// Source: https://docs.stripe.com/payments/paymentintents/lifecycle

export type AttemptStatus =
	| 'open'
	| 'awaiting_auth'
	| 'awaiting_transfer'
	| 'processing'
	| 'paid'
	| 'set_up' // the means of payment is kept, and nothing was to be paid yet
	| 'declined'
	| 'canceled'
	| 'unknown';

/** Live attempts hold their invoices: the database allows one per invoice. */
export const LIVE_STATUSES: readonly AttemptStatus[] = [
	'open',
	'awaiting_auth',
	'awaiting_transfer',
	'processing',
	'unknown'
];
export const isLive = (status: AttemptStatus): boolean => LIVE_STATUSES.includes(status);

export type IntentSnapshot = {
	status: string;
	hasLastError: boolean;
	nextActionType: string | null;
};

export function attemptStatusFrom(intent: IntentSnapshot): AttemptStatus {
	switch (intent.status) {
		case 'requires_payment_method':
			return intent.hasLastError ? 'declined' : 'open';
		// The payer has answered the bank, and we have not yet told Stripe to go on: intents are confirmed by us alone.
		case 'requires_confirmation':
			return 'awaiting_auth';
		case 'requires_action':
			return intent.nextActionType === 'display_bank_transfer_instructions' ? 'awaiting_transfer' : 'awaiting_auth';
		case 'processing':
			return 'processing';
		case 'succeeded':
			return 'paid';
		case 'canceled':
			return 'canceled';
		default:
			return 'unknown';
	}
}

/**
 * Only forward: a stale read can't bring a paid or canceled attempt back. A declined one may be tried again on the same intent, and money that
 * arrives on an attempt we had given up is money all the same.
 */
export function nextStatus(current: AttemptStatus, read: AttemptStatus): AttemptStatus {
	if (current === 'paid' || read === 'unknown') return current;
	if (current === 'canceled') return read === 'paid' ? read : current;
	return read;
}
