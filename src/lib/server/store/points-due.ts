// What the days bring to points, of every supplier at once: found by its day, so that the cost is what is due and not how many clients there are.
import { and, asc, eq, gt, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { Database, Tx } from './database.ts';
import { pointsAccount, pointsAward, pointsLot } from './schema/index.ts';
import type { PointsAward } from './points.ts';

export type DueClient = { supplierId: string; clientId: string };
/** Points that become final, expire or leave the twelve months by a day, behind a client. `latest`: the day where it is the latest. */
export async function listDueClients(
	db: Database,
	{ latest, behind, limit = 500 }: { latest: CivilDate; behind: DueClient | null; limit?: number }
): Promise<DueClient[]> {
	const after = behind
		? sql`where (supplier_id, client_id) > (${behind.supplierId}::uuid, ${behind.clientId}::uuid)`
		: sql``;
	const rows = await db.system.execute<{ supplier_id: string; client_id: string }>(sql`
		select supplier_id, client_id from (
			select supplier_id, client_id from points_award where pending_points > 0 and final_on is not null and final_on <= ${latest}
			union select supplier_id, client_id from points_lot where "left" > 0 and expires_on is not null and expires_on < ${latest}
			union select supplier_id, client_id from points_account where recheck_on is not null and recheck_on <= ${latest}) due
		${after} order by supplier_id, client_id limit ${limit}`);
	return rows.map((row) => ({ supplierId: row.supplier_id, clientId: row.client_id }));
}
/** Suppliers whose programme has had its last day. */
export async function listOverProgrammes(
	db: Database,
	latest: CivilDate
): Promise<{ supplierId: string; version: number }[]> {
	const rows = await db.system.execute<{ supplier_id: string; version: number }>(sql`
		select supplier_id, version from points_programme where last_spend_on is not null and ended_at is null and last_spend_on < ${latest} limit 500`);
	return rows.map((row) => ({ supplierId: row.supplier_id, version: row.version }));
}
/** Awards of a client that a day makes final. */
export const listFinalAwards = (tx: Tx, scope: Scope, clientId: string, today: CivilDate): Promise<PointsAward[]> =>
	tx
		.select()
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				eq(pointsAward.clientId, clientId),
				gt(pointsAward.pendingPoints, 0),
				isNotNull(pointsAward.finalOn),
				lte(pointsAward.finalOn, today)
			)
		)
		.orderBy(asc(pointsAward.actedOn), asc(pointsAward.awardId));
/** Points that expire by a day and whose end nobody was told: by client and day. */
export async function listToTell(
	tx: Tx,
	scope: Scope,
	by: CivilDate,
	limit = 500
): Promise<{ clientId: string; on: CivilDate; points: number }[]> {
	const rows = await tx.execute<{ client_id: string; day: CivilDate; points: number }>(sql`
		select client_id, expires_on::text as day, sum("left")::int as points from points_lot
		where supplier_id = ${scope.supplierId} and "left" > 0 and told_on is null and expires_on <= ${by}
		group by client_id, expires_on order by expires_on, client_id limit ${limit}`);
	return rows.map((row) => ({ clientId: row.client_id, on: row.day, points: row.points }));
}
export async function markTold(
	tx: Tx,
	scope: Scope,
	{ clientId, on, today }: { clientId: string; on: CivilDate; today: CivilDate }
): Promise<void> {
	await tx
		.update(pointsLot)
		.set({ toldOn: today })
		.where(
			and(
				eq(pointsLot.supplierId, scope.supplierId),
				eq(pointsLot.clientId, clientId),
				eq(pointsLot.expiresOn, on),
				isNull(pointsLot.toldOn)
			)
		);
}
/** Every account of the supplier is looked at the next time. */
export async function recheckAccounts(tx: Tx, scope: Scope, today: CivilDate): Promise<void> {
	await tx.update(pointsAccount).set({ recheckOn: today }).where(eq(pointsAccount.supplierId, scope.supplierId));
}
/** Clients that have points at all, behind one: for the end of a programme. */
export async function listHolders(tx: Tx, scope: Scope, behind: string | null, limit = 500): Promise<string[]> {
	const rows = await tx.execute<{ client_id: string }>(sql`
		select client_id from points_account where supplier_id = ${scope.supplierId} and (balance > 0 or pending > 0)
			${behind ? sql`and client_id > ${behind}::uuid` : sql``} order by client_id limit ${limit}`);
	return rows.map((row) => row.client_id);
}
