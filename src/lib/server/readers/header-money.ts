// What the header of a column of amounts says beside its name: `Montant (USD)`, `Total TTC en CHF`, `Montant (k€)`. An amount whose currency or unit is
// not the one it is read in would be another amount.
import { block, type Finding } from '../../domain/invoices/findings.ts';

const CODES = new Set(Intl.supportedValuesOf('currency'));
const SIGNS: [RegExp, string][] = [
	[/US\$|\$US/i, 'USD'],
	[/€|\beuros?\b/i, 'EUR'],
	[/£/, 'GBP'],
	// Of several countries: which one, nobody knows.
	[/\$|\bdollars?\b/i, '$'],
	[/¥/, '¥']
];
/** In brackets, behind `en` or `in`, or at the end: elsewhere three letters are a word. */
const CODE = /[([]\s*([A-Z]{3})\s*[)\]]|\b(?:en|in)\s+([A-Z]{3})\b|[\s_-]([A-Z]{3})$/g;
const SCALED =
	/\bk ?(€|eur|\$|usd)|[([]\s*k\s*[)\]]|\bmilliers?\b|\bthousands?\b|\bM ?€|\bmillions?\b|\bcents?\b|\bcentimes?\b|\bminor units?\b/i;

/** `$` and `¥` are no answer: they are told as they are, and are no code of a currency. null: the header says nothing. */
export function currencyIn(header: string): string | null {
	for (const [, bracketed, behind, last] of header.matchAll(CODE)) {
		const code = bracketed ?? behind ?? last ?? '';
		if (CODES.has(code)) return code;
	}
	return SIGNS.find(([sign]) => sign.test(header))?.[1] ?? null;
}

/** The one currency that the headers of the amounts name, or what is wrong with them: two of them, or thousands and cents where units are read. */
export function currencyOfHeaders(headers: string[], line: number): { currency: string | null; findings: Finding[] } {
	const scaled = headers.filter((header) => SCALED.test(header));
	const named = new Map(
		headers.flatMap((header) => {
			const currency = currencyIn(header);
			return currency ? [[currency, header] as const] : [];
		})
	);
	const findings = scaled.map((header) => block('AMOUNT_UNIT', `ligne ${line}`, header.slice(0, 80), '1 234,56'));
	if (named.size > 1)
		findings.push(
			block('CURRENCY_DIFFERS', `ligne ${line}`, [...named.values()].join(' ; ').slice(0, 200), 'une seule devise')
		);
	return { currency: [...named.keys()][0] ?? null, findings };
}
