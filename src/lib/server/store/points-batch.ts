// What one payment earns, kept in one statement: each of its tables asked by itself costs more than all that the payment writes for it.
import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { insertion } from './insert-many.ts';
import type { Fact } from './outbox.ts';
import type { AccountChange, NewEntry, NewLot, PointsAward } from './points.ts';
import type { NewBeat } from './points-beats.ts';
import { outbox, pointsAccount, pointsAward, pointsBeat, pointsEntry, pointsLot } from './schema/index.ts';

/** Of one client. `account`: what follows from the rest, as it will stand. */
export type PointsBatch = {
	awards: PointsAward[];
	entries: NewEntry[];
	lots: NewLot[];
	beats: NewBeat[];
	account: AccountChange | null;
	facts: (Fact & { createdAt: Date })[];
};
export const emptyBatch = (): PointsBatch => ({
	awards: [],
	entries: [],
	lots: [],
	beats: [],
	account: null,
	facts: []
});

/** Triggers and foreign keys look when all of it is there. */
export async function insertPointsBatch(tx: Tx, scope: Scope, clientId: string, batch: PointsBatch): Promise<void> {
	const { awards, entries, lots, beats, account, facts } = batch;
	const pieces: SQL[] = [
		...(awards.length
			? [
					insertion(
						scope,
						pointsAward,
						awards.map(({ supplierId: _, ...row }) => row)
					)
				]
			: []),
		...(entries.length ? [insertion(scope, pointsEntry, entries)] : []),
		...(lots.length ? [insertion(scope, pointsLot, lots)] : []),
		...(beats.length ? [insertion(scope, pointsBeat, beats)] : []),
		...(facts.length ? [insertion(scope, outbox, facts)] : []),
		...(account ? [changeOf(tx, scope, clientId, account)] : [])
	];
	if (!pieces.length) return;
	const named = pieces.map((piece, i) => sql`${sql.identifier(`kept_${i}`)} as (${piece})`);
	await tx.execute(sql`with ${sql.join(named, sql`, `)} select 1`);
}
const changeOf = (tx: Tx, scope: Scope, clientId: string, change: AccountChange): SQL =>
	tx
		.update(pointsAccount)
		.set(change)
		.where(and(eq(pointsAccount.supplierId, scope.supplierId), eq(pointsAccount.clientId, clientId)))
		.getSQL();
