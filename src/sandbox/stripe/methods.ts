// Payment methods, mandates and confirmation tokens.
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { invalid, missing } from './errors.ts';
import { emit, type Cause } from './events.ts';
import { object, text, type Params } from './form.ts';
import { CARDS, cardBehaviour, IBANS } from './test-values.ts';
import type { Account, StoredToken, World } from './world.ts';
import { required } from '#lib/domain/required.ts';

export type StoredMethod = Account['payment_methods'][string];
const fingerprint = (value: string): string => createHash('sha256').update(value).digest('base64url').slice(0, 16);

function billingDetails(params: Params): Stripe.PaymentMethod.BillingDetails {
	const address = object(params.address);
	return {
		address: {
			city: text(address.city) ?? null,
			country: text(address.country) ?? null,
			line1: text(address.line1) ?? null,
			line2: text(address.line2) ?? null,
			postal_code: text(address.postal_code) ?? null,
			state: text(address.state) ?? null
		},
		email: text(params.email) ?? null,
		name: text(params.name) ?? null,
		phone: text(params.phone) ?? null,
		tax_id: null
	};
}

const base = (world: World, type: 'card' | 'sepa_debit', billing: Params) => ({
	id: world.id('pm_1'),
	object: 'payment_method' as const,
	allow_redisplay: 'unspecified' as const,
	billing_details: billingDetails(billing),
	created: world.seconds(),
	customer: null,
	customer_account: null,
	livemode: false as const,
	metadata: {},
	type
});

/** A method from card digits or an IBAN (as the frame sends them) or from a documented test name. */
export function makeMethod(world: World, params: Params): StoredMethod {
	const type = text(params.type);
	if (type === 'card') return cardMethod(world, params);
	if (type === 'sepa_debit') return sepaMethod(world, params);
	throw invalid(`Invalid type: must be one of card or sepa_debit`, { param: 'type' });
}

function cardMethod(world: World, params: Params): StoredMethod {
	const card = object(params.card);
	const digits = (text(card.number) ?? '').replace(/\s/g, '');
	const known = CARDS[digits];
	const behaviour = text(card.token) ?? known?.pm ?? 'pm_card_visa';
	const last4 = (digits || (Object.entries(CARDS).find(([, c]) => c.pm === behaviour)?.[0] ?? '4242')).slice(-4);
	const brand = cardBehaviour(behaviour).brand;
	return {
		...base(world, 'card', object(params.billing_details)),
		card: {
			brand,
			checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
			country: 'FR',
			display_brand: brand,
			exp_month: Number(text(card.exp_month) ?? 12),
			exp_year: Number(text(card.exp_year) ?? 2034),
			fingerprint: fingerprint(digits || behaviour),
			funding: 'credit',
			generated_from: null,
			last4,
			networks: { available: [brand], preferred: null },
			regulated_status: 'unregulated',
			three_d_secure_usage: { supported: true },
			wallet: text(card.wallet) ? { type: text(card.wallet), dynamic_last4: last4 } : null
		},
		_behaviour: behaviour
	} as unknown as StoredMethod;
}

function sepaMethod(world: World, params: Params): StoredMethod {
	const iban = (text(object(params.sepa_debit).iban) ?? '').replace(/\s/g, '').toUpperCase();
	const billing = object(params.billing_details);
	if (!text(billing.name) || !text(billing.email))
		throw invalid(
			'Missing required param: billing_details[name] and billing_details[email] are needed for sepa_debit.',
			{ code: 'payment_method_invalid_parameter', param: 'billing_details[name]' }
		);
	return {
		...base(world, 'sepa_debit', billing),
		sepa_debit: {
			bank_code: iban.slice(4, 9),
			branch_code: iban.slice(9, 14),
			country: iban.slice(0, 2),
			fingerprint: fingerprint(iban),
			generated_from: { charge: null, setup_attempt: null },
			last4: iban.slice(-4)
		},
		_behaviour: IBANS[iban]?.pm ?? 'pm_success_fr'
	} as unknown as StoredMethod;
}

/** `pm_card_visa`, `pm_success_fr`… become a method of their own, as in test mode. */
export function methodFor(world: World, account: Account, id: string): StoredMethod {
	const stored = account.payment_methods[id];
	if (stored) return stored;
	if (Object.values(CARDS).some((card) => card.pm === id))
		return keep(account, cardMethod(world, { card: { token: id } }));
	const iban = Object.entries(IBANS).find(([, value]) => value.pm === id)?.[0];
	if (iban)
		return keep(
			account,
			sepaMethod(world, { sepa_debit: { iban }, billing_details: { name: 'Test', email: 'test@example.com' } })
		);
	throw missing('PaymentMethod', id, 'payment_method');
}
export function keep(account: Account, method: StoredMethod): StoredMethod {
	account.payment_methods[method.id] = method;
	return method;
}

