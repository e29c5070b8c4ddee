// Mutation testing of the rules: docs/mutation.md. `npm run mutate -- --mutate src/lib/domain/offers/quote.ts` for one file.
import { fileURLToPath } from 'node:url';

export default {
	testRunner: 'vitest',
	plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('stryker-ignores.mjs', import.meta.url))],
	ignorers: ['names-of-the-missing'],
	vitest: { configFile: '.config/vitest.domain.config.ts' },
	mutate: ['src/lib/domain/**/*.ts'],
	ignorePatterns: [
		'**',
		'!package.json',
		'!.config/**',
		'!src/lib/**',
		'!tests/domain/**',
		'!tests/builders/**',
		'!tests/data/**'
	],
	concurrency: 2,
	tempDirName: 'reports/mutation/tmp',
	reporters: ['clear-text', 'progress', 'html', 'json'],
	clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false },
	htmlReporter: { fileName: 'reports/mutation/index.html' },
	jsonReporter: { fileName: 'reports/mutation/mutation.json' },
	thresholds: { high: 90, low: 80, break: null }
};
