// An upgrade from the first migration to the last, killed in the middle of it and started again, ends as one that nobody disturbed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { listOpenDifferences } from '#lib/server/store/open-items.ts';
import {
	aSupplierOfThen,
	migrationsAnd,
	openOlderDatabases,
	THEN,
	type OlderDatabase
} from '../../setup/older-database.ts';
import { describeDatabase } from '../../setup/database-description.ts';

const older = openOlderDatabases();
/** Who sees what others wait for. */
const superuser = postgres(inject('template').replace(/\/[^/]+$/, '/postgres'), { max: 1, onnotice: () => {} });
const folder = migrationsAnd({
	'9990_late_index': 'CREATE INDEX CONCURRENTLY "late_idx" ON "payment" USING btree ("supplier_id","amount_minor");'
});
const { olderThan, copyOf } = older;
let first: OlderDatabase;
let undisturbed: Awaited<ReturnType<typeof describeDatabase>>;

/** A supplier of the very first version: an invoice that is paid, one whose debit is under way, one that is open. */
async function addRows(sql: postgres.Sql): Promise<void> {
	const { supplierId, clientId } = await aSupplierOfThen(sql, { account: 'acct_lumen', kind: 'business' });
	const contactId = newId();
	await sql`insert into contact (supplier_id, contact_id, client_id, email, name, locale, is_billing, created_at)
		values (${supplierId}, ${contactId}, ${clientId}, 'a@roche.example', 'Anne', 'fr', true, ${THEN})`;
	const book = async (kind: string, source: string, lines: [string, string | null, number][]) => {
		const entryId = newId();
		await sql.begin(async (tx) => {
			await tx`insert into journal_entry (supplier_id, entry_id, kind, source_id, currency, booked_on, created_at)
				values (${supplierId}, ${entryId}, ${kind}, ${source}, 'EUR', '2026-09-01', ${THEN})`;
			for (const [position, [account, invoice, amount]] of lines.entries())
				await tx`insert into journal_line (supplier_id, entry_id, position, account, client_id, invoice_id, debit_minor, credit_minor)
					values (${supplierId}, ${entryId}, ${position}, ${account}, ${invoice && clientId}, ${invoice}, ${Math.max(amount, 0)}, ${Math.max(-amount, 0)})`;
		});
	};
	for (const status of ['paid', 'processing', null]) {
		const [invoiceId, attemptId, paymentId] = [newId(), newId(), newId()];
		await sql`insert into invoice ${sql({
			supplier_id: supplierId,
			invoice_id: invoiceId,
			client_id: clientId,
			number: `F-${status ?? 'open'}`,
			issue_year: 2026,
			type_code: '380',
			issued_on: '2026-08-01',
			due_on: '2026-09-30',
			due_is_default: false,
			currency: 'EUR',
			net_minor: 10_000,
			vat_minor: 2_000,
			gross_minor: 12_000,
			prepaid_minor: 0,
			debt_minor: 12_000,
			payment_reference: 'F',
			created_at: THEN
		})}`;
		await sql`insert into invoice_vat (supplier_id, invoice_id, position, category, rate_bps, base_minor, vat_minor)
			values (${supplierId}, ${invoiceId}, 0, 'S', 2000, 10000, 2000)`;
		await book('invoice_opened', invoiceId, [
			['411', invoiceId, 12_000],
			['467', null, -12_000]
		]);
		if (!status) continue;
		await sql`insert into payment_attempt ${sql({
			supplier_id: supplierId,
			attempt_id: attemptId,
			client_id: clientId,
			contact_id: contactId,
			channel: 'portal',
			amount_minor: 12_000,
			currency: 'EUR',
			confirmation_token_id: 'ctoken',
			description: 'F',
			return_url: 'https://x.example',
			status,
			stripe_account: 'acct_lumen',
			stripe_payment_intent_id: `pi_${status}`,
			retries_intent: false,
			created_at: THEN,
			updated_at: THEN
		})}`;
		await sql`insert into payment_attempt_invoice (supplier_id, attempt_id, invoice_id, position, amount_minor, live)
			values (${supplierId}, ${attemptId}, ${invoiceId}, 0, 12000, ${status === 'processing'})`;
		if (status !== 'paid') continue;
		await sql.begin(async (tx) => {
			await tx`insert into payment ${tx({
				supplier_id: supplierId,
				payment_id: paymentId,
				attempt_id: attemptId,
				client_id: clientId,
				receipt_number: 'R-1',
				amount_minor: 12_000,
				currency: 'EUR',
				method_type: 'card',
				stripe_payment_intent_id: 'pi_paid',
				paid_at: THEN,
				paid_on: '2026-09-01',
				created_at: THEN
			})}`;
			await tx`insert into allocation (supplier_id, payment_id, invoice_id, position, amount_minor) values (${supplierId}, ${paymentId}, ${invoiceId}, 0, 12000)`;
		});
		await book('payment', 'pi_paid', [
			['511', null, 12_000],
			['411', invoiceId, -12_000]
		]);
	}
}
const sumsOf = (sql: postgres.Sql) =>
	sql`select account, invoice_id, sum(debit_minor) as debit, sum(credit_minor) as credit, count(*) from journal_line group by 1, 2 order by 1, 2`;

/** What `npm run db:migrate` does, as a process that can be killed. */
function startMigration(url: string): ChildProcess {
	const script = JSON.stringify(new URL('../../../src/scripts/migrate.ts', import.meta.url).href);
	const code = `import { migrateDatabase } from ${script}; await migrateDatabase(${JSON.stringify(url)}, ${JSON.stringify(folder)})`;
	return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'ignore', 'inherit'] });
}
async function until(what: () => Promise<boolean>): Promise<void> {
	while (!(await what())) await new Promise((go) => setTimeout(go, 20));
}
/** Somebody else who holds on to something. */
const somebody = ({ url }: OlderDatabase) =>
	postgres(url, { max: 1, onnotice: () => {}, connection: { 'ponctuel.migrating': 'on' } as never });
