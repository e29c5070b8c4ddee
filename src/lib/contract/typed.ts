// Numbers as people type them: "1 500,50 €", "2,5 %". Whole and exact, never through a float.
import type { Locale } from '../domain/money/format.ts';
import { minor, parseDecimal, toDecimal, type Minor } from '../domain/money/minor.ts';

/** The minus may be the one that our screens write. */
const plain = (text: string): string =>
	text
		.replace(/[\s\u00a0\u202f€%]/g, '')
		.replace(',', '.')
		.replace('\u2212', '-');
/** An amount in euros, in minor units; null when it is not one. */
export const typedAmount = (text: string): Minor | null => parseDecimal(plain(text));
/** A percentage with at most two decimals, in basis points; null when it is not one. */
export function typedRate(text: string): number | null {
	const value = parseDecimal(plain(text));
	return value === null || value > 1_000_000n || value < -1_000_000n ? null : Number(value);
}
/** The other way: hundredths (an amount, a rate in basis points) as a person would type them, without sign or thousands: 2,5 in French, 2.5 in English. */
export const typedFrom = (hundredths: bigint | number | null, locale: Locale): string => {
	if (hundredths === null) return '';
	const decimal = toDecimal(minor(BigInt(hundredths))).replace(/\.?0+$/, '');
	return locale === 'fr' ? decimal.replace('.', ',') : decimal;
};
/** A whole number of at most four digits; null when it is not one. */
export const typedCount = (text: string): number | null => (/^\d{1,4}$/.test(plain(text)) ? Number(plain(text)) : null);
/** A whole number, of points mostly; below zero is one too, and said to be wrong elsewhere. Half a gift is none: null. */
export const typedWhole = (text: string): number | null =>
	/^-?\d{1,8}$/.test(plain(text)) ? Number(plain(text)) : null;

/** Which version or which draft a form means; 0, which is none, where it does not say. */
export function wholeIn(fields: FormData, name: string): number {
	const text = String(fields.get(name) ?? '');
	return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
