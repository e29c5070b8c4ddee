// The log of a process: what keeps it from being written never ends the process.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

/** A program of its own with the log of the product, written to that file; the last line it writes itself tells that it lived. */
function logTo(file: string, lines: number, { before = '', after = '' } = {}) {
	const log = path.resolve('src/lib/server/log.ts');
	const program = `
		${before}
		const { openLog } = await import(${JSON.stringify(log)});
		const log = openLog('info');
		for (let i = 0; i < ${lines}; i++) {
			log.info({ i, text: 'x'.repeat(200) }, 'line');
			if (i % 100 === 0) await new Promise((done) => setImmediate(done));
		}
		${after}
		const { arrayBuffers, external, heapUsed } = process.memoryUsage();
		process.stderr.write(JSON.stringify({ alive: true, mb: Math.round((arrayBuffers + external + heapUsed) / 1024 / 1024) }));
	`;
	const fd = openSync(file, 'w');
	try {
		const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
			stdio: ['ignore', fd, 'pipe'],
			encoding: 'utf8',
			timeout: 60_000
		});
		return { status: run.status, said: run.stderr };
	} finally {
		closeSync(fd);
	}
}

test.skipIf(!existsSync('/dev/full'))(
	'a full disk under the log ends no process, and its memory stays what it was',
	() => {
		const { status, said } = logTo('/dev/full', 50_000);
		expect([status, said]).toEqual([0, expect.stringMatching(/^{"alive":true,"mb":\d+}$/)]);
		expect((JSON.parse(said) as { mb: number }).mb).toBeLessThan(60);
	}
);
test('when there is room again, the log goes on where it stopped, and says how many lines it left out', () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'ponctuel-log-'));
	try {
		const file = path.join(folder, 'log');
		const before = `
			const { default: fs } = await import('node:fs');
			const { writeSync } = fs;
			let isFull = true;
			fs.writeSync = (...input) => {
				if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
				return writeSync(...input);
			};`;
		const after = `
			isFull = false;
			for (let i = 0; i < 3; i++) {
				log.info('room again');
				await new Promise((done) => setImmediate(done));
			}`;
		const { status, said } = logTo(file, 10_000, { before, after });
		expect([status, said]).toEqual([0, expect.stringContaining('"alive":true')]);
		const lines = readFileSync(file, 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { msg: string; i?: number; lost?: number });
		const kept = lines.filter((line) => line.i !== undefined);
		expect(kept.map(({ i }) => i)).toEqual(kept.map((_, i) => i));
		const again = lines.filter(({ msg }) => msg === 'room again').length;
		const lost = lines.flatMap((line) => line.lost ?? []);
		expect(again).toBeGreaterThan(0);
		expect(lost).toEqual([10_000 + 3 - kept.length - again]);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
