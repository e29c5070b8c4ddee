// Signing in, the client's area, the supplier's area, and what stays closed (scenarios 17 to 20, 23).
import {
	accessible,
	adminAtPayment,
	askRefund,
	expect,
	form,
	freshInvoice,
	hydrated,
	open,
	origin,
	payByCard,
	refundButton,
	test
} from './fixtures.ts';

test('signs in with the code of the mail, sees the invoices, signs out everywhere', async ({ page, demo }) => {
	const { email } = await freshInvoice(page, demo);
	await open(page, `${origin()}/connexion`);
	await accessible(page);
	await page.getByLabel('Adresse e-mail').fill('pas une adresse');
	await page.getByRole('button', { name: 'Recevoir mon lien' }).click();
	await expect(page.getByText('n’est pas complète')).toBeVisible();
	await page.getByLabel('Adresse e-mail').fill(email);
	await page.getByRole('button', { name: 'Recevoir mon lien' }).click();
	const mail = await demo.mail(email, /Votre connexion à/);
	await page.getByLabel('Code à six chiffres').fill('000000');
	await page.getByRole('button', { name: 'Se connecter' }).click();
	await expect(page.getByText('n’est pas le bon')).toBeVisible();
	await page.getByLabel('Code à six chiffres').fill(mail.code!);
	await page.getByRole('button', { name: 'Se connecter' }).click();
	await expect(page.getByRole('heading', { name: /Bonjour/ })).toBeVisible();
	await accessible(page);
	await open(page, `${origin()}/portail/compte`);
	await accessible(page);
	await page.getByRole('button', { name: 'Se déconnecter partout' }).click();
	await expect(page).toHaveURL(/\/connexion/);
	await page.goto(`${origin()}/portail`);
	await expect(page).toHaveURL(/\/connexion/);
});
test(
	'the link works in the browser that asked; elsewhere it asks for the code',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const { email } = await freshInvoice(page, demo);
		await open(page, `${origin()}/connexion`);
		await page.getByLabel('Adresse e-mail').fill(email);
		await page.getByRole('button', { name: 'Recevoir mon lien' }).click();
		const mail = await demo.mail(email, /Votre connexion à/);
		const link = mail.links.find((url) => url.includes('/connexion/'))!;
		const scanner = await (await browser.newContext()).newPage();
		await scanner.request.head(link);
		await open(scanner, link);
		await expect(scanner.getByText('depuis un autre navigateur')).toBeVisible();
		await scanner.getByRole('button', { name: 'Se connecter' }).click();
		await expect(scanner).toHaveURL(/connexion/);
		await open(page, link);
		await accessible(page);
		await page.getByRole('button', { name: 'Se connecter' }).click();
		await expect(page.getByRole('heading', { name: /Bonjour/ })).toBeVisible();
		await open(scanner, link);
		await expect(scanner.getByText('a déjà servi')).toBeVisible();
		await scanner.context().close();
	}
);
test('pays several invoices together from the client’s area', async ({ page, demo }) => {
	const person = (await demo.people()).find(
		(candidate) =>
			candidate.kind === 'contact' &&
			candidate.pay_links.length >= 2 &&
			candidate.pay_links.every((link) => Number(link.amount_minor) < 900_000)
	)!;
	await page.goto(person.sign_in_url);
	await hydrated(page);
	for (const box of await page.getByRole('checkbox').all()) await box.check();
	await page.getByRole('button', { name: /^Payer / }).click();
	await expect(page.getByText(/Reste à payer sur \d factures/)).toBeVisible();
	await hydrated(page);
	await accessible(page);
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await expect(page.getByRole('link', { name: '← Factures' })).toHaveCount(2);
	await open(page, `${origin()}/portail`);
	await expect(page.getByRole('heading', { name: 'Factures soldées' })).toBeVisible();
	await expect(page.getByRole('checkbox')).toHaveCount(0);
	await open(page, `${origin()}/portail/recus`);
	await accessible(page);
});
test('the supplier refunds, and the invoice re-opens on the client’s page by itself', async ({
	page,
	demo,
	browser
}) => {
	const invoice = await freshInvoice(page, demo);
	await payByCard(page, invoice.link);
	const admin = await adminAtPayment(browser, demo, invoice.number);
	await askRefund(admin, '9999999');
	await expect(admin.getByText(/reste au plus/)).toBeVisible();
	await askRefund(admin, '100,50');
	await expect(admin.getByText(/100,50.€ rendus, 100,50.€ seront à payer/)).toBeVisible();
	await refundButton(admin).click();
	await expect(admin.getByText('Le remboursement est parti')).toBeVisible();
	await accessible(admin);
	await expect(page.getByRole('button', { name: /Payer 100,50/ })).toBeVisible();
	await demo.mail(invoice.email, /Remboursement/);
	await admin.context().close();
});
test('every screen of the supplier is accessible, in both languages', async ({ page, demo }) => {
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	for (const path of [
		'/admin',
		'/admin/factures',
		'/admin/import',
		'/admin/clients',
		'/admin/paiements',
		'/admin/banque',
		'/admin/liens',
		'/admin/reglages'
	]) {
		await open(page, origin() + path);
		await accessible(page);
	}
	await open(page, `${origin()}/admin/factures`);
	await page.getByRole('region').getByRole('link').first().click();
	await expect(page.getByRole('heading', { name: /Facture/ }).first()).toBeVisible();
	await accessible(page);
	await page.getByRole('button', { name: 'English' }).click();
	await expect(page.getByRole('heading', { name: /Invoice/ }).first()).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});
