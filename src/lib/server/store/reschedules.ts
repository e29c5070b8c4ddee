// Other days asked for instalments of plans, and what was answered.
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { RESCHEDULE_STATES } from '../../domain/plans/plan-states.ts';
import type { Tx } from './database.ts';
import { reschedule } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';

export type Reschedule = typeof reschedule.$inferSelect;

export async function insertReschedule(tx: Tx, scope: Scope, row: Omit<Reschedule, 'supplierId'>): Promise<void> {
	await tx.insert(reschedule).values({ supplierId: scope.supplierId, ...row });
}
export async function findOpenReschedule(
	tx: Tx,
	scope: Scope,
	{ planId, position }: { planId: string; position: number }
): Promise<Reschedule | null> {
	const [row] = await tx
		.select()
		.from(reschedule)
		.where(
			and(
				eq(reschedule.supplierId, scope.supplierId),
				eq(reschedule.planId, planId),
				eq(reschedule.position, position),
				eq(reschedule.status, 'asked')
			)
		);
	return row ?? null;
}
/** What waits for an answer, of several plans in one question. */
export async function listOpenReschedules(tx: Tx, scope: Scope, planIds: string[]): Promise<Reschedule[]> {
	if (!planIds.length) return [];
	return tx
		.select()
		.from(reschedule)
		.where(
			and(
				eq(reschedule.supplierId, scope.supplierId),
				inArray(reschedule.planId, planIds),
				eq(reschedule.status, 'asked')
			)
		)
		.orderBy(asc(reschedule.planId), asc(reschedule.position));
}
/** @throws when it was answered otherwise */
export async function saveRescheduleAnswer(
	tx: Tx,
	scope: Scope,
	moveId: string,
	change: Pick<Reschedule, 'status' | 'answeredAt' | 'contactId' | 'ip' | 'userAgent'>
): Promise<void> {
	const saved = await tx
		.update(reschedule)
		.set(change)
		.where(
			and(
				eq(reschedule.supplierId, scope.supplierId),
				eq(reschedule.moveId, moveId),
				thatMayBecome(reschedule.status, RESCHEDULE_STATES, change.status)
			)
		)
		.returning({ status: reschedule.status });
	requireSet(saved, `reschedule ${moveId}`, change.status);
}
