// Stripe tells something: verified, stored once, answered at once. The work is done later by handle-event.ts.
import type { Services } from '../../services.ts';
import { findSupplierOfAccount } from '../../store/stripe-accounts.ts';
import { insertStripeEvent } from '../../store/stripe-events.ts';

export type Reception = 'kept' | 'known' | 'ignored' | 'invalid';
/** `invalid`: bad signature, too old, wrong mode. `ignored`: an account that is not ours, or an event that changes nothing here. */
export async function receiveEvent(services: Services, rawBody: string, signature: string): Promise<Reception> {
	const event = services.payments.readEvent(rawBody, signature);
	if (!event) return 'invalid';
	// Of an account that was the supplier's before as well: its debits and disputes go on there.
	const supplierId = await findSupplierOfAccount(services.db, event.account);
	if (!supplierId || !(event.paymentIntentId ?? event.methodId ?? event.setupIntentId ?? event.payoutId))
		return 'ignored';
	const now = services.clock.now();
	const isNew = await insertStripeEvent(services.db, {
		supplierId,
		stripeEventId: event.id,
		stripeAccount: event.account,
		type: event.type,
		objectId: event.objectId,
		paymentIntentId: event.paymentIntentId,
		state: 'new',
		tries: 0,
		nextTryAt: now,
		createdAt: event.createdAt,
		receivedAt: now
	});
	services.signal();
	return isNew ? 'kept' : 'known';
}
