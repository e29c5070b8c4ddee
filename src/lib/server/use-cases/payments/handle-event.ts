// Works one stored event: settles the intent it is about, or looks again at the means of payment. Running twice is harmless. Returns false when the queue is empty.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { claimStripeEvent, finishStripeEvent } from '../../store/stripe-events.ts';
import { followMethod } from '../methods/follow-method.ts';
import { followRefusedSetup } from '../methods/follow-refused-setup.ts';
import { settleIntent } from './settle-intent.ts';

const LEASE_MS = 60_000;
const TRIES_MAX = 20;

export async function handleNextEvent(services: Services): Promise<boolean> {
	const event = await claimStripeEvent(services.db, services.clock.now(), LEASE_MS);
	if (!event) return false;
	try {
		const scope = mintScope(event.supplierId, { kind: 'system' });
		if (event.paymentIntentId) await settleIntent(services, scope, event.paymentIntentId);
		else if (event.type.startsWith('setup_intent.')) await followRefusedSetup(services, scope, event.objectId);
		else await followMethod(services, scope, event.objectId);
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
