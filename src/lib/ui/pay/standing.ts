// Whether a pay page has something that stands already, and the component that shows it, on the server and in the browser alike.
import { bring } from '#lib/client/renew.ts';
import type { PayView } from '#lib/contract/views.ts';
import { isUnderWay } from '#lib/domain/payments/attempt-status.ts';

export async function standingOf({ attempt, plan, discounts, payments, invoices }: PayView) {
	const isWaiting = attempt !== null && isUnderWay(attempt.status);
	const areAllSettled = invoices.every((invoice) => invoice.balanceMinor === 0n);
	return isWaiting || plan || discounts.length || payments.length || areAllSettled ? loadStanding() : null;
}

/** Asked for as soon as somebody begins to pay, so that it is there when the line is not. A line that is cut is waited for a while. */
export async function loadStanding() {
	for (let tries = 1; ; tries += 1)
		try {
			return (await bring(() => import('./Standing.svelte'))).default;
		} catch (error) {
			if (tries === 20) throw error;
			await new Promise((done) => setTimeout(done, 1500));
		}
}
