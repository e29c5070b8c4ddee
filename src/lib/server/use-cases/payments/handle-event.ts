// Works one stored event: settles the intent it is about, or looks again at the means of payment. Running twice is harmless. Returns false when the queue is empty.
import { mintScope } from '../../../domain/access/scope.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { claimStripeEvent, finishStripeEvent, type StripeEventRow } from '../../store/stripe-events.ts';
import { isSilent } from '../../store/stripe-accounts.ts';
import { followMethod } from '../methods/follow-method.ts';
import { followRefusedSetup } from '../methods/follow-refused-setup.ts';
import { compareAccount } from './compare-account.ts';
import { settleIntent } from './settle-intent.ts';

const LEASE_MS = 60_000;
const TRIES_MAX = 20;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export async function handleNextEvent(services: Services): Promise<boolean> {
	const event = await claimStripeEvent(services.db, services.clock.now(), LEASE_MS);
	if (!event) return false;
	try {
		if (await isSilent(services.db, event.stripeAccount)) await wait(services, event, HOUR_MS);
		else await work(services, event);
	} catch (error) {
		services.log.warn({ err: error, stripeEventId: event.stripeEventId, tries: event.tries }, 'event not settled yet');
		if (error instanceof NotAsked) await wait(services, event, MINUTE_MS);
		else await fail(services, event, (error as Error).message);
	}
	return true;
}

async function work(services: Services, event: StripeEventRow): Promise<void> {
	const scope = mintScope(event.supplierId, { kind: 'system' });
	const { stripeAccount: account, paymentIntentId: intentId } = event;
	if (intentId) await settleIntent(services, scope, { account, intentId });
	else if (event.type.startsWith('payout.')) await compareAccount(services, scope, account);
	else if (event.type.startsWith('setup_intent.')) await followRefusedSetup(services, scope, event.objectId);
	else await followMethod(services, scope, account, event.objectId);
	await finishStripeEvent(services.db, event, { state: 'done' });
}

const after = ({ clock }: Services, delayMs: number): Date => new Date(clock.now().getTime() + delayMs);
/** Stripe can't be asked: that costs no try, and the event is woken as soon as its account answers again (follow-silence.ts). */
function wait(services: Services, event: StripeEventRow, delayMs: number): Promise<void> {
	const { state, tries } = event;
	return finishStripeEvent(services.db, event, { state, tries: tries - 1, nextTryAt: after(services, delayMs) });
}
/** Shown as failed after a while, and tried once a day from then on. */
function fail(services: Services, event: StripeEventRow, problem: string): Promise<void> {
	const isFailed = event.tries >= TRIES_MAX;
	return finishStripeEvent(services.db, event, {
		state: isFailed ? 'failed' : 'new',
		problem: problem.slice(0, 200),
		nextTryAt: after(services, isFailed ? DAY_MS : Math.min(2 ** event.tries * 1000, HOUR_MS))
	});
}
