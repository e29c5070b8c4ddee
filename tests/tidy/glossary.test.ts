// A word that docs/glossary.md forbids is no name in the code: no identifier and no file is called by it, nor by something that contains it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { expect, test } from 'vitest';

/** `bankEntryId`, `BANK_ENTRIES` and `bank-entry.ts` say bank, entry. Names with small letters around a `_` are those of tables, messages and stored words. */
const wordsOf = (name: string): string[] =>
	/^[a-z0-9]+(_[a-z0-9]+)+$/.test(name)
		? []
		: name
				.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
				.replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
				.toLowerCase()
				.split(/[^a-z0-9]+/)
				.filter(Boolean)
				.map(oneOf);
const oneOf = (word: string): string => word.replace(/ies$/, 'y').replace(/(?<=[a-z]{3})s$/, '');

const glossary = readFileSync('docs/glossary.md', 'utf8');
const forbidden = glossary
	.split(/^## /m)
	.flatMap((section) => {
		const rows = section
			.split('\n')
			.filter((line) => line.startsWith('|'))
			.map((line) => line.split('|').map((cell) => cell.trim()));
		const at = rows[0]?.indexOf('never') ?? -1;
		return at < 0 ? [] : rows.slice(2).flatMap((row) => row[at]?.split(',') ?? []);
	})
	.map((term) => term.trim().split(/\s+/).filter(Boolean).map(oneOf))
	.filter((term) => term.length > 0);

/** Names that mean something else, or that others read. */
const ALLOWED: Record<string, string> = {
	'expected-parts.ts': 'as expectedParts',
	'try-programme.ts': 'as tryOnPast',
	'keep-serving.ts': 'as keepServing',
	bill: 'an invoice, as the payers of the chaos player know it',
	bills: 'the same',
	Bill: 'the same',
	addBills: 'the same',
	billsOf: 'the same',
	expectedParts: 'what the browser sends: a page of the version before may still do',
	firstPart: 'in the stored terms of offers',
	isPartOfPages: 'a file that a page is made of',
	part: 'a piece of a text, a mail or a sum; in the rooms of plans it is refused below',
	parts: 'the same',
	partsOf: 'pieces of a sum of points',
	partsOfKey: 'pieces of a key',
	PARTS_SUM: 'a finding’s code',
	movement: 'what a reader calls a line of the bank’s format, in its own words',
	MOVEMENT: 'the same',
	tries: 'how often a piece of work was begun: a mail, a message, a job',
	TRIES: 'the same',
	TRIES_MAX: 'the same',
	nextTryAt: 'the same',
	failedTries: 'codes that were typed wrong',
	spendTry: 'the same',
	takeTries: 'the same',
	tryOnPast: 'a simulation of rules on last year’s payments',
	tryPlace: 'where a program may be found',
	TRY: 'the name of a form’s field',
	keep: 'what a name of its own would not make plainer, inside one function',
	keepAlive: 'of HTTP',
	KEEP_ALIVE_TIMEOUT: 'of HTTP',
	keepForm: 'a form that waits for its person is kept, and nothing else',
	keepOnRenewal: 'what is typed stays where it is',
	keepPayBoundary: 'a page stays what it is',
	keepServing: 'a process stays up',
	keepWayBack: 'a place stays known',
	keepsMethod: 'in the database: keeps_method'
};
const ROOMS_OF_PLANS = /(domain|use-cases)\/plans\/|store\/(plans|held-instalments|reschedules)\.ts/;

const walk = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
		const file = path.join(folder, one.name);
		return one.name === 'paraglide' ? [] : one.isDirectory() ? walk(file) : [file];
	});

function namesIn(file: string): Set<string> {
	const text = readFileSync(file, 'utf8');
	const names = new Set<string>();
	if (file.endsWith('.svelte')) namesInSvelte(parse(text, { modern: true }), names);
	else {
		const visit = (node: ts.Node): void => {
			if (ts.isIdentifier(node)) names.add(node.text);
			ts.forEachChild(node, visit);
		};
		visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
	}
	return names;
}
function namesInSvelte(node: unknown, names: Set<string>): void {
	if (node === null || typeof node !== 'object') return;
	const { type, name } = node as { type?: unknown; name?: unknown };
	if ((type === 'Identifier' || type === 'Component') && typeof name === 'string') names.add(name);
	for (const inner of Object.values(node)) namesInSvelte(inner, names);
}

const says = (words: string[], term: string[]): boolean =>
	words.some((_, at) => term.every((word, i) => words[at + i] === word));
const wrongIn = (name: string): string[] => {
	const words = wordsOf(name);
	return forbidden.filter((term) => says(words, term)).map((term) => term.join(' '));
};

test('the table of the glossary is read', () => {
	expect(forbidden.map((term) => term.join(' '))).toEqual(
		expect.arrayContaining(['part', 'bank entry', 'keep', 'bill'])
	);
	expect(wrongIn('planParts')).toEqual(['part']);
	expect(wrongIn('BANK_ENTRY_MAX')).toEqual(['bank entry']);
	expect(wrongIn('accept-bank-entry.ts')).toEqual(['bank entry']);
	expect(['billing', 'partial', 'Party', 'journalEntry', 'counterparty', 'plan_part'].flatMap(wrongIn)).toEqual([]);
});
test('no name is a word that the glossary forbids', () => {
	const found: string[] = [];
	const used = new Set<string>();
	for (const file of walk('src').filter((one) => /\.(ts|svelte|mjs|js)$/.test(one) && !one.includes('.generated.'))) {
		for (const name of [path.basename(file), ...namesIn(file)]) {
			const [term] = wrongIn(name);
			if (term === undefined) continue;
			if (Object.hasOwn(ALLOWED, name) && !(/^parts?$/.test(name) && ROOMS_OF_PLANS.test(file))) used.add(name);
			else found.push(`${file}: ${name} (${term})`);
		}
	}
	expect(found).toEqual([]);
	expect(
		Object.keys(ALLOWED).filter((name) => !used.has(name)),
		'exceptions that nobody needs'
	).toEqual([]);
});
