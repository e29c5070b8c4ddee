// Works one stored event: settles the intent it is about, or looks again at the means of payment. Running twice is harmless. Several
// hands work at once, suppliers in turn; two events about one object come one after the other.
import { mintScope } from '../../../domain/access/scope.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import type { Database } from '../../store/database.ts';
import {
	claimStripeEvents,
	finishStripeEvent,
	putOffStripeEvent,
	type ClaimedEvent
} from '../../store/stripe-events.ts';
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

/** In a process. */
export const EVENT_HANDS = 8;
const PER_SUPPLIER = 2;

/** Whose turn it was last, of each of these services. */
const served = new WeakMap<Database, string>();
/** At most `free` of what is due. Once half of the hands are taken nobody is given a second one: some slow suppliers do not hold them all. */
export async function claimEvents({ db, clock }: Services, free: number): Promise<ClaimedEvent[]> {
	const second = free - EVENT_HANDS / 2;
	const take = async (each: number, limit: number) => {
		if (limit <= 0) return [];
		const turn = served.get(db) ?? null;
		const claimed = await claimStripeEvents(db, clock.now(), { leaseMs: LEASE_MS, each, limit, served: turn });
		const last = claimed.at(-1);
		if (last) served.set(db, last.supplierId);
		return claimed;
	};
	const alone = await take(1, free);
	return [...alone, ...(await take(PER_SUPPLIER, second - alone.length))];
}
export async function handleNextEvent(services: Services): Promise<boolean> {
	const [event] = await claimEvents(services, 1);
	if (!event) return false;
	await handleEvent(services, event);
	return true;
}

export async function handleEvent(services: Services, event: ClaimedEvent): Promise<void> {
	try {
		if (await isSilent(services.db, event.stripeAccount)) return await wait(services, event, HOUR_MS);
		const afterwards = await work(services, event);
		// By its holder alone: handled twice, it is told once.
		if (await finishStripeEvent(services.db, event)) await afterwards();
	} catch (error) {
		services.log.warn({ err: error, stripeEventId: event.stripeEventId, tries: event.tries }, 'event not settled yet');
		if (error instanceof NotAsked) await wait(services, event, MINUTE_MS);
		else await fail(services, event, (error as Error).message);
	}
}

const NOTHING = async () => {};
/** Harmless twice; what it returns is not, and is done by who finishes the event. */
async function work(services: Services, event: ClaimedEvent): Promise<() => Promise<void>> {
	const scope = mintScope(event.supplierId, { kind: 'system' });
	const { stripeAccount: account, paymentIntentId: intentId } = event;
	if (intentId) await settleIntent(services, scope, { account, intentId });
	else if (event.type.startsWith('payout.')) await compareAccount(services, scope, account);
	else if (event.type.startsWith('setup_intent.')) return followRefusedSetup(services, scope, event.objectId);
	else await followMethod(services, scope, account, event.objectId);
	return NOTHING;
}

const after = ({ clock }: Services, delayMs: number): Date => new Date(clock.now().getTime() + delayMs);
/** Stripe can't be asked: that costs no try, and the event is woken as soon as its account answers again (follow-silence.ts). */
function wait(services: Services, event: ClaimedEvent, delayMs: number): Promise<void> {
	const state = event.state === 'failed' ? 'failed' : 'new';
	return putOffStripeEvent(services.db, event, { state, tries: event.tries - 1, nextTryAt: after(services, delayMs) });
}
/** Shown as failed after a while, and tried once a day from then on. */
function fail(services: Services, event: ClaimedEvent, problem: string): Promise<void> {
	const isFailed = event.tries >= TRIES_MAX;
	return putOffStripeEvent(services.db, event, {
		state: isFailed ? 'failed' : 'new',
		problem: problem.slice(0, 200),
		tries: event.tries,
		nextTryAt: after(services, isFailed ? DAY_MS : Math.min(2 ** event.tries * 1000, HOUR_MS))
	});
}
