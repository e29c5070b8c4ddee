// The debit run: finds the instalments due today, puts them on the queue, and hands them out a row at a time.
import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { CHARGED_INSTALMENTS } from '../../domain/plans/plan-states.ts';
import type { Database, Tx } from './database.ts';
import { words } from './schema/columns.ts';
import { planCharge } from './schema/index.ts';

/**
 * The instalments to ask for: of active plans, on their day, waiting or to be tried again, of no invoice that is disputed or promised, and that no payment of the
 * client's holds at this moment: they are found again a minute after it has ended. None while the
 * account at Stripe can't be asked: the run of that supplier pauses, and goes on by itself.
 */
const due = (scope: Scope, today: CivilDate) => sql`
	from plan_part p join plan x on x.supplier_id = p.supplier_id and x.plan_id = p.plan_id
	where p.supplier_id = ${scope.supplierId} and p.ask_on <= ${today} and p.status in (${words(CHARGED_INSTALMENTS)}) and x.status = 'active'
		and not exists (select from stripe_account k where k.supplier_id = p.supplier_id and k.until_at is null and k.silence is not null)
		and not exists (select from plan_part_line l join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id
		where l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
			and i.hold_reason is not null and (i.hold_until is null or i.hold_until >= ${today}))
		and not exists (select from attempt_part h where h.supplier_id = p.supplier_id and h.plan_id = p.plan_id and h.position = p.position and h.holds)
		and not exists (select from plan_part_line l join payment_attempt_invoice a on a.supplier_id = l.supplier_id and a.invoice_id = l.invoice_id and a.live
			where l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
				and not exists (select from attempt_part h where h.supplier_id = a.supplier_id and h.attempt_id = a.attempt_id and h.holds))`;

export const listDue = async (
	tx: Tx,
	scope: Scope,
	today: CivilDate
): Promise<{ planId: string; position: number }[]> =>
	(await tx.execute<{ plan_id: string; position: number }>(sql`select p.plan_id, p.position ${due(scope, today)}`)).map(
		(row) => ({ planId: row.plan_id, position: row.position })
	);

const INSTALMENTS_PER_ROW = 50;
/** One statement, whatever the number. While something of a supplier is still on the queue, nothing more of it is put there. */
export async function enqueueDue(tx: Tx, scope: Scope, today: CivilDate, now: Date): Promise<number> {
	const rows = await tx.execute(sql`
		insert into plan_charge (supplier_id, charge_id, plan_ids, positions, created_at)
		select ${scope.supplierId}, gen_random_uuid(), array_agg(plan_id), array_agg(position), ${now.toISOString()}::timestamptz
		from (select p.plan_id, p.position, (row_number() over () - 1) / ${INSTALMENTS_PER_ROW}::int as chunk ${due(scope, today)}) found
		where not exists (select from plan_charge q where q.supplier_id = ${scope.supplierId})
		group by chunk`);
	return rows.count;
}

export type Charge = typeof planCharge.$inferSelect;
/**
 * The oldest row of the next supplier behind `served` that has one, kept for a while: whoever dies holding it loses it to another. Suppliers in turn: one with
 * thousands of instalments keeps nobody else's waiting.
 */
export async function claimCharge(
	db: Database,
	now: Date,
	{ leaseMs, served }: { leaseMs: number; served: string | null }
): Promise<Charge | null> {
	const next = async (whose: SQL): Promise<Charge | undefined> => {
		const [row] = await db.system
			.update(planCharge)
			.set({ claimedUntil: new Date(now.getTime() + leaseMs) })
			.where(
				sql`(${planCharge.supplierId}, ${planCharge.chargeId}) = (
					select supplier_id, charge_id from plan_charge
					where ${whose} and (claimed_until is null or claimed_until < ${now.toISOString()}::timestamptz)
					order by supplier_id, created_at, charge_id limit 1 for no key update skip locked)`
			)
			.returning();
		return row;
	};
	const behind = served && (await next(sql`supplier_id > ${served}::uuid`));
	return behind || ((await next(served ? sql`supplier_id <= ${served}::uuid` : sql`true`)) ?? null);
}
const thisOne = ({ supplierId, chargeId }: Charge) =>
	and(eq(planCharge.supplierId, supplierId), eq(planCharge.chargeId, chargeId));
export async function extendClaim(db: Database, charge: Charge, until: Date): Promise<void> {
	await db.system.update(planCharge).set({ claimedUntil: until }).where(thisOne(charge));
}
export async function dropCharge(tx: Tx, charge: Charge): Promise<void> {
	await tx.delete(planCharge).where(thisOne(charge));
}
/** Something is on the queue, or in somebody's hands. */
export const isCharging = async (db: Database): Promise<boolean> =>
	(await db.system.select({ chargeId: planCharge.chargeId }).from(planCharge).limit(1)).length > 0;
