// The points ledger: entries are only ever added, one client at a time under its account's lock; what follows from them is kept beside, and checked by
// the database at commit. Reading for screens is in points-reading.ts.
import { and, asc, eq, gt, inArray, lte, ne, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { GivenLot } from '../../domain/points/given-back.ts';
import type { Lot, LotChange } from '../../domain/points/ledger.ts';
import { leavesYearOn, yearBefore } from '../../domain/points/tiers.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import {
	paymentAttempt,
	attemptInvoice,
	pointsAcceptance,
	pointsAccount,
	pointsAward,
	pointsEntry,
	pointsLot,
	type PointsEntryKind
} from './schema/index.ts';

export type PointsAccount = typeof pointsAccount.$inferSelect;
export type PointsAward = typeof pointsAward.$inferSelect;
export type AccountChange = Partial<
	Pick<
		PointsAccount,
		'earnedInYear' | 'tier' | 'tierSince' | 'recheckOn' | 'streak' | 'neutrals' | 'frozenAt' | 'frozenReason'
	>
>;
export type NewLot = Omit<typeof pointsLot.$inferSelect, 'supplierId'>;

/** Opens it with the first point that a client could earn. Whoever moves points of the client waits here. */
export async function lockAccount(
	tx: Tx,
	scope: Scope,
	clientId: string,
	opening: { today: CivilDate; now: Date }
): Promise<PointsAccount> {
	// Mostly it is there: one question.
	const known = await findLockedAccount(tx, scope, clientId);
	if (known) return known;
	await insertMany(
		tx,
		scope,
		pointsAccount,
		[
			{
				clientId,
				balance: 0,
				pending: 0,
				earnedInYear: 0,
				tier: 0,
				tierSince: opening.today,
				recheckOn: null,
				streak: 0,
				neutrals: 0,
				frozenAt: null,
				frozenReason: null,
				createdAt: opening.now
			}
		],
		sql`on conflict do nothing`
	);
	return required(await findLockedAccount(tx, scope, clientId), 'points account');
}
/** The same, of a client that has one. */
export async function findLockedAccount(tx: Tx, scope: Scope, clientId: string): Promise<PointsAccount | null> {
	const [row] = await tx
		.select()
		.from(pointsAccount)
		.where(and(eq(pointsAccount.supplierId, scope.supplierId), eq(pointsAccount.clientId, clientId)))
		.for('no key update');
	return row ?? null;
}
export async function saveAccount(tx: Tx, scope: Scope, clientId: string, change: AccountChange): Promise<void> {
	if (!Object.keys(change).length) return;
	await tx
		.update(pointsAccount)
		.set(change)
		.where(and(eq(pointsAccount.supplierId, scope.supplierId), eq(pointsAccount.clientId, clientId)));
}

/** The rules were accepted for the company, by one of its people. */
export async function hasAcceptedRules(tx: Tx, scope: Scope, clientId: string): Promise<boolean> {
	const rows = await tx
		.select({ clientId: pointsAcceptance.clientId })
		.from(pointsAcceptance)
		.where(and(eq(pointsAcceptance.supplierId, scope.supplierId), eq(pointsAcceptance.clientId, clientId)));
	return rows.length > 0;
}

/** What was earned by acts of the last twelve months, and when the first of them leaves. */
export async function earnedInYear(
	tx: Tx,
	scope: Scope,
	clientId: string,
	today: CivilDate
): Promise<{ points: number; recheckOn: CivilDate | null }> {
	const [row] = await tx
		.select({
			points: sql<string>`coalesce(sum(${pointsAward.earnedPoints}), 0)`,
			first: sql<CivilDate | null>`min(${pointsAward.actedOn})::text`
		})
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				eq(pointsAward.clientId, clientId),
				gt(pointsAward.actedOn, yearBefore(today)),
				gt(pointsAward.earnedPoints, 0)
			)
		);
	const { points, first } = required(row, 'sum');
	return { points: Number(points), recheckOn: first && leavesYearOn(first) };
}

