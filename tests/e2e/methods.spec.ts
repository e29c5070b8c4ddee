// Means of payment: kept by a signed-in person, wallets of the device, plans that begin on the due date, instalments moved and given up. Scenarios 20 and 22.
import { accessible, expect, form, freshInvoice, hydrated, open, origin, paid, test } from './fixtures.ts';

test('a card is added, named, pays alone, is seen by nobody else, and is removed', async ({ page, demo, browser }) => {
	const invoice = await freshInvoice(page, demo);
	await demo.signIn(page, invoice.email);
	await open(page, `${origin()}/portail/compte`);
	await expect(page.getByText('Aucun moyen de paiement enregistré')).toBeVisible();
	await page.getByText('Ajouter une carte ou un compte').first().click();
	await page.getByRole('button', { name: 'Ajouter une carte ou un compte' }).click();
	await expect(form.frame(page).getByText('Paiement simulé')).toBeVisible();
	await form.card(page, '4000002500003155');
	await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
	await form.bank(page, 'Terminer l’authentification');
	await expect(page.getByText('Visa •••• 3155')).toBeVisible();
	await page.getByLabel('Nom', { exact: true }).fill('Carte du bureau');
	await page.getByRole('button', { name: 'Enregistrer le nom' }).click();
	await expect(page.getByLabel('Nom', { exact: true })).toHaveValue('Carte du bureau');
	await accessible(page);
	// The link of the mail may have been forwarded: it shows none of it, and offers to keep nothing.
	const forwarded = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
	await open(forwarded, invoice.link);
	await expect(forwarded.getByRole('button', { name: /^Payer / })).toBeVisible();
	await expect(forwarded.getByText('3155')).toHaveCount(0);
	await expect(forwarded.getByText('Garder ce moyen de paiement')).toHaveCount(0);
	await forwarded.context().close();
	await open(page, `${origin()}/portail`);
	await page.getByRole('button', { name: /^Payer / }).click();
	await expect(page.getByRole('radio', { name: /Visa •••• 3155 · Carte du bureau/ })).toBeChecked();
	await hydrated(page);
	await accessible(page);
	await page.getByRole('button', { name: /^Payer / }).click();
	await form.bank(page, 'Terminer l’authentification');
	await expect(page.getByRole('button', { name: 'Reprendre la confirmation' })).toHaveCount(0);
	await paid(page);
	await open(page, `${origin()}/portail/compte`);
	await page.getByRole('button', { name: 'Retirer', exact: true }).click();
	await page.getByRole('button', { name: 'Confirmer le retrait' }).click();
	await expect(page.getByText('Aucun moyen de paiement enregistré')).toBeVisible();
});
test('kept while paying; another one may be chosen next time; needed by a plan, it stays', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await demo.signIn(page, invoice.email);
	await page.getByRole('button', { name: /^Payer / }).click();
	await page.getByRole('radio', { name: /En 2 fois/ }).check();
	await page.getByLabel(/Garder ce moyen de paiement/).check();
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await expect(page.getByText('prélevée automatiquement').first()).toBeVisible();
	await page.getByText('Payer plus tôt').click();
	await expect(page.getByRole('radio', { name: /Visa •••• 4242/ })).toBeChecked();
	await page.getByRole('radio', { name: 'Une autre carte ou un autre compte' }).check();
	await form.open(page);
	await page.getByRole('radio', { name: /Visa •••• 4242/ }).check();
	await open(page, `${origin()}/portail/compte`);
	await expect(page.getByText('utilisé par un paiement en plusieurs fois')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Retirer', exact: true })).toHaveCount(0);
});
test('Apple Pay: closed, refused, then accepted', { tag: '@phone' }, async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await demo.fault('device_wallets');
	await open(page, invoice.link);
	await form.open(page);
	const button = page
		.frameLocator('iframe[title="Secure express checkout frame"]')
		.getByRole('button', { name: 'Payer avec Apple Pay' });
	// One tap comes first, the rest under it.
	await expect(page.getByText('ou avec une carte ou un IBAN')).toBeVisible();
	const placeOf = async (title: string) => (await page.locator(`iframe[title="${title}"]`).boundingBox())!;
	const wallet = () => placeOf('Secure express checkout frame');
	await expect.poll(async () => (await wallet()).height).toBeGreaterThan(90);
	expect((await wallet()).y).toBeGreaterThanOrEqual(0);
	expect((await placeOf('Secure payment input frame')).y).toBeGreaterThan((await wallet()).y);
	await button.click();
	await expect(form.sheet(page).getByRole('heading', { name: 'Apple Pay' })).toBeVisible();
	await form.sheet(page).getByRole('button', { name: 'Fermer' }).click();
	await expect(form.frame(page).getByText('Paiement simulé')).toBeVisible();
	await button.click();
	await form.sheet(page).getByLabel('Carte').selectOption({ label: 'Visa •••• 9995 (refusée)' });
	await form.sheet(page).getByRole('button', { name: 'Payer avec cet appareil' }).click();
	await expect(page.getByRole('alert').filter({ hasText: 'provision ou un plafond insuffisant' })).toBeVisible();
	await button.click();
	await form.sheet(page).getByRole('button', { name: 'Payer avec cet appareil' }).click();
	await paid(page);
});
test('Google Pay, and a device that has no wallet', { tag: '@phone' }, async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await form.open(page);
	await expect(page.locator('iframe[title="Secure express checkout frame"]')).toHaveCount(0);
	await demo.fault('device_wallets');
	await open(page, invoice.link);
	await form.open(page);
	await page
		.frameLocator('iframe[title="Secure express checkout frame"]')
		.getByRole('button', { name: 'Payer avec Google Pay' })
		.click();
	await form.sheet(page).getByRole('button', { name: 'Payer avec cet appareil' }).click();
	await paid(page);
});
test(
	'a plan whose first part comes on the due date: nothing today, then both on their days',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo, { of: 'Alice Verne', issuedDaysAgo: 0 });
		await open(page, invoice.link);
		await page.getByRole('radio', { name: /En 2 fois/ }).check();
		await expect(page.getByText(/^Rien aujourd’hui\s: votre moyen de paiement sert/)).toBeVisible();
		await page.getByText('Ce que vous acceptez, en entier').filter({ visible: true }).click();
		await expect(page.getByText('Rien n’est débité aujourd’hui').filter({ visible: true })).toBeVisible();
		await accessible(page);
		await page.getByRole('button', { name: 'Accepter l’échéancier' }).click();
		await expect(form.frame(page).getByText('Paiement simulé')).toBeVisible();
		await form.card(page, '4000002500003155');
		await page.getByRole('button', { name: 'Accepter l’échéancier' }).click();
		await form.bank(page, 'Terminer l’authentification');
		const instalments = page.getByRole('region', { name: /Paiement en \d fois/ }).getByRole('listitem');
		await expect(instalments).toHaveCount(2);
		await expect(instalments.nth(0)).toContainText('prélevée automatiquement');
		await expect(page.getByText(/^Reçu R/)).toHaveCount(0);
		await expect(page.getByText('Vérification en cours')).toHaveCount(0);
		await demo.mail(invoice.email, /paiement en 2 fois/);
		await demo.advance('P20D');
		await expect(instalments.nth(0)).toContainText('payée');
		await demo.advance('P25D');
		await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
	}
);
test(
	'the supplier suggests another day, the client agrees; a part is given up; a dispute stops the debits',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo, { issuedDaysAgo: 5 });
		await open(page, invoice.link);
		await page.getByRole('radio', { name: /En 3 fois/ }).check();
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		const instalments = page.getByRole('region', { name: /Paiement en \d fois/ }).getByRole('listitem');
		await expect(instalments).toHaveCount(3);
		const admin = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
		await admin.goto((await demo.person('Claire Martin')).sign_in_url);
		await open(admin, `${origin()}/admin/echeanciers`);
		const card = admin.getByRole('article').filter({ hasText: invoice.number });
		const now = (await (await page.request.get(`${origin()}/demo/api/clock`)).json()).now as string;
		const day = new Date(Date.parse(now) + 25 * 86_400_000).toISOString().slice(0, 10);
		await card.getByText('Modifier cette échéance').first().click();
		await card.getByLabel('Proposer une autre date').first().fill(day);
		await card.getByRole('button', { name: 'Proposer' }).first().click();
		await expect(card.getByText(/réponse du client attendue/)).toBeVisible();
		await accessible(admin);
		await demo.mail(invoice.email, /Une autre date/);
		await expect(page.getByText(/propose le/)).toBeVisible();
		await accessible(page);
		await page.getByRole('button', { name: 'Accepter cette date' }).click();
		await expect(page.getByText(/propose le/)).toHaveCount(0);
		await expect(card.getByText(/réponse du client attendue/)).toHaveCount(0);
		await card.getByText('Modifier cette échéance').last().click();
		await card.getByRole('button', { name: 'Abandonner cette échéance' }).last().click();
		await card.getByRole('button', { name: 'Abandonner cette échéance' }).last().click();
		await expect(instalments.nth(2)).toContainText('abandonnée');
		await expect(page.getByRole('link', { name: /Télécharger l’avoir AV/ })).toBeVisible();
		await card.getByRole('link', { name: invoice.number }).click();
		await hydrated(admin);
		await admin.getByRole('button', { name: 'Suspendre', exact: true }).click();
		await expect(admin.getByText('Suspendus : facture en litige.'.replace(' :', '\u00a0:'))).toBeVisible();
		await accessible(admin);
		await expect(page.getByText(/Les prélèvements sont suspendus/)).toBeVisible();
		await demo.advance('P26D');
		await expect(instalments.nth(1)).toContainText('prélèvement suspendu');
		await admin.getByRole('button', { name: 'Reprendre les prélèvements' }).click();
		await demo.advance('P1D');
		await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
		await admin.context().close();
	}
);
