// The launcher's watch over the product: who dies is started again, who was stopped is not, and what dies at once each time is given up with a sentence.
import { spawn, type ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { exitOf } from '#scripts/child.ts';
import { keepServing } from '#scripts/keep-serving.ts';

/** A product that does this each time it is started: programs of Node, one after the other, the last for ever. */
function product(...programs: string[]) {
	let starts = 0;
	const start = (): ChildProcess =>
		spawn(process.execPath, ['--eval', programs[Math.min(starts++, programs.length - 1)]!], { stdio: 'ignore' });
	const served = {
		server: start(),
		get exited() {
			return exitOf(served.server);
		},
		restart: async () => void (served.server = start())
	};
	return { served, starts: () => starts };
}
const WORKS = 'setInterval(() => {}, 1000)';

test('a server that was killed or failed is started again, in words; one that was stopped is not', async () => {
	const { served, starts } = product(WORKS, 'process.exit(3)', WORKS, 'process.exit(0)', WORKS);
	const said: string[] = [];
	const kept = keepServing(served, { isEnding: () => false, say: (sentence) => said.push(sentence), pauseMs: 1 });
	served.server.kill('SIGKILL');
	await expect.poll(starts).toBe(3);
	served.server.kill('SIGKILL');
	expect(await kept).toBe(0);
	expect(starts()).toBe(4);
	expect(said).toEqual([
		expect.stringContaining('was ended by SIGKILL. It is started again'),
		expect.stringContaining('ended with 3. It is started again'),
		expect.stringContaining('was ended by SIGKILL. It is started again')
	]);
});
test('one that ends at once each time is given up, with its own code, for whoever watches over the launcher', async () => {
	const { served, starts } = product('process.exit(7)');
	const said: string[] = [];
	expect(await keepServing(served, { isEnding: () => false, say: (text) => said.push(text), pauseMs: 1 })).toBe(7);
	expect(starts()).toBe(6);
	expect(said.at(-1)).toContain('not started again');
});
test('one that can not start yet, its database being away as well, is tried again', async () => {
	const { served, starts } = product(WORKS, WORKS, 'process.exit(0)');
	const said: string[] = [];
	const { restart } = served;
	let failures = 2;
	served.restart = async () => {
		if (failures-- > 0) throw new Error('its database is starting up');
		await restart();
	};
	const kept = keepServing(served, { isEnding: () => false, say: (text) => said.push(text), pauseMs: 1 });
	served.server.kill('SIGKILL');
	await expect.poll(starts).toBe(2);
	served.server.kill('SIGKILL');
	expect(await kept).toBe(0);
	expect(said.filter((text) => text.includes('its database is starting up'))).toHaveLength(2);
});
test('while everything is being stopped, nothing is started', async () => {
	const { served, starts } = product('process.exit(7)');
	expect(await keepServing(served, { isEnding: () => true, say: () => {}, pauseMs: 1 })).toBe(0);
	expect(starts()).toBe(1);
});
