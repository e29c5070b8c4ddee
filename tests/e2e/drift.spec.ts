// The scripts and the headers of the built pages are those that were decided: docs/scripts.md, and the policies below (PCI DSS 4.0.1, 6.4.3 and 11.6.1).
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, form, freshInvoice, open, origin, test, type Demo } from './fixtures.ts';

/** `link`: a pay link, where one pays as well, and which the server draws without the framework: no inline script at all may run there. */
type Kind = 'plain' | 'paying' | 'link';
type Row = { script: string; pages: 'all' | 'paying' };
const inventory: Row[] = [
	...readFileSync('docs/scripts.md', 'utf8').matchAll(/^\| `([^`]+)` +\| (all|paying) +\|/gm)
].map(([, script, pages]) => ({ script: script!, pages: pages as Row['pages'] }));
const STRIPE = 'https://js.stripe.com/endive/stripe.js';
const matches = (pattern: string, url: string): boolean =>
	new RegExp(
		`^${pattern
			.split('*')
			.map((instalment) => instalment.replaceAll(/[.?/]/g, '\\$&'))
			.join('[\\w.-]+')}$`
	).test(url);

/** Every script that a page loads, as the inventory names it: the stand-in as Stripe's, ours by path. */
function listen(page: Page): Set<string> {
	const seen = new Set<string>();
	page.on('request', (request) => {
		// What Stripe's frames load is theirs, at their own origin: no script of our page.
		if (request.resourceType() !== 'script' || request.frame() !== page.mainFrame()) return;
		const { pathname, href } = new URL(request.url());
		const stands = !href.startsWith(origin()) && pathname === '/endive/stripe.js';
		seen.add(href.startsWith(origin()) ? pathname : stands ? STRIPE : href);
	});
	return seen;
}
const inlineScripts = (page: Page) =>
	page.evaluate(() => [...document.scripts].filter((script) => !script.src).map((script) => script.nonce));

type Headers = Record<string, string>;
async function load(page: Page, url: string): Promise<Headers> {
	const [answer] = await Promise.all([
		page.waitForResponse(
			(response) =>
				response.request().isNavigationRequest() && response.status() === 200 && response.frame() === page.mainFrame()
		),
		open(page, url)
	]);
	return answer.headers();
}
const RULES = (stripe: { script: string; connect: string; frame: string }, nonce = ' NONCE') =>
	`default-src 'self'; frame-src 'self'${stripe.frame}; worker-src 'self'; connect-src 'self'${stripe.connect}; img-src 'self' data:; manifest-src 'self'; object-src 'none'; script-src 'self'${nonce}${stripe.script}; style-src 'self' 'unsafe-inline'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
const TYPES = "require-trusted-types-for 'script'; trusted-types svelte-trusted-html ponctuel";
const REPORTS = 'report-uri /webhooks/csp; report-to csp';
const expected = (kind: Kind): Headers => ({
	'content-security-policy':
		kind === 'plain'
			? `${RULES({ script: '', connect: '', frame: '' })}; ${TYPES}; ${REPORTS}`
			: `${RULES({ script: ' SANDBOX', connect: ' SANDBOX', frame: ' SANDBOX' }, kind === 'link' ? '' : undefined)}; ${REPORTS}`,
	'content-security-policy-report-only': kind === 'plain' ? '' : `${TYPES}; ${REPORTS}`,
	'reporting-endpoints': `csp="${origin()}/webhooks/csp"`,
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'same-origin',
	'x-frame-options': 'DENY',
	'cross-origin-opener-policy': 'same-origin-allow-popups',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), payment=(self "https://js.stripe.com")',
	'cache-control': 'no-store'
});
/** Without what changes with each answer (nonces) and each run (the stand-in's ports). */
function settled(headers: Headers): Headers {
	const plain = (text: string) =>
		text
			.replace(/(script-src [^;]*)'nonce-[\w+/=]{20,}'/, '$1NONCE')
			.replaceAll(/ 'nonce-[^']+'/g, '')
			.replaceAll(/ 'sha256-9OlNO0DNEeaVzHL4RZwCLsBHA8WBQ8toBp\/4F5XV2nc='/g, '')
			.replaceAll(/http:\/\/(localhost|127\.0\.0\.1):\d+(?=[ ;]|$)/g, 'SANDBOX');
	return Object.fromEntries(
		Object.keys(expected('plain')).map((name) => [
			name,
			name === 'reporting-endpoints' ? headers[name]! : plain(headers[name] ?? '')
		])
	);
}

/** Each page of a kind, and what a person does there that brings scripts. */
async function pages(page: Page, demo: Demo): Promise<[Kind, string, string, ((page: Page) => Promise<void>)?][]> {
	const invoice = await freshInvoice(page, demo);
	const person = (await demo.people()).find(
		(one) =>
			one.kind === 'contact' &&
			one.pay_links.length > 0 &&
			one.pay_links.every((link) => Number(link.amount_minor) < 900_000)
	)!;
	const keep = async (there: Page) => {
		await there.getByText('Ajouter une carte ou un compte').first().click();
		await there.getByRole('button', { name: 'Ajouter une carte ou un compte' }).click();
		await expect(form.frame(there).getByText('Paiement simulé')).toBeVisible();
	};
	return [
		['plain', 'signing in', `${origin()}/connexion`],
		['link', 'a pay link', invoice.link, form.open],
		['plain', 'the client’s invoices', person.sign_in_url],
		['paying', 'paying in the client’s area', `${origin()}/portail/payer?facture=PICK`, form.open],
		['paying', 'the client’s account', `${origin()}/portail/compte`, keep],
		['plain', 'the supplier’s day', (await demo.person('Claire Martin')).sign_in_url],
		['plain', 'an unknown page', `${origin()}/nothing`]
	];
}

