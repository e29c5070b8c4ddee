// An open page is read again for what it shows, and left alone by everything else.
import { expect, form, freshInvoice, open, origin, paid, test } from './fixtures.ts';

test(
	'the supplier’s page of an invoice follows its client, and asks for nothing when something happens to another',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const shown = await freshInvoice(page, demo);
		const admin = await (await browser.newContext()).newPage();
		await admin.goto((await demo.person('Claire Martin')).sign_in_url);
		await open(admin, `${origin()}/admin/factures?q=${shown.number}`);
		await admin.getByRole('link', { name: shown.number }).first().click();
		await expect(admin.getByRole('heading', { name: new RegExp(shown.number) })).toBeVisible();
		const reads: string[] = [];
		admin.on('request', (request) => {
			if (request.url().includes('__data.json')) reads.push(request.url());
		});
		// Of another client, while the page listens.
		await freshInvoice(page, demo);
		await expect(admin.getByRole('status').filter({ hasText: 'facture' })).toBeVisible();
		await admin.waitForTimeout(2000);
		expect(reads).toEqual([]);
		await open(page, shown.link);
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		await paid(page);
		await expect(admin.getByRole('link', { name: /^R\d{4}-\d{6}/ })).toBeVisible();
		expect(reads.length).toBeGreaterThan(0);
		await admin.context().close();
	}
);
