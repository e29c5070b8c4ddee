// What a payment leaves in the database, and the one statement that writes the same for another payment: the least that has to be written.
import type postgres from 'postgres';
import { newId } from '#lib/server/identity.ts';
import { required } from '#lib/domain/required.ts';

export type Paid = { attemptId: string; invoiceId: string; intent: { intentId: string; chargeId: string | null } };
/** Written by triggers, for whoever writes the rows that they follow. */
const BY_TRIGGER = ['open_item', 'open_sum', 'stripe_account'];
type Table = { name: string; columns: string[]; keys: string[]; dated: boolean };
export type Written = Table & { isNew: boolean; rows: Record<string, unknown>[] };
/** What the transaction that booked a payment has left, table by table, but for what triggers write. */
export async function writtenWith(sql: postgres.Sql, attemptId: string, since: Date): Promise<Written[]> {
	const [payment] = await sql<{ xid: string }[]>`select xmin::text as xid from payment where attempt_id = ${attemptId}`;
	const { xid } = required(payment, 'payment');
	const tables = await sql<Table[]>`
		select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns, bool_or(a.attname = 'created_at') as dated,
			(select array_agg(k.attname::text) from pg_index x join pg_attribute k on k.attrelid = x.indrelid and k.attnum = any(x.indkey) where x.indrelid = c.oid and x.indisprimary) as keys
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = '' and a.atttypid <> 'xid8'::regtype
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by c.oid, c.relname order by c.relname`;
	const written: Written[] = [];
	for (const table of tables) {
		if (BY_TRIGGER.includes(table.name)) continue;
		const found = await sql.unsafe<{ row: Record<string, unknown> }[]>(
			`select to_jsonb(t) as row from "${table.name}" t where t.xmin::text = '${xid}'`
		);
		const rows = found.map(({ row }) => row);
		if (!rows.length) continue;
		const isNew =
			!CHANGED.includes(table.name) &&
			(!table.dated || rows.every((row) => new Date(String(row['created_at'])) >= since));
		written.push({ ...table, isNew, rows });
	}
	return written;
}
/** Without a day of their own, and there before. */
const CHANGED = ['counter', 'payment_attempt', 'payment_attempt_invoice', 'points_account'];

/** Work of one client is asked for once, whoever paid. */
const ASKED_AGAIN = 'due_work';

/** Everything in one statement: its parameters are the rows, table by table. */
export function statementOf(written: Written[]): string {
	const parts = written.map(({ name, columns, keys, isNew }, i) => {
		const listed = columns.map((column) => `"${column}"`).join(', ');
		const rows = `jsonb_populate_recordset(null::"${name}", $${i + 1}::text::jsonb) r`;
		const insert = `insert into "${name}" (${listed}) select ${listed} from ${rows}`;
		if (name === ASKED_AGAIN)
			return `t${i} as (${insert} on conflict (${keys.join(', ')}) do update set due_at = excluded.due_at)`;
		if (isNew) return `t${i} as (${insert})`;
		const same = keys.map((key) => `x."${key}" = r."${key}"`).join(' and ');
		const set = columns
			.filter((column) => !keys.includes(column))
			.map((column) => (name === 'counter' ? `"${column}" = x."${column}" + 1` : `"${column}" = r."${column}"`));
		return `t${i} as (update "${name}" x set ${set.join(', ')} from ${rows} where ${same})`;
	});
	return `with ${parts.join(', ')} select 1`;
}
/** The rows of one payment as those of another. */
export function rowsFor(written: Written[], model: Paid, other: Paid, n: number): string[] {
	const names = new Map([
		[model.attemptId, other.attemptId],
		[model.invoiceId, other.invoiceId],
		[model.intent.intentId, other.intent.intentId],
		[required(model.intent.chargeId, 'charge'), required(other.intent.chargeId, 'charge')]
	]);
	for (const { isNew, keys, rows } of written)
		for (const row of rows)
			for (const [column, value] of Object.entries(row)) {
				const isOwn = isNew && keys.includes(column) && /^[\da-f-]{36}$/.test(String(value)) && /_id$/.test(column);
				if (isOwn && !/^(supplier|client|contact|member|invoice|attempt)_id$/.test(column) && !names.has(String(value)))
					names.set(String(value), newId());
				if (column === 'receipt_number') names.set(`"${String(value)}"`, `"BENCH-${n}"`);
			}
	return written.map(({ rows }) => {
		let text = JSON.stringify(rows);
		for (const [from, to] of names) text = text.replaceAll(from, to);
		return text;
	});
}
