// A supplier's connection to LoyaltyLion: whether it works, its key as it is sealed, whose turn it is to call.
import { eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { loyaltyConnection } from './schema/index.ts';

export type LoyaltyConnection = typeof loyaltyConnection.$inferSelect;
export const findConnection = async (tx: Tx, scope: Scope): Promise<LoyaltyConnection | null> =>
	(await tx.select().from(loyaltyConnection).where(eq(loyaltyConnection.supplierId, scope.supplierId)))[0] ?? null;

type New = Pick<
	LoyaltyConnection,
	'sealedKey' | 'keyLastFour' | 'siteId' | 'ruleName' | 'connectedBy' | 'connectedAt' | 'seenActivityId'
>;
/** A key that works, in the place of whatever was there. What waited goes on. */
export async function saveConnection(tx: Tx, scope: Scope, row: New, now: Date): Promise<void> {
	const fresh = {
		...row,
		state: 'active' as const,
		brokenReason: null,
		brokenDetail: null,
		resumeAt: null,
		lastSyncedAt: now
	};
	await tx
		.insert(loyaltyConnection)
		.values({ supplierId: scope.supplierId, ...fresh })
		.onConflictDoUpdate({ target: loyaltyConnection.supplierId, set: fresh });
}
export const updateConnection = async (
	tx: Tx,
	scope: Scope,
	change: Partial<Omit<LoyaltyConnection, 'supplierId' | 'nextCallAt'>>
): Promise<void> =>
	void (await tx.update(loyaltyConnection).set(change).where(eq(loyaltyConnection.supplierId, scope.supplierId)));

/** Something was answered: when, and the newest activity that was seen. */
export const noteSynced = async (tx: Tx, scope: Scope, now: Date, seenActivityId = 0): Promise<void> =>
	void (await tx
		.update(loyaltyConnection)
		.set({
			lastSyncedAt: now,
			seenActivityId: sql`greatest(${loyaltyConnection.seenActivityId}, ${seenActivityId}::bigint)`
		})
		.where(eq(loyaltyConnection.supplierId, scope.supplierId)));

/** 20 calls a second and key, whatever the number of processes (https://developers.loyaltylion.com/api): one every 55 ms. */
const BETWEEN_CALLS = '55 milliseconds';
/** Milliseconds to wait for the place that was taken. Of real time: it is about calls, not about days. */
export async function takePlace(db: Database, supplierId: string): Promise<number> {
	const [row] = await db.system.execute<{ wait: number }>(sql`
		update loyalty_connection set next_call_at = greatest(next_call_at, clock_timestamp()) + ${BETWEEN_CALLS}::interval
		where supplier_id = ${supplierId}
		returning ceil(extract(epoch from next_call_at - ${BETWEEN_CALLS}::interval - clock_timestamp()) * 1000)::int as wait`);
	return Math.max(row?.wait ?? 0, 0);
}
