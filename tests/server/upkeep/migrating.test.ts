// How migrations run: indexes beside the work that goes on, several starts at once, what does not fit together, what is looked at afterwards.
import { rmSync } from 'node:fs';
import postgres from 'postgres';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { migrateDatabase } from '../../../src/scripts/migrate.ts';
import { aSupplierOfThen, migrationsAnd, openOlderDatabases } from '../../setup/older-database.ts';

const older = openOlderDatabases();
const superuser = postgres(inject('template').replace(/\/[^/]+$/, '/postgres'), { max: 1, onnotice: () => {} });
const folders: string[] = [];
const withMore = (more: Record<string, string>) => {
	const folder = migrationsAnd(more);
	folders.push(folder);
	return folder;
};
afterAll(async () => {
	await superuser.end();
	await older.close();
	for (const folder of folders) rmSync(folder, { recursive: true });
});
async function until(what: () => Promise<boolean>): Promise<void> {
	while (!(await what())) await new Promise((go) => setTimeout(go, 20));
}

test('of two starts at once one builds the index, and none waits for the other for ever', async () => {
	const database = await older.ofToday();
	const folder = withMore({ '9990_index': 'CREATE INDEX CONCURRENTLY "late_idx" ON "client" ("name");' });
	const writer = postgres(database.url, { max: 1 });
	const held = await writer.reserve();
	await held.unsafe('begin; lock table client in row exclusive mode');
	const starts = async () =>
		(
			await superuser<{ query: string }[]>`
				select query from pg_stat_activity where datname = ${database.name} and application_name = 'ponctuel_migrate'`
		).map(({ query }) => query);
	const both = [migrateDatabase(database.url, folder)];
	await until(async () => (await starts()).some((query) => query.startsWith('CREATE INDEX')));
	both.push(migrateDatabase(database.url, folder));
	await until(async () => (await starts()).some((query) => query.includes('advisory_lock')));
	await held`rollback`;
	held.release();
	await writer.end();
	await Promise.all(both);
	const [index] = await database.sql`select indisvalid from pg_index where indexrelid = 'late_idx'::regclass`;
	expect(index).toEqual({ indisvalid: true });
});

test('the turn lasts as long as the upgrade: its connection is not ended because it is old', async () => {
	const database = await older.ofToday();
	const folder = withMore(
		Object.fromEntries([1, 2, 3].map((n) => [`999${n}_slow`, `create table slow_${n} as select pg_sleep(0.2)::text;`]))
	);
	const { setTimeout: real } = globalThis;
	// What the driver means to do in half an hour is done in the middle of this upgrade.
	const hurried = vi
		.spyOn(globalThis, 'setTimeout')
		.mockImplementation(((work: () => void, ms = 0, ...rest: never[]) =>
			real(work, ms >= 1_800_000 ? 100 : ms, ...rest)) as never);
	const seen = new Set<number>();
	let isOver = false;
	const upgrade = migrateDatabase(database.url, folder).finally(() => {
		isOver = true;
		hurried.mockRestore();
	});
	await until(async () => {
		const rows = await superuser<{ pid: number }[]>`
			select pid from pg_stat_activity where datname = ${database.name} and application_name = 'ponctuel_migrate'`;
		for (const { pid } of rows) seen.add(pid);
		return isOver;
	});
	await upgrade;
	expect(seen.size).toBe(1);
});

test('who writes a table does not wait for the index that is built on it', async () => {
	const database = await older.ofToday();
	const folder = withMore({ '9990_index': 'CREATE INDEX CONCURRENTLY "late_idx" ON "client" ("name");' });
	const early = postgres(database.url, { max: 1 });
	const held = await early.reserve();
	await held.unsafe('begin; lock table client in row exclusive mode');
	const migrating = migrateDatabase(database.url, folder);
	await until(
		async () =>
			(
				await superuser`
					select from pg_stat_activity where datname = ${database.name} and application_name = 'ponctuel_migrate'
						and query ilike 'create index%' and wait_event_type = 'Lock'`
			).length > 0
	);
	// An index that is built in the ordinary way keeps off everybody who comes after it.
	await database.sql`set lock_timeout = '2s'`;
	const written = await database.sql`update client set name = name`.then(
		() => 'written',
		(error: Error) => error.message
	);
	await held`rollback`;
	held.release();
	await early.end();
	await migrating;
	expect(written).toBe('written');
});

test('rows that stand against a unique index are named, nothing is left of it, and it is built once they are gone', async () => {
	const database = await older.ofToday();
	const folder = withMore({
		'9990_once': '-- Once only.\nCREATE UNIQUE INDEX CONCURRENTLY "once_idx" ON "rate_limit" ("points");',
		'9991_after': 'create table after_it (one integer);'
	});
	await database.sql`insert into rate_limit (key, points) values ('a', 7), ('b', 7)`;
	await expect(migrateDatabase(database.url, folder)).rejects.toThrow(/once_idx.*2 rows with 7/s);
	expect((await database.sql`select to_regclass('once_idx') as index, to_regclass('after_it') as later`)[0]).toEqual({
		index: null,
		later: null
	});
	await database.sql`delete from rate_limit`;
	await migrateDatabase(database.url, folder);
	const [index] = await database.sql`select indisvalid from pg_index where indexrelid = 'once_idx'::regclass`;
	expect(index).toEqual({ indisvalid: true });
	const [walls] = await database.sql`select relforcerowsecurity from pg_class where relname = 'after_it'`;
	expect(walls).toEqual({ relforcerowsecurity: true });
});

test('an index that is built concurrently beside something else is refused before anything is done', async () => {
	const database = await older.ofToday();
	const folder = withMore({
		'9990_mixed':
			'create table mixed (one integer);--> statement-breakpoint\nCREATE INDEX CONCURRENTLY "x_idx" ON "mixed" ("one");'
	});
	await expect(migrateDatabase(database.url, folder)).rejects.toThrow(/9990_mixed.*migration of their own/s);
	expect((await database.sql`select to_regclass('mixed') as there`)[0]).toEqual({ there: null });
});

test('what a migration leaves wrong is told, at each start until it is mended; what was looked at once is not looked at again', async () => {
	const database = await older.ofToday();
	const { sql } = database;
	const folder = withMore({
		'9990_careless': `alter table journal_line disable trigger append_only;
			--> statement-breakpoint
			insert into open_sum (supplier_id, currency, due_on, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count)
				select supplier_id, 'EUR', '2026-09-01', 1, 0, 0, 0, 0, 0, 1, 0 from supplier`
	});
	const { supplierId } = await aSupplierOfThen(sql);
	for (let start = 0; start < 2; start++) {
		const problem = await migrateDatabase(database.url, folder).catch((error: Error) => error.message);
		expect(problem).toContain('trigger that is switched off: append_only on journal_line');
		expect(problem).toContain(`${supplierId} EUR 2026-09-01`);
	}
	await sql`alter table journal_line enable trigger append_only`;
	await sql`delete from open_sum`;
	await migrateDatabase(database.url, folder);
	await sql`alter table journal_line disable trigger append_only`;
	await migrateDatabase(database.url, folder);
});
