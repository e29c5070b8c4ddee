// What became of a line of a bank statement, each time a person looks at it.
import type { StateTable } from '../states.ts';

/** `waiting`: to be looked at. `booked`: became a payment, or took one back. `aside`: not a client's payment. */
export type BankTransactionState = 'waiting' | 'booked' | 'aside';
export const BANK_TRANSACTION_STATES: StateTable<BankTransactionState> = {
	waiting: {
		next: [
			'booked', // a person accepts what it is
			'aside' // a person says that it is none of the clients'
		]
	},
	booked: {
		next: [
			'waiting' // it was a mistake: what it booked goes back first
		]
	},
	aside: {
		next: [
			'waiting', // to be looked at after all
			'booked' // accepted after all
		]
	}
};
