// Mistakes in a points programme, in words: what will not work, and the cure.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import type { ProgrammeMistake } from '../domain/points/check-programme.ts';
import { CODE_LENGTH_MAX, CODES_MAX, type LeftOut } from '../domain/points/voucher-codes.ts';
import { formatPoints } from './points.ts';

type Code = ProgrammeMistake['code'];
type OfOffers = Extract<Code, 'tier_of_offer_gone' | 'tier_of_offer_changed'>;
export function programmeMistakeText(
	{ code, offers = '' }: Pick<ProgrammeMistake, 'code' | 'offers'>,
	locale: Locale
): string {
	if (code === 'tier_of_offer_gone') return m.points_mistake_tier_of_offer_gone({ offers }, { locale });
	if (code === 'tier_of_offer_changed') return m.points_mistake_tier_of_offer_changed({ offers }, { locale });
	const texts: Record<Exclude<Code, OfOffers>, (inputs: Record<string, never>, say: { locale: Locale }) => string> = {
		name_missing: m.points_mistake_name_missing,
		one_language: m.points_mistake_one_language,
		rate_not_positive: m.points_mistake_rate_not_positive,
		rate_too_high: m.points_mistake_rate_too_high,
		below_zero: m.points_mistake_below_zero,
		too_many_points: m.points_mistake_too_many_points,
		early_range: m.points_mistake_early_range,
		streak_range: m.points_mistake_streak_range,
		limit_not_positive: m.points_mistake_limit_not_positive,
		period_below_invoice: m.points_mistake_period_below_invoice,
		vesting_range: m.points_mistake_vesting_range,
		expiry_not_positive: m.points_mistake_expiry_not_positive,
		expiry_no_such_day: m.points_mistake_expiry_no_such_day,
		expiry_before_earned: m.points_mistake_expiry_before_earned,
		notice_range: m.points_mistake_notice_range,
		no_tier: m.points_mistake_no_tier,
		first_tier_threshold: m.points_mistake_first_tier_threshold,
		tier_not_above: m.points_mistake_tier_not_above,
		multiplier_range: m.points_mistake_multiplier_range,
		tier_brings_less: m.points_mistake_tier_brings_less,
		credit_not_positive: m.points_mistake_credit_not_positive,
		credit_over_invoice: m.points_mistake_credit_over_invoice,
		worth_over_invoice: m.points_mistake_worth_over_invoice,
		worth_much: m.points_mistake_worth_much,
		reward_free: m.points_mistake_reward_free,
		stock_below_zero: m.points_mistake_stock_below_zero,
		reward_dates_reversed: m.points_mistake_reward_dates_reversed,
		reward_over: m.points_mistake_reward_over,
		reward_none: m.points_mistake_reward_none,
		reward_no_such_tier: m.points_mistake_reward_no_such_tier,
		reward_twice: m.points_mistake_reward_twice,
		codes_short: m.points_mistake_codes_short,
		no_codes: m.points_mistake_no_codes,
		buys_nothing: m.points_mistake_buys_nothing,
		cap_not_positive: m.points_mistake_cap_not_positive,
		over_cap: m.points_mistake_over_cap
	};
	return texts[code]({}, { locale });
}

/** Why nothing of a list of codes was read. */
export type CodesMistake = 'no_code' | 'too_many_codes';
export function codesMistakeText(code: CodesMistake, locale: Locale): string {
	return code === 'no_code'
		? m.points_code_none({}, { locale })
		: m.points_code_too_many({ max: formatPoints(CODES_MAX, locale) }, { locale });
}
/** Why a line of a list of codes was not added. */
export function leftOutText(one: LeftOut, locale: Locale): string {
	const say = { locale };
	const { line } = one;
	switch (one.why) {
		case 'empty':
			return m.points_code_empty({ line }, say);
		case 'too_long':
			return m.points_code_too_long({ line, code: `${one.text.slice(0, SHOWN)}…`, max: CODE_LENGTH_MAX }, say);
		case 'twice':
			return m.points_code_twice({ line, code: one.text, same: one.same }, say);
		case 'known':
			return m.points_code_known({ line, code: one.text }, say);
	}
}
const SHOWN = 20;
