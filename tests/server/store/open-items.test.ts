// What is stored as open, beside the journal: nobody writes it but the triggers, a difference is found and mended, and writers don't wait for each other.
// Every other test compares it as its house closes (tests/setup/house.ts).
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { required } from '#lib/domain/required.ts';
import { sumOutstanding } from '#lib/server/store/invoice-sums.ts';
import { lockInvoices } from '#lib/server/store/lock-invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { newId } from '#lib/server/identity.ts';
import { read } from '#lib/server/use-cases/run.ts';
import { compareOpen } from '#lib/server/use-cases/upkeep/compare-open.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let superuser: postgres.Sql;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
	await superuser.end();
	await house.close();
});
const { asSystem, today, inDays } = stageOf(() => ({ house, cast }));
const owner = (): string => house.databaseUrl.replace('//postgres:postgres@', '//ponctuel_owner:ponctuel_owner@');
const run = promisify(execFile);
const command = (...options: string[]) =>
	run(process.execPath, ['src/scripts/open-items.ts', ...options], {
		env: { ...process.env, DATABASE_URL_MIGRATE: owner(), DATABASE_URL: '' }
	}).then(
		({ stdout }) => ({ code: 0, stdout }),
		({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout })
	);
const itemOf = async (invoiceId: string) =>
	required(
		(
			await superuser`select balance_minor::int as left, under_way_minor::int as waiting, payable_minor::int as payable from open_item where invoice_id = ${invoiceId}`
		)[0],
		'open item'
	);

test('an invoice, a debit under way, its money: the row says each at once', async () => {
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 50_000, dueOn: inDays(10) });
	expect(await itemOf(invoiceId)).toEqual({ left: 50_000, waiting: 0, payable: 50_000 });
	expect(await pay(house.services, payer, [invoiceId], 50_000, { method: 'pm_success_fr' })).toMatchObject({
		ok: true
	});
	expect(await itemOf(invoiceId)).toEqual({ left: 50_000, waiting: 50_000, payable: 0 });
	await stageOf(() => ({ house, cast })).live(10);
	expect(await itemOf(invoiceId)).toEqual({ left: 0, waiting: 0, payable: 0 });
});

test('no role of the product writes it, whatever the scope', async () => {
	for (const words of [
		sql`update open_item set balance_minor = 0`,
		sql`delete from open_item`,
		sql`insert into open_sum select * from open_sum`,
		sql`update open_sum set payable_minor = 0`,
		sql`select refresh_open_items(${cast.supplierId}::uuid, '{}'::uuid[])`
	]) {
		await expect(asSystem((tx) => tx.execute(words))).rejects.toMatchObject({ cause: { code: '42501' } });
		await expect(house.services.db.system.execute(words)).rejects.toMatchObject({ cause: { code: '42501' } });
	}
});

test('what was written past the triggers is told at night, said by the command, and read anew from the books', async () => {
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 12_345, dueOn: inDays(10) });
	expect(await command()).toMatchObject({ code: 0 });
	await superuser`update open_item set balance_minor = 1 where invoice_id = ${invoiceId}`;
	await superuser`update open_sum set owed_count = owed_count + 1 where supplier_id = ${cast.supplierId}`;
	const error = vi.spyOn(house.services.log, 'error');
	await compareOpen(house.services);
	expect(error.mock.calls.map(([said]) => (said as { about: string }).about).sort()).toEqual(
		expect.arrayContaining([invoiceId])
	);
	expect(await command()).toMatchObject({ code: 1, stdout: expect.stringContaining(invoiceId) });
	expect(await command('--mend')).toMatchObject({ code: 0, stdout: expect.stringContaining('0 differences are left') });
	expect(await itemOf(invoiceId)).toMatchObject({ left: 12_345 });
	error.mockClear();
	await compareOpen(house.services);
	expect(error.mock.calls).toEqual([]);
	error.mockRestore();
});

test('writers of one supplier and one day don’t wait for each other’s commit, and the slots they leave are laid together', async () => {
	const before = (await read(house.services, cast.owner, (tx) => sumOutstanding(tx, cast.owner, today())))[0];
	const ids = [];
	for (let i = 0; i < 4; i++)
		ids.push(await anInvoice(house.services, cast, {}, { grossMinor: 1_000, dueOn: inDays(30) }));
	const open = Promise.withResolvers<void>();
	const inHand = ids.map(() => Promise.withResolvers<void>());
	// Each has written what is open of its own invoice, and none has committed: with one row for all of them, the second would wait for ever.
	const writers = ids.map((invoiceId, i) =>
		inScope(house.services.db, cast.system, async (tx) => {
			await lockInvoices(tx, cast.system, [invoiceId]);
			await tx.execute(sql`update invoice set not_payable_reason = 'debited' where invoice_id = ${invoiceId}`);
			required(inHand[i], 'writer').resolve();
			await open.promise;
		})
	);
	await Promise.all(inHand.map(({ promise }) => promise));
	open.resolve();
	await Promise.all(writers);
	const slots = async () =>
		(
			await superuser`select count(*)::int as slots from open_sum where supplier_id = ${cast.supplierId} and due_on = ${inDays(30)}`
		)[0]?.['slots'] as number;
	expect(await slots()).toBe(4);
	const sum = async () => (await read(house.services, cast.owner, (tx) => sumOutstanding(tx, cast.owner, today())))[0];
	const told = { openMinor: before.openMinor, elsewhereMinor: before.elsewhereMinor + 4_000n };
	expect(await sum()).toMatchObject(told);
	await compareOpen(house.services);
	expect(await slots()).toBe(1);
	expect(await sum()).toMatchObject(told);
});

test('two that book on one invoice at once, neither of which has seen the other: what both wrote is there', async () => {
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 9_000, dueOn: inDays(30) });
	const [one, other] = [1, 2].map(() => postgres(house.databaseUrl, { max: 1, onnotice: () => {} }));
	const book = async (client: postgres.Sql | undefined, meanwhile: () => Promise<unknown>): Promise<void> =>
		void (await required(client, 'connection').begin(async (tx) => {
			const entryId = newId();
			await tx`insert into journal_entry (supplier_id, entry_id, kind, source_id, currency, booked_on, created_at)
				values (${cast.supplierId}, ${entryId}, 'payment', ${entryId}, 'EUR', ${today()}, now())`;
			await tx`insert into journal_line (supplier_id, entry_id, position, account, client_id, invoice_id, debit_minor, credit_minor) values
				(${cast.supplierId}, ${entryId}, 0, '511', null, null, 1000, 0), (${cast.supplierId}, ${entryId}, 1, '411', ${payer.clientId}, ${invoiceId}, 0, 1000)`;
			await meanwhile();
		}));
	let second: Promise<void> | undefined;
	await book(one, async () => {
		second = book(other, async () => {});
		await vi.waitFor(async () =>
			expect(
				(
					await superuser`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
				)[0]?.['waiting']
			).toBeGreaterThan(0)
		);
	});
	await second;
	expect(await itemOf(invoiceId)).toMatchObject({ left: 7_000 });
	await Promise.all([one?.end(), other?.end()]);
});
