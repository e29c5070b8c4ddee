// Findings of the importer in words that help: what, where, what was found, what is expected.
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import type { Finding } from '../domain/invoices/findings.ts';
import { formatMoney, numberFormat, type Locale } from '../domain/money/format.ts';
import { minor, toDecimal } from '../domain/money/minor.ts';
import { namedTerms } from './business-terms.ts';
import { foundWords, readerWords } from './reader-words.ts';

const TEXTS: Record<string, (inputs: object, say: { locale: Locale }) => string> = {
	EMPTY: m.finding_empty,
	TOO_LARGE: m.finding_too_large,
	TOO_MANY_ROWS: m.finding_too_large,
	NOT_A_PDF: m.finding_not_a_pdf,
	UNKNOWN_FORMAT: m.finding_unknown_format,
	NO_XML: m.finding_no_xml,
	NOT_AN_INVOICE: m.finding_not_an_invoice,
	ATTACHMENT_NAME: m.finding_attachment_name,
	XML_NOT_WELL_FORMED: m.finding_xml_broken,
	XML_ENCODING: m.finding_xml_encoding,
	XML_DOCTYPE: m.finding_xml_doctype,
	CSV_BROKEN: m.finding_csv_broken,
	COLUMN_MISSING: m.finding_column_missing,
	JSON_BROKEN: m.finding_field_invalid,
	FIELD_INVALID: m.finding_field_invalid,
	NUMBER_MISSING: m.finding_number_missing,
	NUMBER_LONG: m.finding_number_long,
	NUMBER_LOST: m.finding_number_lost,
	STATUS_PAID: m.finding_status_paid,
	STATUS_UNKNOWN: m.finding_status_unknown,
	NOT_KEPT: m.finding_not_kept,
	CURRENCY_MISSING: m.finding_currency_missing,
	CURRENCY: m.finding_currency,
	INFORMATION_ONLY: m.finding_information_only,
	PROFILE_MISSING: m.finding_profile_missing,
	TOTALS: m.finding_totals,
	AMOUNT_DUE: m.finding_amount_due,
	DUE_ABOVE_TOTAL: m.finding_due_above_total,
	VAT_BASE: m.finding_vat_base,
	AMOUNT_AMBIGUOUS: m.finding_amount_ambiguous,
	AMOUNT_FORMAT: m.finding_amount_format,
	DECIMAL_COMMA: m.finding_decimal_comma,
	VAT_SPLIT: m.finding_vat_split,
	DUE_DATE_MISSING: m.finding_due_missing,
	DUE_BEFORE_ISSUE: m.finding_due_before_issue,
	DUE_FAR: m.finding_due_far,
	ISSUE_FAR: m.finding_issue_far,
	ISSUE_DATE_MISSING: m.finding_date,
	DATE_IMPOSSIBLE: m.finding_date,
	DATE_FORMAT: m.finding_date_format,
	BUYER_MISSING: m.finding_buyer_missing,
	SIREN: m.finding_siren,
	IBAN: m.finding_iban,
	EMAIL: m.finding_email,
	AF_RELATIONSHIP: m.finding_af_relationship,
	AF_MISSING: m.finding_af_missing,
	XMP_MISSING: m.finding_xmp_missing,
	XMP_PROFILE: m.finding_xmp_profile,
	NOT_PDFA: m.finding_not_pdfa,
	PROFILE_UNKNOWN: m.finding_profile_unknown,
	PROFILE_CONTENT: m.finding_profile_content,
	LINES_SUM: m.finding_lines_sum,
	LINE_CALC: m.finding_line_calc,
	DECIMALS: m.finding_decimals,
	VAT_EXEMPTION_REASON: m.finding_vat_exemption,
	VAT_KEY: m.finding_vat_key,
	TOTALS_DIFFER: m.finding_totals_differ,
	LINES_OR_TOTALS: m.finding_lines_or_totals,
	DATE_AMBIGUOUS: m.finding_date_ambiguous,
	DRAFT: m.finding_draft,
	CANCELLED: m.finding_cancelled,
	ACCOUNT: m.finding_account,
	ENTRY_UNBALANCED: m.finding_entry_unbalanced,
	NO_OPEN_CLAIM: m.finding_no_open_claim,
	PAYMENT_WITHOUT_INVOICE: m.finding_payment_alone,
	NUMBER_FROM_ENTRY: m.finding_number_from_entry,
	LINE_LAYOUT: m.finding_line_layout,
	ENTRY_SKIPPED: m.finding_entry_skipped,
	NO_STATEMENT: m.finding_no_statement,
	UNKNOWN_MESSAGE: m.finding_unknown_message,
	NO_BALANCES: m.finding_no_balances,
	STATEMENT_ORDER: m.finding_statement_order,
	BALANCE: m.finding_balance,
	CURRENCY_DIFFERS: m.finding_currency_differs,
	CURRENCY_OTHER: m.finding_currency_other,
	AMOUNT_UNIT: m.finding_amount_unit,
	STATE_UNKNOWN: m.finding_state_unknown,
	ENTRY_PENDING: m.finding_entry_pending,
	ROW_WIDER: m.finding_row_wider,
	ROW_NARROWER: m.finding_row_narrower,
	ROWS_DIFFER: m.finding_rows_differ,
	TYPE_UNKNOWN: m.finding_type_unknown,
	STATUS_LEFT: m.finding_status_left,
	DATE_FAR: m.finding_date_far,
	VAT_RATE: m.finding_vat_rate,
	NET_SUM: m.finding_net_sum,
	CFONB_240: m.finding_cfonb_240,
	TOO_SLOW: m.finding_too_slow,
	TOO_HEAVY: m.finding_too_heavy,
	UNREADABLE: m.finding_unreadable,
	PAYEE_ACCOUNT_CHANGED: m.finding_payee_changed,
	PAYEE_ACCOUNT_UNKNOWN: m.finding_payee_unknown,
	SELLER_OTHER: m.finding_seller_other,
	BUYER_SELF: m.finding_buyer_self,
	SELLER_VAT_MISSING: m.finding_seller_vat_missing,
	TYPE_FRAMEWORK: m.finding_type_framework,
	PAID_FRAMEWORK: m.finding_paid_framework,
	DEBTOR_IBAN: m.finding_debtor_iban,
	NEGATIVE_PRICE: m.finding_negative_price,
	CONTACT_NEW: m.finding_contact_new,
	ZIP: m.finding_zip,
	TERMS_UNCLEAR: m.finding_terms_unclear,
	PARTS_SUM: m.finding_parts_sum
};

