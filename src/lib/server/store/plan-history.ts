// What is known of a client before it is offered a new plan: late, a plan that broke, how much is in plans.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { minor } from '../../domain/money/minor.ts';
import type { PlanHistory } from '../../domain/offers/caution.ts';
import { SETTLED_INSTALMENTS, STANDING_PLANS } from '../../domain/plans/plan-states.ts';
import type { Tx } from './database.ts';
import { words } from './schema/columns.ts';

const takenOffLine = (table: 'credit_use_part' | 'plan_part_lowered') =>
	sql`coalesce((select sum(u.amount_minor) from ${sql.raw(table)} u where u.supplier_id = l.supplier_id and u.plan_id = l.plan_id and u.position = l.position and u.invoice_id = l.invoice_id), 0)`;
/** What is due of `plan_part_line l`: what was agreed, less what credit notes and money that came in another way took off. As store/plans.ts reads it. */
const dueOfLine = sql`(l.amount_minor - ${takenOffLine('credit_use_part')} - ${takenOffLine('plan_part_lowered')})`;

/** Of each of these clients. */
export async function listPlanHistories(
	tx: Tx,
	scope: Scope,
	clientIds: string[],
	{ today, timeZone }: { today: CivilDate; timeZone: string }
): Promise<Map<string, PlanHistory>> {
	const rows = await tx.execute<{ client: string; late: boolean; broken: CivilDate | null; planned: string }>(sql`
		select c.client_id as client,
			exists (select from open_item o where o.supplier_id = ${scope.supplierId} and o.client_id = c.client_id
				and o.due_on < ${today} and o.payable_minor > 0) as late,
			(select (max(x.updated_at) at time zone ${timeZone})::date::text from plan x
				where x.supplier_id = ${scope.supplierId} and x.client_id = c.client_id and x.status = 'in_default') as broken,
			(select coalesce(sum(${dueOfLine}), 0)::text
				from plan x join plan_part p on p.supplier_id = x.supplier_id and p.plan_id = x.plan_id
				join plan_part_line l on l.supplier_id = p.supplier_id and l.plan_id = p.plan_id and l.position = p.position
				where x.supplier_id = ${scope.supplierId} and x.client_id = c.client_id and x.status in (${words(STANDING_PLANS)})
					and p.status not in (${words(SETTLED_INSTALMENTS)})) as planned
		from unnest(${`{${clientIds.join(',')}}`}::uuid[]) as c(client_id)`);
	return new Map(
		rows.map((row) => [
			row.client,
			{ isLate: row.late, brokenOn: row.broken, inPlansMinor: minor(BigInt(row.planned)) }
		])
	);
}

/** One new plan of a client at a time, so that two together do not pass what one alone may not. Until the end of the transaction. */
export const lockNewPlans = async (tx: Tx, clientId: string): Promise<void> =>
	void (await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('plans of ' || ${clientId}, 0))`));
