// One yes does one thing, in a browser: Enter in a field saves and takes nothing away; a form that is really sent twice does what it says once.
import type { Page } from '@playwright/test';
import { expect, open, origin, test } from './fixtures.ts';

const OWNER = 'julien@brasserie-canuts.example';
const draftOf = (page: Page) => page.locator('summary').filter({ hasText: 'Supprimer le brouillon' });
async function dropDraft(page: Page): Promise<void> {
	await draftOf(page).click();
	await page.getByRole('button', { name: 'Oui, supprimer le brouillon' }).click();
}
/** The form of the page sent twice at the same instant, as it stands, and its two answers. */
const twice = (page: Page, action: string): Promise<number[]> =>
	page.evaluate(async (action) => {
		const form = document.querySelector<HTMLFormElement>('form[action="?/enregistrer"]')!;
		const post = () => fetch(action, { method: 'POST', body: new FormData(form) });
		return (await Promise.all([post(), post()])).map((answer) => answer.status);
	}, action);

test(
	'Enter in a field of the programme saves it: no tier goes, without JavaScript either',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR', serviceWorkers: 'block' });
		const bare = await context.newPage();
		await bare.goto((await demo.people()).find((one) => one.email === OWNER)!.sign_in_url);
		await demo.signIn(page, OWNER);
		for (const tab of [page, bare]) {
			if (tab === page) await open(page, `${origin()}/admin/points`);
			else await bare.goto(`${origin()}/admin/points`);
			const silver = tab.locator('input[name="palier.1.nom.fr"]');
			const tiers = tab.locator('input[name$=".nom.fr"][name^="palier."]');
			await expect(tiers).toHaveCount(3);
			await silver.fill('Argent poli');
			await silver.press('Enter');
			await expect(tab.getByRole('status').filter({ hasText: 'enregistré' })).toBeVisible();
			await expect(tiers).toHaveCount(3);
			await expect(silver).toHaveValue('Argent poli');
			await dropDraft(tab);
			await expect(draftOf(tab)).toHaveCount(0);
		}
		await context.close();
	}
);

test(
	'Enter in a field of an offer saves its draft and publishes nothing; the draft thrown away twice leaves the offer as it was',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		await demo.signIn(page, OWNER);
		await open(page, `${origin()}/admin/offres`);
		await page.locator('tbody').getByRole('link').first().click();
		await page.waitForURL(/\/admin\/offres\/[0-9a-f-]{36}$/);
		const heading = page.getByRole('heading', { level: 1 });
		const version = /publiée, version \d+/;
		const before = version.exec((await heading.textContent()) ?? '')?.[0];
		expect(before).toBeTruthy();
		const name = page.getByLabel('Nom de l’offre');
		const was = await name.inputValue();
		await name.fill(`${was} bis`);
		await name.press('Enter');
		await expect(page.getByRole('status').filter({ hasText: 'enregistré' })).toBeVisible();
		await expect(heading).toContainText(before!);
		await open(page, page.url());
		expect(await twice(page, '?/supprimer')).toEqual([200, 200]);
		await open(page, page.url());
		await expect(page.locator('summary').filter({ hasText: 'Jeter ce brouillon' })).toHaveCount(0);
		await expect(name).toHaveValue(was);
		await expect(heading).toContainText(before!);
	}
);
