// Kinds of money going back, in words.
import { m } from '#lib/paraglide/messages.js';

export function reversalText(kind: string): string {
	const texts: Record<string, () => string> = {
		refund: m.reversal_refund,
		refund_failed: m.reversal_refund_failed,
		debit_return: m.reversal_debit_return,
		chargeback: m.reversal_chargeback,
		chargeback_won: m.reversal_chargeback_won,
		transfer_undone: m.reversal_transfer_undone,
		return_undone: m.reversal_return_undone
	};
	return texts[kind]?.() ?? kind;
}
