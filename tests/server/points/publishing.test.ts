// A version is published while people pay: each act is judged by the version that everybody reads at its instant. Both moments are held open by locks, so that what
// happens once in a thousand publications happens each time.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLiveProgramme } from '#lib/server/store/points-programme.ts';
import { saveProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { aProgramme, awardsOf, givePoints, PLAIN_TERMS, publishDraft } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let sql: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await aProgramme(house.services, cast);
	await givePoints(house.services, cast, payer.clientId, 10);
	sql = postgres(house.databaseUrl, { max: 2, onnotice: () => {} });
});
afterAll(async () => {
	await sql.end();
	await house.close();
});
const { asSystem } = stageOf(() => ({ house, cast }));
const invoiceOf = () => anInvoice(house.services, cast, {}, { grossMinor: 12_000 });
/** Paid by card, and its points followed. */
async function paid(invoiceId: string): Promise<void> {
	expect(await pay(house.services, payer, [invoiceId], 12_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
	await house.drain();
}
const versionOf = async (invoiceId: string) =>
	(await awardsOf(house.services, cast, invoiceId)).map((one) => one.version);
const waiting = (count: number) =>
	expect
		.poll(
			async () =>
				(await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`).count,
			{ timeout: 20_000, interval: 20 }
		)
		.toBe(count);
/** Publishes the next version. It is held where it first asks for the table, until `meanwhile` is over. */
async function publishedWith(table: string, meanwhile: () => Promise<unknown>): Promise<void> {
	expect(await saveProgramme(house.services, cast.owner, PLAIN_TERMS)).toMatchObject({ ok: true });
	let publishing: ReturnType<typeof publishDraft> | undefined;
	await sql.begin(async (held) => {
		await held.unsafe(`lock table ${table} in access exclusive mode`);
		publishing = publishDraft(house.services, cast.owner);
		await waiting(1);
		await meanwhile();
	});
	expect(await publishing).toMatchObject({ ok: true });
}

test('what is paid while the last year is tried is judged by the version before, and the next one begins after it', async () => {
	const invoiceId = await invoiceOf();
	const before = await asSystem((tx) => findLiveProgramme(tx, cast.system));
	await publishedWith('voucher_code', () => paid(invoiceId));
	expect(await versionOf(invoiceId)).toEqual([before!.version]);
	const live = await asSystem((tx) => findLiveProgramme(tx, cast.system));
	expect(live!.version).toBe(before!.version + 1);
	const [payment] = await sql<{ at: Date }[]>`select created_at as at from payment order by created_at desc limit 1`;
	expect(live!.publishedAt!.getTime()).toBeGreaterThan(payment!.at.getTime());
	const [ended] = await sql<
		{ at: Date }[]
	>`select ended_at as at from points_programme where version = ${before!.version}`;
	expect(ended!.at).toEqual(live!.publishedAt);
});

test('what is paid while a version is being kept waits for it, and is judged by it', async () => {
	const invoiceId = await invoiceOf();
	const before = await asSystem((tx) => findLiveProgramme(tx, cast.system));
	let paying: Promise<void> | undefined;
	// Every account was looked at again by then, and is locked.
	await publishedWith('audit', async () => {
		paying = paid(invoiceId);
		await waiting(2);
	});
	await paying;
	expect(await versionOf(invoiceId)).toEqual([before!.version + 1]);
});
