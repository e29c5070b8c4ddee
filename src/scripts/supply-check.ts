// What comes from elsewhere, and what must not leave: licences, versions known to be bad, secrets in the files of the repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { licenceProblems, type LicenceList } from './checks/licences.ts';
import { readLock } from './checks/lock.ts';
import { secretsIn, type Allowed } from './checks/secrets.ts';
import {
	auditFindings,
	knownFindings,
	vulnerabilityProblems,
	type VulnerabilityList
} from './checks/vulnerabilities.ts';

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const AUDIT_LIMIT_MS = 60_000;

function licences(): string[] {
	const packages = readLock('package-lock.json');
	const problems = licenceProblems(packages, readJson<LicenceList>('.config/licences.json'));
	if (!problems.length) console.info(`licences: ${packages.length} packages, all allowed`);
	return problems;
}

/** npm's advisories where they answer; without them the list that stands in the repository, and one sentence that says so. */
function vulnerabilities(): string[] {
	const packages = readLock('package-lock.json');
	const list = readJson<VulnerabilityList>('.config/vulnerabilities.json');
	const { stdout } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
		encoding: 'utf8',
		timeout: AUDIT_LIMIT_MS,
		maxBuffer: 64 << 20,
		shell: process.platform === 'win32'
	});
	const asked = auditFindings(stdout ?? '');
	const findings = [...knownFindings(packages, list), ...(asked ?? [])];
	for (const { package: name, advisory, severity, title } of asked ?? [])
		console.info(`advisory: ${name} ${advisory} (${severity}) ${title}`);
	if (asked)
		console.info(
			`vulnerabilities: npm's advisories name ${asked.length}, and ${list.known.length} known ones were looked for`
		);
	else
		console.info(
			`vulnerabilities: NOT ASKED, npm's advisories do not answer from here; only the ${list.known.length} known ones of .config/vulnerabilities.json were looked for`
		);
	return vulnerabilityProblems(findings, list, new Date().toISOString().slice(0, 10));
}

const NOT_OURS = new Set([
	'node_modules',
	'.git',
	'.data',
	'.svelte-kit',
	'build',
	'reports',
	'test-results',
	'coverage'
]);
/** The files that git follows; without git (an image, an archive) all of them but what tools made. */
function files(): string[] {
	try {
		return execFileSync('git', ['ls-files', '-z'], {
			encoding: 'utf8',
			maxBuffer: 64 << 20,
			stdio: ['ignore', 'pipe', 'ignore']
		})
			.split('\0')
			.filter(Boolean);
	} catch {
		const walk = (folder: string): string[] =>
			readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
				const at = path.join(folder, entry.name);
				if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : walk(at);
				return entry.isFile() && entry.name !== '.env' ? [at] : [];
			});
		return walk('.');
	}
}
function secrets(): string[] {
	const allowed = readJson<Allowed[]>('.config/secrets-allowed.json');
	let looked = 0;
	const problems = files().flatMap((file) => {
		let text: string;
		try {
			text = readFileSync(file, 'latin1');
		} catch {
			return []; // deleted, and not yet said to git
		}
		looked += 1;
		return secretsIn(file, text, allowed);
	});
	if (!problems.length) console.info(`secrets: none in ${looked} files`);
	return problems;
}

const problems = [...licences(), ...vulnerabilities(), ...secrets()];
if (problems.length) console.error(problems.join('\n'));
process.exit(problems.length ? 1 : 0);
