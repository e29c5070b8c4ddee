// Why PostgreSQL did not start, in one sentence with the cure, from what it wrote. Only a folder that is damaged is called damaged.
import { quoted } from './start-problem.ts';

export type Ended = {
	data: string;
	log: string;
	lines: string[];
	code: number | null;
	signal: string | null;
	user: string | null;
};

/** What PostgreSQL says of files that are not as it left them (backend/access/transam/xlog*.c, utils/init, common/controldata_utils.c). */
const DAMAGED =
	/PANIC|could not (read|open) (file|directory) "?(global|base|pg_wal|pg_xact|pg_multixact|pg_filenode|.*pg_control)|could not open file "\S*PG_VERSION"|incorrect checksum|invalid (primary |secondary )?checkpoint|invalid (page|magic number|data in file)|is not a valid data directory|could not find the database system|required (WAL|configuration) (directory|file) .*does not exist|control file .*(corrupt|invalid)|(does not exist|is missing).*(PG_VERSION|pg_control)|invalid contents/i;

export function postgresProblem({ data, log, lines, code, signal, user }: Ended): string {
	const text = lines.join('\n');
	const said =
		lines
			.findLast((line) => /PANIC|FATAL|ERROR|error:|could not|No space/i.test(line))
			?.replace(/^.*?(PANIC|FATAL|ERROR|error): +/, '') ?? (signal ? `ended by ${signal}` : `ended with ${code}`);
	const its = `PostgreSQL's own words are in ${log}.`;
	const running = /lock file "?postmaster\.pid"? already exists|pre-existing shared memory block/.test(text);
	if (running) return stillRunning(data, /\(PID (\d+)\)/.exec(text)?.[1] ?? null);
	if (/could not create (shared memory|semaphores)|could not (create|resize) shared memory segment/.test(text))
		return `PostgreSQL got no shared memory or semaphores from the system (${said}). The data is untouched. End other PostgreSQL servers, or raise the limit (kernel.sem, kernel.shmmni; in a container --shm-size). ${its}`;
	if (/No space left on device|disk quota exceeded/i.test(text))
		return `The disk of ${data} is full (${said}). The data is untouched. Free 300 MB and start again. ${its}`;
	if (/incompatible with server|initialized by PostgreSQL version/.test(text))
		return `The data in ${data} was made by another version of PostgreSQL (${detail(lines) ?? said}). It is untouched: export it with that version (pg_dump), or start with another folder: DATA_DIR=/some/folder npm start. ${its}`;
	if (/wrong ownership/.test(text))
		return `The data in ${data} belongs to somebody else than ${user ?? 'the user who starts'}. It is untouched: chown -R ${user ?? '"$(id -un)"'} ${quoted(data)}, and start again. ${its}`;
	if (/Permission denied|invalid permissions/i.test(text))
		return `PostgreSQL may not use ${data} (${said}). The data is untouched: give the folder to ${user ?? 'the user who starts'} (chown -R, chmod 700), and start again. ${its}`;
	if (/Too many open files/.test(text))
		return `PostgreSQL may not open enough files (${said}). The data is untouched: raise the limit (ulimit -n), and start again. ${its}`;
	if (/Input\/output error|Stale file handle|Transport endpoint/.test(text))
		return `The disk of ${data} does not answer as it should (${said}). Look at the disk before anything else (dmesg); nothing was changed. ${its}`;
	if (/is not a valid data directory: PG_VERSION is missing/.test(text))
		return `${data} holds other things than a database, and was left alone. Choose another folder: DATA_DIR=/some/folder npm start. ${its}`;
	if (DAMAGED.test(text))
		return `The data in ${data} is damaged (${said}). ${its} Restore a backup; if it held only the demo, put it aside (mv ${quoted(data)} ${quoted(`${data}.damaged`)}) and start again: the demo is made anew.`;
	if (signal === 'SIGKILL' || /out of memory|Cannot allocate memory/i.test(text))
		return `PostgreSQL was ended by the system, most likely for want of memory (${said}). The data is untouched. Free about 300 MB of memory and start again. ${its}`;
	return `PostgreSQL did not start: ${said}. The data in ${data} is untouched. ${its}`;
}
const detail = (lines: string[]): string | undefined =>
	lines.findLast((line) => /DETAIL/.test(line))?.replace(/^.*DETAIL: +/, '');

/** The folder is in use, by a server whose launcher is gone. */
export const stillRunning = (data: string, pid: number | string | null): string =>
	`A PostgreSQL ${pid ? `(process ${pid}) ` : ''}still runs on ${data}: what started it was killed before it could stop it. The data is well, and left alone. End it (${pid ? `kill -INT ${pid}` : 'kill -INT with its number'}), and start again.`;
