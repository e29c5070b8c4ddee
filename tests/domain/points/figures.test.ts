// Figures of a points programme: months add up to what is out, and what is too little to tell is not told.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { comparePunctuality, costPerDay, flowOf, monthEnds, type PointsMonth } from '#lib/domain/points/figures.ts';
import { worthOf } from '#lib/domain/points/simulate.ts';

const TODAY = civilDate('2026-11-26');

test('each month ends with what the one before ended with, and what it changed; the last one with the balances of today', () => {
	const points = fc.integer({ min: 0, max: 5000 });
	const month = fc.record({
		month: fc.constantFrom('2026-11', '2026-10', '2026-07', '2025-12'),
		gained: points,
		taken: points,
		used: points,
		expired: points,
		adjusted: fc.integer({ min: -2000, max: 2000 })
	});
	fc.assert(
		fc.property(
			fc.uniqueArray(month, { selector: (one) => one.month }),
			fc.integer({ min: -100, max: 90_000 }),
			(months, net) => {
				const ends = monthEnds(months as PointsMonth[], net, TODAY);
				expect(ends.map((one) => one.month)).toEqual([
					'2025-12',
					...Array.from({ length: 11 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`)
				]);
				expect(ends.at(-1)?.outstanding).toBe(net);
				ends
					.slice(1)
					.forEach((one, i) =>
						expect(one.outstanding).toBe(
							(ends[i]?.outstanding ?? NaN) + one.gained - one.taken - one.used - one.expired + one.adjusted
						)
					);
			}
		)
	);
});

test('nineteen invoices on a side say nothing; twenty on both do', () => {
	const side = (invoices: number, onTime: number, daysAfter: number) => ({ invoices, onTime, daysAfter });
	expect(comparePunctuality(side(19, 10, 95), side(200, 190, 0))).toMatchObject({
		isTooLittle: true,
		daysGained: null
	});
	expect(comparePunctuality(side(200, 10, 95), side(19, 19, 0))).toMatchObject({ isTooLittle: true, daysGained: null });
	// 5 days late on average before: forty invoices would have come 200 days after their due days; they came 40 before.
	expect(comparePunctuality(side(20, 10, 100), side(40, 38, -40))).toMatchObject({
		isTooLittle: false,
		daysGained: 240
	});
	expect(comparePunctuality(side(20, 10, 100), side(20, 10, 101)).daysGained).toBeNull();
});

test('what is still owed is what is out at its worth, rounded down; a day gained costs what was earned through the days', () => {
	const credit = { points: 100, valueMinor: minor(500n), maxShareBps: 5000 };
	expect(worthOf(30_501, credit)).toBe(152_505n);
	expect(worthOf(1, { ...credit, points: 3, valueMinor: minor(1n) })).toBe(0n);
	expect(worthOf(-40, credit)).toBe(0n);
	expect(worthOf(500, null)).toBeNull();
	expect(costPerDay(minor(1_000n), 240)).toBe(4n);
	expect(costPerDay(minor(1_000n), null)).toBeNull();
	expect(costPerDay(null, 240)).toBeNull();
});

test('a month in which more came back than was used shows what came, and nothing below zero', () => {
	const month = { month: '2026-11', gained: 40, taken: 5, used: -200, expired: 10, adjusted: 0 };
	expect(flowOf(month)).toEqual({ came: 240, went: 15 });
	expect(flowOf({ ...month, used: 30, expired: -7 })).toEqual({ came: 47, went: 35 });
	expect(flowOf({ ...month, gained: 0, taken: 0, used: 0, expired: 0 })).toEqual({ came: 0, went: 0 });
	expect(flowOf({ ...month, adjusted: 7 })).toEqual({ came: 247, went: 15 });
	expect(flowOf({ ...month, adjusted: -7 })).toEqual({ came: 240, went: 22 });
});
