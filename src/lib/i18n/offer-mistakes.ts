// Mistakes in an offer, in words: what will not work, and the cure.
import { m } from '#lib/paraglide/messages.js';
import type { FormProblem } from '../contract/offer-form.ts';
import type { Locale } from '../domain/money/format.ts';
import type { PolicyMistake } from '../domain/offers/check-policy.ts';

export function mistakeText(code: PolicyMistake['code'], locale: Locale): string {
	const say = { locale };
	const texts: Record<PolicyMistake['code'], () => string> = {
		validity_reversed: () => m.mistake_validity_reversed({}, say),
		validity_over: () => m.mistake_validity_over({}, say),
		no_method: () => m.mistake_no_method({}, say),
		discount_range: () => m.mistake_discount_range({}, say),
		days_range: () => m.mistake_days_range({}, say),
		cap_not_positive: () => m.mistake_cap_not_positive({}, say),
		tier_never_applies: () => m.mistake_tier_never_applies({}, say),
		tier_after_due: () => m.mistake_tier_after_due({}, say),
		no_count: () => m.mistake_no_count({}, say),
		amounts_reversed: () => m.mistake_amounts_reversed({}, say),
		broken_days_range: () => m.mistake_broken_days_range({}, say),
		spacing_range: () => m.mistake_spacing_range({}, say),
		plan_past_cap: () => m.mistake_plan_past_cap({}, say),
		plan_never_for_consumers: () => m.mistake_plan_never_for_consumers({}, say),
		tier_gone: () => m.mistake_tier_gone({}, say)
	};
	return texts[code]();
}

/** What a field should hold. */
export function fieldProblemText(code: FormProblem['code'], locale: Locale): string {
	const say = { locale };
	const texts: Record<FormProblem['code'], () => string> = {
		not_a_date: () => m.field_not_a_date({}, say),
		not_an_amount: () => m.field_not_an_amount({}, say),
		not_a_rate: () => m.field_not_a_rate({}, say),
		not_a_count: () => m.field_not_a_count({}, say),
		not_chosen: () => m.field_not_chosen({}, say)
	};
	return texts[code]();
}
