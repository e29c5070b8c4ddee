// Whether the database takes writes.
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { worked } from './schema/index.ts';

/**
 * One row written and on the disk, and a temporary file beside the tables: a full disk, a server that only reads, and one that is away all refuse one of
 * them. (Overwriting a row may find its place on a full disk; a file that grows does not.) @throws what PostgreSQL says
 */
export const canWrite = (db: Database, now: Date): Promise<void> =>
	db.system.transaction(async (tx) => {
		await tx.execute(sql`set local work_mem = '64kB'`);
		await tx.execute(sql`select count(*) from generate_series(1, 20000)`);
		await tx
			.insert(worked)
			.values({ task: 'asked whether it is ready', lastAt: now })
			.onConflictDoUpdate({ target: worked.task, set: { lastAt: now } });
	});
