// Work that waits for its instant: one row for each thing to be looked at. Gone when there is nothing more to look at.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { choice, id, instant, oneOf, optionalId } from './columns.ts';
import { client, supplier } from './parties.ts';

/** What is done with it: one definition each in server/jobs/due-jobs.ts. `points`: points of a try follow its money. */
export type DueJob = 'points';
export const dueWork = pgTable(
	'due_work',
	{
		supplierId: id(),
		job: choice<DueJob>({ points: true }).notNull(),
		subjectId: id(), // of points: the attempt
		clientId: optionalId(), // whose it is: in a client's scope, nobody else's is asked for
		dueAt: instant(), // while it is in somebody's hands: when another may take it
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
		index('due_work_due_idx').on(t.dueAt),
		oneOf('due_work_job_check', t.job),
		check('due_work_error_check', sql`length(${t.error}) <= 500`)
	]
);
