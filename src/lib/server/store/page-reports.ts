// What browsers reported of our pages, once per kind. Of no supplier: the operator's.
import { desc, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { pageReport } from './schema/index.ts';

export type PageReport = { page: string; directive: string; blocked: string; source: string; enforced: boolean };
/** Anybody can invent kinds: beyond this many, only known ones are counted. */
const MOST_KINDS = 500;

/** @returns whether this kind was not known before. */
export async function savePageReport(
	{ system }: Database,
	fingerprint: string,
	report: PageReport,
	now: Date
): Promise<boolean> {
	const known = await system
		.update(pageReport)
		.set({ times: sql`least(${pageReport.times} + 1, 1000000)`, lastAt: now })
		.where(sql`${pageReport.fingerprint} = ${fingerprint}`)
		.returning({ fingerprint: pageReport.fingerprint });
	if (known.length || (await system.$count(pageReport)) >= MOST_KINDS) return false;
	const kept = await system
		.insert(pageReport)
		.values({ fingerprint, ...report, times: 1, firstAt: now, lastAt: now })
		.onConflictDoNothing()
		.returning({ fingerprint: pageReport.fingerprint });
	return kept.length > 0;
}
export const listPageReports = ({ system }: Database): Promise<(typeof pageReport.$inferSelect)[]> =>
	system.select().from(pageReport).orderBy(desc(pageReport.lastAt)).limit(MOST_KINDS);
