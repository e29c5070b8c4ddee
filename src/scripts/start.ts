// npm start: database, migrations, demo data, outside world, product. Everything it starts, it stops. --dev runs Vite instead of the build.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '#lib/server/config.ts';
import { endChild, exitOf } from './child.ts';
import { keepServing } from './keep-serving.ts';
import { lockFolder } from './lock-folder.ts';
import { step } from './progress.mjs';
import { database, logins, migrate } from './start-database.ts';
import { outsideWorld, seedOnce, setWebhook } from './start-demo.ts';
import { StartProblem } from './start-problem.ts';
import { required } from '#lib/domain/required.ts';

export type StartOptions = {
	port: number;
	dataDir: string;
	dev?: boolean;
	persistent?: boolean;
	quiet?: boolean;
	/** Where the server's log goes instead of the terminal. */
	logFile?: string;
};
export type Running = {
	url: string;
	env: NodeJS.ProcessEnv;
	server: ChildProcess;
	restart(): Promise<void>;
	sandboxUrl: string | null;
	/** For who looks at every row: tests and measurements. */
	databaseUrl: string;
	exited: Promise<number | null>;
	/** What the product can't do without has ended by itself: a sentence. */
	broken: Promise<string>;
	stop(): Promise<void>;
};
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** A small young generation: measured 146 to 180 MB at rest instead of 275, for pages that live a few milliseconds. */
export const SMALL_HEAP = ['--max-semi-space-size=8'];
const FIRST_PORT = 3000;
const PORTS_TRIED = 20;
const DISK_MIN_BYTES = 300 * 1024 * 1024;
export async function start(options: StartOptions): Promise<Running> {
	const undo: (() => Promise<unknown> | unknown)[] = [];
	const stop = async () => {
		for (const undoOne of undo.splice(0).reverse()) await undoOne();
	};
	const told = <T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> =>
		options.quiet ? work(() => {}) : step(name, work);
	try {
		const isDemo = !process.env.STRIPE_SECRET_KEY;
		await portFree(options.port);
		prepareFolder(options.dataDir);
		undo.push(lockFolder(options.dataDir));
		writeFileSync(path.join(options.dataDir, 'port'), String(options.port));
		const env: NodeJS.ProcessEnv = {
			...process.env,
			PORT: String(options.port),
			HOST: process.env.HOST ?? '127.0.0.1',
			ORIGIN: process.env.ORIGIN ?? `http://localhost:${options.port}`,
			PONCTUEL_SECRET: process.env.PONCTUEL_SECRET ?? keptSecret(options.dataDir),
			BODY_SIZE_LIMIT: process.env.BODY_SIZE_LIMIT ?? '64M',
			SHUTDOWN_TIMEOUT: process.env.SHUTDOWN_TIMEOUT ?? '5',
			// Longer than a proxy or a browser keeps an idle connection: closed under their hands, a request would be lost.
			KEEP_ALIVE_TIMEOUT: process.env.KEEP_ALIVE_TIMEOUT ?? '75',
			HEADERS_TIMEOUT: process.env.HEADERS_TIMEOUT ?? '80'
		};
		// What may not be is said before anything is touched.
		if (!isDemo) refuseBundledDatabase(env);
		if (!isDemo && env.DATABASE_URL) readConfig(env);
		const { owner, raw, elsewhere, ended, app, system } = await told('Starting the database', async () => {
			const started = await database(options, undo);
			await migrate(started.owner);
			return { ...started, ...(await logins(started.owner, required(env.PONCTUEL_SECRET, 'PONCTUEL_SECRET'))) };
		});
		if (elsewhere && !options.quiet) console.info(`  ${elsewhere}`);
		// The product never learns who owns the tables.
		Object.assign(env, { DATABASE_URL: app, DATABASE_URL_SYSTEM: system });
		delete env.DATABASE_URL_MIGRATE;
		if (!process.env.DATABASE_URL) delete env.DATABASE_URL_DIRECT;
		const sandbox = isDemo ? await outsideWorld(options, env, undo) : null;
		if (sandbox) await seedOnce(env, owner, sandbox.apiUrl, told);
		if (!isDemo) readConfig(env);
		let server = await told('Starting the product', () => serve(options, env));
		undo.push(() => endChild(server));
		if (sandbox) await setWebhook(sandbox.apiUrl, required(env.ORIGIN, 'ORIGIN'));
		let exited = exitOf(server);
		return {
			url: required(env.ORIGIN, 'ORIGIN'),
			env,
			get server() {
				return server;
			},
			sandboxUrl: sandbox?.apiUrl ?? null,
			databaseUrl: raw,
			broken: Promise.race([
				ended.then(() => `PostgreSQL has ended. Its own words are in ${path.join(options.dataDir, 'postgres.log')}.`),
				...(sandbox ? [sandbox.ended.then(() => 'The stand-in of Stripe has ended.')] : [])
			]),
			get exited() {
				return exited;
			},
			stop,
			restart: async () => {
				await endChild(server);
				server = await serve(options, env);
				exited = exitOf(server);
			}
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
/** The bundled PostgreSQL lives in the data folder, without backup or a password of its own. */
function refuseBundledDatabase({ STRIPE_SECRET_KEY, DATABASE_URL }: NodeJS.ProcessEnv): void {
	if (!DATABASE_URL && STRIPE_SECRET_KEY?.includes('_live_'))
		throw new StartProblem(
			'DATABASE_URL is missing: the bundled database is for the demo, not for real money. Give a PostgreSQL of your own, for example postgres://user:password@127.0.0.1:5432/ponctuel'
		);
}
/** Both addresses a browser may use for localhost must be free. */
async function portFree(port: number): Promise<void> {
	for (const host of ['127.0.0.1', '::1'])
		await new Promise<void>((done, failed) => {
			const probe = net.createServer();
			probe.once('error', (error: NodeJS.ErrnoException) =>
				error.code === 'EADDRINUSE'
					? failed(
							new StartProblem(
								`Port ${port} is already in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`
							)
						)
					: error.code === 'EACCES'
						? failed(new StartProblem(`Port ${port} needs more rights. Choose one above 1024: PORT=3000 npm start`))
						: done()
			);
			probe.listen(port, host, () => probe.close(() => done()));
		});
}

function prepareFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true });
		writeFileSync(path.join(folder, '.writable'), '');
	} catch (error) {
		throw new StartProblem(
			`The data folder ${folder} can't be written (${(error as NodeJS.ErrnoException).code}). Choose another: DATA_DIR=/some/folder npm start`
		);
	}
	const { bavail, bsize } = statfsSync(folder);
	if (bavail * bsize < DISK_MIN_BYTES)
		throw new StartProblem(
			`The disk of ${folder} is full: ${Math.floor((bavail * bsize) / 1024 / 1024)} MB left, 300 MB needed. Free some space, or choose another disk: DATA_DIR=/some/folder npm start`
		);
}

