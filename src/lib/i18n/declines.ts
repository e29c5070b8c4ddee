// A bank's refusal in plain words, with the next step. One sentence per family, in both languages.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import type { DeclineFamily } from '../domain/payments/declines.ts';

export function declineText(family: DeclineFamily, locale: Locale): string {
	const say = { locale };
	const texts: Record<DeclineFamily, () => string> = {
		generic: () => m.decline_generic({}, say),
		insufficient_funds: () => m.decline_insufficient_funds({}, say),
		expired_card: () => m.decline_expired_card({}, say),
		incorrect_cvc: () => m.decline_incorrect_cvc({}, say),
		incorrect_number: () => m.decline_incorrect_number({}, say),
		technical: () => m.decline_technical({}, say),
		authentication: () => m.decline_authentication({}, say),
		sepa_refused: () => m.decline_sepa_refused({}, say),
		sepa_account: () => m.decline_sepa_account({}, say),
		sepa_mandate: () => m.decline_sepa_mandate({}, say),
		sepa_limit: () => m.decline_sepa_limit({}, say)
	};
	return texts[family]();
}

/** Of a debit no other card is spoken of: what comes next is said after it. */
export function debitDeclineText(family: DeclineFamily, locale: Locale): string {
	if (family === 'insufficient_funds') return m.part_failed_debit_funds({}, { locale });
	return family === 'generic' || family === 'technical' || family === 'sepa_refused'
		? m.part_failed_debit_refused({}, { locale })
		: declineText(family, locale);
}
