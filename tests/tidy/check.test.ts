// Steps that run side by side: none is lost, and what is wrong is told in its own words.
import { expect, test } from 'vitest';
import { sideBySide } from '#scripts/side-by-side.ts';
import { staticSteps } from '#scripts/static-steps.ts';

const how = { cwd: '.', env: process.env };
const node = (name: string, code: string) => ({ name, command: [process.execPath, '-e', code] });

test('what failed, what can’t be started and what is well are told apart, with every word', async () => {
	const told: unknown[] = [];
	const steps = [
		node('well', 'console.info("fine")'),
		node('failed', 'console.info("what"); console.error("why"); process.exitCode = 3'),
		node('killed', 'process.kill(process.pid, "SIGKILL")'),
		{ name: 'not there', command: ['/no/such/program'] }
	];
	await sideBySide(steps, how, ({ step, ok, said }) => told.push([step.name, ok, said]));
	expect(told).toHaveLength(4);
	expect(told).toEqual(
		expect.arrayContaining([
			['well', true, 'fine\n'],
			['failed', false, expect.stringMatching(/what\n[^]*why\n|why\n[^]*what\n/)],
			['killed', false, ''],
			['not there', false, expect.stringContaining('ENOENT')]
		])
	);
});
test('npm test remembers nothing of what it saw before; npm run check remembers by content', () => {
	const options = (remember: boolean) => staticSteps({ remember }).map(({ command }) => command.join(' '));
	expect(options(false).filter((command) => command.includes('--cache'))).toEqual([]);
	expect(options(true).filter((command) => /--cache --cache-strategy content/.test(command))).toHaveLength(2);
});
