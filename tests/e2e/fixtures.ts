// What browser tests share: the demo's levers, a payer with a fresh invoice, the payment form.
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type APIRequestContext, type Browser, type Page } from '@playwright/test';
import { facturXOf, sirenOf, type InvoiceSpec } from '../../src/scripts/demo/invoice-file.ts';

type Person = {
	kind: string;
	supplier: string;
	name: string;
	email: string;
	role: string;
	client: string | null;
	sign_in_url: string;
	pay_links: { number: string; amount_minor: string; url: string }[];
};
export type Mail = {
	to: string[];
	subject: string;
	text: string;
	links: string[];
	code: string | null;
	attachments: { name: string }[];
};
export const origin = (): string => process.env.E2E_URL!;

/** A connection that the server closed while it was idle is opened anew. */
const AGAIN = { maxRetries: 2 };
export class Demo {
	private readonly request: APIRequestContext;
	constructor(request: APIRequestContext) {
		this.request = request;
	}
	async people(): Promise<Person[]> {
		return (await (await this.request.get(`${origin()}/demo/api/people`, AGAIN)).json()).people as Person[];
	}
	/** The person behind an address, signed in on this page. */
	async signIn(page: Page, email: string): Promise<void> {
		const person = (await this.people()).find((candidate) => candidate.email === email)!;
		await page.goto(person.sign_in_url);
		await hydrated(page);
	}
	async person(name: string): Promise<Person> {
		return (await this.people()).find((person) => person.name === name)!;
	}
	async mails(to: string): Promise<Mail[]> {
		return (await (await this.request.get(`${origin()}/demo/api/mails?to=${encodeURIComponent(to)}`, AGAIN)).json())
			.mails as Mail[];
	}
	async mail(to: string, subject: RegExp): Promise<Mail> {
		await expect
			.poll(async () => (await this.mails(to)).some((mail) => subject.test(mail.subject)), { timeout: 30_000 })
			.toBe(true);
		return (await this.mails(to)).find((mail) => subject.test(mail.subject))!;
	}
	/** Each day of the way is lived through by the product: months take a while on a busy machine, so the answer is waited for. */
	advance = async (advance: string) => {
		const answer = await this.request.post(`${origin()}/demo/api/clock`, {
			data: { advance },
			timeout: 300_000,
			...AGAIN
		});
		expect(answer.ok(), await answer.text()).toBe(true);
	};
	fault = async (name: string) =>
		void expect((await this.request.post(`${origin()}/demo/api/faults`, { data: { name }, ...AGAIN })).ok()).toBe(true);
	calm = async () => void expect((await this.request.delete(`${origin()}/demo/api/faults`, AGAIN)).ok()).toBe(true);
}

