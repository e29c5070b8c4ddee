// Everything the product may decline to do, by stable code. server/http/refusal-status.ts turns a code into a status, i18n/refusals.ts into words.
export const REFUSAL_CODES = [
	'not_found',
	'not_allowed',
	'input_invalid',
	'too_many_requests',
	'amount_changed',
	'offer_expired',
	'offer_invalid',
	'nothing_to_pay',
	'payment_under_way',
	'payment_in_progress',
	'already_paid',
	'method_not_offered',
	'attempt_conflict',
	'card_declined',
	'method_refused',
	'payment_unknown',
	'refund_too_early',
	'refund_above_rest',
	'refund_not_positive',
	'refund_refused',
	'refund_unknown',
	'link_expired',
	'link_revoked',
	'code_wrong',
	'sign_in_expired',
	'other_browser',
	'idempotency_mismatch',
	'idempotency_busy',
	'file_too_large',
	'import_blocked',
	'no_billing_contact'
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];
/** `detail` holds plain values that the sentence needs: an amount in minor units as text, a day, a field name. */
export type Refusal = { code: RefusalCode; detail: Record<string, string> };
