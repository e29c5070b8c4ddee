// kill -9 of the whole product at the worst moment: the attempt is committed, the answer is not there. Started again, it pays once.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { APIRequestContext, Page } from '@playwright/test';
import { freePort } from '../../src/scripts/embedded-postgres.ts';
import {
	accessible,
	adminAtPayment,
	askRefund,
	Demo,
	expect,
	form,
	freshInvoice,
	open,
	origin,
	paid,
	payByCard,
	refundButton,
	test
} from './fixtures.ts';

test.describe.configure({ mode: 'serial' });
let dataDir: string;
let shared: string;
let child: ChildProcess;

async function start(request: APIRequestContext, ...flags: string[]): Promise<void> {
	child = spawn(process.execPath, ['src/scripts/start.ts', ...flags], {
		env: { ...process.env, PORT: new URL(origin()).port, DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
		stdio: ['ignore', 'pipe', 'ignore']
	});
	let said = '';
	child.stdout!.on('data', (part: Buffer) => (said += part.toString()));
	await expect.poll(() => said, { timeout: 360_000 }).toContain('Ponctuel, demonstration');
	// The first question may go out on a connection that died with the server before.
	await expect
		.poll(() =>
			request.get(`${origin()}/health/ready`).then(
				(answer) => answer.status(),
				() => 0
			)
		)
		.toBe(200);
}
/** The launcher is shot; everything it started must end by itself, or the next start would find its port and its folder taken. */
async function killEverything(request: APIRequestContext): Promise<void> {
	child.kill('SIGKILL');
	await expect
		.poll(
			() =>
				request.get(`${origin()}/health/live`).then(
					() => 'alive',
					() => 'dead'
				),
			{ timeout: 60_000 }
		)
		.toBe('dead');
}
async function startAgain(page: Page, demo: Demo): Promise<void> {
	await start(page.request);
	await demo.calm();
	// Six hours on the demo's clock: whatever the worker does every two minutes, it has done.
	await demo.advance('PT6H');
}

test.beforeAll(async ({ playwright }, info) => {
	// A third demo lives through its past while the two others are played with.
	info.setTimeout(420_000);
	shared = process.env.E2E_URL!;
	process.env.E2E_URL = `http://localhost:${await freePort()}`;
	dataDir = mkdtempSync(path.join(tmpdir(), 'ponctuel-killed-'));
	const request = await playwright.request.newContext();
	await start(request);
	await request.dispose();
});
test.afterAll(async ({ playwright }) => {
	const request = await playwright.request.newContext();
	await killEverything(request);
	await request.dispose();
	rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
	process.env.E2E_URL = shared;
});

test('card, killed after Stripe took the money: found, booked once, one receipt', async ({ page, demo }) => {
	test.setTimeout(240_000);
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await form.open(page);
	await form.card(page, '4242424242424242');
	await demo.fault('answer_lost');
	await demo.fault('webhooks_lost');
	const sent = page.waitForRequest((request) => request.url().endsWith('/payer'));
	await form.pay(page);
	await sent;
	// Long enough for Stripe to have taken it, on a slow machine too; nothing says so, however long.
	await page.waitForTimeout(1500);
	await killEverything(page.request);
	// Nobody answers: the page of the payer says that it is looked into, and is not replaced by an error.
	await expect(page.getByText('Vérification en cours').first()).toBeVisible({ timeout: 30_000 });
	await startAgain(page, demo);
	await open(page, invoice.link);
	await paid(page);
	await expect(page.getByText(/^Reçu R/)).toHaveCount(1);
	expect((await demo.mails(invoice.email)).filter((mail) => /Paiement reçu/.test(mail.subject))).toHaveLength(1);
});
test('SEPA, killed before Stripe heard of it: ordered once, and not payable twice meanwhile', async ({
	page,
	demo
}) => {
	test.setTimeout(240_000);
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await form.open(page);
	await form.sepa(page, 'FR1420041010050500013M02606');
	const sent = page.waitForRequest((request) => request.url().endsWith('/payer'));
	// The token is made first, by the browser, at Stripe: only then does Stripe become slow.
	await page.route('**/payer', async (route) => {
		await demo.fault('stripe_slow');
		await route.continue();
	});
	await form.pay(page);
	await sent;
	await page.waitForTimeout(1500);
	await killEverything(page.request);
	await page.unrouteAll({ behavior: 'ignoreErrors' });
	await start(page.request);
	await demo.calm();
	await open(page, invoice.link);
	await expect(page.getByRole('button', { name: /^Payer / })).toHaveCount(0);
	await demo.advance('PT6H');
	await expect(page.getByText('Prélèvement SEPA en cours')).toBeVisible();
	await demo.advance('P10D');
	await paid(page);
	await expect(page.getByText(/^Reçu R/)).toHaveCount(1);
});
test('debit run, killed in the middle of a charge: the part is taken once', async ({ page, demo }) => {
	test.setTimeout(300_000);
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await page.getByRole('radio', { name: /En 2 fois/ }).check();
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await expect(page.getByText('prélevée automatiquement').first()).toBeVisible();
	await demo.advance('P19D');
	await demo.fault('answer_lost');
	const night = page.request
		.post(`${origin()}/demo/api/clock`, { data: { advance: 'P1D' }, timeout: 60_000 })
		.catch(() => null);
	await page.waitForTimeout(1200);
	await killEverything(page.request);
	await night;
	await startAgain(page, demo);
	// The day the clock was on when everything died may be lived again, or for the first time.
	await demo.advance('P2D');
	await open(page, invoice.link);
	await expect(page.getByText('Tout est payé. Merci')).toBeVisible();
	await expect(page.getByText(/^Reçu R/)).toHaveCount(2);
	expect((await demo.mails(invoice.email)).filter((mail) => /Paiement reçu/.test(mail.subject))).toHaveLength(2);
});
test('refund, killed before the answer: made once', async ({ page, demo, browser }) => {
	test.setTimeout(240_000);
	const invoice = await freshInvoice(page, demo);
	await payByCard(page, invoice.link);
	const admin = await adminAtPayment(browser, demo, invoice.number);
	await askRefund(admin, '76');
	await expect(refundButton(admin)).toBeVisible();
	await demo.fault('stripe_slow');
	await refundButton(admin).click();
	await admin.waitForTimeout(1500);
	await killEverything(page.request);
	await start(page.request);
	await demo.calm();
	await admin.reload();
	await expect(admin.getByText(/Remboursement de 76,00.€ demandé/)).toBeVisible();
	await demo.advance('PT6H');
	await open(page, invoice.link);
	await expect(page.getByRole('button', { name: /^Payer 76,00/ })).toBeVisible();
	await admin.reload();
	await expect(admin.getByText(/Remboursement de 76,00.€ demandé/)).toHaveCount(0);
	expect((await demo.mails(invoice.email)).filter((mail) => /Remboursement/.test(mail.subject))).toHaveLength(1);
	await admin.context().close();
});
test('npm run dev serves the same demo, with hot reload, and stops whole, by Ctrl-C or kill -9', async ({
	page,
	demo
}) => {
	test.setTimeout(240_000);
	await killEverything(page.request);
	await start(page.request, '--dev');
	const person = (await demo.people()).find((one) => one.kind === 'contact' && one.pay_links.length)!;
	const hot = page.waitForRequest((request) => request.url().includes('/@vite/client'));
	await open(page, person.pay_links[0]!.url);
	await hot;
	await form.open(page);
	await page.goto('about:blank');
	await killEverything(page.request);
	await start(page.request, '--dev');
	const ended = new Promise<number | null>((done) => child.once('exit', done));
	child.kill('SIGINT');
	expect(await ended).toBe(0);
	await start(page.request);
});
// Here because this demo's clock is its own: two months later, every link of the shared one would be stale.
test('a stale link sends a fresh one to the address on file; a revoked one opens nothing', async ({
	page,
	demo,
	browser
}) => {
	test.setTimeout(240_000);
	const invoice = await freshInvoice(page, demo);
	await demo.advance('P61D');
	await page.goto(invoice.link);
	await expect(page.getByRole('heading', { name: 'Ce lien n’est plus valable' })).toBeVisible();
	await accessible(page);
	expect(await page.content()).not.toMatch(new RegExp(`${invoice.number}|${invoice.email}|Atelier`));
	expect((await page.request.get(`${invoice.link}/facture`)).status()).toBe(410);
	await page.getByRole('button', { name: 'Recevoir un nouveau lien' }).click();
	await expect(page.getByText('Un nouveau lien vient de partir')).toBeVisible();
	const links = async () =>
		(await demo.mails(invoice.email)).flatMap((mail) => mail.links).filter((link) => link.includes('/p/'));
	await expect.poll(async () => (await links()).length).toBe(2);
	const fresh = (await links()).find((link) => link !== invoice.link)!;
	await open(page, fresh);
	await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
	const admin = await (await browser.newContext()).newPage();
	await admin.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(admin, `${origin()}/admin/liens`);
	const rows = admin.getByRole('row', { name: new RegExp(invoice.email) });
	await rows.first().getByRole('button', { name: 'Retirer' }).click();
	await expect(rows.first().getByRole('button', { name: 'Retirer' })).toHaveCount(0);
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Ce lien n’est plus valable' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Recevoir un nouveau lien' })).toHaveCount(0);
	await admin.context().close();
});

test('an import, killed in the middle of keeping: it goes on, and each invoice is there once', async ({
	page,
	demo
}) => {
	test.setTimeout(240_000);
	const count = 4000;
	const rows = Array.from({ length: count }, (_, i) => `KILL-${i};12/11/2026;Client ${i % 50};;;${i + 1},00`);
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(page, `${origin()}/admin/import`);
	await page.setInputFiles('#fichiers', {
		name: 'export.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from(`Numéro;Date;Client;Email;SIREN;Montant TTC\n${rows.join('\n')}\n`)
	});
	await page.getByRole('button', { name: `Importer ${count} factures` }).click({ timeout: 60_000 });
	await expect(page.getByText(/^[1-9]\d* sur 4000 factures enregistrées/)).toBeVisible({ timeout: 30_000 });
	await killEverything(page.request);
	await startAgain(page, demo);
	await expect(page.getByText(`${count} factures importées`)).toBeVisible({ timeout: 60_000 });
	await accessible(page);
});
