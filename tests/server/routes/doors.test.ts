// Every door of the house, found in src/routes, tried by everybody: the right answers are in answers.ts. Somebody else's id answers as one that does not
// exist, what is refused changes nothing, no foreign page acts in a person's name, and nobody is sent to another site.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewApiKey } from '#lib/contract/api-keys.ts';
import { pointsMailsUrl } from '#lib/server/access/mail-choices.ts';
import type { Subject } from '#lib/server/access/sessions.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId, newSecret } from '#lib/server/identity.ts';
import { member } from '#lib/server/store/schema/index.ts';
import { listDiscounts } from '#lib/server/store/discounts.ts';
import { enqueueForLoyalty, listLoyaltyRows } from '#lib/server/store/loyalty-outbox.ts';
import { listPayments } from '#lib/server/store/payments.ts';
import { createApiKey, listKeys } from '#lib/server/use-cases/access/api-keys.ts';
import { listLinks, mintPayLink } from '#lib/server/use-cases/access/pay-links.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { connectLoyalty } from '#lib/server/use-cases/loyalty/connect-loyalty.ts';
import { readMethods } from '#lib/server/use-cases/methods/manage-methods.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { forgivePart } from '#lib/server/use-cases/plans/forgive-part.ts';
import { askMove } from '#lib/server/use-cases/plans/move-part.ts';
import { facturXOf } from '#scripts/demo/invoice-file.ts';
import { anAward } from '../../builders/awards.ts';
import { LUMEN } from '../../builders/invoices.ts';
import {
	aColleague,
	FROM,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	aToken,
	pay,
	type Cast,
	type Payer,
	instalments
} from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';
import { stageOf } from '../../builders/stage.ts';
import { PROOFS } from './proofs.ts';
import { ANSWERS, DOORS, WHO, type Row, type Verdict, type Who } from './answers.ts';

const ORIGIN = 'http://localhost:1';
let house: TestHouse;
let a: Cast;
let b: Cast;
let payer: Payer;
let endpoints: Endpoint[];
const ids: Record<string, string> = {};
type Means = { headers: Record<string, string>; token?: string; openToken?: string; ofLink?: string };
const means = {} as Record<Who, Means>;
/** The owner, signed in an hour ago. */
let unproven: Means;
let doors: ReturnType<typeof openDoors>;

beforeAll(async () => {
	house = await openHouse();
	const { services } = house;
	doors = openDoors(house);
	const { sessions } = doors;
	endpoints = await findEndpoints();
	[a, b] = [await aSupplier(services, 'acct_lumen'), await aSupplier(services, 'acct_canuts', 'Brasserie')];
	payer = await aPayer(services, a);
	const neighbour = await aPayer(services, a, 'autre@client.example', 'Autre client');
	const stranger = await aPayer(services, b, 'b@b.example', 'Client B');
	await fill();

	const session = async (cast: Cast, kind: Subject['kind'], subjectId: string, agoMs = 0): Promise<Means> => {
		const { cookie } = await sessions.create(
			{ kind, supplierId: cast.supplierId, subjectId },
			{ userAgent: 'test', address: null, provenAt: new Date(services.clock.now().getTime() - agoMs) }
		);
		return { headers: { cookie: `${cookie.name}=${cookie.value}` } };
	};
	const key = async (cast: Cast): Promise<Means> => {
		const made = await createApiKey(services, cast.owner, aKey('doors'));
		return { headers: { authorization: `Bearer ${made.ok ? made.value.key : ''}` } };
	};
	const other = await aDocument('PDF-2');
	ids.colleague = (await aColleague(house.services, a, payer)).contactId;
	ids.forgotten = await aMember('read_only', 'forgotten');
	unproven = await session(a, 'member', a.memberId, 3_600_000);
	Object.assign(means, {
		nobody: { headers: {} },
		link: { headers: {}, token: await aLink(ids.planned!), openToken: await aLink(ids.open!), ofLink: ids.planned },
		otherLink: { headers: {}, token: await aLink(other), openToken: await aLink(other) },
		contact: await session(a, 'contact', payer.contactId),
		colleague: await session(a, 'contact', ids.colleague),
		neighbour: await session(a, 'contact', neighbour.contactId),
		stranger: await session(b, 'contact', stranger.contactId),
		owner: await session(a, 'member', a.memberId),
		accountant: await session(a, 'member', await aMember('accountant')),
		reader: await session(a, 'member', await aMember('read_only')),
		otherOwner: await session(b, 'member', b.memberId),
		key: await key(a),
		otherKey: await key(b)
	} satisfies Record<Who, Means>);
	await anImportOfTheKey();
	await PREPARE['POST /portail/echeance']!();
});
afterAll(async () => {
	doors.close();
	await house.close();
});

