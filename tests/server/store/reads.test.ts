// What a page reads of the database: about as much as it shows, however much there is. Counted by PostgreSQL itself, in the transaction that reads.
import postgres from 'postgres';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { required } from '#lib/domain/required.ts';
import { listBankTransactions, listKnownPayers } from '#lib/server/store/bank.ts';
import { countInvoices } from '#lib/server/store/invoice-pages.ts';
import { listClaims, sumOutstanding } from '#lib/server/store/invoice-sums.ts';
import { findInvoicesCalled, listInvoices, listOpenInvoices } from '#lib/server/store/invoices.ts';
import { lockInvoices } from '#lib/server/store/lock-invoices.ts';
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
	await addBooks(superuser);
	await superuser`analyze`;
	await superuser.end();
});
/** A payment with its fee each, as one line of the bank each: books and statements as long as the list. */
async function addBooks(superuser: postgres.Sql): Promise<void> {
	await superuser`set session_replication_role = replica`;
	await superuser`insert into journal_entry (supplier_id, entry_id, kind, source_id, currency, booked_on, created_at)
		select ${cast.supplierId}, md5('entry ' || n)::uuid, 'stripe_fee', n::text, 'EUR', '2026-01-01', now() from generate_series(1, ${MANY}::int) n`;
	await superuser`insert into journal_line (supplier_id, entry_id, position, account, client_id, invoice_id, debit_minor, credit_minor)
		select ${cast.supplierId}, md5('entry ' || n)::uuid, side, case side when 0 then '627' else '511' end, null, null, 25 * (1 - side), 25 * side
		from generate_series(1, ${MANY}::int) n, generate_series(0, 1) side`;
	await superuser`insert into bank_statement (supplier_id, statement_id, file_name, format, account, reference, currency, file_sha256, imported_by, imported_at)
		select ${cast.supplierId}, md5('statement ' || n)::uuid, 'releve.csv', 'csv', 'FR76', n::text, 'EUR', md5(n::text), 'test', now() from generate_series(0, 59) n`;
	await superuser`insert into bank_entry (supplier_id, bank_entry_id, statement_id, fingerprint, booked_on, amount_minor, currency, text, counterparty_iban, is_return, state, client_id, settled_by, settled_at)
		select ${cast.supplierId}, md5('transaction ' || n)::uuid, md5('statement ' || n % 60)::uuid, md5(n::text), '2026-01-01', 1200, 'EUR', 'VIR', 'FR76' || n % 7, false,
			case when n % 2 = 0 then 'aside' else 'booked' end, case when n % 2 = 1 then md5((n % 7)::text)::uuid end, 'test', now() - n * interval '1 second'
		from generate_series(1, ${MANY}::int) n`;
	await superuser`set session_replication_role = default`;
}
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
test('what clients owe for no invoice is read without the rest of the books', async () => {
	for (const table of ['journal_entry', 'journal_line'])
		expect(await rowsRead(table, cast.system, (tx) => listClaims(tx, cast.system))).toBeLessThan(20);
});
test('a page of settled transactions reads a page, the first and the next', async () => {
	const page = (after: string | null) => (tx: Tx) =>
		listBankTransactions(tx, cast.system, { state: 'aside', after, limit: 31 });
	const shown = await inScope(house.services.db, cast.system, page(null));
	const last = required(shown.at(-1), 'transaction').bankTransactionId;
	for (const work of [page(null), page(last)])
		for (const table of ['bank_entry', 'bank_statement'])
			expect(await rowsRead(table, cast.system, work)).toBeLessThan(120);
});
test('invoices that a transfer names are found by their names, and those it may pay among what is open', async () => {
	const names = Array.from({ length: 500 }, (_, i) => `X${i}`).concat('N17', 'N18');
	for (const work of [
		(tx: Tx) => findInvoicesCalled(tx, cast.system, names),
		(tx: Tx) => listOpenInvoices(tx, cast.system, { limit: 300 }),
		(tx: Tx) => listOpenInvoices(tx, cast.system, { limit: 300, of: { clientIds: [payer.clientId] } })
	])
		for (const table of ['invoice', 'open_item', 'invoice_name'])
			expect(await rowsRead(table, cast.system, work)).toBeLessThan(30);
	expect(
		await inScope(house.services.db, cast.system, (tx) => findInvoicesCalled(tx, cast.system, names))
	).toHaveLength(2);
});
test('for whom an account has paid is looked up, however often it has', async () => {
	const payers = (tx: Tx) => listKnownPayers(tx, cast.system, ['FR76 1', 'fr762', 'FR99']);
	expect(await rowsRead('bank_entry', cast.system, payers)).toBeLessThan(30);
	expect((await inScope(house.services.db, cast.system, payers)).size).toBe(2);
});
