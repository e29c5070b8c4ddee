// A payment without a pointer, 3-D Secure included (scenario 24 of the reference).
import { expect, form, freshInvoice, open, origin, paid, test } from './fixtures.ts';

test('the whole payment by keyboard alone', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	const tabTo = async (name: RegExp) => {
		for (let i = 0; i < 40; i++) {
			await page.keyboard.press('Tab');
			const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
			if (name.test(label)) return;
		}
		throw new Error(`not reached: ${name}`);
	};
	await tabTo(/^\s*Payer 1/);
	await page.keyboard.press('Enter');
	await expect(form.frame(page).getByLabel('Numéro de carte')).toBeFocused();
	await page.keyboard.type('4000002760003184');
	await page.keyboard.press('Tab');
	await page.keyboard.type('1234');
	await page.keyboard.press('Tab');
	await page.keyboard.type('123');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	const bank = page
		.frameLocator('iframe[title="3D Secure 2 authentication"]')
		.getByRole('button', { name: 'Terminer l’authentification' });
	await expect(bank).toBeFocused();
	await page.keyboard.press('Enter');
	await paid(page);
	// The button is gone: whoever reads by ear is where the outcome is.
	await expect(page.locator(':focus')).toContainText('C’est payé. Merci');
});
test('the queue of the bank is cleared by keyboard alone', async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(page, `${origin()}/admin/banque`);
	const day = ((await (await page.request.get(`${origin()}/demo/api/clock`)).json()).now as string).slice(0, 10);
	await page.setInputFiles('#releves', {
		name: 'clavier.csv',
		mimeType: 'text/csv',
		// Oldest first: this one is the first of the queue.
		buffer: Buffer.from(`Date;Libellé;Montant\n2020-01-01;CLAVIER ${invoice.number};1176,00\n${day};CLAVIER RIEN;1,00`)
	});
	const card = page.getByRole('article').filter({ hasText: `CLAVIER ${invoice.number}` });
	await expect(card).toBeVisible();
	await page.locator('h1').click();
	await page.keyboard.press('j');
	await expect(card.getByRole('button', { name: 'Accepter' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(card).toHaveCount(0);
	await expect(page.locator('article button:focus')).toHaveCount(1);
	const other = page.getByRole('article').filter({ hasText: 'CLAVIER RIEN' });
	await other.getByRole('button', { name: 'Accepter' }).focus();
	await page.keyboard.press('x');
	await expect(other).toHaveCount(0);
});
