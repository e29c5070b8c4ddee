// The debit run: finds the parts due today and puts each on the queue once, then hands them out one at a time.
import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { Database, Tx } from './database.ts';
import { planCharge } from './schema/index.ts';

/** The parts to ask for: of active plans, on their day, waiting or to be tried again. */
const due = (scope: Scope, today: CivilDate) => sql`
	from plan_part p join plan x on x.supplier_id = p.supplier_id and x.plan_id = p.plan_id
	where p.supplier_id = ${scope.supplierId} and p.ask_on <= ${today} and p.status in ('scheduled', 'retrying') and x.status = 'active'`;

export const countDue = async (tx: Tx, scope: Scope, today: CivilDate): Promise<number> =>
	(await tx.execute(sql`select p.plan_id, p.position, p.failures ${due(scope, today)}`)).length;

/** One statement, whatever the number. A part is on the queue once for each try, however often and by however many this is called. */
export async function enqueueDue(tx: Tx, scope: Scope, today: CivilDate, now: Date): Promise<number> {
	const rows = await tx.execute(sql`
		insert into plan_charge (supplier_id, plan_id, position, try_no, attempt_id, state, tries, created_at)
		select p.supplier_id, p.plan_id, p.position, p.failures + 1, gen_random_uuid(), 'queued', 0, ${now.toISOString()}::timestamptz ${due(scope, today)}
		on conflict do nothing`);
	return rows.count;
}

export type Charge = typeof planCharge.$inferSelect;
/** The next one of any supplier, kept for a while: whoever dies holding it loses it to another, who asks the same question with the same key. */
export async function claimCharge(db: Database, now: Date, leaseMs: number): Promise<Charge | null> {
	const until = new Date(now.getTime() + leaseMs);
	const [row] = await db.system
		.update(planCharge)
		.set({ claimedUntil: until, tries: sql`${planCharge.tries} + 1` })
		.where(
			sql`(${planCharge.supplierId}, ${planCharge.planId}, ${planCharge.position}, ${planCharge.tryNo}) = (
				select supplier_id, plan_id, position, try_no from plan_charge
				where state = 'queued' and (claimed_until is null or claimed_until < ${now.toISOString()}::timestamptz)
				order by created_at limit 1 for update skip locked)`
		)
		.returning();
	return row ?? null;
}
const thisOne = (scope: Scope, charge: Charge) =>
	and(
		eq(planCharge.supplierId, scope.supplierId),
		eq(planCharge.planId, charge.planId),
		eq(planCharge.position, charge.position),
		eq(planCharge.tryNo, charge.tryNo)
	);
export async function finishCharge(tx: Tx, scope: Scope, charge: Charge): Promise<void> {
	await tx.update(planCharge).set({ state: 'done', claimedUntil: null }).where(thisOne(scope, charge));
}
/** Not wanted now: the next run puts it on the queue again if it is due then. */
export async function dropCharge(tx: Tx, scope: Scope, charge: Charge): Promise<void> {
	await tx.delete(planCharge).where(thisOne(scope, charge));
}
