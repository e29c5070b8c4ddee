// A transfer finds its invoice: the supplier drops a statement, accepts, and the client sees it settle; by keyboard too, and undone.
import { accessible, expect, freshInvoice, open, origin, paid, test, type Demo } from './fixtures.ts';
import type { Browser, Page } from '@playwright/test';

async function atBank(browser: Browser, demo: Demo): Promise<Page> {
	const admin = await (await browser.newContext()).newPage();
	await admin.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(admin, `${origin()}/admin/banque`);
	return admin;
}
async function drop(admin: Page, rows: string[], name = 'releve.csv') {
	await admin.setInputFiles('#releves', {
		name,
		mimeType: 'text/csv',
		buffer: Buffer.from(`Date;Libellé;Tiers;Montant\n${rows.join('\n')}`)
	});
}
const cardOf = (admin: Page, words: string) => admin.getByRole('article').filter({ hasText: words });
const today = async (page: Page) =>
	((await (await page.request.get(`${origin()}/demo/api/clock`)).json()).now as string).slice(0, 10);

test('a named transfer is certain: accepted, settled live on the client’s page, undone, and open again', async ({
	page,
	demo,
	browser
}) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	const admin = await atBank(browser, demo);
	const words = `VIR FACTURE ${invoice.number}`;
	await drop(admin, [`${await today(page)};${words};CLIENT;1176,00`]);
	await expect(admin.getByText(/nouveaux mouvements\s: 1/)).toBeVisible();
	const card = cardOf(admin, words);
	await expect(card.getByText('Certain')).toBeVisible();
	await accessible(admin);
	await card.getByRole('button', { name: 'Accepter' }).click();
	await expect(card).toHaveCount(0);
	await paid(page);
	await expect(page.getByText('Virement').first()).toBeVisible();
	await drop(admin, [`${await today(page)};${words};CLIENT;1176,00`]);
	await expect(admin.getByText('déjà connu, rien n’a changé')).toBeVisible();
	await admin
		.getByRole('row', { name: new RegExp(words) })
		.getByRole('button', { name: /Annuler/ })
		.click();
	await expect(cardOf(admin, words)).toBeVisible();
	await expect(page.getByRole('button', { name: /^Payer / })).toBeVisible();
	await admin.context().close();
});
test('what is not clear is chosen by hand; too much is kept for the client', async ({ page, demo, browser }) => {
	const invoice = await freshInvoice(page, demo);
	const admin = await atBank(browser, demo);
	const words = `SANS INDICE ${invoice.number.slice(-6).split('').join('.')}`;
	await drop(admin, [`${await today(page)};${words};INCONNU;1200,00`]);
	const card = cardOf(admin, words);
	await expect(card.getByRole('radio')).toHaveCount(1);
	await card.getByRole('combobox').fill('N-EXISTE-PAS-1');
	await card.getByRole('button', { name: 'Accepter' }).click();
	await expect(card.getByText('Aucune facture ouverte ne porte le numéro N-EXISTE-PAS-1')).toBeVisible();
	await card.getByRole('combobox').fill(invoice.number);
	await card.getByRole('button', { name: 'Accepter' }).click();
	await expect(card).toHaveCount(0);
	await open(page, invoice.link);
	await paid(page);
	await admin.context().close();
});
test(
	'paid by transfer once more: kept for the client, undone and set aside',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const invoice = await freshInvoice(page, demo);
		const admin = await atBank(browser, demo);
		const day = await today(page);
		const [once, again] = [`UNE FOIS ${invoice.number}`, `DEUX FOIS ${invoice.number}`];
		await drop(admin, [`${day};${once};CLIENT;1176,00`]);
		await cardOf(admin, once).getByRole('button', { name: 'Accepter' }).click();
		await expect(cardOf(admin, once)).toHaveCount(0);
		await drop(admin, [`${day};${again};CLIENT;1176,00`], 'encore.csv');
		const card = cardOf(admin, again);
		await expect(card.getByText('déjà soldé, la somme est gardée pour le client')).toBeVisible();
		await card.getByRole('button', { name: 'Accepter' }).click();
		await expect(card).toHaveCount(0);
		const row = admin.getByRole('row', { name: new RegExp(again) });
		await row.getByRole('button', { name: /Annuler/ }).click();
		await expect(cardOf(admin, again)).toBeVisible();
		await cardOf(admin, again).getByRole('button', { name: 'Écarter' }).click();
		await expect(cardOf(admin, again)).toHaveCount(0);
		await admin.context().close();
	}
);
test(
	'a broken file changes nothing and says why; a partly broken one waits for a word',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const admin = await atBank(browser, demo);
		await admin.setInputFiles('#releves', {
			name: 'photo.sta',
			mimeType: 'text/plain',
			buffer: Buffer.from([1, 2, 3, 0])
		});
		await expect(admin.getByText('refusé, rien n’a été gardé')).toBeVisible();
		const day = await today(page);
		const mark = `MOITIE ${Date.now()}`;
		await drop(admin, [`${day};${mark};X;10,00`, `${day};${mark} BIS;X;12..34`]);
		await expect(admin.getByText('à vérifier, rien n’a encore été gardé')).toBeVisible();
		await expect(admin.getByRole('listitem').filter({ hasText: '12..34' })).toBeVisible();
		await accessible(admin);
		await admin.getByRole('button', { name: /J’ai vérifié/ }).click();
		await expect(cardOf(admin, mark)).toBeVisible();
		await cardOf(admin, mark).getByRole('button', { name: 'Écarter' }).click();
		await expect(cardOf(admin, mark)).toHaveCount(0);
		await admin.context().close();
	}
);
test('a bank list without names: its columns are said on the screen, and the next one is read by itself', async ({
	page,
	demo,
	browser
}) => {
	const admin = await atBank(browser, demo);
	const day = await today(page);
	const mark = `SANSNOM${Date.now()}`;
	// Five columns that no other test writes.
	const list = (words: string) => ({
		name: 'lcl.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from(`${day};${words};Virement;EUR;17,00\n${day};${words} BIS;Virement;EUR;18,00`)
	});
	await admin.setInputFiles('#releves', list(mark));
	await expect(admin.getByText('ses colonnes sont à nommer')).toBeVisible();
	await accessible(admin);
	const choose = async (column: string, meaning: string) =>
		void (await admin.getByLabel(`Contient ${column}`, { exact: true }).selectOption({ label: meaning }));
	await choose('Colonne 1', 'Date de l’opération');
	await choose('Colonne 2', 'Libellé ou référence');
	await choose('Colonne 3', 'Libellé ou référence');
	await choose('Colonne 4', 'Devise');
	await choose('Colonne 5', 'Montant');
	await admin.getByLabel('Nom de cette source').fill('Banque du coin');
	await admin.getByRole('button', { name: 'Relire la liste' }).click();
	await expect(admin.getByText(/nouveaux mouvements\s: 2/)).toBeVisible();
	await expect(cardOf(admin, `${mark} Virement`)).toBeVisible();
	await admin.setInputFiles('#releves', list(`${mark}2`));
	await expect(cardOf(admin, `${mark}2 BIS`)).toBeVisible();
	for (const words of [`${mark} Virement`, `${mark} BIS`, `${mark}2 Virement`, `${mark}2 BIS`]) {
		await cardOf(admin, words).getByRole('button', { name: 'Écarter' }).click();
		await expect(cardOf(admin, words)).toHaveCount(0);
	}
	await admin.context().close();
});
test('a list of an unknown tool: its columns are said on the screen, once', async ({ demo, browser }) => {
	const admin = await atBank(browser, demo);
	await open(admin, `${origin()}/admin/import`);
	const number = `MAP-${Date.now()}`;
	const list = (of: string) => ({
		name: 'export.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from(`Quand;Quoi ${number};Pour qui;Combien\n31/01/2026;${of};Café Müller;1 020,00`)
	});
	await admin.setInputFiles('#fichiers', list(number));
	await expect(admin.getByText('Dites ce que sont le numéro')).toBeVisible();
	await accessible(admin);
	const choose = async (header: string, column: string) =>
		void (await admin
			.getByRole('row', { name: new RegExp(header) })
			.getByRole('combobox')
			.selectOption(column));
	await choose('Quand', 'issuedOn');
	await choose('Quoi', 'number');
	await choose('Pour qui', 'client');
	await choose('Combien', 'gross');
	await admin.getByLabel('Nom de cette source').fill('Caisse');
	await admin.getByRole('button', { name: 'Relire la liste' }).click();
	await admin.getByRole('button', { name: 'Importer 1 facture' }).click();
	await expect(admin.getByText('1 facture importée')).toBeVisible();
	await open(admin, `${origin()}/admin/import`);
	await admin.setInputFiles('#fichiers', list(`${number}-2`));
	await expect(admin.getByRole('button', { name: 'Importer 1 facture' })).toBeVisible();
	await admin.context().close();
});
