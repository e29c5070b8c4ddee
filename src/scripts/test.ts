// npm test: everything, in order, counted. Ends with one line that a machine can read.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bin = (name: string): string => path.join(root, 'node_modules/.bin', name);
type Counts = { passed: number; failed: number; skipped: number };
type Step = { name: string; command: string[]; count?: () => Counts };
const REPORTS = path.join(root, 'reports');

const tellFailure = (title: string, message: string): void => {
	summary.push(`     ${title}\n${stripVTControlCharacters(message).slice(0, 1500)}\n`);
};

/** vitest's JSON report. What failed and why goes to the summary, so that the end of a log is enough to know. */
const vitestCounts = (file: string) => (): Counts => {
	const report = JSON.parse(readFileSync(path.join(REPORTS, file), 'utf8')) as {
		numPassedTests: number;
		numFailedTests: number;
		numPendingTests: number;
		numTodoTests: number;
		testResults: {
			name: string;
			message?: string;
			assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
		}[];
	};
	for (const { name, message = '', assertionResults } of report.testResults) {
		const failed = assertionResults.filter(({ status }) => status === 'failed');
		// A file that did not load has no test that failed.
		if (!failed.length && message) tellFailure(path.relative(root, name), message);
		for (const { fullName, failureMessages = [] } of failed)
			tellFailure(`${path.relative(root, name)} ${fullName}`, failureMessages.join('\n'));
	}
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests,
		skipped: report.numPendingTests + report.numTodoTests
	};
};
const vitest = (name: string, projects: string[]): Step => {
	const report = `vitest-${projects[0]}.json`;
	const options = ['--reporter=default', '--reporter=json', `--outputFile.json=reports/${report}`];
	return {
		name,
		command: [bin('vitest'), 'run', ...projects.map((project) => `--project=${project}`), ...options],
		count: vitestCounts(report)
	};
};
type Suite = {
	suites?: Suite[];
	specs?: {
		title: string;
		file: string;
		tests: { projectName: string; results: { errors?: { message?: string; location?: { line: number } }[] }[] }[];
	}[];
};
/** Playwright's JSON report. What failed and why goes to the summary, so that the end of a log is enough to know. */
const browserCounts = (): Counts => {
	const { stats, suites } = JSON.parse(readFileSync(path.join(root, 'test-results/results.json'), 'utf8')) as {
		stats: { expected: number; unexpected: number; flaky: number; skipped: number };
		suites: Suite[];
	};
	for (const suite of suites) tellFailures(suite);
	return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
};
function tellFailures({ suites = [], specs = [] }: Suite): void {
	for (const { title, file, tests } of specs)
		for (const { projectName, results } of tests)
			for (const { location, message = '' } of results.flatMap(({ errors = [] }) => errors))
				tellFailure(`[${projectName}] ${file}:${location?.line ?? '?'} ${title}`, message);
	suites.forEach(tellFailures);
}

const STEPS: Step[] = [
	{ name: 'format', command: [bin('prettier'), '--check', '.', '--log-level', 'warn'] },
	{ name: 'lint', command: [bin('eslint'), '--config', '.config/eslint.config.js', '.'] },
	{
		name: 'types',
		command: [bin('svelte-check'), '--tsconfig', './tsconfig.json', '--threshold', 'warning', '--output', 'human']
	},
	{
		name: 'import boundaries',
		command: [bin('depcruise'), 'src', 'tests', '--config', '.config/dependency-cruiser.cjs', '--output-type', 'err']
	},
	{ name: 'dead code', command: [bin('knip'), '--config', '.config/knip.json', '--no-progress'] },
	{ name: 'lock file', command: [process.execPath, 'src/scripts/lock-check.ts'] },
	{ name: 'licences, known vulnerabilities, secrets', command: [process.execPath, 'src/scripts/supply-check.ts'] },
	vitest('unit, tidy, sandbox contract, server', ['domain', 'sandbox', 'server']),
	vitest('first start, where a stranger clones', ['start']),
	{
		name: 'chaos, two seeds (npm run chaos has more)',
		command: [process.execPath, 'src/scripts/chaos.ts', '--seeds', '1-2', '--steps', '70', '--minutes', '0.4']
	},
	{
		name: 'browser, desk and phone',
		command: [bin('playwright'), 'test', '--config', '.config/playwright.config.ts'],
		count: browserCounts
	}
];

/** Tests make a world of their own: what this shell was set up for (a real database, real keys, production) is none of theirs. */
const ours = [...readFileSync(path.join(root, '.env.example'), 'utf8').matchAll(/^#? ?([A-Z_]+)=/gm)].map(
	([, name = '']) => name
);
const env = Object.fromEntries(
	Object.entries(process.env).filter(([name]) => ![...ours, 'NODE_ENV', 'PORT', 'HOST', 'DATA_DIR'].includes(name))
);
const run = (command: string[]): Promise<number> =>
	new Promise((done) => {
		const [program = '', ...options] = command;
		const child = spawn(program, options, {
			cwd: root,
			stdio: ['ignore', 'inherit', 'inherit'],
			env: { ...env, FORCE_COLOR: '0', STRIPE_SUPPRESS_NOTICES: 'true' }
		});
		child.once('exit', (code) => done(code ?? 1));
	});

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const summary: string[] = [];
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const only = process.argv[2];
for (const step of STEPS.filter((candidate) => !only || candidate.name.includes(only))) {
	console.info(`\n== ${step.name}`);
	const started = performance.now();
	const ok = (await run(step.command)) === 0;
	let counts: Counts = { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
	if (step.count) {
		try {
			counts = step.count();
		} catch {
			counts = { passed: 0, failed: 1, skipped: 0 };
		}
		// A run that broke outside any test is a failure too.
		if (!ok && counts.failed === 0) counts.failed = 1;
	}
	total.passed += counts.passed;
	total.failed += counts.failed;
	total.skipped += counts.skipped;
	summary.push(
		`${ok ? 'ok  ' : 'FAIL'} ${step.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${Math.round((performance.now() - started) / 1000)} s`
	);
}
if (existsSync(REPORTS)) console.info(`\n${summary.join('\n')}\n`);
console.info(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed || !total.passed ? 1 : 0);