const aKey = (name: string): NewApiKey => ({
	name,
	scopes: ['import', 'read', 'undo', 'points'],
	days: null,
	addresses: ''
});
const { inDays, asSystem } = stageOf(() => ({ house, cast: a }));
const RECENT = () => ({ issuedOn: inDays(0), dueOn: inDays(30) });

/** What the ids of the table name: one of each, of the supplier `a` and its client. */
async function fill(): Promise<void> {
	const { services } = house;
	await anOffer(services, a, {
		instalments: instalments({ minMinor: minor(1n) })
	});
	ids.client = payer.clientId;
	ids.mailsToken = pointsMailsUrl(services.config, { supplierId: a.supplierId, contactId: payer.contactId })
		.page.split('/')
		.at(-1)!;
	ids.invoice = await anInvoice(services, a, {});
	ids.open = await anInvoice(services, a, {}, RECENT());
	ids.document = await aDocument('PDF-1');
	ids.planned = await aDocument('PDF-3');
	ids.plan = ids.attempt = newId();
	await expectOk(pay(services, payer, [ids.planned], 40_000, { option: 'plan_3', attemptId: ids.plan }));
	await expectOk(forgivePart(services, a.owner, { planId: ids.plan, position: 3 }));
	const second = await anInvoice(services, a, {}, RECENT());
	ids.otherPlan = newId();
	await expectOk(pay(services, payer, [second], 60_000, { option: 'plan_2', attemptId: ids.otherPlan }));
	ids.payment = (await asSystem((tx) => listPayments(tx, a.system, { invoiceId: ids.planned! })))[0]!.paymentId;
	ids.discount = (await asSystem((tx) => listDiscounts(tx, a.system, { invoiceId: ids.planned! })))[0]!.discountId;
	const kept = await anInvoice(services, a, {});
	const confirmationTokenId = await aToken(services);
	const asked = { attemptId: newId(), confirmationTokenId, invoiceIds: [kept], option: 'now' as const };
	await expectOk(
		startPayment(services, payer.scope, { ...asked, expectedAmountMinor: minor(120_000n), remember: true }, FROM)
	);
	ids.method = (await readMethods(services, payer.scope)).methods[0]!.methodId;
	ids.setup = newId();
	const setup = { setupId: ids.setup, planId: ids.plan, confirmationTokenId: await aToken(services) };
	await expectOk(setUpMethod(services, payer.scope, setup, FROM));
	const bytes = new TextEncoder().encode(`Date;Libellé;Montant\n${inDays(0)};VIREMENT;1200,00`);
	await importStatements(services, a.owner, [{ name: 'releve.csv', bytes }], { acceptReview: false });
	ids.movement = (await readBank(services, a.owner)).waiting[0]!.bankEntryId;
	ids.import = newId();
	const list = new TextEncoder().encode('Numéro;Date;Client;Montant TTC\nIMP-1;12/11/2026;Zoé;1,00\n');
	await receiveFiles(services, a.owner, {
		importId: ids.import,
		files: [{ name: 'l.csv', bytes: list }],
		isLast: true
	});
	await house.drain();
	ids.policy = await anOffer(services, a);
	ids.member = `member.${a.supplierId}.${a.memberId}`;
	await PREPARE['POST /admin/liens']!();
	await aLoyaltyRow();
	await PREPARE['POST /admin/reglages?/revoquer']!();
}
/** Something that LoyaltyLion was to be told, and that waits. */
async function aLoyaltyRow(): Promise<void> {
	const key = { key: `pat_00000000${'ab'.repeat(12)}`, siteId: house.world.loyalty.siteId, ruleName: 'paid_on_time' };
	await expectOk(connectLoyalty(house.services, a.owner, key));
	const awardId = await anAward(house, { supplierId: a.supplierId, clientId: payer.clientId });
	await asSystem((tx) => enqueueForLoyalty(tx, a.system, house.services.clock.now(), awardId, 'pending'));
	ids.loyaltyRow = (
		await asSystem((tx) => listLoyaltyRows(tx, a.system, { open: true, after: null, limit: 1 }))
	)[0]!.rowId;
}
async function expectOk(asked: Promise<{ ok: boolean }>): Promise<void> {
	expect(await asked).toMatchObject({ ok: true });
}
/** An API key acts on what it opened itself. */
async function anImportOfTheKey(): Promise<void> {
	const opening = endpoints.find(({ name }) => name === 'POST /api/v1/imports')!;
	const body = JSON.stringify({
		invoices: [
			{
				number: 'KEY-1',
				issued_on: '2026-11-12',
				client: { name: 'Menuiserie Roche' },
				net_minor: '1000',
				vat_lines: [{ rate_bps: 2000, base_minor: '1000', vat_minor: '200' }],
				gross_minor: '1200'
			}
		]
	});
	const headers = { ...means.key.headers, 'content-type': 'application/json' };
	const opened = await askEndpoint(opening, { origin: ORIGIN, params: {}, query: '?confirm=false', headers, body });
	ids.keyImport = ((await opened.json()) as { import_id: string }).import_id;
	await house.drain();
}
/** An invoice whose PDF its client may see. */
async function aDocument(number: string): Promise<string> {
	const bytes = await facturXOf({
		number,
		...RECENT(),
		seller: LUMEN,
		buyer: { name: 'Menuiserie Roche', siren: null, email: null },
		lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
	});
	const imported = await importInvoices(house.services, a.owner, [{ name: `${number}.pdf`, bytes }], {
		sendMails: false
	});
	return imported.ok ? imported.value[0]!.invoiceId! : '';
}
const aLink = async (invoiceId: string): Promise<string> =>
	(await asSystem((tx) => mintPayLink(house.services, tx, a.system, invoiceId, payer.contactId))).split('/').at(-1)!;
