// Points, from the first payment that earns them to the reward they buy.
import type { Page } from '@playwright/test';
import { accessible, expect, form, freshInvoice, open, origin, paid, payByCard, test } from './fixtures.ts';

/** What the polite regions of each page that follows say, as a screen reader is told of it: each change of their words. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
	await page.addInitScript(() => {
		const heard: string[] = [];
		Object.assign(window, { heard });
		new MutationObserver((changes) => {
			const regions = changes.flatMap(({ target }) => {
				const element = target instanceof Element ? target : target.parentElement;
				return element?.closest('[role=status]') ?? [];
			});
			for (const region of new Set(regions)) if (region.textContent?.trim()) heard.push(region.textContent);
		}).observe(document, { subtree: true, childList: true, characterData: true });
	});
	return async () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

/** What somebody may write: no blank, no hyphen. */
const LONG = 'x'.repeat(120);
/** Nothing reaches over the edge of the page. */
async function inside(page: Page): Promise<void> {
	const [wide, room] = await page.evaluate(() => [
		document.documentElement.scrollWidth,
		document.documentElement.clientWidth
	]);
	expect(wide).toBe(room);
}

test(
	'points arrive live with the payment, take exactly their worth off the next invoice, and buy a reward',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const heard = await listen(page);
		const first = await freshInvoice(page, demo, { netMinor: 200_000 });
		await payByCard(page, first.link);
		const said = page.getByRole('status').filter({ hasText: /^\+\d+ points pour ce paiement\.$/ });
		await expect(said).toHaveCount(1);
		const earned = Number(/\d+/.exec((await said.textContent()) ?? '')?.[0]);
		// The page is read again when the receipt has left: what was said is not said again.
		await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
		await page.waitForTimeout(1500);
		expect((await heard()).filter((text) => /points pour ce paiement/.test(text))).toHaveLength(1);
		// 240 for the amount, and more for being early.
		expect(earned).toBeGreaterThan(240);
		// Whoever has the link sees what it earned, not what the client has.
		await expect(page.getByText(/palier/i)).toHaveCount(0);
		await accessible(page);
		for (const one of ['.stamp', '.won']) {
			const motion = () => page.evaluate((name) => getComputedStyle(document.querySelector(name)!).animationName, one);
			expect(await motion()).not.toBe('none');
			await page.emulateMedia({ reducedMotion: 'reduce' });
			expect(await motion()).toBe('none');
			await page.emulateMedia({ reducedMotion: null });
		}
		await page.emulateMedia({ reducedMotion: 'reduce' });
		expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
		await page.emulateMedia({ reducedMotion: null });

		const second = await freshInvoice(page, demo, { netMinor: 50_000, buyer: first.buyer });
		await demo.signIn(page, first.email);
		await open(page, `${origin()}/portail/points`);
		// The 10 for a first payment online are not said to whoever has the link.
		await expect(page.getByText(String(earned + 10), { exact: true })).toBeVisible();
		await accessible(page);
		await page.getByRole('checkbox', { name: /J’ai lu les règles/ }).check();
		await page.getByRole('button', { name: 'Accepter les règles' }).click();
		await expect(page.getByText('Les règles sont acceptées.')).toBeVisible();
		await page.getByRole('radio', { name: /^5 €/ }).check({ force: true });
		await page.getByRole('button', { name: `Déduire de ${second.number}` }).click();
		await expect(page.getByText('100 points utilisés')).toBeVisible();
		// 600 € less the 5 € that 100 points are worth.
		await expect(page.getByRole('button', { name: /^Payer 595,00\s€ étape/ })).toBeVisible();
		// What it was, what the points take off, what is left; and the VAT inside.
		const used = page.getByRole('status').filter({ hasText: 'Sans vos points' });
		await expect(used).toHaveText(/600,00\s€.*100\spoints utilisés.*−5,00\s€.*595,00\s€.*TVA réduite de 0,83\s€/s);
		await accessible(page);
		// Instalments take no points: said where they are chosen, and nothing moves under the finger. Back, they are used again.
		const plan = page.getByRole('radio', { name: /^En 2 fois/ });
		// On the page, not on the screen: the browser scrolls to what it touches.
		const placeOf = () => plan.evaluate((radio) => radio.getBoundingClientRect().y + scrollY);
		const place = await placeOf();
		await plan.check();
		await expect(used).toHaveText(/100\spoints.*gardés.*600,00\s€/s);
		await expect(page.getByText('ils restent à vous')).toBeVisible();
		await expect(used).not.toContainText('utilisés');
		await expect(page.getByRole('button', { name: /^Payer 300,00\s€ étape/ })).toBeVisible();
		expect(await placeOf()).toBe(place);
		await accessible(page);
		await page.getByRole('radio', { name: /^En une fois/ }).check();
		await expect(page.getByRole('button', { name: /^Payer 595,00\s€ étape/ })).toBeVisible();
		await expect(page.getByText('ils restent à vous')).toBeHidden();
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		await paid(page);
		await expect(page.getByText('−5,00 €')).toBeVisible();
		await expect(page.getByRole('status').filter({ hasText: /^\+\d+ points pour ce paiement\./ })).toHaveCount(1);
		await accessible(page);

		await open(page, `${origin()}/portail/points`);
		// What the points were used on is a way to it.
		const usedOn = page.getByRole('listitem').filter({ hasText: `Utilisés sur ${second.number}` });
		await usedOn.getByRole('link', { name: second.number }).click();
		await expect(page.getByRole('heading', { name: `Facture ${second.number}` })).toBeVisible();
		await open(page, `${origin()}/portail/points`);
		// One touch asks, in its place, with what it costs and what is left; it takes nothing.
		const ask = page.locator('summary').filter({ hasText: /Prendre pour 80\spoints/ });
		const have = Number((await page.locator('.balance').textContent())?.replace(/\D/g, ''));
		await ask.focus();
		await page.keyboard.press('Enter');
		await expect(page.getByText(`vous coûte 80 points. Il vous restera ${have - 80}`)).toBeVisible();
		await expect(page.locator('.balance')).toHaveText(String(have));
		await accessible(page);
		await page.keyboard.press('Enter');
		await expect(page.getByRole('button', { name: /^Oui, la prendre/ })).toBeHidden();
		await ask.click();
		await page.getByRole('button', { name: /^Oui, la prendre\s*, Une livraison le samedi/ }).click();
		await expect(page.getByRole('status').filter({ hasText: 'Votre demande est partie.' })).toBeVisible();
		await expect(page.getByText(/80\spoints · demandée/)).toBeVisible();
		await accessible(page);

		// The supplier can't give it, and says why: the client is told, and its points are back.
		const balance = page.locator('.balance');
		const before = Number((await balance.textContent())?.replace(/\D/g, ''));
		await demo.signIn(page, 'claire@atelier-lumen.example');
		await open(page, `${origin()}/admin/points/recompenses`);
		const asked = page.getByRole('article').filter({ hasText: first.buyer.name });
		await asked.locator('summary').click();
		const client = (await asked.getByRole('link', { name: first.buyer.name }).getAttribute('href')) ?? '';
		await asked.getByRole('textbox').fill(`plus de tournée le samedi en décembre ${LONG}`);
		await asked.getByRole('button', { name: 'Annuler et rendre les points' }).click();
		await expect(page.getByRole('status').filter({ hasText: 'points rendus' })).toBeVisible();
		await open(page, `${origin()}${client}/points`);
		await page.getByRole('textbox', { name: 'Points à ajouter ou retirer' }).fill('7');
		await page.getByRole('textbox', { name: 'Motif' }).first().fill(`geste commercial ${LONG}`);
		await page.getByRole('button', { name: 'Corriger' }).click();
		await expect(page.getByText(/^Solde corrigé/)).toBeVisible();
		await inside(page);
		await demo.signIn(page, first.email);
		await open(page, `${origin()}/portail/points`);
		await inside(page);
		const why = `Motif donné par Atelier Lumen : plus de tournée le samedi en décembre ${LONG}`;
		await expect(page.getByText(why, { exact: true })).toBeVisible();
		await expect(page.getByText(/^Récompense refusée\s: Une livraison le samedi/)).toBeVisible();
		await expect(balance).toHaveText(String(before + 80 + 7));
		await accessible(page);
		const mail = await demo.mail(first.email, /Une livraison le samedi/);
		expect(mail.text).toContain('plus de tournée le samedi');
	}
);

