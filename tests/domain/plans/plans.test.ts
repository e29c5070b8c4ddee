// Rules of instalment plans: what follows a refusal, when a plan breaks, what is left.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { announcedOn, askedOn, targetDay } from '#lib/domain/plans/calendar.ts';
import { afterFailure, cureEnd } from '#lib/domain/plans/failure.ts';
import {
	isDoubtful,
	isWholeIn,
	linesOf,
	nextInstalment,
	openInstalments,
	instalmentsWithin,
	statusAfter,
	sumsOfInstalments
} from '#lib/domain/plans/plan.ts';
import type { InstalmentStatus } from '#lib/domain/plans/plan-states.ts';

const TODAY = civilDate('2026-12-18'); // a Friday
const refused = (declineCode: string | null, failures = 1, methodType = 'card', errorCode = 'card_declined') =>
	afterFailure({ errorCode, declineCode, methodType, failures }, TODAY);

describe('after a refusal', () => {
	test('insufficient funds: again after three days, then four, then another way', () => {
		expect(refused('insufficient_funds', 1)).toEqual({ kind: 'retry', on: '2026-12-21' });
		expect(refused('insufficient_funds', 2)).toEqual({ kind: 'retry', on: '2026-12-22' });
		expect(refused('insufficient_funds', 3)).toEqual({ kind: 'other_method' });
	});
	test('the bank wants a confirmation, whichever of the two codes says so', () => {
		expect(refused('authentication_required')).toEqual({ kind: 'authenticate' });
		expect(refused(null, 1, 'card', 'authentication_required')).toEqual({ kind: 'authenticate' });
	});
	test('a stolen, lost or unknown refusal is never tried again by itself; a passing trouble is, the next day', () => {
		for (const code of ['stolen_card', 'lost_card', 'fraudulent', 'do_not_honor', 'something_new'])
			expect(refused(code)).toEqual({ kind: 'other_method' });
		expect(refused(null, 1, 'card', 'expired_card')).toEqual({ kind: 'other_method' });
		expect(refused(null, 1, 'card', 'processing_error')).toEqual({ kind: 'retry', on: '2026-12-19' });
		expect(refused(null, 4, 'card', 'processing_error')).toEqual({ kind: 'other_method' });
	});
	test('a passing trouble is tried three times more, whichever of the two codes says so', () => {
		for (const code of ['card_velocity_exceeded', 'issuer_not_available', 'try_again_later', 'reenter_transaction']) {
			expect(refused(code, 3)).toEqual({ kind: 'retry', on: '2026-12-19' });
			expect(refused(null, 1, 'card', code)).toEqual({ kind: 'retry', on: '2026-12-19' });
			expect(refused(code, 4)).toEqual({ kind: 'other_method' });
		}
	});
	test('SEPA: at most two more debits, five business days apart; never on a revoked mandate; nobody writes to the dead', () => {
		// Christmas and Boxing Day are no TARGET days.
		expect(refused(null, 1, 'sepa_debit', 'insufficient_funds')).toEqual({ kind: 'retry', on: '2026-12-28' });
		expect(refused(null, 2, 'sepa_debit', 'refer_to_customer').kind).toBe('retry');
		expect(refused(null, 2, 'sepa_debit', 'generic_could_not_process').kind).toBe('retry');
		expect(refused('insufficient_funds', 1, 'sepa_debit', 'charge_failed').kind).toBe('retry');
		expect(refused(null, 3, 'sepa_debit', 'insufficient_funds')).toEqual({ kind: 'other_method' });
		expect(refused(null, 1, 'sepa_debit', 'authorization_revoked')).toEqual({ kind: 'other_method' });
		expect(refused(null, 1, 'sepa_debit', 'account_closed')).toEqual({ kind: 'other_method' });
		expect(refused(null, 1, 'sepa_debit', 'recipient_deceased')).toEqual({ kind: 'stop' });
	});
	test('the cure period starts with the second refusal, or at once if no retry can mend it; thirty days at least for consumers', () => {
		const ends = (clientKind: 'business' | 'consumer', failures: number, kind: 'retry' | 'other_method') =>
			cureEnd(kind === 'retry' ? { kind, on: TODAY } : { kind }, { failures, today: TODAY, clientKind, cureDays: 8 });
		expect(ends('business', 1, 'retry')).toBeNull();
		expect(ends('business', 2, 'retry')).toBe('2026-12-26');
		expect(ends('business', 1, 'other_method')).toBe('2026-12-26');
		expect(ends('consumer', 2, 'retry')).toBe('2027-01-17');
	});
});

