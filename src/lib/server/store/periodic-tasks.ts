// When each periodic task was last taken, by whichever process.
import { isNull, lt, or } from 'drizzle-orm';
import type { Database } from './database.ts';
import { worked } from './schema/index.ts';

/** Takes a periodic task if its turn has come: one process in the whole installation gets `true`. */
export async function takeTurn(db: Database, task: string, now: Date, everyMs: number): Promise<boolean> {
	const taken = await db.system
		.insert(worked)
		.values({ task, lastAt: now })
		.onConflictDoUpdate({
			target: worked.task,
			set: { lastAt: now },
			setWhere: or(isNull(worked.lastAt), lt(worked.lastAt, new Date(now.getTime() - everyMs)))
		})
		.returning({ task: worked.task });
	return taken.length > 0;
}
/** When each periodic task was last taken. */
export async function lastTurns(db: Database): Promise<Map<string, Date | null>> {
	const rows = await db.system.select().from(worked);
	return new Map(rows.map(({ task, lastAt }) => [task, lastAt]));
}
