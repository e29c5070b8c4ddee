// States of attempts in words.
import { m } from '#lib/paraglide/messages.js';
import type { AttemptStatus } from '../domain/payments/attempt-status.ts';

export function attemptStatusText(status: AttemptStatus): string {
	const texts: Record<AttemptStatus, () => string> = {
		open: m.attempt_open,
		awaiting_auth: m.attempt_awaiting_auth,
		awaiting_transfer: m.attempt_awaiting_transfer,
		processing: m.attempt_processing,
		paid: m.attempt_paid,
		set_up: m.attempt_set_up,
		declined: m.attempt_declined,
		canceled: m.attempt_canceled,
		unknown: m.attempt_unknown
	};
	return texts[status]();
}
