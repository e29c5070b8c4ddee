// Charges: what each try on an intent leaves behind, and a card's answer, which comes at once. Debits, which answer after days, are in debits.ts.
import type Stripe from 'stripe';
import { emit, type Cause } from './events.ts';
import { cardBehaviour, type CardBehaviour } from './test-values.ts';
import type { Account, World } from './world.ts';
import type { StoredMethod } from './methods.ts';
import { required } from '#lib/domain/required.ts';

export type StoredIntent = Account['payment_intents'][string];
export type Decline = { code: string; decline_code: string | null; message: string; advice_code: string | null };

const debitDetails = (of: Stripe.PaymentMethod.SepaDebit, mandate: string | null) => ({
	bank_code: of.bank_code,
	branch_code: of.branch_code,
	country: of.country,
	expected_debit_date: null,
	fingerprint: of.fingerprint,
	last4: of.last4,
	mandate
});
/** Creates the charge of one try on an intent. */
export function makeCharge(
	world: World,
	account: Account,
	intent: StoredIntent,
	method: StoredMethod,
	status: 'succeeded' | 'pending' | 'failed',
	decline: Decline | null,
	mandate: string | null
): Stripe.Charge {
	const { card, sepa_debit: debit } = method;
	const isCard = method.type === 'card';
	const details = card
		? {
				type: 'card',
				card: {
					amount_authorized: intent.amount,
					authorization_code: null,
					brand: card.brand,
					checks: card.checks,
					country: 'FR',
					exp_month: card.exp_month,
					exp_year: card.exp_year,
					extended_authorization: { status: 'disabled' },
					fingerprint: card.fingerprint,
					funding: 'credit',
					incremental_authorization: { status: 'unavailable' },
					installments: null,
					last4: card.last4,
					mandate: null,
					multicapture: { status: 'unavailable' },
					network: card.brand,
					network_token: { used: false },
					network_transaction_id: null,
					overcapture: { maximum_amount_capturable: intent.amount, status: 'unavailable' },
					regulated_status: 'unregulated',
					three_d_secure: null,
					transaction_link_id: null,
					wallet: (card.wallet as unknown as null) ?? null
				}
			}
		: {
				type: 'sepa_debit',
				sepa_debit: debitDetails(required(debit, 'account'), mandate)
			};
	const charge = {
		id: world.id(isCard ? 'ch_3' : 'py_3'),
		object: 'charge',
		amount: intent.amount,
		amount_captured: status === 'failed' ? 0 : intent.amount,
		amount_refunded: 0,
		application: null,
		application_fee: null,
		application_fee_amount: null,
		balance_transaction: null,
		billing_details: method.billing_details,
		calculated_statement_descriptor: 'PONCTUEL',
		captured: status !== 'failed',
		created: world.seconds(),
		currency: intent.currency,
		customer: intent.customer,
		description: intent.description,
		disputed: false,
		failure_balance_transaction: null,
		failure_code: decline?.code ?? null,
		failure_message: decline?.message ?? null,
		fraud_details: {},
		livemode: false,
		metadata: intent.metadata,
		on_behalf_of: null,
		outcome: {
			advice_code: decline?.advice_code ?? null,
			network_advice_code: null,
			network_decline_code: null,
			network_status: decline ? 'declined_by_network' : 'approved_by_network',
			reason: decline?.decline_code ?? null,
			risk_level: 'normal',
			seller_message: decline ? 'The bank declined the payment.' : 'Payment complete.',
			type: decline ? 'issuer_declined' : 'authorized'
		},
		paid: status === 'succeeded',
		payment_intent: intent.id,
		payment_method: method.id,
		payment_method_details: details,
		presentment_details: undefined,
		radar_options: {},
		receipt_email: intent.receipt_email,
		receipt_number: null,
		receipt_url: null,
		refunded: false,
		refunds: undefined,
		review: null,
		shipping: null,
		source: null,
		source_transfer: null,
		statement_descriptor: null,
		statement_descriptor_suffix: intent.statement_descriptor_suffix,
		status,
		transfer_data: null,
		transfer_group: null
	} as unknown as Stripe.Charge;
	account.charges[charge.id] = charge;
	intent.latest_charge = charge.id;
	return charge;
}

/** The answer a card gives, or null when it says yes. A demo switch may speak first. */
export function cardDecline(behaviour: CardBehaviour): Decline | null {
	if (!behaviour.decline) return null;
	const [code, decline_code, message, advice_code = null] = behaviour.decline;
	return { code, decline_code, message, advice_code };
}

export function behaviourOfCard(world: World, method: StoredMethod): CardBehaviour {
	if (!world.forced.card) return cardBehaviour(method._behaviour);
	const forced = world.forced.card;
	world.forced.card = undefined;
	method._behaviour = forced;
	return cardBehaviour(forced);
}

/** Card accepted: succeeded at once, its fee known a moment later (capture_method automatic_async). */
export function succeedCard(
	world: World,
	account: Account,
	intent: StoredIntent,
	method: StoredMethod,
	cause: Cause
): void {
	const charge = makeCharge(world, account, intent, method, 'succeeded', null, null);
	finishIntent(intent, method);
	emit(world, account, 'charge.succeeded', charge, cause);
	emit(world, account, 'payment_intent.succeeded', intent, cause);
	world.later(1500, 'balance', account, charge.id);
	const behaviour = cardBehaviour(method._behaviour);
	if (behaviour.dispute) world.later(2500, 'dispute', account, charge.id, behaviour.dispute);
}

export function failIntent(
	world: World,
	account: Account,
	intent: StoredIntent,
	method: StoredMethod,
	decline: Decline,
	cause: Cause,
	withCharge = true
): Stripe.Charge | null {
	const charge = withCharge ? makeCharge(world, account, intent, method, 'failed', decline, null) : null;
	intent.status = 'requires_payment_method';
	intent.next_action = null;
	intent.payment_method = null;
	intent.last_payment_error = {
		type: 'card_error',
		code: decline.code,
		...(decline.decline_code ? { decline_code: decline.decline_code } : {}),
		...(decline.advice_code ? { advice_code: decline.advice_code } : {}),
		message: decline.message,
		...(charge ? { charge: charge.id } : {}),
		payment_method: method
	} as unknown as Stripe.PaymentIntent.LastPaymentError;
	if (charge) emit(world, account, 'charge.failed', charge, cause);
	emit(world, account, 'payment_intent.payment_failed', intent, cause);
	return charge;
}

export function finishIntent(intent: StoredIntent, method: StoredMethod): void {
	intent.status = 'succeeded';
	intent.amount_received = intent.amount;
	intent.payment_method = method.id;
	intent.next_action = null;
	intent.last_payment_error = null;
}
