// Which parts of plans a try pays: it holds them from its beginning until it fails, and the database lets one at a time.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { LIVE_STATUSES } from '../../domain/payments/attempt-status.ts';
import type { Attempt } from './attempts.ts';
import type { Tx } from './database.ts';
import type { PartRow } from './plans.ts';
import { attemptPart, paymentAttempt } from './schema/index.ts';

/** The parts a try pays: held until it fails. */
export async function holdParts(
	tx: Tx,
	scope: Scope,
	attemptId: string,
	parts: Pick<PartRow, 'planId' | 'position'>[]
): Promise<void> {
	await tx
		.insert(attemptPart)
		.values(
			parts.map(({ planId, position }) => ({ supplierId: scope.supplierId, attemptId, planId, position, holds: true }))
		);
}
export async function listHeldParts(
	tx: Tx,
	scope: Scope,
	attemptId: string
): Promise<{ planId: string; position: number; holds: boolean }[]> {
	return tx
		.select({ planId: attemptPart.planId, position: attemptPart.position, holds: attemptPart.holds })
		.from(attemptPart)
		.where(and(eq(attemptPart.supplierId, scope.supplierId), eq(attemptPart.attemptId, attemptId)))
		.orderBy(asc(attemptPart.planId), asc(attemptPart.position));
}
/** Live tries that hold any of these parts. */
export async function listHolders(tx: Tx, scope: Scope, planId: string, positions: number[]): Promise<Attempt[]> {
	if (!positions.length) return [];
	const rows = await tx
		.selectDistinct({ attempt: paymentAttempt })
		.from(attemptPart)
		.innerJoin(
			paymentAttempt,
			and(eq(paymentAttempt.supplierId, attemptPart.supplierId), eq(paymentAttempt.attemptId, attemptPart.attemptId))
		)
		.where(
			and(
				eq(attemptPart.supplierId, scope.supplierId),
				eq(attemptPart.planId, planId),
				inArray(attemptPart.position, positions),
				attemptPart.holds,
				inArray(paymentAttempt.status, [...LIVE_STATUSES])
			)
		);
	return rows.map((row) => row.attempt);
}
/** Parts of a plan that a try holds: one under way, or the one that paid. */
export async function listHeldPositions(tx: Tx, scope: Scope, planId: string): Promise<number[]> {
	const rows = await tx
		.select({ position: attemptPart.position })
		.from(attemptPart)
		.where(and(eq(attemptPart.supplierId, scope.supplierId), eq(attemptPart.planId, planId), attemptPart.holds));
	return rows.map((row) => row.position);
}
export async function setHold(tx: Tx, scope: Scope, attemptId: string, holds: boolean): Promise<void> {
	await tx
		.update(attemptPart)
		.set({ holds })
		.where(
			and(
				eq(attemptPart.supplierId, scope.supplierId),
				eq(attemptPart.attemptId, attemptId),
				sql`${attemptPart.holds} <> ${holds}`
			)
		);
}
