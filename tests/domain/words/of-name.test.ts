// A name behind the French "de" is said as a person would say it, and no sentence puts one there by itself.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ofName } from '#lib/i18n/of-name.ts';

test('before a vowel or a mute h it is « d’ », before the rest « de »; English puts nothing there', () => {
	const said = (names: string[]) => names.map((name) => ofName(name, 'fr'));
	const bound = [
		'Atelier Lumen',
		'Élise',
		'Œuvres et Cie',
		'EDF',
		'Yves Roche',
		'Hôtel Bellevue',
		'Huîtres Bio',
		'Uber'
	];
	expect(said(bound)).toEqual(bound.map((name) => `d’${name}`));
	const free = ['Menuiserie Roche', 'Claire', 'Cabinet Verne', 'Yann', 'Onze Heures', 'Hachette', 'Haut les Mains'];
	expect(said(free)).toEqual(free.map((name) => `de ${name}`));
	// As its first letters are heard, whatever stands before them.
	expect(said(['« Azur »', '3 Suisses', ''])).toEqual(['d’« Azur »', 'de 3 Suisses', 'de ']);
	expect(ofName('Atelier Lumen', 'en')).toBe('Atelier Lumen');
});

test('no French sentence writes « de » before a name: it is given with it', () => {
	const french = readFileSync('messages/fr.json', 'utf8');
	const names = 'name|person|client|supplier|contact|holder|member|business|payer|zone|file';
	expect(french.match(new RegExp(`[^"]*\\b(?:de|[Qq]ue|[Jj]usque) \\{(?:${names})\\}[^"]*`, 'g'))).toBeNull();
});
