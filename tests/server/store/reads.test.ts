// What a page reads of the database: about as much as it shows, however much there is. Counted by PostgreSQL itself, in the transaction that reads.
import postgres from 'postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { required } from '#lib/domain/required.ts';
import { countInvoices } from '#lib/server/store/invoice-pages.ts';
import { sumOutstanding } from '#lib/server/store/invoice-sums.ts';
import { lockInvoices, listInvoices } from '#lib/server/store/invoices.ts';
import type { Tx } from '#lib/server/store/database.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { anInvoice, aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const [MANY, CLIENTS] = [6000, 200];
const today = civilDate('2026-11-26');
let house: TestHouse;
let cast: Cast;
let payer: Payer;
let invoiceId: string;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	invoiceId = await anInvoice(house.services, cast, { name: 'Menuiserie Roche' });
	const superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	// The same invoice again and again, with nothing left to pay: what is measured is how many there are.
	const columns = await superuser<{ name: string }[]>`
		select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'invoice' and is_generated = 'NEVER'`;
	const copied = columns.map(({ name }) =>
		name === 'invoice_id'
			? 'gen_random_uuid()'
			: name === 'number'
				? `'N-' || n`
				: name === 'due_on'
					? 'due_on + (n % 400)'
					: name === 'client_id'
						? `md5((n % ${CLIENTS})::text)::uuid`
						: `i."${name}"`
	);
	await superuser`insert into client (supplier_id, client_id, kind, kind_from, name, locale, created_at)
		select ${cast.supplierId}, md5(n::text)::uuid, 'business', 'person', 'Client ' || n, 'fr', now() from generate_series(0, ${CLIENTS - 1}::int) n`;
	await superuser.unsafe(`insert into invoice (${columns.map(({ name }) => `"${name}"`).join(', ')})
		select ${copied.join(', ')} from invoice i, generate_series(1, ${MANY}) n where i.invoice_id = '${invoiceId}'`);
	await superuser`analyze`;
	await superuser.end();
});
afterAll(() => house.close());

/** Rows of a table that the work touched. */
async function rowsRead(table: string, scope: Cast['system'], work: (tx: Tx) => Promise<unknown>): Promise<number> {
	// PostgreSQL plans anew five times, then once for all.
	for (let i = 0; i < 8; i++) await inScope(house.services.db, scope, work);
	return inScope(house.services.db, scope, async (tx) => {
		const read = async () => {
			const [row] = await tx.execute<{ rows: string }>(
				sql`select (seq_tup_read + idx_tup_fetch)::text as rows from pg_stat_xact_user_tables where relname = ${table}`
			);
			return Number(required(row, 'counted').rows);
		};
		const before = await read();
		await work(tx);
		return (await read()) - before;
	});
}

test('the first page of all invoices reads a page of invoices', async () => {
	const page = (tx: Tx) => listInvoices(tx, cast.system, { today });
	expect(await rowsRead('invoice', cast.system, page)).toBeLessThan(120);
});
test('one invoice, as its payer locks it, reads that invoice', async () => {
	const lock = (tx: Tx) => lockInvoices(tx, payer.scope, [invoiceId]);
	expect(await rowsRead('invoice', payer.scope, lock)).toBeLessThan(20);
});
test('what is open is read without what was settled, however much that is: a page, its count, the sums of the supplier and of a client', async () => {
	for (const work of [
		(tx: Tx) => listInvoices(tx, cast.system, { today, status: 'open' }),
		(tx: Tx) => listInvoices(tx, cast.system, { today, status: 'late' }),
		(tx: Tx) => countInvoices(tx, cast.system, { today, status: 'open' }),
		(tx: Tx) => sumOutstanding(tx, cast.system, today),
		(tx: Tx) => sumOutstanding(tx, payer.scope, today)
	])
		for (const table of ['invoice', 'open_item', 'journal_line'])
			expect(await rowsRead(table, cast.system, work)).toBeLessThan(20);
});
