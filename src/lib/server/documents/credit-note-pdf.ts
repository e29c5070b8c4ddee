// The credit note of a discount, or its cancellation, as PDF: what an accountant books. Mentions: code de commerce L441-9, CIBS (VAT invoicing).
import { m } from '#lib/paraglide/messages.js';
import { formatDay } from '../../domain/calendar/format.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { formatMoney, formatRate, type Locale } from '../../domain/money/format.ts';
import type { CreditNote } from '../use-cases/payments/read-credit-note.ts';
import { openPdf } from './pdf.ts';

function whyOf({ kind, reason }: CreditNote, date: string, locale: Locale): string {
	const say = { locale };
	if (kind === 'voided') {
		if (reason === 'points') return m.cancellation_points({ date }, say);
		return reason === 'early' ? m.cancellation_reason({ date }, say) : m.cancellation_refund({ date }, say);
	}
	const texts: Record<CreditNote['reason'], () => string> = {
		early: () => m.credit_note_reason({ date }, say),
		points: () => m.credit_note_points({ date }, say),
		forgiven: () => m.credit_note_forgiven({ date }, say),
		goodwill: () => m.credit_note_goodwill({ date }, say),
		returned: () => m.credit_note_returned({ date }, say)
	};
	return texts[reason]();
}

/** A reduction of the price, a sale that is none any more, or neither: what was taken off is owed again. */
function lawOf({ kind, reason }: Pick<CreditNote, 'kind' | 'reason'>, locale: Locale): string {
	const say = { locale };
	if (kind === 'voided') return m.credit_note_law_voided({}, say);
	return reason === 'returned' ? m.credit_note_law_returned({}, say) : m.credit_note_law({}, say);
}

export function renderCreditNotePdf(note: CreditNote, locale: Locale): Promise<Uint8Array> {
	const say = { locale };
	const isCancellation = note.kind === 'voided';
	const title = isCancellation ? m.credit_note_cancellation({}, say) : m.credit_note({}, say);
	const page = openPdf(`${title} ${note.documentNumber}`, note.supplier, locale);
	const date = formatDay(note.happenedOn, locale);
	// A credit note reduces what is owed, its cancellation puts it back: the sign says which.
	const money = (amount: Minor) => formatMoney(isCancellation ? amount : minor(-amount), note.currency, locale);
	const vat = note.vat.reduce((sum, part) => sum + part.vatMinor, 0n);
	page.paragraph('P', () => {
		page.space(0.5);
		page.line(m.issued_on_date({ date }, say));
		page.line(note.client.name);
		if (note.client.siren) page.line(`SIREN ${note.client.siren}`);
		if (note.client.vatNumber) page.line(`${m.vat_number({}, say)} ${note.client.vatNumber}`);
		page.space();
		page.line(m.invoice_of({ number: note.number, date: formatDay(note.issuedOn, locale) }, say));
		if (note.cancelsNumber) page.line(m.credit_note_cancels({ number: note.cancelsNumber }, say));
		page.line(whyOf(note, date, locale));
		page.space();
	});
	page.paragraph('P', () => {
		for (const part of note.vat)
			page.row(
				m.credit_note_vat_line(
					{
						rate: part.rateBps === null ? '—' : formatRate(part.rateBps, locale),
						gross: money(part.grossMinor)
					},
					say
				),
				money(part.vatMinor)
			);
		page.space(0.5);
		page.row(m.credit_note_net({}, say), money(minor(note.amountMinor - vat)));
		page.row(m.credit_note_vat({}, say), money(minor(vat)));
		page.row(m.credit_note_total({}, say), money(note.amountMinor), 'bold');
		page.space();
		page.line(lawOf(note, locale), 9);
	});
	return page.finish();
}
