// What an invoice says of its payment, a line for each term.
import { m } from '#lib/paraglide/messages.js';
import { formatDay } from '../domain/calendar/format.ts';
import type { AgreedDiscount, AgreedTerms, NoteSubject } from '../domain/invoices/agreed-terms.ts';
import { printIban } from '../domain/invoices/identifiers.ts';
import { formatMoney, formatRate, type Locale } from '../domain/money/format.ts';

type Say = { locale: Locale };
const NOTES: Record<NoteSubject, (inputs: { text: string }, say: Say) => string> = {
	PMT: m.agreed_note_pmt,
	PMD: m.agreed_note_pmd,
	AAB: m.agreed_note_aab
};

export function agreedTermsLines(agreed: AgreedTerms | null, currency: string, locale: Locale): string[] {
	if (!agreed) return [];
	const say = { locale };
	const { payee } = agreed;
	return [
		...agreed.discounts.map((one) => discountLine(one, currency, say)),
		...agreed.parts.map(({ amountMinor, dueOn }) =>
			m.agreed_part({ amount: formatMoney(amountMinor, currency, locale), date: formatDay(dueOn, locale) }, say)
		),
		...mandateLine(agreed, say),
		...(payee
			? [
					payee.iban
						? m.agreed_payee_account({ name: payee.name, iban: printIban(payee.iban) || payee.iban }, say)
						: m.agreed_payee({ name: payee.name }, say)
				]
			: []),
		...agreed.notes.map(({ subject, text }) => NOTES[subject]({ text }, say))
	];
}

function discountLine({ until, discountBps, baseMinor, amountMinor }: AgreedDiscount, currency: string, say: Say) {
	const date = formatDay(until, say.locale);
	if (amountMinor !== null)
		return m.agreed_discount_amount({ amount: formatMoney(amountMinor, currency, say.locale), date }, say);
	const rate = formatRate(discountBps ?? 0, say.locale);
	return baseMinor === null
		? m.agreed_discount_rate({ rate, date }, say)
		: m.agreed_discount_rate_of({ rate, base: formatMoney(baseMinor, currency, say.locale), date }, say);
}

/** Of the account that is debited, only its end: the page may be forwarded. */
function mandateLine({ isDebited, mandate }: AgreedTerms, say: Say): string[] {
	const parts = [
		isDebited && m.agreed_mandate({}, say),
		mandate?.reference && m.agreed_mandate_reference({ reference: mandate.reference }, say),
		mandate?.creditorId && m.agreed_mandate_creditor({ id: mandate.creditorId }, say),
		mandate?.debtorIban && m.agreed_mandate_account({ end: mandate.debtorIban.slice(-4) }, say)
	].filter((part) => typeof part === 'string');
	const line = parts.join(', ');
	return line ? [line.charAt(0).toUpperCase() + line.slice(1)] : [];
}

/** Free text as it stands, less the lines that were read as terms. */
export const freeTerms = (text: string | null, agreed: AgreedTerms | null): string =>
	(text ?? '')
		.split('\n')
		.filter((line) => !(agreed?.discounts.length && line.trim().startsWith('#SKONTO#')))
		.join('\n')
		.trim();
