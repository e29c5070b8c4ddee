// Every mistake in a points programme is named at its field; a good one has none.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { checkProgramme, type ProgrammeContext, type ProgrammeMistake } from '#lib/domain/points/check-programme.ts';
import { DEFAULT_PROGRAMME } from '#lib/domain/points/default-programme.ts';
import { judgeAct } from '#lib/domain/points/judge.ts';
import { required } from '#lib/domain/required.ts';
import { openTrial } from '#lib/domain/points/simulate.ts';
import type { ProgrammeTerms, Reward } from '#lib/domain/points/programme.ts';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';

const NOTHING: ProgrammeContext = {
	today: civilDate('2026-11-27'),
	trialMinor: null,
	freeCodes: new Map(),
	lastTiers: [],
	tierOffers: []
};
const REWARD: Reward = {
	rewardId: '018f0000-0000-7000-8000-000000000001',
	kind: 'gift',
	name: { fr: 'Un carnet', en: 'A notebook' },
	terms: { fr: '', en: '' },
	points: 200,
	stock: 10,
	from: null,
	until: null,
	minTier: 0
};
const said = (terms: ProgrammeTerms, context: ProgrammeContext = NOTHING) =>
	checkProgramme(terms, context).map(({ severity, field, code }) => `${severity} ${field} ${code}`);
/** The default programme with something changed. */
const changed = (change: (terms: ProgrammeTerms) => void): ProgrammeTerms => {
	const terms = structuredClone(DEFAULT_PROGRAMME);
	change(terms);
	return terms;
};

test('the programme one starts from has nothing to say against it', () => expect(said(DEFAULT_PROGRAMME)).toEqual([]));

