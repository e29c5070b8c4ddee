// What is shown is what is charged, whatever a browser does to the page: translates it, keeps it open over a new version, freezes it.
import { expect, form, freshInvoice, open, paid, test } from './fixtures.ts';

test('a browser translates the page: prices and the button stay those of the page, and the price shown is the one taken', async ({
	page,
	demo
}) => {
	const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
	await open(page, invoice.link);
	// As translating browsers do: each piece of text moves into an element of theirs, now and whenever a new one comes.
	await page.evaluate(() => {
		const translate = (root: Node): void => {
			const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
			const texts: Text[] = [];
			while (walker.nextNode()) texts.push(walker.currentNode as Text);
			for (const text of texts) {
				const parent = text.parentElement;
				if (!parent || !text.data.trim() || parent.closest('[translate="no"], script, style, font')) continue;
				const [outer, inner] = [document.createElement('font'), document.createElement('font')];
				inner.textContent = `≈ ${text.data}`;
				outer.append(inner);
				text.replaceWith(outer);
			}
		};
		translate(document.body);
		new MutationObserver((changes) =>
			changes.forEach((change) => change.addedNodes.forEach((node) => translate(node)))
		).observe(document.body, { childList: true, subtree: true });
	});
	await expect(page.getByText(/^≈ /).first()).toBeVisible();
	await page.getByRole('radio', { name: /En une fois/ }).check();
	await expect(page.getByRole('button', { name: /^Payer 1.200,00.€/ })).toBeVisible();
	await page.getByRole('radio', { name: /Avec 2.% d’escompte/ }).check();
	await expect(page.getByRole('button', { name: /^Payer 1.176,00.€/ })).toBeVisible();
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await paid(page);
	await expect(page.locator('dl > div', { hasText: 'Escompte' })).toHaveText(/Escompte\s*−24,00\s€/);
});
test('a new version is deployed while the page is open: it renews itself, keeps the choice, and pays', async ({
	page,
	demo
}) => {
	const invoice = await freshInvoice(page, demo, { netMinor: 100_000, issuedDaysAgo: 0 });
	await open(page, invoice.link);
	await page.getByRole('radio', { name: /En une fois/ }).check();
	// What the old page would load is gone, and the server says that it is another version.
	let isOld = true;
	await page.route(/\/_app\/version\.json/, (route) =>
		route.fulfill({ json: { version: isOld ? 'newer' : undefined } })
	);
	await page.route(/\/_app\/immutable\/.*\.js$/, (route) =>
		isOld ? route.fulfill({ status: 404, body: 'Not found' }) : route.continue()
	);
	const renewed = page.waitForEvent('framenavigated');
	await page.getByRole('button', { name: /^Payer 1.200,00.€/ }).click();
	isOld = false;
	await renewed;
	await page.unroute(/\/_app\/version\.json/);
	await expect(page.getByText('momentanément')).toHaveCount(0);
	await expect(page.getByRole('radio', { name: /En une fois/ })).toBeChecked();
	await expect(page.locator('html[data-hydrated]')).toBeAttached();
	await form.open(page);
	await form.card(page, '4242424242424242');
	await form.pay(page);
	await paid(page);
});
test('brought back by the back button, or looked at again after a while, the page is read again', async ({
	page,
	demo
}) => {
	const invoice = await freshInvoice(page, demo);
	await open(page, invoice.link);
	const back = page.waitForRequest((request) => request.url() === page.url() && request.resourceType() === 'fetch');
	await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
	await back;
	// With the framework there, its data are read.
	await form.open(page);
	const again = page.waitForRequest(/\/vue$/);
	await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
	await again;
});
test('in five tabs at once: one payment, and every tab says so', async ({ page, demo, context }) => {
	const invoice = await freshInvoice(page, demo);
	const tabs = [page];
	for (let i = 0; i < 4; i += 1) tabs.push(await context.newPage());
	for (const tab of tabs) {
		await open(tab, invoice.link);
		await form.open(tab);
		await form.card(tab, '4242424242424242');
	}
	await Promise.all(
		tabs.map((tab) =>
			tab
				.getByRole('button', { name: /^Payer/ })
				.click({ noWaitAfter: true })
				.catch(() => {})
		)
	);
	for (const tab of tabs) await expect(tab.getByText('C’est payé. Merci')).toBeVisible();
	await expect(page.getByText(/^Reçu R/)).toHaveCount(1);
});
