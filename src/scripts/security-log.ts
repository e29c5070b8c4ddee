// npm run security: what happened at the doors that is of no supplier, the operator's to read: strangers who were not recognised, limits reached before
// anybody was known (runbook). `npm run security -- 30` looks thirty days back instead of seven.
import { listStrangersEvents } from '#lib/server/store/security-events.ts';
import { lookInto } from './operators-database.ts';

const SHOWN_MAX = 500;
const days = Number(process.argv[2] ?? 7);
if (!(days > 0)) throw new Error('How many days back? For example: npm run security -- 30');
const since = new Date(performance.timeOrigin - days * 86_400_000);
await lookInto(async (db) => {
	const { events, bySource, total } = await listStrangersEvents(db, since, SHOWN_MAX);
	for (const { kind, networkAddress, times, lastAt } of bySource)
		console.info(
			`${String(times).padStart(6)} ×  ${kind}  from ${networkAddress ?? '?'}, last ${lastAt.toISOString()}`
		);
	if (events.length) console.info('');
	for (const { occurredAt, kind, networkAddress, requestId, detail } of events)
		console.info(
			`${occurredAt.toISOString()}  ${kind}  from ${networkAddress ?? '?'}  request ${requestId ?? '?'}  ${Object.entries(
				detail
			)
				.map(([name, value]) => `${name}:${value}`)
				.join(' ')}`
		);
	if (total > events.length) console.info(`… and ${total - events.length} older ones, counted above.`);
	if (!total) console.info(`Nothing in ${days} days.`);
});
