// Points as less to pay: the steps that are proposed, on every screen the same.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { creditOn, creditSteps } from '#lib/domain/points/credit.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { tierBenefits } from '#lib/i18n/points.ts';

const rule = { points: 100, valueMinor: minor(500n), maxShareBps: 5_000 };
const stepsOf = (available: number, payable: bigint): [number, number][] => {
	const of = { payableMinor: minor(payable), priceMinor: minor(payable) };
	return creditSteps({ rule, available, isFrozen: false }, of).map(({ points, missing }) => [points, missing]);
};

test('one step, half and all that can be used, and the next round number that the invoice would bear', () => {
	expect(stepsOf(0, 60_000n)).toEqual([[100, 100]]);
	expect(stepsOf(199, 60_000n).slice(0, 1)).toEqual([[100, 0]]);
	expect(stepsOf(430, 60_000n)).toEqual([
		[100, 0],
		[200, 0],
		[400, 0],
		[500, 70]
	]);
	expect(stepsOf(2_060, 60_000n).map(([points]) => points)).toEqual([100, 1_000, 2_000, 5_000]);
	// Half of 20 € is two steps: more would be no use.
	expect(stepsOf(430, 2_000n)).toEqual([
		[100, 0],
		[200, 0]
	]);
	expect(stepsOf(430, 900n)).toEqual([]);
	expect(
		creditSteps({ rule: null, available: 100, isFrozen: false }, { payableMinor: minor(1n), priceMinor: minor(1n) })
	).toEqual([]);
});

test('what is proposed without anything missing is accepted, and there are at most four', () =>
	fc.assert(
		fc.property(
			fc.record({
				points: fc.integer({ min: 1, max: 500 }),
				value: fc.bigInt({ min: 1n, max: 2_000n }),
				share: fc.integer({ min: 1, max: 10_000 }),
				available: fc.nat(20_000),
				payable: fc.bigInt({ min: 1n, max: 500_000n })
			}),
			({ points, value, share, available, payable }) => {
				const asked = { rule: { points, valueMinor: minor(value), maxShareBps: share }, available, isFrozen: false };
				const of = { payableMinor: minor(payable), priceMinor: minor(payable) };
				const steps = creditSteps(asked, of);
				expect(steps.length).toBeLessThanOrEqual(4);
				expect(steps.map((step) => step.points)).toEqual(steps.map((step) => step.points).sort((a, b) => a - b));
				for (const step of steps) {
					const use = creditOn({ ...asked, points: step.points, available: available + step.missing }, of);
					expect(use).toEqual({ points: step.points, valueMinor: step.valueMinor });
				}
			}
		),
		{ numRuns: 1000 }
	));

test('a tier that multiplies says of what: the amount, and being early where that earns', () => {
	const tier = { ...DEFAULT_PROGRAMME.tiers[2]!, perk: null };
	const { earning } = DEFAULT_PROGRAMME;
	const said = (early: typeof earning.early, locale: 'fr' | 'en') =>
		tierBenefits(tier, { earning: { ...earning, early }, offers: [], locale })
			.join()
			.replace(/\u00a0/g, ' ');
	expect(said(earning.early, 'fr')).toBe('25 % de points en plus pour le montant payé à l’heure et pour l’avance');
	expect(said(null, 'fr')).toBe('25 % de points en plus pour le montant payé à l’heure');
	expect(said(earning.early, 'en')).toBe('25% more points for the amount paid on time and for being early');
	expect(said(null, 'en')).toBe('25% more points for the amount paid on time');
});
