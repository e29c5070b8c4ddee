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
import { formatDay, formatInstant } from '#lib/domain/calendar/format.ts';

test('a day that does not exist is refused, not rolled over', () => {
	expect(['2026-02-30', '2026-13-01', '2025-02-29', '20260101', '2026-1-1'].map(parseCivilDate)).toEqual([
		null,
		null,
		null,
		null,
		null
	]);
	expect(parseCivilDate('2024-02-29')).toBe('2024-02-29');
	// Every four years, but for the hundreds, but for the four hundreds.
	expect(
		['1900-02-29', '2100-02-29', '2026-04-31', '2026-01-00', '2026-00-01', '1899-12-31'].map(parseCivilDate)
	).toEqual(Array(6).fill(null));
	expect(['2000-02-29', '1900-01-01', '2026-04-30'].map(parseCivilDate)).toEqual([
		'2000-02-29',
		'1900-01-01',
		'2026-04-30'
	]);
	expect([' 2026-01-01', '2026-01-01T00:00', '12026-01-01'].map(parseCivilDate)).toEqual([null, null, null]);
	expect(() => civilDate('2026-02-30')).toThrow(new RangeError('not a day of the calendar: 2026-02-30'));
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
test.each([
	// Good Friday and Easter Monday as the European Central Bank and the church calendars print them: the earliest, the latest, the exceptions of the rule.
	['2000-04-21', '2000-04-24'],
	['2008-03-21', '2008-03-24'],
	['2024-03-29', '2024-04-01'],
	['2025-04-18', '2025-04-21'],
	['2028-04-14', '2028-04-17'],
	['2038-04-23', '2038-04-26'],
	['2049-04-16', '2049-04-19'],
	['2076-04-17', '2076-04-20'],
	['2106-04-16', '2106-04-19'],
	['2285-03-20', '2285-03-23'],
	['2300-04-06', '2300-04-09']
])('TARGET is closed on %s and %s; the Thursday and the Tuesday around them are open', (friday, monday) => {
	expect([friday, monday].map((day) => isTargetDay(civilDate(day)))).toEqual([false, false]);
	const around = [addDays(civilDate(friday), -1), addDays(civilDate(monday), 1)];
	expect(around.map(isTargetDay)).toEqual([true, true]);
});
test('1 January is closed, 26 December too where it is no weekend', () =>
	expect(['2026-01-01', '2025-12-26', '2025-12-24'].map((day) => isTargetDay(civilDate(day)))).toEqual([
		false,
		false,
		true
	]));
test('a Monday is 1 and a Sunday 7', () =>
	expect([weekday(civilDate('2026-11-23')), weekday(civilDate('2026-11-22'))]).toEqual([1, 7]));
test('the first of a month reads « 1er », and a day is never parted from its month', () => {
	expect(formatDay(civilDate('2026-11-01'), 'fr')).toBe('1er\u00a0novembre 2026');
	expect(formatDay(civilDate('2026-11-11'), 'fr')).toBe('11\u00a0novembre 2026');
	expect(formatDay(civilDate('2026-11-01'), 'en')).toBe('1\u00a0November 2026');
});
test('days and instants as they are read in each language', () => {
	const day = civilDate('2026-11-01');
	expect([formatDay(day, 'fr', 'short'), formatDay(day, 'en', 'short')]).toEqual(['01/11/2026', '01/11/2026']);
	expect([formatDay(day, 'fr', 'weekday'), formatDay(day, 'en', 'weekday')]).toEqual([
		'dimanche 1er\u00a0novembre',
		'Sunday 1\u00a0November'
	]);
	const instant = new Date('2026-11-21T23:02:00Z');
	expect([formatInstant(instant, 'fr'), formatInstant(instant, 'en', 'UTC')]).toEqual([
		'22/11/2026 00:02',
		'21/11/2026, 23:02'
	]);
});
