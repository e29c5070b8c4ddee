// Who is offered no new plan.
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { cautionReason, type PlanCaution, type PlanHistory } from '#lib/domain/offers/caution.ts';

const at = { today: civilDate('2026-11-26'), totalMinor: minor(500n) };
const reason = (caution: Partial<PlanCaution>, history: Partial<PlanHistory>) =>
	cautionReason(
		{ isForLate: false, afterBrokenDays: 30, clientMaxMinor: minor(1000n), ...caution },
		{ isLate: false, brokenOn: null, inPlansMinor: minor(0n), ...history },
		at
	);

test('late, after a broken plan until its days are over, above the sum: each by its own rule', () => {
	expect(reason({}, {})).toBeNull();
	expect(reason({}, { isLate: true })).toBe('client_late');
	expect(reason({ isForLate: true }, { isLate: true })).toBeNull();
	expect(reason({}, { brokenOn: civilDate('2026-10-28') })).toBe('plan_broken');
	expect(reason({}, { brokenOn: civilDate('2026-10-27') })).toBeNull();
	expect(reason({ afterBrokenDays: null }, { brokenOn: civilDate('2026-11-25') })).toBeNull();
	expect(reason({}, { inPlansMinor: minor(500n) })).toBeNull();
	expect(reason({}, { inPlansMinor: minor(501n) })).toBe('plans_full');
	expect(reason({ clientMaxMinor: null }, { inPlansMinor: minor(9_999_999n) })).toBeNull();
	const all = { isLate: true, brokenOn: at.today, inPlansMinor: minor(9999n) };
	expect(cautionReason(null, all, at)).toBeNull();
});