async function aMember(role: 'accountant' | 'read_only', name: string = role): Promise<string> {
	const memberId = newId();
	const row = {
		supplierId: a.supplierId,
		memberId,
		email: `${name}@lumen.example`,
		name: role,
		role,
		locale: 'fr' as const
	};
	await asSystem((tx) => tx.insert(member).values({ ...row, createdAt: house.services.clock.now() }));
	return memberId;
}
/** What is used up by being done, made again for each who does it. */
const PREPARE: Record<string, () => Promise<void>> = {
	'POST /portail/echeance': async () =>
		void (await askMove(house.services, a.owner, { planId: ids.plan!, position: 2, toOn: inDays(21) })),
	'POST /admin/liens': async () => {
		const before = new Set((await listLinks(house.services, a.owner)).rows.map((link) => link.payLinkId));
		await aLink(ids.open!);
		ids.payLink = (await listLinks(house.services, a.owner)).rows.find(
			(link) => !before.has(link.payLinkId)
		)!.payLinkId;
	},
	'POST /admin/reglages?/revoquer': async () => {
		await createApiKey(house.services, a.owner, aKey('to be revoked'));
		ids.apiKey = (await listKeys(house.services, a.owner)).find(
			(one) => one.name === 'to be revoked' && !one.revokedAt
		)!.apiKeyId;
	}
};
PREPARE['POST /admin/reglages/loyaltylion?/ligne'] = aLoyaltyRow;
PREPARE['POST /p/[token]/echeance'] = PREPARE['POST /portail/echeance']!;
PREPARE['POST /admin/echeanciers?/retirer'] = PREPARE['POST /portail/echeance']!;
PREPARE['POST /admin/factures/[id]?/revoquer'] = PREPARE['POST /admin/liens']!;

