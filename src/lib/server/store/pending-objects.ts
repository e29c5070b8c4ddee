// Files that were given to the storage beside the database, or are about to be, and whose row is not written yet. Said and committed before their bytes go: whatever
// a process dies of, nothing lies there that nobody knows of.
import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { pendingObject } from './schema/index.ts';

type Owner = Pick<Scope, 'supplierId'>;
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
/** What waits for a day without a row, or is being removed already: from now on nobody writes a row for it. What has its row waits for nothing. */
export async function beginRemovals(tx: Tx, owner: Owner, now: Date): Promise<string[]> {
	const overdue = and(eq(pendingObject.supplierId, owner.supplierId), lt(pendingObject.since, unclaimedSince(now)));
	await tx.delete(pendingObject).where(and(overdue, isNull(pendingObject.removingSince), isNeeded));
	const rows = await tx
		.update(pendingObject)
		.set({ removingSince: now })
		.where(and(overdue, sql`not ${isNeeded}`))
		.returning({ sha256: pendingObject.sha256 });
	return rows.map((row) => row.sha256);
}
/** A file whose row carries its bytes again. */
export async function removeObject(tx: Tx, owner: Owner, sha256: string, now: Date): Promise<void> {
	await tx
		.insert(pendingObject)
		.values({ supplierId: owner.supplierId, sha256, since: now, removingSince: now })
		.onConflictDoUpdate({ target: [pendingObject.supplierId, pendingObject.sha256], set: { removingSince: now } });
}
/** It is gone. */
export const endRemoval = async (tx: Tx, owner: Owner, sha256: string): Promise<void> =>
	void (await tx.delete(pendingObject).where(and(one(owner, sha256), isNotNull(pendingObject.removingSince))));
