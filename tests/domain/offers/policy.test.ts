// Policies: mistakes caught while typing, and which one a client gets.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { checkPolicy, type PolicyContext } from '#lib/domain/offers/check-policy.ts';
import type { DiscountTier, InstalmentRule, OfferPolicy } from '#lib/domain/offers/policy.ts';
import { resolvePolicy, type PolicyAudience, type PublishedPolicy } from '#lib/domain/offers/resolve-policy.ts';

const CONTEXT: PolicyContext = {
	defaultTermsDays: 30,
	terms: { business: 'days_60', isLargeOnlineSeller: false },
	today: civilDate('2026-11-26')
};
const base: OfferPolicy = {
	version: 1,
	validFrom: null,
	validUntil: null,
	methods: ['card'],
	discount: null,
	instalments: null
};
const found = (over: Partial<OfferPolicy>, context = CONTEXT) =>
	checkPolicy({ ...base, ...over }, context).map((mistake) => `${mistake.severity} ${mistake.code} ${mistake.field}`);
const tiers = (...list: [number, number, DiscountTier['counted']?][]) => ({
	discount: {
		tiers: list.map(([discountBps, days, counted = 'from_issue' as const]) => ({ discountBps, days, counted })),
		capMinor: null,
		vatMode: 'adjusted' as const,
		excludes: []
	}
});
const plan = (over: Partial<InstalmentRule>) => ({
	instalments: {
		counts: [2, 3] as InstalmentRule['counts'],
		minMinor: minor(0n),
		maxMinor: null,
		spacing: { unit: 'day' as const, every: 20 },
		firstPart: 'now' as const,
		who: 'everyone' as const,
		...over
	}
});

describe('mistakes', () => {
	test('a sound policy has none', () => {
		expect(found({ ...tiers([300, 5], [100, 10]), ...plan({ counts: [2] }) })).toEqual([]);
	});
	test('a tier that never applies, one after the due date, one out of range', () => {
		expect(found(tiers([100, 5], [300, 10]))).toEqual(['error tier_never_applies discount.tiers.0']);
		expect(found(tiers([200, 10], [200, 10]))).toEqual(['error tier_never_applies discount.tiers.1']);
		expect(found(tiers([200, 10, 'before_due'], [100, 5, 'before_due']))).toEqual([]);
		expect(found(tiers([100, 10, 'before_due'], [200, 5, 'before_due']))).toEqual([
			'error tier_never_applies discount.tiers.0'
		]);
		expect(found(tiers([100, 45]))).toEqual(['warning tier_after_due discount.tiers.0.days']);
		expect(found(tiers([0, 5], [9000, -1]))).toEqual([
			'error discount_range discount.tiers.0.discountBps',
			'error discount_range discount.tiers.1.discountBps',
			'error days_range discount.tiers.1.days'
		]);
	});
	test('a plan past the legal cap is an error; one that only consumers can’t have, a warning', () => {
		expect(found(plan({ spacing: { unit: 'day', every: 31 } }))).toEqual(['error plan_past_cap instalments.counts.3']);
		expect(found(plan({ spacing: { unit: 'day', every: 30 }, counts: [3] }))).toEqual([
			'warning plan_never_for_consumers instalments.counts.3'
		]);
		expect(found(plan({ spacing: { unit: 'month', every: 1 }, firstPart: 'on_due_date' }))).toEqual([
			'warning plan_never_for_consumers instalments.counts.2',
			'error plan_past_cap instalments.counts.3'
		]);
		expect(found(plan({ spacing: { unit: 'day', every: 0 } }))).toEqual([
			'error spacing_range instalments.spacing.every'
		]);
	});
	test('dates, methods and amounts', () => {
		expect(
			found({
				validFrom: civilDate('2026-12-01'),
				validUntil: civilDate('2026-11-30'),
				methods: [],
				...plan({ counts: [], minMinor: minor(500n), maxMinor: minor(100n) })
			})
		).toEqual([
			'error validity_reversed validUntil',
			'error no_method methods',
			'error no_count instalments.counts',
			'error amounts_reversed instalments.maxMinor'
		]);
	});
});

