// npm start: database, migrations, demo data, outside world, product. Everything it starts, it stops. --dev runs Vite instead of the build.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { readConfig } from '#lib/server/config.ts';
import { embedded } from './embedded-postgres.ts';
import { migrateDatabase } from './migrate.ts';
import { PAST_DAYS, seedDemo } from './demo/seed.ts';
import { SUPPLIERS } from './demo/people.ts';
import { lockFolder } from './lock-folder.ts';
import { StartProblem } from './start-problem.ts';

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
	databaseUrl: string;
	exited: Promise<number | null>;
	stop(): Promise<void>;
};
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** A small young generation: measured 146 to 180 MB at rest instead of 275, for pages that live a few milliseconds. */
export const SMALL_HEAP = ['--max-semi-space-size=8'];
const DISK_MIN_BYTES = 300 * 1024 * 1024;
const DEMO = {
	secretKey: 'sk_test_sandbox_ponctuel',
	publishableKey: 'pk_test_sandbox_ponctuel',
	webhookSecret: 'whsec_sandbox'
};

export async function start(options: StartOptions): Promise<Running> {
	const undo: (() => Promise<unknown> | unknown)[] = [];
	const stop = async () => {
		for (const step of undo.splice(0).reverse()) await step();
	};
	const say = (text: string) => void (options.quiet || console.info(text));
	try {
		const isDemo = !process.env.STRIPE_SECRET_KEY;
		await portFree(options.port);
		prepareFolder(options.dataDir);
		undo.push(lockFolder(options.dataDir));
		const env: NodeJS.ProcessEnv = {
			...process.env,
			PORT: String(options.port),
			HOST: process.env.HOST ?? '127.0.0.1',
			ORIGIN: process.env.ORIGIN ?? `http://localhost:${options.port}`,
			PONCTUEL_SECRET: process.env.PONCTUEL_SECRET ?? keptSecret(options.dataDir),
			BODY_SIZE_LIMIT: process.env.BODY_SIZE_LIMIT ?? '64M',
			SHUTDOWN_TIMEOUT: process.env.SHUTDOWN_TIMEOUT ?? '5'
		};
		env.DATABASE_URL = await database(options, undo);
		await migrate(env.DATABASE_URL);
		const sandbox = isDemo ? await outsideWorld(options, env, undo) : null;
		if (isDemo) await seedOnce(env, sandbox!.apiUrl, say);
		if (!isDemo) readConfig(env);
		let server = await serve(options, env);
		undo.push(() => end(server));
		if (sandbox) await setWebhook(sandbox.apiUrl, env.ORIGIN!);
		let exited = exitOf(server);
		return {
			url: env.ORIGIN!,
			env,
			get server() {
				return server;
			},
			sandboxUrl: sandbox?.apiUrl ?? null,
			databaseUrl: env.DATABASE_URL,
			get exited() {
				return exited;
			},
			stop,
			restart: async () => {
				await end(server);
				server = await serve(options, env);
				exited = exitOf(server);
			}
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
const exitOf = (child: ChildProcess): Promise<number | null> =>
	child.exitCode !== null ? Promise.resolve(child.exitCode) : new Promise((done) => child.once('exit', done));

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
	if (!existsSync(file)) writeFileSync(file, randomBytes(48).toString('base64url'), { mode: 0o600 });
	return readFileSync(file, 'utf8');
}

async function database(options: StartOptions, undo: (() => unknown)[]): Promise<string> {
	if (process.env.DATABASE_URL) {
		if (!/^postgres(ql)?:\/\//.test(process.env.DATABASE_URL))
			throw new StartProblem('DATABASE_URL must look like postgres://user:password@host:5432/name');
		return process.env.DATABASE_URL;
	}
	const folder = postgresFolder(options.dataDir);
	try {
		const server = await embedded({ dir: folder, persistent: options.persistent ?? true });
		undo.push(server.stop);
		await server.create('ponctuel');
		return server.url('ponctuel');
	} catch (error) {
		const reason =
			String((error as Error).message)
				.split('\n')
				.map((line) => line.trim())
				.findLast((line) => /FATAL|PANIC|ERROR|could not|invalid|No space/i.test(line)) ?? 'it ended at once';
		throw new StartProblem(
			`PostgreSQL can't open ${folder}: ${reason}. If the folder is damaged, put the data aside (mv ${options.dataDir} ${options.dataDir}.old${folder.startsWith(options.dataDir) ? '' : `; mv ${folder} ${folder}.old`}) and start again: the demo is made anew.`
		);
	}
}

/**
 * PostgreSQL refuses to run as root and then runs as its own user, who must be able to walk to its files. Our own folder is opened for
 * walking; below a closed one (/root, say) the files go to /var/tmp under a name derived from the data folder.
 */
function postgresFolder(dataDir: string): string {
	if (process.getuid?.() !== 0) return path.join(dataDir, 'postgres');
	chmodSync(dataDir, statSync(dataDir).mode | 0o011);
	const closed = (folder: string): boolean =>
		(statSync(folder).mode & 0o001) === 0 || (path.dirname(folder) !== folder && closed(path.dirname(folder)));
	if (!closed(path.dirname(dataDir))) return path.join(dataDir, 'postgres');
	return path.join('/var/tmp', `ponctuel-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
}

async function migrate(url: string): Promise<void> {
	try {
		await migrateDatabase(url);
	} catch (error) {
		const { code, message, cause } = error as Error & { code?: string; cause?: Error & { code?: string } };
		const where = url.replace(/\/\/[^@/]*@/, '//…@');
		const why = (cause?.code ?? code) === 'ECONNREFUSED' ? 'nothing answers there' : (cause?.message ?? message);
		throw new StartProblem(
			`DATABASE_URL (${where}) can't be used: ${why}. Check host, name, user and password, and that the user may create roles.`
		);
	}
}

async function outsideWorld(
	options: StartOptions,
	env: NodeJS.ProcessEnv,
	undo: (() => unknown)[]
): Promise<{ apiUrl: string }> {
	const settings = {
		appOrigin: env.ORIGIN,
		accounts: SUPPLIERS.map((cast) => cast.stripeAccount),
		dataDir: path.join(options.dataDir, 'sandbox')
	};
	const child = spawn(process.execPath, [path.join(root, 'src/sandbox/main.ts'), JSON.stringify(settings)], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		detached: true
	});
	undo.push(() => end(child));
	const urls = await new Promise<{ apiUrl: string; jsUrl: string; smtpUrl: string; mailboxUrl: string }>(
		(done, failed) => {
			child.once('message', (message: { ready?: never; error?: string }) =>
				message.ready ? done(message.ready) : failed(new StartProblem(`The sandbox did not start: ${message.error}`))
			);
			child.once('exit', () => failed(new StartProblem('The sandbox ended while starting.')));
		}
	);
	Object.assign(env, {
		STRIPE_SECRET_KEY: DEMO.secretKey,
		STRIPE_PUBLISHABLE_KEY: DEMO.publishableKey,
		STRIPE_WEBHOOK_SECRET: DEMO.webhookSecret,
		SMTP_URL: urls.smtpUrl,
		SANDBOX_API_URL: urls.apiUrl,
		SANDBOX_JS_URL: urls.jsUrl,
		SANDBOX_MAILBOX_URL: urls.mailboxUrl
	});
	return urls;
}

/** Made once. A first start that was cut short leaves half a past: then it is made anew. */
async function seedOnce(env: NodeJS.ProcessEnv, apiUrl: string, say: (text: string) => void): Promise<void> {
	const state = await seedState(env.DATABASE_URL!);
	if (state === 'done') return;
	if (state === 'half') {
		if (process.env.DATABASE_URL)
			throw new StartProblem(
				'The demo’s first start was cut short and left half a demo in this database. Empty it (drop schema public cascade; drop schema drizzle cascade; create schema public;) and start again.'
			);
		await emptyDatabase(env.DATABASE_URL!);
		await migrateDatabase(env.DATABASE_URL!);
	}
	say('Living through the demo’s last 75 days (first start only)…');
	// The two pasts belong together: a new database begins with a new outside world.
	await lever(apiUrl, 'reset', { offsetMs: -PAST_DAYS * 86_400_000 });
	await seedDemo(readConfig(env));
	await lever(apiUrl, 'clock', { offsetMs: 0 });
}
async function seedState(url: string): Promise<'none' | 'half' | 'done'> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		const [row] = await sql<
			{ suppliers: number; finished: number }[]
		>`select (select count(*)::int from supplier) as suppliers, (select count(*)::int from demo_clock) as finished`;
		return row!.finished ? 'done' : row!.suppliers ? 'half' : 'none';
	} finally {
		await sql.end({ timeout: 5 });
	}
}
async function emptyDatabase(url: string): Promise<void> {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		await sql.unsafe('drop schema public cascade; drop schema if exists drizzle cascade; create schema public');
	} finally {
		await sql.end({ timeout: 5 });
	}
}
const lever = (apiUrl: string, name: string, body: unknown): Promise<unknown> =>
	fetch(`${apiUrl}/_sandbox/${name}`, { method: 'POST', body: JSON.stringify(body) });
const setWebhook = (apiUrl: string, origin: string): Promise<unknown> =>
	lever(apiUrl, 'endpoint', {
		url: `${origin.replace('//localhost', '//127.0.0.1')}/webhooks/stripe`,
		secret: DEMO.webhookSecret
	});

async function serve({ dev, quiet, logFile }: StartOptions, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
	const program = dev
		? [
				path.join(root, 'node_modules/vite/bin/vite.js'),
				'dev',
				'--port',
				env.PORT!,
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

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = exitOf(child);
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
	await gone;
	clearTimeout(timer);
}

if (import.meta.main) {
	const port = Number(process.env.PORT ?? 3000);
	try {
		if (!Number.isInteger(port) || port < 1 || port > 65_535)
			throw new StartProblem(`PORT must be a number between 1 and 65535, not "${process.env.PORT}".`);
		const running = await start({
			port,
			dataDir: path.resolve(process.env.DATA_DIR ?? path.join(root, '.data')),
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
		void running.exited.then((code) => finish(code ?? 1));
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
