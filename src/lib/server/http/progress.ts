// What the browser is told of a try: state, the family of a refusal, and the secret only while the bank waits for the person.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../../domain/money/format.ts';
import { declineText } from '../../i18n/declines.ts';
import { declineFamily, type DeclineFamily } from '../../domain/payments/declines.ts';
import type { PaymentProgress } from '../use-cases/payments/progress.ts';

/** Why it was refused, in words; first, that nothing was charged. What was technical says it already. */
const refusedText = (family: DeclineFamily, locale: Locale): string => {
	const why = declineText(family, locale);
	return family === 'technical' ? why : m.declined_nothing_charged({ why }, { locale });
};

export const progressBody = (
	{ attemptId, status, clientSecret, errorCode, declineCode }: PaymentProgress,
	locale: Locale
) => ({
	attemptId,
	status,
	clientSecret,
	message: status === 'declined' ? refusedText(declineFamily(errorCode, declineCode), locale) : null
});
