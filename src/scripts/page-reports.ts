// npm run reports: what browsers reported of our pages, newest first (runbook).
import { listPageReports } from '#lib/server/store/page-reports.ts';
import { lookInto } from './operators-database.ts';

await lookInto(async (db) => {
	const reports = await listPageReports(db);
	for (const { page, directive, blocked, source, enforced, times, firstAt, lastAt } of reports)
		console.info(
			`${lastAt.toISOString()}  ${String(times).padStart(6)} ×  ${enforced ? 'refused' : 'only told'}  ${directive}  on ${page}: ${blocked || '?'}${source ? ` (from ${source})` : ''}, first ${firstAt.toISOString()}`
		);
	if (!reports.length) console.info('Nothing was reported.');
});
