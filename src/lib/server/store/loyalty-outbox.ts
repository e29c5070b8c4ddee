// What is to be said to LoyaltyLion: rows written with the points they tell of, handed out one at a time, strictly in order for each client.
import { sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { AwardState } from '../../domain/points/loyalty.ts';
import type { Tx } from './database.ts';

/**
 * An award of kind 'payment' became pending, was earned, or all of it was taken back: what LoyaltyLion is to be told is put on its outbox, once however
 * often this is asked. Without a connection it does nothing. In any scope that may move the points. Answers how many rows that made.
 */
export async function enqueueForLoyalty(
	tx: Tx,
	_scope: Scope,
	now: Date,
	awardId: string,
	state: AwardState
): Promise<number> {
	const [row] = await tx.execute<{ told: number }>(
		sql`select tell_loyalty(${awardId}::uuid, ${state}, ${now.toISOString()}::timestamptz) as told`
	);
	return row?.told ?? 0;
}
