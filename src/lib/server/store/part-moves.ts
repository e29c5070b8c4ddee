// Other days asked for parts of plans, and what was answered.
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { partMove } from './schema/index.ts';

export type PartMove = typeof partMove.$inferSelect;

export async function insertMove(tx: Tx, scope: Scope, row: Omit<PartMove, 'supplierId'>): Promise<void> {
	await tx.insert(partMove).values({ supplierId: scope.supplierId, ...row });
}
export async function findOpenMove(
	tx: Tx,
	scope: Scope,
	{ planId, position }: { planId: string; position: number }
): Promise<PartMove | null> {
	const [row] = await tx
		.select()
		.from(partMove)
		.where(
			and(
				eq(partMove.supplierId, scope.supplierId),
				eq(partMove.planId, planId),
				eq(partMove.position, position),
				eq(partMove.status, 'asked')
			)
		);
	return row ?? null;
}
/** What waits for an answer, of several plans in one question. */
export async function listOpenMoves(tx: Tx, scope: Scope, planIds: string[]): Promise<PartMove[]> {
	if (!planIds.length) return [];
	return tx
		.select()
		.from(partMove)
		.where(
			and(eq(partMove.supplierId, scope.supplierId), inArray(partMove.planId, planIds), eq(partMove.status, 'asked'))
		)
		.orderBy(asc(partMove.planId), asc(partMove.position));
}
export async function answerMove(
	tx: Tx,
	scope: Scope,
	moveId: string,
	change: Pick<PartMove, 'status' | 'answeredAt' | 'contactId' | 'ip' | 'userAgent'>
): Promise<void> {
	await tx
		.update(partMove)
		.set(change)
		.where(and(eq(partMove.supplierId, scope.supplierId), eq(partMove.moveId, moveId)));
}
