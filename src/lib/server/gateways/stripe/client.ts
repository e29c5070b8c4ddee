// Stripe in our words (API 2026-10-28.endive). The only file of the product that imports the SDK.
import Stripe from 'stripe';
import { minor, toSafeNumber, type Minor } from '../../../domain/money/minor.ts';
import type { Config } from '../../config.ts';
import {
	type ConfirmInput,
	type ConfirmOutcome,
	type IntentState,
	type PaymentGateway,
	type RefundOutcome,
	type Refused
} from './port.ts';
import { findIntent, findSetupIntent } from './look-up.ts';
import { asking, isAboutMethod, isOfStripe, isRefusal, type OnSilence } from './silence.ts';
import { readBook } from './account-book.ts';
import { headOf, readEvent } from './events.ts';
import { disputeOf, refundOf } from './money-back.ts';
import { detachMethod, ensureCustomer, factsOf, readMethod, readSetup, readToken, setUp } from './saved.ts';

const amount = (value: number): Minor => minor(BigInt(value));
const instant = (seconds: number): Date => new Date(seconds * 1000);

export function stripeGateway(config: Pick<Config, 'stripe' | 'sandbox'>, onSilence: OnSilence): PaymentGateway {
	const api = config.sandbox ? new URL(config.sandbox.apiUrl) : null;
	const stripe = new Stripe(config.stripe.secretKey, {
		apiVersion: '2026-10-28.endive',
		maxNetworkRetries: 2,
		timeout: 20_000,
		telemetry: false,
		appInfo: { name: 'Ponctuel' },
		...(api ? { host: api.hostname, port: api.port, protocol: 'http' as const } : {})
	});
	const on = (account: string | null): Stripe.RequestOptions => (account ? { stripeAccount: account } : {});

	const ask = <T>(account: string | null, work: (options: Stripe.RequestOptions) => Promise<T>): Promise<T> =>
		asking(account, onSilence, () => work(on(account)));

	return {
		greet: (account) => ask(account, async (options) => void (await stripe.events.list({ limit: 1 }, options))),
		knows: (account, id) => ask(account, (options) => knows(stripe, id, options)),
		confirm: (input) => outcomeOf(() => ask(input.account, (options) => confirm(stripe, input, options))),
		confirmAgain: ({ account, intentId, returnUrl }) =>
			whatever(() =>
				ask(account, (options) =>
					stripe.paymentIntents.confirm(intentId, { return_url: returnUrl, use_stripe_sdk: true }, options)
				)
			),
		retrieve: (account, intentId) => orNull(() => ask(account, (options) => readIntent(stripe, intentId, options))),
		findIntent: (asked) => ask(asked.account, (options) => findIntent(stripe, asked, options)),
		findSetupIntent: (asked) => ask(asked.account, (options) => findSetupIntent(stripe, asked, options)),
		ensureCustomer: (input) => ask(input.account, (options) => ensureCustomer(stripe, input, options)),
		setUp: (input) => outcomeOf(() => ask(input.account, (options) => setUp(stripe, input, options))),
		retrieveSetup: (account, setupIntentId) =>
			orNull(() => ask(account, (options) => readSetup(stripe, setupIntentId, options))),
		cancelSetup: (account, setupIntentId) =>
			whatever(() =>
				ask(account, (options) =>
					stripe.setupIntents.cancel(setupIntentId, { cancellation_reason: 'abandoned' }, options)
				)
			),
		retrieveMethod: (account, id) => orNull(() => ask(account, (options) => readMethod(stripe, id, options))),
		previewToken: (account, id) => orNull(() => ask(account, (options) => readToken(stripe, id, options))),
		detachMethod: (account, id) =>
			detachMethod(() => ask(account, (options) => stripe.paymentMethods.detach(id, undefined, options))),
		cancel: (account, intentId) =>
			whatever(() =>
				ask(account, (options) => stripe.paymentIntents.cancel(intentId, { cancellation_reason: 'abandoned' }, options))
			),
		refund: (input) => refund(() => ask(input.account, (options) => createRefund(stripe, input, options))),
		listIntentIds: (account, since) => ask(account, (options) => touchedIntents(stripe, since, options)),
		readBook: (account, since, currency) => ask(account, (options) => readBook(stripe, since, currency, options)),
		readEvent: (rawBody, signature) => readEvent(config.stripe, rawBody, signature)
	};
}

const knows = async (stripe: Stripe, id: string, options: Stripe.RequestOptions): Promise<boolean> =>
	(await orNull<unknown>(() =>
		id.startsWith('cus_')
			? stripe.customers.retrieve(id, undefined, options)
			: stripe.paymentIntents.retrieve(id, undefined, options)
	)) !== null;

/** null for what does not exist at Stripe. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
	try {
		return await read();
	} catch (error) {
		if (isRefusal(error) && error.code === 'resource_missing') return null;
		throw error;
	}
}

/** Asked, and whatever Stripe answers is as good: what became of it is read afterwards. */
async function whatever(ask: () => Promise<unknown>): Promise<void> {
	try {
		await ask();
	} catch (error) {
		if (!isOfStripe(error)) throw error;
	}
}

const createRefund = (
	stripe: Stripe,
	{ refundRequestId, intentId, amountMinor }: Parameters<PaymentGateway['refund']>[0],
	options: Stripe.RequestOptions
): Promise<Stripe.Refund> =>
	stripe.refunds.create(
		{
			payment_intent: intentId,
			amount: toSafeNumber(amountMinor),
			reason: 'requested_by_customer',
			metadata: { refund_request_id: refundRequestId }
		},
		{ ...options, idempotencyKey: `refund:${refundRequestId}` }
	);
