// Invoices paid on time in a span of days, by what the client did: of all clients, or of some each. Reads only.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { NO_INVOICES, type PunctualitySide } from '../../domain/points/figures.ts';
import type { Tx } from './database.ts';

export type DueIn = { from: CivilDate; until: CivilDate; today: CivilDate; timeZone: string };
type Row = { client_id: string; invoices: number; on_time: number; days_after: number };

/**
 * Invoices in euros due in a span of days: how many were settled by their due day, and how many days after it each was (below zero: before it). What counts is
 * the day of the act: a debit's order, a card's capture, a transfer's value day. One that is owed past its due day is late, and grows older; one that is
 * contested, promised, factored or withdrawn is left out.
 */
async function count(
	tx: Tx,
	scope: Scope,
	{ from, until, today, timeZone }: DueIn,
	clientIds: readonly string[] | null
): Promise<Row[]> {
	const [who, each] = clientIds
		? [sql`i.client_id = any(${`{${clientIds.join(',')}}`}::uuid[])`, sql`i.client_id`]
		: [sql`true`, sql`i.supplier_id`];
	const rows = await tx.execute<Row>(sql`
		select ${each} as client_id, count(*)::int as invoices, (count(*) filter (where done.is_settled and done.acted_on <= i.due_on))::int as on_time,
			coalesce(sum(case when done.is_settled then done.acted_on else ${today}::date end - i.due_on), 0)::int as days_after
		from invoice i join open_item o on o.supplier_id = i.supplier_id and o.invoice_id = i.invoice_id cross join lateral (
			select o.balance_minor <= 0 as is_settled,
				(select max(coalesce(b.value_on, b.booked_on, ((case when p.method_type = 'sepa_debit' then t.created_at else p.paid_at end) at time zone ${timeZone})::date))
					from allocation a join payment p on p.supplier_id = a.supplier_id and p.payment_id = a.payment_id
					join payment_attempt t on t.supplier_id = p.supplier_id and t.attempt_id = p.attempt_id
					left join bank_entry b on b.supplier_id = p.supplier_id and b.bank_entry_id = p.bank_entry_id
					where a.supplier_id = i.supplier_id and a.invoice_id = i.invoice_id) as acted_on) done
		where i.supplier_id = ${scope.supplierId} and ${who} and i.due_on >= ${from} and i.due_on < ${until} and i.debt_minor > 0 and i.currency = 'EUR'
			and i.not_payable_reason is null and i.hold_reason is null and (not done.is_settled or done.acted_on is not null)
		group by 1`);
	return [...rows];
}
const sideOf = ({ invoices, on_time, days_after }: Row): PunctualitySide => ({
	invoices,
	onTime: on_time,
	daysAfter: days_after
});

export async function countPunctual(tx: Tx, scope: Scope, span: DueIn): Promise<PunctualitySide> {
	const [row] = await count(tx, scope, span, null);
	return row ? sideOf(row) : NO_INVOICES;
}
/** Of some clients, each by itself; who has none is not there. */
export const countPunctualOf = async (
	tx: Tx,
	scope: Scope,
	span: DueIn,
	clientIds: readonly string[]
): Promise<Map<string, PunctualitySide>> =>
	clientIds.length
		? new Map((await count(tx, scope, span, clientIds)).map((row) => [row.client_id, sideOf(row)]))
		: new Map();