/** Amounts that a check compares: it knows minor units, people read euros, or what the currency is. */
const AMOUNTS = new Set([
	'TOTALS',
	'AMOUNT_DUE',
	'DUE_ABOVE_TOTAL',
	'VAT_SPLIT',
	'VAT_BASE',
	'PARTS_SUM',
	'STATUS_PAID',
	'STATUS_LEFT',
	'VAT_RATE',
	'NET_SUM',
	'PAID_FRAMEWORK'
]);
/** `120000`, and `12000 JPY` where the currency has not two decimals; `≤ ` may stand before it. */
function amountOf(code: string, value: string, locale: Locale): string | null {
	const [, limit = '', digits, currency] = /^(≤ )?(-?\d{1,18})(?: ([A-Z]{3}))?$/.exec(value) ?? [];
	if (!AMOUNTS.has(code) || digits === undefined) return null;
	const amount = minor(BigInt(digits));
	if (currency) return `${limit}${formatMoney(amount, currency, locale)}`;
	return `${limit}${numberFormat(locale, { minimumFractionDigits: 2 }).format(toDecimal(amount))}`;
}

export function findingText({ code, field, found, expected }: Finding, locale: Locale = getLocale()): string {
	const say = { locale };
	const what = TEXTS[code]?.({}, say) ?? code;
	const parts = [
		namedTerms(readerWords(field, locale), locale),
		found && m.finding_found({ value: amountOf(code, found, locale) ?? foundWords(found, locale) }, say),
		expected && m.finding_expected({ value: amountOf(code, expected, locale) ?? readerWords(expected, locale) }, say)
	].filter(Boolean);
	return `${what} (${parts.join(' ; ')})`;
}
