// A client pays, from the e-mail to the receipt (scenarios 1 to 3, 5 to 7, 13 to 16, 20, 21 of the reference).
import { accessible, expect, form, freshInvoice, hydrated, open, origin, paid, payByDebit, test } from './fixtures.ts';

test('pays by card from the e-mail, and both sides see it settle live', async ({ page, demo, browser }) => {
	const invoice = await freshInvoice(page, demo);
	const admin = await (await browser.newContext()).newPage();
	await admin.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(admin, `${origin()}/admin/paiements`);
	await open(page, invoice.link);
	await expect(page.getByText(invoice.amount).first()).toBeVisible();
	await accessible(page);
	const second = await page.context().newPage();
	await open(second, invoice.link);
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await paid(page);
	await paid(second);
	await expect(admin.getByText(invoice.number)).toBeVisible();
	await accessible(page);
	const receipt = await demo.mail(invoice.email, /Paiement reçu/);
	// The year is the demo's own, which other tests have moved.
	expect(receipt.attachments[0]!.name).toMatch(/^R\d{4}-\d{6}\.pdf$/);
	const pdf = await page.request.get(
		origin() + (await page.getByRole('link', { name: /Télécharger le reçu/ }).getAttribute('href'))
	);
	expect([pdf.status(), pdf.headers()['content-type'], (await pdf.body()).subarray(0, 5).toString()]).toEqual([
		200,
		'application/pdf',
		'%PDF-'
	]);
	await admin.context().close();
});
test('is refused, told why, and pays with another card', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await form.open(page);
	await form.card(page, '4000000000009995');
	await form.pay(page);
	await expect(page.getByRole('alert').filter({ hasText: 'provision ou un plafond insuffisant' })).toBeVisible();
	await accessible(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await paid(page);
});
test('confirms with the bank; fails; leaves and comes back', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await form.open(page);
	await form.card(page, '4000002760003184');
	await form.pay(page);
	await form.bank(page, 'Échouer');
	await expect(page.getByRole('alert').filter({ hasText: 'demande une confirmation' })).toBeVisible();
	await form.card(page, '4000002760003184');
	await form.pay(page);
	await expect(
		page.frameLocator('iframe[title="3D Secure 2 authentication"]').getByText('Confirmez-vous')
	).toBeVisible();
	await page.reload();
	await hydrated(page);
	await page.getByRole('button', { name: 'Reprendre la confirmation' }).click();
	await form.bank(page, 'Terminer l’authentification');
	await paid(page);
});
test('pays by SEPA: under way, not payable twice, then paid six business days later', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await form.open(page);
	await form.sepa(page, 'FR1420041010050500013M02606');
	await expect(form.frame(page).getByText('pendant 8 semaines')).toBeVisible();
	await form.pay(page);
	await expect(page.getByText('Prélèvement SEPA en cours')).toBeVisible();
	await expect(page.getByRole('button', { name: /^Payer / })).toHaveCount(0);
	await accessible(page);
	expect((await demo.mail(invoice.email, /Prélèvement SEPA/)).text).toContain('PONCTUEL');
	await demo.advance('P10D');
	await paid(page);
});
test('a SEPA debit that fails makes the invoice due again, and says so', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await payByDebit(page, invoice.link, 'FR9720041010050000002222227');
	await demo.advance('P6D');
	await expect(page.getByText('la facture est de nouveau à payer')).toBeVisible();
	await demo.mail(invoice.email, /n’a pas abouti/);
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await paid(page);
});
test('above 10,000 EUR SEPA is not offered, and the page says why before any IBAN', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo, { netMinor: 1_000_000 });
	await open(page, invoice.link);
	// Beside the marks of what there is; and a choice that is not there has a row that says why.
	await expect(page.getByRole('img', { name: 'CB, Visa, Mastercard', exact: true })).toBeVisible();
	await expect(page.getByText('Au-delà de 10 000 €')).toBeVisible();
	await expect(page.getByText('le délai de l’escompte est passé')).toBeVisible();
	await form.open(page);
	await expect(form.frame(page).getByLabel('Prélèvement SEPA')).toHaveCount(0);
});
test('two tabs and a double click are one payment', { tag: '@phone' }, async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	const second = await page.context().newPage();
	await open(second, invoice.link);
	for (const tab of [page, second]) {
		await form.open(tab);
		await form.card(tab, '4242424242424242');
	}
	await Promise.all([page.getByRole('button', { name: /^Payer / }).dblclick(), form.pay(second)]);
	await paid(page);
	await paid(second);
	await expect(page.getByText(/^Reçu R/)).toHaveCount(1);
});
test(
	'Stripe’s answer is lost after it took the money: checked, then paid, once',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		await open(page, invoice.link);
		await form.open(page);
		await form.card(page, '4242424242424242');
		await demo.fault('answer_lost');
		await form.pay(page);
		await paid(page);
		await expect(page.getByText(/^Reçu R/)).toHaveCount(1);
	}
);
test('the payment script is blocked: explained, retried, transfer at hand', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await demo.fault('script_blocked');
	await open(page, invoice.link);
	await page.getByRole('button', { name: /^Payer / }).click();
	await expect(page.getByRole('alert').filter({ hasText: 'ne répond pas' })).toBeVisible();
	await accessible(page);
	await page.getByRole('button', { name: 'Payer par virement' }).click();
	await expect(page.getByText('Référence à recopier')).toBeVisible();
	await expect(page.getByRole('img', { name: /Code à scanner/ })).toBeVisible();
	await demo.calm();
	await page.getByRole('button', { name: 'Réessayer' }).click();
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await paid(page);
});
test('the payment script is slow: said after eight seconds, the transfer at hand, and the form comes by itself', async ({
	page,
	demo
}) => {
	const invoice = await freshInvoice(page, demo);
	await demo.fault('script_slow');
	await open(page, invoice.link);
	await page.getByRole('button', { name: /^Payer / }).click();
	const slow = page.getByRole('status').filter({ hasText: 'C’est plus long que d’habitude' });
	await expect(slow).toContainText('Rien n’a été débité');
	await expect(slow.getByRole('button', { name: 'Payer par virement' })).toBeInViewport({ ratio: 0.9 });
	await expect(page.getByRole('button', { name: 'Ouverture du formulaire sécurisé…' })).toBeVisible();
	await expect(form.frame(page).getByLabel('Numéro de carte')).toBeFocused();
	await expect(slow).toHaveCount(0);
	await form.card(page, '4242424242424242');
	// Down, it says so in English; the page in the reader's language, and what became of the money.
	await demo.fault('stripe_down');
	await form.pay(page);
	const problem = page.getByRole('alert').filter({ hasText: 'Stripe ne répond pas' });
	await expect(problem).toContainText('Rien n’a été débité');
	await demo.calm();
	// Its answers take long too: nobody is left before a grey button without a word.
	await demo.fault('stripe_slow');
	await form.pay(page);
	await expect(slow).toContainText('ne payez pas une seconde fois');
	await demo.calm();
	await paid(page);
	await expect(page.getByText(/^Reçu R/)).toHaveCount(1);
});
test(
	'the form opens into view with the focus in it, and the button says what it does next',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
		await open(page, invoice.link);
		const opens = page.getByRole('button', { name: /^Payer 1.176,00\s€ étape suivante\s: votre carte ou votre IBAN$/ });
		await expect(opens).toBeInViewport({ ratio: 0.9 });
		await opens.click();
		await expect(form.frame(page).getByLabel('Numéro de carte')).toBeFocused();
		await expect(page.locator('iframe[title="Secure payment input frame"]')).toBeInViewport({ ratio: 0.9 });
		// With its wide letters this phone has just room for both.
		await expect(page.getByRole('button', { name: /^Payer 1.176,00\s€$/ })).toBeInViewport({ ratio: 0.9 });
	}
);
test('webhooks lost or twice change nothing for the payer', { tag: '@phone' }, async ({ page, demo }) => {
	for (const fault of ['webhooks_lost', 'webhooks_twice']) {
		const invoice = await freshInvoice(page, demo);
		await demo.fault(fault);
		await open(page, invoice.link);
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		await paid(page);
		await demo.calm();
	}
});
test('without JavaScript the page tells what is owed and how to pay by transfer', async ({ browser, page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
	await plain.goto(invoice.link);
	await expect(plain.getByText(invoice.amount).first()).toBeVisible();
	await plain.getByText('Payer par virement', { exact: true }).click();
	await expect(plain.getByText('FR76')).toBeVisible();
	await plain.context().close();
});
test('a forwarded link shows this invoice only: no address, no other invoice, no history', async ({ page, demo }) => {
	const roche = (await demo.people()).find((person) => person.kind === 'contact' && person.pay_links.length > 1)!;
	await page.goto(roche.pay_links[0]!.url);
	const html = await page.content();
	expect(html).not.toContain(roche.email);
	for (const other of roche.pay_links.slice(1)) expect(html).not.toContain(other.number);
});
