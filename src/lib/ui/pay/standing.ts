// Whether a pay page has something that stands already, and the component that shows it, on the server and in the browser alike.
import type { PayView } from '#lib/contract/views.ts';

export async function standingOf({ attempt, plan, discounts, payments }: PayView) {
	const isWaiting = attempt !== null && ['processing', 'awaiting_auth', 'open', 'unknown'].includes(attempt.status);
	return isWaiting || plan || discounts.length || payments.length ? (await import('./Standing.svelte')).default : null;
}
