// What a client's points page, cards and mails are read from: account, what expires, what a payment earned, what was taken and accepted.
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, notInArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import * as v from 'valibot';
import { OfferTerms } from '../../contract/offers.ts';
import type { Tx } from './database.ts';
import {
	offerPolicy,
	pointsAcceptance,
	pointsAccount,
	pointsAward,
	pointsLot,
	pointsRedemption,
	voucherCode
} from './schema/index.ts';
import { listOf } from './insert-many.ts';
import { writtenOnce } from './written-once.ts';

export type AccountRow = typeof pointsAccount.$inferSelect;
/** An account, and what of its balance has expired by a day and is still to leave it. */
export type AccountOn = { account: AccountRow; lapsed: number };
const accountsOn = writtenOnce<{ supplierId: string; clientIds: string; today: string }>()((tx, given) => {
	const lapsed = sql<number>`(select coalesce(sum(l."left"), 0)::int from points_lot l where l.supplier_id = points_account.supplier_id
		and l.client_id = points_account.client_id and l."left" > 0 and l.expires_on < ${given.today}::date)`;
	return tx
		.select({ account: pointsAccount, lapsed })
		.from(pointsAccount)
		.where(
			and(
				eq(pointsAccount.supplierId, given.supplierId),
				sql`${pointsAccount.clientId} = any(${given.clientIds}::uuid[])`
			)
		);
});
/** Of each client that has ever earned: one question. */
export async function listAccountsOn(
	tx: Tx,
	scope: Scope,
	clientIds: string[],
	today: CivilDate
): Promise<Map<string, AccountOn>> {
	const rows = await accountsOn(tx, { supplierId: scope.supplierId, clientIds: listOf(clientIds), today });
	return new Map(rows.map((row) => [row.account.clientId, row]));
}
/** null: nothing was ever earned. */
export const findAccountOn = async (
	tx: Tx,
	scope: Scope,
	clientId: string,
	today: CivilDate
): Promise<AccountOn | null> => (await listAccountsOn(tx, scope, [clientId], today)).get(clientId) ?? null;

/** Who has accepted the rules: asked for piece by piece, in the order of their ids. */
export async function listClientsThatAccepted(tx: Tx, scope: Scope, after: string | null): Promise<string[]> {
	const rows = await tx
		.select({ clientId: pointsAcceptance.clientId })
		.from(pointsAcceptance)
		.where(
			and(eq(pointsAcceptance.supplierId, scope.supplierId), ...(after ? [gt(pointsAcceptance.clientId, after)] : []))
		)
		.orderBy(asc(pointsAcceptance.clientId))
		.limit(500);
	return rows.map((row) => row.clientId);
}
/** Who has points, or will: asked for piece by piece, in the order of their ids. */
export async function listClientsWithPoints(tx: Tx, scope: Scope, after: string | null): Promise<string[]> {
	const rows = await tx
		.select({ clientId: pointsAccount.clientId })
		.from(pointsAccount)
		.where(
			and(
				eq(pointsAccount.supplierId, scope.supplierId),
				sql`(${pointsAccount.balance} > 0 or ${pointsAccount.pending} > 0)`,
				...(after ? [gt(pointsAccount.clientId, after)] : [])
			)
		)
		.orderBy(asc(pointsAccount.clientId))
		.limit(500);
	return rows.map((row) => row.clientId);
}

/** The first day on which any of what is pending is final, or may be: of a debit under way, the day on which its result is awaited. null: nobody knows. */
export async function nextFinalOn(tx: Tx, scope: Scope, clientId: string): Promise<CivilDate | null> {
	const [row] = await tx.execute<{ day: CivilDate | null }>(sql`
		select min(coalesce(a.final_on, t.expected_on + a.vesting_days))::text as day
		from points_award a join payment_attempt t on t.supplier_id = a.supplier_id and t.attempt_id = a.attempt_id
		where a.supplier_id = ${scope.supplierId} and a.client_id = ${clientId} and a.pending_points > 0`);
	return row?.day ?? null;
}

export type Expiring = { on: CivilDate; points: number };
/** What is left of points that end on a day, by day; not what has ended. */
export async function listExpiring(tx: Tx, scope: Scope, clientId: string, today: CivilDate): Promise<Expiring[]> {
	const rows = await tx
		.select({ on: pointsLot.expiresOn, points: sql<number>`sum(${pointsLot.left})::int` })
		.from(pointsLot)
		.where(
			and(
				eq(pointsLot.supplierId, scope.supplierId),
				eq(pointsLot.clientId, clientId),
				gt(pointsLot.left, 0),
				gte(pointsLot.expiresOn, today)
			)
		)
		.groupBy(pointsLot.expiresOn)
		.orderBy(asc(pointsLot.expiresOn));
	return rows.flatMap(({ on, points }) => (on ? [{ on, points }] : []));
}

/** What some tries earned, or will: of a pay link, for its own invoice only. */
export type EarnedRow = Pick<
	typeof pointsAward.$inferSelect,
	| 'kind'
	| 'verdict'
	| 'points'
	| 'pendingPoints'
	| 'earnedPoints'
	| 'finalOn'
	| 'vestingDays'
	| 'invoiceId'
	| 'attemptId'
	| 'daysEarly'
