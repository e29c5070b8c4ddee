// Kinds of money going back, in words.
import { m } from '#lib/paraglide/messages.js';

/** Stripe's word for why, or what a person wrote. */
export function reversalReason(reason: string): string {
	const texts: Record<string, () => string> = {
		requested_by_customer: m.reason_requested,
		duplicate: m.reason_duplicate,
		fraudulent: m.reason_fraudulent,
		debit_not_authorized: m.reason_not_authorized,
		product_not_received: m.reason_not_received,
		general: m.reason_general
	};
	return texts[reason]?.() ?? reason;
}
export function reversalText(kind: string): string {
	const texts: Record<string, () => string> = {
		refund: m.reversal_refund,
		refund_failed: m.reversal_refund_failed,
		debit_return: m.reversal_debit_return,
		chargeback: m.reversal_chargeback,
		chargeback_won: m.reversal_chargeback_won,
		transfer_undone: m.reversal_transfer_undone,
		return_undone: m.reversal_return_undone,
		payment_unsaid: m.reversal_payment_unsaid,
		refund_unsaid: m.reversal_refund_unsaid
	};
	return texts[kind]?.() ?? kind;
}
