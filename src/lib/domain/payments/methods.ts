// Which means of payment can carry an amount. Source: https://docs.stripe.com/payments/sepa-debit (10,000 EUR per debit), minimum charge 0.50 EUR.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { Minor } from '../money/minor.ts';

export type PaymentMethodType = 'card' | 'sepa_debit';
const SEPA_DEBIT_MAX_MINOR = 1_000_000n;
const CARD_MIN_MINOR = 50n;
const CARD_MAX_MINOR = 99_999_999n;

export type MethodOffer =
	| { type: PaymentMethodType; offered: true }
	| {
			type: PaymentMethodType;
			offered: false;
			reason: 'amount_above_sepa_limit' | 'amount_too_small' | 'amount_too_large' | 'not_in_offer';
	  };

/** Every method, offered or not, and why not. */
export function methodsFor(amountMinor: Minor): MethodOffer[] {
	const outOfRange =
		amountMinor < CARD_MIN_MINOR ? 'amount_too_small' : amountMinor > CARD_MAX_MINOR ? 'amount_too_large' : null;
	if (outOfRange)
		return [
			{ type: 'card', offered: false, reason: outOfRange },
			{ type: 'sepa_debit', offered: false, reason: outOfRange }
		];
	return [
		{ type: 'card', offered: true },
		amountMinor <= SEPA_DEBIT_MAX_MINOR
			? { type: 'sepa_debit', offered: true }
			: { type: 'sepa_debit', offered: false, reason: 'amount_above_sepa_limit' }
	];
}

/** What is known of a means of payment. The digits stay with the payment provider. */
export type MethodFacts = {
	paymentMethodId: string | null;
	methodType: string | null;
	methodLabel: string | null; // "Visa •••• 4242"
	mandateId: string | null;
	mandateReference: string | null;
	/** Of a card: its last month. */
	expiryMonth: number | null;
	expiryYear: number | null;
};

/**
 * Neither its bank nor its owner has taken it away, who gave it may still pay for the client, and it is kept at the account that money comes to today:
 * elsewhere Stripe does not know it.
 */
export const isChargeable = (
	method: { unusableAt: Date | null; removedAt: Date | null; stripeAccount: string | null; giverMayPay: boolean },
	account: string | null
): boolean =>
	method.unusableAt === null && method.removedAt === null && method.giverMayPay && method.stripeAccount === account;

/** A card serves until the last day of its month. */
export const isExpired = (
	{ expiryMonth, expiryYear }: Pick<MethodFacts, 'expiryMonth' | 'expiryYear'>,
	today: CivilDate
): boolean =>
	expiryMonth !== null &&
	expiryYear !== null &&
	`${expiryYear}-${String(expiryMonth).padStart(2, '0')}` < today.slice(0, 7);