const WRONG: [ProgrammeMistake['code'], string, (terms: ProgrammeTerms) => void][] = [
	['rate_not_positive', 'earning.pointsPer.points', (t) => (t.earning.pointsPer.points = 0)],
	['rate_not_positive', 'earning.pointsPer.points', (t) => (t.earning.pointsPer.points = -1)],
	['rate_not_positive', 'earning.pointsPer.euroMinor', (t) => (t.earning.pointsPer.euroMinor = minor(0n))],
	['rate_not_positive', 'earning.pointsPer.euroMinor', (t) => (t.earning.pointsPer.euroMinor = minor(-500n))],
	['rate_too_high', 'earning.pointsPer.points', (t) => (t.earning.pointsPer = { points: 101, euroMinor: minor(100n) })],
	['below_zero', 'earning.minInvoiceMinor', (t) => (t.earning.minInvoiceMinor = minor(-1n))],
	['below_zero', 'earning.sepa', (t) => (t.earning.sepa = -5)],
	['below_zero', 'earning.planFinished', (t) => (t.earning.planFinished = -1)],
	['below_zero', 'earning.firstOnline', (t) => (t.earning.firstOnline = -1)],
	['too_many_points', 'earning.sepa', (t) => (t.earning.sepa = 1_000_001)],
	[
		'early_range',
		'earning.early.bpsPerDay',
		(t) => (t.earning.early = { bpsPerDay: 0, maxDays: 20, withDiscount: true })
	],
	[
		'early_range',
		'earning.early.maxDays',
		(t) => (t.earning.early = { bpsPerDay: 150, maxDays: 0, withDiscount: true })
	],
	['streak_range', 'earning.streak.invoices', (t) => (t.earning.streak = { invoices: 1, points: 100 })],
	['streak_range', 'earning.streak.points', (t) => (t.earning.streak = { invoices: 10, points: 0 })],
	['limit_not_positive', 'earning.maxPerInvoice', (t) => (t.earning.maxPerInvoice = 0)],
	[
		'limit_not_positive',
		'earning.maxPerPeriod.points',
		(t) => (t.earning.maxPerPeriod = { points: -1, period: 'month' })
	],
	[
		'period_below_invoice',
		'earning.maxPerPeriod.points',
		(t) => {
			t.earning.maxPerInvoice = 100;
			t.earning.maxPerPeriod = { points: 99, period: 'month' };
		}
	],
	['vesting_range', 'sepaVestingDays', (t) => (t.sepaVestingDays = -1)],
	['expiry_not_positive', 'expiry.months', (t) => (t.expiry = { kind: 'months', months: 0 })],
	['expiry_not_positive', 'expiry.months', (t) => (t.expiry = { kind: 'months', months: -12 })],
	['expiry_not_positive', 'expiry.minMonths', (t) => (t.expiry = { kind: 'yearly', month: 12, day: 31, minMonths: 0 })],
	['expiry_no_such_day', 'expiry.day', (t) => (t.expiry = { kind: 'yearly', month: 2, day: 29, minMonths: 6 })],
	['expiry_no_such_day', 'expiry.day', (t) => (t.expiry = { kind: 'yearly', month: 13, day: 1, minMonths: 6 })],
	[
		'expiry_before_earned',
		'expiry.months',
		(t) => {
			t.sepaVestingDays = 56;
			t.expiry = { kind: 'months', months: 2 };
		}
	],
	[
		'notice_range',
		'expiryNoticeDays',
		(t) => {
			t.expiry = { kind: 'months', months: 1 };
		}
	],
	['notice_range', 'expiryNoticeDays', (t) => (t.expiryNoticeDays = 0)],
	['no_tier', 'tiers', (t) => (t.tiers = [])],
	['first_tier_threshold', 'tiers.0.threshold', (t) => (tierOf(t, 0).threshold = 10)],
	['tier_not_above', 'tiers.2.threshold', (t) => (tierOf(t, 2).threshold = 500)],
	['tier_not_above', 'tiers.1.threshold', (t) => (tierOf(t, 1).threshold = -500)],
	['multiplier_range', 'tiers.1.multiplierBps', (t) => (tierOf(t, 1).multiplierBps = 0)],
	['tier_brings_less', 'tiers.2.multiplierBps', (t) => (tierOf(t, 2).multiplierBps = 9_000)],
	['name_missing', 'tiers.1.name.en', (t) => (tierOf(t, 1).name.en = ' ')],
	['one_language', 'tiers.2.perk.en', (t) => (tierOf(t, 2).perk = { fr: 'Un café', en: '' })],
	['name_missing', 'name.fr', (t) => (t.name.fr = '')],
	['one_language', 'intro.fr', (t) => (t.intro.fr = '')],
	[
		'credit_not_positive',
		'credit.points',
		(t) => (t.credit = { points: 0, valueMinor: minor(500n), maxShareBps: 5000 })
	],
	[
		'credit_not_positive',
		'credit.valueMinor',
		(t) => (t.credit = { points: 100, valueMinor: minor(0n), maxShareBps: 5000 })
	],
	[
		'credit_not_positive',
		'credit.maxShareBps',
		(t) => (t.credit = { points: 100, valueMinor: minor(500n), maxShareBps: 0 })
	],
	[
		'credit_over_invoice',
		'credit.maxShareBps',
		(t) => (t.credit = { points: 100, valueMinor: minor(500n), maxShareBps: 10_001 })
	],
	[
		'worth_over_invoice',
		'credit.valueMinor',
		(t) => (t.credit = { points: 1, valueMinor: minor(1000n), maxShareBps: 5000 })
	],
	['reward_free', 'rewards.0.points', (t) => (t.rewards = [{ ...REWARD, points: 0 }])],
	['stock_below_zero', 'rewards.0.stock', (t) => (t.rewards = [{ ...REWARD, stock: -1 }])],
	[
		'reward_dates_reversed',
		'rewards.0.until',
		(t) => (t.rewards = [{ ...REWARD, from: '2027-02-01', until: '2027-01-31' }])
	],
	['reward_no_such_tier', 'rewards.0.minTier', (t) => (t.rewards = [{ ...REWARD, minTier: 3 }])],
	['reward_no_such_tier', 'rewards.0.minTier', (t) => (t.rewards = [{ ...REWARD, minTier: -1 }])],
	['reward_twice', 'rewards.1.name.fr', (t) => (t.rewards = [REWARD, REWARD])],
	['name_missing', 'rewards.0.name.fr', (t) => (t.rewards = [{ ...REWARD, name: { fr: '', en: 'A notebook' } }])],
	['cap_not_positive', 'costCapMinor', (t) => (t.costCapMinor = minor(0n))]
];
function tierOf(terms: ProgrammeTerms, position: number) {
	const tier = terms.tiers[position];
	if (!tier) throw new Error('no such tier');
	return tier;
}

test.each(WRONG)('%s is said at %s, and nothing can be published', (code, field, change) =>
	expect(said(changed(change))).toContain(`error ${field} ${code}`)
);

test.each(WRONG)('%s at %s is tried while it is typed all the same: the page of the draft opens', (_, __, change) => {
	const act = {
		...{
			clientId: 'c',
			clientName: 'Roche',
			invoiceId: 'i',
			paymentId: 'm',
			standingMinor: minor(120_000n),
			isSettled: true,
			isFirstOnline: true,
			finishedPlanId: 'p'
		},
		...{ amountMinor: minor(120_000n), debtMinor: minor(120_000n), netMinor: minor(100_000n), isSepa: true },
		...{ dueOn: civilDate('2026-06-30'), actedOn: civilDate('2026-06-10'), isDeposit: false, isFactored: false },
		...{ isSettlement: false, isHeld: false, isDiscounted: false }
	};
	const trial = openTrial(changed(change));
	trial.add([act, { ...act, invoiceId: 'j' }]);
	const { points, costMinor } = trial.result();
	expect([Number.isSafeInteger(points), costMinor === null || typeof costMinor === 'bigint']).toEqual([true, true]);
});

test('a reward whose last day is past is not published; its last day itself is, and so is one of which there are none yet, with a word', () => {
	const reward = (over: Partial<Reward>) => changed((t) => (t.rewards = [{ ...REWARD, ...over }]));
	expect(said(reward({ until: '2026-11-26' }))).toEqual(['error rewards.0.until reward_over']);
	expect(said(reward({ until: '2026-11-27' }))).toEqual([]);
	// Both are wrong with the second date: the one that explains the other is said.
	expect(said(reward({ from: '2026-11-27', until: '2026-11-26' }))).toEqual([
		'error rewards.0.until reward_dates_reversed'
	]);
	expect(said(reward({ stock: 0 }))).toEqual(['warning rewards.0.stock reward_none']);
});

