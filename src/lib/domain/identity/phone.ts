// A telephone number as it is kept (ITU-T E.164: + and at most fifteen digits) and as it is read.
import type { Locale } from '../money/format.ts';

/** As it is typed: +33 4 78 30 12 00, 0033 4…, or the French way, 04.78.30.12.00. null: it is none. */
export function parsePhone(text: string): string | null {
	const plain = text.replace(/[\s\u00a0\u202f().-]/g, '').replace(/^00/, '+');
	const french = /^0([1-9]\d{8})$/.exec(plain)?.[1];
	if (french) return `+33${french}`;
	// +33 (0)4…: the nought is for those who call from France.
	const whole = plain.replace(/^\+330(?=[1-9]\d{8}$)/, '+33');
	if (/^\+33/.test(whole)) return /^\+33[1-9]\d{8}$/.test(whole) ? whole : null;
	return /^\+[1-9]\d{6,14}$/.test(whole) ? whole : null;
}

/** In twos, and the way a French reader dials it; others are shown as one calls them from abroad. */
export function formatPhone(phone: string, locale: Locale): string {
	const [, first, rest = ''] = /^\+33(\d)(\d{8})$/.exec(phone) ?? [];
	if (first === undefined) return phone;
	const pairs = rest.match(/\d\d/g)?.join('\u00a0') ?? '';
	return locale === 'fr' ? `0${first}\u00a0${pairs}` : `+33\u00a0${first}\u00a0${pairs}`;
}