test(
	'each kind of page loads the scripts of the inventory and no other, with the headers that were decided',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		expect(inventory.map(({ script }) => script)).toContain(STRIPE);
		const used = new Set<string>();
		for (const [kind, name, url, act] of await pages(page, demo)) {
			const there = await page.context().newPage();
			let at = url;
			if (url.endsWith('PICK')) {
				await open(there, `${origin()}/portail`);
				at = url.replace('PICK', (await there.getByRole('checkbox').first().getAttribute('value'))!);
			}
			const seen = listen(there);
			if (name === 'an unknown page') {
				const answer = await there.goto(at);
				expect([name, settled(answer!.headers())]).toEqual([name, expected(kind)]);
			} else expect([name, settled(await load(there, at))]).toEqual([name, expected(kind)]);
			expect([name, [...seen].includes(STRIPE)]).toEqual([name, false]);
			await act?.(there);
			const inline = await inlineScripts(there);
			// SvelteKit's one, where it starts the page; what a browser hides of the nonce (its value) is in the property.
			expect([name, inline.length, inline.every(Boolean)]).toEqual([name, kind === 'link' ? 0 : 1, true]);
			for (const script of [...inline.map(() => 'inline'), ...seen]) {
				const row = inventory.find((one) => matches(one.script, script));
				expect([name, script, row !== undefined && (row.pages === 'all' || kind !== 'plain')]).toEqual([
					name,
					script,
					true
				]);
				used.add(row!.script);
			}
			expect([name, [...seen].includes(STRIPE)]).toEqual([name, act !== undefined]);
			await there.close();
		}
		expect([...used].sort()).toEqual(inventory.map(({ script }) => script).sort());
	}
);
test(
	'the script that takes payments stays with the page where one pays: going there and leaving it load a page anew',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const person = (await demo.people()).find(
			(one) =>
				one.kind === 'contact' &&
				one.pay_links.length > 0 &&
				one.pay_links.every((link) => Number(link.amount_minor) < 900_000)
		)!;
		await open(page, person.sign_in_url);
		const mark = () => page.evaluate(() => void Object.assign(window, { sameDocument: true }));
		const same = () => page.evaluate(() => 'sameDocument' in window);
		const stripe = () => page.evaluate(() => 'Stripe' in window);
		await mark();
		await page.getByRole('checkbox').first().check();
		await page.getByRole('button', { name: /^Payer / }).click();
		await page.waitForURL(/\/portail\/payer/);
		await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
		expect(await same()).toBe(false);
		await form.open(page);
		expect(await stripe()).toBe(true);
		await mark();
		await page.getByRole('link', { name: '← Factures' }).first().click();
		await page.waitForURL(/\/portail$/);
		await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
		expect([await same(), await stripe()]).toEqual([false, false]);
	}
);
test(
	'a script, a string for one and a style that somebody smuggles in do nothing',
	{ tag: '@phone' },
	async ({ page, demo }) => {
		const invoice = await freshInvoice(page, demo);
		for (const url of [`${origin()}/connexion`, invoice.link]) {
			const there = await (await page.context().browser()!.newContext({ locale: 'fr-FR' })).newPage();
			await open(there, url);
			const result = await there.evaluate(async (isPlain) => {
				const refused: string[] = [];
				document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
				const attempt = (name: string, act: () => void) => {
					try {
						act();
					} catch {
						refused.push(name);
					}
				};
				attempt('string as address', () => {
					const script = document.createElement('script');
					script.src = isPlain ? 'https://js.stripe.com/endive/stripe.js' : 'https://evil.example/x.js';
					document.body.append(script);
				});
				attempt(
					'string as markup',
					() => (document.createElement('div').innerHTML = '<img src=x onerror="window.ran = 1">')
				);
				const inline = document.createElement('script');
				attempt('string as script', () => (inline.text = 'window.ran = 2'));
				document.body.append(inline);
				const style = document.createElement('style');
				style.textContent = 'body { display: none }';
				document.body.append(style);
				await new Promise((done) => setTimeout(done, 300));
				return { refused, ran: 'ran' in window, hidden: getComputedStyle(document.body).display === 'none' };
			}, url.endsWith('/connexion'));
			expect([result.ran, result.hidden]).toEqual([false, false]);
			expect(result.refused).toContain('style-src-elem');
			if (url.endsWith('/connexion'))
				expect(result.refused).toEqual(expect.arrayContaining(['string as address', 'string as markup']));
			else expect(result.refused).toContain('script-src-elem');
			await there.context().close();
		}
	}
);
test(
	'reports are taken from anybody, in both forms, and nothing that is sent makes an error',
	{ tag: '@phone' },
	async ({ request }) => {
		const post = (data: string, type = 'application/csp-report') =>
			request
				.post(`${origin()}/webhooks/csp`, { data, headers: { 'content-type': type } })
				.then((answer) => answer.status());
		const report = JSON.stringify({
			'csp-report': { 'document-uri': `${origin()}/connexion`, 'effective-directive': 'img-src', 'blocked-uri': 'data' }
		});
		expect(await post(report)).toBe(204);
		expect(await post('[]', 'application/reports+json')).toBe(204);
		expect(await post('{', 'application/csp-report')).toBe(400);
		expect(await post('\u0000', 'text/plain')).toBeLessThan(500);
		expect(await post('x'.repeat(20_000))).toBe(413);
		const answers = new Set<number>();
		for (let i = 0; i < 70; i += 1) answers.add(await post(report));
		expect([...answers].sort()).toEqual([204, 429]);
	}
);
