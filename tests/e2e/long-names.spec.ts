// Names that suppliers give to tiers and rewards may be one long word: it breaks inside its place, at any width and size of letters, and nothing is cut.
import type { Page } from '@playwright/test';
import { expect, open, origin, test } from './fixtures.ts';

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte';
/** Texts that reach out of the page or of an element that hides what does not fit in it. What scrolls in its own place, and what only programs read, is left out. */
async function outside(page: Page): Promise<string[]> {
	return page.evaluate((long) => {
		const wrong: string[] = [];
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const element = node.parentElement!;
			if (!node.textContent!.includes(long.slice(0, 20)) || !element.checkVisibility()) continue;
			if (element.closest('.scroll, option, .visually-hidden, script, svg')) continue;
			const range = document.createRange();
			range.selectNodeContents(node);
			const text = range.getBoundingClientRect();
			const say = `${element.tagName}.${element.className} ${Math.round(text.left)}–${Math.round(text.right)}`;
			if (text.right > document.documentElement.clientWidth + 0.5 || text.left < -0.5) wrong.push(say);
			for (let box: Element | null = element; box; box = box.parentElement) {
				const around = box.getBoundingClientRect();
				const isHidden = getComputedStyle(box).overflowX !== 'visible';
				const hasEdge = parseFloat(getComputedStyle(box).borderInlineEndWidth) > 0;
				if ((isHidden || hasEdge) && text.right > around.right + 0.5) {
					wrong.push(`${say}, out of ${box.tagName}.${box.className}`);
					break;
				}
			}
		}
		if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
			wrong.push('the page scrolls sideways');
		return wrong;
	}, LONG);
}
/** As if the supplier had named everything so: each text that holds one of the names shows the long word instead. */
async function rename(page: Page, names: readonly string[]): Promise<number> {
	return page.evaluate(
		({ long, all }) => {
			let count = 0;
			const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			for (let node = walker.nextNode(); node; node = walker.nextNode())
				for (const name of all)
					if (node.textContent!.includes(name) && !node.parentElement!.closest('script, option')) {
						node.textContent = node.textContent!.replaceAll(name, long);
						count += 1;
					}
			return count;
		},
		{ long: LONG, all: names }
	);
}
const NAMES = [
	'Une livraison le samedi',
	'Bon pour un café à deux',
	'Points de ponctualité',
	'Vos commandes préparées en premier',
	'Vos demandes traitées en premier',
	'Bronze',
	'Argent'
];
/** As a person who needs letters twice as large has it: what is measured in rem grows. The page's own rules refuse a style sheet from outside, not this. */
const large = (page: Page) => page.evaluate(() => void (document.documentElement.style.fontSize = '200%'));

test('a name that is one long word breaks in its place on the rules, on the client’s points and on each screen of the programme', async ({
	page,
	demo
}) => {
	const look = async (path: string) => {
		await open(page, `${origin()}${path}`);
		expect(await rename(page, NAMES), path).toBeGreaterThan(0);
		expect(await outside(page), path).toEqual([]);
		await large(page);
		expect(await outside(page), `${path}, large letters`).toEqual([]);
	};
	await look('/regles/atelier-lumen');
	await demo.signIn(page, 'theo@agence-trait-noir.example');
	await look('/portail/points');
	await demo.signIn(page, 'claire@atelier-lumen.example');
	await look('/admin/points/chiffres');
	await look('/admin/points/recompenses');
	await open(page, `${origin()}/admin/points/chiffres`);
	const below = page.locator('tr.client').filter({ hasText: /Bronze|Argent/ });
	await look((await below.getByRole('link').first().getAttribute('href'))!);

	// In the editor it is typed: what carries the name elsewhere on the page follows.
	await open(page, `${origin()}/admin/points`);
	for (const field of [
		/^Nom du palier \d \(français\)/,
		/^Nom de la récompense \(français\)/,
		/^Avantage, en mots \(français\)/
	])
		for (const one of await page.getByLabel(field).all()) await one.fill(LONG);
	await expect(page.getByRole('button', { name: `Retirer le palier ${LONG}` })).toHaveCount(2);
	expect(await outside(page)).toEqual([]);
	await large(page);
	expect(await outside(page)).toEqual([]);
});
