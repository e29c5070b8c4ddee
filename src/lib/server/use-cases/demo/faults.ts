// The faults a visitor of the demo can switch on, and what each means at the sandbox.
import type { SandboxFaults, SandboxGateway } from '../../gateways/sandbox/client.ts';

export const FAULTS = [
	'device_wallets',
	'card_declined',
	'three_d_secure',
	'saved_card_refused',
	'saved_card_expired',
	'saved_card_confirm',
	'sepa_failure',
	'sepa_return',
	'stripe_down',
	'stripe_slow',
	'answer_lost',
	'script_blocked',
	'script_slow',
	'webhooks_late',
	'webhooks_twice',
	'webhooks_lost'
] as const;
export type FaultName = (typeof FAULTS)[number];
export const isFault = (name: string): name is FaultName => (FAULTS as readonly string[]).includes(name);

const CARD = {
	card_declined: 'pm_card_visa_chargeDeclinedInsufficientFunds',
	three_d_secure: 'pm_card_threeDSecure2Required'
} as const;
/** Cards that were kept for the parts of a plan. */
const SAVED = {
	saved_card_refused: 'pm_card_visa_chargeDeclinedInsufficientFunds',
	saved_card_expired: 'pm_card_chargeDeclinedExpiredCard',
	saved_card_confirm: 'pm_card_authenticationRequired'
} as const;
/** What the visitor's device has: not a fault, and a switch all the same. */
const DEVICE = { device_wallets: 'apple_pay,google_pay' } as const;
const SEPA = { sepa_failure: 'insufficient_funds', sepa_return: 'disputed' } as const;
const WEBHOOKS = {
	webhooks_late: { hold: true },
	webhooks_twice: { duplicate: 1 },
	webhooks_lost: { drop_forever: true }
} as const;
const API = {
	stripe_down: { match: { path: '^/v1/' }, do: { status: 503 } },
	stripe_slow: { match: { path: '^/v1/' }, do: { latency_ms: 15_000 } },
	answer_lost: { match: { method: 'POST', path: '^/v1/payment_intents$', times: 3 }, do: { drop: 'after' } },
	script_blocked: { match: { path: '^/endive/stripe.js' }, do: { status: 404 } },
	// Longer than anybody waits without a word, and then it comes all the same.
	script_slow: { match: { path: '^/endive/stripe.js' }, do: { latency_ms: 20_000 } }
} as const;

function isActive(name: FaultName, now: SandboxFaults): boolean {
	if (name in CARD) return now.forced.card === CARD[name as keyof typeof CARD];
	if (name in SAVED) return now.forced.saved === SAVED[name as keyof typeof SAVED];
	if (name in DEVICE) return now.forced.wallets === DEVICE[name as keyof typeof DEVICE];
	if (name in SEPA) return now.forced.sepa === SEPA[name as keyof typeof SEPA];
	if (name in WEBHOOKS)
		return Object.keys(WEBHOOKS[name as keyof typeof WEBHOOKS]).every((key) => Boolean(now.webhooks[key]));
	return now.faults.some((fault) => fault.name === name);
}

export async function setFault(sandbox: SandboxGateway, name: FaultName): Promise<void> {
	if (name in CARD) return sandbox.setFaults({ forced: { card: CARD[name as keyof typeof CARD] } });
	if (name in SAVED) return sandbox.setFaults({ forced: { saved: SAVED[name as keyof typeof SAVED] } });
	if (name in DEVICE) return sandbox.setFaults({ forced: { wallets: DEVICE[name as keyof typeof DEVICE] } });
	if (name in SEPA) return sandbox.setFaults({ forced: { sepa: SEPA[name as keyof typeof SEPA] } });
	if (name in WEBHOOKS) return sandbox.setFaults({ webhooks: WEBHOOKS[name as keyof typeof WEBHOOKS] });
	await sandbox.setFaults({ faults: [{ name, ...API[name as keyof typeof API] }] });
}
export async function clearFault(sandbox: SandboxGateway, name: FaultName): Promise<void> {
	if (name in CARD) return sandbox.setFaults({ forced: { card: null } });
	if (name in SAVED) return sandbox.setFaults({ forced: { saved: null } });
	if (name in DEVICE) return sandbox.setFaults({ forced: { wallets: null } });
	if (name in SEPA) return sandbox.setFaults({ forced: { sepa: null } });
	if (name in WEBHOOKS) return sandbox.setFaults({ webhooks: {} });
	await sandbox.clearFault(name);
}
export const listFaults = async (sandbox: SandboxGateway): Promise<{ name: FaultName; active: boolean }[]> => {
	const now = await sandbox.faults();
	return FAULTS.map((name) => ({ name, active: isActive(name, now) }));
};
