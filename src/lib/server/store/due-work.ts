// Work that waits for its instant, of every supplier in one table. Asked for in the transaction that makes it necessary; claimed in batches by the workers;
// gone once it is done. Done twice it changes nothing: whoever dies with it in hand loses it to another when the lease ends.
import { and, eq, gt, lte, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { dueWork, payment, type DueJob, type Pool } from './schema/index.ts';

export type DueWork = Omit<typeof dueWork.$inferSelect, 'claimedUntil'> & { claimedUntil: Date };
const ERROR_MAX = 500;

/** Asked for again before it was done, it is done once; while it is being done, once more. What asks Stripe is asked for by triggers (migration 0047). */
export async function askForWork(
	tx: Tx,
	scope: Scope,
	{ job, subjectId, clientId, at }: { job: DueJob; subjectId: string; clientId: string | null; at: Date }
): Promise<void> {
	await tx
		.insert(dueWork)
		.values({
			supplierId: scope.supplierId,
			job,
			subjectId,
			clientId,
			lane: scope.supplierId,
			dueAt: at,
			askedAt: at,
			version: 1,
			failures: 0,
			error: null
		})
		.onConflictDoUpdate({
			target: [dueWork.supplierId, dueWork.job, dueWork.subjectId],
			set: { dueAt: sql`least(${dueWork.dueAt}, excluded.due_at)`, version: sql`${dueWork.version} + 1` }
		});
}
/** The lanes of what asks an account at Stripe, as the triggers name them (`lane_of_stripe`): a debit takes days, and keeps no card waiting. */
const lanesOfStripe = (account: string | null): string[] =>
	['stripe', 'debits'].map((kind) => `${kind} ${account ?? ''}`);

export type Claim = {
	pool: Pool;
	/** How long each is nobody else's. */
	leases: Partial<Record<DueJob, number>>;
	/** So many of one lane are in hand at once, whoever has them. */
	perLane: number;
	limit: number;
	/** Whose turn it was last. */
	served?: string;
};
export type Claimed = { work: DueWork[]; served: string };
/**
 * What is due, one of each lane from the one behind `served` on, then the second of each: whoever waits with thousands keeps nobody waiting. Lanes are found
 * one after the other in their index, so that a claim costs what it takes and not what waits. Claims of a pool are made one after the other, or two workers
 * would each count what the other is about to take.
 */
export async function claimDueWork(db: Database, now: Date, claim: Claim): Promise<Claimed> {
	const { pool, perLane, limit, served = '' } = claim;
	const at = sql`${now.toISOString()}::timestamptz`;
	const jobs = Object.keys(claim.leases);
	const isDue = sql`d.pool = ${pool} and d.due_at <= ${at} and d.job = any(${sql.param(jobs)}::text[]) and (d.claimed_until is null or d.claimed_until <= ${at})`;
	const [any] = await db.system.execute(sql`select 1 from due_work d where ${isDue} order by d.due_at limit 1`);
	if (!any) return { work: [], served };
	const rows = await db.system.transaction(async (tx) => {
		await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`claim of due work: ${pool}`}, 0))`);
		return tx.execute<
			Record<'supplier_id' | 'subject_id' | 'lane' | 'due_at' | 'asked_at' | 'claimed_until', string> & {
				job: DueJob;
				client_id: string | null;
				version: number;
				failures: number;
				error: string | null;
				place: number;
			}
		>(sql`
			with recursive busy as materialized (select lane, count(*)::int as held from due_work d where d.pool = ${pool} and d.claimed_until > ${at} group by lane),
			-- To the last lane, then from the first one to where it began.
			walk as (
				select 0 as place, false as is_again, ${served}::text as lane, null::int as free, 0 as found
				union all
				select w.place + 1, w.is_again or n.lane is null, coalesce(n.lane, ''), f.free, w.found + case when f.free > 0 then 1 else 0 end
				from walk w
					cross join lateral (select (select d.lane from due_work d where ${isDue} and d.lane > w.lane and (not w.is_again or d.lane <= ${served})
						order by d.lane, d.due_at limit 1) as lane) n
					cross join lateral (select case when n.lane is not null then ${perLane}::int - coalesce((select held from busy where lane = n.lane), 0) end as free) f
				where w.found < ${limit}::int and (n.lane is not null or not w.is_again)
			),
			found as materialized (select f.*, w.place from walk w cross join lateral (select d.* from due_work d where ${isDue} and d.lane = w.lane
				order by d.due_at, d.subject_id limit w.free for no key update skip locked) f where w.free > 0),
			taken as (select f.*, row_number() over (partition by f.lane order by f.due_at, f.subject_id) as turn from found f
				order by turn, f.place limit ${limit}::int),
			leases as (select * from unnest(${sql.param(jobs)}::text[], ${sql.param(Object.values(claim.leases))}::int[]) as l(job, ms))
			update due_work d set claimed_until = ${at} + l.ms * interval '1 millisecond' from taken t join leases l using (job)
			where (d.supplier_id, d.job, d.subject_id) = (t.supplier_id, t.job, t.subject_id)
			returning d.*, t.place`);
	});
	const last = rows.reduce((most, row) => Math.max(most, row.place), 0);
	const work = [...rows]
		.map((row) => ({
			supplierId: row.supplier_id,
			job: row.job,
			subjectId: row.subject_id,
			clientId: row.client_id,
			pool,
			lane: row.lane,
			dueAt: new Date(row.due_at),
			askedAt: new Date(row.asked_at),
			claimedUntil: new Date(row.claimed_until),
			version: row.version,
			failures: row.failures,
			error: row.error
		}))
		.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.subjectId < b.subjectId ? -1 : 1));
	return { work, served: rows.find((row) => row.place === last)?.lane ?? served };
}
const named = ({ supplierId, job, subjectId }: DueWork) =>
	and(eq(dueWork.supplierId, supplierId), eq(dueWork.job, job), eq(dueWork.subjectId, subjectId));
/** As it was when it was claimed: what was asked for since then stays. Gone and asked for anew, it has the version of the first time. */
const asClaimed = ({ version, askedAt }: DueWork) => and(eq(dueWork.version, version), eq(dueWork.askedAt, askedAt));
/** Out of hand: what was asked for meanwhile is due at its own instant. A lease that ended is another's by now. */
async function letGo(db: Database, work: DueWork): Promise<void> {
	await db.system
		.update(dueWork)
		.set({ claimedUntil: null })
		.where(and(named(work), eq(dueWork.claimedUntil, work.claimedUntil)));
}
export async function forgetWork(db: Database, work: DueWork): Promise<void> {
	const gone = await db.system
		.delete(dueWork)
		.where(and(named(work), asClaimed(work)))
		.returning({ subjectId: dueWork.subjectId });
	if (!gone.length) await letGo(db, work);
}
/** To be looked at again; after a failure it says which. */
export async function putOffWork(
	db: Database,
	work: DueWork,
	{ until, error = null }: { until: Date; error?: string | null }
): Promise<void> {
	const failures = error === null ? 0 : work.failures + 1;
	const put = await db.system
		.update(dueWork)
		.set({ dueAt: until, claimedUntil: null, failures, error: error?.slice(0, ERROR_MAX) ?? null })
		.where(and(named(work), asClaimed(work), eq(dueWork.claimedUntil, work.claimedUntil)))
		.returning({ subjectId: dueWork.subjectId });
	if (!put.length) await letGo(db, work);
}
/**
 * An account answers again: whatever waits to ask it is due now, and what is being looked at this moment once more, because that look may have found it silent.
 * Rows that somebody writes meanwhile are waited for one at a time: nobody waits for us with another in hand.
 */
export async function wakeWork(db: Database, account: string | null, now: Date): Promise<void> {
	const at = sql`${now.toISOString()}::timestamptz`;
	const sleeps = sql`d.pool = 'stripe' and d.lane = any(${sql.param(lanesOfStripe(account))}::text[]) and (d.due_at > ${at} or d.claimed_until > ${at})`;
	const wake = sql`update due_work set due_at = least(due_at, ${at}), version = version + 1`;
	await db.system.execute(
		sql`${wake} where ctid = any(array(select ctid from due_work d where ${sleeps} for no key update skip locked))`
	);
	const held = await db.system.execute<{ supplier_id: string; job: DueJob; subject_id: string }>(
		sql`select supplier_id, job, subject_id from due_work d where ${sleeps}`
	);
	for (const { supplier_id, job, subject_id } of held)
		await db.system.execute(
			sql`${wake} where supplier_id = ${supplier_id} and job = ${job} and subject_id = ${subject_id} and (due_at > ${at} or claimed_until > ${at})`
		);
}
/** Points of a payment that have not had their first turn. */
export async function isFollowingPoints(tx: Tx, scope: Scope, paymentId: string): Promise<boolean> {
	const [row] = await tx
		.select({ attemptId: payment.attemptId })
		.from(payment)
		.innerJoin(
			dueWork,
			and(
				eq(dueWork.supplierId, payment.supplierId),
				eq(dueWork.job, 'points'),
				eq(dueWork.subjectId, payment.attemptId)
			)
		)
		.where(and(eq(payment.supplierId, scope.supplierId), eq(payment.paymentId, paymentId), eq(dueWork.failures, 0)))
		.limit(1);
	return row !== undefined;
}
/** Something is due and waits for its first turn, or is in somebody's hands. */
export const hasFreshWork = async (db: Database, now: Date): Promise<boolean> =>
	(
		await db.system
			.select({ subjectId: dueWork.subjectId })
			.from(dueWork)
			.where(or(and(eq(dueWork.failures, 0), lte(dueWork.dueAt, now)), gt(dueWork.claimedUntil, now)))
			.limit(1)
	).length > 0;