test('a programme that would have cost more than the supplier’s own cap is not published; one that costs as much is', () => {
	const capped = changed((t) => (t.costCapMinor = minor(100_000n)));
	expect(said(capped, { ...NOTHING, trialMinor: minor(100_001n) })).toEqual(['error costCapMinor over_cap']);
	expect(said(capped, { ...NOTHING, trialMinor: minor(100_000n) })).toEqual([]);
});

test('a tier that an offer is for stays what it was: removed, the offer would be for nobody; renamed or moved, for somebody else', () => {
	const before = DEFAULT_PROGRAMME.tiers;
	const offers = [1, 2, 2].map((tier, i) => ({ tier, name: `Offer ${i + 1}` }));
	const about = (change: (tiers: ProgrammeTerms['tiers']) => void, tierOffers = offers) =>
		checkProgramme(
			changed((t) => change(t.tiers)),
			{ ...NOTHING, lastTiers: before, tierOffers }
		).map(({ severity, field, code, offers: named }) => `${severity} ${field} ${code}: ${named}`);
	expect(about(() => {})).toEqual([]);
	expect(about((tiers) => (required(tiers[1], 'tier').threshold += 1))).toEqual([]);
	expect(about((tiers) => void tiers.pop())).toEqual(['error tiers tier_of_offer_gone: Offer 2, Offer 3']);
	expect(about((tiers) => void tiers.pop(), offers.slice(0, 1))).toEqual([]);
	expect(about((tiers) => void tiers.splice(1, 1))).toEqual([
		'error tiers tier_of_offer_gone: Offer 2, Offer 3',
		'warning tiers.1.name tier_of_offer_changed: Offer 1'
	]);
	expect(about((tiers) => (required(tiers[2], 'tier').name = { fr: 'Platine', en: 'Platinum' }))).toEqual([
		'warning tiers.2.name tier_of_offer_changed: Offer 2, Offer 3'
	]);
});

test('what nobody could take, and what is dear, is said and does not forbid', () => {
	const voucher = changed((t) => (t.rewards = [{ ...REWARD, kind: 'voucher', stock: 3 }]));
	expect(said(voucher)).toEqual(['warning rewards.0.codes no_codes']);
	expect(said(voucher, { ...NOTHING, freeCodes: new Map([[REWARD.rewardId, 2]]) })).toEqual([
		'warning rewards.0.codes codes_short'
	]);
	expect(said(changed((t) => (t.credit = null)))).toEqual(['warning credit buys_nothing']);
	expect(said(changed((t) => (t.credit = { points: 100, valueMinor: minor(7_000n), maxShareBps: 5000 })))).toEqual([
		'warning credit.valueMinor worth_much'
	]);
});

test('a programme without an error never gives as much as is paid, whatever its rates, in the highest tier on the earliest day', () => {
	fc.assert(
		fc.property(
			fc.record({
				points: fc.integer({ min: -5, max: 50 }),
				euroMinor: fc.bigInt({ min: -100n, max: 3000n }),
				bpsPerDay: fc.integer({ min: 0, max: 2000 }),
				maxDays: fc.integer({ min: 0, max: 60 }),
				multiplierBps: fc.integer({ min: 0, max: 60_000 }),
				creditPoints: fc.integer({ min: -1, max: 300 }),
				valueMinor: fc.bigInt({ min: -10n, max: 3000n }),
				amountMinor: fc.bigInt({ min: 1n, max: 10_000_000n })
			}),
			({ points, euroMinor, bpsPerDay, maxDays, multiplierBps, creditPoints, valueMinor, amountMinor }) => {
				const terms = changed((t) => {
					t.earning.pointsPer = { points, euroMinor: minor(euroMinor) };
					t.earning.early = { bpsPerDay, maxDays, withDiscount: true };
					t.earning.sepa = 0;
					tierOf(t, 2).multiplierBps = multiplierBps;
					t.credit = { points: creditPoints, valueMinor: minor(valueMinor), maxShareBps: 5000 };
				});
				fc.pre(!checkProgramme(terms, NOTHING).some((mistake) => mistake.severity === 'error'));
				const judged = judgeAct(terms.earning, {
					amountMinor: minor(amountMinor),
					debtMinor: minor(amountMinor),
					netMinor: null,
					dueOn: civilDate('2027-06-30'),
					actedOn: civilDate('2026-06-30'),
					isSepa: false,
					isDeposit: false,
					isFactored: false,
					isSettlement: false,
					isHeld: false,
					isDiscounted: false,
					multiplierBps
				});
				const worth = (BigInt(judged.base + judged.early) * valueMinor) / BigInt(creditPoints);
				expect(worth).toBeLessThan(amountMinor);
			}
		),
		{ numRuns: 2000 }
	);
});
