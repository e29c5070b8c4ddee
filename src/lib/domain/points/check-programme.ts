// Mistakes in a points programme, found while it is typed: what can't be, what would give more than it asks for, what nobody could ever take.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { Minor } from '../money/minor.ts';
import type { ExpiryRule, LoyaltyTier, ProgrammeTerms, Reward, Words } from './programme.ts';

export type ProgrammeMistake = {
	code:
		| 'name_missing'
		| 'one_language'
		| 'rate_not_positive'
		| 'rate_too_high'
		| 'below_zero'
		| 'too_many_points'
		| 'early_range'
		| 'streak_range'
		| 'limit_not_positive'
		| 'period_below_invoice'
		| 'vesting_range'
		| 'expiry_not_positive'
		| 'expiry_no_such_day'
		| 'expiry_before_earned'
		| 'notice_range'
		| 'no_tier'
		| 'first_tier_threshold'
		| 'tier_not_above'
		| 'multiplier_range'
		| 'tier_brings_less'
		| 'credit_not_positive'
		| 'credit_over_invoice'
		| 'worth_over_invoice'
		| 'worth_much'
		| 'reward_free'
		| 'stock_below_zero'
		| 'reward_dates_reversed'
		| 'reward_over'
		| 'reward_none'
		| 'reward_no_such_tier'
		| 'reward_twice'
		| 'codes_short'
		| 'no_codes'
		| 'buys_nothing'
		| 'cap_not_positive'
		| 'over_cap'
		| 'tier_of_offer_gone'
		| 'tier_of_offer_changed';
	/** `error` forbids publishing; `warning` says what will not happen, or is dear. */
	severity: 'error' | 'warning';
	/** Which field of the form, as a path: `tiers.1.threshold`. */
	field: string;
	/** The names of the offers that it is about. */
	offers?: string;
};
export type ProgrammeContext = {
	/** The supplier's own day. */
	today: CivilDate;
	/** What the draft would have cost over the last twelve months; null: not tried. */
	trialMinor: Minor | null;
	/** How many codes each voucher reward has that nobody was given. */
	freeCodes: ReadonlyMap<string, number>;
	/** Tiers as they were published last; none: never. An offer for a tier is for its position. */
	lastTiers: readonly LoyaltyTier[];
	/** What is offered to a tier today. */
	tierOffers: readonly { tier: number; name: string }[];
};
type Add = (code: ProgrammeMistake['code'], field: string, severity?: ProgrammeMistake['severity']) => void;

const POINTS_MAX = 1_000_000;
/** With the highest multiplier and every day early, an invoice of a million euros stays a number of points that the ledger can hold. */
const POINTS_PER_EURO_MAX = 100n;
const MULTIPLIER_MAX_BPS = 50_000;
const DAYS_MAX = 366;
const MONTHS_MAX = 120;
/** A payer may contest a debit without a mandate for thirteen months (reference 4.1): nothing is pending longer. */
const VESTING_MAX_DAYS = 395;
/** Above this share of what is paid, points are more often a typing mistake than a wish. */
const WORTH_MUCH_BPS = 1000n;
const SHORTEST_MONTH_DAYS = 28;
const WHOLE_BPS = 10_000;

export function checkProgramme(terms: ProgrammeTerms, context: ProgrammeContext): ProgrammeMistake[] {
	const mistakes: ProgrammeMistake[] = [];
	const add: Add = (code, field, severity = 'error') => mistakes.push({ code, severity, field });
	checkName(terms.name, 'name', add);
	checkText(terms.intro, 'intro', add);
	checkEarning(terms, add);
	checkTimes(terms, add);
	checkTiers(terms.tiers, add);
	mistakes.push(...checkTierOffers(terms.tiers, context));
	checkCredit(terms, add);
	checkRewards(terms, context, add);
	if (!terms.credit && !terms.rewards.length) add('buys_nothing', 'credit', 'warning');
	if (terms.costCapMinor !== null) {
		if (terms.costCapMinor <= 0n) add('cap_not_positive', 'costCapMinor');
		else if (context.trialMinor !== null && context.trialMinor > terms.costCapMinor) add('over_cap', 'costCapMinor');
	}
	return mistakes;
}

/** What is wrong at all with it, worst first. */
export const worstFirst = (mistakes: ProgrammeMistake[]): ProgrammeMistake[] =>
	[...mistakes].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));

