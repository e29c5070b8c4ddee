// Files that were given to the storage beside the database, or are about to be, and whose row is not written yet. Said and committed before their bytes go: whatever
// a process dies of, nothing lies there that nobody knows of.
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { pendingObject } from './schema/index.ts';

type Owner = Pick<Scope, 'supplierId'>;
export type Pending = { supplierId: string; sha256: string };
const one = ({ supplierId }: Owner, sha256: string) =>
	and(eq(pendingObject.supplierId, supplierId), eq(pendingObject.sha256, sha256));
/** The row that says: it lies in the storage. */
const isNeeded = sql`exists (select from document d where d.supplier_id = ${pendingObject.supplierId} and d.sha256 = ${pendingObject.sha256} and d.content is null)`;

/** A day: far longer than any import takes from its bytes to its row. */
export const unclaimedSince = (now: Date): Date => new Date(now.getTime() - 86_400_000);

/** `false`: what lies there under this address is being removed at this moment. */
export async function expectObject(tx: Tx, owner: Owner, sha256: string, now: Date): Promise<boolean> {
	const rows = await tx
		.insert(pendingObject)
		.values({ supplierId: owner.supplierId, sha256, since: now })
		.onConflictDoUpdate({
			target: [pendingObject.supplierId, pendingObject.sha256],
			set: { since: now },
			setWhere: isNull(pendingObject.removingSince)
		})
		.returning({ sha256: pendingObject.sha256 });
	return rows.length > 0;
}
/** In the transaction that writes its row. `false`: nobody put it, or it is being removed: the row must not be written. */
export async function claimObject(tx: Tx, owner: Owner, sha256: string): Promise<boolean> {
	const rows = await tx
		.delete(pendingObject)
		.where(and(one(owner, sha256), isNull(pendingObject.removingSince)))
		.returning({ sha256: pendingObject.sha256 });
	return rows.length > 0;
}
/** Who removes marks the row, and may send what it signed before that mark for as long: the storage refuses it after a quarter of an hour, by a clock that is at most as far from ours. */
const MARK_HOLDS_MS = 30 * 60_000;
/** To be removed, and in nobody's hands. */
const isDue = (now: Date) =>
	and(
		lt(pendingObject.since, unclaimedSince(now)),
		or(isNull(pendingObject.removingSince), lt(pendingObject.removingSince, new Date(now.getTime() - MARK_HOLDS_MS))),
		sql`not ${isNeeded}`
	);
/** What waits for a day without a row, and what somebody began to remove and left; of every supplier where none is given. What has its row waits for nothing. */
export async function listRemovals(tx: Tx, owner: Owner | null, now: Date): Promise<Pending[]> {
	const its = owner ? eq(pendingObject.supplierId, owner.supplierId) : undefined;
	const overdue = lt(pendingObject.since, unclaimedSince(now));
	await tx.delete(pendingObject).where(and(its, overdue, isNull(pendingObject.removingSince), isNeeded));
	return tx
		.select({ supplierId: pendingObject.supplierId, sha256: pendingObject.sha256 })
		.from(pendingObject)
		.where(and(its, isDue(now)));
}
/** Looks again, under the lock of the row. From now on nobody writes a row of a document for it, and nobody else removes it, until `mark` holds no more. `false`: there is nothing to remove. */
export async function takeRemoval(tx: Tx, { supplierId, sha256 }: Pending, mark: Date): Promise<boolean> {
	const rows = await tx
		.update(pendingObject)
		.set({ removingSince: mark })
		.where(and(one({ supplierId }, sha256), isDue(mark)))
		.returning({ sha256: pendingObject.sha256 });
	return rows.length > 0;
}
/**
 * A file whose row carries its bytes again, in the transaction that says so: taken at once, and due at once when who took it dies. `false`: somebody else is about to
 * put the same bytes, and it waits like what nobody claims.
 */
export async function takeReturned(tx: Tx, { supplierId, sha256 }: Pending, mark: Date): Promise<boolean> {
	const rows = await tx
		.insert(pendingObject)
		.values({ supplierId, sha256, since: new Date(0), removingSince: mark })
		.onConflictDoNothing()
		.returning({ sha256: pendingObject.sha256 });
	return rows.length > 0;
}
/** It is gone. Who was too late, and whose mark is another's now, ends nothing. */
export const endRemoval = async (tx: Tx, { supplierId, sha256 }: Pending, mark: Date): Promise<void> =>
	void (await tx.delete(pendingObject).where(and(one({ supplierId }, sha256), eq(pendingObject.removingSince, mark))));
/** How many have no row of a document: they lie in the storage, or may. */
export const countPending = (tx: Pick<Tx, '$count'>, owner: Owner | null): Promise<number> =>
	tx.$count(
		pendingObject,
		and(owner ? eq(pendingObject.supplierId, owner.supplierId) : undefined, sql`not ${isNeeded}`)
	);
