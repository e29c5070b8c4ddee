// The routes of the API and what each does. Everything not listed answers 501 with its name, so that a missing feature fails loudly.
import type Stripe from 'stripe';
import { invalid, missing, missingParam } from './errors.ts';
import { emit, type Cause } from './events.ts';
import { integer, list, metadataOf, object, text, type Params } from './form.ts';
import { confirmIntent } from './confirm.ts';
import { cancelIntent, createIntent, updateIntent } from './intents.ts';
import { keep, makeMethod, makeToken, methodFor, revokeMandates } from './methods.ts';
import { cancelSetup, confirmSetup, createSetup } from './setups.ts';
import { balanceOf, cancelPayout, createPayout, membersOf } from './payouts.ts';
import { acceptDispute, createRefund, updateDispute } from './reversals.ts';
import type { Account, World } from './world.ts';

export type Call = {
	world: World;
	account: Account;
	params: Params;
	cause: Cause;
	jsUrl: string;
	online: { ip_address: string | null; user_agent: string | null };
};
export type Route = {
	method: 'GET' | 'POST' | 'DELETE';
	path: RegExp;
	parameters: string | null;
	run: (call: Call, id: string) => unknown;
};

const route = (method: Route['method'], path: string, parameters: string | null, run: Route['run']): Route => ({
	method,
	path: new RegExp(`^/v1/${path.replaceAll(':id', '([\\w-]+)')}$`),
	parameters,
	run
});

type Kind =
	| 'customers'
	| 'payment_methods'
	| 'payment_intents'
	| 'setup_intents'
	| 'charges'
	| 'refunds'
	| 'disputes'
	| 'mandates'
	| 'balance_transactions'
	| 'payouts';
const NAMES: Record<Kind, string> = {
	customers: 'customer',
	payment_methods: 'PaymentMethod',
	payment_intents: 'payment_intent',
	setup_intents: 'setup_intent',
	charges: 'charge',
	refunds: 'refund',
	disputes: 'dispute',
	mandates: 'mandate',
	balance_transactions: 'balance transaction',
	payouts: 'payout'
};
function find<K extends Kind>({ account }: Call, kind: K, id: string): Account[K][string] {
	const found = (account[kind] as Record<string, Account[K][string]>)[id];
	if (!found) throw missing(NAMES[kind], id, kind === 'payment_intents' ? 'intent' : 'id');
	return found;
}

/** Newest first, cursors by id, `created` as a number or a range. */
function page<T extends { id: string; created: number }>(
	items: T[],
	params: Params,
	url: string
): { object: 'list'; url: string; has_more: boolean; data: T[] } {
	const limit = integer(params.limit, 'limit') ?? 10;
	if (limit < 1 || limit > 100)
		throw invalid('This value must be between 1 and 100.', { code: 'parameter_invalid_integer', param: 'limit' });
	const range = object(params.created);
	const exact = integer(typeof params.created === 'string' ? params.created : undefined, 'created');
	const bound = (name: string) => integer(range[name], `created[${name}]`);
	const inRange = ({ created }: T) =>
		(exact === undefined || created === exact) &&
		created > (bound('gt') ?? -1) &&
		created >= (bound('gte') ?? 0) &&
		created < (bound('lt') ?? Infinity) &&
		created <= (bound('lte') ?? Infinity);
	const all = [...items]
		.reverse()
		.sort((a, b) => b.created - a.created)
		.filter(inRange);
	const after = text(params.starting_after);
	const before = text(params.ending_before);
	if (before) {
		const end = Math.max(
			all.findIndex((item) => item.id === before),
			0
		);
		return { object: 'list', url, has_more: end > limit, data: all.slice(Math.max(0, end - limit), end) };
	}
	const start = after ? all.findIndex((item) => item.id === after) + 1 : 0;
	return { object: 'list', url, has_more: all.length > start + limit, data: all.slice(start, start + limit) };
}
const matching =
	(params: Params, ...fields: string[]) =>
	(item: object): boolean =>
		fields.every((field) => !text(params[field]) || (item as Record<string, unknown>)[field] === text(params[field]));
const listOf = (call: Call, kind: Kind, ...filters: string[]) =>
	page(
		Object.values(call.account[kind] as Record<string, { id: string; created: number }>).filter(
			matching(call.params, ...filters)
		),
		call.params,
		`/v1/${kind}`
	);

/** Of one payout: what it paid out, and itself; Stripe knows that of automatic ones alone. */
function listBalanceTransactions(call: Call) {
	const id = text(call.params.payout);
	if (!id) return listOf(call, 'balance_transactions', 'type', 'source');
	const payout = find(call, 'payouts', id);
	if (!payout.automatic)
		throw invalid('Balance transaction history can only be filtered on automatic transfers, not manual.', {
			param: 'payout'
		});
	return page(membersOf(call.account, payout), call.params, '/v1/balance_transactions');
}

