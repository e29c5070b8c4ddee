// Brings a database up to date. Several copies may start at once: an advisory lock lets one of them do it.
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../drizzle');

/** @throws the error of PostgreSQL when the URL is wrong or the user may not create roles. */
export async function migrateDatabase(url: string): Promise<void> {
	const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
	try {
		await sql`select pg_advisory_lock(727001)`;
		await migrate(drizzle(sql), { migrationsFolder: folder });
	} finally {
		await sql.end({ timeout: 5 });
	}
}

if (import.meta.main) {
	const url = process.env.DATABASE_URL_MIGRATE || process.env.DATABASE_URL;
	if (!url) {
		console.error(
			'DATABASE_URL_MIGRATE or DATABASE_URL is missing, for example postgres://user:password@127.0.0.1:5432/ponctuel'
		);
		process.exit(1);
	}
	await migrateDatabase(url);
	console.info('Database up to date.');
}