test(
	'what is wrong with a reward stands at its field, what it would give stays beside it, and codes that are not added stay in theirs',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		const owner = (await demo.people()).find((one) => one.kind === 'member' && one.role === 'owner')!;
		await demo.signIn(page, owner.email);
		await open(page, `${origin()}/admin/points`);
		const until = page.getByLabel('Jusqu’au').first();
		await until.fill('2020-01-31');
		await expect(until).toHaveAttribute('aria-invalid', 'true');
		await expect(until).toHaveAccessibleDescription(/Cette date est passée/);
		await expect(page.getByRole('button', { name: /^Publier la version/ })).toBeDisabled();
		// Far down the page, the trial is still there, whole, above the bar that saves.
		const trial = page.getByRole('region', { name: 'Sur vos douze derniers mois' });
		await expect(trial).toBeInViewport({ ratio: 0.95 });
		const stock = page.getByLabel('Stock').first();
		await stock.fill('0');
		await expect(stock).toHaveAccessibleDescription(/Stock à 0/);
		await expect(stock).not.toHaveAttribute('aria-invalid', 'true');
		await until.fill('');
		await expect(until).not.toHaveAttribute('aria-invalid', 'true');
		await accessible(page);

		await open(page, `${origin()}/admin/points/recompenses`);
		const codes = page.getByLabel('Un code par ligne').first();
		await codes.fill('E2E-1\n\ne2e-1\nE2E-2');
		await page.getByRole('button', { name: 'Ajouter ces codes' }).first().click();
		await expect(page.getByText('2 codes ajoutés.')).toBeVisible();
		await expect(codes).toHaveValue('e2e-1');
		await expect(codes).toHaveAccessibleDescription(/Ligne 2\s: vide\..*Ligne 3, e2e-1\s: le même code est ligne 1/s);
		await codes.fill(' \n \n');
		await page.getByRole('button', { name: 'Ajouter ces codes' }).first().click();
		await expect(codes).toHaveAccessibleDescription(/Collez au moins un code/);
		await accessible(page);
	}
);
