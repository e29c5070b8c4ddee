// The whole product in demo mode, on free ports and a folder of its own, for one run of browser tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '#scripts/embedded-postgres.ts';
import { start } from '#scripts/start.ts';

export default async function setup() {
	const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-e2e-'));
	const running = await start({ port: await freePort(), dataDir, persistent: false, quiet: true });
	process.env.E2E_URL = running.url;
	process.env.E2E_DATABASE = running.databaseUrl;
	process.env.E2E_PID = String(running.server.pid);
	return async () => {
		await running.stop();
		rmSync(dataDir, { recursive: true, force: true });
	};
}
