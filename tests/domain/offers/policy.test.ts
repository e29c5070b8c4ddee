// Policies: mistakes caught while typing, and which one a client gets.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { checkPolicy, type PolicyContext } from '#lib/domain/offers/check-policy.ts';
import type { DiscountTier, InstalmentRule, OfferPolicy } from '#lib/domain/offers/policy.ts';
import { resolvePolicy, type PolicyAudience, type PublishedPolicy } from '#lib/domain/offers/resolve-policy.ts';

const CONTEXT: PolicyContext = {
	defaultTermsDays: 30,
	terms: { business: 'days_60', isLargeOnlineSeller: false }
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
