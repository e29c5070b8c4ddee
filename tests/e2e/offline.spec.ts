// The installed app's shell: an offline page, and nothing confidential kept (scenario 21 of the reference).
import { expect, freshInvoice, open, test } from './fixtures.ts';

test.use({ serviceWorkers: 'allow' });

test('the offline page stands in without a network, and nothing confidential is kept', async ({
	page,
	demo,
	context
}) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	await page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await page.reload();
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
	const kept = await page.evaluate(async () =>
		(
			await Promise.all(
				(await caches.keys()).map(async (name) =>
					(await (await caches.open(name)).keys()).map((request) => request.url)
				)
			)
		).flat()
	);
	expect(kept.filter((url) => /\/p\/|portail|admin|stripe/.test(url))).toEqual([]);
	await context.setOffline(true);
	await page.goto(invoice.link);
	await expect(page.getByRole('heading', { name: 'Vous êtes hors ligne' })).toBeVisible();
	await context.setOffline(false);
});
