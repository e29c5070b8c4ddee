// May this payment be refunded now, and how much. A SEPA debit refunded in its first 7 business days can be credited twice:
// once by us, once by a return of the bank (https://docs.stripe.com/payments/sepa-debit#refunds).
import { addTargetDays } from '../calendar/business-days.ts';
import type { CivilDate } from '../calendar/civil-date.ts';
import { subtract, ZERO, type Minor } from '../money/minor.ts';

/**
 * Why money is given back, which decides what follows. `error`: it was not owed to us, the debt is open again. `goodwill`: a reduction after the sale,
 * the invoice stays paid. `returned`: the order came back, the sale is cancelled as far. The last two are proved by a credit note.
 */
export const REFUND_MEANINGS = ['returned', 'goodwill', 'error'] as const;
export type RefundMeaning = (typeof REFUND_MEANINGS)[number];

const SEPA_REFUND_WAIT_DAYS = 7;
export type RefundRefusal =
	| { code: 'refund_too_early'; allowedOn: CivilDate }
	| { code: 'refund_above_rest'; restMinor: Minor }
	| { code: 'refund_not_positive' };

export function checkRefund(
	payment: { method: string; paidOn: CivilDate; amountMinor: Minor; reversedMinor: Minor },
	amountMinor: Minor,
	today: CivilDate
): RefundRefusal | null {
	if (amountMinor <= 0n) return { code: 'refund_not_positive' };
	const left = subtract(payment.amountMinor, payment.reversedMinor);
	const rest = left > 0n ? left : ZERO;
	if (amountMinor > rest) return { code: 'refund_above_rest', restMinor: rest };
	const allowedOn = addTargetDays(payment.paidOn, SEPA_REFUND_WAIT_DAYS);
	return payment.method === 'sepa_debit' && today < allowedOn ? { code: 'refund_too_early', allowedOn } : null;
}
