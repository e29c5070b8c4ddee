// What is open, beside the journal that it comes from (docs/decisions/0045). Triggers write it; here it is compared with what it should be, and read anew.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
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
/** The days as stored: their slots together. */
const DAYS =
	sql.raw(`select supplier_id, currency, due_on, sum(balance_minor)::bigint as balance_minor, sum(payable_minor)::bigint as payable_minor, sum(busy_minor)::bigint as busy_minor,
		sum(under_way_minor)::bigint as under_way_minor, sum(elsewhere_minor)::bigint as elsewhere_minor, sum(credit_minor)::bigint as credit_minor,
		sum(owed_count)::integer as owed_count, sum(payable_count)::integer as payable_count
	from open_sum group by supplier_id, currency, due_on`);
const ITEM = sql.raw(
	`coalesce(d.supplier_id, s.supplier_id) as supplier_id, coalesce(d.invoice_id, s.invoice_id)::text as about, s::text as stored, d::text as due`
);
type Found = { supplier_id: string; about: string; stored: string | null; due: string | null };
const found = (rows: readonly Found[]): OpenDifference[] =>
	rows.map((row) => ({ supplierId: row.supplier_id, about: row.about, stored: row.stored, due: row.due }));
const allDays = sql`select supplier_id, concat_ws(' ', currency, due_on) as about, s::text as stored, d::text as due
	from (select * from (${DAYS}) days where ${isSomething}) s full join (select * from open_sum_due where ${isSomething}) d using (supplier_id, currency, due_on)
	where s is distinct from d`;

/** Every difference of every supplier that the role may read, `limit` at most. None is right. */
export async function listOpenDifferences(tx: Pick<Tx, 'execute'>, limit = 100): Promise<OpenDifference[]> {
	return found(
		await tx.execute<Found>(sql`
			select ${ITEM} from (select ${FIELDS} from open_item_due) d full join (select ${FIELDS} from open_item) s using (supplier_id, invoice_id) where d is distinct from s
			union all ${allDays} limit ${limit}`)
	);
}
/** The same of some invoices of a supplier and the days they fall due on: it costs what they are, not what there is. */
export async function listDifferencesOf(
	tx: Tx,
	{ supplierId }: Scope,
	invoiceIds: string[]
): Promise<OpenDifference[]> {
	const these = sql`supplier_id = ${supplierId} and invoice_id = any(${sql.param(invoiceIds)}::uuid[])`;
	const day = sql.raw('(x.supplier_id, x.currency, x.due_on) = (a.supplier_id, a.currency, a.due_on)');
	return found(
		await tx.execute<Found>(sql`
			select ${ITEM} from (select ${FIELDS} from open_item_due where ${these}) d full join (select ${FIELDS} from open_item where ${these}) s using (supplier_id, invoice_id)
			where d is distinct from s
			union all
			select supplier_id, concat_ws(' ', currency, due_on), stored, due from (
				select a.*, (select x::text from (${DAYS}) x where ${day} and ${isSomething}) as stored, (select x::text from open_sum_due x where ${day} and ${isSomething}) as due
				from (select distinct supplier_id, currency, due_on from open_item where ${these}) a) days
			where stored is distinct from due`)
	);
}
/** Days of a supplier whose sums differ, also those that no invoice falls due on. */
export const listDayDifferences = async (tx: Tx): Promise<OpenDifference[]> => found(await tx.execute<Found>(allDays));
/** Invoices that these tries and plans are about, and those that these clients have been sent since. */
export async function listInvoicesOf(
	tx: Tx,
	{ supplierId }: Scope,
	{ attemptIds, clientIds, since }: { attemptIds: string[]; clientIds: string[]; since: Date }
): Promise<string[]> {
	const ids = sql`any(${sql.param(attemptIds)}::uuid[])`;
	const rows = await tx.execute<{ invoice_id: string }>(sql`
		select invoice_id from payment_attempt_invoice where supplier_id = ${supplierId} and attempt_id = ${ids}
		union select invoice_id from plan_part_line where supplier_id = ${supplierId} and plan_id = ${ids}
		union select invoice_id from invoice where supplier_id = ${supplierId} and client_id = any(${sql.param(clientIds)}::uuid[])
			and created_at >= ${since.toISOString()}::timestamptz`);
	return rows.map((row) => row.invoice_id);
}
export type InvoicePlace = { supplierId: string; invoiceId: string };
const FIRST: InvoicePlace = {
	supplierId: '00000000-0000-0000-0000-000000000000',
	invoiceId: '00000000-0000-0000-0000-000000000000'
};
/** Where those of a supplier begin. */
export const beforeAllOf = (supplierId: string): InvoicePlace => ({ ...FIRST, supplierId });
/** The next invoices of all suppliers behind one, `limit` at most, by their ids alone. */
export async function listInvoicesOfAll(
	{ system }: Database,
	behind: InvoicePlace | null,
	limit: number
): Promise<InvoicePlace[]> {
	const { supplierId, invoiceId } = behind ?? FIRST;
	const rows = await system.execute<{ supplier_id: string; invoice_id: string }>(
		sql`select supplier_id, invoice_id from invoices_behind(${supplierId}::uuid, ${invoiceId}::uuid, ${limit}::int)`
	);
	return rows.map((row) => ({ supplierId: row.supplier_id, invoiceId: row.invoice_id }));
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
