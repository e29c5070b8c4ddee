// A means of payment that is being kept, as Stripe tells of its SetupIntent. Source: https://docs.stripe.com/payments/setupintents/lifecycle
import { statesThatAre, type StateTable } from '../states.ts';

export type SetupStatus = 'open' | 'awaiting_auth' | 'processing' | 'succeeded' | 'declined' | 'canceled';
/** Until it has succeeded, whatever Stripe says next counts. `pending`: its end is not known. */
export const SETUP_STATES: StateTable<SetupStatus, 'pending'> = {
	open: {
		is: ['pending'],
		next: [
			'awaiting_auth', // the bank wants a confirmation
			'processing', // the bank is looking
			'succeeded', // kept at once
			'declined', // the bank said no
			'canceled' // Stripe never heard of it, or it was left
		]
	},
	awaiting_auth: {
		is: ['pending'],
		next: [
			'open', // the question was changed at Stripe
			'processing', // confirmed, the bank is looking
			'succeeded', // confirmed, and kept
			'declined', // the bank said no
			'canceled' // left at the bank, or refused there and closed
		]
	},
	processing: {
		is: ['pending'],
		next: [
			'open', // the question was changed at Stripe
			'awaiting_auth', // the bank wants a confirmation after all
			'succeeded', // kept
			'declined', // the bank said no
			'canceled' // closed at Stripe
		]
	},
	succeeded: { next: [] },
	declined: {
		next: [
			'open', // the question was changed at Stripe, which forgets the refusal
			'awaiting_auth', // confirmed again
			'processing', // confirmed again
			'succeeded', // another card was accepted
			'canceled' // closed at Stripe
		]
	},
	canceled: {
		next: [
			'open', // left because its account could not be asked, which answers again: each of these
			'awaiting_auth',
			'processing',
			'succeeded',
			'declined'
		]
	}
};
export const PENDING_SETUPS: readonly SetupStatus[] = statesThatAre(SETUP_STATES, 'pending');
