// Why a movement may pay an invoice, and why one came back, in words.
import type { ToldBefore } from '#lib/contract/bank-views.ts';
import type { AmountIs } from '#lib/domain/bank/matching.ts';
import { returnClassOf } from '#lib/domain/bank/return-reasons.ts';
import { formatDay } from '#lib/domain/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

export type ProposalWords = {
	reason: 'reference' | 'end_to_end' | 'number' | 'payer_amount' | 'payer_sum' | 'returned';
	certainty: 'certain' | 'probable' | 'possible';
	amountIs: AmountIs;
};
export const reasonWords = (reason: ProposalWords['reason']): string =>
	({
		reference: m.bank_by_reference,
		end_to_end: m.bank_by_end_to_end,
		number: m.bank_by_number,
		payer_amount: m.bank_by_payer,
		payer_sum: m.bank_by_sum,
		returned: m.bank_by_return
	})[reason]();
export const certaintyWords = (certainty: ProposalWords['certainty']): string =>
	({ certain: m.bank_certain, probable: m.bank_probable, possible: m.bank_possible })[certainty]();
export const amountWords = (amountIs: AmountIs): string =>
	({
		exact: m.bank_amount_exact,
		early: m.bank_amount_early,
		less: m.bank_amount_less,
		more: m.bank_amount_more,
		parts: m.bank_amount_parts,
		parts_and_more: m.bank_amount_parts_and_more,
		under_part: m.bank_amount_under_part,
		with_plan: m.bank_amount_with_plan,
		kept: m.bank_amount_kept
	})[amountIs]();

/** What a return means and what to do next. The bank's code stays visible: it is what the bank will be asked about. */
export function returnWords(reason: string | null): string {
	const what = {
		soft: m.bank_return_soft,
		hard: m.bank_return_hard,
		dispute: m.bank_return_dispute,
		technical: m.bank_return_technical,
		unknown: m.bank_return_unknown
	}[returnClassOf(reason)]();
	return reason ? `${what} (${reason})` : what;
}

/** Which movement this one may be, and what became of it. */
export function toldWords({ fileName, bookedOn, state, clientName }: ToldBefore): string {
	const became = {
		waiting: m.bank_told_waiting(),
		booked: m.bank_told_booked({ client: clientName ?? '' }),
		aside: m.bank_told_aside()
	}[state];
	return m.bank_told({ file: fileName, day: formatDay(bookedOn, getLocale()), became });
}
