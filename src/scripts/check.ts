// npm run check: everything that needs neither database nor browser, side by side. A line for what is well, every word of what is not.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sideBySide, type Done } from './side-by-side.ts';
import { bin, staticSteps, type Step } from './static-steps.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const [types, ...others] = staticSteps({ remember: true });
const steps = [
	...(types ? [types] : []),
	// One worker: the other core has the types.
	{ name: 'domain, tidy', command: [bin('vitest'), 'run', '--project=domain', '--maxWorkers=1'] },
	...others
];
/** What the others read: a new route, a new word. */
const made = [
	{ name: 'routes', command: [bin('svelte-kit'), 'sync'] },
	{
		name: 'words',
		command: [
			bin('paraglide-js'),
			'compile',
			'--project',
			'./project.inlang',
			'--outdir',
			'./src/lib/paraglide',
			'--silent'
		]
	}
];
const how = { cwd: root, env: { ...process.env, FORCE_COLOR: '0', STRIPE_SUPPRESS_NOTICES: 'true' } };
const started = performance.now();
let failed = 0;
const tell = ({ step, ok, seconds, said }: Done<Step>): void => {
	if (!ok) failed++;
	console.info(`${ok ? 'ok  ' : 'FAIL'} ${step.name}, ${seconds} s${ok ? '' : `\n${said.trimEnd()}\n`}`);
};
await sideBySide(made, how, tell);
await sideBySide(steps, how, tell);
console.info(`\n${failed ? `${failed} failed` : 'All well'}, ${Math.round((performance.now() - started) / 1000)} s`);
process.exit(failed ? 1 : 0);