function checkName(words: Words, field: string, add: Add): void {
	for (const language of ['fr', 'en'] as const)
		if (!words[language].trim()) add('name_missing', `${field}.${language}`);
}
/** A text that may be left out is there in both languages or in none: nobody reads a rule in a language that has half of it. */
function checkText(words: Words, field: string, add: Add): void {
	const [fr, en] = [words.fr.trim(), words.en.trim()];
	if (!fr && en) add('one_language', `${field}.fr`);
	if (fr && !en) add('one_language', `${field}.en`);
}

function checkEarning({ earning }: ProgrammeTerms, add: Add): void {
	const at = (field: string) => `earning.${field}`;
	const { pointsPer, early, streak, maxPerInvoice, maxPerPeriod } = earning;
	if (pointsPer.points <= 0) add('rate_not_positive', at('pointsPer.points'));
	if (pointsPer.euroMinor <= 0n) add('rate_not_positive', at('pointsPer.euroMinor'));
	else if (BigInt(pointsPer.points) * 100n > POINTS_PER_EURO_MAX * pointsPer.euroMinor)
		add('rate_too_high', at('pointsPer.points'));
	if (earning.minInvoiceMinor < 0n) add('below_zero', at('minInvoiceMinor'));
	for (const field of ['sepa', 'planFinished', 'firstOnline'] as const) {
		if (earning[field] < 0) add('below_zero', at(field));
		if (earning[field] > POINTS_MAX) add('too_many_points', at(field));
	}
	if (early) {
		if (early.bpsPerDay <= 0 || early.bpsPerDay > WHOLE_BPS) add('early_range', at('early.bpsPerDay'));
		if (early.maxDays <= 0 || early.maxDays > DAYS_MAX) add('early_range', at('early.maxDays'));
	}
	if (streak) {
		if (streak.invoices < 2 || streak.invoices > 1000) add('streak_range', at('streak.invoices'));
		if (streak.points <= 0) add('streak_range', at('streak.points'));
		if (streak.points > POINTS_MAX) add('too_many_points', at('streak.points'));
	}
	if (maxPerInvoice !== null && maxPerInvoice <= 0) add('limit_not_positive', at('maxPerInvoice'));
	if (maxPerPeriod) {
		if (maxPerPeriod.points <= 0) add('limit_not_positive', at('maxPerPeriod.points'));
		else if (maxPerInvoice !== null && maxPerPeriod.points < maxPerInvoice)
			add('period_below_invoice', at('maxPerPeriod.points'));
	}
}

function checkTimes({ sepaVestingDays, expiry, expiryNoticeDays }: ProgrammeTerms, add: Add): void {
	const isVestingLawful = sepaVestingDays >= 0 && sepaVestingDays <= VESTING_MAX_DAYS;
	if (!isVestingLawful) add('vesting_range', 'sepaVestingDays');
	if (!expiry) {
		if (expiryNoticeDays < 1 || expiryNoticeDays > DAYS_MAX) add('notice_range', 'expiryNoticeDays');
		return;
	}
	const months = expiry.kind === 'months' ? expiry.months : expiry.minMonths;
	const field = expiry.kind === 'months' ? 'expiry.months' : 'expiry.minMonths';
	if (expiry.kind === 'yearly' && !isDayOfEveryYear(expiry)) add('expiry_no_such_day', 'expiry.day');
	if (months <= 0 || months > MONTHS_MAX) return add('expiry_not_positive', field);
	const shortest = months * SHORTEST_MONTH_DAYS;
	if (isVestingLawful && sepaVestingDays >= shortest) add('expiry_before_earned', field);
	if (expiryNoticeDays < 1 || expiryNoticeDays >= shortest) add('notice_range', 'expiryNoticeDays');
}
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** 29 February is not. */
const isDayOfEveryYear = ({ month, day }: Extract<ExpiryRule, { kind: 'yearly' }>): boolean =>
	day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0);

function checkTiers(tiers: LoyaltyTier[], add: Add): void {
	if (!tiers.length) add('no_tier', 'tiers');
	tiers.forEach((tier, i) => {
		const before = tiers[i - 1];
		checkName(tier.name, `tiers.${i}.name`, add);
		if (tier.perk) checkText(tier.perk, `tiers.${i}.perk`, add);
		if (!before && tier.threshold !== 0) add('first_tier_threshold', `tiers.${i}.threshold`);
		if (before && tier.threshold <= before.threshold) add('tier_not_above', `tiers.${i}.threshold`);
		if (tier.multiplierBps <= 0 || tier.multiplierBps > MULTIPLIER_MAX_BPS)
			add('multiplier_range', `tiers.${i}.multiplierBps`);
		else if (before && tier.multiplierBps < before.multiplierBps) add('tier_brings_less', `tiers.${i}.multiplierBps`);
	});
}

