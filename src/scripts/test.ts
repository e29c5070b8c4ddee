// npm test: everything, in order, counted. Ends with one line that a machine can read.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { sideBySide } from './side-by-side.ts';
import { bin, staticSteps, type Step as StaticStep } from './static-steps.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
type Counts = { passed: number; failed: number; skipped: number };
type Step = StaticStep & { count?: () => Counts };
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
	const reporters = ['default', 'json', './.config/hung-tests.ts'].map((reporter) => `--reporter=${reporter}`);
	const options = [...reporters, `--outputFile.json=reports/${report}`];
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

/** Side by side. */
const STATIC: Step[] = [
	...staticSteps({ remember: false }),
	{ name: 'licences, known vulnerabilities, secrets', command: [process.execPath, 'src/scripts/supply-check.ts'] },
	{ name: 'lock file', command: [process.execPath, 'src/scripts/lock-check.ts'] }
];
/** One after the other: each has the machine to itself. */
const STEPS: Step[] = [
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
const how = { cwd: root, env: { ...env, FORCE_COLOR: '0', STRIPE_SUPPRESS_NOTICES: 'true' } };
const run = (command: string[]): Promise<number> =>
	new Promise((done) => {
		const [program = '', ...options] = command;
		const child = spawn(program, options, { ...how, stdio: ['ignore', 'inherit', 'inherit'] });
		child.once('exit', (code) => done(code ?? 1));
	});

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const summary: string[] = [];
function countIn(name: string, ok: boolean, seconds: number, counts: Counts): void {
	total.passed += counts.passed;
	total.failed += counts.failed;
	total.skipped += counts.skipped;
	summary.push(
		`${ok ? 'ok  ' : 'FAIL'} ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`
	);
}
const asOne = (ok: boolean): Counts => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const only = process.argv[2];
const isAsked = ({ name }: Step): boolean => !only || name.includes(only);
await sideBySide(STATIC.filter(isAsked), how, ({ step, ok, seconds, said }) => {
	console.info(`\n== ${step.name}\n${said.trimEnd()}`);
	countIn(step.name, ok, seconds, asOne(ok));
});
for (const step of STEPS.filter(isAsked)) {
	console.info(`\n== ${step.name}`);
	const started = performance.now();
	const ok = (await run(step.command)) === 0;
	let counts = asOne(ok);
	if (step.count) {
		try {
			counts = step.count();
		} catch {
			counts = { passed: 0, failed: 1, skipped: 0 };
		}
		// A run that broke outside any test is a failure too.
		if (!ok && counts.failed === 0) counts.failed = 1;
	}
	countIn(step.name, ok, Math.round((performance.now() - started) / 1000), counts);
}
if (existsSync(REPORTS)) console.info(`\n${summary.join('\n')}\n`);
console.info(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed || !total.passed ? 1 : 0);
