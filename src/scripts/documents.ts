// npm run documents: where the bytes of documents lie. `-- --to-storage` moves them to object storage, `-- --to-database` back; both may be killed and run again.
// `-- --check` asks the storage for each. With the product's environment, and as the owner of the tables (DATABASE_URL_MIGRATE).
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { readConfig } from '#lib/server/config.ts';
import { s3Storage } from '#lib/server/gateways/storage/s3.ts';
import type { Queries } from '#lib/server/store/database.ts';
import { countDocuments } from '#lib/server/store/move-documents.ts';
import { countPending } from '#lib/server/store/pending-objects.ts';
import { checkDocuments, moveDocuments, type Mover } from '#lib/server/use-cases/documents/move-documents.ts';

const config = readConfig(process.env);
const sql = postgres(process.env.DATABASE_URL_MIGRATE || config.database.app, {
	max: 1,
	onnotice: () => {},
	connection: { application_name: 'ponctuel_documents', 'ponctuel.migrating': 'on' } as never
});
const db = drizzle(sql, { casing: 'snake_case' }) as unknown as Queries;
const asked = (name: string): boolean => process.argv.includes(name);
let problems = 0;
try {
	if (asked('--to-storage') || asked('--to-database') || asked('--check')) {
		if (!config.storage) throw new Error('STORAGE_ENDPOINT and the other STORAGE_* are not set: see .env.example.');
		const mover: Mover = {
			db,
			storage: s3Storage(config.storage),
			now: () => new Date(),
			onProblem: ({ supplierId, sha256 }, { message }) => {
				problems += 1;
				console.error(`${supplierId}/${sha256}: ${message}`);
			}
		};
		if (asked('--check')) console.info(`${await checkDocuments(mover)} looked at, ${problems} not as they were put.`);
		else {
			const moved = await moveDocuments(mover, asked('--to-storage') ? 'storage' : 'database');
			console.info(`${moved} moved, ${problems} left where they were.`);
		}
	}
	for (const place of ['database', 'storage'] as const) {
		const { count, bytes } = await countDocuments(db, place);
		console.info(`in the ${place}: ${count} documents, ${Math.round(bytes / 1_048_576)} MB`);
	}
	const left = await countPending(db, null);
	console.info(`still to be removed from the storage, or being put there: ${left}`);
	if (left && asked('--to-database')) {
		console.error(
			'Keep STORAGE_* until none is: the worker removes them hourly, those that nobody claimed after a day; or run this again in half an hour.'
		);
		problems += 1;
	}
} catch (error) {
	const { cause, message } = error as Error & { cause?: Error };
	console.error(`${cause?.message ?? message}\nNothing is lost: mend it and run it again.`);
	problems += 1;
} finally {
	await sql.end();
}
process.exitCode = problems ? 1 : 0;
