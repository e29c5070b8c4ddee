// The rules of a points programme in plain sentences, from its terms: the public page shows them, and a client's person accepts exactly this text.
import { m } from '#lib/paraglide/messages.js';
import type { OfferTerms } from '../contract/offers.ts';
import { civilDate, type CivilDate } from '../domain/calendar/civil-date.ts';
import { formatDay } from '../domain/calendar/format.ts';
import { formatMoney, formatRate, numberFormat, type Locale } from '../domain/money/format.ts';
import { ofName } from './of-name.ts';
import { formatPoints, offerBenefits } from './points.ts';
import { NO_MULTIPLIER, type EarningRule, type ProgrammeTerms, type Reward } from '../domain/points/programme.ts';

/** Who gives the points, and whose clock a day ends by. */
export type RulesOf = { name: string; timeZone: string };
/** What is offered to a tier alone: it changes without a version of the rules. */
export type TierOffer = { tier: number; terms: OfferTerms };
export type RulesSection = { title: string; paragraphs: string[] };
type Say = { locale: Locale };

/** The whole text, a paragraph each, headings among them: what is stored when it is accepted. */
export const rulesText = (
	terms: ProgrammeTerms,
	supplier: RulesOf,
	locale: Locale,
	offers: readonly TierOffer[] = []
): string[] =>
	rulesSections(terms, supplier, locale, offers).flatMap(({ title, paragraphs }) => [title, ...paragraphs]);

export function rulesSections(
	terms: ProgrammeTerms,
	supplier: RulesOf,
	locale: Locale,
	offers: readonly TierOffer[] = []
): RulesSection[] {
	const say = { locale };
	const intro = terms.intro[locale].trim();
	return [
		{ title: terms.name[locale], paragraphs: intro ? [intro] : [] },
		{ title: m.rules_earn_title({}, say), paragraphs: earning(terms.earning, say) },
		{ title: m.rules_on_time_title({}, say), paragraphs: onTime(terms.earning, supplier, say) },
		{ title: m.rules_final_title({}, say), paragraphs: final(terms, say) },
		{ title: m.rules_use_title({}, say), paragraphs: using(terms, say) },
		{ title: m.rules_tiers_title({}, say), paragraphs: tiers(terms, offers, say) },
		{ title: m.rules_expiry_title({}, say), paragraphs: expiry(terms, say) },
		{
			title: m.rules_whose_title({}, say),
			paragraphs: [m.rules_whose({}, say), m.rules_frozen({ supplier: supplier.name }, say), m.rules_adjusted({}, say)]
		},
		{
			title: m.rules_end_title({}, say),
			paragraphs: [m.rules_change({}, say), m.rules_end({ supplier: supplier.name }, say)]
		}
	];
}

/** What one version says and the other does not, sentence by sentence: what a client is told of a change. */
export function rulesChanges(
	before: ProgrammeTerms,
	after: ProgrammeTerms,
	supplier: RulesOf,
	locale: Locale
): { added: string[]; gone: string[] } {
	const [was, is] = [rulesText(before, supplier, locale), rulesText(after, supplier, locale)];
	return { added: is.filter((text) => !was.includes(text)), gone: was.filter((text) => !is.includes(text)) };
}

/** "1 point", "1 500 points", and of a debt "−40 points". */
export const pointsText = (count: number, locale: Locale): string =>
	m.rules_points({ count, shown: formatPoints(count, locale) }, { locale });
const money = (amount: bigint, { locale }: Say): string => formatMoney(amount as never, 'EUR', locale);
const days = (count: number, say: Say): string => m.rules_days({ count }, say);
const months = (count: number, say: Say): string => m.rules_months({ count }, say);
/** 12500 is "1,25". */
const factor = (bps: number, { locale }: Say): string =>
	numberFormat(locale, { maximumFractionDigits: 4 }).format(bps / NO_MULTIPLIER);

function earning(rule: EarningRule, say: Say): string[] {
	const points = (count: number) => pointsText(count, say.locale);
	const lines = [
		m.rules_per_euro(
			{
				amount: money(rule.pointsPer.euroMinor, say),
				points: points(rule.pointsPer.points),
				basis: rule.basis === 'with_vat' ? m.rules_with_vat({}, say) : m.rules_without_vat({}, say)
			},
			say
		)
	];
	if (rule.early)
		lines.push(
			m.rules_early(
				{
					rate: formatRate(rule.early.bpsPerDay, say.locale),
					days: days(rule.early.maxDays, say),
					discount: rule.early.withDiscount ? m.rules_early_with({}, say) : m.rules_early_without({}, say)
				},
				say
			)
		);
	if (rule.streak)
		lines.push(m.rules_streak({ invoices: rule.streak.invoices, points: points(rule.streak.points) }, say));
	if (rule.sepa) lines.push(m.rules_sepa({ points: points(rule.sepa) }, say));
	if (rule.planFinished) lines.push(m.rules_plan({ points: points(rule.planFinished) }, say));
	if (rule.firstOnline) lines.push(m.rules_first({ points: points(rule.firstOnline) }, say));
	if (rule.minInvoiceMinor > 0n) lines.push(m.rules_min({ amount: money(rule.minInvoiceMinor, say) }, say));
	lines.push(m.rules_excluded({}, say));
	if (rule.excludes.includes('deposits')) lines.push(m.rules_excluded_deposits({}, say));
	if (rule.maxPerInvoice !== null) lines.push(m.rules_max_invoice({ points: points(rule.maxPerInvoice) }, say));
	if (rule.maxPerPeriod) {
		const limit = { points: points(rule.maxPerPeriod.points) };
		lines.push(rule.maxPerPeriod.period === 'month' ? m.rules_max_month(limit, say) : m.rules_max_year(limit, say));
	}
	return [...lines, m.rules_rounding({}, say), m.rules_version({}, say)];
}

