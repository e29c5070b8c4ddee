// Points in words: what a tier brings, what each line of the history says.
import { m } from '#lib/paraglide/messages.js';
import type { OfferTerms } from '../contract/offers.ts';
import { formatMoney, formatRate, numberFormat, type Locale } from '../domain/money/format.ts';
import type { Minor } from '../domain/money/minor.ts';
import { NO_MULTIPLIER, type EarningRule, type LoyaltyTier, type Words } from '../domain/points/programme.ts';

type Say = { locale: Locale };
export const inWords = (words: Words, locale: Locale): string => words[locale];
/** 1500 points read "1 500", with the space of the language; a debt has the real minus. */
export const formatPoints = (points: number, locale: Locale): string =>
	numberFormat(locale).format(points).replace('-', '\u2212');
/** With its sign: "+147", "−200", "0". */
export const signedPoints = (points: number, locale: Locale): string =>
	`${points > 0 ? '+' : ''}${formatPoints(points, locale)}`;

/** "10 €" where there are no cents. */
export const wholeEuros = (amount: Minor, currency: string, locale: Locale): string =>
	formatMoney(amount, currency, locale).replace(/[.,]00(?=\D|$)/, '');

/** What a tier brings beyond the one below, in the order in which a client cares: price and ways to pay, points, what the supplier says itself. */
export function tierBenefits(
	tier: LoyaltyTier,
	{ earning, offers, locale }: { earning: EarningRule; offers: OfferTerms[]; locale: Locale }
): string[] {
	const say: Say = { locale };
	const { points, euroMinor } = earning.pointsPer;
	const more = tier.multiplierBps - NO_MULTIPLIER;
	const rate = m.points_rate(
		{ count: points, points: formatPoints(points, locale), amount: wholeEuros(euroMinor, 'EUR', locale) },
		say
	);
	const own = [
		...offers.flatMap((offer) => offerBenefits(offer, locale)),
		// Of what an invoice earns by itself: what is given besides (debit, series, finished plan, first payment) is as much in every tier.
		...(more > 0
			? [(earning.early ? m.points_multiplied_early : m.points_multiplied)({ rate: formatRate(more, locale) }, say)]
			: []),
		...(tier.perk ? inWords(tier.perk, locale).split('\n').filter(Boolean) : [])
	];
	return tier.threshold === 0 || !own.length ? [rate, ...own] : own;
}
export function offerBenefits({ discount, instalments }: OfferTerms, locale: Locale): string[] {
	const say: Say = { locale };
	const best = discount ? Math.max(0, ...discount.tiers.map((tier) => tier.discountBps)) : 0;
	return [
		...(best > 0 ? [m.points_tier_discount({ rate: formatRate(best, locale) }, say)] : []),
		...(instalments
			? [
					instalments.minMinor > 0n
						? m.points_tier_plan_from(
								{
									count: Math.max(...instalments.counts),
									amount: formatMoney(instalments.minMinor, 'EUR', locale)
								},
								say
							)
						: m.points_tier_plan({ count: Math.max(...instalments.counts) }, say)
				]
			: [])
	];
}
