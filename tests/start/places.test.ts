// A stranger's first minute: `npm start` on a copy in which nothing was installed, where root alone may enter, and as a user without rights.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from '#scripts/embedded-postgres.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const MADE_HERE =
	/^(node_modules|build|\.git|\.svelte-kit|\.data|reports|test-results|playwright-report|src\/lib\/paraglide|project\.inlang\/(cache|README\.md|\.gitignore|\.meta\.json))$/;
const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }))), 600_000);

/** What a clone or a downloaded archive holds, and nothing else, in a folder with that mode and owner. */
function copyFor(uid: number | null, mode: number): { home: string; copy: string } {
	const home = mkdtempSync(path.join(tmpdir(), 'ponctuel-place-'));
	made.push(home);
	const copy = path.join(home, 'l’été d’un "client"');
	cpSync('.', copy, { recursive: true, filter: (from) => !MADE_HERE.test(from) });
	expect(existsSync(path.join(copy, 'node_modules'))).toBe(false);
	if (uid !== null) giveTo(home, uid);
	chmodSync(home, mode);
	return { home, copy };
}
function giveTo(file: string, uid: number): void {
	chownSync(file, uid, uid);
	for (const entry of readdirSync(file, { withFileTypes: true }))
		if (entry.isDirectory()) giveTo(path.join(file, entry.name), uid);
		else chownSync(path.join(file, entry.name), uid, uid);
}
/** As long as the test lasts. (`expect.poll` forgets which test it is of where two run at once.) */
async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await happened())) await new Promise((done) => setTimeout(done, 300));
}
/** The server and its database are killed, each alone: both come back by themselves, on the same address. */
async function survives(copy: string, port: number): Promise<void> {
	if (process.platform !== 'linux') return;
	const listOf = (words: RegExp): number[] =>
		readdirSync('/proc')
			.filter((name) => /^\d+$/.test(name))
			.filter((name) => {
				try {
					return words.test(readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '));
				} catch {
					return false;
				}
			})
			.map(Number);
	const note = path.join(copy, '.data/postgres-place.json');
	const place = existsSync(note) ? (JSON.parse(readFileSync(note, 'utf8')) as { data?: string }) : {};
	const lock = path.join(place.data ?? path.join(copy, '.data/postgres'), 'postmaster.pid');
	const server = () =>
		listOf(/build\/index\.js/).find((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`PORT=${port}\0`));
	const postmaster = () => Number(readFileSync(lock, 'utf8').split('\n')[0]);
	for (const find of [server, postmaster]) {
		const before = find()!;
		process.kill(before, 'SIGKILL');
		await until(
			async () =>
				(await fetch(`http://127.0.0.1:${port}/health/ready`).then(
					({ ok }) => ok,
					() => false
				)) && find() !== before
		);
	}
}
/** Starts, sees the demo answer, and ends it as Ctrl-C does. */
async function startIn({ home, copy }: { home: string; copy: string }, uid: number | null): Promise<void> {
	const port = await freePort();
	// The shell of a stranger: nothing of ours, and nothing that npm has told the test.
	const { PATH, ...shell } = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE$|VITE|TEST$|CI$)/i.test(name))
	);
	const folders = PATH!.split(path.delimiter).filter((folder) => !folder.includes('node_modules'));
	const child = spawn('sh', ['-c', 'umask 077; exec npm start'], {
		cwd: copy,
		env: { ...shell, PATH: folders.join(path.delimiter), HOME: home, PORT: String(port), NODE_ENV: 'production' },
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
		...(uid === null ? {} : { uid, gid: uid })
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
	let isOver = false;
	const ended = new Promise<void>((done) => child.once('exit', () => ((isOver = true), done())));
	try {
		await until(() => isOver || said.includes('Ponctuel, demonstration'));
		expect(said).toContain('Ponctuel, demonstration');
		expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
		await survives(copy, port);
		for (const word of ['Installing packages', 'Building the pages', 'Starting the database', 'Living through'])
			expect(said).toMatch(new RegExp(`${word}.*: done in \\d+ s`));
	} finally {
		if (!isOver) process.kill(-child.pid!, 'SIGINT');
		await ended;
	}
	await until(() =>
		fetch(`http://127.0.0.1:${port}/health/live`).then(
			() => false,
			() => true
		)
	);
	await until(() => !existsSync(path.join(copy, '.data/running.pid')));
	const note = path.join(copy, '.data/postgres-place.json');
	if (!existsSync(note)) return;
	const { data, program } = JSON.parse(readFileSync(note, 'utf8')) as { data?: string; program?: string };
	if (program) made.push(path.resolve(program, '../..'));
	if (!data) return;
	expect(existsSync(path.join(data, 'postmaster.pid'))).toBe(false);
	made.push(path.dirname(data));
}

describe.concurrent('npm start, on a copy without anything installed', () => {
	test.skipIf(!isRoot)('as root, below a folder that only root may enter, under umask 077', async () => {
		const place = copyFor(null, 0o700);
		await startIn(place, null);
		expect(existsSync(path.join(place.copy, '.data/postgres-place.json'))).toBe(true);
	});
	test('as a user without rights, under umask 077', async () => {
		const uid = isRoot ? NOBODY : null;
		const place = copyFor(uid, 0o755);
		await startIn(place, uid);
		expect(existsSync(path.join(place.copy, '.data/postgres/PG_VERSION'))).toBe(true);
	});
});
