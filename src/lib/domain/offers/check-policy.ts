// Mistakes in a policy, found while it is typed: what can't be, and what would never be offered to anybody.
import { required } from '../required.ts';
import { addDays, civilDate, type CivilDate } from '../calendar/civil-date.ts';
import { lastLawfulDay, type LegalTerms } from './legal.ts';
import type { DiscountRule, DiscountTier, InstalmentRule, OfferPolicy } from './policy.ts';
import type { PolicyAudience } from './resolve-policy.ts';
import { datesOf } from './schedule.ts';

export type PolicyMistake = {
	code:
		| 'validity_reversed'
		| 'validity_over'
		| 'no_method'
		| 'discount_range'
		| 'days_range'
		| 'cap_not_positive'
		| 'tier_never_applies'
		| 'tier_after_due'
		| 'no_count'
		| 'amounts_reversed'
		| 'spacing_range'
		| 'broken_days_range'
		| 'plan_past_cap'
		| 'plan_never_for_consumers'
		| 'tier_gone';
	/** `error` forbids publishing; `warning` says what will not happen. */
	severity: 'error' | 'warning';
	/** Which field of the form, as a path: `discount.tiers.1.days`. */
	field: string;
};

/** `today`: where the supplier is. */
export type PolicyContext = { defaultTermsDays: number; terms: LegalTerms; today: CivilDate };
/** Above this a discount is a typing mistake more often than a wish. */
const DISCOUNT_MAX_BPS = 3000;
const DAYS_MAX = 120;
const BROKEN_DAYS_MAX = 1830;

export function checkPolicy(policy: OfferPolicy, context: PolicyContext): PolicyMistake[] {
	const mistakes: PolicyMistake[] = [];
	if (policy.validFrom && policy.validUntil && policy.validUntil < policy.validFrom)
		mistakes.push({ code: 'validity_reversed', severity: 'error', field: 'validUntil' });
	else if (policy.validUntil && policy.validUntil < context.today)
		mistakes.push({ code: 'validity_over', severity: 'error', field: 'validUntil' });
	if (!policy.methods.length) mistakes.push({ code: 'no_method', severity: 'error', field: 'methods' });
	if (policy.discount) mistakes.push(...checkDiscount(policy.discount, context));
	if (policy.instalments) mistakes.push(...checkInstalments(policy.instalments, context));
	return mistakes;
}

/** `tiers`: positions that the points programme in force has; none without one. An offer for another would be for nobody. */
export const checkAudience = (audience: PolicyAudience, tiers: readonly number[]): PolicyMistake[] =>
	audience.kind === 'tier' && !tiers.includes(audience.tier)
		? [{ code: 'tier_gone', severity: 'error', field: 'audience' }]
		: [];

function checkDiscount({ tiers, capMinor }: DiscountRule, { defaultTermsDays }: PolicyContext): PolicyMistake[] {
	const mistakes: PolicyMistake[] = [];
	const add = (code: PolicyMistake['code'], severity: PolicyMistake['severity'], field: string) =>
		mistakes.push({ code, severity, field: `discount.${field}` });
	if (capMinor !== null && capMinor <= 0n) add('cap_not_positive', 'error', 'capMinor');
	tiers.forEach((tier, i) => {
		if (!(tier.discountBps > 0 && tier.discountBps <= DISCOUNT_MAX_BPS))
			add('discount_range', 'error', `tiers.${i}.discountBps`);
		if (!(Number.isInteger(tier.days) && tier.days >= 0 && tier.days <= DAYS_MAX))
			add('days_range', 'error', `tiers.${i}.days`);
		else if (tier.counted === 'from_issue' && tier.days > defaultTermsDays)
			add('tier_after_due', 'warning', `tiers.${i}.days`);
		if (tiers.some((other, j) => j !== i && beats(other, tier) && (j < i || !beats(tier, other))))
			add('tier_never_applies', 'error', `tiers.${i}`);
	});
	return mistakes;
}
/** `other` gives at least as much for at least as long: `tier` is never chosen. */
const beats = (other: DiscountTier, tier: DiscountTier): boolean =>
	other.counted === tier.counted &&
	other.discountBps >= tier.discountBps &&
	(tier.counted === 'from_issue' ? other.days >= tier.days : other.days <= tier.days);

/** Any issue day of an ordinary year: months are not equally long, and a plan that fails on all of them fails always. */
const ISSUE_DAYS = Array.from({ length: 365 }, (_, i) => addDays(civilDate('2027-01-01'), i));

/** A plan is judged in its best case: accepted on the day the invoice is issued and delivered. */
function checkInstalments(rule: InstalmentRule, { defaultTermsDays, terms }: PolicyContext): PolicyMistake[] {
	const mistakes: PolicyMistake[] = [];
	const add = (code: PolicyMistake['code'], severity: PolicyMistake['severity'], field: string) =>
		mistakes.push({ code, severity, field: `instalments.${field}` });
	if (!rule.counts.length) add('no_count', 'error', 'counts');
	if (rule.minMinor < 0n || (rule.maxMinor !== null && rule.maxMinor < rule.minMinor))
		add('amounts_reversed', 'error', 'maxMinor');
	const { afterBrokenDays = null, clientMaxMinor = null } = rule.caution ?? {};
	if (afterBrokenDays !== null && !(afterBrokenDays >= 0 && afterBrokenDays <= BROKEN_DAYS_MAX))
		add('broken_days_range', 'error', 'caution.afterBrokenDays');
	if (clientMaxMinor !== null && clientMaxMinor < rule.minMinor)
		add('amounts_reversed', 'error', 'caution.clientMaxMinor');
	const { every, unit } = rule.spacing;
	if (!(Number.isInteger(every) && every >= 1 && every <= (unit === 'day' ? DAYS_MAX : 4))) {
		add('spacing_range', 'error', 'spacing.every');
		return mistakes;
	}
	for (const count of rule.counts) {
		const isPossible = (kind: 'business' | 'consumer') =>
			ISSUE_DAYS.some((issuedOn) => {
				const first = rule.firstPart === 'now' ? issuedOn : addDays(issuedOn, defaultTermsDays);
				const [last, cap] = [
					datesOf(rule, first, count).at(-1),
					lastLawfulDay({ issuedOn, deliveredOn: issuedOn }, kind, terms)
				];
				return required(last, 'date') <= required(cap, 'cap');
			});
		if (isPossible('consumer')) continue;
		if (isPossible('business')) add('plan_never_for_consumers', 'warning', `counts.${count}`);
		else add('plan_past_cap', 'error', `counts.${count}`);
	}
	return mistakes;
}
