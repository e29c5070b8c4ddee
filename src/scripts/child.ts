// Ending a child process: asked first, forced after ten seconds.
import type { ChildProcess } from 'node:child_process';

export const exitOf = (child: ChildProcess): Promise<number | null> =>
	child.exitCode !== null ? Promise.resolve(child.exitCode) : new Promise((done) => child.once('exit', done));

export async function endChild(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = exitOf(child);
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
	await gone;
	clearTimeout(timer);
}
