// Imports as a supplier lives them: files dropped, followed, decided on, confirmed, reported, taken back; on the screen and through the API.
import { readFileSync } from 'node:fs';
import createClient from 'openapi-fetch';
import type { Page } from '@playwright/test';
import { facturXOf } from '../../src/scripts/demo/invoice-file.ts';
import type { paths } from '../builders/api-types.generated.ts';
import { accessible, expect, freshInvoice, hydrated, open, origin, test, type Demo } from './fixtures.ts';
import { LUMEN } from '../builders/invoices.ts';

const HEAD = 'Numéro;Date;Client;Email;SIREN;Montant TTC';
const list = (rows: string[], name = 'export.csv') => ({
	name,
	mimeType: 'text/csv',
	buffer: Buffer.from(`${HEAD}\n${rows.join('\n')}\n`)
});
const mark = () => `I${Date.now().toString(36)}`.toUpperCase();
async function atImport(page: Page, demo: Demo): Promise<void> {
	// Whatever language another test left to this person.
	await page.context().addCookies([{ name: 'ponctuel_lang', value: 'fr', url: origin() }]);
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(page, `${origin()}/admin/import`);
}
async function drop(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
	await page.setInputFiles('#fichiers', files);
	await page.waitForURL(/\/admin\/import\/[0-9a-f-]{36}/);
}
const row = (page: Page, number: string) => page.getByRole('row').filter({ hasText: number });

test('several files: shown, filtered, confirmed once, reported, found again, and taken back', async ({
	page,
	demo
}) => {
	const id = mark();
	await atImport(page, demo);
	const pdf = await facturXOf({
		number: `${id}-P`,
		issuedOn: '2026-11-12',
		dueOn: '2026-12-12',
		seller: LUMEN,
		buyer: { name: `Client ${id}`, siren: null, email: `p-${id.toLowerCase()}@client.example` },
		lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
	});
	await drop(page, [
		{ name: `${id}.pdf`, mimeType: 'application/pdf', buffer: Buffer.from(pdf) },
		list([`${id}-A;12/11/2026;Client ${id};p-${id.toLowerCase()}@client.example;;60,00`, `${id}-B;31/02/2026;X;;;1,00`])
	]);
	await expect(page.getByText('À confirmer')).toBeVisible();
	await accessible(page);
	await page.getByRole('link', { name: 'Refusée 1' }).click();
	await expect(row(page, `${id}-A`)).toHaveCount(0);
	await expect(page.getByText(/Date impossible.*31\/02\/2026/)).toBeVisible();
	await page.getByRole('link', { name: /^Toutes/ }).click();
	await page.getByRole('button', { name: 'Importer 2 factures' }).dblclick();
	await expect(page.getByText('2 factures importées')).toBeVisible();
	await accessible(page);
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('link', { name: 'Télécharger le rapport' }).click()
	]);
	const report = await (await download.createReadStream()).toArray();
	expect(Buffer.concat(report).toString()).toContain(`${id}-A`);
	const mail = await demo.mail(`p-${id.toLowerCase()}@client.example`, new RegExp(`${id}-A`));
	const link = mail.links.find((one) => one.includes('/p/'))!;

	await open(page, `${origin()}/admin/import`);
	await page.getByRole('list').last().getByRole('link').first().click();
	await hydrated(page);
	await page.getByText('Annuler cet import').click();
	await page.getByRole('button', { name: 'Oui, retirer ces factures' }).click();
	await expect(page.getByText('Import annulé par Claire Martin')).toBeVisible();
	await accessible(page);
	await open(page, link);
	await expect(page.getByText('Cette facture a été retirée par son émetteur')).toBeVisible();
	await expect(page.getByRole('button', { name: /^Payer / })).toHaveCount(0);
	await accessible(page);
});
test('the columns of an unknown list are dragged into their place', async ({ page, demo }) => {
	const id = mark();
	await atImport(page, demo);
	await drop(page, [
		{
			name: 'caisse.csv',
			mimeType: 'text/csv',
			buffer: Buffer.from(`Jour ${id};Piece n;Qui;Somme due\n31/01/2026;${id};Café Müller;1 020,00`)
		}
	]);
	await expect(page.getByText('Dites ce que sont le numéro')).toBeVisible();
	// A finger chooses from the lists (bank.spec.ts).
	if (page.viewportSize()!.width < 900) return expect(page.locator('.names')).toBeHidden();
	const onto = (name: string, header: string) =>
		page
			.locator('.names li', { hasText: new RegExp(`^\\s*${name}\\s*$`) })
			.dragTo(page.locator('tbody tr', { has: page.getByRole('rowheader', { name: header }) }));
	await onto('Client', 'Piece n');
	await onto('Numéro de facture', 'Piece n');
	await onto('Date de facture', `Jour ${id}`);
	await onto('Client', 'Qui');
	// News of another import must not take away what was chosen.
	const other = await page.context().newPage();
	await open(other, `${origin()}/admin/import`);
	await drop(other, [{ name: 'autre.csv', mimeType: 'text/csv', buffer: Buffer.from('Jour;Qui\n31/01/2026;x') }]);
	await expect(other.getByText('Dites ce que sont le numéro')).toBeVisible();
	await other.close();
	await onto('Total TTC', 'Somme due');
	await accessible(page);
	await page.getByRole('button', { name: 'Relire la liste' }).click();
	await page.getByRole('button', { name: 'Importer 1 facture' }).click();
	await expect(page.getByText('1 facture importée')).toBeVisible();
});

