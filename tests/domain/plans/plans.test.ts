// Rules of instalment plans: what follows a refusal, when a plan breaks, what is left.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { askedOn, targetDay } from '#lib/domain/plans/calendar.ts';
import { afterFailure, cureEnd } from '#lib/domain/plans/failure.ts';
import { linesOf, nextPart, openParts, statusAfter, type PartStatus } from '#lib/domain/plans/plan.ts';

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
	test('SEPA: at most two more debits, five business days apart; never on a revoked mandate; nobody writes to the dead', () => {
		// Christmas and Boxing Day are no TARGET days.
		expect(refused(null, 1, 'sepa_debit', 'insufficient_funds')).toEqual({ kind: 'retry', on: '2026-12-28' });
		expect(refused(null, 2, 'sepa_debit', 'refer_to_customer').kind).toBe('retry');
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
	const part = (position: number, status: PartStatus) => ({
		position,
		status,
		dueOn: TODAY,
		amountMinor: minor(100n),
		lines: [{ invoiceId: position === 3 ? 'b' : 'a', amountMinor: minor(100n) }]
	});
	const parts = [part(1, 'paid'), part(2, 'retrying'), part(3, 'scheduled')];
	test('the next one is the first that is open; what is on its way is not asked again', () => {
		expect(nextPart(parts)?.position).toBe(2);
		expect(nextPart([part(1, 'paid'), part(2, 'processing')])).toBeNull();
		expect(linesOf(openParts(parts))).toEqual([
			{ invoiceId: 'a', amountMinor: 100n },
			{ invoiceId: 'b', amountMinor: 100n }
		]);
	});
	test('a plan is complete when all is settled, begins again when something comes back, and a broken one stays broken', () => {
		expect(statusAfter('active', [part(1, 'paid'), part(2, 'forgiven')])).toBe('completed');
		expect(statusAfter('active', parts)).toBe('active');
		expect(statusAfter('completed', [part(1, 'action_needed')])).toBe('active');
		expect(statusAfter('in_default', [part(1, 'paid')])).toBe('in_default');
		expect(statusAfter('paused', parts)).toBe('paused');
	});
	test('a card is asked on the day; a debit four days before, to land on the day if there is time', () => {
		expect(askedOn(TODAY, 'card')).toBe('2026-12-18');
		expect(askedOn(TODAY, 'sepa_debit')).toBe('2026-12-14');
		expect(targetDay(TODAY, civilDate('2026-12-14'))).toBe('2026-12-18');
		expect(targetDay(TODAY, civilDate('2026-12-16'))).toBeNull();
	});
});
