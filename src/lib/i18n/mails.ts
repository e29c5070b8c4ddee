// Kinds and states of mails in words.
import { m } from '#lib/paraglide/messages.js';

export function mailKindText(kind: string): string {
	const texts: Record<string, () => string> = {
		invoice_to_pay: m.mail_kind_invoice,
		payment_received: m.mail_kind_receipt,
		payment_failed: m.mail_kind_failed,
		debit_notice: m.mail_kind_debit,
		refund: m.mail_kind_refund,
		refund_failed: m.mail_kind_refund_failed,
		money_returned: m.mail_kind_returned,
		money_restored: m.mail_kind_restored,
		transfer_undone: m.mail_kind_unmatched,
		owner_notice: m.mail_kind_notice
	};
	return texts[kind]?.() ?? kind;
}
export function mailStateText(state: string): string {
	const texts: Record<string, () => string> = {
		due: m.mail_state_due,
		sending: m.mail_state_due,
		sent: m.mail_state_sent,
		refused: m.mail_state_refused,
		failed: m.mail_state_failed,
		dropped: m.mail_state_dropped
	};
	return texts[state]?.() ?? state;
}
