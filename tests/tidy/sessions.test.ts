// A pool in transaction mode lends a session of PostgreSQL for one transaction (docs/scaling.md): what the product says to a session ends with its transaction,
// and what belongs to a session goes past the pool. `npm run scale` tries it; this keeps the next line from needing more.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const filesOf = (folder: string, ending: string): string[] =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
		name.endsWith(ending) ? path.join(folder, name) : []
	);
const product = filesOf('src/lib/server', '.ts');
const everything = [...product, ...filesOf('drizzle', '.sql')];
const read = (file: string): string => readFileSync(file, 'utf8');
const having = (pattern: RegExp, files = product): string[] => files.filter((file) => pattern.test(read(file)));

test.each([
	['a setting that outlives its transaction', /sql`\s*(re)?set (?!local\b)|unsafe\(\s*[`'](re)?set (?!local\b)/i],
	['a lock of a session', /pg_(try_)?advisory_(lock|unlock)/],
	['a statement that was given a name by hand', /sql`\s*(prepare|deallocate|execute) /i],
	['a cursor that outlives its transaction', /with hold|\.cursor\(/i],
	['a table of one session', /create\s+temp/i],
	['a connection of one’s own', /\.reserve\(/]
])('the product needs no session: %s', (_what, pattern) => expect(having(pattern, everything)).toEqual([]));

test('what a transaction says of whom it is for ends with it', () => {
	const said = everything.flatMap((file) => read(file).split('set_config(').slice(1));
	expect(said.length).toBeGreaterThan(3);
	expect(said.filter((rest) => !/^'[\w.]+', \$\{[^}]*\}, true\)/.test(rest))).toEqual([]);
});
test('LISTEN goes where sessions last', () => {
	const listeners = having(/\.listen\(/).filter((file) => !file.endsWith('store/database.ts'));
	expect(listeners.map((file) => path.basename(file)).sort()).toEqual(['demo-clock.ts', 'hub.ts']);
	expect(listeners.filter((file) => !/db\.listener\.listen\(/.test(read(file)))).toEqual([]);
});
