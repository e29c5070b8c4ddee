// States of invoices and attempts in words.
import { m } from '#lib/paraglide/messages.js';
import type { InvoiceView } from '../contract/views.ts';
import type { NotPayableReason } from '../domain/invoices/findings.ts';
import type { AttemptStatus } from '../domain/payments/attempt-status.ts';

export function invoiceStateText(invoice: Pick<InvoiceView, 'state' | 'daysToDue'>): string {
	switch (invoice.state) {
		case 'paid':
			return m.state_paid();
		case 'credit':
			return m.state_credit();
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

export function notPayableText(reason: NotPayableReason): string {
	const texts: Record<NotPayableReason, () => string> = {
		settled: m.not_payable_settled,
		credit_note: m.not_payable_credit_note,
		factored: m.not_payable_factored,
		currency: m.not_payable_currency,
		information_only: m.not_payable_information
	};
	return texts[reason]();
}

export function attemptStatusText(status: AttemptStatus): string {
	const texts: Record<AttemptStatus, () => string> = {
		open: m.attempt_open,
		awaiting_auth: m.attempt_awaiting_auth,
		awaiting_transfer: m.attempt_awaiting_transfer,
		processing: m.attempt_processing,
		paid: m.attempt_paid,
		declined: m.attempt_declined,
		canceled: m.attempt_canceled,
		unknown: m.attempt_unknown
	};
	return texts[status]();
}
