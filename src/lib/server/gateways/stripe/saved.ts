// Customers and means of payment kept for later (https://docs.stripe.com/payments/save-and-reuse). Beside client.ts, the only user of the SDK.
import Stripe from 'stripe';
import type { ConfirmOutcome, PaymentGateway, SetupInput, SetupState } from './port.ts';

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

export async function setUp(
	stripe: Stripe,
	input: SetupInput,
	options: Stripe.RequestOptions
): Promise<ConfirmOutcome> {
	try {
		const setup = await stripe.setupIntents.create(
			{
				customer: input.customerId,
				usage: 'off_session',
				confirm: true,
				confirmation_token: input.confirmationTokenId,
				allowed_payment_method_types: input.allowedTypes,
				return_url: input.returnUrl,
				metadata: input.metadata,
				payment_method_options: { card: { setup_credential_usage: 'installment' } }
			},
			{ ...options, idempotencyKey: `setup:${input.setupId}` }
		);
		return { kind: 'intent', intentId: setup.id };
	} catch (error) {
		const { StripeError, StripeInvalidRequestError } = Stripe.errors;
		const known = error instanceof StripeError ? error.setup_intent?.id : null;
		if (known) return { kind: 'intent', intentId: known };
		return error instanceof StripeInvalidRequestError
			? { kind: 'refused', code: error.code ?? error.type, message: error.message }
			: { kind: 'unknown' };
	}
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
		paymentMethodId: method?.id ?? null,
		methodType: method?.type ?? null,
		methodLabel: method ? labelOf(method) : null,
		mandateReference: mandate?.payment_method_details.sepa_debit?.reference ?? null
	};
}

const BRANDS: Record<string, string> = {
	visa: 'Visa',
	mastercard: 'Mastercard',
	amex: 'American Express',
	cartes_bancaires: 'CB'
};
type Labelled = {
	card?: { brand: string | null; last4: string | null } | null;
	sepa_debit?: { last4: string | null } | null;
};
/** "Visa •••• 4242", "SEPA •••• 3000". */
export function labelOf({ card, sepa_debit: sepa }: Labelled): string | null {
	if (card) return `${BRANDS[card.brand ?? ''] ?? card.brand ?? ''} •••• ${card.last4}`;
	return sepa ? `SEPA •••• ${sepa.last4}` : null;
}
