// What the days bring to plans: held, to be announced, to be asked for again, broken.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { RUNNING_PLANS } from '../../domain/plans/plan-states.ts';
import { behindRow } from './behind.ts';
import type { Tx } from './database.ts';
import type { PlanRow } from './plans.ts';
import { words } from './schema/columns.ts';
import { plan, planInstalment } from './schema/index.ts';

const mine = (scope: Scope) => [
	eq(plan.supplierId, scope.supplierId),
	...(scope.clientId ? [eq(plan.clientId, scope.clientId)] : [])
];

/** Nothing of the plan is taken by itself meanwhile: one of its invoices is disputed or promised. */
const isHeld = (
	today: CivilDate
) => sql`exists (select from plan_part_line l join invoice i on i.supplier_id = l.supplier_id and i.invoice_id = l.invoice_id
		where l.supplier_id = plan.supplier_id and l.plan_id = plan.plan_id
			and i.hold_reason is not null and (i.hold_until is null or i.hold_until >= ${today}))`;
export async function listHeldPlans(tx: Tx, scope: Scope, planIds: string[], today: CivilDate): Promise<Set<string>> {
	if (!planIds.length) return new Set();
	const rows = await tx
		.select({ planId: plan.planId })
		.from(plan)
		.where(and(...mine(scope), inArray(plan.planId, planIds), isHeld(today)));
	return new Set(rows.map((row) => row.planId));
}

/** The supplier's account at Stripe can't be asked: nothing is taken, so nothing is announced and nothing breaks. */
const isSilent = sql`exists (select from stripe_account k where k.supplier_id = plan.supplier_id and k.until_at is null and k.silence is not null)`;
/** Days in which nobody could pay are no days to mend a plan in. */
export async function prolongCures(
	tx: Tx,
	scope: Scope,
	{ since, days }: { since: CivilDate; days: number },
	now: Date
): Promise<void> {
	if (days > 0)
		await tx
			.update(plan)
			.set({ cureEndsOn: sql`${plan.cureEndsOn} + ${days}::int`, updatedAt: now })
			.where(and(...mine(scope), inArray(plan.status, RUNNING_PLANS), sql`${plan.cureEndsOn} >= ${since}`));
}

/** Instalments that are due to be announced: of running plans, soon to be taken, not told yet. */
export async function listToAnnounce(
	tx: Tx,
	scope: Scope,
	{ today, dueUntil }: { today: CivilDate; dueUntil: CivilDate },
	limit = 500
): Promise<{ planId: string; position: number }[]> {
	return tx
		.select({ planId: planInstalment.planId, position: planInstalment.position })
		.from(planInstalment)
		.innerJoin(plan, and(eq(plan.supplierId, planInstalment.supplierId), eq(plan.planId, planInstalment.planId)))
		.where(
			and(
				...mine(scope),
				eq(plan.status, 'active'),
				sql`not ${isHeld(today)} and not ${isSilent}`,
				eq(planInstalment.status, 'scheduled'),
				// Nothing is announced that will not be tried: its card or account must be one that can be charged.
				sql`exists (select from saved_method m join supplier s on s.supplier_id = m.supplier_id where m.supplier_id = plan.supplier_id and m.method_id = plan.method_id
					and m.unusable_at is null and m.removed_at is null and m.stripe_account is not distinct from s.stripe_account
					and coalesce((select g.may_pay from contact g where g.supplier_id = m.supplier_id and g.contact_id = m.contact_id), true))`,
				sql`${planInstalment.announcedAt} is null and ${planInstalment.dueOn} >= ${today} and ${planInstalment.askOn} is not null and ${planInstalment.dueOn} <= ${dueUntil}`
			)
		)
		.orderBy(asc(planInstalment.dueOn), asc(planInstalment.planId), asc(planInstalment.position))
		.limit(limit);
}
/** Plans that run on a card or an account kept where money no longer comes to, from one on. */
export const listPlansMovedAway = async (
	tx: Tx,
	scope: Scope,
	after: PlanRow | null = null,
	limit = 500
): Promise<PlanRow[]> =>
	tx
		.select()
		.from(plan)
		.where(
			and(
				...mine(scope),
				inArray(plan.status, RUNNING_PLANS),
				sql`exists (select from saved_method m join supplier s on s.supplier_id = m.supplier_id where m.supplier_id = plan.supplier_id and m.method_id = plan.method_id
					and m.unusable_at is null and m.removed_at is null and m.stripe_account is distinct from s.stripe_account)`,
				after ? behindRow([plan.createdAt, after.createdAt], [plan.planId, after.planId]) : undefined,
				// Told once for each account that it would have to move to.
				sql`not exists (select from mail k join supplier s on s.supplier_id = k.supplier_id where k.supplier_id = plan.supplier_id
					and k.unique_key = 'method_lost:' || plan.plan_id || ':0:' || coalesce(s.stripe_account, ''))`
			)
		)
		.orderBy(asc(plan.createdAt), asc(plan.planId))
		.limit(limit);

export type EndingCard = { planId: string; position: number; dueOn: CivilDate; methodId: string };
/** Instalments to come of running plans that fall after the last day of the card they are to be taken from: told once for each card, some weeks ahead. From one on. */
export const listEndingCards = async (
	tx: Tx,
	scope: Scope,
	{ today, dueUntil }: { today: CivilDate; dueUntil: CivilDate },
	after: EndingCard | null = null,
	limit = 500
): Promise<EndingCard[]> =>
	tx.execute(sql`
		select p.plan_id as "planId", p.position, p.due_on::text as "dueOn", m.method_id as "methodId"
		from plan_part p join plan on plan.supplier_id = p.supplier_id and plan.plan_id = p.plan_id
			join saved_method m on m.supplier_id = plan.supplier_id and m.method_id = plan.method_id
		where plan.supplier_id = ${scope.supplierId} and plan.status in (${words(RUNNING_PLANS)}) and p.status = 'scheduled'
			and p.due_on >= ${today} and p.due_on <= ${dueUntil}
			and m.expiry_year is not null and to_char(p.due_on, 'YYYY-MM') > m.expiry_year || '-' || lpad(m.expiry_month::text, 2, '0')
			and m.unusable_at is null and m.removed_at is null
			${after ? sql`and (p.due_on, p.plan_id, p.position) > (${after.dueOn}::date, ${after.planId}::uuid, ${after.position}::int)` : sql``}
			and not exists (select from mail k where k.supplier_id = p.supplier_id
				and k.unique_key = 'method_ending:' || p.plan_id || ':' || p.position || ':' || m.method_id || '.' || m.expiry_year || '.' || m.expiry_month)
		order by p.due_on, p.plan_id, p.position limit ${limit}`);

/** Plans whose cure period is over with something still unpaid. */
export async function listCureOver(tx: Tx, scope: Scope, today: CivilDate, limit = 200): Promise<string[]> {
	const rows = await tx
		.select({ planId: plan.planId })
		.from(plan)
		.where(
			and(
				...mine(scope),
				eq(plan.status, 'active'),
				sql`${plan.cureEndsOn} < ${today}`,
				sql`not ${isHeld(today)} and not ${isSilent}`
			)
		)
		.orderBy(asc(plan.cureEndsOn), asc(plan.planId))
		.limit(limit);
	return rows.map((row) => row.planId);
}
