// What was taken for points, until it is given or its points are back.
import type { StateTable } from '../states.ts';

/** `held`: its payment is under way. `used`: paid with, or the code was given. `asked`: the supplier has to give it. */
export type RedemptionState = 'held' | 'used' | 'asked' | 'given_back' | 'canceled';
export const REDEMPTION_STATES: StateTable<RedemptionState> = {
	held: {
		next: [
			'used', // its payment is whole
			'given_back' // its payment came to nothing, or brought less than its price
		]
	},
	used: {
		next: [
			'given_back' // the money came back, and the price with it
		]
	},
	asked: {
		next: [
			'used', // the supplier has given it
			'canceled' // the supplier can't give it
		]
	},
	given_back: {
		next: [
			'used' // its payment came after all, and the points are still there
		]
	},
	canceled: { next: [] }
};
