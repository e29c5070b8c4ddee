// What goes wrong around a payment, seen by both sides in their browsers (scenarios 7, 17 to 19 of the reference, and a feed that is cut).
import { createHmac } from 'node:crypto';
import {
	accessible,
	adminAtPayment,
	askRefund,
	expect,
	form,
	freshInvoice,
	open,
	origin,
	paid,
	payByCard,
	payByDebit,
	refundButton,
	test
} from './fixtures.ts';

test(
	'a SEPA debit comes back after 20 days: due again on both sides, and told by mail',
	{ tag: '@phone' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		await payByDebit(page, invoice.link, 'FR5720041010050500013M02608');
		await demo.advance('P10D');
		await paid(page);
		await demo.advance('P20D');
		await expect(page.getByText(/votre banque l’a repris/)).toBeVisible();
		await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
		await accessible(page);
		await demo.mail(invoice.email, /est revenu/);
		const admin = await adminAtPayment(browser, demo, invoice.number);
		await expect(admin.getByRole('heading', { name: 'Sommes reparties' })).toBeVisible();
		await accessible(admin);
		await admin.context().close();
		await form.open(page);
		await form.card(page, '4242424242424242');
		await form.pay(page);
		await expect(page.getByText(/^Reçu R/)).toHaveCount(2);
	}
);
test('every webhook lost: the reconciliation finds the debit’s end', { tag: '@phone' }, async ({ page, demo }) => {
	const invoice = await freshInvoice(page, demo);
	await demo.fault('webhooks_lost');
	await payByDebit(page, invoice.link, 'FR1420041010050500013M02606');
	await demo.advance('P10D');
	await paid(page);
});
test('forged, old, foreign and oversized webhooks write nothing', { tag: '@desk' }, async ({ page, demo, request }) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	const now = Math.floor(Date.parse((await (await request.get(`${origin()}/demo/api/clock`)).json()).now) / 1000);
	const event = (over: object = {}) =>
		JSON.stringify({
			id: `evt_forged_${Date.now()}`,
			object: 'event',
			api_version: '2026-10-28.endive',
			type: 'payment_intent.succeeded',
			livemode: false,
			created: now,
			account: 'acct_1AtelierLumen',
			data: { object: { id: 'pi_forged', object: 'payment_intent', status: 'succeeded', metadata: {} } },
			...over
		});
	const post = (body: string, at: number, secret = 'whsec_sandbox') =>
		request.post(`${origin()}/webhooks/stripe`, {
			data: Buffer.from(body),
			headers: {
				'content-type': 'application/json',
				'stripe-signature': `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
			}
		});
	const wall = Math.floor(Date.now() / 1000);
	expect((await post(event(), wall, 'whsec_wrong')).status()).toBe(400);
	expect((await post(event(), wall - 301)).status()).toBe(400);
	expect((await post(event({ livemode: true }), wall)).status()).toBe(400);
	const foreign = await post(event({ account: 'acct_nobody' }), wall);
	expect([foreign.status(), await foreign.text()]).toEqual([200, 'ignored']);
	expect((await post(event({ padding: 'x'.repeat(600_000) }), wall)).status()).toBe(413);
	await page.reload();
	await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
});
test(
	'a refund that fails at the bank gives the money back to the invoice',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		await payByCard(page, invoice.link, '4000000000005126');
		const admin = await adminAtPayment(browser, demo, invoice.number);
		await askRefund(admin, '1176');
		await refundButton(admin).dblclick();
		await expect(admin.getByText('Le remboursement est parti')).toBeVisible();
		await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
		await demo.advance('P1D');
		await paid(page);
		await admin.context().close();
	}
);
test(
	'a refund that Stripe does not answer is shown as waiting at once, and made once',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		await payByCard(page, invoice.link);
		const admin = await adminAtPayment(browser, demo, invoice.number);
		await demo.fault('stripe_down');
		await askRefund(admin, '76');
		await refundButton(admin).click();
		await expect(admin.getByText(/Remboursement de 76,00.€ demandé/)).toBeVisible();
		await expect(admin.getByText(/Jusqu’à 1.100,00/)).toBeVisible();
		await demo.calm();
		await demo.advance('PT6H');
		await expect(admin.getByText(/Remboursement de 76,00.€ demandé/)).toHaveCount(0);
		await expect(page.getByRole('button', { name: /^Payer 76,00/ })).toBeVisible();
		await admin.context().close();
	}
);
test(
	'a SEPA debit can’t be refunded in its first days, and the screen says from when',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		await payByDebit(page, invoice.link, 'FR1420041010050500013M02606');
		// Long enough for six TARGET days whatever holidays the demo's clock has come to, short enough for seven more not to have passed.
		await demo.advance('P14D');
		await paid(page);
		const admin = await adminAtPayment(browser, demo, invoice.number);
		await askRefund(admin, '10');
		await expect(admin.getByText('remboursable à partir du')).toBeVisible();
		await admin.context().close();
	}
);
test(
	'with the live stream cut, the page says so, then follows by asking, and misses nothing',
	{ tag: '@phone' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		let isCut = true;
		await page.route('**/live**', (route) =>
			isCut || route.request().headers().accept?.includes('text/event-stream') ? route.abort() : route.continue()
		);
		await open(page, invoice.link);
		await expect(page.getByText('Connexion perdue')).toBeVisible({ timeout: 30_000 });
		await accessible(page);
		const elsewhere = await (await browser.newContext()).newPage();
		await open(elsewhere, invoice.link);
		await form.open(elsewhere);
		await form.card(elsewhere, '4242424242424242');
		await form.pay(elsewhere);
		await paid(elsewhere);
		await elsewhere.context().close();
		isCut = false;
		await paid(page);
		await expect(page.getByText('Connexion perdue')).toHaveCount(0);
	}
);
test(
	'on a slow line, news that never pause are shown all the same',
	{ tag: '@phone' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		await page.addInitScript(() => {
			window.EventSource = class extends EventTarget {
				beat = setInterval(() => {
					const news = { data: '{"kind":"invoice.changed"}', lastEventId: '' };
					this.dispatchEvent(new MessageEvent('news', news));
				}, 100);
				close() {
					clearInterval(this.beat);
				}
			} as unknown as typeof EventSource;
		});
		// The page as the server draws it anew.
		await page.route('**/p/*', async (route) => {
			if (route.request().resourceType() === 'fetch') await new Promise((done) => setTimeout(done, 400));
			await route.continue().catch(() => {});
		});
		await open(page, invoice.link);
		const elsewhere = await (await browser.newContext()).newPage();
		await payByCard(elsewhere, invoice.link);
		await elsewhere.context().close();
		await paid(page);
		// Nobody waits behind a reading: a click goes where it says.
		await page.getByRole('button', { name: 'English' }).click();
		await expect(page.getByText('It is paid. Thank you')).toBeVisible();
	}
);
test('a mail that comes back shows on the contact, on the supplier’s first page', async ({ page, demo }) => {
	const { email } = await freshInvoice(page, demo, { domain: 'bounced.example' });
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(page, `${origin()}/admin`);
	await expect(page.getByText(email).first()).toBeVisible();
	await expect(page.getByText('mailbox closed').first()).toBeVisible();
	await accessible(page);
});
