// The client chooses: early with a discount, or in instalments that are taken by themselves. Scenarios 4, 8 to 12 of the sandbox's matrix.
import { accessible, expect, form, freshInvoice, hydrated, open, origin, paid, test, type Demo } from './fixtures.ts';
import type { Browser, Page } from '@playwright/test';

const choose = (page: Page, name: RegExp) => page.getByRole('radio', { name }).check();
async function payFirstInstalment(page: Page, link: string, number: string, confirms = false): Promise<void> {
	await open(page, link);
	await choose(page, /En 2 fois/);
	await form.open(page);
	await form.card(page, number);
	await form.pay(page);
	if (confirms) await form.bank(page, 'Terminer l’authentification');
	await expect(page.getByText('prélevée automatiquement').first()).toBeVisible();
}
const instalments = (page: Page) => page.getByRole('region', { name: /Paiement en \d fois/ }).getByRole('listitem');
const failed = (demo: Demo, email: string) => demo.mail(email, /n’a pas pu être prélevée/);

test('the discount in five seconds; it ends while the page is open, the page says so, the old price is refused', async ({
	page,
	demo
}) => {
	const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
	const mail = await demo.mail(invoice.email, new RegExp(invoice.number));
	expect(mail.text).toMatch(/1.176,00.€ jusqu’au/);
	await open(page, invoice.link);
	await expect(page.getByRole('radio', { name: /Avec 2.% d’escompte/ })).toBeChecked();
	await expect(page.getByText(/Vous gagnez 24,00.€/)).toBeVisible();
	await expect(page.getByRole('button', { name: /^Payer 1.176,00.€/ })).toBeInViewport({ ratio: 0.5 });
	await accessible(page);
	await form.open(page);
	await form.card(page, '4242424242424242');
	await demo.advance('P16D');
	await expect(page.getByText(/L’escompte vient de prendre fin.*1.200,00.€/)).toBeVisible();
	await expect(page.getByRole('button', { name: /^Payer 1.200,00.€/ })).toBeVisible();
	await form.pay(page);
	await paid(page);
	await expect(page.getByText('Télécharger l’avoir')).toHaveCount(0);
});
test(
	'paid early: the receipt and the credit note are there, on the page and in the mail',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
		await open(page, invoice.link);
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		await paid(page);
		await expect(page.locator('dl > div', { hasText: 'Escompte' })).toHaveText(/Escompte\s*−24,00\s€/);
		const href = await page.getByRole('link', { name: /Télécharger l’avoir AV/ }).getAttribute('href');
		const pdf = await page.request.get(new URL(href!, origin()).href);
		expect([pdf.status(), pdf.headers()['content-type']]).toEqual([200, 'application/pdf']);
		const receipt = await demo.mail(invoice.email, /^Paiement reçu/);
		expect(receipt.attachments.map((file) => file.name.slice(0, 2))).toEqual(['R2', 'AV']);
		await accessible(page);
	}
);
test('a choice is made without JavaScript, up to the card', async ({ browser, page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
	await plain.goto(invoice.link);
	const plan = plain.getByRole('group', { name: 'Comment voulez-vous payer' }).getByRole('listitem');
	await expect(plan).toHaveCount(0);
	await plain.getByRole('radio', { name: /En 2 fois/ }).check();
	// No button to press: what belongs to the choice is there at once, and nothing of the others.
	await expect(plan).toHaveCount(2);
	await expect(plan.first()).toContainText(/588,00.€\s*aujourd’hui/);
	await plain.getByText('Ce que vous acceptez, en entier').filter({ visible: true }).click();
	await expect(plain.getByText(/Vous réglez .* en 2 fois/)).toBeVisible();
	await expect(plain.getByRole('button', { name: /^Payer / })).toHaveText(/Payer 588,00.€/, { useInnerText: true });
	await expect(plain.getByText(/demande JavaScript/)).toBeVisible();
	await plain.context().close();
});
test(
	'in 3 by card: the first with the bank’s confirmation, two taken on their days, and all is paid',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo, { netMinor: 100_001, issuedDaysAgo: 5 });
		await open(page, invoice.link);
		await choose(page, /En 3 fois/);
		// Plain lines before the button, of this choice alone; the whole text folded after it.
		await expect(page.getByText(/^400,01.€ aujourd’hui, le reste aux dates ci-dessus/)).toBeVisible();
		await page.getByText('Ce que vous acceptez, en entier').filter({ visible: true }).click();
		await expect(
			page.getByText(/en 3 fois\s: .*La première échéance est payée maintenant/).filter({ visible: true })
		).toBeVisible();
		await accessible(page);
		await form.open(page);
		await form.card(page, '4000002500003155');
		await form.pay(page);
		await form.bank(page, 'Terminer l’authentification');
		await expect(instalments(page)).toHaveCount(3);
		await expect(instalments(page).nth(0)).toContainText('payée');
		// It says what happened and what comes; the button to pay is not where the thumb is.
		await expect(page.getByText(/^Échéance 1 sur 3 reçue, 400,01.€\. Merci/)).toBeVisible();
		await expect(page.getByText(/seront prélevés le .* Vous n’avez rien à faire/)).toBeVisible();
		await expect(page.getByText(/montant a changé/)).toHaveCount(0);
		await expect(page.getByRole('button', { name: /^Payer/ })).toHaveCount(0);
		await accessible(page);
		const schedule = await demo.mail(invoice.email, /paiement en 3 fois/);
		expect(schedule.text).toMatch(/400,01/);
		await demo.advance('P14D');
		await demo.mail(invoice.email, /seront prélevés le/);
		await demo.advance('P7D');
		await expect(instalments(page).nth(1)).toContainText('payée');
		await demo.advance('P20D');
		await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
		await expect(page.getByText(/^Reçu R/)).toHaveCount(3);
	}
);
test(
	'the bank wants a confirmation for the second: the mail’s link says so, whoever gave the card signs in and confirms, and it is one payment',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		await payFirstInstalment(page, invoice.link, '4000002760003184', true);
		await demo.advance('P20D');
		const mail = await failed(demo, invoice.email);
		expect(mail.text).toContain('Votre banque demande que vous confirmiez');
		await open(
			page,
			mail.links.find((link) => link.includes('/p/'))!
		);
		await expect(page.getByText('à confirmer auprès de votre banque')).toBeVisible();
		await accessible(page);
		// A link may have been forwarded: it confirms nothing with somebody's card.
		await expect(page.getByRole('button', { name: 'Confirmer auprès de ma banque' })).toHaveCount(0);
		await page.getByRole('link', { name: 'Se connecter' }).click();
		await page.getByLabel('Adresse e-mail').fill(invoice.email);
		await page.getByRole('button', { name: 'Recevoir mon lien' }).click();
		await page.getByLabel('Code à six chiffres').fill((await demo.mail(invoice.email, /Votre connexion à/)).code!);
		await page.getByRole('button', { name: 'Se connecter' }).click();
		await page.getByRole('link', { name: new RegExp(invoice.number) }).click();
		await page.getByRole('button', { name: 'Confirmer auprès de ma banque' }).click();
		await form.bank(page, 'Terminer l’authentification');
		await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
	}
);
test(
	'refused three times, then another card: it pays, and serves for the next one',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo, { issuedDaysAgo: 5 });
		await open(page, invoice.link);
		await choose(page, /En 3 fois/);
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		await expect(instalments(page)).toHaveCount(3);
		await demo.fault('saved_card_refused');
		await demo.advance('P20D');
		await expect(instalments(page).nth(1)).toContainText('nouvel essai le');
		await demo.advance('P7D');
		await expect(instalments(page).nth(1)).toContainText('refusée, à régler');
		await expect(page.getByText(/le reste deviendra exigible/)).toBeVisible();
		await accessible(page);
		await demo.calm();
		await form.open(page);
		await form.card(page, '5555555555554444');
		await form.pay(page);
		await expect(instalments(page).nth(1)).toContainText('payée');
		await demo.advance('P14D');
		await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
	}
);
test(
	'the card expired meanwhile: another one is given, nothing is charged by giving it, and the part is taken',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		await payFirstInstalment(page, invoice.link, '4242424242424242');
		await demo.fault('saved_card_expired');
		await demo.advance('P20D');
		await failed(demo, invoice.email);
		await demo.calm();
		await open(page, invoice.link);
		await page.getByText('Changer de moyen de paiement').first().click();
		await page.getByRole('button', { name: 'Changer de moyen de paiement' }).click();
		await expect(form.frame(page).getByText('Paiement simulé')).toBeVisible();
		await form.card(page, '4000002500003155');
		await page.getByRole('button', { name: 'Enregistrer ce moyen de paiement' }).click();
		await form.bank(page, 'Terminer l’authentification');
		await expect(page.getByText(/C’est enregistré/)).toBeVisible();
		await accessible(page);
		await demo.advance('PT6H');
		await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
	}
);
test('in 2 by SEPA: both debits land on their days', { tag: '@phone' }, async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await choose(page, /En 2 fois/);
	await form.open(page);
	await form.sepa(page, 'FR1420041010050500013M02606');
	await form.pay(page);
	await expect(instalments(page).nth(0)).toContainText('prélèvement en cours');
	await demo.advance('P16D');
	await expect(instalments(page).nth(0)).toContainText('payée');
	await expect(instalments(page).nth(1)).toContainText('prélèvement en cours');
	// Longer than any debit takes: at Easter and at the end of the year banks rest for days.
	await demo.advance('P21D');
	await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
});
test('paid off at once: nothing else will be taken', { tag: '@phone' }, async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await payFirstInstalment(page, invoice.link, '4242424242424242');
	await open(page, invoice.link);
	await page.getByText('Payer plus tôt').click();
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
});
test('a price that ends while the card is read: never another than the button said, nothing is debited, and the new one is asked for', async ({
	page,
	demo,
	browser
}) => {
	const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
	const name = `Le temps de ${invoice.number}`;
	const admin = await writeOffer(browser, demo, invoice.number, name);
	await admin.getByLabel('Remise 1').fill('5');
	await admin.getByRole('button', { name: 'Publier' }).click();
	await open(admin, `${origin()}${await admin.getByRole('link', { name }).getAttribute('href')}`);
	await open(page, invoice.link);
	await form.open(page);
	await form.card(page, '4242424242424242');
	await expect(page.getByRole('button', { name: /^Payer 1.140,00.€/ })).toBeVisible();
	// Stripe reads the card, and meanwhile the supplier ends the offer: the page knows before the answer is there.
	await page.route(
		/\/v1\/confirmation_tokens$/,
		async (route) => {
			await admin.locator('summary').filter({ hasText: 'Ne plus proposer' }).click();
			await admin.getByRole('button', { name: 'Oui, ne plus la proposer' }).click();
			await expect(page.getByRole('radio', { name: /Avec 2.% d’escompte/ })).toHaveCount(1);
			await route.continue();
		},
		{ times: 1 }
	);
	await form.pay(page);
	await expect(page.getByText(/le montant est maintenant de 1.176,00.€\. Rien n’a été débité/)).toBeVisible();
	await page.getByRole('button', { name: /^Payer 1.176,00.€/ }).click();
	await paid(page);
	expect((await demo.mail(invoice.email, /^Paiement reçu/)).subject).toMatch(/1.176,00/);
	await admin.context().close();
});
/** The supplier, in a browser of her own, at a new offer for the client of this invoice alone. Close its context afterwards. */
async function writeOffer(browser: Browser, demo: Demo, number: string, name: string): Promise<Page> {
	const admin = await (await browser.newContext({ locale: 'fr-FR', serviceWorkers: 'block' })).newPage();
	await admin.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(admin, `${origin()}/admin/offres/nouvelle`);
	await admin.getByLabel('Nom de l’offre').fill(name);
	await admin.getByLabel('Pour', { exact: true }).selectOption({ label: `Client ${number.replace('E2E-', '')}` });
	return admin;
}
test('a supplier writes an offer, sees it, publishes it, and a client’s open page follows', async ({
	page,
	demo,
	browser
}) => {
	const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
	await open(page, invoice.link);
	await expect(page.getByRole('button', { name: /^Payer 1.176,00/ })).toBeVisible();
	const admin = await writeOffer(browser, demo, invoice.number, `Rien que pour ${invoice.number}`);
	await admin.getByLabel('Remise 1').fill('90');
	await expect(admin.getByText('Indiquez un taux entre 0,01 et 30')).toBeVisible();
	await expect(admin.getByRole('button', { name: 'Publier' })).toBeDisabled();
	await admin.getByLabel('Remise 1').fill('5');
	await expect(admin.getByText('Avec 5 % d’escompte')).toBeVisible();
	await accessible(admin);
	await admin.getByRole('button', { name: 'Publier' }).click();
	await expect(admin.getByRole('link', { name: `Rien que pour ${invoice.number}` })).toBeVisible();
	await accessible(admin);
	await expect(page.getByRole('button', { name: /^Payer 1.140,00/ })).toBeVisible();
	await open(admin, `${origin()}/admin/echeanciers`);
	await accessible(admin);
	await hydrated(admin);
	await admin.context().close();
});
