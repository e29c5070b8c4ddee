// Rewards, and the codes of vouchers: what is taken is taken once, what is thrown away is asked about first; with and without JavaScript.
import type { Browser, Page } from '@playwright/test';
import { accessible, expect, freshInvoice, open, origin, payByCard, test, type Demo } from './fixtures.ts';

/** Somebody signed in, in a browser without JavaScript. Close its context afterwards. */
async function withoutScript(browser: Browser, demo: Demo, email: string): Promise<Page> {
	const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR', serviceWorkers: 'block' });
	const page = await context.newPage();
	await page.goto((await demo.people()).find((one) => one.email === email)!.sign_in_url);
	return page;
}
const REWARD = 'Une livraison le samedi';
const balanceOn = async (page: Page) => Number((await page.locator('.balance').textContent())?.replace(/\D/g, ''));
const ask = (page: Page) => page.locator('summary').filter({ hasText: /Prendre pour 80\spoints/ });
const yes = (page: Page) => page.getByRole('button', { name: /^Oui, la prendre/ }).filter({ hasText: REWARD });
const taken = (page: Page) => page.getByText(/80\spoints · demandée/);

test(
	'a reward is taken once: without JavaScript, again from the page before, and on a double click',
	{ tag: '@phone' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo, { netMinor: 300_000 });
		await payByCard(page, invoice.link);

		const bare = await withoutScript(browser, demo, invoice.email);
		await bare.goto(`${origin()}/portail/points`);
		await bare.getByRole('checkbox', { name: /J’ai lu les règles/ }).check();
		await bare.getByRole('button', { name: 'Accepter les règles' }).click();
		const had = await balanceOn(bare);
		// The rules can be read, and there is a way back.
		await bare.getByRole('link', { name: 'Règles du programme' }).click();
		await bare.getByRole('link', { name: '← Points' }).click();
		await expect(bare).toHaveURL(`${origin()}/portail/points`);
		await expect(yes(bare)).toBeHidden();
		await ask(bare).click();
		await expect(bare.getByText(`vous coûte 80 points. Il vous restera ${had - 80}`)).toBeVisible();
		await yes(bare).click();
		await expect(bare.getByRole('status').filter({ hasText: 'Votre demande est partie.' })).toBeVisible();
		expect(await balanceOn(bare)).toBe(had - 80);
		await expect(taken(bare)).toHaveCount(1);
		// The page before still has its button: it is the same taking.
		await bare.goBack();
		if (!(await yes(bare).isVisible())) await ask(bare).click();
		await yes(bare).click();
		await expect(taken(bare)).toHaveCount(1);
		expect(await balanceOn(bare)).toBe(had - 80);
		await bare.context().close();

		await demo.signIn(page, invoice.email);
		await open(page, `${origin()}/portail/points`);
		let sent = 0;
		page.on('request', (request) => (sent += Number(request.url().endsWith('?/prendre'))));
		await ask(page).click();
		await yes(page).dblclick();
		await expect(taken(page)).toHaveCount(2);
		// Both clicks were sent, or this proves nothing.
		expect(sent).toBe(2);
		await open(page, `${origin()}/portail/points`);
		expect(await balanceOn(page)).toBe(had - 160);
		await expect(taken(page)).toHaveCount(2);
	}
);

test(
	'codes that nobody was given are thrown away after a question that says what is lost, without JavaScript too',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const supplier = 'julien@brasserie-canuts.example';
		const codes = /(\d+) codes? pas encore donnés?/;
		await demo.signIn(page, supplier);
		await open(page, `${origin()}/admin/points/recompenses`);
		const drop = page.locator('summary').filter({ hasText: codes });
		const count = Number(codes.exec((await drop.textContent()) ?? '')?.[1]);
		expect(count).toBeGreaterThan(1);
		const sure = page.getByText(
			`Ces ${count} codes sont effacés de Ponctuel et ne reviennent pas : si vous comptez les donner autrement, gardez votre liste. Sans code, vos clients ne peuvent plus prendre « Bon pour un café à deux ».`
		);
		await expect(sure).toBeHidden();
		await drop.focus();
		await page.keyboard.press('Enter');
		await expect(sure).toBeVisible();
		await accessible(page);
		// One touch asked; another takes the question away. Nothing is lost.
		await expect(drop).toHaveText(/Garder ces codes/);
		await page.keyboard.press('Enter');
		await expect(sure).toBeHidden();

		const bare = await withoutScript(browser, demo, supplier);
		await bare.goto(`${origin()}/admin/points/recompenses`);
		await bare.locator('summary').filter({ hasText: codes }).click();
		// A colleague adds one meanwhile: the answer was about fewer.
		await page.getByLabel('Un code par ligne').fill('E2E-DE-PLUS');
		await page.getByRole('button', { name: 'Ajouter ces codes' }).click();
		await expect(page.getByText('1 code ajouté.')).toBeVisible();
		const really = bare.getByRole('button', { name: /^Oui, supprimer ces \d+ codes/ });
		await really.click();
		await expect(bare.getByRole('alert').filter({ hasText: 'Rien n’a été supprimé.' })).toBeVisible();
		await bare.locator('summary').filter({ hasText: codes }).click();
		await really.click();
		await expect(bare.getByRole('status').filter({ hasText: `${count + 1} codes supprimés.` })).toBeVisible();
		await expect(bare.locator('summary').filter({ hasText: codes })).toHaveCount(0);
		await bare.context().close();
	}
);