describe('at the edge', () => {
	const valid = (validFrom: string | null, validUntil: string | null) =>
		found({
			validFrom: validFrom === null ? null : civilDate(validFrom),
			validUntil: validUntil === null ? null : civilDate(validUntil)
		});
	test('an offer may begin, end, or do both, on one day too', () => {
		expect([valid('2026-12-01', null), valid(null, '2026-11-30'), valid('2026-12-01', '2026-12-01')]).toEqual([
			[],
			[],
			[]
		]);
		expect(valid('2026-12-01', '2026-12-31')).toEqual([]);
		expect(valid('2026-12-02', '2026-12-01')).toEqual(['error validity_reversed validUntil']);
		// Published on its last day it is still offered; a day later, to nobody.
		expect(valid(null, '2026-11-26')).toEqual([]);
		expect(valid(null, '2026-11-25')).toEqual(['error validity_over validUntil']);
	});
	test('a discount is of 30 % at most, its days of 0 to 120, its cap of something', () => {
		const capped = (cap: bigint) => found({ discount: { ...tiers([200, 10]).discount, capMinor: minor(cap) } });
		expect([capped(1n), capped(0n), capped(-1n)]).toEqual([
			[],
			['error cap_not_positive discount.capMinor'],
			['error cap_not_positive discount.capMinor']
		]);
		expect([found(tiers([3000, 10])), found(tiers([3001, 10]))]).toEqual([
			[],
			['error discount_range discount.tiers.0.discountBps']
		]);
		const before = (days: number) => found(tiers([100, days, 'before_due']));
		const wrong = ['error days_range discount.tiers.0.days'];
		expect([before(0), before(120), before(121), before(-1), before(1.5)]).toEqual([[], [], wrong, wrong, wrong]);
		// Thirty days are the terms of this supplier.
		expect([found(tiers([100, 30])), found(tiers([100, 31]))]).toEqual([
			[],
			['warning tier_after_due discount.tiers.0.days']
		]);
	});
	test('tiers that are counted otherwise are not compared; of one day, the smaller never applies', () => {
		expect(found(tiers([200, 5], [100, 10, 'before_due']))).toEqual([]);
		expect(found(tiers([200, 10, 'before_due'], [100, 10, 'before_due']))).toEqual([
			'error tier_never_applies discount.tiers.1'
		]);
	});
	test('the sums of a plan: none below nothing, the largest not below the smallest', () => {
		const sums = (min: bigint, max: bigint | null) =>
			found(plan({ counts: [2], minMinor: minor(min), maxMinor: max === null ? null : minor(max) }));
		const wrong = ['error amounts_reversed instalments.maxMinor'];
		expect([sums(500n, null), sums(500n, 500n), sums(500n, 501n), sums(500n, 499n), sums(-1n, null)]).toEqual([
			[],
			[],
			[],
			wrong,
			wrong
		]);
	});
	test('what is asked of a client: five years after a broken plan, and a sum that a plan can reach', () => {
		const asked = (afterBrokenDays: number | null, clientMax: bigint | null) =>
			found(
				plan({
					counts: [2],
					minMinor: minor(500n),
					caution: {
						isForLate: false,
						afterBrokenDays,
						clientMaxMinor: clientMax === null ? null : minor(clientMax)
					}
				})
			);
		for (const days of [null, 0, 30, 1830]) expect(asked(days, null)).toEqual([]);
		for (const days of [-1, 1831])
			expect(asked(days, null)).toEqual(['error broken_days_range instalments.caution.afterBrokenDays']);
		expect([asked(null, 500n), asked(null, 499n)]).toEqual([
			[],
			['error amounts_reversed instalments.caution.clientMaxMinor']
		]);
	});
	test('parts are 120 days or four months apart at the most; what the law says of it is another mistake', () => {
		const apart = (every: number, unit: 'day' | 'month') => found(plan({ counts: [2], spacing: { unit, every } }));
		const tooFar = ['error plan_past_cap instalments.counts.2'];
		const wrong = ['error spacing_range instalments.spacing.every'];
		expect([apart(120, 'day'), apart(4, 'month')]).toEqual([tooFar, tooFar]);
		expect([apart(121, 'day'), apart(5, 'month'), apart(1.5, 'day'), apart(-1, 'day')]).toEqual([
			wrong,
			wrong,
			wrong,
			wrong
		]);
	});
});

describe('who gets what', () => {
	const published = (version: number, audience: PolicyAudience, day: string): PublishedPolicy => ({
		...base,
		version,
		audience,
		publishedAt: new Date(`${day}T10:00:00Z`)
	});
	const all = published(1, { kind: 'all' }, '2026-11-01');
	const group = published(2, { kind: 'group', groupId: 'vip' }, '2026-10-01');
	const client = published(3, { kind: 'client', clientId: 'roche' }, '2026-09-01');
	const roche = { clientId: 'roche', groupIds: ['vip'] };
	test('client over group over all, however old', () => {
		expect(resolvePolicy([all, group, client], roche)).toBe(client);
		expect(resolvePolicy([all, group], roche)).toBe(group);
		expect(resolvePolicy([all, group, client], { clientId: 'pons', groupIds: [] })).toBe(all);
		expect(resolvePolicy([group, client], { clientId: 'pons', groupIds: [] })).toBeNull();
	});
	test('of the same level, the one published last', () => {
		const newer = published(4, { kind: 'all' }, '2026-11-15');
		expect(resolvePolicy([all, newer], { clientId: 'pons', groupIds: [] })).toBe(newer);
		expect(resolvePolicy([newer, all], { clientId: 'pons', groupIds: [] })).toBe(newer);
		// Of the same instant, the later version; and never another's.
		const twin = published(5, { kind: 'all' }, '2026-11-15');
		for (const list of [
			[newer, twin],
			[twin, newer]
		])
			expect(resolvePolicy(list, { clientId: 'pons', groupIds: [] })).toBe(twin);
		expect(resolvePolicy([client, all], { clientId: 'pons', groupIds: ['roche'] })).toBe(all);
	});
	test('a number of version says nothing before the audience and the day', () => {
		const many = published(9, { kind: 'all' }, '2026-10-01');
		expect(resolvePolicy([many, client], roche)).toBe(client);
		expect(resolvePolicy([many, all], { clientId: 'pons', groupIds: [] })).toBe(all);
	});
});
