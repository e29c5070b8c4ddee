// Civil days, across month ends, leap years and both clock changes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addTargetDays, isTargetDay, targetDaysBetween } from '#lib/domain/calendar/business-days.ts';
import {
	addDays,
	civilDate,
	civilDateIn,
	daysBetween,
	parseCivilDate,
	weekday
} from '#lib/domain/calendar/civil-date.ts';
import { formatDay } from '#lib/domain/calendar/format.ts';

test('a day that does not exist is refused, not rolled over', () => {
	expect(['2026-02-30', '2026-13-01', '2025-02-29', '20260101', '2026-1-1'].map(parseCivilDate)).toEqual([
		null,
		null,
		null,
		null,
		null
	]);
	expect(parseCivilDate('2024-02-29')).toBe('2024-02-29');
});
test('adding and counting days are inverse', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: -20_000, max: 20_000 }),
			(days) => void expect(daysBetween(civilDate('2026-03-29'), addDays(civilDate('2026-03-29'), days))).toBe(days)
		)
	);
});
describe('the day in Paris', () => {
	test.each([
		['2026-03-29T00:30:00Z', '2026-03-29'],
		['2026-03-28T23:30:00Z', '2026-03-29'],
		['2026-10-24T22:30:00Z', '2026-10-25'],
		['2026-10-25T23:30:00Z', '2026-10-26'],
		['2026-12-31T22:59:59Z', '2026-12-31'],
		['2026-12-31T23:00:00Z', '2027-01-01']
	])('%s is %s', (instant, day) => expect(civilDateIn(new Date(instant), 'Europe/Paris')).toBe(day));
});
test('TARGET is closed on weekends, 1 May, Good Friday, Easter Monday, Christmas', () => {
	expect(
		['2026-04-03', '2026-04-06', '2026-05-01', '2026-12-25', '2026-12-26', '2027-03-26', '2026-11-21'].map((day) =>
			isTargetDay(civilDate(day))
		)
	).toEqual(Array(7).fill(false));
	expect(isTargetDay(civilDate('2026-11-11'))).toBe(true);
	expect(addTargetDays(civilDate('2026-12-23'), 2)).toBe('2026-12-28');
	expect(targetDaysBetween(civilDate('2026-04-02'), civilDate('2026-04-08'))).toBe(2);
});
test('a Monday is 1 and a Sunday 7', () =>
	expect([weekday(civilDate('2026-11-23')), weekday(civilDate('2026-11-22'))]).toEqual([1, 7]));
test('the first of a month reads « 1er »', () => {
	expect(formatDay(civilDate('2026-11-01'), 'fr')).toBe('1er novembre 2026');
	expect(formatDay(civilDate('2026-11-11'), 'fr')).toBe('11 novembre 2026');
	expect(formatDay(civilDate('2026-11-01'), 'en')).toBe('1 November 2026');
});
