// How amounts read: narrow no-break spaces between thousands and a no-break space before €, as CLDR has it.
import { toDecimal, type Minor } from './minor.ts';

export type Locale = 'fr' | 'en';
const formats = new Map<string, Intl.NumberFormat>();

/** `117600n` EUR is "1 176,00 €" in French and "€1,176.00" in English. */
export function formatMoney(amount: Minor, currency: string, locale: Locale): string {
	const key = `${locale} ${currency}`;
	let format = formats.get(key);
	if (!format) {
		format = new Intl.NumberFormat(locale === 'fr' ? 'fr-FR' : 'en-IE', { style: 'currency', currency });
		formats.set(key, format);
	}
	return format.format(toDecimal(amount));
}

/** 2000 basis points read "20 %" in French and "20%" in English. */
export function formatRate(rateBps: number, locale: Locale): string {
	return new Intl.NumberFormat(locale === 'fr' ? 'fr-FR' : 'en-IE', {
		style: 'percent',
		maximumFractionDigits: 2
	}).format(rateBps / 10_000);
}
