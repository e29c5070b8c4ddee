// What Stripe tells is worked by several hands, suppliers in turn: who has thousands keeps no other waiting, two about one object come one after the other,
// and only who holds an event says how it ended.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { workWithHands } from '#lib/server/jobs/hands.ts';
import type { Services } from '#lib/server/services.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { stripeEvent } from '#lib/server/store/schema/index.ts';
import { wakeStripeEvents } from '#lib/server/store/stripe-accounts.ts';
import { finishStripeEvent, putOffStripeEvent, type ClaimedEvent } from '#lib/server/store/stripe-events.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { claimEvents, EVENT_HANDS, handleEvent } from '#lib/server/use-cases/payments/handle-event.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const ACCOUNTS = Array.from({ length: 9 }, (_, i) => `acct_turn${i}`);
let house: TestHouse;
let casts: Cast[];
beforeAll(async () => {
	house = await openHouse(ACCOUNTS);
	casts = [];
	for (const account of ACCOUNTS) casts.push(await aSupplier(house.services, account, account));
	casts.sort((a, b) => (a.supplierId < b.supplierId ? -1 : 1));
});
afterAll(() => house.close());
beforeEach(async () => void (await house.services.db.system.delete(stripeEvent)));

const cast = (i: number) => required(casts[i], 'supplier');
const now = () => house.services.clock.now();
type Told = { supplierId: string; objectId?: string; intentId?: string | null; type?: string; account?: string };
const tell = (told: Told[]) =>
	house.services.db.system.insert(stripeEvent).values(
		told.map(
			({ supplierId, objectId = `pm_${newId()}`, intentId = null, type = 'payment_method.updated', account }) => ({
				supplierId,
				stripeEventId: `evt_${newId()}`,
				stripeAccount: account ?? null,
				type,
				objectId,
				paymentIntentId: intentId,
				state: 'new' as const,
				tries: 0,
				nextTryAt: now(),
				createdAt: now(),
				receivedAt: now()
			})
		)
	);
/** Another process: it knows nothing of whose turn it was here. */
const another = (): Services => ({ ...house.services, db: { ...house.services.db } });
const eachOf = (claimed: ClaimedEvent[]) =>
	casts.map(({ supplierId }) => claimed.filter((one) => one.supplierId === supplierId).length);
const rows = () => house.services.db.system.select().from(stripeEvent);

test('a supplier with thousands of events, each of which waits for Stripe, keeps no receipt of another waiting', async () => {
	const [many, other] = [cast(0), cast(8)];
	const payer = await aPayer(house.services, other, 'turn@client.example');
	const invoiceId = await anInvoice(house.services, other, {});
	const attemptId = newId();
	const { payments } = house.services;
	const account = await accountOf(other);
	const match = { method: 'POST', path: '^/v1/payment_intents$' };
	house.world.world.faults.push({ id: 'lost', match, do: { drop: 'after' }, seen: 0 });
	await pay(house.services, payer, [invoiceId], 120_000, { attemptId, account });
	house.world.world.faults = [];
	const intent = required(
		Object.values(required(house.world.world.accounts.get(account), 'account').payment_intents).find(
			(one) => one.metadata['attempt_id'] === attemptId
		),
		'intent'
	);
	await tell(Array.from({ length: 3000 }, () => ({ supplierId: many.supplierId })));
	await tell([{ supplierId: other.supplierId, objectId: intent.id, intentId: intent.id, account }]);
	const answer = Promise.withResolvers<void>();
	const slow = another();
	slow.payments = {
		...payments,
		retrieveMethod: async () => {
			await answer.promise;
			return null;
		}
	};
	let isStopping = false;
	const shift = { stopping: () => isStopping, nextRing: () => new Promise<void>(() => {}) };
	const working = workWithHands(
		EVENT_HANDS,
		shift,
		(free) => claimEvents(slow, free),
		(event) => handleEvent(slow, event)
	);
	const status = async () =>
		(await inScope(house.services.db, other.system, (tx) => findAttempt(tx, other.system, attemptId)))?.status;
	await expect.poll(status, { timeout: 20_000 }).toBe('paid');
	const held = (await rows()).filter((row) => row.claimedUntil !== null);
	expect(held.length).toBeLessThanOrEqual(2);
	isStopping = true;
	answer.resolve();
	await working;
	expect((await rows()).filter((row) => row.state === 'done').length).toBeLessThanOrEqual(5);
});
async function accountOf({ supplierId }: Cast): Promise<string> {
	const [row] = await house.services.db.system.execute<{ account: string }>(
		sql`select account from stripe_account where supplier_id = ${supplierId}`
	);
	return required(row, 'account').account;
}