test('a reader sees and does not touch', async ({ page, demo }) => {
	await page.goto((await demo.person('Inès Fabre')).sign_in_url);
	await open(page, `${origin()}/admin/paiements`);
	await page.getByRole('region').getByRole('link').first().click();
	await expect(page.getByRole('heading', { name: /Reçu/ })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Vérifier avant de rembourser' })).toHaveCount(0);
});
test(
	'another’s ids give the same 404 on every route, for every stranger',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const owner = await (await browser.newContext()).newPage();
		await owner.goto((await demo.person('Claire Martin')).sign_in_url);
		await owner.goto(`${origin()}/admin/paiements`);
		const payment = (await owner.getByRole('region').getByRole('link').first().getAttribute('href'))!.split('/').pop()!;
		await owner.goto(`${origin()}/admin/factures`);
		const invoice = (await owner.getByRole('region').getByRole('link').first().getAttribute('href'))!.split('/').pop()!;
		await owner.goto(`${origin()}/admin/clients`);
		const client = (await owner.getByRole('region').getByRole('link').first().getAttribute('href'))!.split('/').pop()!;
		await owner.context().close();
		const routes = (id: { invoice: string; payment: string; client: string }) => [
			`/portail/factures/${id.invoice}`,
			`/portail/factures/${id.invoice}/document`,
			`/portail/factures/${id.invoice}/code`,
			`/portail/payer?facture=${id.invoice}`,
			`/portail/recus/${id.payment}`,
			`/admin/factures/${id.invoice}`,
			`/admin/factures/${id.invoice}/document`,
			`/admin/clients/${id.client}`,
			`/admin/paiements/${id.payment}`,
			`/admin/paiements/${id.payment}/recu`
		];
		const [mine, none] = [
			routes({ invoice, payment, client }),
			routes({ invoice: crypto.randomUUID(), payment: crypto.randomUUID(), client: crypto.randomUUID() })
		];
		for (const name of ['Julien Moreau', 'Samir Cohen']) {
			await page.context().clearCookies();
			await page.goto((await demo.person(name)).sign_in_url);
			for (const [i, path] of mine.entries()) {
				const [real, unknown] = [
					await page.request.get(origin() + path, { maxRedirects: 0 }),
					await page.request.get(origin() + none[i]!, { maxRedirects: 0 })
				];
				expect([path, real.status()]).toEqual([path, 404]);
				expect(unknown.status()).toBe(404);
			}
		}
	}
);
test('headers, cookies and forms are closed as they should be', { tag: '@desk' }, async ({ page, demo, request }) => {
	const person = await demo.person('Claire Martin');
	await page.goto(person.sign_in_url);
	const cookie = (await page.context().cookies()).find((candidate) => candidate.name.includes('ponctuel_session'))!;
	expect([cookie.httpOnly, cookie.sameSite]).toEqual([true, 'Lax']);
	for (const path of ['/connexion', '/demo', '/health/live', '/api/v1/openapi.json']) {
		const { headers } = { headers: (await request.get(origin() + path)).headers() };
		expect([path, headers['x-content-type-options'], headers['referrer-policy'], headers['x-frame-options']]).toEqual([
			path,
			'nosniff',
			'same-origin',
			'DENY'
		]);
	}
	const policy = (await request.get(`${origin()}/connexion`)).headers()['content-security-policy']!;
	expect(policy).toMatch(/script-src [^;]*'nonce-/);
	expect(policy).not.toMatch(/script-src [^;]*'unsafe-inline'|js\.stripe\.com/);
	const forged = await request.post(`${origin()}/deconnexion`, {
		headers: { origin: 'https://evil.example' },
		form: { partout: 'oui' }
	});
	expect(forged.status()).toBe(403);
	for (const headers of [{}, { origin: 'null' }, { origin: 'https://evil.example' }] as Record<string, string>[])
		for (const path of ['/deconnexion', '/connexion?/demander', '/demo?/avancer', '/langue'])
			expect((await request.post(origin() + path, { headers, form: { duree: 'P1D' } })).status()).toBe(403);
	expect(
		(
			await request.post(`${origin()}/demo/api/clock`, {
				headers: { origin: 'https://evil.example' },
				data: { advance: 'P1D' }
			})
		).status()
	).toBe(403);
	expect((await request.post(`${origin()}/webhooks/stripe`, { data: 'x'.repeat(600_000) })).status()).toBe(413);
	expect((await request.post(`${origin()}/webhooks/stripe`, { data: '{}' })).status()).toBe(400);
	expect((await request.get(`${origin()}/health/ready`)).status()).toBe(200);
});
test('the API imports with a key, once, and says what it is', { tag: '@desk' }, async ({ page, demo, request }) => {
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(page, `${origin()}/admin/reglages`);
	await page.locator('summary', { hasText: 'Créer une clé' }).click();
	await page.getByLabel('Nom de la clé').fill('Test');
	await page.getByLabel('lire les factures et les imports').check();
	await page.getByLabel('annuler ses propres imports').check();
	await page.getByRole('button', { name: 'Créer une clé' }).click();
	const key = (await page.locator('code.key').textContent())!;
	const number = `API-${Date.now()}`;
	const body = {
		invoices: [
			{
				number,
				issued_on: '2026-11-12',
				client: { name: 'Roche API' },
				net_minor: '100000',
				vat_lines: [{ rate_bps: 2000, base_minor: '100000', vat_minor: '20000' }],
				gross_minor: '120000'
			}
		]
	};
	const ask = (over = {}) =>
		request.post(`${origin()}/api/v1/invoices`, {
			data: body,
			headers: { authorization: `Bearer ${key}`, 'idempotency-key': number, ...over }
		});
	expect((await ask()).status()).toBe(201);
	expect(await (await ask()).json()).toMatchObject({ invoices: [{ outcome: 'new', number }] });
	expect((await ask({ authorization: 'Bearer ponctuel_nothing' })).status()).toBe(401);
	// Files too, as the documentation's curl sends them: multipart, from no page.
	const files = await request.post(`${origin()}/api/v1/invoices`, {
		headers: { authorization: `Bearer ${key}` },
		multipart: {
			fichiers: {
				name: 'liste.csv',
				mimeType: 'text/csv',
				buffer: Buffer.from(`Numéro;Date;Client;Montant TTC\n${number}-B;12/11/2026;Roche API;120,00\n`)
			},
			send_mails: 'false'
		}
	});
	expect([files.status(), (await files.json()).invoices[0].outcome]).toEqual([201, 'new']);
	expect((await (await request.get(`${origin()}/api/v1/openapi.json`)).json()).paths['/invoices']).toBeTruthy();
});
test('the demo page is accessible and its clock moves', async ({ page }) => {
	await open(page, `${origin()}/demo`);
	await accessible(page);
	const before = await page.locator('section').first().locator('strong').textContent();
	await page.getByRole('button', { name: '+ 1 jour' }).click();
	await expect(page.locator('section').first().locator('strong')).not.toHaveText(before!);
});
// Every answer carries its security headers, ten times a page: they are counted apart.
test(
	'the pay page weighs at most 16 kB in at most 8 requests before Stripe, and 30 kB with all headers',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		let [bytes, headers] = [0, 0];
		const urls: string[] = [];
		page.on('requestfinished', (request) => {
			urls.push(request.url());
			void request.sizes().then((sizes) => {
				bytes += sizes.responseBodySize;
				headers += sizes.responseHeadersSize;
			});
		});
		await open(page, invoice.link);
		await page.waitForTimeout(500);
		const counted = urls.filter((url) => !/live$|icon|manifest|service-worker/.test(url));
		expect(counted.some((url) => /stripe\.js/.test(url))).toBe(false);
		expect(counted.length).toBeLessThanOrEqual(8);
		expect(bytes).toBeLessThanOrEqual(16_000);
		expect(bytes + headers).toBeLessThanOrEqual(30_000);
	}
);
