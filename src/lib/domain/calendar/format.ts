// How days read. Intl never writes « 1er », so it is done here (reference: French usage, Lexique de l'Imprimerie nationale).
import type { Locale } from '../money/format.ts';
import type { CivilDate } from './civil-date.ts';

const formats = new Map<string, Intl.DateTimeFormat>();
/** Made once each: making one costs more than drawing a page's dates with it. */
function formatOf(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${locale} ${JSON.stringify(options)}`;
	let format = formats.get(key);
	if (!format) {
		format = new Intl.DateTimeFormat(locale === 'fr' ? 'fr-FR' : 'en-GB', options);
		formats.set(key, format);
	}
	return format;
}

const LONG: Intl.DateTimeFormatOptions = { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' };
const SHORT: Intl.DateTimeFormatOptions = { timeZone: 'UTC', day: '2-digit', month: '2-digit', year: 'numeric' };

/** Of every year. */
const YEARLY: Intl.DateTimeFormatOptions = { timeZone: 'UTC', day: 'numeric', month: 'long' };
const BRIEF: Intl.DateTimeFormatOptions = { timeZone: 'UTC', day: 'numeric', month: 'short' };
const WEEKDAY: Intl.DateTimeFormatOptions = { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' };

/** "12 décembre 2026", "1er novembre 2026", "12 December 2026"; with its weekday, "vendredi 27 novembre"; brief, "27 nov.". A day and its month are never parted at the
 * end of a line. */
export function formatDay(
	date: CivilDate,
	locale: Locale,
	style: 'long' | 'short' | 'weekday' | 'yearly' | 'brief' = 'long'
): string {
	const text = formatOf(
		locale,
		{ long: LONG, short: SHORT, weekday: WEEKDAY, yearly: YEARLY, brief: BRIEF }[style]
	).format(Date.parse(`${date}T00:00:00Z`));
	if (style === 'short') return text;
	return (locale === 'fr' ? text.replace(/(^| )1 /, '$11er ') : text).replace(/(\d(?:er)?) (?=\D)/, '$1\u00a0');
}

/** "21/11/2026 14:02", in the given time zone. */
export function formatInstant(instant: Date, locale: Locale, timeZone = 'Europe/Paris'): string {
	return formatOf(locale, { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(instant);
}
