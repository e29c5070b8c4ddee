// Works one stored event: settles the intent it is about. Running twice is harmless. Returns false when the queue is empty.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { claimStripeEvent, finishStripeEvent } from '../../store/stripe-events.ts';
import { settleIntent } from './settle-intent.ts';

const LEASE_MS = 60_000;
const TRIES_MAX = 20;

export async function handleNextEvent(services: Services): Promise<boolean> {
	const event = await claimStripeEvent(services.db, services.clock.now(), LEASE_MS);
	if (!event) return false;
	try {
		await settleIntent(services, mintScope(event.supplierId, { kind: 'system' }), event.paymentIntentId!);
		await finishStripeEvent(services.db, event, { state: 'done' });
	} catch (error) {
		const delayMs = Math.min(2 ** event.tries * 1000, 3_600_000);
		services.log.warn({ err: error, stripeEventId: event.stripeEventId, tries: event.tries }, 'event not settled yet');
		await finishStripeEvent(services.db, event, {
			state: event.tries >= TRIES_MAX ? 'failed' : 'new',
			problem: (error as Error).message.slice(0, 200),
			nextTryAt: new Date(services.clock.now().getTime() + delayMs)
		});
	}
	return true;
}
