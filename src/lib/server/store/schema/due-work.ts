// Work that waits for its instant: one row for each thing to be looked at. Gone when there is nothing more to look at.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { choice, id, instant, oneOf, optionalId, optionalInstant } from './columns.ts';
import { client, supplier } from './parties.ts';

/**
 * What is done with it: one definition each in server/jobs/due-jobs.ts. `points`: points of a try follow its money. `attempt`, `refund`, `setup`: what Stripe has
 * not ended yet is looked at again; triggers keep these rows (migration 0047).
 */
export type DueJob = 'points' | 'attempt' | 'refund' | 'setup';
/** Whose answer a job waits for: each pool of hands takes its own rows. */
export type Pool = 'stripe' | 'nobody';
export const POOLS: Record<DueJob, Pool> = { points: 'nobody', attempt: 'stripe', refund: 'stripe', setup: 'stripe' };
const ASKING_NOBODY = Object.entries(POOLS).flatMap(([job, pool]) => (pool === 'nobody' ? [`'${job}'`] : []));
export const dueWork = pgTable(
	'due_work',
	{
		supplierId: id(),
		job: choice<DueJob>({ points: true, attempt: true, refund: true, setup: true }).notNull(),
		subjectId: id(), // of points: the attempt; otherwise what the job is named after
		clientId: optionalId(), // whose it is: in a client's scope, nobody else's is asked for
		pool: text()
			.$type<Pool>()
			.notNull()
			.generatedAlwaysAs(sql`case when job in (${sql.raw(ASKING_NOBODY.join(', '))}) then 'nobody' else 'stripe' end`),
		lane: text().notNull().default(''), // whose turn it is: an account at Stripe, its debits, or a supplier. Lanes are served in turn, a few rows of each at a time
		dueAt: instant(),
		claimedUntil: optionalInstant(), // in somebody's hands until then at most: afterwards another may take it
		askedAt: instant(), // for the first time since it was last done
		version: integer().notNull(), // how often it was asked for: what is asked for while it is being done, is done again
		failures: integer().notNull(), // in a row
		error: text() // the last one
	},
	(t) => [
		primaryKey({ name: 'due_work_pk', columns: [t.supplierId, t.job, t.subjectId] }),
		foreignKey({ name: 'due_work_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		foreignKey({
			name: 'due_work_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		index('due_work_due_idx').on(t.pool, t.dueAt),
		index('due_work_turn_idx').on(t.pool, t.lane, t.dueAt),
		index('due_work_claimed_idx')
			.on(t.pool, t.lane)
			.where(sql`${t.claimedUntil} is not null`),
		oneOf('due_work_job_check', t.job),
		check('due_work_error_check', sql`length(${t.error}) <= 500`)
	]
);
