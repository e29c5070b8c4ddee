// The bundled PostgreSQL: where it finds a place, what is left running is left alone, and only damage is called damage.
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { embedded } from '#scripts/embedded-postgres.ts';
import { postgresProblem } from '#scripts/postgres-problem.ts';
import { noteMade, packagedProgram, placePostgres } from '#scripts/postgres-program.ts';

const isRoot = process.getuid?.() === 0;
const home = mkdtempSync(path.join(tmpdir(), 'ponctuel-database-'));
chmodSync(home, 0o755);
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

describe('what PostgreSQL says is told as what it is', () => {
	const told = (lines: string[], more: Partial<Parameters<typeof postgresProblem>[0]> = {}) =>
		postgresProblem({
			data: '/d a/postgres',
			log: '/d a/postgres.log',
			lines,
			code: 1,
			signal: null,
			user: 'postgres',
			...more
		});
	const CASES: [string, string[], RegExp][] = [
		[
			'a full disk',
			['FATAL:  could not write lock file "postmaster.pid": No space left on device'],
			/disk of .* is full/
		],
		['no semaphores', ['FATAL:  could not create semaphores: No space left on device'], /shared memory or semaphores/],
		[
			'a server of another version',
			[
				'FATAL:  database files are incompatible with server',
				'DETAIL:  The data directory was initialized by PostgreSQL version 17, which is not compatible'
			],
			/another version of PostgreSQL \(The data directory was initialized by PostgreSQL version 17/
		],
		[
			'somebody else’s files',
			['FATAL:  data directory "/d" has wrong ownership'],
			/chown -R postgres '\/d a\/postgres'/
		],
		['closed files', ['FATAL:  could not open file "/d/postgresql.conf": Permission denied'], /may not use/],
		[
			'a file that may not be read',
			['FATAL:  could not open file "global/pg_filenode.map": Permission denied'],
			/may not use/
		],
		[
			'a server still there',
			['FATAL:  lock file "postmaster.pid" already exists', 'HINT:  Is another postmaster (PID 7) running'],
			/process 7\) still runs on/
		],
		['memory in use', ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use'], /still runs on/],
		['no memory', ['FATAL:  could not map anonymous shared memory: Cannot allocate memory'], /want of memory/],
		[
			'a configuration with a mistake',
			['FATAL:  configuration file "/d/postgresql.conf" contains errors'],
			/did not start: configuration file/
		],
		['too many files', ['FATAL:  could not open file "base/1/2": Too many open files'], /ulimit -n/],
		[
			'a disk that fails',
			['FATAL:  could not read file "base/1/2": Input/output error'],
			/does not answer as it should/
		],
		['nothing', [], /did not start: ended with 1\./]
	];
	test.each(CASES)('%s', (_name, lines, sentence) => {
		const text = told(lines);
		expect(text).toMatch(sentence);
		expect(text).not.toMatch(/damaged|put it aside|\bmv /);
		expect(text).toMatch(/untouched|left alone|nothing was changed/);
	});
	test('a kill by the system', () => expect(told([], { code: null, signal: 'SIGKILL' })).toMatch(/want of memory/));
	test.each([
		'PANIC:  could not locate a valid checkpoint record at 0/1',
		'FATAL:  could not open file "global/pg_control": No such file or directory',
		'FATAL:  "/d" is not a valid data directory',
		'FATAL:  incorrect checksum in control file',
		'FATAL:  could not read file "base/5/1259": read only 0 of 8192 bytes'
	])('damage: %s', (line) =>
		expect(told([line])).toMatch(/is damaged .*postgres\.log.*mv '\/d a\/postgres' '\/d a\/postgres.damaged'/)
	);
});

describe('seen on a real server', () => {
	test('a start that was killed while the database was made is made anew', async () => {
		const dir = path.join(home, 'half/postgres');
		mkdirSync(`${dir}.making`, { recursive: true });
		writeFileSync(`${dir}.making/PG_VERSION`, '18\n');
		const server = await embedded({ dir });
		await server.stop();
		expect(existsSync(`${dir}.making`)).toBe(false);
		expect(readFileSync(path.join(home, 'half/postgres.log'), 'utf8')).toContain('database system is ready');
	});
	test('files that are cut off are called damaged, with PostgreSQL’s own words beside them', async () => {
		const dir = path.join(home, 'damaged/postgres');
		await (await embedded({ dir })).stop();
		truncateSync(path.join(dir, 'global/pg_control'), 10);
		await expect(embedded({ dir })).rejects.toThrow(/is damaged/);
		expect(readFileSync(path.join(home, 'damaged/postgres.log'), 'utf8')).toMatch(/pg_control/);
	});
	test('a folder with other things in it is no database, and stays as it is', async () => {
		const dir = path.join(home, 'other/postgres');
		mkdirSync(dir, { recursive: true });
		writeFileSync(path.join(dir, 'letter.txt'), 'dear');
		const told = await embedded({ dir }).catch((error: Error) => error.message);
		expect(told).toMatch(/holds other things than a database, and was left alone/);
		expect(told).not.toMatch(/damaged|\bmv /);
		expect(readFileSync(path.join(dir, 'letter.txt'), 'utf8')).toBe('dear');
	});
	test('files of another version are not called damaged', async () => {
		const dir = path.join(home, 'older/postgres');
		await (await embedded({ dir })).stop();
		writeFileSync(path.join(dir, 'PG_VERSION'), '17\n');
		await expect(embedded({ dir })).rejects.toThrow(/another version of PostgreSQL.*untouched/);
	});
	test.skipIf(process.platform !== 'linux')(
		'a server whose launcher was killed is recognised and left alone',
		async () => {
			const dir = path.join(home, 'orphan/postgres');
			await embedded({ dir });
			const lock = readFileSync(path.join(dir, 'postmaster.pid'), 'utf8');
			const pid = Number(lock.split('\n')[0]);
			const launcher = Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
			process.kill(launcher, 'SIGKILL');
			await expect(embedded({ dir })).rejects.toThrow(`PostgreSQL (process ${pid}) still runs on ${dir}`);
			expect(readFileSync(path.join(dir, 'postmaster.pid'), 'utf8')).toBe(lock);
			process.kill(pid, 0);
			process.kill(pid, 'SIGINT');
			const server = await embedded({ dir });
			await server.stop();
		}
	);
	test('a lock whose number is somebody else’s by now holds nobody up', async () => {
		const dir = path.join(home, 'stale/postgres');
		await (await embedded({ dir })).stop();
		writeFileSync(
			path.join(dir, 'postmaster.pid'),
			`${process.pid}\n${dir}\n1790000000\n5432\n\n127.0.0.1\n   1  2\nready\n`
		);
		const server = await embedded({ dir });
		expect(readFileSync(path.join(dir, 'postmaster.pid'), 'utf8')).not.toContain(`${process.pid}\n`);
		await server.stop();
	});
});

describe.skipIf(!isRoot)('as root, whose PostgreSQL runs as another user', () => {
	const mounted: string[] = [];
	afterAll(() => mounted.forEach((folder) => spawnSync('umount', [folder])));
	/** A disk of its own; null where this machine may not mount. */
	function disk(options: string): string | null {
		const folder = mkdtempSync(path.join(home, 'disk-'));
		if (spawnSync('mount', ['-t', 'tmpfs', '-o', `mode=755,${options}`, 'none', folder]).status !== 0) return null;
		mounted.push(folder);
		return folder;
	}
	const closed = (): string => {
		const folder = mkdtempSync(path.join(home, 'closed-'));
		mkdirSync(path.join(folder, 'data'));
		return path.join(folder, 'data/postgres');
	};
	test('below a closed folder the data finds a place elsewhere, under a name nobody can have prepared, and is found again', async () => {
		const dir = closed();
		const open = mkdtempSync(path.join(home, 'open-'));
		chmodSync(open, 0o755);
		const missing = path.join(home, 'missing');
		const first = placePostgres(dir, true, { places: [missing, open] });
		expect(first.data).toMatch(new RegExp(`^${open}/ponctuel-[0-9a-f]{12}/data$`));
		// Killed before a database was made: the same place serves again.
		expect(placePostgres(dir, true, { places: [missing] }).data).toBe(first.data);
		mkdirSync(first.data);
		noteMade(dir);
		expect(placePostgres(dir, true, { places: [missing] }).data).toBe(first.data);
		const copy = closed();
		cpSync(path.join(path.dirname(dir), 'postgres-place.json'), path.join(path.dirname(copy), 'postgres-place.json'));
		expect(() => placePostgres(copy, true, { places: [open] })).toThrow(/was copied from .*two copies can't share it/);
		writeFileSync(path.join(path.dirname(copy), 'postgres-place.json'), '{"data":"/va');
		expect(() => placePostgres(copy, true, { places: [open] })).toThrow(/can't be read: it was cut off/);
		rmSync(first.data, { recursive: true });
		expect(() => placePostgres(dir, true, { places: [open] })).toThrow(/which is gone. Bring it back from a backup/);
	});
	const small = disk('size=1m');
	test.skipIf(!small)('a full place is passed over; where none is left, each is named with its reason', () => {
		const missing = path.join(home, 'missing');
		expect(() => placePostgres(closed(), true, { places: [missing, small!] })).toThrow(
			new RegExp(`no other folder serves \\(${missing}: missing; ${small}: full\\).*DATABASE_URL`)
		);
	});
	const noexec = disk('noexec');
	test.skipIf(!noexec)(
		'below a closed folder the program is copied to a place where it runs, not to one that forbids it',
		() => {
			const hidden = mkdtempSync(path.join(home, 'hidden-'));
			cpSync(path.dirname(packagedProgram()), path.join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
			const program = path.join(hidden, 'native/bin');
			const open = mkdtempSync(path.join(home, 'open-'));
			chmodSync(open, 0o755);
			const found = placePostgres(closed(), true, { program, places: [noexec!, open] });
			expect(found.data.startsWith(noexec!)).toBe(true);
			expect(found.bin).toMatch(new RegExp(`^${open}/ponctuel-[0-9a-f]{12}/program/bin$`));
			expect(() => placePostgres(closed(), true, { program, places: [noexec!] })).toThrow(`${noexec}: mounted noexec`);
		}
	);
});
