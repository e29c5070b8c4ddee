// Faults of the demo in words.
import { m } from '#lib/paraglide/messages.js';

export function faultText(name: string): string {
	const texts: Record<string, () => string> = {
		device_wallets: m.fault_device_wallets,
		card_declined: m.fault_card_declined,
		three_d_secure: m.fault_three_d_secure,
		saved_card_refused: m.fault_saved_card_refused,
		saved_card_expired: m.fault_saved_card_expired,
		saved_card_confirm: m.fault_saved_card_confirm,
		sepa_failure: m.fault_sepa_failure,
		sepa_return: m.fault_sepa_return,
		stripe_down: m.fault_stripe_down,
		stripe_slow: m.fault_stripe_slow,
		answer_lost: m.fault_answer_lost,
		script_blocked: m.fault_script_blocked,
		script_slow: m.fault_script_slow,
		webhooks_late: m.fault_webhooks_late,
		webhooks_twice: m.fault_webhooks_twice,
		webhooks_lost: m.fault_webhooks_lost
	};
	return texts[name]?.() ?? name;
}
