// The stand-in of Stripe against Stripe's own package: endpoints, errors, retries, lists, shapes (reference D1 to D3).
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { generate } from '#scripts/generate-stripe-parameters.ts';
import { startWorld, type RunningWorld } from '#sandbox/main.ts';
import { runDue } from '#sandbox/stripe/control.ts';
import { settleDeliveries } from '#sandbox/stripe/events.ts';

let running: RunningWorld;
let stripe: Stripe;
const on = { stripeAccount: 'acct_a' };
const client = (options: Partial<ConstructorParameters<typeof Stripe>[1]> = {}) => {
	const url = new URL(running.apiUrl);
	return new Stripe('sk_test_sandbox_contract', {
		apiVersion: '2026-10-28.endive',
		host: url.hostname,
		port: url.port,
		protocol: 'http',
		telemetry: false,
		...options
	});
};
beforeAll(async () => {
	running = await startWorld({ appOrigin: 'http://localhost:1', accounts: ['acct_a', 'acct_b'], dataDir: null });
	stripe = client();
});
afterAll(() => running.close());
afterEach(() => void Object.assign(running.world, { faults: [], forced: {}, webhookFault: {} }));

const token = async (method: string, account = 'acct_a') =>
	(
		(await (
			await fetch(`${running.apiUrl}/v1/test_helpers/confirmation_tokens`, {
				method: 'POST',
				headers: { authorization: 'Bearer sk_test_sandbox_contract', 'stripe-account': account },
				body: new URLSearchParams({ payment_method: method })
			})
		).json()) as { id: string }
	).id;
const create = async (
	method: string,
	over: Partial<Stripe.PaymentIntentCreateParams> = {},
	options: Stripe.RequestOptions = {}
) =>
	stripe.paymentIntents.create(
		{
			amount: 120_000,
			currency: 'eur',
			confirm: true,
			confirmation_token: await token(method),
			allowed_payment_method_types: ['card', 'sepa_debit'],
			return_url: 'https://x.example',
			...over
		},
		{ ...on, ...options }
	);
const trigger = (type: string, id: string, extra = '') =>
	fetch(`${running.apiUrl}/_sandbox/trigger`, { method: 'POST', body: JSON.stringify({ type, id, extra }) });
