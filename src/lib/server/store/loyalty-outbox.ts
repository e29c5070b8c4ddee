// What is to be said to LoyaltyLion: rows written with the points they tell of, handed out one at a time, strictly in order for each client.
import { and, asc, count, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { AwardState, LoyaltyRowState } from '../../domain/points/loyalty.ts';
import type { Database, Tx } from './database.ts';
import { client, loyaltyOutbox } from './schema/index.ts';

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

export type LoyaltyRow = typeof loyaltyOutbox.$inferSelect;
export type ClaimedRow = LoyaltyRow & { /** Somebody else held it and did not say how it ended. */ wasHeld: boolean };
/**
 * The next row of any supplier whose connection works, kept for a while: whoever dies holding it loses it to another. One that is not the first of its
 * client that is open waits, whatever became of the first.
 */
export async function claimLoyaltyRow(db: Database, now: Date, leaseMs: number): Promise<ClaimedRow | null> {
	const at = now.toISOString();
	return db.system.transaction(async (tx) => {
		const [found] = await tx
			.select()
			.from(loyaltyOutbox)
			.where(
				sql`${loyaltyOutbox.state} in ('waiting', 'sending') and ${loyaltyOutbox.nextAt} <= ${at}::timestamptz
					and exists (select from loyalty_connection c where c.supplier_id = ${loyaltyOutbox.supplierId} and c.state = 'active'
						and (c.resume_at is null or c.resume_at <= ${at}::timestamptz))
					and not exists (select from loyalty_outbox o where o.supplier_id = ${loyaltyOutbox.supplierId} and o.client_id = ${loyaltyOutbox.clientId}
						and o.seq < ${loyaltyOutbox.seq} and o.state in ('waiting', 'sending', 'failed'))`
			)
			.orderBy(asc(loyaltyOutbox.nextAt), asc(loyaltyOutbox.seq))
			.limit(1)
			.for('no key update', { skipLocked: true });
		if (!found) return null;
		const attempts = found.attempts + 1;
		const nextAt = new Date(now.getTime() + leaseMs);
		await tx.update(loyaltyOutbox).set({ state: 'sending', attempts, nextAt }).where(thisOne(found));
		return { ...found, state: 'sending', attempts, nextAt, wasHeld: found.state === 'sending' };
	});
}
const thisOne = ({ supplierId, rowId }: Pick<LoyaltyRow, 'supplierId' | 'rowId'>) =>
	and(eq(loyaltyOutbox.supplierId, supplierId), eq(loyaltyOutbox.rowId, rowId));

/** How a turn ended, unless a person was faster. */
export const finishLoyaltyRow = async (
	tx: Tx,
	row: LoyaltyRow,
	change: Partial<Omit<LoyaltyRow, 'supplierId' | 'rowId' | 'seq'>>
): Promise<void> =>
	void (await tx
		.update(loyaltyOutbox)
		.set(change)
		.where(and(thisOne(row), eq(loyaltyOutbox.state, 'sending'))));

/** What became of the payment that a later row approves or declines. */
export const findRecordRow = async (
	tx: Tx,
	scope: Scope,
	{ awardId, round }: Pick<LoyaltyRow, 'awardId' | 'round'>
): Promise<LoyaltyRow | null> =>
	(
		await tx
			.select()
			.from(loyaltyOutbox)
			.where(
				and(
					eq(loyaltyOutbox.supplierId, scope.supplierId),
					eq(loyaltyOutbox.awardId, awardId),
					eq(loyaltyOutbox.round, round),
					eq(loyaltyOutbox.operation, 'record')
				)
			)
	)[0] ?? null;

/** By a person: sent again now, or left out for good. `false` when it is neither waiting nor failed. */
export async function mendLoyaltyRow(
	tx: Tx,
	scope: Scope,
	rowId: string,
	change: Pick<LoyaltyRow, 'state'> & Partial<LoyaltyRow>
): Promise<boolean> {
	const mended = await tx
		.update(loyaltyOutbox)
		.set(change)
		.where(and(thisOne({ supplierId: scope.supplierId, rowId }), inArray(loyaltyOutbox.state, ['waiting', 'failed'])))
		.returning({ rowId: loyaltyOutbox.rowId });
	return mended.length > 0;
}

/** By the id of a row: its place counts those of everybody. */
const behind = (open: boolean, { supplierId }: Scope, rowId: string) =>
	sql`${loyaltyOutbox.seq} ${sql.raw(open ? '>' : '<')} (select o.seq from loyalty_outbox o where o.supplier_id = ${supplierId} and o.row_id = ${rowId}::uuid)`;
export type LoyaltyRowOnPage = LoyaltyRow & { clientName: string };
/** The latest first; `open`: those that wait or failed, the oldest first. Behind a row that was read. */
export const listLoyaltyRows = (
	tx: Tx,
	scope: Scope,
	{ open, after, limit }: { open: boolean; after: string | null; limit: number }
): Promise<LoyaltyRowOnPage[]> =>
	tx
		.select({ row: loyaltyOutbox, clientName: client.name })
		.from(loyaltyOutbox)
		.innerJoin(
			client,
			and(eq(client.supplierId, loyaltyOutbox.supplierId), eq(client.clientId, loyaltyOutbox.clientId))
		)
		.where(
			and(
				eq(loyaltyOutbox.supplierId, scope.supplierId),
				open
					? inArray(loyaltyOutbox.state, ['waiting', 'sending', 'failed'])
					: inArray(loyaltyOutbox.state, ['done', 'skipped']),
				after === null ? undefined : behind(open, scope, after)
			)
		)
		.orderBy(open ? asc(loyaltyOutbox.seq) : desc(loyaltyOutbox.seq))
		.limit(limit)
		.then((rows) => rows.map(({ row, clientName }) => ({ ...row, clientName })));

export async function countLoyaltyRows(tx: Tx, scope: Scope): Promise<Record<LoyaltyRowState, number>> {
	const rows = await tx
		.select({ state: loyaltyOutbox.state, count: count() })
		.from(loyaltyOutbox)
		.where(eq(loyaltyOutbox.supplierId, scope.supplierId))
		.groupBy(loyaltyOutbox.state);
	return {
		waiting: 0,
		sending: 0,
		done: 0,
		failed: 0,
		skipped: 0,
		...Object.fromEntries(rows.map((row) => [row.state, row.count]))
	};
}
