// States of invoices in words.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import type { InvoiceView } from '../contract/views.ts';

/** Without a locale, that of the page. */
export function invoiceStateText(invoice: Pick<InvoiceView, 'state' | 'daysToDue'>, locale?: Locale): string {
	const say = locale ? { locale } : {};
	switch (invoice.state) {
		case 'paid':
			return m.state_paid({}, say);
		case 'credited':
			return m.state_credited({}, say);
		case 'credit':
			return m.state_credit({}, say);
		case 'credit_used':
			return m.state_credit_used({}, say);
		case 'under_way':
			return m.state_under_way({}, say);
		case 'in_plan':
			return m.state_in_plan({}, say);
		case 'late':
			return m.state_late({ count: -invoice.daysToDue }, say);
		case 'due_soon':
			return invoice.daysToDue === 0 ? m.state_due_today({}, say) : m.state_due_in({ count: invoice.daysToDue }, say);
		case 'open':
			return m.state_due_in({ count: invoice.daysToDue }, say);
		case 'not_payable':
			return m.state_not_payable({}, say);
	}
}
