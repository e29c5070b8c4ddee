// A sentence with a count has words for every count: French has a form of its own for whole millions, and what has none would be shown as its key.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { delayOf } from '#lib/i18n/points-figures.ts';
import { pointsText } from '#lib/i18n/points-rules.ts';

type Variants = { declarations: string[]; match: Record<string, string> };
/** Messages of one language that choose their words by a count. */
function counted(locale: 'fr' | 'en'): [string, Variants][] {
	const file = new URL(`../../../messages/${locale}.json`, import.meta.url);
	const messages = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string | Variants[]>);
	return messages.flatMap(([key, value]) =>
		typeof value === 'string' ? [] : value.map((one): [string, Variants] => [key, one])
	);
}

test.each(['fr', 'en'] as const)('every sentence with a count has words for every form of a number: %s', (locale) => {
	const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
	const all = counted(locale);
	expect(all.length).toBeGreaterThan(50);
	const without = all.flatMap(([key, { match }]) => {
		const chosen = Object.keys(match);
		if (chosen.some((one) => one.endsWith('=*'))) return [];
		return forms.filter((form) => !chosen.some((one) => one.endsWith(`=${form}`))).map((form) => `${key}: ${form}`);
	});
	expect(without).toEqual([]);
});

test('a debt of points has the real minus, as every number of points', () => {
	expect((['fr', 'en'] as const).map((locale) => pointsText(-40, locale))).toEqual(['−40 points', '−40 points']);
});

test('a million points is said like any other number of points', () => {
	const said = [1, 2, 1_000_000, 2_000_000].map((count) => pointsText(count, 'fr').replace(/\s/g, ' '));
	expect(said).toEqual(['1 point', '2 points', '1 000 000 points', '2 000 000 points']);
});

test('an average delay is shown to a tenth, and its word goes with the number that is shown', () => {
	const said = (daysAfter: number, invoices: number) =>
		(['fr', 'en'] as const).map((locale) => delayOf({ invoices, onTime: 0, daysAfter }, locale));
	expect(said(-30, 20)).toEqual(['en moyenne 1,5 jour avant l’échéance', '1.5 days before the due day on average']);
	expect(said(20, 20)).toEqual(['en moyenne 1 jour après l’échéance', '1 day after the due day on average']);
	// Shown as 1, said as one.
	expect(said(102, 100)[1]).toBe('1 day after the due day on average');
	expect(said(41, 20)[0]).toBe('en moyenne 2,1 jours après l’échéance');
	expect(said(-1, 100)[0]).toBe('en moyenne 0 jour après l’échéance');
});
