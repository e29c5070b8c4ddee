// What is open, beside the journal that it comes from (docs/decisions/0045). Triggers write it; here it is compared with what it should be, and read anew.
import { sql } from 'drizzle-orm';
import type { Database, Tx } from './database.ts';

/** `stored` and `due` of one invoice, or of one supplier's day, as text: what the row says, and what the journal, the tries and the parts say. */
export type OpenDifference = { supplierId: string; about: string; stored: string | null; due: string | null };

const FIELDS = sql.raw(
	'supplier_id, invoice_id, client_id, currency, due_on, not_payable_reason, balance_minor, taken_off_minor, under_way_minor, promised_minor, planned_minor'
);
/** Every difference of every supplier that the role may read, `limit` at most. None is right. */
export async function listOpenDifferences(tx: Pick<Tx, 'execute'>, limit = 100): Promise<OpenDifference[]> {
	const rows = await tx.execute<{ supplier_id: string; about: string; stored: string | null; due: string | null }>(sql`
		with items as (
			select coalesce(d.supplier_id, s.supplier_id) as supplier_id, coalesce(d.invoice_id, s.invoice_id)::text as about, s::text as stored, d::text as due
			from (select ${FIELDS} from open_item_due) d full join (select ${FIELDS} from open_item) s using (supplier_id, invoice_id)
			where d is distinct from s),
		stored as (
			select supplier_id, currency, due_on, sum(balance_minor) as balance, sum(payable_minor) as payable, sum(busy_minor) as busy, sum(under_way_minor) as under_way,
				sum(elsewhere_minor) as elsewhere, sum(credit_minor) as credit, sum(owed_count) as owed, sum(payable_count) as payable_count
			from open_sum group by supplier_id, currency, due_on),
		due as (
			select supplier_id, currency, due_on, sum(balance_minor) as balance, sum(payable_minor) as payable,
				sum(case when not_payable_reason is null then greatest(balance_minor, 0) - payable_minor else 0 end) as busy, sum(under_way_minor) as under_way,
				sum(case when not_payable_reason is null then 0 else greatest(balance_minor, 0) end) as elsewhere, sum(greatest(-balance_minor, 0)) as credit,
				count(*) filter (where balance_minor > 0) as owed, count(*) filter (where payable_minor > 0) as payable_count
			from open_item group by supplier_id, currency, due_on)
		select supplier_id, about, stored, due from items
		union all
		select supplier_id, concat_ws(' ', currency, due_on), case when s.balance is not null then s::text end, case when d.balance is not null then d::text end
		from stored s full join due d using (supplier_id, currency, due_on)
		where (coalesce(s.balance, 0), coalesce(s.payable, 0), coalesce(s.busy, 0), coalesce(s.under_way, 0), coalesce(s.elsewhere, 0), coalesce(s.credit, 0), coalesce(s.owed, 0),
				coalesce(s.payable_count, 0))
			<> (coalesce(d.balance, 0), coalesce(d.payable, 0), coalesce(d.busy, 0), coalesce(d.under_way, 0), coalesce(d.elsewhere, 0), coalesce(d.credit, 0), coalesce(d.owed, 0),
				coalesce(d.payable_count, 0))
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
		select supplier_id, currency, due_on, sum(balance_minor), sum(payable_minor),
			sum(case when not_payable_reason is null then greatest(balance_minor, 0) - payable_minor else 0 end), sum(under_way_minor),
			sum(case when not_payable_reason is null then 0 else greatest(balance_minor, 0) end), sum(greatest(-balance_minor, 0)),
			count(*) filter (where balance_minor > 0), count(*) filter (where payable_minor > 0)
		from open_item where balance_minor <> 0 or under_way_minor <> 0 group by supplier_id, currency, due_on`);
}
