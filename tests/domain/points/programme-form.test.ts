// The supplier's form of a programme: what is shown is what is kept, and what can't be read is named at its field.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween, programmeFormFrom, withRows } from '#lib/contract/programme-form.ts';
import { programmeFormOf } from '#lib/contract/programme-form-of.ts';
import { readProgrammeForm } from '#lib/contract/read-programme-form.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import type { ProgrammeTerms } from '#lib/domain/points/programme.ts';

const form = programmeFormOf(DEFAULT_PROGRAMME, 'fr');
const REWARD = {
	rewardId: '018f0000-0000-7000-8000-000000000001',
	kind: 'gift' as const,
	name: { fr: 'Un carnet', en: 'A notebook' },
	terms: { fr: '', en: '' },
	points: 200,
	stock: 10,
	from: null,
	until: null,
	minTier: 0
};

test('the form of a programme means that programme again, whatever its numbers', () => {
	const count = fc.integer({ min: -50, max: 100_000 });
	const money = fc.bigInt({ min: -10_000n, max: 100_000_000n }).map(minor);
	const bps = fc.integer({ min: 0, max: 20_000 });
	fc.assert(
		fc.property(
			count,
			money,
			bps,
			fc.boolean(),
			fc.option(count),
			fc.option(money),
			fc.constantFrom('fr' as const, 'en' as const),
			(n, amount, rate, flag, limit, cap, locale) => {
				const terms: ProgrammeTerms = {
					...DEFAULT_PROGRAMME,
					earning: {
						...DEFAULT_PROGRAMME.earning,
						pointsPer: { points: n, euroMinor: amount },
						basis: flag ? 'with_vat' : 'without_vat',
						excludes: flag ? ['deposits'] : [],
						early: flag ? { bpsPerDay: rate, maxDays: n, withDiscount: flag } : null,
						streak: flag ? null : { invoices: n, points: n },
						sepa: n,
						maxPerInvoice: limit,
						maxPerPeriod: limit === null ? null : { points: limit, period: 'year' },
						closedDay: flag ? 'same_day' : 'next_business_day'
					},
					expiry: flag ? { kind: 'yearly', month: 12, day: 31, minMonths: n } : { kind: 'months', months: n },
					credit: flag ? { points: n, valueMinor: amount, maxShareBps: rate } : null,
					rewards: [{ ...REWARD, points: n, stock: limit }],
					costCapMinor: cap
				};
				expect(readProgrammeForm(programmeFormOf(terms, locale))).toEqual({ terms, problems: [] });
			}
		),
		{ numRuns: 500 }
	);
});

test('half a gift, a word for a number, an empty rate: each is named at its field, and none is taken for something else', () => {
	const typed = {
		...programmeFormOf({ ...DEFAULT_PROGRAMME, rewards: [REWARD] }, 'fr'),
		points: '',
		sepa: 'cinq',
		creditValue: '5,005'
	};
	const { problems } = readProgrammeForm({
		...typed,
		rewards: typed.rewards.map((reward) => ({ ...reward, stock: '1,5', until: '31/12/2026' }))
	});
	expect(problems.map(({ field, code }) => `${field} ${code}`).sort()).toEqual([
		'credit.valueMinor not_an_amount',
		'earning.pointsPer.points not_a_count',
		'earning.sepa not_a_count',
		'rewards.0.stock not_a_count',
		'rewards.0.until not_a_date'
	]);
});

test('a form sent without a script comes back as it was typed, with a row more or less as asked', () => {
	const data = new FormData();
	const send = (fields: Record<string, string>) =>
		Object.entries(fields).forEach(([name, value]) => data.set(name, value));
	send({
		'nom.fr': 'Points',
		'palier.0.nom.fr': 'Bronze',
		'palier.0.seuil': 'zéro',
		'palier.1.nom.fr': 'Argent',
		points: '1,5'
	});
	const typed = programmeFormFrom(data, () => REWARD.rewardId);
	expect(typed).toMatchObject({ nameFr: 'Points', points: '1,5', hasEarly: false, rewards: [] });
	expect(typed.tiers.map((tier) => [tier.nameFr, tier.threshold])).toEqual([
		['Bronze', 'zéro'],
		['Argent', '']
	]);
	expect(withRows(typed, { add: '', remove: 'tiers.1' }, () => '').tiers).toHaveLength(1);
	expect(withRows(typed, { add: 'tiers', remove: '' }, () => '').tiers).toHaveLength(3);
	expect(withRows(typed, { add: 'rewards', remove: '' }, () => REWARD.rewardId).rewards).toEqual([
		expect.objectContaining({ rewardId: REWARD.rewardId, points: '' })
	]);
});

test('decimals are typed as the language of the page types them', () => {
	expect(programmeFormOf(DEFAULT_PROGRAMME, 'en')).toMatchObject({ earlyRate: '1.5' });
	expect(form).toMatchObject({ earlyRate: '1,5' });
});

test('what a draft changes is named rule by rule; a reward that moved is the same reward', () => {
	const other = { ...REWARD, rewardId: '018f0000-0000-7000-8000-000000000002' };
	const before = programmeFormOf({ ...DEFAULT_PROGRAMME, rewards: [REWARD, other] }, 'fr');
	const after = programmeFormOf(
		{ ...DEFAULT_PROGRAMME, expiryNoticeDays: 45, rewards: [other, { ...REWARD, points: 250 }] },
		'fr'
	);
	expect(changesBetween(before, before)).toEqual([]);
	expect(changesBetween(before, after)).toEqual([
		{ path: 'noticeDays', before: '30', after: '45' },
		{ path: `rewards.${REWARD.rewardId}.points`, before: '200', after: '250' }
	]);
	expect(changesBetween(form, { ...form, hasStreak: false })).toEqual([
		{ path: 'hasStreak', before: 'yes', after: '' }
	]);
});
