// Starts the bundled PostgreSQL when DATABASE_URL is not set.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { leftRunning } from './postgres-left-running.ts';
import { postgresProblem, stillRunning, type Ended } from './postgres-problem.ts';
import { noteMade, placePostgres } from './postgres-program.ts';
import { StartProblem } from './start-problem.ts';

export const freePort = (): Promise<number> =>
	new Promise((done, failed) => {
		const server = net.createServer();
		server.once('error', failed).listen(0, '127.0.0.1', () => {
			const { port } = server.address() as net.AddressInfo;
			server.close(() => done(port));
		});
	});
export type Embedded = {
	url: (database: string) => string;
	/** Where the data lies: `dir`, unless PostgreSQL's user can't get there. */
	data: string;
	/** Makes it unless it is there, and says as whom it is migrated. */
	create: (database: string) => Promise<string>;
	/** It has stopped, asked or not. */
	ended: Promise<void>;
	/** As an operator does it, on the same port; resolves when it answers again. */
	restart: () => Promise<void>;
	stop: () => Promise<void>;
};
/** Another program may take a free port before PostgreSQL does. */
const PORTS_TRIED = 3;

/**
 * @param dir the data folder, made when it is not there; `postgres.log` beside it holds what this start wrote
 * @param persistent false: nothing is kept, and nothing waits for the disk
 * @throws StartProblem with the reason and the cure
 */
export async function embedded({ dir, persistent = true }: { dir: string; persistent?: boolean }): Promise<Embedded> {
	const place = placePostgres(path.resolve(dir), persistent);
	const pid = await leftRunning(place.data);
	if (pid) throw new StartProblem(stillRunning(place.data, pid));
	const home = path.dirname(path.resolve(dir));
	const log = path.join(home, 'postgres.log');
	const password = persistent ? keptPassword(home) : FIRST_PASSWORD;
	for (let attempt = 1; ; attempt++) {
		const port = await freePort();
		const child = fork(
			fileURLToPath(new URL('./postgres-child.ts', import.meta.url)),
			[JSON.stringify({ ...place, port, persistent, log })],
			// The list of processes is everybody's to read, an environment is not.
			{
				detached: true,
				stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
				env: { ...process.env, INITIAL_PASSWORD: password }
			}
		);
		const gone = new Promise<void>((done) => child.once('exit', () => done()));
		const answer = await new Promise<'ready' | Pick<Ended, 'lines' | 'code' | 'signal'>>((done) => {
			child.once('message', done);
			void gone.then(() => done({ lines: [], code: child.exitCode, signal: child.signalCode }));
		});
		if (answer !== 'ready') {
			await gone;
			if (attempt < PORTS_TRIED && answer.lines.some((line) => /Address already in use/.test(line))) continue;
			throw new StartProblem(postgresProblem({ ...answer, data: place.data, log, user: place.user?.name ?? null }));
		}
		noteMade(path.resolve(dir));
		const urlOf = (user: string, word: string, database: string) =>
			`postgres://${user}:${word}@127.0.0.1:${port}/${database}`;
		const url = (database: string) => urlOf('postgres', password, database);
		if (password !== FIRST_PASSWORD) await changeFirstPassword(urlOf('postgres', FIRST_PASSWORD, 'postgres'), password);
		return {
			url,
			data: place.data,
			ended: gone,
			restart: () =>
				new Promise((done) => {
					child.once('message', () => done());
					child.send('restart');
				}),
			create: (database) =>
				createDatabase(url, database, (word) => urlOf(OWNER, word, database), persistent ? password : OWNER),
			stop: async () => {
				if (child.connected) child.send('stop');
				await gone;
			}
		};
	}
}
/** Of every folder made before passwords were kept, and of those that tests make and throw away. */
const FIRST_PASSWORD = 'postgres';
/** Made once for a data folder, and readable by who may read it: other users of the machine reach the port, and a superuser runs programs. */
function keptPassword(home: string): string {
	const file = path.join(home, 'postgres-password');
	const kept = existsSync(file) ? readFileSync(file, 'utf8') : '';
	if (kept.length >= 32) return kept;
	const made = randomBytes(24).toString('hex');
	writeFileSync(`${file}.new`, made, { mode: 0o600 });
	renameSync(`${file}.new`, file);
	return made;
}
/** A folder from before: its superuser still has the first password. */
async function changeFirstPassword(first: string, password: string): Promise<void> {
	const sql = postgres(first, { max: 1, onnotice: () => {} });
	try {
		await sql.unsafe(`alter role postgres password '${password}'`);
	} catch (error) {
		if ((error as { code?: string }).code !== '28P01') throw error; // It has been changed: the usual case.
	} finally {
		await sql.end();
	}
}

/** Owns the tables, and is no superuser: what row-level security forces on a real installation's owner is forced on it too. */
const OWNER = 'ponctuel_owner';
async function createDatabase(
	url: (database: string) => string,
	name: string,
	ownersUrl: (password: string) => string,
	password: string
): Promise<string> {
	const sql = postgres(url('postgres'), { max: 1, onnotice: () => {} });
	try {
		const isThere = (await sql`select from pg_roles where rolname = ${OWNER}`).length > 0;
		await sql.unsafe(`${isThere ? 'alter' : 'create'} role ${OWNER} login createrole password '${password}'`);
		const known = await sql<
			{ owner: string }[]
		>`select pg_get_userbyid(datdba) as owner from pg_database where datname = ${name}`;
		if (!known.length) await sql.unsafe(`create database "${name}" owner ${OWNER}`);
		// A folder made before there was such an owner stays the superuser's.
		const [there] = known;
		return there && there.owner !== OWNER ? url(name) : ownersUrl(password);
	} finally {
		await sql.end();
	}
}
