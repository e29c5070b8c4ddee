// SetupIntents: a means of payment is checked with its bank and kept, and no money moves. Source: https://docs.stripe.com/payments/setup-intents
import type Stripe from 'stripe';
import { cardDecline, behaviourOfCard, type Decline } from './charges.ts';
import { invalid, missingParam, StripeError } from './errors.ts';
import { emit, type Cause } from './events.ts';
import { flag, list, metadataOf, object, text, type Params } from './form.ts';
import { makeMandate, useToken, type StoredMethod } from './methods.ts';
import { publicView, type Account, type StoredToken, type World } from './world.ts';
import { required } from '#lib/domain/required.ts';

type Context = { world: World; account: Account; cause: Cause; jsUrl: string };
export type StoredSetup = Account['setup_intents'][string];

export function createSetup(context: Context, params: Params): Stripe.SetupIntent {
	const { world, account, cause } = context;
	const types = list(params.allowed_payment_method_types);
	const id = world.id('seti_1');
	const setup = {
		id,
		object: 'setup_intent',
		allowed_payment_method_types: types.length ? types : null,
		application: null,
		automatic_payment_methods: types.length ? null : { allow_redirects: 'always', enabled: true },
		cancellation_reason: null,
		client_secret: `${id}_secret_${world.id('').slice(0, 24)}`,
		created: world.seconds(),
		customer: text(params.customer) ?? null,
		customer_account: null,
		description: text(params.description) ?? null,
		excluded_payment_method_types: null,
		flow_directions: null,
		last_setup_error: null,
		latest_attempt: null,
		livemode: false,
		managed_payments: null,
		mandate: null,
		metadata: metadataOf(params.metadata),
		next_action: null,
		on_behalf_of: null,
		payment_method: null,
		payment_method_configuration_details: null,
		payment_method_options: {},
		payment_method_types: types.length ? types : ['card', 'sepa_debit'],
		single_use_mandate: null,
		status: 'requires_payment_method',
		usage: text(params.usage) ?? 'off_session'
	} as unknown as StoredSetup;
	account.setup_intents[id] = setup;
	emit(world, account, 'setup_intent.created', setup, cause);
	return flag(params.confirm) ? confirmSetup(context, setup, params) : setup;
}

export function confirmSetup(context: Context, setup: StoredSetup, params: Params): Stripe.SetupIntent {
	const { world, account, cause } = context;
	if (setup.status === 'succeeded' || setup.status === 'canceled')
		throw invalid(`You cannot confirm this SetupIntent because it has a status of ${setup.status}.`, {
			code: 'setup_intent_unexpected_state',
			setup_intent: publicView(setup)
		});
	const tokenId = text(params.confirmation_token);
	if (!tokenId) throw missingParam('confirmation_token');
	const token = useToken(world, account, tokenId);
	const method = required(account.payment_methods[token._method.id], 'method of a token');
	world.changed();
	setup.last_setup_error = null;
	setup.next_action = null;
	setup.payment_method = method.id;
	if (method.type === 'sepa_debit') return insertMethod(context, setup, method, { token, params });
	const behaviour = behaviourOfCard(world, method);
	if (behaviour.threeDS) {
		setup.status = 'requires_action';
		setup._challenge = world.id('tds_');
		setup.next_action = {
			type: 'use_stripe_sdk',
			use_stripe_sdk: { type: 'sandbox_3ds', id: setup._challenge }
		} as unknown as Stripe.SetupIntent.NextAction;
		emit(world, account, 'setup_intent.requires_action', setup, cause);
		return setup;
	}
	return conclude(context, setup, method);
}

/** Cards that refuse every charge may be kept all the same (4000 0000 0000 0341); those that are refused outright may not. */
function conclude(context: Context, setup: StoredSetup, method: StoredMethod): Stripe.SetupIntent {
	const decline =
		method._behaviour === 'pm_card_chargeCustomerFail' ? null : cardDecline(behaviourOfCard(context.world, method));
	if (decline) refuse(context, setup, method, decline);
	return insertMethod(context, setup, method, null);
}

function insertMethod(
	{ world, account, cause, jsUrl }: Context,
	setup: StoredSetup,
	method: StoredMethod,
	sepa: { token: StoredToken; params: Params } | null
): Stripe.SetupIntent {
	if (sepa) {
		const options = object(object(object(sepa.params.payment_method_options).sepa_debit).mandate_options);
		const online = sepa.token.mandate_data?.customer_acceptance.online;
		setup.mandate = makeMandate(world, account, method, jsUrl, text(options.reference_prefix) ?? '', {
			ip_address: online?.ip_address ?? null,
			user_agent: online?.user_agent ?? null
		}).id;
	}
	method.customer = setup.customer as string | null;
	method._setUp = true;
	setup.status = 'succeeded';
	setup.next_action = null;
	emit(world, account, 'payment_method.attached', method, cause);
	emit(world, account, 'setup_intent.succeeded', setup, cause);
	return setup;
}

function fail({ world, account, cause }: Context, setup: StoredSetup, method: StoredMethod, decline: Decline): void {
	setup.status = 'requires_payment_method';
	setup.payment_method = null;
	setup.next_action = null;
	setup.last_setup_error = {
		type: 'card_error',
		code: decline.code,
		...(decline.decline_code ? { decline_code: decline.decline_code } : {}),
		message: decline.message,
		payment_method: method
	} as unknown as Stripe.SetupIntent.LastSetupError;
	emit(world, account, 'setup_intent.setup_failed', setup, cause);
}
function refuse(context: Context, setup: StoredSetup, method: StoredMethod, decline: Decline): never {
	fail(context, setup, method, decline);
	throw new StripeError(
		402,
		{
			type: 'card_error',
			code: decline.code,
			...(decline.decline_code ? { decline_code: decline.decline_code } : {}),
			message: decline.message,
			setup_intent: publicView(setup)
		},
		true
	);
}

/** The person answered the bank's question. */
export function answerSetupChallenge(
	context: Context,
	setup: StoredSetup,
	challengeId: string,
	accepted: boolean
): Stripe.SetupIntent {
	if (setup._challenge !== challengeId || setup.status !== 'requires_action')
		throw invalid('This challenge is over.', { code: 'setup_intent_unexpected_state' });
	const method = required(context.account.payment_methods[setup.payment_method as string], 'method of a setup');
	delete setup._challenge;
	context.world.changed();
	if (accepted) return insertMethod(context, setup, method, null);
	fail(context, setup, method, {
		code: 'setup_intent_authentication_failure',
		decline_code: null,
		message: 'The provided PaymentMethod has failed authentication.',
		advice_code: null
	});
	return setup;
}

export function cancelSetup({ world, account, cause }: Context, setup: StoredSetup): Stripe.SetupIntent {
	if (setup.status === 'succeeded' || setup.status === 'canceled')
		throw invalid(`You cannot cancel this SetupIntent because it has a status of ${setup.status}.`, {
			code: 'setup_intent_unexpected_state'
		});
	setup.status = 'canceled';
	setup.next_action = null;
	emit(world, account, 'setup_intent.canceled', setup, cause);
	return setup;
}
