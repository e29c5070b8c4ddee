// From a refusal code to an HTTP status: the one table.
import type { RefusalCode } from '../../contract/refusals.ts';

const STATUS: Record<RefusalCode, number> = {
	not_found: 404,
	not_allowed: 403,
	input_invalid: 400,
	too_many_requests: 429,
	amount_changed: 409,
	offer_expired: 409,
	offer_invalid: 422,
	nothing_to_pay: 409,
	payment_under_way: 409,
	payment_in_progress: 409,
	already_paid: 409,
	method_not_offered: 409,
	attempt_conflict: 409,
	card_declined: 402,
	method_refused: 402,
	payment_unknown: 202,
	refund_too_early: 409,
	refund_above_rest: 409,
	refund_not_positive: 400,
	refund_refused: 409,
	refund_unknown: 202,
	link_expired: 410,
	link_revoked: 410,
	code_wrong: 400,
	sign_in_expired: 410,
	other_browser: 400,
	idempotency_mismatch: 422,
	idempotency_busy: 409,
	file_too_large: 413,
	import_blocked: 422,
	no_billing_contact: 409
};
export const statusOf = (code: RefusalCode): number => STATUS[code];
