// Everything that a route of the product may be asked about, once, and everybody who may ask: two suppliers, their people, a client's neighbour, links and keys.
import { expect } from 'vitest';
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
import { forgiveInstalment } from '#lib/server/use-cases/plans/forgive-instalment.ts';
import { askReschedule } from '#lib/server/use-cases/plans/reschedule-instalment.ts';
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
import { ANSWERS, DOORS, type Row, type Verdict, type Who } from './answers.ts';

export const ORIGIN = 'http://localhost:1';
type Means = { headers: Record<string, string>; token?: string; openToken?: string; ofLink?: string };
/** Two suppliers, `unproven`: the owner, signed in an hour ago. */
export const at = {} as {
	house: TestHouse;
	a: Cast;
	payer: Payer;
	endpoints: Endpoint[];
	doors: ReturnType<typeof openDoors>;
	unproven: Means;
};
/** What the ids of the table name. */
const ids: Record<string, string> = {};
const means = {} as Record<Who, Means>;

export async function openStage(): Promise<void> {
	at.house = await openHouse();
	const { services } = at.house;
	at.doors = openDoors(at.house);
	const { sessions } = at.doors;
	at.endpoints = await findEndpoints();
	const [a, b] = [await aSupplier(services, 'acct_lumen'), await aSupplier(services, 'acct_canuts', 'Brasserie')];
	at.a = a;
	const payer = (at.payer = await aPayer(services, a));
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
	ids.colleague = (await aColleague(services, a, payer)).contactId;
	ids.forgotten = await aMember('read_only', 'forgotten');
	at.unproven = await session(a, 'member', a.memberId, 3_600_000);
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
}
export async function closeStage(): Promise<void> {
	at.doors.close();
	await at.house.close();
}

export const aKey = (name: string): NewApiKey => ({
	name,
	scopes: ['import', 'read', 'undo', 'points'],
	days: null,
	addresses: ''
});
export const { inDays, asSystem } = stageOf(() => ({ house: at.house, cast: at.a }));
const RECENT = () => ({ issuedOn: inDays(0), dueOn: inDays(30) });

