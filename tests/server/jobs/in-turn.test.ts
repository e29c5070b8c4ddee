// One supplier with very much to do keeps nobody else waiting: debits are taken in turn, and what reads long reads beside what is due.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { startWorker } from '#lib/server/jobs/worker.ts';
import type { Services } from '#lib/server/services.ts';
import { claimCharge } from '#lib/server/store/plan-charges.ts';
import { lastTurns } from '#lib/server/store/periodic-tasks.ts';
import { planCharge } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let large: Cast;
let small: Cast;
beforeAll(async () => {
	house = await openHouse();
	large = await aSupplier(house.services);
	small = await aSupplier(house.services, 'acct_canuts', 'Petit');
});
afterAll(() => house.close());

test('debits are taken of suppliers in turn, the oldest first of each', async () => {
	const { db, clock } = house.services;
	const at = clock.now().getTime() - 60_000;
	const queue = async ({ system, supplierId }: Cast, later: number): Promise<string> => {
		const chargeId = newId();
		const createdAt = new Date(at + later);
		await inScope(db, system, (tx) =>
			tx.insert(planCharge).values({ supplierId, chargeId, planIds: [newId()], positions: [1], createdAt })
		);
		return chargeId;
	};
	const ofLarge = [];
	for (let i = 0; i < 5; i++) ofLarge.push(await queue(large, i));
	const ofSmall = await queue(small, 10);
	const claimed = [];
	for (let served: string | null = null; claimed.length < 6;) {
		const charge = await claimCharge(db, clock.now(), { leaseMs: 60_000, served });
		claimed.push(charge!.chargeId);
		served = charge!.supplierId;
	}
	expect(claimed.indexOf(ofSmall)).toBeLessThan(2);
	expect(claimed.filter((id) => id !== ofSmall)).toEqual(ofLarge);
	expect(await claimCharge(db, clock.now(), { leaseMs: 60_000, served: null })).toBeNull();
	for (const { system } of [large, small]) await inScope(db, system, (tx) => tx.delete(planCharge));
});
test('while Stripe is read for long, what is due is done', async () => {
	const payer = await aPayer(house.services, large);
	await pay(house.services, payer, [await anInvoice(house.services, large, {})], 120_000);
	const long = Promise.withResolvers<string[]>();
	const services: Services = {
		...house.services,
		payments: { ...house.services.payments, listIntentIds: () => long.promise }
	};
	const worker = startWorker(services);
	const turns = async () => [...(await lastTurns(house.services.db)).keys()];
	await expect.poll(turns, { timeout: 30_000 }).toContain('reconcile the last three days');
	await expect.poll(turns, { timeout: 30_000 }).toContain('points that are due');
	long.resolve([]);
	await worker.stop();
});
