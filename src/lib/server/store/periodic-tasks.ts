// When each periodic task was last taken, by whichever process, and how far it has come.
import { eq, isNull, lt, or } from 'drizzle-orm';
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
/** How far a task that goes on from round to round has come; null: it has not begun. */
export async function findProgress(db: Database, task: string): Promise<Record<string, string> | null> {
	const [row] = await db.system.select({ progress: worked.progress }).from(worked).where(eq(worked.task, task));
	return row?.progress ?? null;
}
export const saveProgress = async (db: Database, task: string, progress: Record<string, string>): Promise<void> =>
	void (await db.system
		.insert(worked)
		.values({ task, lastAt: null, progress })
		.onConflictDoUpdate({ target: worked.task, set: { progress } }));