async function refund(ask: () => Promise<Stripe.Refund>): Promise<RefundOutcome> {
	try {
		return { kind: 'accepted', refundId: (await ask()).id };
	} catch (error) {
		return isRefusal(error) ? refusedBy(error) : { kind: 'unknown' };
	}
}
const refusedBy = (error: InstanceType<typeof Stripe.errors.StripeInvalidRequestError>): Refused => ({
	kind: 'refused',
	code: error.code ?? error.type,
	message: error.message,
	aboutMethod: isAboutMethod(error)
});

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
async function touchedIntents(stripe: Stripe, since: Date, options: Stripe.RequestOptions): Promise<string[]> {
	const ids = new Set<string>();
	for await (const event of stripe.events.list({ created: { gte: seconds(since) }, limit: 100 }, options)) {
		const intentId = headOf(event)?.paymentIntentId;
		if (intentId) ids.add(intentId);
	}
	return [...ids];
}

/** Parts of a plan say so to the bank (card-on-file indicators, https://docs.stripe.com/payments/cits-and-mits). */
function methodOptions(input: ConfirmInput): NonNullable<Stripe.PaymentIntentCreateParams['payment_method_options']> {
	const { offSession, keptFor, targetOn } = input;
	return {
		card: offSession
			? { stored_credential_usage: 'installment' }
			: {
					request_three_d_secure: 'automatic',
					...(keptFor === 'parts' ? { setup_credential_usage: 'installment' as const } : {})
				},
		sepa_debit: {
			...(input.source.kind === 'token' ? { mandate_options: { reference_prefix: 'PONCTUEL' } } : {}),
			...(targetOn ? { target_date: targetOn } : {})
		}
	};
}

async function confirm(stripe: Stripe, input: ConfirmInput, options: Stripe.RequestOptions): Promise<string> {
	const keyed = { ...options, idempotencyKey: input.attemptId };
	const { source } = input;
	const shared = {
		...(source.kind === 'token'
			? { confirmation_token: source.tokenId }
			: { payment_method: source.paymentMethodId, ...(input.offSession ? {} : { use_stripe_sdk: true }) }),
		...(input.offSession ? { off_session: true } : { return_url: input.returnUrl }),
		...(input.keptFor ? { setup_future_usage: 'off_session' as const } : {}),
		payment_method_options: methodOptions(input)
	};
	const intent = input.intentId
		? await stripe.paymentIntents.confirm(input.intentId, shared, keyed)
		: await stripe.paymentIntents.create(
				{
					...shared,
					amount: toSafeNumber(input.amountMinor),
					currency: input.currency.toLowerCase(),
					confirm: true,
					// Every try needs the secret key: whoever holds the intent's secret answers the bank with it, and can bring no other card.
					confirmation_method: 'manual',
					allowed_payment_method_types: input.allowedTypes,
					description: input.description,
					metadata: input.metadata,
					...(input.customerId ? { customer: input.customerId } : {})
				},
				keyed
			);
	return intent.id;
}

/** What a confirmation came to. A decline carries its intent; so does "already succeeded", which a retry after a lost answer may meet. */
async function outcomeOf(ask: () => Promise<string>): Promise<ConfirmOutcome> {
	try {
		return { kind: 'intent', intentId: await ask() };
	} catch (error) {
		const known =
			error instanceof Stripe.errors.StripeError ? (error.payment_intent?.id ?? error.setup_intent?.id ?? null) : null;
		if (known) return { kind: 'intent', intentId: known };
		// Network, 5xx, a cut answer; and an idempotency error too, which means that a first request under this key was executed.
		return isRefusal(error) ? refusedBy(error) : { kind: 'unknown' };
	}
}

async function readIntent(stripe: Stripe, intentId: string, options: Stripe.RequestOptions): Promise<IntentState> {
	const intent = await stripe.paymentIntents.retrieve(
		intentId,
		{ expand: ['latest_charge.balance_transaction'] },
		options
	);
	const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
	const settled = intent.status === 'succeeded';
	const [refunds, disputes] = settled
		? await Promise.all([
				stripe.refunds.list(
					{
						payment_intent: intentId,
						limit: 100,
						expand: ['data.balance_transaction', 'data.failure_balance_transaction']
					},
					options
				),
				stripe.disputes.list({ payment_intent: intentId, limit: 100 }, options)
			])
		: [{ data: [] }, { data: [] }];
	const balance = charge && typeof charge.balance_transaction === 'object' ? charge.balance_transaction : null;
	const mandateId = charge?.payment_method_details?.sepa_debit?.mandate;
	const mandate =
		typeof mandateId === 'string' && intent.status === 'processing'
			? await stripe.mandates.retrieve(mandateId, undefined, options)
			: null;
	return {
		intentId: intent.id,
		status: intent.status,
		hasLastError: intent.last_payment_error !== null,
		nextActionType: intent.next_action?.type ?? null,
		attemptId: intent.metadata.attempt_id ?? null,
		amountReceivedMinor: amount(intent.amount_received),
		clientSecret: intent.client_secret,
		errorCode: intent.last_payment_error?.code ?? null,
		declineCode: intent.last_payment_error?.decline_code ?? null,
		...factsOf(charge?.payment_method_details ?? null),
		chargeId: charge?.id ?? null,
		paidAt: settled && charge ? instant(charge.created) : null,
		feeMinor: balance ? amount(balance.fee) : null,
		mandateId: typeof mandateId === 'string' ? mandateId : null,
		mandateReference: mandate?.payment_method_details.sepa_debit?.reference ?? null,
		paymentMethodId:
			typeof intent.payment_method === 'string' ? intent.payment_method : (intent.payment_method?.id ?? null),
		refunds: refunds.data.map(refundOf),
		disputes: disputes.data.map(disputeOf)
	};
}
