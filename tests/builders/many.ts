// Thousands of invoices in a blink: copies of one that was imported, with their VAT and their journal entry, made by SQL.
import postgres from 'postgres';
import type { TestHouse } from '../setup/house.ts';

/** `each`: columns that differ, as SQL over `n`, from 1 to `count`. Their numbers begin with `prefix`. */
export async function copiesOf(
	house: TestHouse,
	invoiceId: string,
	{ count, prefix = 'MANY', each = {} }: { count: number; prefix?: string; each?: Record<string, string> }
): Promise<void> {
	const sql = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	const changes = Object.entries({
		invoice_id: 'many.invoice_id',
		number: `'${prefix}-' || lpad(n::text, 5, '0')`,
		payment_reference: `'${prefix}' || n`,
		...each
	});
	await sql.unsafe(
		`with many as (select n, gen_random_uuid() as invoice_id, gen_random_uuid() as entry_id from generate_series(1, ${count}) n),
		i as (insert into invoice select (jsonb_populate_record(x, jsonb_build_object(${changes.map(([name, value]) => `'${name}', ${value}`).join(', ')}))).*
			from invoice x, many where x.invoice_id = $1),
		v as (insert into invoice_vat select (jsonb_populate_record(x, jsonb_build_object('invoice_id', many.invoice_id))).* from invoice_vat x, many where x.invoice_id = $1),
		e as (insert into journal_entry select (jsonb_populate_record(x, jsonb_build_object('entry_id', many.entry_id, 'source_id', many.invoice_id))).*
			from journal_entry x, many where x.source_id = $1::text)
		insert into journal_line select (jsonb_populate_record(l, jsonb_build_object('entry_id', many.entry_id) ||
			case when l.invoice_id is null then '{}' else jsonb_build_object('invoice_id', many.invoice_id) end)).*
			from journal_line l join journal_entry x on x.supplier_id = l.supplier_id and x.entry_id = l.entry_id, many where x.source_id = $1::text`,
		[invoiceId]
	);
	await sql.end();
}