function createCustomer({ world, account, params, cause }: Call): Stripe.Customer {
	const customer = {
		id: world.id('cus_'),
		object: 'customer',
		address: null,
		balance: 0,
		created: world.seconds(),
		currency: null,
		default_source: null,
		delinquent: false,
		description: text(params.description) ?? null,
		discount: null,
		email: text(params.email) ?? null,
		invoice_prefix: null,
		invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
		livemode: false,
		metadata: metadataOf(params.metadata),
		name: text(params.name) ?? null,
		next_invoice_sequence: 1,
		phone: null,
		preferred_locales: list(params.preferred_locales),
		shipping: null,
		tax_exempt: 'none',
		test_clock: null
	} as unknown as Stripe.Customer;
	account.customers[customer.id] = customer;
	emit(world, account, 'customer.created', customer, cause);
	return customer;
}

export const ROUTES: Route[] = [
	route('POST', 'customers', 'CustomerCreateParams', createCustomer),
	route('GET', 'customers', 'CustomerListParams', (call) => listOf(call, 'customers', 'email')),
	route('GET', 'customers/:id', 'CustomerRetrieveParams', (call, id) => find(call, 'customers', id)),
	route('POST', 'customers/:id', 'CustomerUpdateParams', (call, id) => {
		const customer = find(call, 'customers', id);
		if (call.params.name !== undefined) customer.name = text(call.params.name) ?? null;
		if (call.params.email !== undefined) customer.email = text(call.params.email) ?? null;
		Object.assign(customer.metadata, metadataOf(call.params.metadata));
		return customer;
	}),
	route('DELETE', 'customers/:id', null, (call, id) => {
		find(call, 'customers', id);
		delete call.account.customers[id];
		return { id, object: 'customer', deleted: true };
	}),
	route('POST', 'payment_methods', 'PaymentMethodCreateParams', ({ world, account, params }) =>
		keep(account, makeMethod(world, params))
	),
	route('GET', 'payment_methods', 'PaymentMethodListParams', (call) =>
		listOf(call, 'payment_methods', 'customer', 'type')
	),
	route('GET', 'payment_methods/:id', 'PaymentMethodRetrieveParams', (call, id) =>
		methodFor(call.world, call.account, id)
	),
	route('POST', 'payment_methods/:id/attach', 'PaymentMethodAttachParams', (call, id) => {
		const method = methodFor(call.world, call.account, id);
		const customer = text(call.params.customer);
		if (!customer) throw missingParam('customer');
		method.customer = find(call, 'customers', customer).id;
		emit(call.world, call.account, 'payment_method.attached', method, call.cause);
		return method;
	}),
	route('POST', 'payment_methods/:id/detach', 'PaymentMethodDetachParams', (call, id) => {
		const method = find(call, 'payment_methods', id);
		method.customer = null;
		emit(call.world, call.account, 'payment_method.detached', method, call.cause);
		revokeMandates(call.world, call.account, id, call.cause);
		return method;
	}),
	route('POST', 'payment_intents', 'PaymentIntentCreateParams', (call) => createIntent(call, call.params)),
	route('GET', 'payment_intents', 'PaymentIntentListParams', (call) => listOf(call, 'payment_intents', 'customer')),
	route('GET', 'payment_intents/:id', 'PaymentIntentRetrieveParams', (call, id) => find(call, 'payment_intents', id)),
	route('POST', 'payment_intents/:id', 'PaymentIntentUpdateParams', (call, id) =>
		updateIntent(call, find(call, 'payment_intents', id), call.params)
	),
	route('POST', 'payment_intents/:id/confirm', 'PaymentIntentConfirmParams', (call, id) =>
		confirmIntent(call, find(call, 'payment_intents', id), call.params)
	),
	route('POST', 'payment_intents/:id/cancel', 'PaymentIntentCancelParams', (call, id) =>
		cancelIntent(call, find(call, 'payment_intents', id), call.params)
	),
	route('POST', 'setup_intents', 'SetupIntentCreateParams', (call) => createSetup(call, call.params)),
	route('GET', 'setup_intents', 'SetupIntentListParams', (call) => listOf(call, 'setup_intents', 'customer')),
	route('GET', 'setup_intents/:id', 'SetupIntentRetrieveParams', (call, id) => find(call, 'setup_intents', id)),
	route('POST', 'setup_intents/:id/confirm', 'SetupIntentConfirmParams', (call, id) =>
		confirmSetup(call, find(call, 'setup_intents', id), call.params)
	),
	route('POST', 'setup_intents/:id/cancel', 'SetupIntentCancelParams', (call, id) =>
		cancelSetup(call, find(call, 'setup_intents', id))
	),
	route('POST', 'test_helpers/confirmation_tokens', null, ({ world, account, params, online }) =>
		makeToken(world, account, params, online)
	),
	route('GET', 'confirmation_tokens/:id', 'ConfirmationTokenRetrieveParams', ({ account }, id) => {
		const token = account.confirmation_tokens[id];
		if (!token) throw missing('confirmation_token', id);
		return token;
	}),
	route('GET', 'charges', 'ChargeListParams', (call) => listOf(call, 'charges', 'payment_intent', 'customer')),
	route('GET', 'charges/:id', 'ChargeRetrieveParams', (call, id) => find(call, 'charges', id)),
	route('POST', 'refunds', 'RefundCreateParams', ({ world, account, params, cause }) =>
		createRefund(world, account, params, cause)
	),
	route('GET', 'refunds', 'RefundListParams', (call) => listOf(call, 'refunds', 'payment_intent', 'charge')),
	route('GET', 'refunds/:id', 'RefundRetrieveParams', (call, id) => find(call, 'refunds', id)),
	route('POST', 'refunds/:id', 'RefundUpdateParams', (call, id) => {
		const refund = find(call, 'refunds', id);
		refund.metadata = { ...refund.metadata, ...metadataOf(call.params.metadata) };
		return refund;
	}),
	route('GET', 'disputes', 'DisputeListParams', (call) => listOf(call, 'disputes', 'payment_intent', 'charge')),
	route('GET', 'disputes/:id', 'DisputeRetrieveParams', (call, id) => find(call, 'disputes', id)),
	route('POST', 'disputes/:id', 'DisputeUpdateParams', (call, id) =>
		updateDispute(call.world, call.account, find(call, 'disputes', id), call.params)
	),
	route('POST', 'disputes/:id/close', 'DisputeCloseParams', (call, id) =>
		acceptDispute(call.world, call.account, find(call, 'disputes', id))
	),
	route('GET', 'mandates/:id', 'MandateRetrieveParams', (call, id) => find(call, 'mandates', id)),
	route('GET', 'balance', 'BalanceRetrieveParams', ({ world, account }) => balanceOf(world, account)),
	route('GET', 'balance_transactions', 'BalanceTransactionListParams', (call) => listBalanceTransactions(call)),
	route('GET', 'balance_transactions/:id', 'BalanceTransactionRetrieveParams', (call, id) =>
		find(call, 'balance_transactions', id)
	),
	route('POST', 'payouts', 'PayoutCreateParams', ({ world, account, params, cause }) =>
		createPayout(world, account, params, cause)
	),
	route('GET', 'payouts', 'PayoutListParams', (call) => listOf(call, 'payouts', 'status')),
	route('GET', 'payouts/:id', 'PayoutRetrieveParams', (call, id) => find(call, 'payouts', id)),
	route('POST', 'payouts/:id/cancel', 'PayoutCancelParams', (call, id) =>
		cancelPayout(call.world, call.account, find(call, 'payouts', id), call.cause)
	),
	route('GET', 'events', 'EventListParams', ({ world, account, params }) => {
		const types = list(params.types);
		const wanted = world.events.filter(
			(event) =>
				(event.account ?? null) === account.id &&
				(!types.length || types.includes(event.type)) &&
				(!text(params.type) || event.type === text(params.type)) &&
				(params.delivery_success === undefined || String(event._delivered) === text(params.delivery_success))
		);
		return page(wanted as unknown as { id: string; created: number }[], params, '/v1/events');
	}),
	route('GET', 'events/:id', 'EventRetrieveParams', ({ world }, id) => {
		const event = world.events.find((candidate) => candidate.id === id);
		if (!event) throw missing('event', id);
		return event;
	}),
	route('POST', 'webhook_endpoints', 'WebhookEndpointCreateParams', ({ world, params }) => {
		const endpoint = {
			id: world.id('we_1'),
			url: text(params.url) ?? '',
			secret: world.id('whsec_'),
			enabled_events: list(params.enabled_events)
		};
		world.endpoints.push(endpoint);
		return { ...endpointView(endpoint, world.seconds()), secret: endpoint.secret };
	}),
	route('GET', 'webhook_endpoints', 'WebhookEndpointListParams', ({ world, params }) =>
		page(
			world.endpoints.map((endpoint) => endpointView(endpoint, world.seconds())),
			params,
			'/v1/webhook_endpoints'
		)
	),
	route('DELETE', 'webhook_endpoints/:id', null, ({ world }, id) => {
		world.endpoints = world.endpoints.filter((endpoint) => endpoint.id !== id);
		return { id, object: 'webhook_endpoint', deleted: true };
	})
];

const endpointView = (endpoint: { id: string; url: string; enabled_events: string[] }, created: number) => ({
	id: endpoint.id,
	object: 'webhook_endpoint',
	api_version: '2026-10-28.endive',
	application: null,
	created,
	description: null,
	enabled_events: endpoint.enabled_events,
	livemode: false,
	metadata: {},
	status: 'enabled',
	url: endpoint.url
});
