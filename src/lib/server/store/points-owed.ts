// What was promised in points at the end of a day. Asked again later, the answer is the same: entries are only added, and so are invoices and what was booked.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { addDays, addMonths, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor } from '../../domain/money/minor.ts';
import type { PointsOwed, Sales } from '../../domain/points/provision.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';

type On = { day: CivilDate; timeZone: string };

/** Balances above zero and what was pending, as the ledger had them. */
async function balancesOn(tx: Tx, scope: Scope, day: CivilDate): Promise<Pick<PointsOwed, 'usable' | 'pending'>> {
	const [row] = await tx.execute<{ usable: number; pending: number }>(sql`
		select coalesce(sum(greatest(balance, 0)), 0)::float8 as usable, coalesce(sum(pending), 0)::float8 as pending
		from (select sum(points) as balance, sum(pending_points) as pending from points_entry
			where supplier_id = ${scope.supplierId} and happened_on <= ${day} group by client_id) of_client`);
	return required(row, 'sum');
}

/**
 * Points that were neither in a balance nor used: of a payment that was under way, its reduction not booked yet; of a reward that was still to be given. A
 * redemption that was settled by then and not touched since is neither.
 */
export async function takenOn(
	tx: Tx,
	scope: Scope,
	{ day, timeZone }: On
): Promise<Pick<PointsOwed, 'held' | 'asked'>> {
	const [row] = await tx.execute<{ held: number; asked: number }>(sql`
		select coalesce(sum(spent) filter (where kind = 'credit' and not is_booked), 0)::float8 as held,
			coalesce(sum(spent) filter (where kind <> 'credit'), 0)::float8 as asked
		from (select r.kind,
				(select coalesce(-sum(e.points), 0) from points_entry e
					where e.supplier_id = r.supplier_id and e.source_id = r.redemption_id and e.happened_on <= ${day}) as spent,
				(select coalesce(sum(case d.kind when 'granted' then 1 else -1 end), 0) > 0 from payment p
					join discount d on d.supplier_id = p.supplier_id and d.payment_id = p.payment_id
					where p.supplier_id = r.supplier_id and p.attempt_id = r.attempt_id and d.reason = 'points' and d.happened_on <= ${day}) as is_booked
			from points_redemption r where r.supplier_id = ${scope.supplierId} and r.kind <> 'voucher'
				and (r.state in ('held', 'asked') or (r.settled_at at time zone ${timeZone})::date > ${day})) of_redemption`);
	return required(row, 'sum');
}

export const owedOn = async (tx: Tx, scope: Scope, on: On): Promise<PointsOwed> => ({
	...(await balancesOn(tx, scope, on.day)),
	...(await takenOn(tx, scope, on))
});

/** Invoices in euros of the twelve months up to a day, as far as they were in the books by then and had not left them. */
export async function salesUntil(tx: Tx, scope: Scope, { day, timeZone }: On): Promise<Sales> {
	const [row] = await tx.execute<{ net: string; gross: string }>(sql`
		select coalesce(sum(i.net_minor), 0)::text as net, coalesce(sum(i.gross_minor), 0)::text as gross from invoice i
		where i.supplier_id = ${scope.supplierId} and i.currency = 'EUR' and i.debt_minor > 0 and i.gross_minor > 0
			and i.issued_on >= ${addDays(addMonths(day, -12), 1)} and i.issued_on <= ${day} and (i.created_at at time zone ${timeZone})::date <= ${day}
			and not exists (select from journal_entry w where w.supplier_id = i.supplier_id and w.kind = 'invoice_withdrawn'
				and w.source_id = i.invoice_id::text and w.booked_on <= ${day})`);
	const { net, gross } = required(row, 'sum');
	return { netMinor: minor(BigInt(net)), grossMinor: minor(BigInt(gross)) };
}
