// Whatever a reader or a check can say has words in both languages: none is shown as its code.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findingText } from '#lib/i18n/findings.ts';

const walk = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]
	);
const sources = ['src/lib/domain/invoices', 'src/lib/server/readers', 'src/lib/server/use-cases'].flatMap(walk);
/** Where a finding is made: by its severity, or by a function that gives it one. */
const MADE = /\b(?:block|confirm|warn|fault|refused|said|skipped)\)?\(\s*(?:\/\^.*?\? )?'([A-Z][A-Z0-9_]{2,})'/g;
const codes = [
	...new Set(sources.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(MADE)].map((match) => match[1]!)))
].sort();

test('the codes are found in the sources', () => {
	expect(codes.length).toBeGreaterThan(70);
	expect(codes).toEqual(
		expect.arrayContaining(['AMOUNT_AMBIGUOUS', 'DUE_ABOVE_TOTAL', 'VAT_SPLIT', 'ENTRY_SKIPPED', 'SELLER_OTHER'])
	);
});
test.each(codes)('%s is said in French and in English', (code) => {
	const [fr, en] = (['fr', 'en'] as const).map((locale) =>
		findingText({ code, severity: 'warn', field: 'x', found: '', expected: '' }, locale)
	);
	expect([fr, en].filter((text) => text === `${code} (x)`)).toEqual([]);
	expect(fr).not.toBe(en);
});
