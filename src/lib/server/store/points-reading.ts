// What a client's points page, cards and mails are read from: account, history, what is to come, what expires, what was taken. Reads only.
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, notInArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import * as v from 'valibot';
import { OfferTerms } from '../../contract/offers.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Verdict } from '../../domain/points/judge.ts';
import type { Words } from '../../domain/points/programme.ts';
import type { Tx } from './database.ts';
import {
	offerPolicy,
	pointsAcceptance,
	pointsAccount,
	pointsAward,
	pointsLot,
	pointsRedemption,
	type AwardKind,
	type PointsEntryKind,
	type RedemptionKind
} from './schema/index.ts';

export type AccountRow = typeof pointsAccount.$inferSelect;
const ofClient = (scope: Scope, clientId: string) =>
	and(eq(pointsAccount.supplierId, scope.supplierId), eq(pointsAccount.clientId, clientId));
/** null: nothing was ever earned. */
export const findAccount = async (tx: Tx, scope: Scope, clientId: string): Promise<AccountRow | null> =>
	(await tx.select().from(pointsAccount).where(ofClient(scope, clientId)))[0] ?? null;

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

export type Expiring = { on: CivilDate; points: number };
/** What is left of points that end on a day, by day. */
export async function listExpiring(tx: Tx, scope: Scope, clientId: string): Promise<Expiring[]> {
	const rows = await tx
		.select({ on: pointsLot.expiresOn, points: sql<number>`sum(${pointsLot.left})::int` })
		.from(pointsLot)
		.where(
			and(
				eq(pointsLot.supplierId, scope.supplierId),
				eq(pointsLot.clientId, clientId),
				gt(pointsLot.left, 0),
				isNotNull(pointsLot.expiresOn)
			)
		)
		.groupBy(pointsLot.expiresOn)
		.orderBy(asc(pointsLot.expiresOn));
	return rows.flatMap(({ on, points }) => (on ? [{ on, points }] : []));
}

