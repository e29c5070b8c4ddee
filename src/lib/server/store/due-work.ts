// Work that waits for its instant, of every supplier in one table. Asked for in the transaction that makes it necessary; claimed in batches by the workers;
// gone once it is done. Done twice it changes nothing: whoever dies with it in hand loses it to another when the lease ends.
import { and, eq, gt, lte, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { dueWork, payment, type DueJob } from './schema/index.ts';

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
/** The lane of what asks an account at Stripe, as the triggers name it. */
const laneOfStripe = (account: string | null): string => `stripe ${account ?? ''}`;

export type Claim = {
	/** How long each is nobody else's. */
	leases: Partial<Record<DueJob, number>>;
	/** So many of one lane are in hand at once, whoever has them. */
	perLane: number;
	limit: number;
};
/**
 * What is due, one of each lane, then the second of each: whoever waits with thousands keeps nobody waiting. Claims are made one after the other, or two
 * workers would each count what the other is about to take.
 */
export async function claimDueWork(db: Database, now: Date, claim: Claim): Promise<DueWork[]> {
	const at = sql`${now.toISOString()}::timestamptz`;
	const jobs = Object.keys(claim.leases);
	const isDue = (row: string) => {
		const d = sql.raw(row);
		return sql`${d}.due_at <= ${at} and ${d}.job = any(${sql.param(jobs)}::text[]) and (${d}.claimed_until is null or ${d}.claimed_until <= ${at})`;
	};
	const [any] = await db.system.execute(sql`select 1 from due_work d where ${isDue('d')} limit 1`);
	if (!any) return [];
	const rows = await db.system.transaction(async (tx) => {
		await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('claim of due work', 0))`);
		return tx.execute<
			Record<'supplier_id' | 'subject_id' | 'lane' | 'due_at' | 'asked_at' | 'claimed_until', string> & {
				job: DueJob;
				client_id: string | null;
				version: number;
				failures: number;
				error: string | null;
			}
		>(sql`
			with busy as (select lane, count(*)::int as held from due_work where claimed_until > ${at} group by lane),
			lanes as (select d.lane, min(d.due_at) as since from due_work d where ${isDue('d')} group by d.lane),
			turns as (select l.lane, ${claim.perLane}::int - coalesce(b.held, 0) as free from lanes l left join busy b using (lane)
				where coalesce(b.held, 0) < ${claim.perLane}::int order by l.since, l.lane limit ${claim.limit}::int),
			found as materialized (select f.* from turns t cross join lateral (select d.* from due_work d where d.lane = t.lane and ${isDue('d')}
				order by d.due_at, d.subject_id limit t.free for update skip locked) f),
			taken as (select f.*, row_number() over (partition by f.lane order by f.due_at, f.subject_id) as turn from found f
				order by turn, f.due_at, f.subject_id limit ${claim.limit}::int),
			leases as (select * from unnest(${sql.param(jobs)}::text[], ${sql.param(Object.values(claim.leases))}::int[]) as l(job, ms))
			update due_work d set claimed_until = ${at} + l.ms * interval '1 millisecond' from taken t join leases l using (job)
			where (d.supplier_id, d.job, d.subject_id) = (t.supplier_id, t.job, t.subject_id)
			returning d.*`);
	});
	return [...rows]
		.map((row) => ({
			supplierId: row.supplier_id,
			job: row.job,
			subjectId: row.subject_id,
			clientId: row.client_id,
			lane: row.lane,
			dueAt: new Date(row.due_at),
			askedAt: new Date(row.asked_at),
			claimedUntil: new Date(row.claimed_until),
			version: row.version,
			failures: row.failures,
			error: row.error
		}))
		.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.subjectId < b.subjectId ? -1 : 1));
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
/** An account answers again: whatever waits to ask it is due now. What somebody writes at this moment has its own instant. */
export const wakeWork = async (db: Database, account: string | null, now: Date): Promise<void> =>
	void (await db.system
		.execute(sql`update due_work set due_at = ${now.toISOString()}::timestamptz where ctid = any(array(
		select ctid from due_work where lane = ${laneOfStripe(account)} and due_at > ${now.toISOString()}::timestamptz for update skip locked))`));
/** Points of a payment that have not had their first turn, asked for after `since`. */
export async function isFollowingPoints(tx: Tx, scope: Scope, paymentId: string, since: Date): Promise<boolean> {
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
		.where(
			and(
				eq(payment.supplierId, scope.supplierId),
				eq(payment.paymentId, paymentId),
				eq(dueWork.failures, 0),
				gt(dueWork.askedAt, since)
			)
		)
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