const days = (count: number) => {
	for (let i = 0; i < count; i++) {
		running.world.offsetMs += 86_400_000;
		runDue(running.world);
	}
};
const caught = async (work: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> =>
	work.then(
		() => {
			throw new Error('not refused');
		},
		(error: unknown) => error as never
	);
const typesOf = async (intent: string) =>
	(await stripe.events.list({ limit: 100 }, on)).data
		.filter((event) => JSON.stringify(event.data.object).includes(intent))
		.map((event) => event.type)
		.reverse();

test('the parameter list is the one of the installed stripe package', { timeout: 60_000 }, () => {
	expect(JSON.parse(readFileSync('src/sandbox/stripe/parameters.generated.json', 'utf8'))).toEqual(
		JSON.parse(JSON.stringify(generate()))
	);
});

test('a request that is torn off and a lever that fits nothing end nobody', async () => {
	const socket = connect(Number(new URL(running.apiUrl).port), '127.0.0.1');
	socket.write('POST /v1/refunds HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\namount=');
	await once(socket, 'connect');
	await new Promise((done) => setTimeout(done, 50));
	socket.destroy();
	const method = await stripe.paymentMethods.create(
		{
			type: 'sepa_debit',
			sepa_debit: { iban: 'FR1420041010050500013M02606' },
			billing_details: { name: 'A', email: 'a@b.example' }
		},
		on
	);
	for (const type of ['card_expire', 'automatically_updated', 'dispute'])
		expect((await trigger(type, method.id)).status).toBe(200);
	expect((await fetch(`${running.apiUrl}/_sandbox/trigger`, { method: 'POST', body: '{' })).status).toBe(500);
	expect((await stripe.paymentMethods.retrieve(method.id, {}, on)).sepa_debit?.last4).toBe('2606');
});

describe('PaymentIntents by card', () => {
	test('succeed, with the documented events, and the fee later', async () => {
		const intent = await create('pm_card_visa', { expand: ['latest_charge'] });
		expect([
			intent.status,
			intent.amount_received,
			(intent.latest_charge as Stripe.Charge).balance_transaction
		]).toEqual(['succeeded', 120_000, null]);
		expect(await typesOf(intent.id)).toEqual([
			'payment_intent.created',
			'charge.succeeded',
			'payment_intent.succeeded'
		]);
		days(1);
		const charge = await stripe.charges.retrieve(
			(intent.latest_charge as Stripe.Charge).id,
			{ expand: ['balance_transaction'] },
			on
		);
		expect((charge.balance_transaction as Stripe.BalanceTransaction).fee).toBeGreaterThan(0);
	});
	test.each([
		['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
		['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
		['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
		['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
		['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
		['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined]
	])('%s is a card error with its intent', async (method, code, decline) => {
		const error = await caught(create(method));
		expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
		expect([
			error.code,
			error.decline_code || undefined,
			error.statusCode,
			error.payment_intent?.status,
			error.payment_intent?.last_payment_error?.code
		]).toEqual([code, decline, 402, 'requires_payment_method', code]);
		expect(await typesOf(error.payment_intent!.id)).toEqual([
			'payment_intent.created',
			'charge.failed',
			'payment_intent.payment_failed'
		]);
	});
	test('a declined intent is paid by another card, on the same intent', async () => {
		const declined = (await caught(create('pm_card_visa_chargeDeclined'))).payment_intent!;
		const paid = await stripe.paymentIntents.confirm(
			declined.id,
			{ confirmation_token: await token('pm_card_visa'), return_url: 'https://x.example' },
			on
		);
		expect(paid.status).toBe('succeeded');
		expect(
			(await stripe.charges.list({ payment_intent: declined.id }, on)).data.map((charge) => charge.status)
		).toEqual(['succeeded', 'failed']);
		const again = await caught(
			stripe.paymentIntents.confirm(
				declined.id,
				{ confirmation_token: await token('pm_card_visa'), return_url: 'https://x.example' },
				on
			)
		);
		expect([again.code, again.payment_intent?.status]).toEqual(['payment_intent_unexpected_state', 'succeeded']);
	});
	test('3-D Secure asks on session, and is refused off session', async () => {
		const intent = await create('pm_card_authenticationRequired');
		expect([intent.status, intent.next_action?.type]).toEqual(['requires_action', 'use_stripe_sdk']);
		const error = await caught(
			stripe.paymentIntents.create(
				{
					amount: 100,
					currency: 'eur',
					confirm: true,
					off_session: true,
					payment_method: 'pm_card_authenticationRequired',
					allowed_payment_method_types: ['card']
				},
				on
			)
		);
		expect([error.code, error.decline_code, error.payment_intent?.next_action]).toEqual([
			'authentication_required',
			'authentication_required',
			null
		]);
	});
	test('a token serves once', async () => {
		const id = await token('pm_card_visa');
		await create('pm_card_visa', { confirmation_token: id });
		expect((await caught(create('pm_card_visa', { confirmation_token: id }))).type).toBe('StripeInvalidRequestError');
	});
	test('cancel, update, and what is no longer possible', async () => {
		const intent = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' }, on);
		expect((await stripe.paymentIntents.update(intent.id, { amount: 2000, metadata: { a: 'b' } }, on)).amount).toBe(
			2000
		);
		expect((await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' }, on)).status).toBe(
			'canceled'
		);
		expect((await caught(stripe.paymentIntents.cancel(intent.id, undefined, on))).code).toBe(
			'payment_intent_unexpected_state'
		);
	});
});

describe('SEPA debits', () => {
	test('process, then succeed on the sixth business day', async () => {
		const intent = await create('pm_success_fr', { expand: ['latest_charge'] });
		expect(intent.status).toBe('processing');
		const mandate = (intent.latest_charge as Stripe.Charge).payment_method_details!.sepa_debit!.mandate as string;
		expect((await stripe.mandates.retrieve(mandate, undefined, on)).status).toBe('active');
		days(10);
		expect((await stripe.paymentIntents.retrieve(intent.id, undefined, on)).status).toBe('succeeded');
		expect(await typesOf(intent.id)).toEqual([
			'payment_intent.created',
			'payment_intent.processing',
			'charge.pending',
			'charge.updated',
			'charge.succeeded',
			'payment_intent.succeeded',
			'charge.updated'
		]);
	});
	test('fail with a code, or come back after twenty days', async () => {
		const [failed, returned] = [await create('pm_insufficientFunds_fr'), await create('pm_disputed_fr')];
		days(34);
		expect((await stripe.paymentIntents.retrieve(failed.id, undefined, on)).last_payment_error?.code).toBe(
			'insufficient_funds'
		);
		expect((await stripe.disputes.list({ payment_intent: returned.id }, on)).data).toMatchObject([
			{ status: 'lost', amount: 120_000 }
		]);
	});
	test('stop at 10,000 EUR', async () => {
		const error = await caught(create('pm_success_fr', { amount: 1_000_001 }));
		expect(error.code).toBe('payment_intent_incompatible_payment_method');
	});
});

describe('refunds', () => {
	test('in part, in full, too much, twice', async () => {
		const intent = await create('pm_card_visa');
		const refund = (amount?: number) =>
			stripe.refunds.create({ payment_intent: intent.id, ...(amount ? { amount } : {}) }, on);
		expect((await refund(20_000)).status).toBe('succeeded');
		expect((await caught(refund(100_001))).param).toBe('amount');
		await refund();
		expect((await caught(refund())).code).toBe('charge_already_refunded');
	});
	test('that fail later give the amount back', async () => {
		const intent = await create('pm_card_refundFail');
		const refund = await stripe.refunds.create({ payment_intent: intent.id }, on);
		days(1);
		expect((await stripe.refunds.retrieve(refund.id, undefined, on)).status).toBe('failed');
	});
});

describe('transport', () => {
	test('unknown and retired parameters are refused by name', async () => {
		expect(
			await caught(stripe.paymentIntents.create({ amount: 1000, currency: 'eur', foo: 1 } as never, on))
		).toMatchObject({ code: 'parameter_unknown', param: 'foo' });
		expect(
			await caught(
				stripe.paymentIntents.create(
					{ amount: 1000, currency: 'eur', payment_method_options: { card: { bar: 1 } } } as never,
					on
				)
			)
		).toMatchObject({ param: 'payment_method_options[card][bar]' });
		expect(
			await caught(
				stripe.paymentIntents.create({ amount: 1000, currency: 'eur', payment_method_types: ['card'] } as never, on)
			)
		).toMatchObject({ code: 'payment_method_types_no_longer_supported' });
		expect(await caught(stripe.paymentIntents.create({ currency: 'eur' } as never, on))).toMatchObject({
			code: 'parameter_missing'
		});
	});
	test('accounts are apart, strangers are refused, live keys too', async () => {
		const intent = await stripe.paymentIntents.create({ amount: 1000, currency: 'eur' }, on);
		expect((await caught(stripe.paymentIntents.retrieve(intent.id, undefined, { stripeAccount: 'acct_b' }))).code).toBe(
			'resource_missing'
		);
		expect(
			await caught(stripe.paymentIntents.retrieve(intent.id, undefined, { stripeAccount: 'acct_z' }))
		).toBeInstanceOf(Stripe.errors.StripePermissionError);
		const url = new URL(running.apiUrl);
		expect(
			await caught(
				new Stripe('sk_live_x', { host: url.hostname, port: url.port, protocol: 'http' }).balanceTransactions.list()
			)
		).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
	});
	test('the same key replays the first answer, declines included; other parameters under it are refused', async () => {
		const id = await token('pm_card_visa');
		const params = {
			amount: 5000,
			currency: 'eur',
			confirm: true,
			confirmation_token: id,
			return_url: 'https://x.example'
		} as const;
		const [first, again] = [
			await stripe.paymentIntents.create(params, { ...on, idempotencyKey: 'same' }),
			await stripe.paymentIntents.create(params, { ...on, idempotencyKey: 'same' })
		];
		expect([again.id, again.lastResponse.headers['idempotent-replayed']]).toEqual([first.id, 'true']);
		expect(
			await caught(stripe.paymentIntents.create({ ...params, amount: 6000 }, { ...on, idempotencyKey: 'same' }))
		).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
		const declinedToken = await token('pm_card_visa_chargeDeclined');
		const declines = [
			await caught(create('x', { confirmation_token: declinedToken }, { idempotencyKey: 'no' })),
			await caught(create('x', { confirmation_token: declinedToken }, { idempotencyKey: 'no' }))
		].map((error) => error.payment_intent?.id);
		expect(declines[0]).toBe(declines[1]);
	});
	test('a rolled key and a lost account are refused before idempotency is looked at, and nothing of that is kept', async () => {
		const params = { amount: 7000, currency: 'eur', confirm: true, return_url: 'https://x.example' } as const;
		const under = { ...on, idempotencyKey: 'refused before' };
		const ask = async (confirmationToken: string) =>
			stripe.paymentIntents.create({ ...params, confirmation_token: confirmationToken }, under);
		const id = await token('pm_card_visa');
		const first = await ask(id);
		const key = 'sk_test_sandbox_contract';
		running.world.refusedKeys = [key];
		const rolled = new Stripe(key, {
			host: new URL(running.apiUrl).hostname,
			port: new URL(running.apiUrl).port,
			protocol: 'http'
		});
		expect(await caught(rolled.paymentIntents.create({ ...params, confirmation_token: id }, under))).toBeInstanceOf(
			Stripe.errors.StripeAuthenticationError
		);
		running.world.refusedKeys = [];
		running.world.refusedAccounts = ['acct_a'];
		expect(await caught(ask(id))).toMatchObject({ code: 'account_invalid', statusCode: 403 });
		running.world.refusedAccounts = [];
		expect((await ask(id)).id).toBe(first.id);
		expect(await caught(ask(await token('pm_card_visa')))).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
	});
	test('a refusal that Stripe came to is given again under its key; one of the parameters is forgotten', async () => {
		const intent = await create('pm_card_visa');
		const refund = (amount: number, idempotencyKey: string) =>
			stripe.refunds.create({ payment_intent: intent.id, amount }, { ...on, idempotencyKey });
		expect((await caught(refund(0, 'bad amount'))).code).toBe('parameter_invalid_integer');
		expect((await refund(intent.amount, 'bad amount')).status).toBe('succeeded');
		const again = [await caught(refund(1, 'too late')), await caught(refund(1, 'too late'))];
		expect(
			again.map((error) => [
				error.code,
				(error as { headers?: Record<string, string> }).headers?.['idempotent-replayed']
			])
		).toEqual([
			['charge_already_refunded', undefined],
			['charge_already_refunded', 'true']
		]);
	});
	test('lists page both ways', async () => {
		const made = [];
		for (let i = 0; i < 5; i++)
			made.push(
				(await stripe.paymentIntents.create({ amount: 1000 + i, currency: 'eur' }, { stripeAccount: 'acct_b' })).id
			);
		const all: string[] = [];
		for await (const intent of stripe.paymentIntents.list({ limit: 2 }, { stripeAccount: 'acct_b' }))
			all.push(intent.id);
		expect(all).toEqual([...made].reverse());
		const back = await stripe.paymentIntents.list({ limit: 2, ending_before: made[0] }, { stripeAccount: 'acct_b' });
		expect(back.data.map((intent) => intent.id)).toEqual([made[2], made[1]]);
	});
	const posts = () =>
		running.world.requests.filter((request) => request.method === 'POST' && request.path === '/v1/customers');
	const wire = async (fault: object, options: Stripe.RequestOptions = {}, times = 1) => {
		const before = posts().length;
		running.world.faults = [{ id: 'f', match: { method: 'POST', path: '^/v1/customers$', times }, do: fault, seen: 0 }];
		const outcome = await client({ maxNetworkRetries: 2 })
			.customers.create({ name: 'x' }, options)
			.then(
				() => 'ok',
				(error: { type: string }) => error.type
			);
		return [
			posts().length - before,
			outcome,
			new Set(
				posts()
					.slice(before)
					.map((request) => request.key)
			).size
		];
	};
	test.each([
		['a 500 once is tried again with the same key', { status: 500 }, {}, 1, [2, 'ok', 1]],
		['a 409 once is tried again', { status: 409 }, {}, 1, [2, 'ok', 1]],
		['a 500 that says no is not', { status: 500, should_retry: false }, {}, 1, [1, 'StripeAPIError', 1]],
		[
			'a dropped answer is tried again even without retries',
			{ drop: 'after' },
			{ maxNetworkRetries: 0 },
			1,
			[2, 'ok', 1]
		],
		[
			'an answer dropped twice is a connection error',
			{ drop: 'after' },
			{ maxNetworkRetries: 0 },
			2,
			[2, 'StripeConnectionError', 1]
		],
		['a cut answer is a connection error, once', { truncate: true }, {}, 1, [1, 'StripeConnectionError', 1]]
	] as [string, object, Stripe.RequestOptions, number, unknown[]][])(
		'%s',
		async (_name, fault, options, times, expected) => expect(await wire(fault, options, times)).toEqual(expected)
	);
	test('what is not here says so loudly', async () => {
		expect((await caught(stripe.topups.list({}, on))).statusCode).toBe(501);
	});
});

describe('payouts', () => {
	const sent = (type: string) => running.world.events.filter((event) => event.type === type).length;
	const here = { stripeAccount: 'acct_b' };
	const total = async () => {
		const { available, pending } = await stripe.balance.retrieve(undefined, here);
		const sum = (of: { amount: number }[]) => of.reduce((all, one) => all + one.amount, 0);
		return [sum(available), sum(pending)];
	};
	test('only what is available is paid out, by hand or by the schedule; it arrives, and may fail after that', async () => {
		await create('pm_card_visa', { confirmation_token: await token('pm_card_visa', 'acct_b') }, here);
		days(1);
		const [, coming] = await total();
		expect(await total()).toEqual([0, coming]);
		const tooMuch = await caught(stripe.payouts.create({ amount: 100, currency: 'eur' }, here));
		expect([tooMuch.statusCode, tooMuch.code]).toEqual([400, 'balance_insufficient']);
		days(8);
		expect(await total()).toEqual([coming, 0]);
		const byHand = await stripe.payouts.create({ amount: 1000, currency: 'eur' }, here);
		expect([byHand.status, byHand.automatic]).toEqual(['pending', false]);
		expect((await stripe.payouts.cancel(byHand.id, undefined, here)).status).toBe('canceled');
		await trigger('payout_schedule', 'acct_b', 'daily');
		days(1);
		const [automatic] = (await stripe.payouts.list({}, here)).data;
		expect(automatic).toMatchObject({ automatic: true, amount: coming });
		expect((await caught(stripe.payouts.cancel(automatic!.id, undefined, here))).statusCode).toBe(400);
		const members = await stripe.balanceTransactions.list({ payout: automatic!.id, limit: 100 }, here);
		expect(members.data.reduce((sum, row) => sum + row.net, 0)).toBe(0);
		expect(members.data.some((row) => row.type === 'payout')).toBe(true);
		days(5);
		expect((await stripe.payouts.retrieve(automatic!.id, undefined, here)).status).toBe('paid');
		await trigger('payout_fail', automatic!.id);
		const failed = await stripe.payouts.retrieve(automatic!.id, { expand: ['failure_balance_transaction'] }, here);
		expect(failed).toMatchObject({
			status: 'failed',
			failure_code: 'account_closed',
			failure_balance_transaction: { type: 'payout_failure', net: coming }
		});
		expect(await total()).toEqual([coming, 0]);
		// Until somebody has set the bank account right, nothing more leaves.
		days(3);
		expect((await stripe.payouts.list({}, here)).data).toHaveLength(2);
		expect(['created', 'canceled', 'paid', 'failed'].map((word) => sent(`payout.${word}`))).toEqual([2, 1, 1, 1]);
	});
});

test('webhooks are signed, carry the account, and are sent again until taken', async () => {
	const { createServer } = await import('node:http');
	const bodies: { body: string; signature: string }[] = [];
	let answer = 500;
	const receiver = createServer((req, res) => {
		const parts: Buffer[] = [];
		req
			.on('data', (part: Buffer) => parts.push(part))
			.on('end', () => {
				bodies.push({ body: Buffer.concat(parts).toString(), signature: String(req.headers['stripe-signature']) });
				res.writeHead(answer).end();
			});
	});
	await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
	running.world.endpoints = [
		{
			id: 'we',
			url: `http://127.0.0.1:${(receiver.address() as { port: number }).port}`,
			secret: 'whsec_x',
			enabled_events: ['*']
		}
	];
	await create('pm_card_visa');
	await settleDeliveries();
	expect(bodies.length).toBeGreaterThanOrEqual(3);
	answer = 200;
	await fetch(`${running.apiUrl}/_sandbox/redeliver`, { method: 'POST' });
	const event = Stripe.webhooks.constructEvent(bodies.at(-1)!.body, bodies.at(-1)!.signature, 'whsec_x');
	expect([event.account, event.livemode, event.api_version]).toEqual(['acct_a', false, '2026-10-28.endive']);
	expect((await stripe.events.list({ delivery_success: false }, on)).data).toEqual([]);
	running.world.endpoints = [];
	receiver.closeAllConnections();
	receiver.close();
});

const FIXTURES = fileURLToPath(new URL('../data/stripe-fixtures3.json', import.meta.url));
describe('shapes', () => {
	const fixtures = (
		JSON.parse(readFileSync(FIXTURES, 'utf8')) as { resources: Record<string, Record<string, unknown>> }
	).resources;
	/** Keys that the fixture of 2026-07-29 lacks and the types of 23.1.0 require, or that are optional in the types. */
	const ADDED: Record<string, string[]> = {
		event: ['account'],
		payment_intent: ['allowed_payment_method_types', 'payment_record'],
		dispute: ['intended_submission_method', 'network_reason_code'],
		confirmation_token: ['metadata'],
		charge: ['radar_options', 'presentment_details'],
		refund: ['failure_reason', 'failure_balance_transaction'],
		payment_method: ['radar_options', 'sepa_debit', 'card']
	};
	const OPTIONAL: Record<string, string[]> = {
		payment_intent: ['amount_details'],
		charge: ['refunds', 'transfer', 'level3', 'authorization_code'],
		payment_method: ['card', 'sepa_debit'],
		refund: ['instructions_email', 'pending_reason']
	};
	const check = (name: string, object: object) => {
		const [ours, theirs] = [Object.keys(object), Object.keys(fixtures[name]!)];
		expect({
			missing: theirs.filter((key) => !ours.includes(key) && !OPTIONAL[name]?.includes(key)),
			unknown: ours.filter((key) => !theirs.includes(key) && !ADDED[name]?.includes(key) && key !== 'lastResponse')
		}).toEqual({ missing: [], unknown: [] });
	};
	test('have the keys of Stripe’s own examples', async () => {
		const intent = await create('pm_card_visa', { expand: ['latest_charge'] });
		check('payment_intent', intent);
		check('charge', intent.latest_charge as Stripe.Charge);
		check('payment_method', await stripe.paymentMethods.retrieve(intent.payment_method as string, undefined, on));
		check('refund', await stripe.refunds.create({ payment_intent: intent.id, amount: 100 }, on));
		check('customer', await stripe.customers.create({ name: 'x' }, on));
		check('confirmation_token', await stripe.confirmationTokens.retrieve(await token('pm_card_visa'), undefined, on));
		check('event', { ...(await stripe.events.list({ limit: 1 }, on)).data[0]!, account: undefined });
		const debit = await create('pm_disputed_fr', { expand: ['latest_charge'] });
		check(
			'mandate',
			await stripe.mandates.retrieve(
				(debit.latest_charge as Stripe.Charge).payment_method_details!.sepa_debit!.mandate as string,
				undefined,
				on
			)
		);
		days(40);
		check('dispute', (await stripe.disputes.list({ payment_intent: debit.id }, on)).data[0]!);
		await trigger('topup', 'acct_a', '500000');
		check('payout', await stripe.payouts.create({ amount: 100, currency: 'eur' }, on));
		check('balance_transaction', (await stripe.balanceTransactions.list({ limit: 1 }, on)).data[0]!);
	});
});
