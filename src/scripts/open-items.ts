// npm run open-items: what is stored as open beside what the books say it is, of every supplier; each difference is said. `npm run open-items -- --mend` reads
// those anew from the books. As the owner of the tables (DATABASE_URL_MIGRATE): the roles of the product can't write what is open.
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { listOpenDifferences, mendOpenItems } from '#lib/server/store/open-items.ts';

const url = process.env.DATABASE_URL_MIGRATE || process.env.DATABASE_URL;
if (!url) {
	console.error(
		'DATABASE_URL_MIGRATE or DATABASE_URL is missing, for example postgres://user:password@127.0.0.1:5432/ponctuel'
	);
	process.exit(1);
}
const sql = postgres(url, {
	max: 1,
	onnotice: () => {},
	connection: { application_name: 'ponctuel_open_items', 'ponctuel.migrating': 'on' } as never
});
const db = drizzle(sql);
const differences = await listOpenDifferences(db);
for (const { supplierId, about, stored, due } of differences)
	console.info(`${supplierId} ${about}\n  stored ${stored ?? 'nothing'}\n  books  ${due ?? 'nothing'}`);
if (differences.length && process.argv.includes('--mend')) {
	await db.transaction(mendOpenItems);
	console.info(`Read anew; ${(await listOpenDifferences(db)).length} differences are left.`);
} else
	console.info(
		differences.length
			? 'Not what the books say. Mend it with --mend.'
			: 'What is stored as open is what the books say.'
	);
await sql.end();
process.exitCode = differences.length && !process.argv.includes('--mend') ? 1 : 0;
