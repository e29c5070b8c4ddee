// States of invoices in words.
import { m } from '#lib/paraglide/messages.js';
import type { InvoiceView } from '../contract/views.ts';

export function invoiceStateText(invoice: Pick<InvoiceView, 'state' | 'daysToDue'>): string {
	switch (invoice.state) {
		case 'paid':
			return m.state_paid();
		case 'credited':
			return m.state_credited();
		case 'credit':
			return m.state_credit();
		case 'credit_used':
			return m.state_credit_used();
		case 'under_way':
			return m.state_under_way();
		case 'in_plan':
			return m.state_in_plan();
		case 'late':
			return m.state_late({ count: -invoice.daysToDue });
		case 'due_soon':
			return invoice.daysToDue === 0 ? m.state_due_today() : m.state_due_in({ count: invoice.daysToDue });
		case 'open':
			return m.state_due_in({ count: invoice.daysToDue });
		case 'not_payable':
			return m.state_not_payable();
	}
}
