// What the browser is told of a try: state, the family of a refusal, and the secret only while the bank waits for the person.
import type { Locale } from '../../domain/money/format.ts';
import { declineText } from '../../i18n/declines.ts';
import { declineFamily } from '../../domain/payments/declines.ts';
import type { PaymentProgress } from '../use-cases/payments/progress.ts';

export const progressBody = (
	{ attemptId, status, clientSecret, errorCode, declineCode }: PaymentProgress,
	locale: Locale
) => ({
	attemptId,
	status,
	clientSecret,
	/** Why it was refused, in words. */
	message: status === 'declined' ? declineText(declineFamily(errorCode, declineCode), locale) : null
});
