// A PostgreSQL that still runs on a data folder because whoever started it was killed. It is recognised and left alone: two servers on
// one folder would destroy it.
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** How long a server whose launcher has just died takes to stop by itself. */
const STOPPING_MS = 20_000;

/**
 * Waits a little for it to end.
 * @returns the number of a process that still works in the folder, or null; then a lock file that another process's number makes look
 * held (a container that was restarted begins to count anew) is taken away.
 */
export async function leftRunning(data: string): Promise<number | null> {
	const until = performance.now() + STOPPING_MS;
	for (;;) {
		const pid = await runningIn(data);
		if (pid === null || performance.now() > until) return pid;
		await new Promise((done) => setTimeout(done, 200));
	}
}

async function runningIn(data: string): Promise<number | null> {
	const lock = path.join(data, 'postmaster.pid');
	const [pid, , , port, , address] = existsSync(lock) ? readFileSync(lock, 'utf8').split('\n') : [];
	if (process.platform === 'linux') {
		const workers = processesIn(data);
		const [first] = workers;
		if (first !== undefined) return workers.find((worker) => worker === Number(pid)) ?? first;
	} else if (pid && isAlive(Number(pid)) && (await answers(Number(port), address || '127.0.0.1'))) return Number(pid);
	// Dead: PostgreSQL sees that itself, and looks for shared memory still in use. Only a number that now is somebody else's misleads it.
	if (pid && isAlive(Number(pid))) rmSync(lock, { force: true });
	return null;
}
/** The server was given the folder by name; those it forked work in it, which only their own user may see. */
function processesIn(data: string): number[] {
	if (!existsSync(data)) return [];
	const folder = realpathSync(data);
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			const [program, ...words] = textOf(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
			if (!program?.includes('postgres')) return false;
			return words.includes(data) || textOf(() => readlinkSync(`/proc/${pid}/cwd`)) === folder;
		});
}
function textOf(read: () => string): string {
	try {
		return read();
	} catch {
		return ''; // Another user's, or gone meanwhile.
	}
}
function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
const answers = (port: number, host: string): Promise<boolean> =>
	new Promise((done) => {
		const socket = net.connect({ port, host }, () => (socket.destroy(), done(true)));
		socket.once('error', () => done(false)).setTimeout(2000, () => (socket.destroy(), done(false)));
	});
