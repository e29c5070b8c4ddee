// How days read. Intl never writes « 1er », so it is done here (reference: French usage, Lexique de l'Imprimerie nationale).
import type { Locale } from '../money/format.ts';
import type { CivilDate } from './civil-date.ts';

/** "12 décembre 2026", "1er novembre 2026", "12 December 2026". */
export function formatDay(date: CivilDate, locale: Locale, style: 'long' | 'short' = 'long'): string {
	const text = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
		timeZone: 'UTC',
		day: style === 'long' ? 'numeric' : '2-digit',
		month: style === 'long' ? 'long' : '2-digit',
		year: 'numeric'
	}).format(Date.parse(`${date}T00:00:00Z`));
	return locale === 'fr' && style === 'long' ? text.replace(/^1 /, '1er ') : text;
}

/** "21/11/2026 14:02", in the given time zone. */
export function formatInstant(instant: Date, locale: Locale, timeZone = 'Europe/Paris'): string {
	return new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', {
		timeZone,
		dateStyle: 'short',
		timeStyle: 'short'
	}).format(instant);
}
