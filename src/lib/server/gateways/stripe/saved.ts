// Customers and means of payment kept for later (https://docs.stripe.com/payments/save-and-reuse). Beside client.ts, the only user of the SDK.
import Stripe from 'stripe';
import type { MethodFacts } from '../../../domain/payments/methods.ts';
import type { MethodState, PaymentGateway, SetupInput, SetupState } from './port.ts';
import { isOfStripe, isRefusal } from './silence.ts';

export async function ensureCustomer(
	stripe: Stripe,
	{ supplierId, clientId, name, email }: Parameters<PaymentGateway['ensureCustomer']>[0],
	options: Stripe.RequestOptions
): Promise<string> {
	const customer = await stripe.customers.create(
		{ name, ...(email ? { email } : {}), metadata: { client_id: clientId, supplier_id: supplierId } },
		{ ...options, idempotencyKey: `customer:${supplierId}:${clientId}` }
	);
	return customer.id;
}

export async function setUp(stripe: Stripe, input: SetupInput, options: Stripe.RequestOptions): Promise<string> {
	const setup = await stripe.setupIntents.create(
		{
			customer: input.customerId,
			usage: 'off_session',
			confirm: true,
			confirmation_token: input.confirmationTokenId,
			allowed_payment_method_types: input.allowedTypes,
			return_url: input.returnUrl,
			metadata: input.metadata,
			payment_method_options: {
				...(input.keptFor === 'parts' ? { card: { setup_credential_usage: 'installment' as const } } : {}),
				sepa_debit: { mandate_options: { reference_prefix: 'PONCTUEL' } }
			}
		},
		{ ...options, idempotencyKey: `setup:${input.setupId}` }
	);
	return setup.id;
}

export async function readSetup(stripe: Stripe, id: string, options: Stripe.RequestOptions): Promise<SetupState> {
	const setup = await stripe.setupIntents.retrieve(id, { expand: ['payment_method', 'mandate'] }, options);
	const method = typeof setup.payment_method === 'object' ? setup.payment_method : null;
	const mandate = typeof setup.mandate === 'object' ? setup.mandate : null;
	return {
		setupIntentId: setup.id,
		status: setup.status,
		clientSecret: setup.client_secret,
		errorCode: setup.last_setup_error?.code ?? null,
		declineCode: setup.last_setup_error?.decline_code ?? null,
		...factsOf(method),
		paymentMethodId: method?.id ?? null,
		mandateId: mandate?.id ?? null,
		mandateReference: mandate?.payment_method_details.sepa_debit?.reference ?? null
	};
}

export async function readMethod(stripe: Stripe, id: string, options: Stripe.RequestOptions): Promise<MethodState> {
	const mandate = id.startsWith('mandate_') ? await stripe.mandates.retrieve(id, undefined, options) : null;
	const methodId = mandate
		? typeof mandate.payment_method === 'string'
			? mandate.payment_method
			: mandate.payment_method.id
		: id;
	const method = await stripe.paymentMethods.retrieve(methodId, undefined, options);
	return {
		...factsOf(method),
		paymentMethodId: method.id,
		mandateId: mandate?.id ?? null,
		mandateReference: mandate?.payment_method_details.sepa_debit?.reference ?? null,
		isUsable: method.customer !== null && mandate?.status !== 'inactive'
	};
}

/** Read, not used: https://docs.stripe.com/api/confirmation_tokens/retrieve */
export const readToken = async (stripe: Stripe, id: string, options: Stripe.RequestOptions): Promise<MethodFacts> =>
	factsOf((await stripe.confirmationTokens.retrieve(id, undefined, options)).payment_method_preview);

/** Detaching a SEPA account ends its mandate. `false` when Stripe did not answer: ask again. Gone already, it is as good as detached. */
export async function detachMethod(detach: () => Promise<unknown>): Promise<boolean> {
	try {
		await detach();
		return true;
	} catch (error) {
		if (isRefusal(error)) return true;
		if (isOfStripe(error)) return false;
		throw error;
	}
}

const BRANDS: Record<string, string> = {
	visa: 'Visa',
	mastercard: 'Mastercard',
	amex: 'American Express',
	cartes_bancaires: 'CB'
};
const WALLETS: Record<string, string> = { apple_pay: 'Apple Pay', google_pay: 'Google Pay' };
type Described = {
	type: string;
	card?: {
		brand: string | null;
		last4: string | null;
		exp_month: number;
		exp_year: number;
		wallet: { type: string } | null;
	} | null;
	sepa_debit?: { last4: string | null } | null;
};
/** "Visa •••• 4242", "Visa •••• 4242 (Apple Pay)", "SEPA •••• 3000". */
function labelOf({ card, sepa_debit: sepa }: Described): string | null {
	const wallet = card?.wallet ? WALLETS[card.wallet.type] : undefined;
	if (card) return `${BRANDS[card.brand ?? ''] ?? card.brand ?? ''} •••• ${card.last4}${wallet ? ` (${wallet})` : ''}`;
	return sepa ? `SEPA •••• ${sepa.last4}` : null;
}
/** Of a PaymentMethod, or of what a charge says of the one it used. */
export const factsOf = (described: Described | null): MethodFacts => ({
	paymentMethodId: null,
	methodType: described?.type ?? null,
	methodLabel: described ? labelOf(described) : null,
	mandateId: null,
	mandateReference: null,
	expiryMonth: described?.card?.exp_month ?? null,
	expiryYear: described?.card?.exp_year ?? null
});