let asked = 0;
type How = { real?: boolean; origin?: string | null; fresh?: string; by?: Means };
/** `real: false`: with ids that nobody has. `origin: null`: none is sent. */
async function ask(
	endpoint: Endpoint,
	who: Who,
	{ real = true, origin = ORIGIN, fresh = newId(), by = means[who] }: How = {}
): Promise<Response> {
	const row = ANSWERS[endpoint.name]!;
	const { headers, ...own } = by;
	const named = (text: string): string => {
		if (!text.startsWith(':')) return text.replace(/:(open)$/, () => (real ? ids.open! : newId()));
		const name = text.slice(1);
		if (name === 'token' || name === 'openToken') return own[name] ?? newSecret();
		if (name === 'new') return fresh;
		if (name === 'ofLink') return real ? ids.planned! : newId();
		if (name === 'member') return real ? ids.member! : `member.${newId()}.${newId()}`;
		return real ? ids[name]! : newId();
	};
	const fields = Object.entries(row.form ?? {}).map(([name, value]) => [name, named(value)] as const);
	asked += 1;
	return askEndpoint(endpoint, {
		origin: ORIGIN,
		// A different address each time: this is not about limits.
		address: `2001:db8:${(asked >> 8).toString(16)}:${(asked & 255).toString(16)}::1`,
		params: Object.fromEntries(Object.entries(row.params ?? {}).map(([name, value]) => [name, named(value)])),
		...(row.query ? { query: row.query.replace(/:(\w+)$/, (text) => named(text)) } : {}),
		...sent(endpoint, row, fields, named, {
			// As a browser asks for a page; what scripts are answered without a session: kept-forms.test.ts.
			accept: 'text/html,*/*;q=0.8',
			...headers,
			...(row.keyed ? { 'idempotency-key': fresh } : {}),
			...(origin && endpoint.method !== 'GET' ? { origin } : {})
		})
	});
}
type Sent = { headers: Record<string, string>; body?: BodyInit };
function sent(
	{ method }: Endpoint,
	{ file, json }: Row,
	fields: (readonly [string, string])[],
	named: (text: string) => string,
	headers: Record<string, string>
): Sent {
	if (method === 'GET') return { headers };
	if (file !== undefined) {
		const form = new FormData();
		for (const [name, value] of fields) form.set(name, value);
		form.append('fichiers', new File([file], 'x.csv'));
		return { headers, body: form };
	}
	if (json) {
		const body = JSON.stringify(json, (_, value: unknown) => (typeof value === 'string' ? named(value) : value));
		return { headers: { ...headers, 'content-type': 'application/json' }, body };
	}
	return { headers, body: new URLSearchParams(fields.map(([name, value]) => [name, value])) };
}
function verdictOf(response: Response): Verdict | number {
	const { status } = response;
	if (status === 303 && response.headers.get('location')?.startsWith('/connexion?suite=')) return 'sign in';
	return [401, 403, 404].includes(status) || status >= 500 ? status : 'in';
}
const verdict = (endpoint: Endpoint, who: Who): Verdict => DOORS[ANSWERS[endpoint.name]!.door][who];
const bodyOf = async (response: Response): Promise<string> => `${response.status} ${await response.text()}`;
const inOrder = (): Endpoint[] =>
	Object.keys(ANSWERS).flatMap((name) => endpoints.filter((endpoint) => endpoint.name === name));

/** All that the database holds, but for what notes that somebody asked: those tables, and when a key was last used. */
const NOTED = ['rate_limit', 'security_event', 'session', 'sign_in_request'];
async function fingerprint(): Promise<Record<string, string>> {
	const superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	const tables = await superuser<
		{ name: string }[]
	>`select tablename as name from pg_tables where schemaname = 'public'`;
	const sums: Record<string, string> = {};
	for (const { name } of tables.filter((table) => !NOTED.includes(table.name))) {
		const [row] = await superuser.unsafe(
			`select md5(coalesce(string_agg(x.row, '|' order by x.row), '')) as sum from (select (to_jsonb(t) - '{last_used_at,last_used_address}'::text[])::text as row from "${name}" t) x`
		);
		sums[name] = row!.sum as string;
	}
	await superuser.end();
	return sums;
}

