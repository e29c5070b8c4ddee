// The states of what lives here, as tables: what the product computes is never past them, and the sets that are read from them are what their names say.
import { describe, expect, test } from 'vitest';
import { BANK_TRANSACTION_STATES } from '#lib/domain/bank/transaction-states.ts';
import { IMPORT_STATES, IMPORTS_AT_WORK, PENDING_IMPORTS } from '#lib/domain/invoices/import-states.ts';
import {
	ATTEMPT_STATES,
	isUnderWay,
	LIVE_STATUSES,
	nextStatus,
	UNDER_WAY_STATUSES
} from '#lib/domain/payments/attempt-status.ts';
import { REFUND_REQUEST_STATES } from '#lib/domain/payments/refund-states.ts';
import { PENDING_SETUPS, SETUP_STATES } from '#lib/domain/payments/setup-states.ts';
import {
	CHARGED_INSTALMENTS,
	FAILING_INSTALMENTS,
	INSTALMENT_STATES,
	isFailing,
	isOpen,
	isOver,
	isRunning,
	OPEN_INSTALMENTS,
	PLAN_STATES,
	RESCHEDULE_STATES,
	RUNNING_PLANS,
	SETTLED_INSTALMENTS,
	STANDING_PLANS
} from '#lib/domain/plans/plan-states.ts';
import { statusAfter } from '#lib/domain/plans/plan.ts';
import { REDEMPTION_STATES } from '#lib/domain/points/redemption-states.ts';
import { isFinal, mayBecome, namesOf, statesBefore, statesThatAre, type AnyTable } from '#lib/domain/states.ts';

const TABLES: Record<string, { table: AnyTable; begins: string[]; over: string[] }> = {
	attempt: { table: ATTEMPT_STATES, begins: ['open', 'unknown'], over: ['set_up'] },
	plan: { table: PLAN_STATES, begins: ['pending'], over: ['in_default', 'canceled'] },
	instalment: { table: INSTALMENT_STATES, begins: ['scheduled'], over: [] },
	reschedule: { table: RESCHEDULE_STATES, begins: ['asked'], over: ['accepted', 'refused', 'withdrawn'] },
	setup: { table: SETUP_STATES, begins: ['open'], over: ['succeeded'] },
	'refund request': { table: REFUND_REQUEST_STATES, begins: ['open'], over: [] },
	'bank transaction': { table: BANK_TRANSACTION_STATES, begins: ['waiting'], over: [] },
	import: { table: IMPORT_STATES, begins: ['receiving'], over: ['undone', 'dropped'] },
	redemption: { table: REDEMPTION_STATES, begins: ['held', 'asked'], over: ['canceled'] }
};
describe.each(Object.entries(TABLES))('%s', (_object, { table, begins, over }) => {
	test('each state follows from how it begins, each step is named once, and what is over is over', () => {
		const reached = new Set(begins);
		for (const from of reached) for (const to of table[from]!.next) reached.add(to);
		expect([...reached].sort()).toEqual(namesOf(table).sort());
		for (const { next } of Object.values(table)) expect(next).toEqual([...new Set(next)]);
		expect(namesOf(table).filter((state) => isFinal(table, state))).toEqual(over);
	});
	test('backwards it says the same', () => {
		for (const from of namesOf(table))
			for (const to of namesOf(table))
				expect(statesBefore(table, to).includes(from)).toBe(from !== to && mayBecome(table, from, to));
	});
});

test('a state may stay what it is, and become nothing that its table does not name', () => {
	expect(mayBecome(PLAN_STATES, 'canceled', 'canceled')).toBe(true);
	expect(mayBecome(PLAN_STATES, 'canceled', 'active')).toBe(false);
	expect(mayBecome(PLAN_STATES, 'pending', 'active')).toBe(true);
	expect(statesThatAre(PLAN_STATES, 'running')).toEqual(['active', 'paused']);
});
test('a table that forgets a state, or names one that its type does not know, does not compile', () => {
	// @ts-expect-error: `aside` and `booked` are forgotten
	const short: typeof BANK_TRANSACTION_STATES = { waiting: { next: [] } };
	// @ts-expect-error: no such state
	const more: typeof BANK_TRANSACTION_STATES = { ...BANK_TRANSACTION_STATES, lost: { next: [] } };
	// @ts-expect-error: no such state can follow
	const next: typeof BANK_TRANSACTION_STATES = { ...BANK_TRANSACTION_STATES, waiting: { next: ['lost'] } };
	// @ts-expect-error: nor can it follow itself
	const same: typeof BANK_TRANSACTION_STATES = { ...BANK_TRANSACTION_STATES, waiting: { next: ['waiting'] } };
	expect([short, more, next, same]).toHaveLength(4);
});

