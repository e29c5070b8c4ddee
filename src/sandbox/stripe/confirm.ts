// A PaymentIntent that is confirmed: with a card, which may ask its person first (3-D Secure) and answers at once; or by debit, under a mandate.
import type Stripe from 'stripe';
import { behaviourOfCard, cardDecline, failIntent, succeedCard, type Decline, type StoredIntent } from './charges.ts';
import { startDebit } from './debits.ts';
import { invalid, StripeError } from './errors.ts';
import { emit, NO_CAUSE, type Cause } from './events.ts';
import { flag, object, text, type Params } from './form.ts';
import { cardBehaviour, type CardBehaviour } from './test-values.ts';
import { keep, makeMandate, makeMethod, methodFor, useToken, type StoredMethod } from './methods.ts';
import { publicView, type Account, type StoredToken, type World } from './world.ts';
import { required } from '#lib/domain/required.ts';

export type Context = { world: World; account: Account; cause: Cause; jsUrl: string };
/** The bank's yes is good for an hour: not confirmed by then, the try has failed. */
const AUTHENTICATION_MS = 3_600_000;
const LAPSED: Decline = {
	code: 'payment_intent_payment_attempt_expired',
	decline_code: null,
	message: 'The latest payment attempt of this PaymentIntent has expired. Provide a new payment method.',
	advice_code: null
};

type Chosen = { method: StoredMethod; token: StoredToken | null };
export function chooseMethod({ world, account }: Context, params: Params): Chosen | null {
	const token = text(params.confirmation_token);
	if (token) {
		const used = useToken(world, account, token);
		return { method: required(account.payment_methods[used._method.id], 'method of a token'), token: used };
	}
	const id = text(params.payment_method);
	if (id) return { method: methodFor(world, account, id), token: null };
	return params.payment_method_data
		? { method: keep(account, makeMethod(world, object(params.payment_method_data))), token: null }
		: null;
}

export function confirmIntent(context: Context, intent: StoredIntent, params: Params): Stripe.PaymentIntent {
	if (['succeeded', 'canceled', 'processing'].includes(intent.status))
		throw invalid(
			`You cannot confirm this PaymentIntent because it has ${intent.status === 'succeeded' ? 'already succeeded after being previously confirmed.' : `a status of ${intent.status}.`}`,
			{ code: 'payment_intent_unexpected_state', payment_intent: publicView(intent) }
		);
	return attempt(context, intent, params, chooseMethod(context, params) ?? existing(context, intent));
}
const existing = ({ account }: Context, intent: StoredIntent): Chosen | null =>
	intent.payment_method
		? { method: required(account.payment_methods[intent.payment_method as string], 'method of an intent'), token: null }
		: null;

export function attempt(
	context: Context,
	intent: StoredIntent,
	params: Params,
	chosen: Chosen | null
): Stripe.PaymentIntent {
	const { world } = context;
	if (!chosen)
		throw invalid("You cannot confirm this PaymentIntent because it's missing a payment method.", {
			code: 'payment_intent_unexpected_state'
		});
	const { method, token } = chosen;
	if (method.customer && intent.customer && method.customer !== intent.customer)
		throw invalid(`The provided PaymentMethod (${method.id}) belongs to the Customer ${String(method.customer)}.`, {
			param: 'payment_method'
		});
	if (!intent.payment_method_types.includes(method.type))
		throw invalid(`The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent.`, {
			code: 'payment_intent_incompatible_payment_method',
			param: 'payment_method'
		});
	const usesSdk = Boolean(token) || flag(params.use_stripe_sdk);
	const usage = text(params.setup_future_usage);
	if (usage) intent.setup_future_usage = usage as Stripe.PaymentIntent['setup_future_usage'];
	world.changed();
	if (method.type === 'sepa_debit') return attemptDebit(context, intent, params, chosen);
	const offSession = params.off_session !== undefined && params.off_session !== 'false';
	// A switch of the demo: kept cards answer otherwise while nobody is there.
	const behaviour =
		offSession && world.forced.saved ? cardBehaviour(world.forced.saved) : behaviourOfCard(world, method);
	intent.next_action = null;
	intent.last_payment_error = null;
	const isAuthenticated = intent._authenticated === method.id;
	delete intent._authenticated;
	if (behaviour.threeDS && !isAuthenticated) {
		if (!offSession)
			return challenge(context, intent, method, usesSdk, text(params.return_url) ?? token?.return_url ?? null);
		const exempt = behaviour.threeDS === 'on_session' || (behaviour.threeDS === 'unless_set_up' && method._setUp);
		if (!exempt)
			refuse(context, intent, method, {
				code: 'authentication_required',
				decline_code: 'authentication_required',
				message: 'Your card was declined. This transaction requires authentication.',
				advice_code: null
			});
	}
	return conclude(context, intent, method, behaviour);
}

/** The bank's word, after a challenge or without one. */
function conclude(
	context: Context,
	intent: StoredIntent,
	method: StoredMethod,
	behaviour: CardBehaviour
): Stripe.PaymentIntent {
	const after: Decline | null =
		behaviour.after === 'decline_funds'
			? {
					code: 'card_declined',
					decline_code: 'insufficient_funds',
					message: 'Your card has insufficient funds.',
					advice_code: 'try_again_later'
				}
			: behaviour.after === 'decline'
				? {
						code: 'card_declined',
						decline_code: 'generic_decline',
						message: 'Your card was declined.',
						advice_code: null
					}
				: null;
	const decline = cardDecline(behaviour) ?? after;
	if (decline) refuse(context, intent, method, decline);
	attach(context, intent, method);
	succeedCard(context.world, context.account, intent, method, context.cause);
	return intent;
}

