// Work costs what is due: with nothing to do, a round of the worker says the same few things to the database for ten suppliers and for two thousand.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PERIODIC } from '#lib/server/jobs/worker.ts';
import { askStripe, doDueWork } from '#lib/server/jobs/due-jobs.ts';
import type { Services } from '#lib/server/services.ts';
import { COMPARE_OPEN } from '#lib/server/use-cases/upkeep/compare-open.ts';
import { aSupplier } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const FORGETS = 'forget what has served its time';
let house: TestHouse;
let superuser: postgres.Sql;
beforeAll(async () => {
	house = await openHouse(['acct_idle']);
	superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	await aSupplier(house.services, 'acct_idle', 'Lumen');
});
afterAll(async () => {
	await superuser.end();
	await house.close({ isMadeUp: true });
});
const idle = (count: number) => superuser`insert into supplier select (r).* from (
	select jsonb_populate_record(null::supplier, to_jsonb(s) || jsonb_build_object('supplier_id', gen_random_uuid(), 'slug', 'idle-' || gen_random_uuid(), 'stripe_account', 'acct_idle_' || gen_random_uuid())) as r
	from (select * from supplier order by created_at limit 1) s, generate_series(1, ${count}::int)) made`;

/** What is said to the database: by the worker itself, and in the scope of a supplier. */
async function counted(services: Services, work: () => Promise<unknown>): Promise<number> {
	const { app, signals } = services.db;
	const [unsafe, transaction] = [signals.unsafe, app.transaction];
	let said = 0;
	signals.unsafe = ((...args: Parameters<typeof unsafe>) => {
		said += 1;
		return unsafe.apply(signals, args);
	}) as typeof unsafe;
	app.transaction = ((...args: Parameters<typeof transaction>) => {
		said += 1;
		return transaction.apply(app, args);
	}) as typeof transaction;
	try {
		await work();
	} finally {
		signals.unsafe = unsafe;
		app.transaction = transaction;
	}
	return said;
}
async function round(services: Services): Promise<Record<string, number>> {
	const costs: Record<string, number> = {};
	for (const { name, run } of PERIODIC) costs[name] = await counted(services, () => run(services));
	costs['what is due'] = await counted(services, () => doDueWork(services));
	costs['what Stripe has not ended'] = await counted(services, () =>
		askStripe(services, { stopping: () => false, nextRing: () => new Promise(() => {}) })
	);
	return costs;
}

test('a round in which nothing is due costs the same for ten suppliers and for two thousand', async () => {
	await idle(9);
	await round(house.services);
	const ten = await round(house.services);
	await idle(1990);
	const many = await round(house.services);
	expect(many).toEqual(ten);
	// One question each, two where two pools are asked; what forgets has one for each thing, what goes on from round to round says how far it has come.
	const { [FORGETS]: forgets, [COMPARE_OPEN]: compares, ...others } = ten;
	expect(forgets).toBeLessThanOrEqual(15);
	expect(compares).toBe(5);
	expect(Math.max(...Object.values(others))).toBeLessThanOrEqual(2);
	expect(Math.min(...Object.values(ten))).toBeGreaterThan(0);
});
