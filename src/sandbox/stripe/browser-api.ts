// What the browser script may ask with a publishable key: make a token, read an intent by its secret, answer a challenge.
import type Stripe from 'stripe';
import { invalid, missing, StripeError } from './errors.ts';
import { NO_CAUSE } from './events.ts';
import { text, type Params } from './form.ts';
import { answerChallenge, confirmIntent } from './confirm.ts';
import { makeToken } from './methods.ts';
import { answerSetupChallenge, confirmSetup } from './setups.ts';
import type { Request, SandboxOptions } from './request.ts';
import { publicView, type Account, type World } from './world.ts';

export function browserCall(
	world: World,
	account: Account,
	options: SandboxOptions,
	request: Request,
	path: string,
	params: Params
): unknown {
	const online = { ip_address: request.ip, user_agent: (request.headers['user-agent'] as string | undefined) ?? null };
	const context = { world, account, cause: NO_CAUSE, jsUrl: options.jsUrl };
	if (request.method === 'POST' && path === '/v1/confirmation_tokens') {
		world.changed();
		return publicView(makeToken(world, account, params, online));
	}
	const setup = /^\/v1\/setup_intents\/(\w+)(\/confirm|\/challenge)?$/.exec(path);
	if (setup) return setupCall(context, setup, request.method, params);
	const [, id, action] = /^\/v1\/payment_intents\/(\w+)(\/confirm|\/challenge)?$/.exec(path) ?? [];
	const intent = id === undefined ? undefined : account.payment_intents[id];
	if (id === undefined)
		throw new StripeError(401, {
			type: 'invalid_request_error',
			message: 'This API call cannot be made with a publishable API key.'
		});
	if (!intent || intent.client_secret !== text(params.client_secret)) throw missing('payment_intent', id, 'intent');
	if (request.method === 'GET') return publicSubset(intent);
	if (action === '/challenge')
		return publicSubset(
			answerChallenge(context, intent, text(params.challenge) ?? '', text(params.accepted) === 'true')
		);
	if (action === '/confirm') {
		if (intent.confirmation_method === 'manual') throw manualOnly(intent.id);
		const { client_secret: _secret, ...rest } = params;
		return publicSubset(confirmIntent(context, intent, { ...rest, use_stripe_sdk: 'true' }));
	}
	throw invalid('Unrecognized request');
}

/** With manual confirmation every try needs the secret key; the browser only answers the bank (stripe-php issue 1109 quotes the sentence). */
const manualOnly = (id: string): StripeError =>
	invalid(
		`This PaymentIntent ${id} cannot be confirmed using your publishable key because its \`confirmation_method\` is set to \`manual\`. Please use your secret key instead, or create a PaymentIntent with \`confirmation_method\` set to \`automatic\`.`
	);

const SETUP_FIELDS = [
	'id',
	'object',
	'status',
	'client_secret',
	'next_action',
	'last_setup_error',
	'payment_method',
	'payment_method_types',
	'created',
	'livemode',
	'usage'
] as const satisfies readonly (keyof Stripe.SetupIntent)[];
function setupCall(
	context: Parameters<typeof answerSetupChallenge>[0],
	[, id = '', action]: RegExpExecArray,
	method: string,
	params: Params
): unknown {
	const setup = context.account.setup_intents[id];
	if (!setup || setup.client_secret !== text(params.client_secret)) throw missing('setup_intent', id, 'intent');
	if (method === 'POST' && action === '/challenge')
		answerSetupChallenge(context, setup, text(params.challenge) ?? '', text(params.accepted) === 'true');
	// SetupIntents know no manual confirmation: whoever holds the secret may bring another card.
	if (method === 'POST' && action === '/confirm') {
		const { client_secret: _secret, ...rest } = params;
		confirmSetup(context, setup, { ...rest, use_stripe_sdk: 'true' });
	}
	const whole = publicView(setup);
	return Object.fromEntries(SETUP_FIELDS.map((field) => [field, whole[field]]));
}

const BROWSER_FIELDS = [
	'id',
	'object',
	'amount',
	'currency',
	'status',
	'client_secret',
	'next_action',
	'last_payment_error',
	'payment_method',
	'payment_method_types',
	'created',
	'livemode',
	'capture_method',
	'confirmation_method',
	'description',
	'canceled_at',
	'cancellation_reason',
	'receipt_email',
	'setup_future_usage',
	'shipping'
] as const satisfies readonly (keyof Stripe.PaymentIntent)[];

/** Like Stripe, the browser sees neither metadata nor customer nor charge. */
function publicSubset(intent: Stripe.PaymentIntent): unknown {
	const whole = publicView(intent);
	return Object.fromEntries(BROWSER_FIELDS.map((field) => [field, whole[field]]));
}