test('every route and every action of src/routes has its right answer in the table, and the table names no other', () => {
	expect(endpoints.map((endpoint) => endpoint.name).filter((name) => !(name in ANSWERS))).toEqual([]);
	const found = new Set(endpoints.map((endpoint) => endpoint.name));
	expect(Object.keys(ANSWERS).filter((name) => !found.has(name))).toEqual([]);
	expect(endpoints.length).toBeGreaterThan(100);
});
describe('who may not', () => {
	test('is refused as the table says, as for an id that nobody has; and nothing has changed', async () => {
		const before = await fingerprint();
		const wrong: string[] = [];
		for (const endpoint of inOrder())
			await Promise.all(
				WHO.filter((who) => verdict(endpoint, who) !== 'in').map(async (who) => {
					const [right, fresh] = [verdict(endpoint, who), newId()];
					const real = await ask(endpoint, who, { fresh });
					const unknown = await ask(endpoint, who, { real: false, fresh });
					const got = verdictOf(real);
					if (got !== right) wrong.push(`${endpoint.name} by ${who}: ${got}, not ${right}`);
					const [said, saidOfUnknown] = [await bodyOf(real), await bodyOf(unknown)];
					// Read-only members are told that they may not, whatever it is about.
					if (said !== saidOfUnknown && right !== 403)
						wrong.push(`${endpoint.name} by ${who}: ${said} is told apart from ${saidOfUnknown}`);
				})
			);
		expect(wrong).toEqual([]);
		expect(await fingerprint()).toEqual(before);
	});
	test('acts by no page of another site: whatever Origin it sends, or none with a form', async () => {
		const before = await fingerprint();
		const wrong: string[] = [];
		for (const endpoint of inOrder()) {
			if (endpoint.method === 'GET' || /^\/(api|webhooks)\//.test(endpoint.path)) continue;
			const isForm = ANSWERS[endpoint.name]!.json === undefined;
			const who = (['contact', 'owner', 'link'] as const).find((one) => verdict(endpoint, one) === 'in') ?? 'nobody';
			for (const origin of [
				'https://evil.example',
				'null',
				`${ORIGIN}.evil.example`,
				`${ORIGIN}0`,
				...(isForm ? [null] : [])
			]) {
				const { status } = await ask(endpoint, who, { origin });
				if (status !== 403) wrong.push(`${endpoint.name} from ${origin} by ${who}: ${status}`);
			}
		}
		expect(wrong).toEqual([]);
		expect(await fingerprint()).toEqual(before);
	});
});
test('who may gets in, everywhere', async () => {
	const wrong: string[] = [];
	for (const endpoint of inOrder())
		for (const who of WHO.filter((one) => verdict(endpoint, one) === 'in').slice(
			0,
			ANSWERS[endpoint.name]!.spent && 1
		)) {
			await PREPARE[endpoint.name]?.();
			const response = await ask(endpoint, who);
			const got = verdictOf(response);
			if (got === 404 && ANSWERS[endpoint.name]!.absent) continue;
			if (got !== 'in') wrong.push(`${endpoint.name} by ${who}: ${got} ${(await response.text()).slice(0, 200)}`);
			else await response.body?.cancel();
		}
	expect(wrong).toEqual([]);
});

test('what is no page loads nothing', async () => {
	const endpoint = endpoints.find(({ name }) => name === 'GET /health/live')!;
	const { headers } = await askEndpoint(endpoint, { origin: ORIGIN, params: {}, headers: {} });
	expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*form-action 'none'/);
});

describe('what can’t be taken back, opens a door or moves money’s way', () => {
	const forms = () => endpoints.filter(({ name, method }) => method === 'POST' && name.startsWith('POST /admin'));
	test('is known for every form of the supplier’s area: it asks for a fresh proof, or there is a reason why not', () => {
		const names = forms().map(({ name }) => name);
		expect(names.filter((name) => !(name in PROOFS))).toEqual([]);
		expect(Object.keys(PROOFS).filter((name) => !names.includes(name))).toEqual([]);
		expect(names.length).toBeGreaterThan(45);
	});
	test('asks an owner whose last proof is an hour old, and leads to it; nothing else does', async () => {
		const wrong: string[] = [];
		for (const endpoint of inOrder().filter(({ name }) => name in PROOFS)) {
			const proof = PROOFS[endpoint.name]!;
			if (proof.startsWith('sometimes')) continue;
			const answer = await ask(endpoint, 'owner', { by: unproven });
			const isAsked =
				answer.headers.get('location') === '/admin/confirmer' || /"proof_needed"/.test(await answer.clone().text());
			if (endpoint.path.startsWith('/admin/confirmer')) continue;
			if (isAsked !== (proof === 'asks')) wrong.push(`${endpoint.name}: ${answer.status} ${isAsked}, ${proof}`);
		}
		expect(wrong).toEqual([]);
	});
});