describe('parts', () => {
	const instalment = (position: number, status: InstalmentStatus) => ({
		position,
		status,
		dueOn: TODAY,
		amountMinor: minor(100n),
		lines: [{ invoiceId: position === 3 ? 'b' : 'a', amountMinor: minor(100n) }]
	});
	const instalments = [instalment(1, 'paid'), instalment(2, 'retrying'), instalment(3, 'scheduled')];
	test('the next one is the first that is open; what is on its way is not asked again', () => {
		expect(nextInstalment(instalments)?.position).toBe(2);
		expect(nextInstalment([instalment(1, 'paid'), instalment(2, 'processing')])).toBeNull();
		expect(linesOf(openInstalments(instalments))).toEqual([
			{ invoiceId: 'a', amountMinor: 100n },
			{ invoiceId: 'b', amountMinor: 100n }
		]);
	});
	test('a plan is complete when all is settled, begins again when something comes back, and a broken one stays broken', () => {
		expect(statusAfter('active', [instalment(1, 'paid'), instalment(2, 'forgiven')])).toBe('completed');
		expect(statusAfter('active', instalments)).toBe('active');
		expect(statusAfter('completed', [instalment(1, 'action_needed')])).toBe('active');
		expect(statusAfter('in_default', [instalment(1, 'paid')])).toBe('in_default');
		expect(statusAfter('paused', instalments)).toBe('paused');
		expect(statusAfter('canceled', [instalment(1, 'paid')])).toBe('canceled');
		expect(statusAfter('active', [instalment(1, 'credited'), instalment(2, 'canceled')])).toBe('completed');
		expect(statusAfter('active', [instalment(1, 'paid'), instalment(2, 'processing')])).toBe('active');
	});
	const unequal = ([30n, 50n, 20n, 40n] as const).map((amountMinor, i) => ({
		...instalment(i + 1, i === 0 ? 'paid' : 'scheduled'),
		amountMinor: minor(amountMinor)
	}));
	test('the next part makes so much, the next two so much; a sum pays those that it pays whole', () => {
		expect(sumsOfInstalments(unequal)).toEqual([50n, 70n, 110n]);
		const within = (amount: bigint) => instalmentsWithin(unequal, minor(amount)).map((one) => one.position);
		expect([within(49n), within(50n), within(69n), within(70n), within(5000n)]).toEqual([
			[],
			[2],
			[2],
			[2, 3],
			[2, 3, 4]
		]);
	});
	test('a part that comes after the cure period is doubtful; on its last day, or without one, it is not', () => {
		const due = { dueOn: TODAY };
		expect([
			isDoubtful(due, civilDate('2026-12-17')),
			isDoubtful(due, civilDate('2026-12-18')),
			isDoubtful(due, civilDate('2026-12-19')),
			isDoubtful(due, null)
		]).toEqual([true, false, false, false]);
	});
	test('a plan is shown whole only to whom all of its invoices are shown', () => {
		const lines = (...invoiceIds: string[]) => ({
			lines: invoiceIds.map((invoiceId) => ({ invoiceId, amountMinor: minor(1n) }))
		});
		const some = [lines('a'), lines('a', 'b')];
		expect([['a', 'b', 'c'], ['a', 'b'], ['a'], ['b'], []].map((shown) => isWholeIn(some, shown))).toEqual([
			true,
			true,
			false,
			false,
			false
		]);
	});
	test('a card is asked on the day; a debit four days before, to land on the day if there is time', () => {
		expect(askedOn(TODAY, 'card')).toBe('2026-12-18');
		expect(askedOn(TODAY, 'sepa_debit')).toBe('2026-12-14');
		expect(targetDay(TODAY, civilDate('2026-12-14'))).toBe('2026-12-18');
		expect(targetDay(TODAY, civilDate('2026-12-15'))).toBe('2026-12-18');
		expect(targetDay(TODAY, civilDate('2026-12-16'))).toBeNull();
		// And told a week before, whatever it is.
		expect(announcedOn(TODAY)).toBe('2026-12-11');
	});
});
