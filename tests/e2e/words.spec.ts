// The screens in English, and the mails as they are read: accessible, whole in both languages, light and dark.
import { accessible, expect, form, freshInvoice, hydrated, open, origin, test } from './fixtures.ts';

const NEVER = /undefined|\[object|NaN|\{\w+\}|Invalid Date/;

test('a payment in English, from the link to the receipt', async ({ page, demo, context }) => {
	const invoice = await freshInvoice(page, demo);
	await context.addCookies([{ name: 'ponctuel_lang', value: 'en', url: origin() }]);
	await open(page, invoice.link);
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await accessible(page);
	await page.getByRole('button', { name: /^Pay €/ }).click();
	const frame = form.frame(page);
	await frame.getByLabel('Card number').fill('4000000000009995');
	await frame.getByLabel('Expiration date').fill('1234');
	await frame.getByLabel('Security code').fill('123');
	await page.getByRole('button', { name: /^Pay €/ }).click();
	await expect(page.getByRole('alert')).toBeVisible();
	await accessible(page);
	await frame.getByLabel('Card number').fill('4242424242424242');
	await page.getByRole('button', { name: /^Pay €/ }).click();
	await expect(page.getByRole('link', { name: 'Download the receipt' })).toBeVisible();
	await accessible(page);
	expect(await page.locator('main').innerText()).not.toMatch(NEVER);
});
test('every screen in English is accessible', async ({ page, demo, context }) => {
	await context.addCookies([{ name: 'ponctuel_lang', value: 'en', url: origin() }]);
	await open(page, `${origin()}/connexion`);
	await accessible(page);
	const contact = (await demo.people()).find((person) => person.kind === 'contact' && person.pay_links.length)!;
	await page.goto(contact.sign_in_url);
	for (const path of ['/portail', '/portail/recus', '/portail/compte', '/demo', '/offline', '/nulle-part']) {
		await page.goto(origin() + path);
		if (path !== '/offline') await hydrated(page);
		await accessible(page);
		expect([path, await page.locator('main').innerText()]).not.toEqual([path, expect.stringMatching(NEVER)]);
	}
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	for (const path of ['', '/factures', '/import', '/clients', '/paiements', '/banque', '/liens', '/reglages']) {
		await open(page, `${origin()}/admin${path}`);
		await expect(page.locator('html')).toHaveAttribute('lang', 'en');
		await accessible(page);
		expect([path, await page.locator('main').innerText()]).not.toEqual([path, expect.stringMatching(NEVER)]);
	}
});
for (const colorScheme of ['light', 'dark'] as const)
	test(`every kind of mail is accessible (${colorScheme})`, async ({ page, request }) => {
		const { mails } = (await (await request.get(`${origin()}/demo/api/mails`)).json()) as {
			mails: { subject: string; html: string; text: string }[];
		};
		// A kind by the first two words of its subject that hold no number.
		const kindOf = (subject: string) =>
			subject
				.replace(/\S*\d\S*/g, '')
				.trim()
				.split(/\s+/)
				.slice(0, 2)
				.join(' ');
		const kinds = new Map(mails.map((mail) => [kindOf(mail.subject), mail]));
		expect(kinds.size).toBeGreaterThanOrEqual(6);
		await page.emulateMedia({ colorScheme });
		for (const mail of kinds.values()) {
			await page.setContent(mail.html);
			await accessible(page);
			expect(mail.text.length).toBeGreaterThan(60);
			expect(mail.html + mail.text).not.toMatch(/undefined|\[object|NaN|Invalid Date/);
			const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			expect([mail.subject, width]).toEqual([mail.subject, 0]);
		}
	});
