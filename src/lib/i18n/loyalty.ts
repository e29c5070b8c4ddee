// What LoyaltyLion said no to, in words: what to look at.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

export function loyaltyProblem(problem: string, locale: Locale): string {
	const say = { locale };
	if (problem === 'key_refused') return m.loyalty_problem_key_refused({}, say);
	if (problem === 'key_unreadable') return m.loyalty_broken_key_unreadable({}, say);
	if (problem === 'scope_missing') return m.loyalty_problem_scope_missing({}, say);
	if (problem === 'site_unknown') return m.loyalty_problem_site_unknown({}, say);
	return m.loyalty_problem_other({}, say);
}
