// Rewards, codes of vouchers, the draft of the rules: what is taken is taken once, what is thrown away is asked about first; with and without JavaScript.
import type { Browser, Page } from '@playwright/test';
import { accessible, expect, form, freshInvoice, open, origin, payByCard, test, type Demo } from './fixtures.ts';

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
	'a reward is taken without JavaScript, after the question; a double click on its answer takes it once',
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
		await bare.context().close();

		await demo.signIn(page, invoice.email);
		await open(page, `${origin()}/portail/points`);
		await ask(page).click();
		await yes(page).dblclick();
		await expect(taken(page)).toHaveCount(2);
		await open(page, `${origin()}/portail/points`);
		expect(await balanceOn(page)).toBe(had - 160);
		await expect(taken(page)).toHaveCount(2);
	}
);

test(
	'the last points taken in two tabs at once are taken by one; the other reads what is missing, and nothing is below zero',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		// 84 points for the amount, early and first of all: enough for one reward, not for two.
		const invoice = await freshInvoice(page, demo, { netMinor: 70_000 });
		await payByCard(page, invoice.link);
		await demo.signIn(page, invoice.email);
		await open(page, `${origin()}/portail/points`);
		await page.getByRole('checkbox', { name: /J’ai lu les règles/ }).check();
		await page.getByRole('button', { name: 'Accepter les règles' }).click();
		await expect(page.getByText('Les règles sont acceptées.')).toBeVisible();
		const had = await balanceOn(page);
		expect(had).toBeGreaterThanOrEqual(80);
		expect(had).toBeLessThan(160);
		const other = await page.context().newPage();
		const tabs = [page, other];
		for (const tab of tabs) {
			await open(tab, `${origin()}/portail/points`);
			await ask(tab).click();
		}
		await Promise.all(tabs.map((tab) => yes(tab).click()));
		const got = (tab: Page) => tab.getByRole('status').filter({ hasText: 'Votre demande est partie.' });
		const refused = (tab: Page) => tab.getByRole('alert').filter({ hasText: /points/ });
		for (const tab of tabs) await expect(got(tab).or(refused(tab))).toBeVisible();
		const gone = await Promise.all(tabs.map((tab) => got(tab).count()));
		expect(gone.sort()).toEqual([0, 1]);
		for (const tab of tabs) {
			await open(tab, `${origin()}/portail/points`);
			expect(await balanceOn(tab)).toBe(had - 80);
			await expect(taken(tab)).toHaveCount(1);
		}
		await other.close();
	}
);

test(
	'the last points used on two invoices in two tabs at once are used on one; the other is paid nothing, and says why',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		const first = await freshInvoice(page, demo, { netMinor: 90_000 });
		await payByCard(page, first.link);
		const invoices = [
			await freshInvoice(page, demo, { netMinor: 20_000, buyer: first.buyer }),
			await freshInvoice(page, demo, { netMinor: 20_000, buyer: first.buyer })
		];
		await demo.signIn(page, first.email);
		await open(page, `${origin()}/portail/points`);
		await page.getByRole('checkbox', { name: /J’ai lu les règles/ }).check();
		await page.getByRole('button', { name: 'Accepter les règles' }).click();
		await expect(page.getByText('Les règles sont acceptées.')).toBeVisible();
		const had = await balanceOn(page);
		expect(had).toBeGreaterThanOrEqual(100);
		expect(had).toBeLessThan(200);
		const tabs = [page, await page.context().newPage()];
		for (const [i, tab] of tabs.entries()) {
			await open(tab, `${origin()}/portail`);
			await tab.getByRole('link', { name: invoices[i]!.number }).click();
			await tab
				.getByRole('main')
				.getByRole('link', { name: /^Payer/ })
				.click();
			await tab.getByRole('button', { name: /^−5 €/ }).click();
			await expect(tab.getByRole('button', { name: /^Payer 235,00\s€ étape/ })).toBeVisible();
			await form.open(tab);
			await form.card(tab, '4242424242424242');
		}
		await Promise.all(tabs.map((tab) => form.pay(tab)));
		const isPaid = (tab: Page) => tab.getByText(/C’est payé\. Merci/);
		const refused = (tab: Page) => tab.getByRole('alert').filter({ hasText: /points/ });
		for (const tab of tabs) await expect(isPaid(tab).or(refused(tab)).first()).toBeVisible();
		const paidOnes = await Promise.all(tabs.map((tab) => isPaid(tab).count()));
		expect(paidOnes.filter((count) => count > 0)).toHaveLength(1);
		await open(page, `${origin()}/portail/points`);
		// Less the hundred, and what the one payment has earned.
		const left = await balanceOn(page);
		expect(left).toBeGreaterThanOrEqual(had - 100);
		expect(left).toBeLessThan(had);
		await tabs[1]!.close();
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

test(
	'a draft that is kept says so where one looks, though its button is far down; it is thrown away after a question',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		await demo.signIn(page, 'julien@brasserie-canuts.example');
		await open(page, `${origin()}/admin/points`);
		const name = page.getByLabel('Nom du programme (français)');
		const was = await name.inputValue();
		await name.fill('Points du comptoir');
		await page.getByRole('button', { name: 'Enregistrer le brouillon' }).click();
		await expect(page.getByRole('status').filter({ hasText: 'enregistré' })).toBeInViewport();
		await expect(name).toHaveValue('Points du comptoir');
		const drop = page.locator('summary').filter({ hasText: 'Supprimer le brouillon' });
		const yes = page.getByRole('button', { name: 'Oui, supprimer le brouillon' });
		await expect(yes).toBeHidden();
		await drop.click();
		await expect(page.getByText('Ce qui est publié reste.')).toBeVisible();
		await accessible(page);
		await yes.click();
		await expect(name).toHaveValue(was);
		await expect(drop).toHaveCount(0);
	}
);

test(
	'what is wrong with the end of a programme stands at each of its fields, as it was typed, and nothing is announced',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		await demo.signIn(page, 'julien@brasserie-canuts.example');
		await open(page, `${origin()}/admin/points`);
		const [earn, spend, sure] = [
			page.getByLabel('Dernier jour pour gagner'),
			page.getByLabel('Dernier jour pour utiliser'),
			page.getByRole('checkbox', { name: /Je préviens mes clients/ })
		];
		const send = async () => {
			// What the browser refuses by itself is asked of the server here.
			await page.evaluate(() => document.querySelectorAll('form').forEach((one) => (one.noValidate = true)));
			await page.getByRole('button', { name: 'Annoncer la fin du programme' }).click();
		};
		await page.locator('summary').filter({ hasText: 'Mettre fin au programme' }).click();
		await earn.fill('2020-01-31');
		await spend.fill('');
		await send();
		await expect(earn).toHaveAccessibleDescription(/^Au plus tôt le .*\d{4}\.$/);
		await expect(spend).toHaveAccessibleDescription('Indiquez un jour.');
		await expect(sure).toHaveAccessibleDescription('Cochez cette case pour l’annoncer.');
		for (const field of [earn, spend, sure]) await expect(field).toHaveAttribute('aria-invalid', 'true');
		await expect(earn).toHaveValue('2020-01-31');
		await accessible(page);
		await sure.check();
		await spend.fill('2020-02-29');
		await send();
		for (const field of [earn, spend]) await expect(field).toHaveAccessibleDescription(/^Au plus tôt le/);
		await expect(sure).not.toHaveAttribute('aria-invalid', 'true');
		await expect(sure).toBeChecked();
		await open(page, `${origin()}/admin/points`);
		await expect(page.getByText(/^Fin annoncée/)).toHaveCount(0);
	}
);
