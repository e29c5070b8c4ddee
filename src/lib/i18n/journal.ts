// What an entry of the journal is about, in words.
import { m } from '#lib/paraglide/messages.js';
import type { EntryKind } from '../domain/ledger/entries.ts';
import type { Locale } from '../domain/money/format.ts';

/** `isCredit`: what was brought in is a credit note, and says so. */
export function entryText({ kind, isCredit }: { kind: EntryKind; isCredit: boolean }, locale: Locale): string {
	const say = { locale };
	const texts: Record<EntryKind, () => string> = {
		invoice_opened: () => (isCredit ? m.entry_credit_imported : m.entry_invoice_opened)({}, say),
		invoice_withdrawn: () => m.entry_invoice_withdrawn({}, say),
		payment: () => m.entry_payment({}, say),
		refund: () => m.entry_refund({}, say),
		refund_failed: () => m.entry_refund_failed({}, say),
		debit_return: () => m.entry_debit_return({}, say),
		chargeback: () => m.entry_chargeback({}, say),
		chargeback_won: () => m.entry_chargeback_won({}, say),
		stripe_fee: () => m.entry_stripe_fee({}, say),
		payout: () => m.entry_payout({}, say),
		payout_returned: () => m.entry_payout_returned({}, say),
		top_up: () => m.entry_top_up({}, say),
		reserve: () => m.entry_reserve({}, say),
		discount: () => m.entry_discount({}, say),
		discount_void: () => m.entry_discount_void({}, say),
		points_used: () => m.entry_points_used({}, say),
		points_given_back: () => m.entry_points_given_back({}, say),
		credit_note: () => m.entry_credit_note({}, say),
		credit_used: () => m.entry_credit_used({}, say),
		credit_use_undone: () => m.entry_credit_use_undone({}, say),
		credit_note_void: () => m.entry_credit_note_void({}, say),
		part_forgiven: () => m.entry_part_forgiven({}, say),
		transfer: () => m.entry_transfer({}, say),
		transfer_return: () => m.entry_transfer_return({}, say),
		transfer_undone: () => m.entry_transfer_undone({}, say),
		return_undone: () => m.entry_return_undone({}, say),
		payment_unsaid: () => m.entry_payment_unsaid({}, say),
		refund_unsaid: () => m.entry_refund_unsaid({}, say)
	};
	return texts[kind]();
}
