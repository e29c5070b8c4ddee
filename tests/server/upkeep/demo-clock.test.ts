// The demo's day does not change under the hands of a charge or of a mail: what a worker holds would be taken by another, or be told on a day that is over.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { movableClock, type MovableClock } from '#lib/server/clock.ts';
import { newId } from '#lib/server/identity.ts';
import { dropCharge } from '#lib/server/store/plan-charges.ts';
import { mail, planCharge, stripeEvent } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { advanceClock, parseAdvance } from '#lib/server/use-cases/demo/advance-clock.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const DAY_MS = 86_400_000;
let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());

/** Moves a clock by a day, and tells what it had become after a while, and in the end. */
async function moved(letGo: () => Promise<unknown>): Promise<[meanwhile: number, after: number]> {
	const clock: MovableClock = movableClock();
	const moving = advanceClock(house.services, clock, { moveClock: async () => {} } as never, DAY_MS);
	await new Promise((done) => setTimeout(done, 400));
	const meanwhile = clock.offsetMs();
	await letGo();
	await moving;
	return [meanwhile, clock.offsetMs()];
}
test('a mail that is just being sent is waited for', async () => {
	const { system } = house.services.db;
	const now = house.services.clock.now();
	const mailId = newId();
	await system.insert(mail).values({
		supplierId: cast.supplierId,
		mailId,
		kind: 'plan_started',
		uniqueKey: mailId,
		contactId: payer.contactId,
		memberId: null,
		toAddress: payer.email,
		locale: 'fr',
		subjectId: newId(),
		state: 'sending',
		tries: 1,
		nextTryAt: new Date(now.getTime() + 60_000),
		createdAt: now
	} as never);
	expect(await moved(() => system.update(mail).set({ state: 'sent', sentAt: now }))).toEqual([0, DAY_MS]);
	// One that a dead worker held is nobody's: it is not waited for.
	await system.update(mail).set({ state: 'sending', nextTryAt: new Date(now.getTime() - 1000) });
	expect((await moved(async () => {}))[0]).toBe(DAY_MS);
});
test('what Stripe has told is waited for, due or in hand', async () => {
	const { system } = house.services.db;
	const now = house.services.clock.now();
	const told = {
		supplierId: cast.supplierId,
		stripeEventId: newId(),
		type: 'payment_intent.succeeded',
		objectId: 'pi_x',
		state: 'new' as const,
		tries: 0,
		nextTryAt: now,
		createdAt: now,
		receivedAt: now
	};
	await system.insert(stripeEvent).values(told);
	const later = { nextTryAt: new Date(now.getTime() + 3_600_000) };
	expect(await moved(() => system.update(stripeEvent).set(later))).toEqual([0, DAY_MS]);
	await system.update(stripeEvent).set({ claimedUntil: new Date(now.getTime() + 60_000) });
	expect(await moved(() => system.update(stripeEvent).set({ claimedUntil: null }))).toEqual([0, DAY_MS]);
	// One that waits for its next try is not waited for.
	expect((await moved(async () => {}))[0]).toBe(DAY_MS);
});
test('a part of a plan that is just being charged is waited for', async () => {
	const { db, clock } = house.services;
	const held = {
		supplierId: cast.supplierId,
		chargeId: newId(),
		planIds: [],
		positions: [],
		claimedUntil: new Date(clock.now().getTime() + 60_000),
		createdAt: clock.now()
	};
	await inScope(db, cast.system, (tx) => tx.insert(planCharge).values(held));
	expect(await moved(() => inScope(db, cast.system, (tx) => dropCharge(tx, held)))).toEqual([0, DAY_MS]);
});
test('a time to move by is whole days, hours or minutes, of more than nothing and of four hundred days at most', () => {
	expect(['P1D', 'PT6H', 'PT30M', 'P1DT2H3M', 'P400D'].map(parseAdvance)).toEqual([
		DAY_MS,
		6 * 3_600_000,
		30 * 60_000,
		DAY_MS + 2 * 3_600_000 + 3 * 60_000,
		400 * DAY_MS
	]);
	for (const text of ['', 'P', 'P0D', 'P401D', 'P400DT1M', '-P1D', 'P1.5D', '1D', 'P1Y', 'XP1D', 'P1DX'])
		expect([text, parseAdvance(text)]).toEqual([text, null]);
});
