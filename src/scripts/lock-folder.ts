// One copy per data folder: a second start in the same place says so instead of fighting over the files.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartProblem } from './start-problem.ts';

/** @returns what gives the folder back. */
export function lockFolder(folder: string): () => void {
	const file = path.join(folder, 'running.pid');
	for (let isSecond = false; ; isSecond = true)
		try {
			writeFileSync(file, String(process.pid), { flag: 'wx' });
			return () => rmSync(file, { force: true });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
			const holder = Number(readFileSync(file, 'utf8'));
			if (isSecond || (holder && holder !== process.pid && isAlive(holder)))
				throw new StartProblem(
					`Another copy (process ${holder}) is running on ${folder}. Stop it, or give this one its own: PORT=3010 DATA_DIR=.data-2 npm start`
				);
			rmSync(file, { force: true });
		}
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
