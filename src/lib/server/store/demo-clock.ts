// How far the demo's clock is ahead.
import { eq } from 'drizzle-orm';
import type { Database } from './database.ts';
import { demoClock } from './schema/index.ts';

export async function readDemoOffset(db: Database): Promise<number> {
	const [row] = await db.system.select().from(demoClock).where(eq(demoClock.clockId, 1));
	return row?.offsetMs ?? 0;
}
export async function saveDemoOffset(db: Database, offsetMs: number): Promise<void> {
	await db.system
		.insert(demoClock)
		.values({ clockId: 1, offsetMs })
		.onConflictDoUpdate({ target: [demoClock.clockId], set: { offsetMs } });
}