/** One line of a client's history: what the ledger says, or an act that earned nothing or nothing yet. */
export type HistoryRow = {
	lineId: string;
	happenedOn: CivilDate;
	/** What it changed of the balance. */
	points: number;
	/** Of an act whose money is not final. */
	pendingPoints: number;
	/** null: an act without a line in the ledger yet. */
	kind: PointsEntryKind | null;
	/** Of an adjustment. */
	reason: string | null;
	award: {
		kind: AwardKind;
		verdict: Verdict;
		base: number;
		early: number;
		sepa: number;
		points: number;
		dueOn: CivilDate;
		actedOn: CivilDate;
		finalOn: CivilDate | null;
		invoiceId: string;
		number: string;
		isPlanPart: boolean;
		isUnderWay: boolean;
	} | null;
	redemption: { kind: RedemptionKind; name: Words | null; valueMinor: Minor | null; numbers: string | null } | null;
};
/** Newest first, behind the line `after`. What came of an act and what the ledger says of it are never both there. */
export async function listHistory(
	tx: Tx,
	scope: Scope,
	clientId: string,
	{ after, limit }: { after: string | null; limit: number }
): Promise<HistoryRow[]> {
	const rows = await tx.execute<{
		line_id: string;
		happened_on: CivilDate;
		points: number;
		pending_points: number;
		kind: PointsEntryKind | null;
		reason: string | null;
		award_kind: AwardKind | null;
		verdict: Verdict;
		base: number;
		early: number;
		sepa: number;
		judged: number;
		due_on: CivilDate;
		acted_on: CivilDate;
		final_on: CivilDate | null;
		invoice_id: string;
		number: string;
		option: string;
		status: string;
		redemption_kind: RedemptionKind | null;
		name: Words | null;
		value_minor: string | null;
		numbers: string | null;
	}>(sql`
		with line as (
			select e.entry_id as line_id, e.happened_on, e.created_at, e.points, 0 as pending_points, e.kind, e.reason, e.source_id
				from points_entry e where e.supplier_id = ${scope.supplierId} and e.client_id = ${clientId} and e.points <> 0
			union all
			select a.award_id, a.acted_on, a.created_at, 0, a.pending_points, null, null, a.award_id
				from points_award a where a.supplier_id = ${scope.supplierId} and a.client_id = ${clientId} and a.verdict <> 'excluded'
					and (a.pending_points > 0 or not exists (
						select from points_entry e where e.supplier_id = a.supplier_id and e.source_id = a.award_id and e.kind = 'earned'))
		)
		select line.line_id, line.happened_on::text, line.points, line.pending_points, line.kind, line.reason,
			a.kind as award_kind, a.verdict, a.base, a.early, a.sepa, a.points as judged, a.due_on::text, a.acted_on::text, a.final_on::text,
			a.invoice_id, i.number, t.option, t.status, r.kind as redemption_kind, r.name, r.value_minor::text, paid.description as numbers
		from line
			left join points_award a on a.supplier_id = ${scope.supplierId} and a.award_id = coalesce(
				(select e.source_id from points_entry e where e.supplier_id = ${scope.supplierId} and e.entry_id = line.source_id), line.source_id)
			left join invoice i on i.supplier_id = a.supplier_id and i.invoice_id = a.invoice_id
			left join payment_attempt t on t.supplier_id = a.supplier_id and t.attempt_id = a.attempt_id
			left join points_redemption r on r.supplier_id = ${scope.supplierId} and r.redemption_id = line.source_id
			left join payment_attempt paid on paid.supplier_id = r.supplier_id and paid.attempt_id = r.attempt_id
		${
			after
				? sql`where (line.happened_on, line.created_at, line.line_id) <
					(select b.happened_on, b.created_at, b.line_id from line b where b.line_id = ${after}::uuid limit 1)`
				: sql``
		}
		order by line.happened_on desc, line.created_at desc, line.line_id desc limit ${limit}`);
	return rows.map((row) => ({
		lineId: row.line_id,
		happenedOn: row.happened_on,
		points: row.points,
		pendingPoints: row.pending_points,
		kind: row.kind,
		reason: row.reason,
		award: row.award_kind && {
			kind: row.award_kind,
			verdict: row.verdict,
			base: row.base,
			early: row.early,
			sepa: row.sepa,
			points: row.judged,
			dueOn: row.due_on,
			actedOn: row.acted_on,
			finalOn: row.final_on,
			invoiceId: row.invoice_id,
			number: row.number,
			isPlanPart: ['plan_2', 'plan_3', 'next_part', 'all_parts'].includes(row.option),
			isUnderWay: row.status === 'processing'
		},
		redemption: row.redemption_kind && {
			kind: row.redemption_kind,
			name: row.name,
			valueMinor: row.value_minor === null ? null : minor(BigInt(row.value_minor)),
			numbers: row.numbers
		}
	}));
}
/** What each month changed of the balance, on whatever page its lines are. */
export async function sumMonths(
	tx: Tx,
	scope: Scope,
	clientId: string,
	{ from, to }: { from: string; to: string }
): Promise<Map<string, number>> {
	const rows = await tx.execute<{ month: string; points: number }>(sql`
		select to_char(happened_on, 'YYYY-MM') as month, sum(points)::int as points from points_entry
		where supplier_id = ${scope.supplierId} and client_id = ${clientId}
			and happened_on >= ${`${from}-01`}::date and happened_on < ${`${to}-01`}::date + interval '1 month'
		group by 1`);
	return new Map(rows.map(({ month, points }) => [month, points]));
}

export type Beat = { verdict: 'on_time' | 'late' | 'neutral'; daysAfter: number; dueOn: CivilDate; number: string };
/** The last settled invoices, the oldest first: how many days after its due day the last of each was paid (below zero: before it). */
export async function listBeats(tx: Tx, scope: Scope, clientId: string, limit: number): Promise<Beat[]> {
	const rows = await tx.execute<{
		verdict: Beat['verdict'];
		days_after: number;
		due_on: CivilDate;
		number: string;
	}>(sql`
		select b.verdict, paid.days_after, i.due_on::text, i.number
		from points_beat b
			join invoice i on i.supplier_id = b.supplier_id and i.invoice_id = b.invoice_id
			cross join lateral (select coalesce(max(a.acted_on - a.due_on), 0)::int as days_after from points_award a
				where a.supplier_id = b.supplier_id and a.invoice_id = b.invoice_id and a.kind = 'payment') paid
		where b.supplier_id = ${scope.supplierId} and b.client_id = ${clientId} and b.stands
		order by b.seq desc limit ${limit}`);
	return rows
		.map(({ verdict, days_after, due_on, number }) => ({ verdict, daysAfter: days_after, dueOn: due_on, number }))
		.reverse();
}

/** What some tries earned, or will: of a pay link, for its own invoice only. */
export type EarnedRow = Pick<
	typeof pointsAward.$inferSelect,
	'kind' | 'verdict' | 'points' | 'pendingPoints' | 'earnedPoints' | 'finalOn' | 'invoiceId' | 'attemptId' | 'daysEarly'
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
	'redemptionId' | 'kind' | 'state' | 'points' | 'name' | 'code' | 'rewardId' | 'createdAt'
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
			createdAt: pointsRedemption.createdAt
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
