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

export class StripeError extends Error {
	readonly status: number;
	readonly body: ErrorBody;
	/** Answers that a repeated idempotency key must give again: what was really executed (402 and 500), not a refusal of the parameters. */
	readonly executed: boolean;
	constructor(status: number, body: ErrorBody, executed = false) {
		super(body.message);
		this.status = status;
		this.body = body;
		this.executed = executed;
	}
}

export const invalid = (message: string, extra: Partial<ErrorBody> = {}, status = 400): StripeError =>
	new StripeError(status, { type: 'invalid_request_error', message, ...extra });
export const missing = (object: string, id: string, param = 'id'): StripeError =>
	invalid(`No such ${object}: '${id}'`, { code: 'resource_missing', param }, 404);
export const missingParam = (param: string): StripeError =>
	invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
