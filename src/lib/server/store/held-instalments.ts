// Which instalments of plans an attempt pays: it holds them from its beginning until it fails, and the database lets one at a time.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { LIVE_STATUSES } from '../../domain/payments/attempt-status.ts';
import type { Attempt } from './attempts.ts';
import type { Tx } from './database.ts';
import type { InstalmentRow } from './plans.ts';
import { attemptInstalment, paymentAttempt } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

/** The instalments an attempt pays: held until it fails. */
export async function holdInstalments(
	tx: Tx,
	scope: Scope,
	attemptId: string,
	instalments: Pick<InstalmentRow, 'planId' | 'position'>[]
): Promise<void> {
	await tx.insert(attemptInstalment).values(
		instalments.map(({ planId, position }) => ({
			supplierId: scope.supplierId,
			attemptId,
			planId,
			position,
			holds: true
		}))
	);
}
const instalmentsOfAttempt = writtenOnce<{ supplierId: string; attemptId: string }>()((tx, given) =>
	tx
		.select({ planId: attemptInstalment.planId, position: attemptInstalment.position, holds: attemptInstalment.holds })
		.from(attemptInstalment)
		.where(and(eq(attemptInstalment.supplierId, given.supplierId), eq(attemptInstalment.attemptId, given.attemptId)))
		.orderBy(asc(attemptInstalment.planId), asc(attemptInstalment.position))
);
export const listHeldInstalments = (
	tx: Tx,
	{ supplierId }: Scope,
	attemptId: string
): Promise<{ planId: string; position: number; holds: boolean }[]> =>
	instalmentsOfAttempt(tx, { supplierId, attemptId });
/** Live tries that hold any of these instalments. */
export async function listHolders(tx: Tx, scope: Scope, planId: string, positions: number[]): Promise<Attempt[]> {
	if (!positions.length) return [];
	const rows = await tx
		.selectDistinct({ attempt: paymentAttempt })
		.from(attemptInstalment)
		.innerJoin(
			paymentAttempt,
			and(
				eq(paymentAttempt.supplierId, attemptInstalment.supplierId),
				eq(paymentAttempt.attemptId, attemptInstalment.attemptId)
			)
		)
		.where(
			and(
				eq(attemptInstalment.supplierId, scope.supplierId),
				eq(attemptInstalment.planId, planId),
				inArray(attemptInstalment.position, positions),
				attemptInstalment.holds,
				inArray(paymentAttempt.status, [...LIVE_STATUSES])
			)
		);
	return rows.map((row) => row.attempt);
}
/** Instalments of a plan that an attempt holds: one under way, or the one that paid. */
export async function listHeldPositions(tx: Tx, scope: Scope, planId: string): Promise<number[]> {
	const rows = await tx
		.select({ position: attemptInstalment.position })
		.from(attemptInstalment)
		.where(
			and(
				eq(attemptInstalment.supplierId, scope.supplierId),
				eq(attemptInstalment.planId, planId),
				attemptInstalment.holds
			)
		);
	return rows.map((row) => row.position);
}
export async function setHold(tx: Tx, scope: Scope, attemptId: string, holds: boolean): Promise<void> {
	await tx
		.update(attemptInstalment)
		.set({ holds })
		.where(
			and(
				eq(attemptInstalment.supplierId, scope.supplierId),
				eq(attemptInstalment.attemptId, attemptId),
				sql`${attemptInstalment.holds} <> ${holds}`
			)
		);
}
