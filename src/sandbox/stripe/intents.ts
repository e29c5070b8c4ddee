// PaymentIntents: created, changed, canceled. What happens when one is confirmed is in confirm.ts.
import type Stripe from 'stripe';
import type { StoredIntent } from './charges.ts';
import { attempt, chooseMethod, type Context } from './confirm.ts';
import { invalid, missingParam } from './errors.ts';
import { emit } from './events.ts';
import { flag, integer, list, metadataOf, text, type Params } from './form.ts';
import { publicView } from './world.ts';

const CONFIRM_ONLY = [
	'off_session',
	'mandate_data',
	'confirmation_token',
	'return_url',
	'error_on_requires_action',
	'use_stripe_sdk'
];
const SEPA_MAX = 1_000_000;
/** What a PaymentIntent can be paid with: the allowed list, less what the amount or the currency rules out. */
function typesFor(params: Params, amount: number, currency: string): string[] {
	const allowed = list(params.allowed_payment_method_types);
	const excluded = list(params.excluded_payment_method_types);
	const possible = ['card', ...(currency === 'eur' && amount <= SEPA_MAX ? ['sepa_debit'] : [])].filter(
		(type) => !excluded.includes(type)
	);
	const types = allowed.length ? possible.filter((type) => allowed.includes(type)) : possible;
	if (!types.length)
		throw invalid('No valid payment method types for this Payment Intent.', {
			code: 'payment_intent_invalid_parameter',
			param: 'allowed_payment_method_types'
		});
	return types;
}

function checkAmount(amount: number | undefined): number {
	if (amount === undefined) throw missingParam('amount');
	if (amount < 50) throw invalid('Amount must be at least €0.50 eur', { code: 'amount_too_small', param: 'amount' });
	if (amount > 99_999_999)
		throw invalid('Amount must be no more than €999,999.99', { code: 'amount_too_large', param: 'amount' });
	return amount;
}

function confirmationMethod(params: Params): 'automatic' | 'manual' {
	const method = text(params.confirmation_method) ?? 'automatic';
	if (method !== 'automatic' && method !== 'manual')
		throw invalid('Invalid confirmation_method: must be one of automatic or manual', { param: 'confirmation_method' });
	return method;
}

export function createIntent(context: Context, params: Params): Stripe.PaymentIntent {
	const { world, account, cause } = context;
	const amount = checkAmount(integer(params.amount, 'amount'));
	const currency = text(params.currency)?.toLowerCase();
	if (!currency) throw missingParam('currency');
	const confirm = flag(params.confirm);
	const early = confirm ? undefined : CONFIRM_ONLY.find((name) => params[name] !== undefined);
	if (early) throw invalid(`You cannot provide \`${early}\` without also setting \`confirm=true\`.`, { param: early });
	if (params.allowed_payment_method_types && params.automatic_payment_methods)
		throw invalid(
			'You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.',
			{ code: 'parameters_exclusive' }
		);
	const types = typesFor(params, amount, currency);
	const id = world.id('pi_3');
	const intent = {
		id,
		object: 'payment_intent',
		allowed_payment_method_types: list(params.allowed_payment_method_types).length
			? list(params.allowed_payment_method_types)
			: null,
		amount,
		amount_capturable: 0,
		amount_details: { tip: {} },
		amount_received: 0,
		application: null,
		application_fee_amount: null,
		automatic_payment_methods: params.allowed_payment_method_types
			? null
			: { allow_redirects: 'always', enabled: true },
		canceled_at: null,
		cancellation_reason: null,
		capture_method: 'automatic_async',
		client_secret: `${id}_secret_${world.id('').slice(0, 24)}`,
		confirmation_method: confirmationMethod(params),
		created: world.seconds(),
		currency,
		customer: text(params.customer) ?? null,
		customer_account: null,
		description: text(params.description) ?? null,
		excluded_payment_method_types: null,
		last_payment_error: null,
		latest_charge: null,
		livemode: false,
		managed_payments: null,
		metadata: metadataOf(params.metadata),
		next_action: null,
		on_behalf_of: null,
		payment_method: null,
		payment_method_configuration_details: null,
		payment_method_options: {},
		payment_method_types: types,
		payment_record: null,
		processing: null,
		receipt_email: text(params.receipt_email) ?? null,
		review: null,
		setup_future_usage: text(params.setup_future_usage) ?? null,
		shipping: null,
		source: null,
		statement_descriptor: text(params.statement_descriptor) ?? null,
		statement_descriptor_suffix: text(params.statement_descriptor_suffix) ?? null,
		status: 'requires_payment_method',
		transfer_data: null,
		transfer_group: null
	} as unknown as StoredIntent;
	const resolve = chooseMethod(context, params);
	account.payment_intents[id] = intent;
	emit(world, account, 'payment_intent.created', intent, cause);
	if (resolve && !confirm) {
		intent.payment_method = resolve.method.id;
		intent.status = 'requires_confirmation';
	}
	return confirm ? attempt(context, intent, params, resolve) : intent;
}

export function updateIntent({ world }: Context, intent: StoredIntent, params: Params): Stripe.PaymentIntent {
	if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
		throw invalid(`This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`, {
			code: 'payment_intent_unexpected_state',
			payment_intent: publicView(intent)
		});
	const amount = integer(params.amount, 'amount');
	if (amount !== undefined) {
		intent.amount = checkAmount(amount);
		if (intent.status === 'requires_action') intent.status = 'requires_confirmation';
	}
	if (params.description !== undefined) intent.description = text(params.description) ?? null;
	Object.assign(intent.metadata, metadataOf(params.metadata));
	intent.payment_method_types = typesFor(
		{ ...params, allowed_payment_method_types: params.allowed_payment_method_types ?? intent.payment_method_types },
		intent.amount,
		intent.currency
	);
	world.changed();
	return intent;
}

export function cancelIntent(
	{ world, account, cause }: Context,
	intent: StoredIntent,
	params: Params
): Stripe.PaymentIntent {
	if (['succeeded', 'canceled', 'processing'].includes(intent.status))
		throw invalid(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
			code: 'payment_intent_unexpected_state',
			payment_intent: publicView(intent)
		});
	intent.status = 'canceled';
	intent.canceled_at = world.seconds();
	intent.cancellation_reason = (text(params.cancellation_reason) ??
		null) as Stripe.PaymentIntent['cancellation_reason'];
	intent.next_action = null;
	emit(world, account, 'payment_intent.canceled', intent, cause);
	return intent;
}
