// npm run reports: what browsers reported of our pages, newest first (runbook). Reads the database of DATABASE_URL.
import { readConfig } from '#lib/server/config.ts';
import { openDatabase } from '#lib/server/store/database.ts';
import { listPageReports } from '#lib/server/store/page-reports.ts';

const db = openDatabase(readConfig(process.env).database);
const reports = await listPageReports(db);
for (const { page, directive, blocked, source, enforced, times, firstAt, lastAt } of reports)
	console.info(
		`${lastAt.toISOString()}  ${String(times).padStart(6)} ×  ${enforced ? 'refused' : 'only told'}  ${directive}  on ${page}: ${blocked || '?'}${source ? ` (from ${source})` : ''}, first ${firstAt.toISOString()}`
	);
if (!reports.length) console.info('Nothing was reported.');
await db.close();