const onTime = ({ closedDay, streak }: EarningRule, { timeZone }: RulesOf, say: Say): string[] => [
	m.rules_on_time({ of: ofName(zoneName(timeZone), say.locale) }, say),
	closedDay === 'next_business_day' ? m.rules_closed_day({}, say) : m.rules_same_day({}, say),
	m.rules_act_card({}, say),
	m.rules_act_sepa({}, say),
	m.rules_act_transfer({}, say),
	m.rules_act_cheque({}, say),
	m.rules_plan_parts({}, say),
	m.rules_split({}, say),
	streak ? `${m.rules_dispute({}, say)} ${m.rules_dispute_series({}, say)}` : m.rules_dispute({}, say)
];
/** "Europe/Paris" is "Paris". */
const zoneName = (timeZone: string): string => (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');

const final = ({ sepaVestingDays }: ProgrammeTerms, say: Say): string[] => [
	sepaVestingDays > 0 ? m.rules_sepa_vesting({ days: days(sepaVestingDays, say) }, say) : m.rules_sepa_at_once({}, say),
	m.rules_return({}, say),
	m.rules_refund({}, say),
	m.rules_overpaid({}, say),
	m.rules_debt({}, say)
];

function using(terms: ProgrammeTerms, say: Say): string[] {
	const { credit, rewards } = terms;
	return [
		...(credit
			? [
					m.rules_credit(
						{
							points: pointsText(credit.points, say.locale),
							amount: money(credit.valueMinor, say),
							share: formatRate(credit.maxShareBps, say.locale)
						},
						say
					),
					m.rules_credit_not({}, say)
				]
			: [m.rules_no_credit({}, say)]),
		...rewards.map((reward) => rewardText(reward, terms, say)),
		...(rewards.length ? [m.rules_reward_canceled({}, say)] : []),
		m.rules_first_expiring({}, say)
	];
}

function rewardText(reward: Reward, { tiers: all }: ProgrammeTerms, say: Say): string {
	const tier = reward.minTier > 0 ? all[reward.minTier] : undefined;
	const day = (text: string): string => formatDay(civilDate(text), say.locale);
	return [
		m.rules_reward({ name: reward.name[say.locale], points: pointsText(reward.points, say.locale) }, say),
		reward.terms[say.locale].trim(),
		tier ? m.rules_reward_tier({ tier: tier.name[say.locale] }, say) : '',
		reward.from ? m.rules_reward_from({ date: day(reward.from) }, say) : '',
		reward.until ? m.rules_reward_until({ date: day(reward.until) }, say) : '',
		reward.stock === null ? '' : m.rules_reward_stock({ count: formatPoints(reward.stock, say.locale) }, say),
		reward.kind === 'voucher' ? m.rules_reward_code({}, say) : ''
	]
		.filter(Boolean)
		.join(' ');
}

const tiers = ({ tiers: all }: ProgrammeTerms, offers: readonly TierOffer[], say: Say): string[] => [
	m.rules_tiers({}, say),
	...(all.some((tier) => tier.multiplierBps !== NO_MULTIPLIER) ? [m.rules_tiers_of_invoice({}, say)] : []),
	...all.map((tier, i) =>
		[
			i === 0
				? m.rules_tier_first({ name: tier.name[say.locale] }, say)
				: m.rules_tier({ name: tier.name[say.locale], points: pointsText(tier.threshold, say.locale) }, say),
			tier.multiplierBps === NO_MULTIPLIER ? '' : m.rules_multiplier({ factor: factor(tier.multiplierBps, say) }, say),
			sentence(tier.perk?.[say.locale] ?? ''),
			offersText(
				offers.filter((offer) => offer.tier === i).flatMap((offer) => offerBenefits(offer.terms, say.locale)),
				say
			)
		]
			.filter(Boolean)
			.join(' ')
	)
];
const offersText = (all: string[], say: Say): string =>
	all.length
		? m.rules_tier_offers(
				{
					offers: all
						.map((one) => one.charAt(0).toLowerCase() + one.slice(1))
						.join(say.locale === 'fr' ? '\u202f; ' : '; ')
				},
				say
			)
		: '';
/** Its own words end as a sentence does. */
const sentence = (text: string): string =>
	!text.trim() || /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;

export function expiry(
	{ expiry: rule, expiryNoticeDays }: Pick<ProgrammeTerms, 'expiry' | 'expiryNoticeDays'>,
	say: Say
): string[] {
	if (!rule) return [m.rules_no_expiry({}, say)];
	return [
		rule.kind === 'months'
			? m.rules_expiry_months({ months: months(rule.months, say) }, say)
			: m.rules_expiry_yearly(
					{ day: formatDay(dayOfYear(rule), say.locale, 'yearly'), months: months(rule.minMonths, say) },
					say
				),
		m.rules_notice({ days: days(expiryNoticeDays, say) }, say)
	];
}
const two = (value: number): string => String(value).padStart(2, '0');
/** Of any year: only day and month are shown. A draft may hold a day that does not exist; check-programme says so. */
const dayOfYear = ({ month, day }: { month: number; day: number }): CivilDate =>
	`2027-${two(month)}-${two(day)}` as CivilDate;