/** What the ids of the table name: one of each, of the supplier `a` and its client. */
async function fill(): Promise<void> {
	const { services } = at.house;
	await anOffer(services, at.a, {
		instalments: instalments({ minMinor: minor(1n) })
	});
	ids.client = at.payer.clientId;
	ids.mailsToken = pointsMailsUrl(services.config, { supplierId: at.a.supplierId, contactId: at.payer.contactId })
		.page.split('/')
		.at(-1)!;
	ids.invoice = await anInvoice(services, at.a, {});
	ids.open = await anInvoice(services, at.a, {}, RECENT());
	ids.document = await aDocument('PDF-1');
	ids.planned = await aDocument('PDF-3');
	ids.plan = ids.attempt = newId();
	await expectOk(pay(services, at.payer, [ids.planned], 40_000, { option: 'plan_3', attemptId: ids.plan }));
	await expectOk(forgiveInstalment(services, at.a.owner, { planId: ids.plan, position: 3 }));
	const second = await anInvoice(services, at.a, {}, RECENT());
	ids.otherPlan = newId();
	await expectOk(pay(services, at.payer, [second], 60_000, { option: 'plan_2', attemptId: ids.otherPlan }));
	ids.payment = (await asSystem((tx) => listPayments(tx, at.a.system, { invoiceId: ids.planned! })))[0]!.paymentId;
	ids.discount = (await asSystem((tx) => listDiscounts(tx, at.a.system, { invoiceId: ids.planned! })))[0]!.discountId;
	const kept = await anInvoice(services, at.a, {});
	const confirmationTokenId = await aToken(services);
	const asked = { attemptId: newId(), confirmationTokenId, invoiceIds: [kept], option: 'now' as const };
	await expectOk(
		startPayment(services, at.payer.scope, { ...asked, expectedAmountMinor: minor(120_000n), remember: true }, FROM)
	);
	ids.method = (await readMethods(services, at.payer.scope)).methods[0]!.methodId;
	ids.setup = newId();
	const setup = { setupId: ids.setup, planId: ids.plan, confirmationTokenId: await aToken(services) };
	await expectOk(setUpMethod(services, at.payer.scope, setup, FROM));
	const bytes = new TextEncoder().encode(`Date;Libellé;Montant\n${inDays(0)};VIREMENT;1200,00`);
	await importStatements(services, at.a.owner, [{ name: 'releve.csv', bytes }], { acceptReview: false });
	ids.movement = (await readBank(services, at.a.owner)).waiting[0]!.bankTransactionId;
	ids.import = newId();
	const list = new TextEncoder().encode('Numéro;Date;Client;Montant TTC\nIMP-1;12/11/2026;Zoé;1,00\n');
	await receiveFiles(services, at.a.owner, {
		importId: ids.import,
		files: [{ name: 'l.csv', bytes: list }],
		isLast: true
	});
	await at.house.drain();
	ids.policy = await anOffer(services, at.a);
	ids.member = `member.${at.a.supplierId}.${at.a.memberId}`;
	await PREPARE['POST /admin/liens']!();
	await aLoyaltyRow();
	await PREPARE['POST /admin/reglages?/revoquer']!();
}
/** Something that LoyaltyLion was to be told, and that waits. */
async function aLoyaltyRow(): Promise<void> {
	const key = {
		key: `pat_00000000${'ab'.repeat(12)}`,
		siteId: at.house.world.loyalty.siteId,
		ruleName: 'paid_on_time'
	};
	await expectOk(connectLoyalty(at.house.services, at.a.owner, key));
	const awardId = await anAward(at.house, { supplierId: at.a.supplierId, clientId: at.payer.clientId });
	await asSystem((tx) => enqueueForLoyalty(tx, at.a.system, at.house.services.clock.now(), awardId, 'pending'));
	ids.loyaltyRow = (
		await asSystem((tx) => listLoyaltyRows(tx, at.a.system, { open: true, after: null, limit: 1 }))
	)[0]!.rowId;
}
export async function expectOk(asked: Promise<{ ok: boolean }>): Promise<void> {
	expect(JSON.stringify(await asked, (_, x) => (typeof x === 'bigint' ? String(x) : x))).toMatch(/^\{"ok":true/);
}
/** An API key acts on what it opened itself. */
async function anImportOfTheKey(): Promise<void> {
	const opening = at.endpoints.find(({ name }) => name === 'POST /api/v1/imports')!;
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
	await at.house.drain();
}
/** An invoice whose PDF its client may see. */
export async function aDocument(number: string): Promise<string> {
	const bytes = await facturXOf({
		number,
		...RECENT(),
		seller: LUMEN,
		buyer: { name: 'Menuiserie Roche', siren: null, email: null },
		lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
	});
	const imported = await importInvoices(at.house.services, at.a.owner, [{ name: `${number}.pdf`, bytes }], {
		sendMails: false
	});
	return imported.ok ? imported.value[0]!.invoiceId! : '';
}
export const aLink = async (invoiceId: string): Promise<string> =>
	(await asSystem((tx) => mintPayLink(at.house.services, tx, at.a.system, invoiceId, at.payer.contactId)))
		.split('/')
		.at(-1)!;
export async function aMember(role: 'accountant' | 'read_only', name: string = role): Promise<string> {
	const memberId = newId();
	const row = {
		supplierId: at.a.supplierId,
		memberId,
		email: `${name}@lumen.example`,
		name: role,
		role,
		locale: 'fr' as const
	};
	await asSystem((tx) => tx.insert(member).values({ ...row, createdAt: at.house.services.clock.now() }));
	return memberId;
}
/** What is used up by being done, made again for each who does it. */
export const PREPARE: Record<string, () => Promise<void>> = {
	'POST /portail/echeance': async () =>
		void (await askReschedule(at.house.services, at.a.owner, { planId: ids.plan!, position: 2, toOn: inDays(21) })),
	'POST /admin/liens': async () => {
		const before = new Set((await listLinks(at.house.services, at.a.owner)).rows.map((link) => link.payLinkId));
		await aLink(ids.open!);
		ids.payLink = (await listLinks(at.house.services, at.a.owner)).rows.find(
			(link) => !before.has(link.payLinkId)
		)!.payLinkId;
	},
	'POST /admin/reglages?/revoquer': async () => {
		await createApiKey(at.house.services, at.a.owner, aKey('to be revoked'));
		ids.apiKey = (await listKeys(at.house.services, at.a.owner)).find(
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
export async function ask(
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
export function verdictOf(response: Response): Verdict | number {
	const { status } = response;
	if (status === 303 && response.headers.get('location')?.startsWith('/connexion?suite=')) return 'sign in';
	return [401, 403, 404].includes(status) || status >= 500 ? status : 'in';
}
export const verdict = (endpoint: Endpoint, who: Who): Verdict => DOORS[ANSWERS[endpoint.name]!.door][who];
export const bodyOf = async (response: Response): Promise<string> => `${response.status} ${await response.text()}`;
export const inOrder = (): Endpoint[] =>
	Object.keys(ANSWERS).flatMap((name) => at.endpoints.filter((endpoint) => endpoint.name === name));