/** Claire's clients pay now, early or in instalments from today; Alice's in instalments from the due date. */
const SELLERS = {
	'Claire Martin': {
		name: 'ATELIER LUMEN SARL',
		siren: '552100554',
		vatNumber: 'FR96552100554',
		iban: 'FR7630006000011234567890189'
	},
	'Alice Verne': {
		name: 'CABINET VERNE CONSEIL SAS',
		siren: '404833048',
		vatNumber: 'FR83404833048',
		iban: 'FR7610278021370000123456794'
	}
};
/** Of a supplier at a demo, with which its software sends invoices: made once, on its screen. */
const importKeys = new Map<string, string>();
async function importKeyOf(browser: Browser, demo: Demo, name: keyof typeof SELLERS): Promise<string> {
	const id = `${origin()} ${name}`;
	if (!importKeys.has(id)) {
		const context = await browser.newContext({ locale: 'fr-FR', serviceWorkers: 'block' });
		const admin = await context.newPage();
		await admin.goto((await demo.person(name)).sign_in_url);
		await open(admin, `${origin()}/admin/reglages`);
		await admin.locator('summary', { hasText: 'Créer une clé' }).click();
		await admin.getByLabel('Nom de la clé').fill('Logiciel de facturation');
		await admin.getByRole('button', { name: 'Créer une clé' }).click();
		importKeys.set(id, (await admin.locator('code.key').textContent())!);
		await context.close();
	}
	return importKeys.get(id)!;
}
let serial = 0;
/** A new invoice for a new client, sent by the supplier's software (the screen has tests of its own, in imports.spec), and the pay link of its mail. */
export async function freshInvoice(
	page: Page,
	demo: Demo,
	over: {
		netMinor?: number;
		domain?: string;
		issuedDaysAgo?: number;
		of?: 'Claire Martin' | 'Alice Verne';
		/** Of an invoice before: another one for the same client. */
		buyer?: InvoiceSpec['buyer'];
	} = {}
): Promise<{ number: string; email: string; link: string; amount: string; buyer: InvoiceSpec['buyer'] }> {
	const id = `${Date.now().toString(36)}${serial++}`;
	const email = over.buyer?.email ?? `payeur-${id}@${over.domain ?? 'client.example'}`;
	const now = (await (await page.request.get(`${origin()}/demo/api/clock`)).json()).now as string;
	const due = new Date(Date.parse(now) + 20 * 86_400_000).toISOString().slice(0, 10);
	const spec: InvoiceSpec = {
		number: `E2E-${id}`,
		// Old enough, unless a test wants otherwise, for the discount of the demo's offer to be over: one price, one way to pay first.
		issuedOn: new Date(Date.parse(now) - (over.issuedDaysAgo ?? 16) * 86_400_000).toISOString().slice(0, 10),
		dueOn: due,
		seller: {
			...SELLERS[over.of ?? 'Claire Martin'],
			address: { lines: ['1 rue X'], postalCode: '69001', town: 'Lyon', country: 'FR' }
		},
		buyer: over.buyer ?? { name: `Client ${id}`, siren: sirenOf(Date.now() % 89_999_999), email },
		lines: [{ label: 'Lustre', netMinor: over.netMinor ?? 98_000, rateBps: 2000 }]
	};
	const key = await importKeyOf(page.context().browser()!, demo, over.of ?? 'Claire Martin');
	const sent = await page.request.post(`${origin()}/api/v1/imports?send_mails=true`, {
		headers: { authorization: `Bearer ${key}`, 'idempotency-key': spec.number },
		multipart: {
			fichiers: {
				name: `${spec.number}.pdf`,
				mimeType: 'application/pdf',
				buffer: Buffer.from(await facturXOf(spec))
			}
		},
		...AGAIN
	});
	expect(sent.status(), await sent.text()).toBe(202);
	const mail = await demo.mail(email, new RegExp(spec.number));
	const gross = Math.round((over.netMinor ?? 98_000) * 1.2);
	return {
		number: spec.number,
		email,
		buyer: spec.buyer,
		link: mail.links.find((link) => link.includes('/p/'))!,
		amount: new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' }).format(gross / 100)
	};
}

export const hydrated = (page: Page) => page.waitForSelector('html[data-hydrated]', { state: 'attached' });
export async function open(page: Page, url: string): Promise<void> {
	await page.goto(url);
	await hydrated(page);
}
const frame = (page: Page) => page.frameLocator('iframe[title="Secure payment input frame"]');
/** The payment form, as a person fills it. */
export const form = {
	async open(page: Page) {
		await page.getByRole('button', { name: /^Payer / }).click();
		await expect(frame(page).getByText('Paiement simulé')).toBeVisible();
	},
	async card(page: Page, number: string) {
		await frame(page).getByLabel('Numéro de carte').fill(number);
		await frame(page).getByLabel('Date d’expiration').fill('1234');
		await frame(page).getByLabel('Code de sécurité').fill('123');
	},
	async sepa(page: Page, iban: string) {
		await frame(page).getByLabel('Prélèvement SEPA').check();
		await frame(page).getByLabel('Nom du titulaire du compte').fill('Paul Roche');
		await frame(page).getByLabel('E-mail').fill('paul@roche.example');
		await frame(page).getByLabel('IBAN').fill(iban);
	},
	pay: (page: Page) => page.getByRole('button', { name: /^Payer / }).click(),
	bank: (page: Page, answer: 'Terminer l’authentification' | 'Échouer') =>
		page.frameLocator('iframe[title="3D Secure 2 authentication"]').getByRole('button', { name: answer }).click(),
	frame,
	/** The sheet of the device's wallet. */
	sheet: (page: Page) => page.frameLocator('iframe[title="Wallet"]')
};
export const paid = (page: Page) => expect(page.getByText(/C’est payé\. Merci/)).toBeVisible();
/** From the link to a receipt, by card. */
export async function payByCard(page: Page, link: string, number = '4242424242424242'): Promise<void> {
	await open(page, link);
	await form.open(page);
	await form.card(page, number);
	await form.pay(page);
	await paid(page);
}
/** From the link to a debit under way. */
export async function payByDebit(page: Page, link: string, iban: string): Promise<void> {
	await open(page, link);
	await form.open(page);
	await form.sepa(page, iban);
	await form.pay(page);
	await expect(page.getByText('Prélèvement SEPA en cours')).toBeVisible();
}
/** The supplier, in a browser of her own, at the payment of an invoice. Close its context afterwards. */
export async function adminAtPayment(browser: Browser, demo: Demo, number: string): Promise<Page> {
	const admin = await (await browser.newContext()).newPage();
	await admin.goto((await demo.person('Claire Martin')).sign_in_url);
	await open(admin, `${origin()}/admin/paiements`);
	const row = admin.getByRole('row', { name: new RegExp(number) });
	await row.getByRole('link').first().click();
	await expect(admin).toHaveURL(/\/admin\/paiements\/.+/);
	await expect(admin.getByRole('heading', { name: /^Reçu R/ })).toBeVisible();
	return admin;
}
/** Until what appears has appeared: half shown, its colours are not the ones that a person reads. */
const stillStanding = (page: Page): Promise<unknown> =>
	page.evaluate(() =>
		Promise.allSettled(
			document
				.getAnimations()
				.filter((one) => one.effect?.getComputedTiming().endTime !== Infinity)
				.map((one) => one.finished)
		)
	);