test('a person says who the buyer is, and that a changed invoice replaces the known one', async ({ page, demo }) => {
	const id = mark();
	await atImport(page, demo);
	await drop(page, [list([`${id}-1;12/11/2026;Alpha ${id};;;100,00`])]);
	await page.getByRole('button', { name: 'Importer 1 facture' }).click();
	await expect(page.getByText('1 facture importée')).toBeVisible();
	await open(page, `${origin()}/admin/import`);
	await drop(page, [list([`${id}-1;12/11/2026;Alpha ${id};;;90,00`, `${id}-2;12/11/2026;Alfa ${id};;;10,00`])]);
	await expect(row(page, `${id}-1`)).toContainText('100,00');
	await row(page, `${id}-1`).getByRole('button', { name: 'Remplacer la facture connue' }).click();
	await expect(row(page, `${id}-1`)).toContainText('sera retirée et remplacée');
	await row(page, `${id}-2`).getByText('Changer de client').press('Enter');
	await row(page, `${id}-2`)
		.getByRole('combobox')
		.selectOption({ label: `Alpha ${id}` });
	await row(page, `${id}-2`).getByRole('button', { name: 'Retenir' }).press('Enter');
	await expect(row(page, `${id}-2`)).toContainText('choisi par vous');
	await accessible(page);
	await page.getByRole('button', { name: 'Importer 2 factures' }).click();
	await expect(page.getByText('2 factures importées')).toBeVisible();
	await open(page, `${origin()}/admin/factures?recherche=${id}`);
	await row(page, `${id}-1`).first().getByRole('link').first().click();
	await expect(page.getByText('90,00').first()).toBeVisible();
});
test(
	'the API: opened once, followed by its URL, read line by line, taken back',
	{ tag: '@desk' },
	async ({ page, demo }) => {
		await page.context().addCookies([{ name: 'ponctuel_lang', value: 'fr', url: origin() }]);
		await page.goto((await demo.person('Claire Martin')).sign_in_url);
		await open(page, `${origin()}/admin/reglages`);
		await page.locator('summary', { hasText: 'Créer une clé' }).click();
		await page.getByLabel('Nom de la clé').fill('Imports');
		await page.getByLabel('lire les factures et les imports').check();
		await page.getByLabel('annuler ses propres imports').check();
		await page.getByRole('button', { name: 'Créer une clé' }).click();
		const key = (await page.locator('code.key').textContent())!;
		const api = createClient<paths>({
			baseUrl: `${origin()}/api/v1`,
			headers: { authorization: `Bearer ${key}` }
		});
		const id = mark();
		const rows = Array.from({ length: 250 }, (_, i) => `${id}-${i};12/11/2026;Client ${id};;;${i + 1},00`);
		const send = (lines: string[], idempotencyKey: string) => {
			const form = new FormData();
			form.set('fichiers', new File([`${HEAD}\n${lines.join('\n')}\n`], 'export.csv'));
			return api.POST('/imports', {
				params: { header: { 'Idempotency-Key': idempotencyKey } },
				body: { fichiers: [] },
				bodySerializer: () => form
			});
		};
		const opened = await send(rows, id);
		expect(opened.response.status).toBe(202);
		const importId = opened.data!.import_id;
		expect(opened.response.headers.get('location')).toBe(`/api/v1/imports/${importId}`);
		expect((await send(rows, id)).data).toEqual(opened.data);
		expect((await send(rows.slice(1), id)).response.status).toBe(422);
		const at = { params: { path: { id: importId } } };
		await expect.poll(async () => (await api.GET('/imports/{id}', at)).data?.state, { timeout: 60_000 }).toBe('done');
		expect((await api.GET('/imports/{id}', at)).data).toMatchObject({
			invoices_created: 250,
			outcomes: { new: 250, refused: 0 }
		});
		const numbers: string[] = [];
		for (let after: string | null = ''; after !== null;) {
			const query: { limit: number; after?: string } = { limit: 100, ...(after ? { after } : {}) };
			const { data } = await api.GET('/imports/{id}/lines', { params: { ...at.params, query } });
			numbers.push(...data!.lines.map((line) => line.number));
			after = data!.next;
		}
		expect(new Set(numbers).size).toBe(250);
		const wrong = await api.GET('/imports/{id}/lines', { params: { ...at.params, query: { after: 'x' } } });
		expect([wrong.response.status, wrong.error]).toMatchObject([
			400,
			{ error: { code: 'input_invalid', detail: { field: 'after' } } }
		]);
		expect((await api.POST('/imports/{id}/undo', at)).response.status).toBe(200);
		expect((await api.GET('/imports/{id}', at)).data?.state).toBe('undone');
		const other = { params: { path: { id: crypto.randomUUID() } } };
		expect((await api.GET('/imports/{id}', other)).response.status).toBe(404);
		expect((await api.POST('/imports/{id}/confirm', other)).response.status).toBe(404);
	}
);

