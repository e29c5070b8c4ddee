// Who asks for money: an owner gives a logo and a number to call, and whoever holds a pay link sees them.
import { aPng } from '../builders/pictures.ts';
import { accessible, expect, freshInvoice, open, origin, test } from './fixtures.ts';

test(
	'a logo and a telephone said in settings stand on the pay page, one tap away',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		await page.goto((await demo.person('Claire Martin')).sign_in_url);
		await open(page, `${origin()}/admin/reglages/identite`);
		const field = page.getByLabel('Fichier du logo');
		await field.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
		await expect(page.getByRole('alert')).toHaveText(/ni un PNG ni un JPEG/);
		await field.setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: aPng({ width: 240, height: 60 }) });
		await expect(page.getByText('Aperçu du fichier choisi')).toBeVisible();
		await accessible(page);
		// Another test may have taken the one of the demo away.
		await page.getByRole('button', { name: /^(Remplacer par|Mettre) ce logo$/ }).click();
		await expect(page.getByText('Logo enregistré')).toBeVisible();
		const address = await page.locator('.preview img').getAttribute('src');
		await page.getByLabel('Téléphone pour vos clients').fill('12');
		await page.getByRole('button', { name: 'Enregistrer l’identité' }).click();
		await expect(page.getByText('dix chiffres commençant par 0')).toBeVisible();
		await expect(page.getByLabel('Téléphone pour vos clients')).toHaveValue('12');
		await page.getByLabel('Téléphone pour vos clients').fill('04 65 71 99 00');
		await page.getByRole('button', { name: 'Enregistrer l’identité' }).click();
		await expect(page.getByText('Identité enregistrée')).toBeVisible();

		await open(page, invoice.link);
		const logo = page.locator('header img');
		await expect(logo).toHaveAttribute('src', address!);
		expect(await logo.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(240);
		await expect(page.locator('header dl')).toBeHidden();
		await page.locator('header summary').click();
		await expect(page.getByRole('link', { name: /04\s65\s71\s99\s00/ })).toHaveAttribute('href', 'tel:+33465719900');
		await expect(page.locator('header dl')).toContainText(/552\s100\s554/);
		await accessible(page);
	}
);