test('suppliers in turn, two events of one at most, whichever process asks', async () => {
	await tell([0, 1, 2].flatMap((i) => Array.from({ length: 10 }, () => ({ supplierId: cast(i).supplierId }))));
	const [here, there] = [house.services, another()];
	expect(eachOf(await claimEvents(here, 1)).slice(0, 3)).toEqual([1, 0, 0]);
	expect(eachOf(await claimEvents(here, 1)).slice(0, 3)).toEqual([0, 1, 0]);
	const claims = (await Promise.all([claimEvents(here, EVENT_HANDS), claimEvents(there, EVENT_HANDS)])).flat();
	expect(eachOf(claims).slice(0, 3)).toEqual([1, 1, 2]);
	expect(new Set(claims.map((one) => one.stripeEventId)).size).toBe(4);
	expect(await claimEvents(here, EVENT_HANDS)).toEqual([]);
	// Who died with them in hand loses them.
	house.world.world.offsetMs += 61_000;
	expect(
		eachOf(await claimEvents(here, EVENT_HANDS))
			.slice(0, 3)
			.sort()
	).toEqual([1, 1, 2]);
});

test('some slow suppliers do not hold all hands', async () => {
	await tell(casts.slice(0, 4).flatMap(({ supplierId }) => Array.from({ length: 5 }, () => ({ supplierId }))));
	const held = await claimEvents(house.services, EVENT_HANDS);
	expect(eachOf(held)).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0]);
	expect(await claimEvents(house.services, EVENT_HANDS - held.length)).toEqual([]);
	await tell(casts.slice(4, 8).map(({ supplierId }) => ({ supplierId })));
	expect(eachOf(await claimEvents(house.services, EVENT_HANDS - held.length))).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0]);
});

test.each([
	['one intent', { objectId: 'ch_1', intentId: 'pi_1' }, { objectId: 'pi_1', intentId: 'pi_1' }],
	['one means of payment', { objectId: 'pm_1' }, { objectId: 'pm_1' }],
	['one account', { objectId: 'po_1', type: 'payout.created' }, { objectId: 'po_2', type: 'payout.paid' }]
])('two about %s: the second waits for the first, and nothing else waits for it', async (_what, first, second) => {
	const { supplierId } = cast(0);
	await tell([{ supplierId, ...first }]);
	await tell([{ supplierId, ...second }]);
	await tell([{ supplierId, objectId: 'pm_other' }]);
	const claims = (
		await Promise.all([claimEvents(house.services, EVENT_HANDS), claimEvents(another(), EVENT_HANDS)])
	).flat();
	expect(claims.map((one) => one.objectId).sort()).toEqual([first.objectId, 'pm_other'].sort());
	for (const one of claims) expect(await finishStripeEvent(house.services.db, one)).toBe(true);
	expect((await claimEvents(another(), EVENT_HANDS)).map((one) => one.objectId)).toEqual([second.objectId]);
});

test('who has lost an event to another does not finish it, put it off or fail it; woken meanwhile, it stays woken', async () => {
	const { db } = house.services;
	const { supplierId } = cast(0);
	await tell([{ supplierId, account: await accountOf(cast(0)) }]);
	const claim = async () => required((await claimEvents(house.services, 1))[0], 'event');
	const state = async () => {
		const [row] = await rows();
		return [row?.state, row?.tries, row?.claimedUntil?.getTime(), row?.nextTryAt.getTime()];
	};
	const lost = await claim();
	house.world.world.offsetMs += 61_000;
	const mine = await claim();
	const held = await state();
	expect(held.slice(0, 3)).toEqual(['new', 2, mine.claimedUntil.getTime()]);
	const later = new Date(now().getTime() + 3_600_000);
	expect(await finishStripeEvent(db, lost)).toBe(false);
	for (const ended of ['new', 'failed'] as const) {
		await putOffStripeEvent(db, lost, { state: ended, problem: 'slow', tries: 20, nextTryAt: later });
		expect(await state()).toEqual(held);
	}
	house.world.world.offsetMs += 10;
	const account = await accountOf(cast(0));
	await wakeStripeEvents(db, { supplierId, account } as never, now());
	await putOffStripeEvent(db, mine, { state: 'failed', tries: 20, nextTryAt: later });
	expect((await state()).slice(0, 3)).toEqual(['new', 0, undefined]);
	const again = await claim();
	await putOffStripeEvent(db, again, { state: 'failed', problem: 'no', tries: 20, nextTryAt: later });
	expect(await state()).toEqual(['failed', 20, undefined, later.getTime()]);
	house.world.world.offsetMs += 3_600_001;
	expect(await finishStripeEvent(db, await claim())).toBe(true);
	expect((await state()).slice(0, 3)).toEqual(['done', 21, undefined]);
});
