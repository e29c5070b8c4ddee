// What follows wherever money was booked, went back, or an attempt came to nothing: instalments of plans ask for no more than is owed, points stand as their money does.
// Invoices first, then plans, then points: as everybody locks.
import { lowerToOwed } from '../plans/lower-plans.ts';
import { followPoints } from '../points/follow-points.ts';
import type { Booking } from '../settling.ts';

/** `attempt`: an attempt, or the payment that it brought. `paymentId`: what was booked, if instalments become smaller by it. */
export async function followMoney(
	booking: Pick<Booking, 'scope' | 'tx' | 'supplier' | 'now'>,
	attempt: { attemptId: string; clientId: string },
	paymentId: string | null
): Promise<void> {
	await lowerToOwed(booking, attempt, paymentId);
	await followPoints(booking, attempt);
}
