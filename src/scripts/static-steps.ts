// What is looked at without running the product, each by the tool of its own. `npm test` asks it all anew, `npm run check` remembers what it has seen.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type Step = { name: string; command: string[] };
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const bin = (name: string): string => path.join(root, 'node_modules/.bin', name);
const CACHE = 'node_modules/.cache/check';
/** By what stands in a file, not by when it was written: a branch that was left and taken up again is not looked at again. */
const cacheIn = (file: string): string[] => [
	'--cache',
	'--cache-strategy',
	'content',
	'--cache-location',
	`${CACHE}/${file}`
];

/** The longest first: they run side by side. */
export const staticSteps = ({ remember }: { remember: boolean }): Step[] => [
	{
		name: 'types',
		command: [bin('svelte-check'), '--tsconfig', './tsconfig.json', '--threshold', 'warning', '--output', 'human']
	},
	{
		name: 'lint',
		command: [bin('eslint'), '--config', '.config/eslint.config.js', '.', ...(remember ? cacheIn('eslint') : [])]
	},
	{
		name: 'format',
		command: [bin('prettier'), '--check', '.', '--log-level', 'warn', ...(remember ? cacheIn('prettier') : [])]
	},
	{
		name: 'import boundaries',
		command: [bin('depcruise'), 'src', 'tests', '--config', '.config/dependency-cruiser.cjs', '--output-type', 'err']
	},
	{ name: 'dead code', command: [bin('knip'), '--config', '.config/knip.json', '--no-progress'] }
];
