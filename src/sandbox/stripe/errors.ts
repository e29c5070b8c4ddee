// Stripe's error body and status map (https://docs.stripe.com/api/errors).
export type ErrorBody = {
	type:
		| 'invalid_request_error'
		| 'card_error'
		| 'idempotency_error'
		| 'api_error'
		| 'authentication_error'
		| 'rate_limit_error';
	message: string;
	code?: string;
	decline_code?: string;
	advice_code?: string;
	param?: string;
	[extra: string]: unknown;
};

/** Refusals that Stripe came to by looking at its own objects: executed, and given again under the same key. */
const DECIDED = new Set([
	'charge_already_refunded',
	'charge_disputed',
	'confirmation_token_already_used',
	'confirmation_token_expired',
	'payment_intent_incompatible_payment_method',
	'payment_intent_mandate_invalid',
	'payment_intent_unexpected_state',
	'setup_intent_unexpected_state'
]);

export class StripeError extends Error {
	readonly status: number;
	readonly body: ErrorBody;
	/** Answers that a repeated idempotency key must give again: what was really executed, not a refusal of the parameters, of the key or of the account. */
	readonly executed: boolean;
	constructor(status: number, body: ErrorBody, executed = false) {
		super(body.message);
		this.status = status;
		this.body = body;
		this.executed = executed || DECIDED.has(body.code ?? '');
	}
}

export const invalid = (message: string, extra: Partial<ErrorBody> = {}, status = 400): StripeError =>
	new StripeError(status, { type: 'invalid_request_error', message, ...extra });
export const missing = (object: string, id: string, param = 'id'): StripeError =>
	invalid(`No such ${object}: '${id}'`, { code: 'resource_missing', param }, 404);
export const missingParam = (param: string): StripeError =>
	invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
