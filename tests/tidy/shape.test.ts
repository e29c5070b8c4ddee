// The code's own shape: what a machine can hold us to.
import { apiTypes } from '#scripts/generate-api-types.ts';
import { readMigrations } from '#scripts/run-migrations.ts';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { REFUSAL_CODES } from '#lib/contract/refusals.ts';

const walk = (folder: string): string[] =>
	existsSync(folder)
		? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
				entry.name === 'paraglide'
					? []
					: entry.isDirectory()
						? walk(path.join(folder, entry.name))
						: [path.join(folder, entry.name)]
			)
		: [];
const read = (file: string): string => readFileSync(file, 'utf8');
const sources = walk('src').filter((file) => /\.(ts|svelte|mjs|js)$/.test(file) && !file.includes('.generated.'));
const product = sources.filter((file) => !file.startsWith('src/sandbox') && !file.startsWith('src/scripts'));

describe('words that may not stand in the product', () => {
	/** Each with the few places where it has a reason. */
	const BANNED: [string, RegExp, RegExp][] = [
		['floats for money', /parseFloat|\.toFixed\(/, /^$/],
		['a clock of one’s own', /new Date\(\)|Date\.now\(/, /server\/(clock|identity|access\/sessions)\.ts$/],
		['reading the environment', /process\.env/, /server\/config\.ts$/],
		['casts to any', /\bas any\b|: any\b/, /^$/],
		['left-overs', /\b(TODO|FIXME|XXX)\b|@ts-ignore|console\.log\(/, /^$/],
		['chance for secrets', /Math\.random/, /^$/],
		[
			'Stripe’s retired names',
			/(?<!allowed_|excluded_)payment_method_types['"]?\s*:|\bpaymentMethodTypes|confirmCardPayment/,
			/^$/
		],
		[
			'minting a scope outside access and the worker',
			/mintScope\(/,
			/domain\/access|server\/(access|jobs\/due-jobs|use-cases\/(for-suppliers-due|stripe\/(raise-testing|right-account)|payments\/(handle-event|reconcile|follow-silence|check-declared-outcomes|check-declared-refunds|collect-instalments|give-up-attempt)|points\/tend-points|imports\/advance-import|methods\/set-up-method|loyalty\/(send-to-loyalty|read-members-again)|access\/(send-sign-in|pay-links|prove-by-passkey)|sending|demo|upkeep))/
		],
		['markup from data', /\{@html/, /^$/],
		// FOR UPDATE keeps off whoever writes a row that refers to this one, and the two come to wait for each other. Withdrawing is meant to keep them off.
		['locks that references wait for', /\.for\('update'|for update( skip locked)?[`)]/, /store\/withdrawals\.ts$/]
	];
	test.each(BANNED)('%s', (_name, pattern, except) => {
		expect(product.filter((file) => !except.test(file) && pattern.test(read(file)))).toEqual([]);
	});
});
test('every file says what it is for in its first line', () => {
	expect(sources.filter((file) => !/^(\/\/|<!--|\/\/\/|\/\*)/.test(read(file)))).toEqual([]);
});
test('the types of the API are those of its description', async () =>
	expect(readFileSync('tests/builders/api-types.generated.ts', 'utf8')).toBe(await apiTypes()));
test('route files stay small', () => {
	expect(walk('src/routes').filter((file) => file.endsWith('.ts') && read(file).split('\n').length > 100)).toEqual([]);
});
test('French and English have the same messages with the same places to fill', () => {
	const [fr, en] = ['fr', 'en'].map(
		(locale) => JSON.parse(read(`messages/${locale}.json`)) as Record<string, unknown>
	) as [Record<string, unknown>, Record<string, unknown>];
	expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
	const places = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();
	for (const key of Object.keys(fr)) expect(places(fr[key]), key).toEqual(places(en[key]));
});
test('no message is written twice under one key: the later would take the place of the earlier', () => {
	for (const locale of ['fr', 'en']) {
		const keys = [...read(`messages/${locale}.json`).matchAll(/^\t"([^"]+)":/gm)].map((match) => match[1]!);
		expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
	}
});
test('French is set as French is: no-break spaces before high punctuation (narrow before ; ? !), curly apostrophes', () => {
	const fr = JSON.parse(read('messages/fr.json')) as Record<string, unknown>;
	const wrong = Object.entries(fr).filter(
		([key, text]) =>
			key !== '$schema' && (/ [;:!?»€]|« |\u00a0[;!?]/.test(JSON.stringify(text)) || /\w'\w/.test(JSON.stringify(text)))
	);
	expect(wrong).toEqual([]);
});
test('every refusal has a status and two sentences', () => {
	const [fr, en] = ['fr', 'en'].map(
		(locale) => JSON.parse(read(`messages/${locale}.json`)) as Record<string, unknown>
	) as [Record<string, unknown>, Record<string, unknown>];
	const missing = REFUSAL_CODES.filter(
		(code) => code !== 'card_declined' && (!fr[`refusal_${code}`] || !en[`refusal_${code}`])
	);
	expect(missing).toEqual([]);
});
test('every variable the configuration reads stands in .env.example, and the other way round', () => {
	const inCode = [...read('src/lib/server/config.ts').matchAll(/^\t([A-Z_]+): /gm)].map((match) => match[1]!).sort();
	const inExample = [...read('.env.example').matchAll(/^#? ?([A-Z_]+)=/gm)].map((match) => match[1]!).sort();
	expect(inExample).toEqual(inCode);
});
test('migrations are numbered without gap, and those that landed are unchanged', () => {
	const files = readdirSync('drizzle')
		.filter((file) => file.endsWith('.sql'))
		.sort();
	expect(files.map((file) => file.slice(0, 4))).toEqual(files.map((_, i) => String(i).padStart(4, '0')));
	const hashes = JSON.parse(read('tests/tidy/migrations.json')) as Record<string, string>;
	expect(
		Object.fromEntries(
			files.map((file) => [
				file,
				createHash('sha256')
					.update(read(`drizzle/${file}`))
					.digest('hex')
			])
		)
	).toEqual(hashes);
});
test('an index on a table that is in use is built concurrently, in a migration of its own', () => {
	/** From before that was so. */
	const LAST_WITH_OTHERS = '0050';
	const plainOnesIn = (text: string): string[] => {
		const made = new Set([...text.matchAll(/create table (?:if not exists )?"?(\w+)"?/gi)].map((found) => found[1]));
		return [
			...text.matchAll(/create (?:unique )?index (?!concurrently)[^;]*? on (?:only )?(?:"?public"?\.)?"?(\w+)"?/gi)
		]
			.filter((found) => !made.has(found[1]!))
			.map((found) => found[0]);
	};
	expect(plainOnesIn('CREATE UNIQUE INDEX "a" ON "mail" ("b");')).toEqual(['CREATE UNIQUE INDEX "a" ON "mail"']);
	expect(plainOnesIn('CREATE TABLE "mail" (); CREATE INDEX "a" ON "mail" ("b");')).toEqual([]);
	expect(plainOnesIn('CREATE INDEX CONCURRENTLY "a" ON "mail" ("b");')).toEqual([]);
	const migrations = readMigrations('drizzle');
	expect(
		migrations
			.filter(({ name }) => name.slice(0, 4) > LAST_WITH_OTHERS)
			.flatMap(({ name, statements }) => plainOnesIn(statements.join(';')).map((found) => `${name}: ${found}`)),
		'say .concurrently() in the schema, and give the index a migration of its own (docs/decisions/0047)'
	).toEqual([]);
	// Drizzle numbers by the clock: a migration that is older than its neighbour would be left out.
	expect(migrations.map(({ at }) => at)).toEqual(migrations.map(({ at }) => at).sort((a, b) => a - b));
});
test('the schema in the code is the schema of the migrations', () => {
	const before = read('drizzle/meta/_journal.json');
	const run = spawnSync(
		'node_modules/.bin/drizzle-kit',
		['generate', '--config', 'drizzle/drizzle.config.ts', '--name', 'drift'],
		{ encoding: 'utf8' }
	);
	expect(run.stdout).toContain('No schema changes');
	expect(read('drizzle/meta/_journal.json')).toBe(before);
});
test('the lock names no download address', () =>
	expect(read('package-lock.json')).not.toMatch(/"resolved": *"https?:/));
test.each([
	['domain-is-pure', 'src/lib/domain/money', '../../server/config.ts'],
	['checker-knows-nobody', 'src/scripts/chaos/checker', '../../../lib/domain/money/minor.ts'],
	['checker-knows-nobody', 'src/scripts/chaos/checker', '../dice.ts'],
	['chaos-knows-no-product', 'src/scripts/chaos', '../../lib/server/config.ts'],
	['plans-knows-rooms-below', 'src/lib/server/use-cases/plans', '../payments/settle-intent.ts'],
	['what-rooms-share-knows-none', 'src/lib/server/use-cases', './mails/queue-mails.ts'],
	['every-room-has-its-place', 'src/routes', '../lib/server/use-cases/anywhere/do-it.ts']
])('the boundary checker sees a planted violation of %s', (rule, folder, imported) => {
	// In a folder of its own: other tests read the sources at the same time.
	const root = mkdtempSync(path.join(tmpdir(), 'ponctuel-planted-'));
	try {
		const write = (file: string, text: string) => {
			mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
			writeFileSync(path.join(root, file), text);
		};
		write('.svelte-kit/tsconfig.json', '{ "include": ["../src"] }');
		write(path.join(folder, imported), 'export {};\n');
		const dependsOn = () =>
			spawnSync(
				path.resolve('node_modules/.bin/depcruise'),
				['src', '--config', path.resolve('.config/dependency-cruiser.cjs')],
				{ cwd: root, encoding: 'utf8' }
			);
		expect(dependsOn().status, 'nothing planted').toBe(0);
		write(`${folder}/planted.ts`, `import '${imported}';\n`);
		expect(dependsOn().stdout).toContain(rule);
	} finally {
		rmSync(root, { recursive: true });
	}
});
test('only the sandbox and the product’s own gateway speak of Stripe’s package', () => {
	const users = sources.filter((file) => /from 'stripe'/.test(read(file)));
	expect(
		users.every(
			(file) =>
				file.startsWith('src/sandbox/') ||
				file.startsWith('src/lib/server/gateways/stripe/') ||
				file.startsWith('src/scripts/')
		)
	).toBe(true);
});
