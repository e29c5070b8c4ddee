// The token of a pay link is only in the mail and in a cookie of its own: never in the address while somebody pays.
import { createServer, request as httpRequest } from 'node:http';
import type { Page } from '@playwright/test';
import { expect, form, freshInvoice, open, origin, paid, payByCard, test } from './fixtures.ts';

const NO_TOKEN = /\/p\/[\da-f]{8}-[\da-f-]{27}(\?|$)/;
const tokenOf = (link: string): string => link.split('/p/')[1]!;
/** Everything a page tells to somebody else: addresses asked for, and where they were asked from. */
function listen(page: Page): string[] {
	const told: string[] = [];
	page.on('request', (request) =>
		told.push(`${request.url()} ${request.headers().referer ?? ''} ${request.postData() ?? ''}`)
	);
	return told;
}

/** The product, for a browser that keeps no cookies: what is set is not brought back. */
async function withoutCookies(): Promise<{ url: string; close: () => void }> {
	const server = createServer((asked, answer) => {
		const headers = { ...asked.headers, host: new URL(origin()).host };
		delete headers.cookie;
		const passed = httpRequest(origin() + asked.url!, { method: asked.method, headers }, (response) => {
			answer.writeHead(response.statusCode!, response.headers);
			response.pipe(answer);
		});
		passed.on('error', () => answer.destroy());
		asked.pipe(passed);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const close = () => (server.closeAllConnections(), server.close());
	return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, close };
}

test(
	'while somebody pays, no address, Referer or script of the page knows the token',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		await open(page, invoice.link);
		expect(page.url()).toMatch(NO_TOKEN);
		const told = listen(page);
		await form.open(page);
		await form.card(page, '4000002760003184');
		await form.pay(page);
		await form.bank(page, 'Terminer l’authentification');
		await paid(page);
		expect(told.filter((text) => text.includes(tokenOf(invoice.link)))).toEqual([]);
		expect(told.some((text) => text.includes('/endive/stripe.js'))).toBe(true);
		// What a script of the page can read.
		const readable = await page.evaluate(() =>
			[document.documentElement.outerHTML, document.cookie, document.referrer, location.href].join()
		);
		expect(readable).not.toContain(tokenOf(invoice.link));
		const cookie = (await page.context().cookies(page.url())).find(({ name }) => name.endsWith('ponctuel_link'))!;
		expect([cookie.httpOnly, cookie.sameSite, cookie.path]).toEqual([true, 'Lax', new URL(page.url()).pathname]);
	}
);
test('the link of the mail opens again, after paying and after going back; a reload stays where it is', async ({
	page,
	demo
}) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	const clean = page.url();
	await page.reload();
	await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
	await open(page, `${origin()}/connexion`);
	await page.goBack();
	expect(page.url()).toBe(clean);
	await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
	await payByCard(page, invoice.link);
	expect(page.url()).toBe(clean);
	// Receipt and invoice open from there, in the same browser.
	const receipt = await page.getByRole('link', { name: 'Télécharger le reçu' }).getAttribute('href');
	expect((await page.request.get(origin() + receipt!)).headers()['content-type']).toBe('application/pdf');
	expect((await page.request.get(`${clean}/facture`)).status()).toBe(200);
});
test(
	'two invoices in two tabs never meet: each pays its own, and each comes back from its bank to its own',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const [one, two] = [
			await freshInvoice(page, demo, { netMinor: 50_000 }),
			await freshInvoice(page, demo, { netMinor: 70_000 })
		];
		const other = await page.context().newPage();
		await open(page, one.link);
		await open(other, two.link);
		await form.open(page);
		await form.open(other);
		const begun = async (tab: Page): Promise<string> => {
			const sent = tab.waitForRequest((request) => request.url().endsWith('/payer'));
			await form.card(tab, '4000002760003184');
			await form.pay(tab);
			await expect(
				tab.frameLocator('iframe[title="3D Secure 2 authentication"]').getByRole('button').first()
			).toBeVisible();
			return ((await sent).postDataJSON() as { attemptId: string }).attemptId;
		};
		const attempts = [await begun(page), await begun(other)];
		const back = await page.context().newPage();
		for (const [i, tab] of [page, other].entries()) {
			await back.goto(`${origin()}/retour/${attempts[i]}`);
			expect(back.url()).toBe(tab.url());
		}
		await back.close();
		for (const tab of [page, other]) {
			await form.bank(tab, 'Terminer l’authentification');
			await paid(tab);
		}
		await expect(page.getByText(one.number).first()).toBeVisible();
		await expect(other.getByText(two.number).first()).toBeVisible();
	}
);
test(
	'the address without the token opens nothing elsewhere, and says nothing of what it names',
	{ tag: '@phone' },
	async ({ page, demo, browser }) => {
		const [invoice, another] = [await freshInvoice(page, demo), await freshInvoice(page, demo)];
		await open(page, invoice.link);
		const id = new URL(page.url()).pathname.slice('/p/'.length);
		const stranger = await browser.newContext({ locale: 'fr-FR' });
		const elsewhere = await stranger.newPage();
		await elsewhere.goto(page.url());
		await expect(elsewhere.getByRole('heading', { name: 'Rouvrez le lien de votre e-mail' })).toBeVisible();
		const seen = async (path: string, method = 'GET', headers = {}) => {
			const answer = await elsewhere.request.fetch(origin() + path, {
				method,
				headers,
				...(method === 'POST' ? { data: {} } : {})
			});
			return [answer.status(), (await answer.text()).replaceAll(/[\da-f]{8}-[\da-f-]{27}|nonce="[^"]+"/g, '')];
		};
		for (const [path, method] of [
			['', 'GET'],
			['/__data.json', 'GET'],
			['/vue', 'GET'],
			['/facture', 'GET'],
			['/code', 'GET'],
			['/live', 'GET'],
			['/payer', 'POST'],
			['/moyen', 'POST'],
			['/echeance', 'POST']
		] as const) {
			const real = await seen(`/p/${id}${path}`, method);
			expect([path, real[1]]).toEqual([path, (await seen(`/p/${crypto.randomUUID()}${path}`, method))[1]]);
			expect(String(real[1])).not.toContain(invoice.number);
			// The cookie of another link, put by hand where it was not given, opens nothing either.
			const cookie = { cookie: `ponctuel_link=${tokenOf(another.link)}` };
			expect([path, await seen(`/p/${id}${path}`, method, cookie)]).toEqual([path, real]);
		}
		await stranger.close();
	}
);
test('a browser that keeps no cookies sees the invoice and the transfer, and is told how to pay by card; Stripe stays away', async ({
	page,
	demo,
	browser
}) => {
	const invoice = await freshInvoice(page, demo);
	const context = await browser.newContext({ locale: 'fr-FR' });
	const forgetful = await context.newPage();
	const server = await withoutCookies();
	await open(forgetful, invoice.link.replace(origin(), server.url));
	await expect(forgetful.getByText('Pour payer par carte ou prélèvement, un autre navigateur')).toBeVisible();
	await expect(forgetful.getByText('FR76 3000 6000')).toBeVisible();
	await expect(forgetful.getByRole('button', { name: /^Payer / })).toHaveCount(0);
	expect(forgetful.url()).toContain(tokenOf(invoice.link));
	const policy = (await forgetful.request.get(forgetful.url())).headers()['content-security-policy']!;
	expect(policy).not.toMatch(/:12112|stripe/);
	await context.close();
	server.close();
});
test('programs that look at links first use nothing up', { tag: '@phone' }, async ({ page, demo, request }) => {
	const invoice = await freshInvoice(page, demo);
	for (let i = 0; i < 3; i += 1) {
		expect((await request.head(invoice.link)).ok()).toBe(true);
		expect((await request.get(invoice.link, { maxRedirects: 0 })).status()).toBe(303);
	}
	await open(page, invoice.link);
	await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
});
