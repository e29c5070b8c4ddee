// A receipt as PDF: what was received, for which invoices, and the VAT inside it.
import { m } from '#lib/paraglide/messages.js';
import { formatDay } from '../../domain/calendar/format.ts';
import { formatMoney, formatRate, type Locale } from '../../domain/money/format.ts';
import { methodName } from '../../i18n/methods.ts';
import { ofName } from '../../i18n/of-name.ts';
import type { Receipt } from '../use-cases/payments/read-receipt.ts';
import { openPdf } from './pdf.ts';

export function renderReceiptPdf(receipt: Receipt, locale: Locale): Promise<Uint8Array> {
	const say = { locale };
	const page = openPdf(`${m.receipt({}, say)} ${receipt.receiptNumber}`, receipt.supplier, locale);
	const money = (amount: Receipt['amountMinor']) => formatMoney(amount, receipt.currency, locale);
	page.paragraph('P', () => {
		page.space(0.5);
		page.line(m.receipt_from({ from: ofName(receipt.clientName, locale) }, say));
		page.line(m.paid_on({ date: formatDay(receipt.paidOn, locale) }, say));
		page.line(`${m.paid_with({}, say)} : ${methodName(receipt.methodType, receipt.methodLabel, locale)}`);
		page.space();
	});
	page.paragraph('P', () => {
		for (const part of receipt.lines) page.row(m.invoice_number({ number: part.number }, say), money(part.amountMinor));
		if (receipt.creditMinor > 0n) page.row(m.advance_line({}, say), money(receipt.creditMinor));
		page.row(m.amount_received({}, say), money(receipt.amountMinor), 'bold');
		for (const one of receipt.discounts)
			page.row(
				(one.reason === 'points' ? m.receipt_points : m.receipt_discount)({ number: one.number }, say),
				money(one.amountMinor)
			);
		page.space();
	});
	if (receipt.vat.length)
		page.paragraph('P', () => {
			page.line(m.receipt_vat_title({}, say), 12, 'bold');
			page.space(0.4);
			for (const part of receipt.vat)
				page.row(
					m.receipt_vat_line({ rate: formatRate(part.rateBps, locale), gross: money(part.grossMinor) }, say),
					money(part.vatMinor)
				);
		});
	if (receipt.reversedMinor > 0n)
		page.paragraph('P', () => page.row(m.receipt_given_back({}, say), money(receipt.reversedMinor)));
	return page.finish();
}
