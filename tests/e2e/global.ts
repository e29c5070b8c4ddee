// The whole product in demo mode, once for the desk and once for the phone: each has a clock of its own to move. On free ports, in a folder of its own.
// Afterwards their logs are searched for what may never be in a log.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '#scripts/embedded-postgres.ts';
import { start } from '#scripts/start.ts';

const NEVER_LOGGED: [string, RegExp][] = [
	['a card number', /4242[ ]?4242|4000[ ]?0027/],
	['an IBAN', /FR14[ ]?2004|FR76[ ]?3000/],
	['a client secret', /pi_\w+_secret_\w{8}/],
	['a key', /sk_test_\w|whsec_\w|ponctuel_[\w-]{43}/],
	['a link', /\/(p|connexion)\/[\w-]{43}/],
	['a token, wherever it stands', /(?<![\w-])(?=[\w-]*[g-zG-Z])[\w-]{43}(?![\w-])/],
	['a session', /ponctuel_session=/],
	['an address', /payeur-\w+@client\.example/]
];

export default async function setup() {
	process.env.LOG_LEVEL = 'debug';
	// `--project=desk` needs no demo for the phone.
	const asked = process.argv.flatMap((argument) => /^--project=(\w+)$/.exec(argument)?.[1] ?? []);
	const names = asked.length ? asked : ['desk', 'phone'];
	const stops = await Promise.all(names.map(startFor));
	return async () => {
		for (const stop of stops) await stop();
	};
}

async function startFor(name: string): Promise<() => Promise<void>> {
	const dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-e2e-'));
	const logFile = path.join(dataDir, 'server.log');
	const running = await start({ port: await freePort(), dataDir, persistent: false, quiet: true, logFile });
	process.env[`E2E_URL_${name}`] = running.url;
	process.env[`E2E_DATABASE_${name}`] = running.databaseUrl;
	process.env[`E2E_LOG_${name}`] = logFile;
	return async () => {
		await running.stop();
		const log = readFileSync(logFile, 'utf8');
		rmSync(dataDir, { recursive: true, force: true });
		if (!log.includes('"msg":"request"')) throw new Error('the log is empty: nothing was checked');
		const found = NEVER_LOGGED.filter(([, pattern]) => pattern.test(log)).map(
			([name, pattern]) => `${name}: ${pattern.exec(log)![0].slice(0, 12)}…`
		);
		if (found.length) throw new Error(`the log holds what it may never hold: ${found.join(', ')}`);
	};
}