export function makeMandate(
	world: World,
	account: Account,
	method: StoredMethod,
	jsUrl: string,
	prefix: string,
	online: { ip_address: string | null; user_agent: string | null }
): Stripe.Mandate {
	const id = world.id('mandate_1');
	const mandate = {
		id,
		object: 'mandate',
		customer_acceptance: { accepted_at: world.seconds(), type: 'online', online },
		livemode: false,
		multi_use: {},
		payment_method: method.id,
		payment_method_details: {
			type: 'sepa_debit',
			sepa_debit: {
				reference: `${prefix}${fingerprint(id).replace(/\W/g, '').toUpperCase().slice(0, 10)}`,
				url: `${jsUrl}/mandate/${id}`
			}
		},
		status: 'active',
		type: 'multi_use'
	} as unknown as Stripe.Mandate;
	account.mandates[id] = mandate;
	return mandate;
}

/** An account that is detached, or whose owner went to the bank: its mandates serve no more. */
export function revokeMandates(world: World, account: Account, methodId: string, cause: Cause): void {
	for (const mandate of Object.values(account.mandates).filter((one) => one.payment_method === methodId)) {
		if (mandate.status === 'inactive') continue;
		mandate.status = 'inactive';
		emit(world, account, 'mandate.updated', mandate, cause, { status: 'active' });
	}
}
/** The network replaced a card: another end and a later month, for the same means of payment. */
export function replaceCard(world: World, account: Account, method: StoredMethod, cause: Cause): void {
	const card = required(method.card, 'card');
	Object.assign(card, { last4: '1234', exp_year: card.exp_year + 4 });
	emit(world, account, 'payment_method.automatically_updated', method, cause);
}
/** Time went by: the card's month is over. */
export function expireCard(world: World, method: StoredMethod): void {
	const month = new Date(world.now());
	month.setUTCMonth(month.getUTCMonth() - 1);
	Object.assign(required(method.card, 'card'), {
		exp_month: month.getUTCMonth() + 1,
		exp_year: month.getUTCFullYear()
	});
	method._behaviour = 'pm_card_chargeDeclinedExpiredCard';
}

const TOKEN_LIFE_SECONDS = 43_200;
export function makeToken(
	world: World,
	account: Account,
	params: Params,
	online: { ip_address: string | null; user_agent: string | null }
): StoredToken {
	const named = text(params.payment_method);
	const method = named ? methodFor(world, account, named) : makeMethod(world, object(params.payment_method_data));
	const {
		id: _id,
		object: _object,
		created: _created,
		livemode: _livemode,
		metadata: _metadata,
		_behaviour,
		...preview
	} = method;
	const token = {
		id: world.id('ctoken_1'),
		object: 'confirmation_token',
		created: world.seconds(),
		expires_at: world.seconds() + TOKEN_LIFE_SECONDS,
		livemode: false,
		metadata: null,
		mandate_data: method.type === 'sepa_debit' ? { customer_acceptance: { type: 'online', online } } : null,
		payment_intent: null,
		payment_method_options: null,
		payment_method_preview: preview,
		return_url: text(params.return_url) ?? null,
		setup_future_usage: text(params.setup_future_usage) ?? null,
		setup_intent: null,
		shipping: null,
		use_stripe_sdk: true,
		_method: method,
		_behaviour,
		_used: false
	} as unknown as StoredToken;
	account.confirmation_tokens[token.id] = token;
	return token;
}

/** A token serves once and lives twelve hours. */
export function useToken(world: World, account: Account, id: string): StoredToken {
	const token = account.confirmation_tokens[id];
	if (!token) throw missing('confirmation_token', id, 'confirmation_token');
	if (token._used)
		throw invalid('This ConfirmationToken has already been used to confirm a PaymentIntent or SetupIntent.', {
			code: 'confirmation_token_already_used',
			param: 'confirmation_token'
		});
	if ((token.expires_at ?? 0) < world.seconds())
		throw invalid('This ConfirmationToken has expired.', {
			code: 'confirmation_token_expired',
			param: 'confirmation_token'
		});
	token._used = true;
	keep(account, token._method as StoredMethod);
	return token;
}