function attach({ world, account, cause }: Context, intent: StoredIntent, method: StoredMethod): void {
	if (!intent.setup_future_usage || !intent.customer) return;
	method.customer = intent.customer as string;
	method._setUp = true;
	emit(world, account, 'payment_method.attached', method, cause);
}

function refuse(
	{ world, account, cause }: Context,
	intent: StoredIntent,
	method: StoredMethod,
	decline: Decline
): never {
	const charge = failIntent(world, account, intent, method, decline, cause);
	throw new StripeError(
		402,
		{
			type: 'card_error',
			code: decline.code,
			...(decline.decline_code ? { decline_code: decline.decline_code } : {}),
			...(decline.advice_code ? { advice_code: decline.advice_code } : {}),
			message: decline.message,
			...(charge ? { charge: charge.id } : {}),
			doc_url: `https://docs.stripe.com/error-codes/${decline.code}`,
			payment_method: publicView(method),
			payment_intent: publicView(intent)
		},
		true
	);
}

function challenge(
	{ world, account, cause, jsUrl }: Context,
	intent: StoredIntent,
	method: StoredMethod,
	usesSdk: boolean,
	returnUrl: string | null
): Stripe.PaymentIntent {
	intent.status = 'requires_action';
	intent.payment_method = method.id;
	intent._challenge = world.id('tds_');
	intent.next_action = (usesSdk
		? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'sandbox_3ds', id: intent._challenge } }
		: {
				type: 'redirect_to_url',
				redirect_to_url: {
					url: `${jsUrl}/3ds?redirect=1&challenge=${intent._challenge}&intent=${intent.id}&account=${account.id ?? ''}`,
					return_url: returnUrl
				}
			}) as unknown as Stripe.PaymentIntent.NextAction;
	emit(world, account, 'payment_intent.requires_action', intent, cause);
	return intent;
}

/** The person answered the bank's question. */
export function answerChallenge(
	context: Context,
	intent: StoredIntent,
	challengeId: string,
	accepted: boolean
): Stripe.PaymentIntent {
	if (intent._challenge !== challengeId || intent.status !== 'requires_action')
		throw invalid('This challenge is over.', { code: 'payment_intent_unexpected_state' });
	const method = required(context.account.payment_methods[intent.payment_method as string], 'method of an intent');
	delete intent._challenge;
	context.world.changed();
	if (accepted && intent.confirmation_method === 'manual') return waitForServer(context, intent, method);
	if (accepted) {
		try {
			return conclude(context, intent, method, behaviourOfCard(context.world, method));
		} catch (error) {
			if (error instanceof StripeError && error.status === 402) return intent;
			throw error;
		}
	}
	failIntent(
		context.world,
		context.account,
		intent,
		method,
		{
			code: 'payment_intent_authentication_failure',
			decline_code: null,
			message: 'The provided PaymentMethod has failed authentication.',
			advice_code: null
		},
		context.cause,
		false
	);
	return intent;
}

/**
 * Manual confirmation: the bank has said yes, and nothing is charged before the server confirms with its secret key
 * (https://docs.stripe.com/api/payment_intents/confirm).
 */
function waitForServer({ world, account }: Context, intent: StoredIntent, method: StoredMethod): Stripe.PaymentIntent {
	intent.status = 'requires_confirmation';
	intent.next_action = null;
	intent._authenticated = method.id;
	world.later(AUTHENTICATION_MS, 'authentication_lapses', account, intent.id);
	return intent;
}
export function lapse(world: World, account: Account, intent: StoredIntent): void {
	if (intent.status !== 'requires_confirmation' || !intent._authenticated) return;
	const method = required(account.payment_methods[intent._authenticated], 'method of an intent');
	delete intent._authenticated;
	failIntent(world, account, intent, method, LAPSED, NO_CAUSE, false);
}

function attemptDebit(
	context: Context,
	intent: StoredIntent,
	params: Params,
	{ method, token }: Chosen
): Stripe.PaymentIntent {
	const { world, account, cause, jsUrl } = context;
	const acceptance = object(object(params.mandate_data).customer_acceptance);
	const online =
		token?.mandate_data?.customer_acceptance.online ??
		(text(acceptance.type)
			? {
					ip_address: text(object(acceptance.online).ip_address) ?? null,
					user_agent: text(object(acceptance.online).user_agent) ?? null
				}
			: null);
	const known = Object.values(account.mandates).find(
		(mandate) => mandate.payment_method === method.id && mandate.status === 'active'
	);
	if (!online && !known)
		throw invalid('This PaymentMethod needs mandate_data to be confirmed.', {
			code: 'payment_intent_mandate_invalid',
			param: 'mandate_data'
		});
	const code = ['charge_exceeds_source_limit', 'charge_exceeds_weekly_limit'].find((limit) =>
		method._behaviour.includes(
			limit === 'charge_exceeds_source_limit' ? 'exceedsWeeklyVolume' : 'exceedsWeeklyTransaction'
		)
	);
	if (code)
		refuse(context, intent, method, {
			code,
			decline_code: null,
			message: 'The debit exceeds the limit of this account.',
			advice_code: null
		});
	const prefix =
		text(object(object(object(params.payment_method_options).sepa_debit).mandate_options).reference_prefix) ?? '';
	const mandate =
		known ??
		makeMandate(world, account, method, jsUrl, prefix, {
			ip_address: online?.ip_address ?? null,
			user_agent: online?.user_agent ?? null
		});
	attach(context, intent, method);
	const target = text(object(object(params.payment_method_options).sepa_debit).target_date) ?? null;
	startDebit(world, account, intent, method, { mandate: mandate.id, target, cause });
	return intent;
}
