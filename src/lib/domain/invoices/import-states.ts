// An import, from its first file to its end.
import { statesThatAre, type StateTable } from '../states.ts';

/**
 * `receiving` files, `reading` them, `ready` for a person's word, `keeping` what is new, `done`, `undone` by a person, or `dropped`: never
 * confirmed.
 */
export type ImportState = 'receiving' | 'reading' | 'ready' | 'keeping' | 'done' | 'undone' | 'dropped';
/** `at_work`: the worker is. `pending`: it is not over. */
export const IMPORT_STATES: StateTable<ImportState, 'at_work' | 'pending'> = {
	receiving: {
		is: ['pending'],
		next: [
			'reading', // the last file has come
			'dropped' // by a person, or left for too long
		]
	},
	reading: {
		is: ['at_work', 'pending'],
		next: [
			'ready', // everything is read
			'keeping', // the same, of one that asks nobody
			'dropped' // by a person
		]
	},
	ready: {
		is: ['pending'],
		next: [
			'reading', // a person has said what a list means
			'keeping', // confirmed
			'dropped' // by a person, or left for too long
		]
	},
	keeping: {
		is: ['at_work', 'pending'],
		next: [
			'done' // everything is kept
		]
	},
	done: {
		next: [
			'keeping', // a person has looked at what was left, and confirms that too
			'undone' // by a person
		]
	},
	undone: { next: [] },
	dropped: { next: [] }
};
export const IMPORTS_AT_WORK: readonly ImportState[] = statesThatAre(IMPORT_STATES, 'at_work');
export const PENDING_IMPORTS: readonly ImportState[] = statesThatAre(IMPORT_STATES, 'pending');

/** What becomes of one invoice of a file. */
export type ImportOutcome = 'new' | 'review' | 'identical' | 'conflict' | 'refused';
