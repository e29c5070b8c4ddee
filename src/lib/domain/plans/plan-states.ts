// What a plan, each of its instalments, and another day asked for one of them may be, and what may follow.
import { isFinal, statesThatAre, type StateTable, type StateThatIs } from '../states.ts';

/**
 * `pending` until the first instalment is paid or ordered; `paused` by the supplier: nothing is taken; `in_default`: the rest fell due at once; `canceled`:
 * never began, or replaced.
 */
export type PlanStatus = 'pending' | 'active' | 'paused' | 'completed' | 'in_default' | 'canceled';
/** `running`: its instalments are asked for, or will be again once the supplier lets it go on. `standing`: so, or it is about to begin. */
type PlanMark = 'running' | 'standing';
const plans = {
	pending: {
		is: ['standing'],
		next: [
			'active', // the first instalment is paid or ordered, or the means of payment is kept
			'completed', // the first payment left nothing to pay
			'canceled' // it came to nothing
		]
	},
	active: {
		is: ['running', 'standing'],
		next: [
			'paused', // by the supplier
			'completed', // nothing is left to pay
			'in_default' // what was refused was not mended in time, or the supplier ends it
		]
	},
	paused: {
		is: ['running', 'standing'],
		next: [
			'active', // the supplier lets it go on
			'completed', // nothing is left to pay
			'in_default' // the supplier ends it
		]
	},
	completed: {
		next: [
			'active' // money went back, or a credit note is undone: something is to be paid again
		]
	},
	in_default: { next: [] },
	canceled: { next: [] }
} as const satisfies StateTable<PlanStatus, PlanMark>;
export const PLAN_STATES: StateTable<PlanStatus, PlanMark> = plans;
export const RUNNING_PLANS: readonly PlanStatus[] = /* @__PURE__ */ statesThatAre(PLAN_STATES, 'running');
export const STANDING_PLANS: readonly PlanStatus[] = /* @__PURE__ */ statesThatAre(PLAN_STATES, 'standing');
// The pay page asks this and carries no table: the compiler compares the words with it.
const RUNS: Record<StateThatIs<typeof plans, 'running'>, true> = { active: true, paused: true };
export const isRunning = ({ status }: { status: PlanStatus }): boolean => status in RUNS;
/** It ended, or never began: money that still comes changes nothing of it. */
export const isOver = ({ status }: { status: PlanStatus }): boolean => isFinal(PLAN_STATES, status);

/** `retrying`: refused, another attempt is planned; `action_needed`: only the client can go on; `forgiven`: given up by the supplier; `credited`: a credit note left nothing of it; `paid_otherwise`: money that came in another way did. */
export type InstalmentStatus =
	| 'scheduled'
	| 'processing'
	| 'retrying'
	| 'action_needed'
	| 'paid'
	| 'forgiven'
	| 'credited'
	| 'paid_otherwise'
	| 'canceled';
/** Whatever it is, money of one of its tries may come after all: then it is under way, or paid. */
type InstalmentMark =
	| 'open' // still to be paid, and not on its way
	| 'charged' // the schedule asks for it on its day
	| 'failing' // refused, and not mended yet
	| 'settled'; // nobody pays it any more
const instalments = {
	scheduled: {
		is: ['open', 'charged'],
		next: [
			'processing', // its debit is ordered
			'paid', // its money has come
			'retrying', // refused, and tried again by itself
			'action_needed', // refused, and the client has to do something
			'forgiven', // the supplier gives it up
			'credited', // a credit note left nothing of it
			'paid_otherwise', // money that came in another way left nothing of it
			'canceled' // its plan ended or never began, or too little is left of it to be charged
		]
	},
	processing: {
		next: [
			'paid', // the debit has gone through
			'retrying', // the debit was refused, and is tried again by itself
			'action_needed', // refused, or it came to nothing: the client has to do something
			'canceled' // it came to nothing after its plan had ended
		]
	},
	retrying: {
		is: ['open', 'charged', 'failing'],
		next: [
			'scheduled', // another day is agreed on
			'processing', // its debit is ordered
			'paid', // its money has come
			'action_needed', // refused again
			'forgiven', // as of one that is scheduled, each of these
			'credited',
			'paid_otherwise',
			'canceled'
		]
	},
	action_needed: {
		is: ['open', 'failing'],
		next: [
			'scheduled', // another day is agreed on
			'processing', // its debit is ordered
			'paid', // its money has come
			'retrying', // another means of payment is there, or the plan goes on after a pause
			'forgiven', // as of one that is scheduled, each of these
			'credited',
			'paid_otherwise',
			'canceled'
		]
	},
	paid: {
		is: ['settled'],
		next: [
			'scheduled', // the match with a transfer was a mistake
			'processing', // another try of it, given up before, is under way
			'retrying', // its money went back, and is asked for again by itself
			'action_needed' // its money went back, and the client has to do something
		]
	},
	forgiven: { is: ['settled'], next: ['processing', 'paid'] },
	credited: {
		is: ['settled'],
		next: [
			'scheduled', // the credit note is undone
			'processing',
			'paid'
		]
	},
	paid_otherwise: { is: ['settled'], next: ['processing', 'paid'] },
	canceled: { is: ['settled'], next: ['processing', 'paid'] }
} as const satisfies StateTable<InstalmentStatus, InstalmentMark>;
export const INSTALMENT_STATES: StateTable<InstalmentStatus, InstalmentMark> = instalments;
export const OPEN_INSTALMENTS: readonly InstalmentStatus[] = /* @__PURE__ */ statesThatAre(INSTALMENT_STATES, 'open');
export const CHARGED_INSTALMENTS: readonly InstalmentStatus[] = /* @__PURE__ */ statesThatAre(
	INSTALMENT_STATES,
	'charged'
);
export const FAILING_INSTALMENTS: readonly InstalmentStatus[] = /* @__PURE__ */ statesThatAre(
	INSTALMENT_STATES,
	'failing'
);
export const SETTLED_INSTALMENTS: readonly InstalmentStatus[] = /* @__PURE__ */ statesThatAre(
	INSTALMENT_STATES,
	'settled'
);
/** Still to be paid, and not on its way. As `isRunning`: held against the table by the compiler. */
const OPEN: Record<StateThatIs<typeof instalments, 'open'>, true> = {
	scheduled: true,
	retrying: true,
	action_needed: true
};
export const isOpen = ({ status }: { status: InstalmentStatus }): boolean => status in OPEN;
const FAILS: Record<StateThatIs<typeof instalments, 'failing'>, true> = { retrying: true, action_needed: true };
/** Something was refused, and is not mended yet. */
export const isFailing = (all: readonly { status: InstalmentStatus }[]): boolean =>
	all.some(({ status }) => status in FAILS);
/** Nobody pays it any more. */
export const isSettled = ({ status }: { status: InstalmentStatus }): boolean => SETTLED_INSTALMENTS.includes(status);

export type RescheduleStatus = 'asked' | 'accepted' | 'refused' | 'withdrawn';
export const RESCHEDULE_STATES: StateTable<RescheduleStatus> = {
	asked: {
		next: [
			'accepted', // by the client
			'refused', // by the client
			'withdrawn' // by the supplier
		]
	},
	accepted: { next: [] },
	refused: { next: [] },
	withdrawn: { next: [] }
};
