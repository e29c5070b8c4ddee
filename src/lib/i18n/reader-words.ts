// What readers write into findings is French, the language of the files; elsewhere it is said in the language of the page.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';

/** Each message's French is, word for word, what a reader writes. */
const PHRASES = [
	m.expected_number,
	m.expected_total,
	m.expected_day_iso,
	m.expected_day_compact,
	m.expected_day,
	m.expected_date_iso,
	m.expected_date_compact,
	m.expected_date_french,
	m.expected_booked,
	m.expected_movement,
	m.expected_day_month,
	m.expected_not_empty,
	m.expected_simpler,
	m.expected_as_exported,
	m.expected_whole_pdf,
	m.expected_locked_pdf,
	m.expected_facturx,
	m.expected_facturx_or_csv,
	m.expected_good_xml,
	m.expected_no_doctype,
	m.expected_quotes,
	m.expected_text_cell,
	m.expected_status,
	m.expected_a_line,
	m.expected_no_line,
	m.expected_no_attachment,
	m.expected_unsettled,
	m.expected_sale,
	m.expected_piece,
	m.expected_accounts_411,
	m.expected_three_digits,
	m.expected_siren,
	m.expected_number_length,
	m.expected_decimals,
	m.expected_days_400,
	m.expected_buyer,
	m.expected_a_client,
	m.expected_possible,
	m.expected_one_total,
	m.expected_issued,
	m.expected_line_total,
	m.expected_bank_columns,
	m.expected_length_240,
	m.expected_ximport,
	m.expected_root,
	m.expected_zip,
	m.expected_one_currency,
	m.expected_way,
	m.expected_integer_cents,
	m.expected_mailbox,
	m.expected_one_value,
	m.expected_cell_each,
	m.expected_invoice_or_credit,
	m.column_number,
	m.column_type,
	m.column_status,
	m.column_issued_on,
	m.column_due_on,
	m.column_client,
	m.column_email,
	m.column_siren,
	m.column_vat_number,
	m.column_net,
	m.column_vat,
	m.column_gross,
	m.column_paid,
	m.column_due,
	m.column_vat_rate,
	m.column_currency,
	m.column_payee_account,
	m.column_item,
	m.column_line_net,
	m.column_line_vat,
	m.column_line_gross
];
const MEASURES: [RegExp, string][] = [
	[/\blignes\b/g, 'lines'],
	[/\bligne\b/g, 'line'],
	[/\bentrée\b/g, 'entry'],
	[/\bcellules\b/g, 'cells'],
	[/\bcaractères\b/g, 'characters'],
	[/\boctets\b/g, 'bytes'],
	[/ décimale(s?)$/g, ' decimal$1'],
	[/\bMo\b/g, 'MB']
];
let phrases: Map<string, string> | null = null;
const english = (words: string): string => {
	phrases ??= new Map(PHRASES.map((say) => [say({}, { locale: 'fr' }), say({}, { locale: 'en' })]));
	return phrases.get(words) ?? words;
};
/** What a file holds is its own: only what a reader says of it is put into other words. */
export const foundWords = (words: string, locale: Locale): string =>
	/^[\d ><≤]+ (caractères|octets|Mo|lignes?)$/.test(words)
		? readerWords(words, locale)
		: locale === 'fr'
			? words
			: english(words);
/** A place, or what is expected there: a whole phrase, or a list of them. */
export function readerWords(words: string, locale: Locale): string {
	if (locale === 'fr') return words;
	const whole = english(words);
	if (whole !== words) return whole;
	const said = words.split(', ').map(english).join(', ');
	return MEASURES.reduce((text, [pattern, word]) => text.replace(pattern, word), said);
}
