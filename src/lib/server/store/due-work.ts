// Work that waits for its instant, of every supplier in one table. Asked for in the transaction that makes it necessary; claimed in batches by the workers;
// gone once it is done. Done twice it changes nothing: whoever dies with it in hand loses it to another when the lease ends.
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { dueWork, payment, type DueJob } from './schema/index.ts';

export type DueWork = typeof dueWork.$inferSelect;
const ERROR_MAX = 500;

/** Asked for again before it was done, it is done once; while it is being done, once more. */
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

const BATCH = 20;
/** What is due, the longest waiting first: nobody else's for `leaseMs`. */
export async function claimDueWork(db: Database, now: Date, leaseMs: number): Promise<DueWork[]> {
	const rows = await db.system.execute<{
		supplier_id: string;
		job: DueJob;
		subject_id: string;
		client_id: string | null;
		due_at: string;
		asked_at: string;
		version: number;
		failures: number;
		error: string | null;
	}>(sql`
		with taken as (
			select * from due_work where due_at <= ${now.toISOString()}::timestamptz order by due_at, subject_id limit ${BATCH}::int for update skip locked)
		update due_work d set due_at = ${new Date(now.getTime() + leaseMs).toISOString()}::timestamptz from taken t
		where (d.supplier_id, d.job, d.subject_id) = (t.supplier_id, t.job, t.subject_id)
		returning t.*`);
	const was = (row: { due_at: string; subject_id: string }) => `${row.due_at} ${row.subject_id}`;
	return [...rows]
		.sort((a, b) => (was(a) < was(b) ? -1 : 1))
		.map((row) => ({
			supplierId: row.supplier_id,
			job: row.job,
			subjectId: row.subject_id,
			clientId: row.client_id,
			dueAt: new Date(row.due_at),
			askedAt: new Date(row.asked_at),
			version: row.version,
			failures: row.failures,
			error: row.error
		}));
}
/** As it was when it was claimed: what was asked for since then stays. */
const thisOne = ({ supplierId, job, subjectId, version, askedAt }: DueWork) =>
	and(
		eq(dueWork.supplierId, supplierId),
		eq(dueWork.job, job),
		eq(dueWork.subjectId, subjectId),
		eq(dueWork.version, version),
		// Gone and asked for anew, it has the version of the first time.
		eq(dueWork.askedAt, askedAt)
	);
export async function forgetWork(db: Database, work: DueWork): Promise<void> {
	await db.system.delete(dueWork).where(thisOne(work));
}
export async function putOffWork(db: Database, work: DueWork, { error, until }: { error: string; until: Date }) {
	await db.system
		.update(dueWork)
		.set({ dueAt: until, failures: work.failures + 1, error: error.slice(0, ERROR_MAX) })
		.where(thisOne(work));
}
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
/** Something waits for its first turn, or is in somebody's hands. */
export const hasFreshWork = async (db: Database, now: Date): Promise<boolean> =>
	(
		await db.system
			.select({ subjectId: dueWork.subjectId })
			.from(dueWork)
			.where(and(eq(dueWork.failures, 0), lte(dueWork.askedAt, now)))
			.limit(1)
	).length > 0;
