// Instalment plans and their instalments.
import { and, asc, desc, eq, inArray, lte, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { AllocationLine } from '../../domain/payments/allocation.ts';
import type { PlannedInstalment } from '../../domain/offers/schedule.ts';
import { add, minor, subtract, ZERO, type Minor } from '../../domain/money/minor.ts';
import type { Instalment } from '../../domain/plans/plan.ts';
import {
	FAILING_INSTALMENTS,
	INSTALMENT_STATES,
	OPEN_INSTALMENTS,
	PLAN_STATES,
	RUNNING_PLANS,
	type PlanStatus
} from '../../domain/plans/plan-states.ts';
import type { InstalmentLowered } from '../../domain/plans/lower-instalments.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { insertMany, listOf } from './insert-many.ts';
import { lockInvoicesOfPlan } from './lock-invoices.ts';
import {
	client,
	creditUseInstalment,
	plan,
	planInstalment,
	planInstalmentLine,
	planInstalmentLowered
} from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';
import { writtenOnce } from './written-once.ts';

export type PlanRow = typeof plan.$inferSelect;
export type InstalmentRow = typeof planInstalment.$inferSelect;
/** `amountMinor` and `lines` are what is due: what was agreed, less what credit notes and money that came in another way took off. */
export type PlanWithInstalments = PlanRow & {
	instalments: (InstalmentRow & Instalment & { agreedMinor: Minor; lines: AllocationLine[] })[];
};

const mine = (scope: Scope) => [
	eq(plan.supplierId, scope.supplierId),
	...(scope.clientId ? [eq(plan.clientId, scope.clientId)] : [])
];

export async function insertPlan(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof plan.$inferInsert, 'supplierId'>,
	instalments: PlannedInstalment[]
): Promise<void> {
	const { supplierId } = scope;
	const { planId, updatedAt } = row;
	await tx.insert(plan).values({ supplierId, ...row });
	await tx.insert(planInstalment).values(
		instalments.map(({ dueOn, amountMinor }, i) => ({
			supplierId,
			planId,
			position: i + 1,
			dueOn,
			amountMinor,
			status: 'scheduled' as const,
			failures: 0,
			askOn: null,
			announcedAt: null,
			attemptId: null,
			updatedAt
		}))
	);
	await tx
		.insert(planInstalmentLine)
		.values(
			instalments.flatMap(({ lines }, i) => lines.map((line) => ({ supplierId, planId, position: i + 1, ...line })))
		);
}

async function withInstalments(tx: Tx, scope: Scope, rows: PlanRow[]): Promise<PlanWithInstalments[]> {
	if (!rows.length) return [];
	const ids = rows.map((row) => row.planId);
	const [instalments, lines, takenOff] = await Promise.all([
		tx
			.select()
			.from(planInstalment)
			.where(and(eq(planInstalment.supplierId, scope.supplierId), inArray(planInstalment.planId, ids)))
			.orderBy(asc(planInstalment.planId), asc(planInstalment.position)),
		tx
			.select()
			.from(planInstalmentLine)
			.where(and(eq(planInstalmentLine.supplierId, scope.supplierId), inArray(planInstalmentLine.planId, ids)))
			.orderBy(asc(planInstalmentLine.planId), asc(planInstalmentLine.position), asc(planInstalmentLine.invoiceId)),
		sumTakenOff(tx, scope, ids)
	]);
	const dueOf = (line: (typeof lines)[number]): AllocationLine => ({
		invoiceId: line.invoiceId,
		amountMinor: subtract(line.amountMinor, takenOff.get(lineKey(line)) ?? ZERO)
	});
	return rows.map((row) => ({
		...row,
		instalments: instalments
			.filter((instalment) => instalment.planId === row.planId)
			.map((instalment) => {
				const own = lines
					.filter((line) => line.planId === row.planId && line.position === instalment.position)
					.map(dueOf);
				const amountMinor = add(...own.map((line) => line.amountMinor));
				// Of an instalment that nothing is left of, the lines still say what it was for.
				const due = amountMinor === ZERO ? own : own.filter((line) => line.amountMinor > 0n);
				return { ...instalment, agreedMinor: instalment.amountMinor, amountMinor, lines: due };
			})
	}));
}
const lineKey = ({ planId, position, invoiceId }: { planId: string; position: number; invoiceId: string }): string =>
	`${planId} ${position} ${invoiceId}`;
/** As `dueOfLine` of invoice-balance.ts. */
async function sumTakenOff(tx: Tx, scope: Scope, planIds: string[]): Promise<Map<string, Minor>> {
	const sums = new Map<string, Minor>();
	for (const table of [creditUseInstalment, planInstalmentLowered]) {
		const { planId, position, invoiceId, amountMinor } = table;
		const rows = await tx
			.select({ planId, position, invoiceId, sum: sql<string>`sum(${amountMinor})` })
			.from(table)
			.where(and(eq(table.supplierId, scope.supplierId), inArray(planId, planIds)))
			.groupBy(planId, position, invoiceId);
		for (const row of rows) sums.set(lineKey(row), add(sums.get(lineKey(row)) ?? ZERO, minor(BigInt(row.sum))));
	}
	return sums;
}

export async function findPlan(tx: Tx, scope: Scope, planId: string): Promise<PlanWithInstalments | null> {
	const rows = await tx
		.select()
		.from(plan)
		.where(and(...mine(scope), eq(plan.planId, planId)));
	return (await withInstalments(tx, scope, rows))[0] ?? null;
}
/** Locked, after its invoices: whatever moves a plan is one at a time. */
export async function lockPlan(tx: Tx, scope: Scope, planId: string): Promise<PlanWithInstalments | null> {
	await lockInvoicesOfPlan(tx, scope, planId);
	const rows = await tx
		.select()
		.from(plan)
		.where(and(...mine(scope), eq(plan.planId, planId)))
		.for('no key update');
	return (await withInstalments(tx, scope, rows))[0] ?? null;
}

const plansOfInvoices = (isStanding: SQL) =>
	writtenOnce<{ supplierId: string; clientId: string | null; invoiceIds: string }>()((tx, given) =>
		tx
			.select()
			.from(plan)
			.where(
				and(
					eq(plan.supplierId, given.supplierId),
					given.clientId && eq(plan.clientId, given.clientId),
					isStanding,
					sql`${plan.planId} in (select l.plan_id from plan_part_line l where l.supplier_id = ${given.supplierId} and l.invoice_id = any(${given.invoiceIds}::uuid[]))`
				)
			)
			.orderBy(desc(plan.createdAt), asc(plan.planId))
	);
const runningOfInvoices = plansOfInvoices(inArray(plan.status, RUNNING_PLANS));
const keptOfInvoices = plansOfInvoices(sql`${plan.status} <> 'canceled'`);
/** Plans over any of these invoices, the last first; `running` only those that still hold them. */
export async function listPlansOfInvoices(
	tx: Tx,
	scope: Scope,
	invoiceIds: string[],
	{ running }: { running: boolean }
): Promise<PlanWithInstalments[]> {
	if (!invoiceIds.length) return [];
	const rows = await (running ? runningOfInvoices : keptOfInvoices)(tx, {
		supplierId: scope.supplierId,
		clientId: scope.clientId,
		invoiceIds: listOf(invoiceIds)
	});
	return withInstalments(tx, scope, rows);
}
const ALL = 1_000_000;
const instalmentLike = (tx: Tx, like: 'at_risk' | { dueUntil: CivilDate }) =>
	tx
		.select({ one: sql`1` })
		.from(planInstalment)
		.where(
			and(
				eq(planInstalment.supplierId, plan.supplierId),
				eq(planInstalment.planId, plan.planId),
				like === 'at_risk'
					? inArray(planInstalment.status, FAILING_INSTALMENTS)
					: and(lte(planInstalment.dueOn, like.dueUntil), inArray(planInstalment.status, OPEN_INSTALMENTS))
			)
		);
export async function listPlans(
	tx: Tx,
	scope: Scope,
	filter: {
		clientId?: string;
		status?: readonly PlanStatus[];
		/** With an instalment that was refused or waits for the client, or with an open one that falls due until that day. */
		instalment?: 'at_risk' | { dueUntil: CivilDate };
		after?: string | null;
		/** All of them when it is not given. */
		limit?: number;
	} = {}
): Promise<(PlanWithInstalments & { clientName: string })[]> {
	const rows = await tx
		.select({ plan, clientName: client.name })
		.from(plan)
		.innerJoin(client, and(eq(client.supplierId, plan.supplierId), eq(client.clientId, plan.clientId)))
		.where(
			and(
				...mine(scope),
				...(filter.clientId ? [eq(plan.clientId, filter.clientId)] : []),
				...(filter.status ? [inArray(plan.status, filter.status)] : []),
				...(filter.instalment ? [sql`exists (${instalmentLike(tx, filter.instalment)})`] : []),
				...(filter.after
					? [
							sql`(${plan.createdAt}, ${plan.planId}) < (select a.created_at, a.plan_id from plan a where a.supplier_id = ${scope.supplierId} and a.plan_id = ${filter.after})`
						]
					: [])
			)
		)
		.orderBy(desc(plan.createdAt), desc(plan.planId))
		.limit(filter.limit ?? ALL);
	const plans = await withInstalments(
		tx,
		scope,
		rows.map((row) => row.plan)
	);
	return plans.map((one, i) => ({ ...one, clientName: required(rows[i], 'client').clientName }));
}

/** Plans that run and count on a means of payment. */
export async function listPlansOfMethod(tx: Tx, scope: Scope, methodId: string): Promise<PlanWithInstalments[]> {
	const rows = await tx
		.select()
		.from(plan)
		.where(and(...mine(scope), eq(plan.methodId, methodId), inArray(plan.status, RUNNING_PLANS)))
		.orderBy(asc(plan.createdAt), asc(plan.planId));
	return withInstalments(tx, scope, rows);
}

export type PlanChange = Partial<Pick<PlanRow, 'status' | 'methodId' | 'cureEndsOn'>>;
/** @throws when it can’t become that */
export async function savePlan(tx: Tx, scope: Scope, planId: string, change: PlanChange, now: Date): Promise<void> {
	const saved = await tx
		.update(plan)
		.set({ ...change, updatedAt: now })
		.where(and(...mine(scope), eq(plan.planId, planId), thatMayBecome(plan.status, PLAN_STATES, change.status)))
		.returning({ status: plan.status });
	requireSet(saved, `plan ${planId}`, change.status);
}
export type InstalmentChange = Partial<
	Pick<InstalmentRow, 'status' | 'failures' | 'askOn' | 'announcedAt' | 'attemptId' | 'dueOn'>
>;
/** @throws when it can’t become that */
export async function saveInstalment(
	tx: Tx,
	scope: Scope,
	{ planId, position }: Pick<InstalmentRow, 'planId' | 'position'>,
	change: InstalmentChange,
	now: Date
): Promise<void> {
	const saved = await tx
		.update(planInstalment)
		.set({ ...change, updatedAt: now })
		.where(
			and(
				eq(planInstalment.supplierId, scope.supplierId),
				eq(planInstalment.planId, planId),
				eq(planInstalment.position, position),
				thatMayBecome(planInstalment.status, INSTALMENT_STATES, change.status)
			)
		)
		.returning({ status: planInstalment.status });
	requireSet(saved, `instalment ${planId} ${position}`, change.status);
}

/** Instalments that money which came in another way makes smaller. */
export async function insertLowering(
	tx: Tx,
	scope: Scope,
	row: Pick<typeof planInstalmentLowered.$inferSelect, 'loweringId' | 'invoiceId' | 'paymentId' | 'createdAt'>,
	instalments: InstalmentLowered[]
): Promise<void> {
	await insertMany(
		tx,
		scope,
		planInstalmentLowered,
		instalments.map((instalment) => ({ ...row, ...instalment }))
	);
}