describe('nobody is sent to another site', () => {
	const HOSTILE = [
		'https://evil.example/',
		'//evil.example',
		'/\\evil.example',
		'\\\\evil.example',
		'/%09/evil.example',
		'/\t/evil.example',
		'/portail//evil.example@evil.example',
		'/portail\\@evil.example',
		'/portail.evil.example',
		'/admin:443',
		'javascript:alert(1)',
		'/portail?x=//evil.example#',
		' /portail',
		'/portail\r\nlocation: https://evil.example',
		'@evil.example',
		'.evil.example'
	];
	const named = (name: string) => endpoints.find((endpoint) => endpoint.name === name)!;
	const isOurs = (location: string | null): boolean =>
		location !== null && new URL(location, ORIGIN).origin === ORIGIN && !/[\r\n\t]/.test(location);
	test('by the way back of the language', async () => {
		const back = async (retour: string) =>
			(
				await askEndpoint(named('POST /langue'), {
					origin: ORIGIN,
					params: {},
					headers: { origin: ORIGIN },
					body: new URLSearchParams({ langue: 'fr', retour })
				})
			).headers.get('location');
		for (const retour of HOSTILE) expect(isOurs(await back(retour)), `${retour} → ${await back(retour)}`).toBe(true);
		expect(await back('/portail/payer?facture=1')).toBe('/portail/payer?facture=1');
		expect(await back(`/${'a'.repeat(600)}`), 'nobody makes us send megabytes').toBe('/');
	});
	test('by the page to go to after signing in', async () => {
		const next = async (suite: string) => {
			const query = `?suite=${encodeURIComponent(suite)}`;
			return (await (
				await askEndpoint(named('GET /connexion'), { origin: ORIGIN, params: {}, query, headers: {} })
			).json()) as [{ next: string | null }];
		};
		for (const suite of HOSTILE) expect((await next(suite)).at(-1)!.next, suite).toBeNull();
		expect((await next('/admin/factures')).at(-1)!.next).toBe('/admin/factures');
	});
	test('by signing in with a code, whatever the form says', async () => {
		for (const [i, suite] of [
			'//evil.example',
			'/admin.evil.example',
			'/admin\\@evil.example',
			'/admin/liens'
		].entries()) {
			const headers = { origin: ORIGIN, cookie: `ponctuel_browser=${newSecret()}` };
			const address = `192.0.2.${50 + i}`;
			const post = (name: string, form: Record<string, string>) =>
				askEndpoint(named(name), { origin: ORIGIN, params: {}, headers, address, body: new URLSearchParams(form) });
			await post('POST /connexion?/demander', { email: 'accountant@lumen.example' });
			await house.drain();
			const mail = house.world.mailbox.mails.filter((one) => one.to.includes('accountant@lumen.example')).at(-1)!;
			const code = /^(\d{3}) ?(\d{3})$/m.exec(mail.text)!.slice(1).join('');
			const signed = await post('POST /connexion?/code', { email: 'accountant@lumen.example', code, next: suite });
			expect([signed.status, signed.headers.get('location')], suite).toEqual([
				303,
				suite === '/admin/liens' ? '/admin/liens' : '/admin'
			]);
		}
	});
	test('by the cookie that knows the way back from a bank', async () => {
		const attemptId = newId();
		const back = (cookie: string, of = attemptId) =>
			askEndpoint(named('GET /retour/[attemptId]'), {
				origin: ORIGIN,
				params: { attemptId },
				headers: { cookie: `ponctuel_back_${of}=${cookie}` }
			});
		for (const hostile of HOSTILE.filter((one) => !/[\r\n\t]/.test(one)))
			expect((await back(hostile)).headers.get('location'), hostile).toBeNull();
		expect((await back('/portail')).headers.get('location')).toBe('/portail');
		// Nor by that of another payment, in another tab.
		expect((await back('/portail', newId())).headers.get('location')).toBeNull();
	});
});
