// Points that could not follow their money: undone alone, noted with it, followed again by the worker (use-cases/points/follow-missed.ts).
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { pointsMissed } from './schema/index.ts';
import { apart } from './tx.ts';

type OfTry = { attemptId: string; clientId: string };
export type Missed = OfTry & { supplierId: string; times: number; error: string };
/** What commit would check of points. */
const CHECKS = 'points_add_up, lot_adds_up, entry_of_award_adds_up, award_adds_up, redemption_is_paid';
const ERROR_MAX = 500;

/** Money is never stopped by its points. */
export async function orNoted(
	tx: Tx,
	scope: Scope,
	of: OfTry & { now: Date },
	work: (tx: Tx) => Promise<void>
): Promise<void> {
	const failed = await apart(tx, CHECKS, work);
	if (!failed) return;
	const { attemptId, clientId, now } = of;
	const error = String((failed.error as Error).cause ?? failed.error).slice(0, ERROR_MAX);
	await tx
		.insert(pointsMissed)
		.values({ supplierId: scope.supplierId, attemptId, clientId, times: 1, error, missedAt: now })
		.onConflictDoUpdate({
			target: [pointsMissed.supplierId, pointsMissed.attemptId],
			set: { times: sql`${pointsMissed.times} + 1`, error, missedAt: now }
		});
}
/** Of every supplier; the oldest first. */
export const listMissed = (db: Database): Promise<Missed[]> =>
	db.system.select().from(pointsMissed).orderBy(asc(pointsMissed.missedAt)).limit(500);
/** Missed again meanwhile, it stays. */
export async function forgetMissed(tx: Tx, scope: Scope, { attemptId, times }: Missed): Promise<void> {
	await tx
		.delete(pointsMissed)
		.where(
			and(
				eq(pointsMissed.supplierId, scope.supplierId),
				eq(pointsMissed.attemptId, attemptId),
				eq(pointsMissed.times, times)
			)
		);
}
