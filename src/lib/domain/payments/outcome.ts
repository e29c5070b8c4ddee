// What a person of the supplier says became of an attempt that nobody can ask about any more: its account at Stripe was left and disconnected. The supplier still
// sees it there, in its own dashboard.
import type { CivilDate } from '../calendar/civil-date.ts';

export type Outcome = 'paid' | 'not_paid';
export type RefundOutcome = 'refunded' | 'not_refunded';
/** The payment at Stripe that was looked at (https://docs.stripe.com/api/payment_intents/object). */
const REFERENCE = /^pi_\w{3,100}$/;
export const isReference = (typed: string): boolean => REFERENCE.test(typed);
/** A card's refund, or a debit's (https://docs.stripe.com/api/refunds/object). */
const REFUND_REFERENCE = /^(re|pyr)_\w{3,100}$/;
export const isRefundReference = (typed: string): boolean => REFUND_REFERENCE.test(typed);

export type OutcomeMistake = 'reference_of_another' | 'money_day_not_possible';
/** Is it said of this attempt? Its money came after it began, and has come; `intentId`: what it is known to be at Stripe. */
export function checkPaid(
	said: { reference: string; paidOn: CivilDate },
	{ intentId, begunOn, today }: { intentId: string | null; begunOn: CivilDate; today: CivilDate }
): OutcomeMistake | null {
	if (intentId !== null && said.reference !== intentId) return 'reference_of_another';
	return said.paidOn < begunOn || said.paidOn > today ? 'money_day_not_possible' : null;
}
