// The stage: PostgreSQL, the stand-ins of the outside world, two web and two worker processes of the real build, each of which may be killed at any time
// and is started again. Whoever dies without being killed is noted.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endChild, exitOf } from '../child.ts';
import { openLogins, type Logins } from '../database-logins.ts';
import { embedded, freePort, type Embedded } from '../embedded-postgres.ts';
import { migrateDatabase } from '../migrate.ts';
import { ask, jsonOf, pause } from './ask.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const SECRET = 'a secret of the chaos driver, long enough to be accepted';
export const KEYS = { secret: 'sk_test_sandbox_chaos', publishable: 'pk_test_sandbox_chaos', webhook: 'whsec_chaos' };
export const ROLES = ['web0', 'web1', 'worker0', 'worker1'] as const;
export type Role = (typeof ROLES)[number];
export type Stage = {
	origin: string;
	/** Where each web process answers; or what stands before them. */
	webs: string[];
	/** The owner's login: sees every row once it says that it migrates. */
	owner: string;
	apiUrl: string;
	mailboxUrl: string;
	/** Kills, and starts again after so long. */
	kill(role: Role | 'postgres', backAfterMs: number): Promise<void>;
	/** Resolves when everybody answers. */
	everybodyUp(): Promise<void>;
	lever<T>(method: string, path: string, body?: unknown): Promise<T>;
	/** Who died by itself, and how. */
	deaths: string[];
	close(): Promise<void>;
};
/** What stands before the web processes, and before the database. */
export type Between = {
	/** Where people come, and Stripe's webhooks. */
	origin: string;
	/** What the processes are told of it. */
	env: Record<string, string>;
	close(): Promise<void>;
};
type PutBetween = (there: { webPorts: number[]; logins: Logins }) => Promise<Between>;
type Actor = {
	role: Role;
	port: number;
	child: ChildProcess | null;
	killed: boolean;
	wasReady: boolean;
	starting: Promise<void> | null;
};

export async function openServer(dir: string): Promise<Embedded> {
	const server = await embedded({ dir: path.join(dir, 'postgres') });
	await migrateDatabase(await server.create('template_chaos'));
	return server;
}

