// From the status of a PaymentIntent, as retrieved from Stripe, to ours. Total: an unknown word keeps the state and raises an alert.
// Source: https://docs.stripe.com/payments/paymentintents/lifecycle
import { statesThatAre, type StateTable, type StateThatIs } from '../states.ts';

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

/**
 * What Stripe may say after what it said before, and what a person may: an intent is confirmed, refused, changed and tried again as long as it is neither paid nor
 * canceled (https://docs.stripe.com/payments/paymentintents/lifecycle). Live ones hold their invoices: the database allows one per invoice. Those under way
 * need nothing more than Stripe's answer or the bank's: a transfer waits for the payer.
 */
const attempts = {
	open: {
		is: ['live', 'under_way'],
		next: [
			'awaiting_auth', // the bank wants the payer's confirmation
			'awaiting_transfer', // the payer is to send the money
			'processing', // a debit is ordered
			'paid', // the card was charged at once
			'set_up', // the means of payment is kept, and nothing was to be paid
			'declined', // the bank said no
			'canceled' // Stripe never heard of it, or another choice was made
		]
	},
	awaiting_auth: {
		is: ['live', 'under_way'],
		next: [
			'open', // the question was changed at Stripe, which forgets what had been said of it
			'awaiting_transfer', // confirmed another way
			'processing', // the debit is confirmed
			'paid', // the bank has its answer
			'set_up', // the same, for a means of payment that is kept
			'declined', // the bank, or the payer there, said no
			'canceled' // the payer has left, or another choice was made
		]
	},
	awaiting_transfer: {
		is: ['live'],
		next: [
			'open', // the question was changed at Stripe
			'awaiting_auth', // confirmed another way
			'processing', // the transfer is on its way
			'paid', // it has come
			'declined', // confirmed another way, and refused
			'canceled' // nothing came
		]
	},
	processing: {
		is: ['live', 'under_way'],
		next: [
			'open', // refused, and the question was changed at Stripe before it was read
			'awaiting_auth', // refused, and confirmed again before it was read
			'awaiting_transfer', // the same
			'paid', // the debit has gone through
			'declined', // the debit was refused
			'canceled' // canceled at Stripe, or a person says that nothing came
		]
	},
	paid: {
		next: [
			'canceled' // a person had said so, and takes it back
		]
	},
	set_up: { next: [] },
	declined: {
		next: [
			'open', // the question was changed at Stripe, which forgets the refusal
			'awaiting_auth', // confirmed again on the same intent
			'awaiting_transfer', // the same
			'processing', // a debit that had failed is under way again
			'paid', // money that comes after a refusal is money all the same
			'canceled' // closed at Stripe, or a person says that nothing came
		]
	},
	canceled: {
		next: [
			'processing', // a person had said that nothing came, and it is under way all the same
			'paid' // money that arrives on a try that was given up
		]
	},
	// Nothing becomes it: of a version that noted what it did not understand.
	unknown: {
		is: ['live', 'under_way'],
		next: [
			'open', // read again, each of these
			'awaiting_auth',
			'awaiting_transfer',
			'processing',
			'paid',
			'declined',
			'canceled'
		]
	}
} as const satisfies StateTable<AttemptStatus, 'live' | 'under_way'>;
export const ATTEMPT_STATES: StateTable<AttemptStatus, 'live' | 'under_way'> = attempts;
export const LIVE_STATUSES: readonly AttemptStatus[] = /* @__PURE__ */ statesThatAre(ATTEMPT_STATES, 'live');
export const UNDER_WAY_STATUSES: readonly AttemptStatus[] = /* @__PURE__ */ statesThatAre(ATTEMPT_STATES, 'under_way');
// The pay page asks this and carries no table: the compiler compares the words with it.
const UNDER_WAY: Record<StateThatIs<typeof attempts, 'under_way'>, true> = {
	open: true,
	awaiting_auth: true,
	processing: true,
	unknown: true
};
export const isUnderWay = (status: AttemptStatus): boolean => status in UNDER_WAY;
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
