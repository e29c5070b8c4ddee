// What a draft of the points programme changes, named as its form names it.
import { m } from '#lib/paraglide/messages.js';
import type { ProgrammeForm, RewardForm, TierForm } from '../contract/programme-form.ts';
import type { Locale } from '../domain/money/format.ts';

type Say = { locale: Locale };
type Label = (say: Say) => string;
const both = (label: Label): { fr: Label; en: Label } => ({
	fr: (say) => m.programme_fr({ field: label(say) }, say),
	en: (say) => m.programme_en({ field: label(say) }, say)
});
const name = both((say) => m.programme_name({}, say));
const intro = both((say) => m.programme_intro({}, say));
const rewardName = both((say) => m.programme_reward_name({}, say));
const rewardTerms = both((say) => m.programme_reward_terms({}, say));
const perk = both((say) => m.programme_tier_perk({}, say));

const FIELDS: Record<Exclude<keyof ProgrammeForm, 'tiers' | 'rewards'>, Label> = {
	nameFr: name.fr,
	nameEn: name.en,
	introFr: intro.fr,
	introEn: intro.en,
	points: (say) => m.programme_on_time({}, say),
	perAmount: (say) => m.programme_for_each({}, say),
	basis: (say) => m.programme_basis({}, say),
	minInvoice: (say) => m.programme_min_invoice({}, say),
	hasNoDeposits: (say) => m.programme_no_deposits({}, say),
	hasEarly: (say) => m.programme_early({}, say),
	earlyRate: (say) => m.programme_early_rate({}, say),
	earlyDays: (say) => m.programme_early_days({}, say),
	withDiscount: (say) => m.programme_with_discount({}, say),
	hasStreak: (say) => m.programme_streak({}, say),
	streakInvoices: (say) => m.programme_streak_invoices({}, say),
	streakPoints: (say) => m.programme_streak_points({}, say),
	sepa: (say) => m.programme_sepa({}, say),
	planFinished: (say) => m.programme_plan({}, say),
	firstOnline: (say) => m.programme_first({}, say),
	maxInvoice: (say) => m.programme_max_invoice({}, say),
	maxPeriod: (say) => m.programme_max_period({}, say),
	period: (say) => m.programme_period({}, say),
	closedDay: (say) => m.programme_closed_day({}, say),
	vestingDays: (say) => m.programme_vesting({}, say),
	expiry: (say) => m.programme_expiry({}, say),
	expiryMonths: (say) => m.programme_expiry_months_label({}, say),
	expiryDay: (say) => m.programme_expiry_day({}, say),
	expiryMonth: (say) => m.programme_expiry_month({}, say),
	expiryMinMonths: (say) => m.programme_expiry_min({}, say),
	noticeDays: (say) => m.programme_notice({}, say),
	hasCredit: (say) => m.programme_credit({}, say),
	creditPoints: (say) => m.programme_credit_points({}, say),
	creditValue: (say) => m.programme_credit_value({}, say),
	creditShare: (say) => m.programme_credit_share({}, say),
	cap: (say) => m.programme_cap({}, say)
};
const OF_TIER: Record<keyof TierForm, (n: number, say: Say) => string> = {
	nameFr: (n, say) => m.programme_fr({ field: m.programme_tier_name({ n }, say) }, say),
	nameEn: (n, say) => m.programme_en({ field: m.programme_tier_name({ n }, say) }, say),
	threshold: (n, say) => `${m.programme_tier_n({ n }, say)} · ${m.programme_tier_threshold({}, say)}`,
	multiplier: (n, say) => `${m.programme_tier_n({ n }, say)} · ${m.programme_tier_multiplier({}, say)}`,
	perkFr: (n, say) => `${m.programme_tier_n({ n }, say)} · ${perk.fr(say)}`,
	perkEn: (n, say) => `${m.programme_tier_n({ n }, say)} · ${perk.en(say)}`
};
const OF_REWARD: Record<Exclude<keyof RewardForm, 'rewardId'>, Label> = {
	kind: (say) => m.programme_reward_kind({}, say),
	nameFr: rewardName.fr,
	nameEn: rewardName.en,
	termsFr: rewardTerms.fr,
	termsEn: rewardTerms.en,
	points: (say) => m.programme_reward_cost({}, say),
	stock: (say) => m.programme_reward_stock({}, say),
	from: (say) => m.programme_reward_from({}, say),
	until: (say) => m.programme_reward_until({}, say),
	minTier: (say) => m.programme_reward_who({}, say)
};

/** `path` as changesBetween gives it: `sepa`, `tiers.1.threshold`, `rewards.<id>.points`. */
export function changeLabel(path: string, locale: Locale): string {
	const say = { locale };
	const [list, at, field] = path.split('.');
	if (list === 'tiers' && field) return OF_TIER[field as keyof TierForm](Number(at) + 1, say);
	if (list === 'rewards' && field)
		return `${m.programme_rewards_title({}, say)} · ${OF_REWARD[field as keyof typeof OF_REWARD](say)}`;
	return FIELDS[path as keyof typeof FIELDS](say);
}

/** A value as it was typed; what is a choice, in its words. */
export function changeValue(path: string, value: string, locale: Locale): string {
	const say = { locale };
	const words: Record<string, Label> = {
		with_vat: (s) => m.programme_basis_with_vat({}, s),
		without_vat: (s) => m.programme_basis_without_vat({}, s),
		month: (s) => m.programme_month({}, s),
		year: (s) => m.programme_year({}, s),
		next_business_day: (s) => m.programme_closed_next({}, s),
		same_day: (s) => m.programme_closed_same({}, s),
		never: (s) => m.programme_expiry_never({}, s),
		months: (s) => m.programme_expiry_months({}, s),
		yearly: (s) => m.programme_expiry_yearly({}, s),
		service: (s) => m.programme_reward_service({}, s),
		voucher: (s) => m.programme_reward_voucher({}, s),
		gift: (s) => m.programme_reward_gift({}, s),
		yes: (s) => m.programme_yes({}, s)
	};
	const isChoice = /^(basis|period|closedDay|expiry|has\w+|withDiscount)$|\.kind$/.test(path);
	if (isChoice && words[value]) return words[value](say);
	return value || m.programme_nothing({}, say);
}
