// What happens when money is asked for: card answers at once, SEPA answers after days, disputes later still.
import type Stripe from 'stripe';
import { invalid } from './errors.ts';
import { emit, type Cause } from './events.ts';
import { isTargetDay } from './target-days.ts';
import { cardBehaviour, sepaBehaviour, type CardBehaviour } from './test-values.ts';
import type { Account, World } from './world.ts';
import type { StoredMethod } from './methods.ts';
import { required } from '#lib/domain/required.ts';

export type StoredIntent = Account['payment_intents'][string];
export type Decline = { code: string; decline_code: string | null; message: string; advice_code: string | null };
const DAY_MS = 86_400_000;
const SEPA_SUCCESS_DAYS = 6;
const SEPA_FAILURE_DAYS = 3;
const SEPA_RETURN_DAYS = 20;

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
function makeCharge(
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

function finishIntent(intent: StoredIntent, method: StoredMethod): void {
	intent.status = 'succeeded';
	intent.amount_received = intent.amount;
	intent.payment_method = method.id;
	intent.next_action = null;
	intent.last_payment_error = null;
}

/** Days of the sandbox's clock until `count` TARGET days have gone by, at midnight UTC. */
function afterTargetDays(from: number, count: number): number {
	const start = Math.floor(from / DAY_MS) * DAY_MS;
	let at = start;
	for (let left = count; left > 0;) {
		at += DAY_MS;
		if (isTargetDay(new Date(at))) left -= 1;
	}
	return at;
}

/** A target date lies three to fifteen days ahead. */
function checkTarget(world: World, target: string | null): void {
	if (target === null) return;
	const days = Math.round((Date.parse(`${target}T00:00:00Z`) - Math.floor(world.now() / DAY_MS) * DAY_MS) / DAY_MS);
	if (!(days >= 3 && days <= 15))
		throw invalid('The target_date must be between 3 and 15 days from now.', {
			param: 'payment_method_options[sepa_debit][target_date]'
		});
}

/** SEPA submitted: processing now, the bank's answer after days (https://docs.stripe.com/payments/sepa-debit). */
export function startDebit(
	world: World,
	account: Account,
	intent: StoredIntent,
	method: StoredMethod,
	{ mandate, target, cause }: { mandate: string; target: string | null; cause: Cause }
): void {
	checkTarget(world, target);
	if (world.forced.sepa) {
		method._behaviour = `sepa:${world.forced.sepa}`;
		world.forced.sepa = undefined;
	}
	const charge = makeCharge(world, account, intent, method, 'pending', null, mandate);
	intent.status = 'processing';
	intent.payment_method = method.id;
	intent.last_payment_error = null;
	intent.next_action = null;
	emit(world, account, 'payment_intent.processing', intent, cause);
	emit(world, account, 'charge.pending', charge, cause);
	const expected = target ?? new Date(afterTargetDays(world.now(), 1)).toISOString().slice(0, 10);
	required(charge.payment_method_details?.sepa_debit, 'debit of a charge').expected_debit_date = expected;
	emit(
		world,
		account,
		'charge.updated',
		charge,
		{ requestId: null, key: null },
		{ payment_method_details: { sepa_debit: { expected_debit_date: null } } }
	);
	const behaviour = sepaBehaviour(method._behaviour);
	const fails = !['success', 'success_delayed', 'disputed'].includes(behaviour);
	// With a target date the bank is asked the working day before, so that the money leaves on that day.
	const from = target ? Date.parse(`${target}T00:00:00Z`) - DAY_MS : world.now();
	const at = afterTargetDays(from, fails ? SEPA_FAILURE_DAYS : SEPA_SUCCESS_DAYS);
	world.later(at - world.now(), fails ? 'debit_fails' : 'debit_succeeds', account, charge.id, behaviour);
}

const NO_CAUSE: Cause = { requestId: null, key: null };
export function debitSucceeds(world: World, account: Account, charge: Stripe.Charge, behaviour: string): void {
	const intent = required(account.payment_intents[charge.payment_intent as string], 'intent of a charge');
	if (intent.status !== 'processing') return;
	Object.assign(charge, { status: 'succeeded', paid: true });
	finishIntent(intent, required(account.payment_methods[charge.payment_method ?? ''], 'method of a charge'));
	emit(world, account, 'charge.succeeded', charge, NO_CAUSE);
	emit(world, account, 'payment_intent.succeeded', intent, NO_CAUSE);
	world.later(1000, 'balance', account, charge.id);
	if (behaviour === 'disputed')
		world.later(SEPA_RETURN_DAYS * DAY_MS, 'dispute', account, charge.id, 'debit_not_authorized');
}

export function debitFails(world: World, account: Account, charge: Stripe.Charge, behaviour: string): void {
	const intent = required(account.payment_intents[charge.payment_intent as string], 'intent of a charge');
	if (intent.status !== 'processing') return;
	const code = behaviour === 'failed' || behaviour === 'failed_delayed' ? 'refer_to_customer' : behaviour;
	Object.assign(charge, {
		status: 'failed',
		paid: false,
		failure_code: code,
		failure_message: 'The debit was refused by the bank.'
	});
	emit(world, account, 'charge.failed', charge, NO_CAUSE);
	const method = required(account.payment_methods[charge.payment_method ?? ''], 'method of a charge');
	failIntent(
		world,
		account,
		intent,
		method,
		{ code, decline_code: null, message: 'The debit was refused by the bank.', advice_code: null },
		NO_CAUSE,
		false
	);
	intent.latest_charge = charge.id;
}

/** Stripe's fee, from the published table for EEA cards and SEPA; what we book is what this says, never our own sum. */
export function fillBalance(world: World, account: Account, charge: Stripe.Charge): void {
	if (charge.balance_transaction) return;
	const isCard = charge.payment_method_details?.type === 'card';
	const fee = isCard ? Math.round((charge.amount * 15) / 1000) + 25 : 35;
	const transaction = balanceTransaction(world, account, charge.amount, fee, isCard ? 'charge' : 'payment', charge.id);
	charge.balance_transaction = transaction.id;
	emit(world, account, 'charge.updated', charge, NO_CAUSE, { balance_transaction: null });
}

const WAITS = ['charge', 'payment'];
/** https://docs.stripe.com/reports/reporting-categories */
const CATEGORIES: Record<string, string> = {
	payment: 'charge',
	adjustment: 'dispute',
	payout_failure: 'payout_reversal',
	payout_cancel: 'payout_reversal',
	stripe_fee: 'fee',
	reserve_transaction: 'risk_reserved_funds'
};
const currencyOf = ({ charges, refunds, disputes, payouts }: Account, source: string): string =>
	(charges[source] ?? refunds[source] ?? disputes[source] ?? payouts[source])?.currency ?? 'eur';

export function balanceTransaction(
	world: World,
	account: Account,
	amount: number,
	fee: number,
	type: string,
	source: string
): Stripe.BalanceTransaction {
	const currency = currencyOf(account, source);
	const transaction = {
		id: world.id('txn_3'),
		object: 'balance_transaction',
		amount,
		// What goes is gone at once; what comes can be paid out after the country's delay (https://docs.stripe.com/payouts#payout-speed).
		available_on: world.seconds() + (amount > 0 && WAITS.includes(type) ? 604_800 : 0),
		balance_type: 'payments',
		created: world.seconds(),
		currency,
		description: null,
		exchange_rate: null,
		fee,
		fee_details: fee
			? [
					{
						amount: fee,
						application: null,
						currency,
						description: type === 'adjustment' ? 'Dispute fee' : 'Stripe processing fees',
						type: 'stripe_fee'
					}
				]
			: [],
		net: amount - fee,
		reporting_category: CATEGORIES[type] ?? type,
		source: source || null,
		status: 'pending',
		type
	} as unknown as Stripe.BalanceTransaction;
	account.balance_transactions[transaction.id] = transaction;
	return transaction;
}
