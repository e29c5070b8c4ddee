// A refund that was asked for, until it is known whether Stripe has made it.
import type { StateTable } from '../states.ts';

/** Open: it holds its part of the payment. */
export type RefundRequestStatus = 'open' | 'accepted' | 'refused';
export const REFUND_REQUEST_STATES: StateTable<RefundRequestStatus> = {
	open: {
		next: [
			'accepted', // Stripe has made it, or a person says so
			'refused' // Stripe said no, never heard of it, or a person says so
		]
	},
	accepted: {
		next: [
			'refused' // a person had said that it was made, and it was not
		]
	},
	refused: {
		next: [
			'accepted' // what Stripe has made was accepted, whoever said otherwise
		]
	}
};
