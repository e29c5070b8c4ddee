// An account at Stripe that can't be asked, for its owners: what it means for their clients, and what helps.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

/** As the audit and the first page have it. `account` is '' for the platform's own. */
export function stripeSilence(detail: Record<string, unknown>, locale: Locale): string {
	const say = { locale };
	const account = String(detail.account ?? '');
	if (detail.former) return m.silent_former({ account }, say);
	const what =
		detail.silence === 'key_refused'
			? m.silent_key({}, say)
			: detail.silence === 'account_refused'
				? m.silent_account({ account }, say)
				: m.silent_unreachable({}, say);
	return `${what} ${m.silent_meanwhile({}, say)}`;
}