export async function openStage(
	server: Embedded,
	dir: string,
	name: string,
	accounts: string[],
	putBetween?: PutBetween
): Promise<Stage> {
	const owner = await databaseOf(server, name);
	const logins = await openLogins(owner, SECRET);
	const ports = await freePorts(ROLES.length);
	mkdirSync(dir, { recursive: true });
	const webPorts = ports.filter((_, i) => ROLES[i]!.startsWith('web'));
	const between = await putBetween?.({ webPorts, logins });
	const origin = between?.origin ?? `http://localhost:${ports[0]}`;
	const door = origin.replace('localhost', '127.0.0.1');
	const { child: sandbox, urls } = await openSandbox({
		appOrigin: origin,
		accounts,
		dataDir: null,
		webhook: { url: `${door}/webhooks/stripe`, secret: KEYS.webhook }
	});
	const deaths: string[] = [];
	let isClosing = false;
	const actors = new Map<Role, Actor>(
		ROLES.map((role, i) => [
			role,
			{ role, port: ports[i]!, child: null, killed: false, wasReady: false, starting: null }
		])
	);
	const env = {
		...process.env,
		DATABASE_URL: logins.app,
		DATABASE_URL_SYSTEM: logins.system,
		ORIGIN: origin,
		HOST: '127.0.0.1',
		PONCTUEL_SECRET: SECRET,
		SMTP_URL: urls.smtpUrl,
		STRIPE_SECRET_KEY: KEYS.secret,
		STRIPE_PUBLISHABLE_KEY: KEYS.publishable,
		STRIPE_WEBHOOK_SECRET: KEYS.webhook,
		SANDBOX_API_URL: urls.apiUrl,
		SANDBOX_JS_URL: urls.jsUrl,
		SANDBOX_MAILBOX_URL: urls.mailboxUrl,
		SANDBOX_LOYALTY_URL: urls.loyaltyUrl,
		BODY_SIZE_LIMIT: '64M',
		SHUTDOWN_TIMEOUT: '1',
		LOG_LEVEL: 'warn',
		...between?.env
	};
	const startActor = (actor: Actor): Promise<void> =>
		(actor.starting ??= run(actor).finally(() => (actor.starting = null)));
	async function run(actor: Actor): Promise<void> {
		const log = openSync(path.join(dir, `${actor.role}.log`), 'a');
		const role = actor.role.startsWith('web') ? 'web' : 'worker';
		const child = spawn(
			process.execPath,
			['--import', path.join(root, 'src/scripts/with-parent.mjs'), path.join(root, 'build/index.js')],
			{
				cwd: root,
				env: { ...env, PORT: String(actor.port), PONCTUEL_ROLE: role },
				stdio: ['ignore', log, log, 'ipc']
			}
		);
		closeSync(log);
		Object.assign(actor, { child, killed: false, wasReady: false });
		child.once('exit', (code, signal) => {
			if (isClosing || actor.killed || actor.child !== child) return;
			// Who can't begin because its database is away ends, and comes again: that is its supervisor's business.
			if (actor.wasReady)
				deaths.push(`${actor.role} ended by itself (${signal ?? code}); its last words are in ${actor.role}.log`);
			setTimeout(() => !isClosing && void startActor(actor), 500);
		});
		await answers(actor);
	}
	/** Ready, or dead: who may not start because its database is away ends, and comes again. */
	async function answers(actor: Actor): Promise<void> {
		for (let i = 0; i < 1200 && !isClosing && !actor.killed && actor.child?.exitCode === null; i++) {
			const { status } = await ask(`http://127.0.0.1:${actor.port}/health/ready`, { limitMs: 3000 });
			if (status === 200) return void (actor.wasReady = true);
			await pause(50);
		}
	}
	const kill: Stage['kill'] = async (who, backAfterMs) => {
		if (who === 'postgres') return killPostmaster(server);
		const actor = actors.get(who)!;
		if (actor.killed || !actor.child) return;
		actor.killed = true;
		const gone = exitOf(actor.child);
		actor.child.kill('SIGKILL');
		await gone;
		setTimeout(
			() => !isClosing && void (actor.starting ?? Promise.resolve()).then(() => startActor(actor)),
			backAfterMs
		);
	};
	await Promise.all([...actors.values()].map(startActor));
	return {
		origin,
		webs: between ? [door] : webPorts.map((port) => `http://127.0.0.1:${port}`),
		owner,
		apiUrl: urls.apiUrl,
		mailboxUrl: urls.mailboxUrl,
		kill,
		deaths,
		everybodyUp: async () => {
			for (const actor of actors.values()) {
				for (let i = 0; i < 2400 && (actor.killed || actor.starting); i++) await pause(50);
				for (let i = 0; i < 240 && !actor.wasReady; i++) {
					await answers(actor);
					await pause(500);
				}
				if (!actor.wasReady) throw new Error(`${actor.role} does not come back`);
			}
		},
		lever: async <T>(method: string, at: string, body?: unknown) => {
			const answer = await ask(`${urls.apiUrl}/_sandbox${at}`, {
				method,
				limitMs: 120_000,
				...(body === undefined ? {} : { body: JSON.stringify(body) })
			});
			return jsonOf<T>(answer)!;
		},
		close: async () => {
			isClosing = true;
			await Promise.all([...actors.values()].map(({ child }) => child && endChild(child)));
			await endChild(sandbox);
			await between?.close();
		}
	};
}

async function databaseOf(server: Embedded, name: string): Promise<string> {
	const { default: postgres } = await import('postgres');
	const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
	try {
		await sql.unsafe(`drop database if exists ${name} with (force)`);
		await sql.unsafe(`create database ${name} template template_chaos owner ponctuel_owner`);
	} finally {
		await sql.end();
	}
	return (await server.create(name)).replace(/\/[^/]+$/, `/${name}`);
}

async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) ports.add(await freePort());
	return [...ports];
}

type Urls = { apiUrl: string; jsUrl: string; smtpUrl: string; mailboxUrl: string; loyaltyUrl: string };
async function openSandbox(settings: object): Promise<{ child: ChildProcess; urls: Urls }> {
	const child = spawn(process.execPath, [path.join(root, 'src/sandbox/main.ts'), JSON.stringify(settings)], {
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		detached: true
	});
	const urls = await new Promise<Urls>((done, failed) => {
		child.once('message', (word: { ready?: Urls; error?: string }) =>
			word.ready ? done(word.ready) : failed(new Error(`the stand-in did not start: ${word.error}`))
		);
		child.once('exit', () => failed(new Error('the stand-in ended while starting')));
	});
	return { child, urls };
}

/** kill -9 of the server, not of what watches over it: it comes back by itself. */
async function killPostmaster({ data }: Embedded): Promise<void> {
	const [pid] = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
	process.kill(Number(pid), 'SIGKILL');
	await pause(300);
}
