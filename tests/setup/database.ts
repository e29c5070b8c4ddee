// One throw-away PostgreSQL for a whole run, and a migrated template that each test file clones. DATABASE_URL_TEST wins when set.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { embedded } from '#scripts/embedded-postgres.ts';
import { migrateDatabase } from '#scripts/migrate.ts';

declare module 'vitest' {
	interface ProvidedContext {
		template: string;
	}
}

export default async function setup(project: TestProject) {
	const dir = mkdtempSync(path.join(tmpdir(), 'ponctuel-test-'));
	const server = await embedded({ dir, persistent: false });
	await server.create('template_ponctuel');
	await migrateDatabase(server.url('template_ponctuel'));
	project.provide('template', server.url('template_ponctuel'));
	return async () => {
		await server.stop();
		rmSync(dir, { recursive: true, force: true });
	};
}