/** On the day of an act, by acts until then but those of its own try: what came later is not asked. */
export async function earnedBefore(
	tx: Tx,
	scope: Scope,
	{ clientId, attemptId, actedOn }: { clientId: string; attemptId: string; actedOn: CivilDate }
): Promise<number> {
	const [row] = await tx
		.select({ points: sql<string>`coalesce(sum(${pointsAward.earnedPoints}), 0)` })
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				eq(pointsAward.clientId, clientId),
				gt(pointsAward.actedOn, yearBefore(actedOn)),
				lte(pointsAward.actedOn, actedOn),
				ne(pointsAward.attemptId, attemptId)
			)
		);
	return Number(required(row, 'sum').points);
}

/**
 * What acts between two days were judged to give, tries that came to nothing apart: what went back may come again, so it counts too. The try is asked only
 * of what stands no more.
 */
export async function givenBetween(
	tx: Tx,
	scope: Scope,
	clientId: string,
	{ from, until }: { from: CivilDate; until: CivilDate }
): Promise<number> {
	const [row] = await tx
		.select({ given: sql<string>`coalesce(sum(${pointsAward.points}), 0)` })
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				eq(pointsAward.clientId, clientId),
				sql`${pointsAward.actedOn} between ${from} and ${until}`,
				sql`(${pointsAward.pendingPoints} + ${pointsAward.earnedPoints} > 0 or not exists (select from ${paymentAttempt}
					where ${paymentAttempt.supplierId} = ${pointsAward.supplierId} and ${paymentAttempt.attemptId} = ${pointsAward.attemptId}
					and ${paymentAttempt.status} in ('declined', 'canceled')))`
			)
		);
	return Number(required(row, 'sum').given);
}

export async function insertAward(tx: Tx, scope: Scope, { supplierId: _, ...award }: PointsAward): Promise<void> {
	await insertMany(tx, scope, pointsAward, [award]);
}
export async function saveAward(
	tx: Tx,
	scope: Scope,
	awardId: string,
	change: Partial<Pick<PointsAward, 'pendingPoints' | 'earnedPoints' | 'finalOn' | 'expiresOn'>>
): Promise<void> {
	await tx
		.update(pointsAward)
		.set(change)
		.where(and(eq(pointsAward.supplierId, scope.supplierId), eq(pointsAward.awardId, awardId)));
}
export async function findAward(tx: Tx, scope: Scope, awardId: string): Promise<PointsAward | null> {
	const [row] = await tx
		.select()
		.from(pointsAward)
		.where(and(eq(pointsAward.supplierId, scope.supplierId), eq(pointsAward.awardId, awardId)));
	return row ?? null;
}
export async function findPlanAward(tx: Tx, scope: Scope, planId: string): Promise<PointsAward | null> {
	const [row] = await tx
		.select()
		.from(pointsAward)
		.where(
			and(eq(pointsAward.supplierId, scope.supplierId), eq(pointsAward.planId, planId), eq(pointsAward.kind, 'plan'))
		);
	return row ?? null;
}
/** Of everything that a try pays, whichever try paid for it before, oldest act first. */
export const listAwardsAround = (tx: Tx, scope: Scope, attemptId: string): Promise<PointsAward[]> =>
	tx
		.select()
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				inArray(
					pointsAward.invoiceId,
					tx
						.select({ invoiceId: attemptInvoice.invoiceId })
						.from(attemptInvoice)
						.where(and(eq(attemptInvoice.supplierId, scope.supplierId), eq(attemptInvoice.attemptId, attemptId)))
				)
			)
		)
		.orderBy(asc(pointsAward.actedOn), asc(pointsAward.createdAt), asc(pointsAward.awardId));

