// nginx before the web processes and PgBouncer before the database, with the files of docs/deploy: only ports and places are filled in.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import postgres from 'postgres';
import { endChild } from '#scripts/child.ts';
import type { Between } from '#scripts/chaos/stage.ts';
import type { Logins } from '#scripts/database-logins.ts';
import { freePort } from '#scripts/embedded-postgres.ts';
import type { Programs } from './programs.ts';

const LOOKER = { name: 'looker', password: 'looks at PgBouncer' };
type Wanted = { dir: string; programs: Programs; webPorts: number[]; logins: Logins; superuser: string };
/** `pool`: PgBouncer's own console. */
export type Middle = Between & { pool: { port: number; console: string } };

export async function putBetween({ dir, programs, webPorts, logins, superuser }: Wanted): Promise<Middle> {
	// As root, both become somebody else, who has to get here.
	mkdirSync(dir, { recursive: true });
	chmodSync(dir, 0o755);
	await rememberRoles(superuser, logins);
	const pool = await openPool(dir, programs.pgbouncer, logins);
	const front = await openFront(dir, programs.nginx, webPorts).catch(async (error: Error) => {
		await endChild(pool.child);
		throw error;
	});
	const through = (login: string): string => {
		const url = new URL(login);
		url.port = String(pool.port);
		url.searchParams.set('prepare', 'false');
		return url.href;
	};
	return {
		origin: `http://localhost:${front.port}`,
		env: {
			DATABASE_URL: through(logins.app),
			DATABASE_URL_SYSTEM: through(logins.system),
			DATABASE_URL_DIRECT: logins.system,
			ADDRESS_HEADER: 'x-forwarded-for',
			XFF_DEPTH: '1'
		},
		pool: {
			port: pool.port,
			console: consoleOf(pool.port)
		},
		close: async () => void (await Promise.all([front.child, pool.child].map(endChild)))
	};
}

/** What a pool does not hand on when a connection begins is the login's own. */
async function rememberRoles(superuser: string, { app, system }: Logins): Promise<void> {
	const sql = postgres(superuser, { max: 1, onnotice: () => {} });
	for (const [url, role] of [
		[app, 'ponctuel_app'],
		[system, 'ponctuel_system']
	] as const) {
		const login = decodeURIComponent(new URL(url).username);
		await sql.unsafe(`alter role "${login}" set role = ${role}`);
		await sql.unsafe(`alter role "${login}" set idle_in_transaction_session_timeout = '30s'`);
	}
	await sql.end();
}

async function openPool(dir: string, program: string, { app, system }: Logins) {
	const port = await freePort();
	const { port: databasePort, pathname } = new URL(app);
	const name = pathname.slice(1);
	const users = [
		...[app, system].map((url) => [new URL(url).username, new URL(url).password].map(decodeURIComponent)),
		[LOOKER.name, LOOKER.password]
	];
	const userFile = path.join(dir, 'userlist.txt');
	writeFileSync(userFile, users.map((words) => words.map((word) => `"${word}"`).join(' ')).join('\n'));
	const file = path.join(dir, 'pgbouncer.ini');
	const text = filledIn('docs/deploy/pgbouncer.ini', [
		[
			'\nponctuel = host=127.0.0.1 port=5432 dbname=ponctuel',
			`\n${name} = host=127.0.0.1 port=${databasePort} dbname=${name}`
		],
		['\nlisten_port = 6432', `\nlisten_port = ${port}`],
		['\nauth_file = /etc/pgbouncer/userlist.txt', `\nauth_file = ${userFile}\nstats_users = ${LOOKER.name}`]
	]);
	writeFileSync(file, text);
	const asSomebody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
	return { port, child: await begin(program, [...asSomebody, file], path.join(dir, 'pgbouncer.log'), port) };
}

async function openFront(dir: string, program: string, [first, second]: number[]) {
	const port = await freePort();
	const site = path.join(dir, 'ponctuel.conf');
	const text = filledIn('docs/deploy/nginx.conf', [
		['server 127.0.0.1:3000 ', `server 127.0.0.1:${first} `],
		['server 127.0.0.1:3001 ', `server 127.0.0.1:${second} `],
		['listen 443 ssl http2;', `listen 127.0.0.1:${port};`],
		['server_name pay.example.com;', 'server_name localhost;'],
		['\tssl_certificate /etc', '\t# ssl_certificate /etc'],
		['\tssl_certificate_key /etc', '\t# ssl_certificate_key /etc']
	]);
	writeFileSync(site, text);
	const file = path.join(dir, 'nginx.conf');
	const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map((kind) => `${kind}_temp_path ${path.join(dir, kind)};`)
		.join(' ');
	writeFileSync(
		file,
		`daemon off; pid ${path.join(dir, 'nginx.pid')}; worker_processes 1; events { worker_connections 512; }
http { access_log off; ${places} include ${site}; }`
	);
	return {
		port,
		child: await begin(program, ['-e', 'stderr', '-c', file, '-p', dir], path.join(dir, 'nginx.log'), port)
	};
}

/** @throws Error when the file no longer has, once, what is to be replaced */
function filledIn(file: string, replacements: [string, string][]): string {
	let text = readFileSync(file, 'utf8');
	for (const [before, after] of replacements) {
		if (text.split(before).length !== 2) throw new Error(`${file} has not once: ${before.trim()}`);
		text = text.replace(before, () => after);
	}
	return text;
}

/** @throws Error with its last words when it does not come up */
async function begin(program: string, args: string[], log: string, port: number): Promise<ChildProcess> {
	const out = openSync(log, 'a');
	const child = spawn(program, args, { stdio: ['ignore', out, out] });
	closeSync(out);
	for (let i = 0; i < 200; i++) {
		if (await opens(port)) return child;
		if (child.exitCode !== null) break;
		await new Promise((done) => setTimeout(done, 50));
	}
	child.kill('SIGKILL');
	throw new Error(`${path.basename(program)} did not start: ${readFileSync(log, 'utf8').slice(-500)}`);
}
const opens = (port: number): Promise<boolean> =>
	new Promise((done) => {
		const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), done(true)));
		socket.once('error', () => done(false));
	});
function consoleOf(port: number): string {
	const address = new URL(`postgres://127.0.0.1:${port}/pgbouncer`);
	Object.assign(address, { username: LOOKER.name, password: LOOKER.password });
	return address.href;
}