test('a file that warns stands beside what was read of it; its answer lets nobody else frame it', async ({
	page,
	demo
}) => {
	await atImport(page, demo);
	const name = 'DATA-004.pdf';
	await drop(page, [{ name, mimeType: 'application/pdf', buffer: readFileSync(`tests/data/facturx-edge/${name}`) }]);
	await expect(page.getByText('À confirmer')).toBeVisible();
	const frame = page.locator(`iframe[title="${name}"]`);
	const compare = page.getByRole('button', { name: 'Comparer avec le fichier' });
	if (page.viewportSize()!.width > 900) {
		await compare.press('Enter');
		await expect(frame).toBeVisible();
	} else await expect(compare).toBeHidden();
	const answer = await page.request.get(`${page.url()}/fichiers/0`);
	expect(answer.headers()).toMatchObject({
		'content-type': 'application/pdf',
		'content-security-policy': "frame-ancestors 'self'",
		'x-frame-options': 'SAMEORIGIN',
		'x-content-type-options': 'nosniff'
	});
	await dropMarkup(page);
	const list = await page.request.get(`${page.url()}/fichiers/0`);
	expect(list.headers()).toMatchObject({
		'content-type': 'application/octet-stream',
		'content-disposition': expect.stringContaining('attachment'),
		'x-frame-options': 'DENY'
	});
});
test('a client sees the invoice as its supplier made it: in the page, or its first page on a phone', async ({
	page,
	demo
}) => {
	const { email, number } = await freshInvoice(page, demo);
	await demo.signIn(page, email);
	await open(page, `${origin()}/portail`);
	await page.locator('a[href^="/portail/factures/"]', { hasText: number }).click();
	const picture = page.getByRole('img', { name: /^(Première page|First page)/ });
	const frame = page.locator('iframe');
	if (page.viewportSize()!.width > 900) {
		await expect(frame).toBeVisible();
		await expect(picture).toBeHidden();
		return;
	}
	await expect(frame).toBeHidden();
	await picture.scrollIntoViewIfNeeded();
	await expect
		.poll(() => picture.evaluate((img) => (img as HTMLImageElement).complete && (img as HTMLImageElement).naturalWidth))
		.toBeGreaterThan(700);
	await accessible(page);
});
/** A list whose cells would be markup, if anybody believed them. */
async function dropMarkup(page: Page): Promise<void> {
	await open(page, `${origin()}/admin/import`);
	await drop(page, [list([`<img src=x onerror=alert(1)>;12/11/2026;<b>X</b>;;;1,00`], '<script>.csv')]);
	await expect(row(page, '<b>X</b>')).toBeVisible();
}