export async function accessible(page: Page): Promise<void> {
	// What comes with news while it is being looked at is whole at once too.
	await page.emulateMedia({ reducedMotion: 'reduce' });
	await stillStanding(page);
	// The button that opens the form rests over what can be scrolled from under it: everything is looked at in its own place.
	const before = await page.evaluate(() => {
		const { scrollY } = window;
		document.querySelector('.action.opens + p')?.scrollIntoView({ block: 'end' });
		return scrollY;
	});
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
		.exclude('iframe')
		.analyze();
	await page.evaluate((top) => window.scrollTo(0, top), before);
	await page.emulateMedia({ reducedMotion: null });
	expect(
		violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`)
	).toEqual([]);
}

const withoutToken = (text: string) => text.replace(/[\w-]{43}/g, '…');
const shownOn = (page: Page) =>
	page
		.locator('body')
		.innerText({ timeout: 2000 })
		.then((text) => text.replace(/\s*\n\s*/g, ' / ').slice(0, 600), String);
const lastProblems = () =>
	readFileSync(process.env.E2E_LOG!, 'utf8')
		.split('\n')
		.filter((line) => /"level":[456]0/.test(line))
		.slice(-5)
		.join('\n');

export const test = base.extend<{ demo: Demo; quiet: void; told: void }, { place: void }>({
	/** Which of the demos this worker plays with. */
	place: [
		// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from a pattern
		async ({}, use, { project }) => {
			process.env.E2E_URL = process.env[`E2E_URL_${project.name}`];
			process.env.E2E_DATABASE = process.env[`E2E_DATABASE_${project.name}`];
			process.env.E2E_LOG = process.env[`E2E_LOG_${project.name}`];
			await use();
		},
		{ scope: 'worker', auto: true }
	],
	demo: async ({ request }, use) => {
		const demo = new Demo(request);
		await use(demo);
		await demo.calm();
	},
	/** What fails by chance fails where nobody looks: every page that was open says where it stood and what it showed, and the server its last problems. */
	told: [
		async ({ page }, use, info) => {
			await use();
			if (info.status === info.expectedStatus) return;
			for (const open of page
				.context()
				.browser()!
				.contexts()
				.flatMap((context) => context.pages()))
				info.errors.push({ message: `at ${withoutToken(open.url())}:\n${await shownOn(open)}` });
			info.errors.push({ message: lastProblems() });
		},
		{ auto: true }
	],
	/** No test may leave an error in the console, nor a card number or IBAN in a request to our origin. */
	quiet: [
		async ({ page }, use, info) => {
			const problems: string[] = [];
			page.on('pageerror', (error) => problems.push(String(error)));
			page.on('console', (message) => {
				if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text()))
					problems.push(message.text());
			});
			page.on('request', (request) => {
				if (
					request.url().startsWith(origin()) &&
					/4242424242424242|FR14200410100505/.test(request.url() + (request.postData() ?? ''))
				)
					problems.push(`bank digits in ${request.url()}`);
			});
			await use();
			if (info.status === 'passed') expect(problems).toEqual([]);
		},
		{ auto: true }
	]
});
export { expect };

/** On the page of a payment: what and why, then the step that says what follows. */
export async function askRefund(admin: Page, amount: string, meaning = 'Payé par erreur'): Promise<void> {
	await admin.getByLabel(/Montant à rembourser/).fill(amount);
	await admin.getByRole('radio', { name: new RegExp(meaning) }).check();
	await admin.getByLabel(/^Motif/).fill('essai');
	await admin.getByRole('button', { name: 'Vérifier avant de rembourser' }).click();
}
export const refundButton = (admin: Page) => admin.getByRole('button', { name: /^Rembourser \d/ });