/** Removed, put in another place or renamed: an offer that was for one tier would be for another, or for nobody. */
function checkTierOffers(tiers: LoyaltyTier[], { lastTiers, tierOffers }: ProgrammeContext): ProgrammeMistake[] {
	const namesAt = (isMeant: (tier: number) => boolean): string =>
		tierOffers.flatMap(({ tier, name }) => (isMeant(tier) ? [name] : [])).join(', ');
	const gone = namesAt((tier) => tier >= tiers.length);
	const changed = tiers.flatMap((tier, i): ProgrammeMistake[] => {
		const [before, offers] = [lastTiers[i], namesAt((at) => at === i)];
		if (!before || !offers || isSameName(before.name, tier.name)) return [];
		return [{ code: 'tier_of_offer_changed', severity: 'warning', field: `tiers.${i}.name`, offers }];
	});
	return gone ? [{ code: 'tier_of_offer_gone', severity: 'error', field: 'tiers', offers: gone }, ...changed] : changed;
}
const isSameName = (a: Words, b: Words): boolean => a.fr.trim() === b.fr.trim() && a.en.trim() === b.en.trim();

function checkCredit({ earning, credit, tiers }: ProgrammeTerms, add: Add): void {
	if (!credit) return;
	if (credit.points <= 0) add('credit_not_positive', 'credit.points');
	if (credit.valueMinor <= 0n) add('credit_not_positive', 'credit.valueMinor');
	if (credit.maxShareBps <= 0) add('credit_not_positive', 'credit.maxShareBps');
	if (credit.maxShareBps > WHOLE_BPS) add('credit_over_invoice', 'credit.maxShareBps');
	if (credit.points <= 0 || credit.valueMinor <= 0n || earning.pointsPer.euroMinor <= 0n) return;
	// What one euro paid brings back at most: in the highest tier, on the earliest day.
	const multiplier = BigInt(Math.max(WHOLE_BPS, ...tiers.map((tier) => tier.multiplierBps)));
	const early = BigInt(WHOLE_BPS + (earning.early ? earning.early.bpsPerDay * earning.early.maxDays : 0));
	const worth = BigInt(earning.pointsPer.points) * credit.valueMinor * multiplier * early;
	const paid = earning.pointsPer.euroMinor * BigInt(credit.points) * 10_000n * 10_000n;
	if (worth >= paid) add('worth_over_invoice', 'credit.valueMinor');
	else if (worth * 10_000n > paid * WORTH_MUCH_BPS) add('worth_much', 'credit.valueMinor', 'warning');
}

function checkRewards({ rewards, tiers }: ProgrammeTerms, { freeCodes, today }: ProgrammeContext, add: Add): void {
	rewards.forEach((reward, i) => {
		const at = (field: string) => `rewards.${i}.${field}`;
		checkName(reward.name, at('name'), add);
		checkText(reward.terms, at('terms'), add);
		if (reward.points <= 0) add('reward_free', at('points'));
		if (reward.points > POINTS_MAX) add('too_many_points', at('points'));
		if (reward.stock !== null && reward.stock < 0) add('stock_below_zero', at('stock'));
		// Nothing of it is a way to put it away for a while, with its text and its codes; an end that is past is a wrong year.
		if (reward.stock === 0) add('reward_none', at('stock'), 'warning');
		if (reward.from && reward.until && reward.until < reward.from) add('reward_dates_reversed', at('until'));
		else if (reward.until && reward.until < today) add('reward_over', at('until'));
		if (reward.minTier !== 0 && !tiers[reward.minTier]) add('reward_no_such_tier', at('minTier'));
		if (rewards.findIndex((other) => other.rewardId === reward.rewardId) !== i) add('reward_twice', at('name.fr'));
		if (reward.kind === 'voucher') checkCodesOf(reward, freeCodes.get(reward.rewardId) ?? 0, at('codes'), add);
	});
}
function checkCodesOf({ stock }: Reward, free: number, field: string, add: Add): void {
	if (free === 0) add('no_codes', field, 'warning');
	else if (stock !== null && stock > free) add('codes_short', field, 'warning');
}