/** What the migration waits for, if it waits. */
async function waitsFor({ name }: OlderDatabase): Promise<string | null> {
	const [row] = await superuser<{ query: string }[]>`
		select query from pg_stat_activity where datname = ${name} and application_name = 'ponctuel_migrate' and wait_event_type = 'Lock'`;
	return row?.query ?? null;
}
const isGone = async ({ name }: OlderDatabase) =>
	!(await superuser`select from pg_stat_activity where datname = ${name} and application_name = 'ponctuel_migrate'`)
		.length;
/** Started, and stopped in its transaction where it comes to a table. */
async function stoppedAt(database: OlderDatabase, table: string) {
	const other = somebody(database);
	const held = await other.reserve();
	await held.unsafe(`begin; lock table ${table} in row exclusive mode`);
	const migration = startMigration(database.url);
	await until(async () => (await waitsFor(database)) !== null);
	return {
		migration,
		letGo: async () => {
			await held`rollback`;
			held.release();
			await other.end();
		}
	};
}
/** Started, and stopped right after its transaction, where it next wants a table that somebody else has by then: who queues behind it has it at once. */
async function stoppedAfter(database: OlderDatabase, table: string, mode: string, where: string) {
	const { migration, letGo: goOn } = await stoppedAt(database, 'reversal');
	const other = somebody(database);
	const held = await other.reserve();
	await held`begin`;
	const locked = held.unsafe(`lock table ${table} in ${mode} mode`).execute();
	await until(async () => {
		const [row] = await database.sql`select from pg_locks where relation = ${table}::regclass and not granted`;
		return Boolean(row);
	});
	await goOn();
	await locked;
	await until(async () => (await waitsFor(database))?.toLowerCase().includes(where) ?? false);
	return {
		migration,
		letGo: async () => {
			await held`rollback`;
			held.release();
			await other.end();
		}
	};
}
/** The journal is what it was, what is open agrees with it, and everything is as after the upgrade that nobody disturbed. */
async function endsWell(database: OlderDatabase, sums: unknown): Promise<void> {
	const migration = startMigration(database.url);
	expect(await once(migration, 'exit')).toEqual([0, null]);
	expect(await sumsOf(database.sql)).toEqual(sums);
	const other = somebody(database);
	expect(await listOpenDifferences(drizzle(other) as never)).toEqual([]);
	await other.end();
	const [{ underWay }] = await database.sql<[{ underWay: string }]>`
		select string_agg(concat_ws(' ', balance_minor, under_way_minor, payable_minor), ', ' order by payable_minor, balance_minor) as "underWay" from open_item`;
	expect(underWay).toBe('0 0 0, 12000 12000 0, 12000 0 12000');
	expect(await describeDatabase(database.sql)).toEqual(undisturbed);
}
async function kill(migration: ChildProcess): Promise<void> {
	const ended = once(migration, 'exit');
	migration.kill('SIGKILL');
	expect(await ended).toEqual([null, 'SIGKILL']);
}

beforeAll(async () => {
	first = await olderThan('0002');
	await addRows(first.sql);
	const calm = await copyOf(first);
	expect(await once(startMigration(calm.url), 'exit')).toEqual([0, null]);
	undisturbed = await describeDatabase(calm.sql);
});
afterAll(async () => {
	await superuser.end();
	await older.close();
	rmSync(folder, { recursive: true });
});

test.each(['payment_attempt', 'reversal'])(
	'killed in the transaction, where it comes to %s: nothing is left of it',
	async (table) => {
		const database = await copyOf(first);
		const [sums, before] = [await sumsOf(database.sql), await describeDatabase(database.sql)];
		const { migration, letGo } = await stoppedAt(database, table);
		await kill(migration);
		await letGo();
		await until(() => isGone(database));
		expect(await describeDatabase(database.sql)).toEqual(before);
		await endsWell(database, sums);
	}
);

test('killed while rows of before are held against the new rules', async () => {
	const database = await copyOf(first);
	const sums = await sumsOf(database.sql);
	// A table whose rules are held against its rows, and that no migration after the first transaction wants: it would be waited for there.
	const { migration, letGo } = await stoppedAfter(
		database,
		'sign_in_request',
		'share update exclusive',
		'validate constraint'
	);
	await kill(migration);
	await letGo();
	expect((await database.sql`select from pg_constraint where not convalidated`).length).toBeGreaterThan(0);
	await endsWell(database, sums);
});

test('killed while an index is built: nobody waits for it, and what is left of it is built anew', async () => {
	const database = await copyOf(first);
	const sums = await sumsOf(database.sql);
	// Who writes the table as the index begins has to end first.
	const { migration, letGo } = await stoppedAfter(database, 'payment', 'row exclusive', 'create index concurrently');
	await database.sql`set lock_timeout = '2s'`;
	await database.sql`update payment set amount_minor = amount_minor where false`;
	await kill(migration);
	// Before the one it waited for has ended: PostgreSQL notices that nobody is there for it any more.
	await until(() => isGone(database));
	await letGo();
	// Walls came with the tables, in their transaction.
	expect(
		await database.sql`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relforcerowsecurity`
	).toHaveLength(0);
	const [left] = await database.sql<{ isWhole: boolean }[]>`
		select indisvalid as "isWhole" from pg_index where indexrelid = 'late_idx'::regclass`;
	expect(left).toEqual({ isWhole: false });
	await endsWell(database, sums);
});
