// What is open, beside the journal that it comes from (docs/decisions/0045). Triggers write it; here it is compared with what it should be, and read anew.
import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';

/** `stored` and `due` of one invoice, or of one supplier's day, as text: what the row says, and what the journal, the tries and the parts say. */
export type OpenDifference = { supplierId: string; about: string; stored: string | null; due: string | null };

const FIELDS = sql.raw(
	'supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, balance_minor, taken_off_minor, under_way_minor, promised_minor, planned_minor'
);
/** Days that add up to nothing have a row of sums or have none. */
const isSomething = sql.raw(
	'(balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count) <> (0, 0, 0, 0, 0, 0, 0, 0)'
);
/** Every difference of every supplier that the role may read, `limit` at most. None is right. */
export async function listOpenDifferences(tx: Pick<Tx, 'execute'>, limit = 100): Promise<OpenDifference[]> {
	const rows = await tx.execute<{ supplier_id: string; about: string; stored: string | null; due: string | null }>(sql`
		with items as (
			select coalesce(d.supplier_id, s.supplier_id) as supplier_id, coalesce(d.invoice_id, s.invoice_id)::text as about, s::text as stored, d::text as due
			from (select ${FIELDS} from open_item_due) d full join (select ${FIELDS} from open_item) s using (supplier_id, invoice_id)
			where d is distinct from s),
		days as (
			select supplier_id, currency, due_on, sum(balance_minor)::bigint as balance_minor, sum(payable_minor)::bigint as payable_minor, sum(busy_minor)::bigint as busy_minor,
				sum(under_way_minor)::bigint as under_way_minor, sum(elsewhere_minor)::bigint as elsewhere_minor, sum(credit_minor)::bigint as credit_minor,
				sum(owed_count)::integer as owed_count, sum(payable_count)::integer as payable_count
			from open_sum group by supplier_id, currency, due_on)
		select supplier_id, about, stored, due from items
		union all
		select supplier_id, concat_ws(' ', currency, due_on), s::text, d::text
		from (select * from days where ${isSomething}) s full join (select * from open_sum_due where ${isSomething}) d using (supplier_id, currency, due_on)
		where s is distinct from d
		limit ${limit}`);
	return rows.map((row) => ({ supplierId: row.supplier_id, about: row.about, stored: row.stored, due: row.due }));
}

/** Slots of one due day laid together again, of every supplier. */
export const mergeOpenSums = async (db: Database): Promise<void> =>
	void (await db.system.execute(sql`select merge_open_sums()`));

/** Everything read anew from the books: for the owner of the tables, who alone may. What is being written meanwhile waits. */
export async function mendOpenItems(tx: Pick<Tx, 'execute'>): Promise<void> {
	await tx.execute(sql`lock table open_item, open_sum in share row exclusive mode`);
	await tx.execute(sql`
		select refresh_open_items(supplier_id, array_agg(invoice_id)) from (
			select supplier_id, invoice_id, row_number() over (partition by supplier_id order by invoice_id) / 5000 as batch from invoice) i
		group by supplier_id, batch`);
	await tx.execute(sql`delete from open_sum`);
	await tx.execute(sql`
		insert into open_sum (supplier_id, currency, due_on, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count)
		select supplier_id, currency, due_on, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count from open_sum_due`);
}
