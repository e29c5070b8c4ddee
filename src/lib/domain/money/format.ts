// How amounts read: narrow no-break spaces between thousands and a no-break space before €, as CLDR has it.
import { decimalsOf } from './currency.ts';
import { toDecimal, type Minor } from './minor.ts';

export type Locale = 'fr' | 'en';
const formats = new Map<string, Intl.NumberFormat>();
/** Made once each: making one costs more than writing a page's amounts with it. */
export function numberFormat(locale: Locale, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
	const key = `${locale} ${JSON.stringify(options)}`;
	let format = formats.get(key);
	if (!format) {
		format = new Intl.NumberFormat(locale === 'fr' ? 'fr-FR' : 'en-IE', options);
		formats.set(key, format);
	}
	return format;
}

/** `117600n` EUR is "1 176,00 €" in French and "€1,176.00" in English; as many decimals as the currency has. */
export function formatMoney(amount: Minor, currency: string, locale: Locale): string {
	const digits = decimalsOf(currency);
	const options = {
		style: 'currency',
		currency,
		minimumFractionDigits: digits,
		maximumFractionDigits: digits
	} as const;
	return numberFormat(locale, options).format(toDecimal(amount, digits));
}

/** 2000 basis points read "20 %" in French and "20%" in English. */
export function formatRate(rateBps: number, locale: Locale): string {
	return numberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }).format(rateBps / 10_000);
}