test('whatever Stripe says of an attempt, whatever was known: its table lets it become that', () => {
	for (const known of namesOf(ATTEMPT_STATES))
		// A payment is no setting-up (deferred-plan.ts).
		for (const read of namesOf(ATTEMPT_STATES).filter((state) => state !== 'set_up')) {
			if (known === 'set_up') continue;
			const next = nextStatus(known, read);
			expect([known, read, next, mayBecome(ATTEMPT_STATES, known, next)]).toEqual([known, read, next, true]);
		}
});
test('real orders: failed and under way again and paid, given up and paid, paid there as a person said and not', () => {
	const goes = (...way: Parameters<typeof nextStatus>[0][]) =>
		way.slice(1).every((to, i) => mayBecome(ATTEMPT_STATES, way[i]!, to));
	expect(goes('open', 'processing', 'declined', 'processing', 'paid')).toBe(true);
	expect(goes('open', 'canceled', 'paid', 'canceled', 'paid')).toBe(true);
	expect(goes('processing', 'canceled', 'processing', 'declined', 'canceled')).toBe(true);
	expect(goes('paid', 'declined')).toBe(false);
	expect(goes('canceled', 'open')).toBe(false);
});
test('what waits for Stripe or a bank is live, and a transfer waits for its payer', () => {
	expect(namesOf(ATTEMPT_STATES).filter(isUnderWay)).toEqual(UNDER_WAY_STATUSES);
	expect(LIVE_STATUSES.filter((state) => !UNDER_WAY_STATUSES.includes(state))).toEqual(['awaiting_transfer']);
});
test('money may come for an instalment whatever it is by then; it is given up only while it is open', () => {
	for (const state of namesOf(INSTALMENT_STATES)) {
		expect([state, mayBecome(INSTALMENT_STATES, state, 'paid')]).toEqual([state, true]);
		const given = (['forgiven', 'credited', 'paid_otherwise'] as const).filter(
			(to) => to !== state && mayBecome(INSTALMENT_STATES, state, to)
		);
		expect([state, given.length > 0]).toEqual([state, OPEN_INSTALMENTS.includes(state)]);
	}
});
test('wherever its instalments stand, a plan becomes what its table lets it', () => {
	const instalments = namesOf(INSTALMENT_STATES);
	for (const status of namesOf(PLAN_STATES))
		for (const first of instalments)
			for (const second of instalments) {
				const after = statusAfter(status, [{ status: first }, { status: second }]);
				expect([status, first, second, after, mayBecome(PLAN_STATES, status, after)].at(-1)).toBe(true);
			}
});

test('the sets are what they are called', () => {
	expect([...LIVE_STATUSES].sort()).toEqual(['awaiting_auth', 'awaiting_transfer', 'open', 'processing', 'unknown']);
	expect(RUNNING_PLANS).toEqual(['active', 'paused']);
	expect(STANDING_PLANS).toEqual(['pending', 'active', 'paused']);
	expect(namesOf(PLAN_STATES).filter((status) => isRunning({ status }))).toEqual(['active', 'paused']);
	expect(namesOf(PLAN_STATES).filter((status) => isOver({ status }))).toEqual(['in_default', 'canceled']);
	expect(OPEN_INSTALMENTS).toEqual(['scheduled', 'retrying', 'action_needed']);
	expect(namesOf(INSTALMENT_STATES).filter((status) => isOpen({ status }))).toEqual(OPEN_INSTALMENTS);
	expect(namesOf(INSTALMENT_STATES).filter((status) => isFailing([{ status }]))).toEqual(FAILING_INSTALMENTS);
	expect(CHARGED_INSTALMENTS).toEqual(['scheduled', 'retrying']);
	expect(FAILING_INSTALMENTS).toEqual(['retrying', 'action_needed']);
	// Each instalment is open, under way or settled, and one of them only.
	expect([...OPEN_INSTALMENTS, 'processing', ...SETTLED_INSTALMENTS].sort()).toEqual(namesOf(INSTALMENT_STATES).sort());
	expect(PENDING_SETUPS).toEqual(['open', 'awaiting_auth', 'processing']);
	expect(IMPORTS_AT_WORK).toEqual(['reading', 'keeping']);
	expect(PENDING_IMPORTS).toEqual(['receiving', 'reading', 'ready', 'keeping']);
});