>;
export async function listEarned(
	tx: Tx,
	scope: Scope,
	asked: { attemptId: string } | { paymentId: string } | { invoiceIds: string[] }
): Promise<EarnedRow[]> {
	return tx
		.select({
			kind: pointsAward.kind,
			verdict: pointsAward.verdict,
			points: pointsAward.points,
			pendingPoints: pointsAward.pendingPoints,
			earnedPoints: pointsAward.earnedPoints,
			finalOn: pointsAward.finalOn,
			vestingDays: pointsAward.vestingDays,
			invoiceId: pointsAward.invoiceId,
			attemptId: pointsAward.attemptId,
			daysEarly: pointsAward.daysEarly
		})
		.from(pointsAward)
		.where(
			and(
				eq(pointsAward.supplierId, scope.supplierId),
				'attemptId' in asked
					? eq(pointsAward.attemptId, asked.attemptId)
					: 'paymentId' in asked
						? sql`${pointsAward.attemptId} = (select p.attempt_id from payment p where p.supplier_id = ${scope.supplierId} and p.payment_id = ${asked.paymentId})`
						: inArray(pointsAward.invoiceId, asked.invoiceIds),
				...(scope.invoiceId ? [eq(pointsAward.invoiceId, scope.invoiceId)] : [])
			)
		)
		.orderBy(asc(pointsAward.createdAt), asc(pointsAward.awardId));
}

export type TakenRow = Pick<
	typeof pointsRedemption.$inferSelect,
	'redemptionId' | 'kind' | 'state' | 'points' | 'name' | 'code' | 'rewardId' | 'createdAt' | 'settledAt' | 'note'
>;
/** Rewards, the latest first. */
export const listTaken = (tx: Tx, scope: Scope, clientId: string): Promise<TakenRow[]> =>
	tx
		.select({
			redemptionId: pointsRedemption.redemptionId,
			kind: pointsRedemption.kind,
			state: pointsRedemption.state,
			points: pointsRedemption.points,
			name: pointsRedemption.name,
			code: pointsRedemption.code,
			rewardId: pointsRedemption.rewardId,
			createdAt: pointsRedemption.createdAt,
			settledAt: pointsRedemption.settledAt,
			note: pointsRedemption.note
		})
		.from(pointsRedemption)
		.where(
			and(
				eq(pointsRedemption.supplierId, scope.supplierId),
				eq(pointsRedemption.clientId, clientId),
				isNotNull(pointsRedemption.rewardId)
			)
		)
		.orderBy(desc(pointsRedemption.createdAt), desc(pointsRedemption.redemptionId))
		.limit(10);

/** How often each reward was taken, of all clients: asked in the supplier's own scope. */
export async function countTaken(tx: Tx, scope: Scope): Promise<Map<string, number>> {
	const rows = await tx
		.select({ rewardId: pointsRedemption.rewardId, count: sql<number>`count(*)::int` })
		.from(pointsRedemption)
		.where(
			and(
				eq(pointsRedemption.supplierId, scope.supplierId),
				isNotNull(pointsRedemption.rewardId),
				notInArray(pointsRedemption.state, ['given_back', 'canceled'])
			)
		)
		.groupBy(pointsRedemption.rewardId);
	return new Map(rows.flatMap(({ rewardId, count }) => (rewardId ? [[rewardId, count] as const] : [])));
}

/** Voucher codes that nobody has yet, by reward: asked in the supplier's own scope. */
export async function countFreeCodes(tx: Tx, scope: Scope): Promise<Map<string, number>> {
	const rows = await tx
		.select({ rewardId: voucherCode.rewardId, count: sql<number>`count(*)::int` })
		.from(voucherCode)
		.where(and(eq(voucherCode.supplierId, scope.supplierId), isNull(voucherCode.redemptionId)))
		.groupBy(voucherCode.rewardId);
	return new Map(rows.map(({ rewardId, count }) => [rewardId, count]));
}

export type PointsAcceptance = typeof pointsAcceptance.$inferSelect;
export const findPointsAcceptance = async (tx: Tx, scope: Scope, clientId: string): Promise<PointsAcceptance | null> =>
	(
		await tx
			.select()
			.from(pointsAcceptance)
			.where(and(eq(pointsAcceptance.supplierId, scope.supplierId), eq(pointsAcceptance.clientId, clientId)))
	)[0] ?? null;
/** The first one stays: two people of a client accept at once, and one of them has. */
export async function insertPointsAcceptance(
	tx: Tx,
	scope: Scope,
	row: Omit<PointsAcceptance, 'supplierId'>
): Promise<void> {
	await tx
		.insert(pointsAcceptance)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing();
}

/** What is offered to tiers of clients, lowest first. */
export async function listTierOffers(tx: Tx, scope: Scope): Promise<{ tier: number; terms: OfferTerms }[]> {
	const rows = await tx
		.select()
		.from(offerPolicy)
		.where(
			and(
				eq(offerPolicy.supplierId, scope.supplierId),
				eq(offerPolicy.audienceKind, 'tier'),
				isNotNull(offerPolicy.publishedAt),
				isNull(offerPolicy.endedAt)
			)
		)
		.orderBy(asc(offerPolicy.tier), asc(offerPolicy.publishedAt))
		.limit(50);
	return rows.flatMap((row) => (row.tier === null ? [] : [{ tier: row.tier, terms: v.parse(OfferTerms, row.terms) }]));
}
