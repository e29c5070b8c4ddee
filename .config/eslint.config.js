import { readFileSync } from 'node:fs';
import path from 'node:path';
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from '../svelte.config.js';
import { oneProgram } from './one-program.js';

/** The cache asks what the configuration is, and functions can't be written down: its text can. */
const pages = {
	...svelteConfig,
	toJSON: () => readFileSync(path.join(import.meta.dirname, '../svelte.config.js'), 'utf8')
};

export default ts.config(
	{
		ignores: [
			'build/',
			'**/.svelte-kit/',
			'src/lib/paraglide/',
			'**/*.generated.*',
			'drizzle/meta/',
			'playwright-report/',
			'test-results/',
			'reports/',
			'.data/',
			'.config/*.cjs'
		]
	},
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{ languageOptions: { globals: { ...globals.browser, ...globals.node } } },
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: oneProgram, svelteConfig: pages } }
	},
	{ files: ['src/**/*.ts', 'tests/**/*.ts'], ignores: ['**/*.svelte.ts'], languageOptions: { parser: oneProgram } },
	{
		rules: {
			'no-undef': 'off',
			'svelte/no-navigation-without-resolve': 'off',
			// {' '} keeps a space that the formatter would swallow.
			'svelte/no-useless-mustaches': 'off',
			// Needs types, is slow with them, and no page uses a store.
			'svelte/require-store-reactive-access': 'off',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }]
		}
	},
	{
		files: ['src/lib/**/*.ts', 'src/routes/**/*.ts'],
		rules: {
			'max-lines': ['error', 300],
			'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }]
		}
	},
	{
		// A promise that nobody waits for loses its error, and the order of what it does. This needs types.
		files: ['src/**/*.ts', 'tests/**/*.ts', 'src/**/*.svelte'],
		languageOptions: {
			parserOptions: {
				projectService: { allowDefaultProject: ['src/service-worker.ts'] },
				tsconfigRootDir: path.join(import.meta.dirname, '..'),
				extraFileExtensions: ['.svelte']
			}
		},
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }]
		}
	},
	{
		// `x!` goes on with nothing where something was expected. domain/required.ts says what is missing, and stops. Tests are left out: there it stops the
		// test. So is scripts/chaos, which knows nothing of the product: where something is missing there, the seed ends.
		files: ['src/**/*.{ts,svelte}'],
		ignores: ['src/scripts/chaos/**'],
		rules: { '@typescript-eslint/no-non-null-assertion': 'error' }
	}
);