export type NewEntry = Omit<typeof pointsEntry.$inferInsert, 'supplierId' | 'seq'> & { kind: PointsEntryKind };
export async function insertEntry(tx: Tx, scope: Scope, entry: NewEntry): Promise<void> {
	await insertMany(tx, scope, pointsEntry, [entry]);
}
/** What of these earnings has expired, less what of it was given back. */
export async function listExpired(
	tx: Tx,
	scope: Scope,
	entryIds: string[]
): Promise<{ entryId: string; points: number }[]> {
	if (!entryIds.length) return [];
	const rows = await tx
		.select({ entryId: pointsEntry.sourceId, points: sql<string>`-sum(${pointsEntry.points})` })
		.from(pointsEntry)
		.where(and(eq(pointsEntry.supplierId, scope.supplierId), inArray(pointsEntry.sourceId, entryIds)))
		.groupBy(pointsEntry.sourceId)
		.orderBy(asc(pointsEntry.sourceId));
	return rows.map((row) => ({ entryId: row.entryId, points: Number(row.points) }));
}
/** An adjustment that was made before, by its own id. */
export async function findEntryOf(
	tx: Tx,
	scope: Scope,
	sourceId: string
): Promise<Pick<typeof pointsEntry.$inferSelect, 'clientId' | 'kind' | 'points' | 'reason'> | null> {
	const [row] = await tx
		.select()
		.from(pointsEntry)
		.where(and(eq(pointsEntry.supplierId, scope.supplierId), eq(pointsEntry.sourceId, sourceId)))
		.limit(1);
	return row ?? null;
}
/** How often something was written of a source: what tells two causes apart that have no name of their own. */
export async function countEntries(tx: Tx, scope: Scope, sourceId: string): Promise<number> {
	return tx.$count(pointsEntry, and(eq(pointsEntry.supplierId, scope.supplierId), eq(pointsEntry.sourceId, sourceId)));
}

export async function insertLot(tx: Tx, scope: Scope, lot: NewLot): Promise<void> {
	await insertMany(tx, scope, pointsLot, [lot]);
}
export async function saveLots(tx: Tx, scope: Scope, changes: readonly LotChange[]): Promise<void> {
	if (!changes.length) return;
	await tx.execute(sql`update points_lot l set "left" = x."left" from unnest(${`{${changes.map((one) => one.entryId).join(',')}}`}::uuid[],
		${`{${changes.map((one) => one.left).join(',')}}`}::integer[]) as x(entry_id, "left") where l.supplier_id = ${scope.supplierId} and l.entry_id = x.entry_id`);
}
/** What is left, by nearest end; of the same day the older. */
export async function listOpenLots(tx: Tx, scope: Scope, clientId: string): Promise<Lot[]> {
	return tx
		.select({ entryId: pointsLot.entryId, expiresOn: pointsLot.expiresOn, left: pointsLot.left })
		.from(pointsLot)
		.where(and(eq(pointsLot.supplierId, scope.supplierId), eq(pointsLot.clientId, clientId), gt(pointsLot.left, 0)))
		.orderBy(sql`${pointsLot.expiresOn} asc nulls last`, asc(pointsLot.entryId));
}
export async function listLots(tx: Tx, scope: Scope, entryIds: string[]): Promise<GivenLot[]> {
	if (!entryIds.length) return [];
	return tx
		.select({
			entryId: pointsLot.entryId,
			expiresOn: pointsLot.expiresOn,
			left: pointsLot.left,
			ofEntryId: pointsLot.ofEntryId
		})
		.from(pointsLot)
		.where(and(eq(pointsLot.supplierId, scope.supplierId), inArray(pointsLot.entryId, entryIds)));
}
/** The entries that brought in what a source gave, given back with a later end or not: its own lots, for what is taken back. */
export async function listEntryIdsOf(tx: Tx, scope: Scope, sourceId: string): Promise<string[]> {
	const rows = await tx.execute<{ entry_id: string }>(sql`
		with own as (select entry_id from points_entry where supplier_id = ${scope.supplierId} and source_id = ${sourceId} and points > 0)
		select entry_id from own
		union all select l.entry_id from own join points_lot l on l.supplier_id = ${scope.supplierId} and l.of_entry_id = own.entry_id`);
	return rows.map((row) => row.entry_id);
}
/** The last day on which points went to a redemption. */
export async function lastSpentOn(tx: Tx, scope: Scope, redemptionId: string): Promise<CivilDate | null> {
	const [row] = await tx
		.select({ day: sql<CivilDate | null>`max(${pointsEntry.happenedOn})::text` })
		.from(pointsEntry)
		.where(
			and(
				eq(pointsEntry.supplierId, scope.supplierId),
				eq(pointsEntry.sourceId, redemptionId),
				eq(pointsEntry.kind, 'spent')
			)
		);
	return row?.day ?? null;
}
