// One throw-away PostgreSQL for a whole run, and a migrated template that each test file clones. DATABASE_URL_TEST wins when set.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openLogins } from '#scripts/database-logins.ts';
import { embedded } from '#scripts/embedded-postgres.ts';
import { migrateDatabase } from '#scripts/migrate.ts';
// Where packages were installed without it.
import '#scripts/mend-postgres.mjs';

declare module 'vitest' {
	interface ProvidedContext {
		/** Its superuser's address: what looks at every row. */
		template: string;
		/** The product's own logins there, as a start makes them. */
		logins: { app: string; system: string };
	}
}

export default async function setup(project: TestProject) {
	const dir = mkdtempSync(path.join(tmpdir(), 'ponctuel-test-'));
	const server = await embedded({ dir, persistent: false });
	const owner = await server.create('template_ponctuel');
	await migrateDatabase(owner);
	project.provide('logins', await openLogins(owner, 'a secret of the tests'));
	project.provide('template', server.url('template_ponctuel'));
	return async () => {
		await server.stop();
		rmSync(dir, { recursive: true, force: true });
	};
}