/** Made once per data folder, so that links and demo data survive a restart. */
function keptSecret(folder: string): string {
	const file = path.join(folder, 'secret');
	const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
	if (kept.length >= 32) return kept;
	// Whole or not at all: a disk may be full.
	const made = randomBytes(48).toString('base64url');
	writeFileSync(`${file}.new`, made, { mode: 0o600 });
	renameSync(`${file}.new`, file);
	return made;
}

async function serve({ dev, quiet, logFile }: StartOptions, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
	const program = dev
		? [
				path.join(root, 'node_modules/vite/bin/vite.js'),
				'dev',
				'--port',
				required(env.PORT, 'PORT'),
				'--host',
				'127.0.0.1',
				'--strictPort'
			]
		: [path.join(root, 'build/index.js')];
	const args = [...SMALL_HEAP, '--import', path.join(root, 'src/scripts/with-parent.mjs'), ...program];
	const child = spawn(process.execPath, args, {
		env,
		cwd: root,
		stdio: ['ignore', logFile ? openSync(logFile, 'a') : quiet ? 'ignore' : 'inherit', 'inherit', 'ipc']
	});
	for (let i = 0; i < 600; i++) {
		if (child.exitCode !== null) throw new StartProblem('The server ended while starting; its message is above.');
		const ready = await fetch(`http://127.0.0.1:${env.PORT}/health/ready`).then(
			(response) => response.ok,
			() => false
		);
		if (ready) return child;
		await new Promise((done) => setTimeout(done, 100));
	}
	child.kill('SIGKILL');
	throw new StartProblem('The server did not answer within a minute.');
}

/** The port of last time, so that links in old mails of the demo still lead here; else the first free one from 3000 on. */
async function choosePort(dataDir: string): Promise<number> {
	const file = path.join(dataDir, 'port');
	const last = (existsSync(file) && Number.parseInt(readFileSync(file, 'utf8'), 10)) || FIRST_PORT;
	for (const port of [last, ...Array.from({ length: PORTS_TRIED }, (_, i) => FIRST_PORT + i)]) {
		const isFree = await portFree(port).then(
			() => true,
			() => false
		);
		if (!isFree) continue;
		if (port !== last) console.info(`  Port ${last} is taken by another program: this copy answers on ${port}.`);
		return port;
	}
	throw new StartProblem(
		`Ports ${FIRST_PORT} to ${FIRST_PORT + PORTS_TRIED - 1} are all taken. Choose a free one: PORT=8123 npm start`
	);
}

if (import.meta.main) {
	// What is said is worth less than what is served: a full disk or a closed terminal under it ends nothing.
	for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
	const dataDir = path.resolve(process.env.DATA_DIR ?? path.join(root, '.data'));
	try {
		const port = process.env.PORT ? Number(process.env.PORT) : await choosePort(dataDir);
		if (!Number.isInteger(port) || port < 1 || port > 65_535)
			throw new StartProblem(`PORT must be a number between 1 and 65535, not "${process.env.PORT}".`);
		const running = await start({
			port,
			dataDir,
			dev: process.argv.includes('--dev')
		});
		console.info(
			running.sandboxUrl
				? `\n  Ponctuel, demonstration:  ${running.url}/demo\n  (everything is simulated; Ctrl-C stops it)\n`
				: `\n  Ponctuel: ${running.url}\n`
		);
		let ending = false;
		const finish = async (code: number) => {
			if (ending) return;
			ending = true;
			await running.stop();
			process.exit(code);
		};
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(0));
		void keepServing(running, {
			isEnding: () => ending,
			say: (sentence) => console.error(`\n  ${sentence}\n`)
		}).then(finish);
		// Whoever watches over this process (systemd, a container) starts it again.
		void running.broken.then((sentence) => {
			if (!ending) console.error(`\n  ${sentence} Everything is stopped; start again.\n`);
			return finish(1);
		});
	} catch (error) {
		const text =
			error instanceof StartProblem || (error as Error).message?.startsWith('Environment')
				? (error as Error).message
				: (error as NodeJS.ErrnoException).code === 'ENOSPC'
					? 'The disk is full. Free some space and start again.'
					: `Ponctuel did not start: ${(error as Error).stack}`;
		console.error(`\n  ${text}\n`);
		process.exit(1);
	}
}
