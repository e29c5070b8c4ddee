// A member with a passkey, and with a lost one; and the proof that is asked for before money goes back.
import {
	accessible,
	adminAtPayment,
	askRefund,
	expect,
	freshInvoice,
	open,
	origin,
	payByCard,
	refundButton,
	test
} from './fixtures.ts';
import type { Page } from '@playwright/test';

/** A device that holds passkeys and always finds its owner in front of it. */
async function aDevice(page: Page): Promise<void> {
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('WebAuthn.enable');
	await cdp.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true
		}
	});
}

test('a passkey is added, signs in, and is removed; the owners are told', async ({ page, demo }) => {
	await aDevice(page);
	const name = `Essai ${Date.now()}`;
	await page.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(page, `${origin()}/admin/compte`);
	await accessible(page);
	await page.getByLabel('Nom de la clé d’accès').fill(name);
	await page.getByRole('button', { name: 'Ajouter une clé d’accès' }).click();
	await expect(page.getByText(name)).toBeVisible();
	await page.getByRole('button', { name: 'Se déconnecter', exact: true }).click();
	await page.waitForURL(/connexion/);
	await page.getByRole('button', { name: 'Se connecter avec une clé d’accès' }).click();
	await page.waitForURL(/\/admin$/);
	await open(page, `${origin()}/admin/compte`);
	await expect(page.getByText(/utilisée le/).first()).toBeVisible();
	await page.getByRole('button', { name: `Retirer la clé d’accès ${name}` }).click();
	await expect(page.getByText('Clé d’accès retirée.')).toBeVisible();
	await demo.mail((await demo.person('Claire Martin')).email, /Sécurité de votre compte/);
});

test(
	'a refund long after signing in asks who it is, and keeps what was typed',
	{ tag: '@desk' },
	async ({ page, demo, browser }) => {
		const { number, link } = await freshInvoice(page, demo);
		await payByCard(page, link);
		const admin = await adminAtPayment(browser, demo, number);
		await demo.advance('PT15M');
		await askRefund(admin, '12,34');
		await refundButton(admin).click();
		await expect(admin.getByRole('heading', { name: 'Confirmez que c’est vous' })).toBeVisible();
		await accessible(admin);
		const email = (await demo.person('Claire Martin')).email;
		const before = (await demo.mails(email)).filter((mail) => mail.code).length;
		await admin.getByRole('button', { name: 'Recevoir un code' }).click();
		await expect
			.poll(async () => (await demo.mails(email)).filter((mail) => mail.code).length, { timeout: 30_000 })
			.toBeGreaterThan(before);
		const code = (await demo.mails(email)).find((mail) => mail.code)!.code!;
		await admin.getByLabel(/Code/).fill(code);
		await admin.getByRole('button', { name: 'Confirmer' }).click();
		await admin.getByRole('button', { name: 'Continuer' }).click();
		await expect(admin.getByText(/12,34/).first()).toBeVisible();
		await expect(admin.getByRole('heading', { name: /^Reçu R/ })).toBeVisible();
		await admin.context().close();
	}
);
