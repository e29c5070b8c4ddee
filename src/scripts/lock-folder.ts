// One copy per data folder: a second start in the same place says so instead of fighting over the files.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartProblem } from './start-problem.ts';

/** @returns what gives the folder back. */
export function lockFolder(folder: string): () => void {
	const file = path.join(folder, 'running.pid');
	const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
	if (holder && holder !== process.pid && isAlive(holder))
		throw new StartProblem(
			`Another copy (process ${holder}) is running on ${folder}. Stop it, or give this one its own: PORT=3010 DATA_DIR=.data-2 npm start`
		);
	writeFileSync(file, String(process.pid));
	return () => rmSync(file, { force: true });
}
/** Alive and one of ours: after a crash or a restart of the machine the number may belong to somebody else. */
function isAlive(pid: number): boolean {
	try {
		if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.ts');
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
