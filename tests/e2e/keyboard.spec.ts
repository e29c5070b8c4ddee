// A payment without a pointer, 3-D Secure included (scenario 24 of the reference).
import { expect, form, freshInvoice, open, paid, test } from './fixtures.ts';

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
	await expect(form.frame(page).getByLabel('Numéro de carte')).toBeVisible();
	await form.frame(page).getByLabel('Numéro de carte').focus();
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
});
