// Nothing that a person typed is lost when the session ends: the form waits for the same person in the same browser, and goes out by a click. Scripts of
// our pages are told by a code.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SESSION_LIFE } from '#lib/domain/access/session-life.ts';
import { newId, newSecret, sha256 } from '#lib/server/identity.ts';
import { FORM_CHARS_MAX } from '#lib/server/store/kept-forms.ts';
import { keptForm } from '#lib/server/store/schema/index.ts';
import { rememberBrowser } from '#lib/server/use-cases/access/sign-in.ts';
import { addMember } from '#lib/server/use-cases/suppliers/manage-members.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors, type Endpoint } from '../../setup/routes.ts';

const ORIGIN = 'http://localhost:1';
const PAGE = { accept: 'text/html,*/*;q=0.8' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let endpoints: Endpoint[];
let cast: Cast;
let payer: Payer;
/** The browser's cookie; new for each test. */
let browser: string;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	endpoints = await findEndpoints();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(async () => {
	doors.close();
	await house.close();
});
beforeEach(async () => {
	browser = newSecret();
	await rememberBrowser(house.services, owner(), browser);
});

const owner = () => ({ kind: 'member' as const, supplierId: cast.supplierId, subjectId: cast.memberId });
const contact = () => ({ kind: 'contact' as const, supplierId: cast.supplierId, subjectId: payer.contactId });
const endpoint = (name: string): Endpoint => endpoints.find((one) => one.name === name)!;
async function cookieOf(subject: ReturnType<typeof owner> | ReturnType<typeof contact>, secret = browser) {
	const beginning = { userAgent: 'test', address: null, provenAt: house.services.clock.now() };
	const { cookie } = await doors.sessions.create(subject, beginning);
	return `${cookie.name}=${cookie.value}; ponctuel_browser=${secret}`;
}
type Asked = { cookie?: string; body?: BodyInit; headers?: Record<string, string>; query?: string };
const ask = (name: string, { cookie = `ponctuel_browser=${browser}`, body, headers = PAGE, query }: Asked = {}) =>
	askEndpoint(endpoint(name), {
		origin: ORIGIN,
		params: { id: payer.clientId, attemptId: newId(), setupId: newId(), position: '0' },
		address: `2001:db8::${Math.floor(Math.random() * 65_535).toString(16)}:1`,
		headers: { cookie, origin: ORIGIN, ...headers, ...(typeof body === 'string' ? FORM : {}) },
		...(body !== undefined ? { body } : {}),
		...(query ? { query } : {})
	});
type Waiting = { formId: string; act: string; action: string; sendTo: string; fields: [string, string][] };
async function waiting(cookie: string, page = 'GET /admin/confirmer'): Promise<Waiting[]> {
	const instalments = (await (await ask(page, { cookie })).json()) as { kept?: Waiting[] }[];
	return instalments.find((instalment) => instalment.kept)!.kept!;
}
const GROUP = 'POST /admin/clients/[id]?/grouper';
const lost = (response: Response): string => response.headers.get('location') ?? '';

describe('a form that comes after the end of the session', () => {
	test('waits for its person, and goes out by a click of its own; then it waits no more', async () => {
		const answer = await ask(GROUP, { body: 'nouveau=Fid%C3%A8les&groupe=' });
		expect(answer.status).toBe(303);
		expect(lost(answer)).toBe(`/connexion?suite=${encodeURIComponent(`/admin/clients/${payer.clientId}`)}&garde=oui`);
		const cookie = await cookieOf(owner());
		const [form] = await waiting(cookie);
		expect(form).toMatchObject({
			act: 'signed_out',
			action: `/admin/clients/${payer.clientId}?/grouper`,
			fields: [
				['nouveau', 'Fidèles'],
				['groupe', '']
			]
		});
		const [path, query] = form!.sendTo.split('?');
		expect(path).toBe(`/admin/clients/${payer.clientId}`);
		const sent = await ask(GROUP, { cookie, body: String(new URLSearchParams(form!.fields)), query: `?${query}` });
		expect(await sent.json()).toEqual({ grouped: true });
		expect(await waiting(cookie)).toEqual([]);
	});
	test('with a script is answered as SvelteKit answers a form, and waits too', async () => {
		const answer = await ask(GROUP, {
			body: 'nouveau=x',
			headers: { accept: 'application/json', 'x-sveltekit-action': 'true' }
		});
		expect(await answer.json()).toMatchObject({ type: 'redirect', location: expect.stringContaining('garde=oui') });
		expect(await waiting(await cookieOf(owner()))).toHaveLength(1);
	});
	test('waits for a client’s person as well', async () => {
		await rememberBrowser(house.services, contact(), browser);
		await house.advance(1);
		await rememberBrowser(house.services, contact(), browser);
		const answer = await ask('POST /portail/compte?/renommer', { body: `moyen=${newId()}&nom=Carte%20pro` });
		expect(lost(answer)).toContain('/connexion?suite=%2Fportail%2Fcompte&garde=oui');
		const cookie = await cookieOf(contact());
		expect((await waiting(cookie, 'GET /portail/reprendre'))[0]!.fields[1]).toEqual(['nom', 'Carte pro']);
	});
	test('leads its person to it at the next sign-in', async () => {
		await ask(GROUP, { body: 'nouveau=x' });
		const before = house.world.mailbox.mails.length;
		const email = 'claire@lumen.example';
		await ask('POST /connexion?/demander', { body: `email=${encodeURIComponent(email)}` });
		await house.drain();
		const mail = house.world.mailbox.mails.slice(before).find((one) => one.to.includes(email))!;
		const code = /^(\d{3}) (\d{3})$/m.exec(mail.text)!.slice(1).join('');
		const signed = await ask('POST /connexion?/code', { body: `code=${code}&email=${email}&next=/admin/liens` });
		expect([signed.status, lost(signed)]).toEqual([303, '/admin/confirmer']);
	});
	test('is shown to nobody else in that browser, and to its person in no other', async () => {
		await ask(GROUP, { body: 'nouveau=secret' });
		const colleague = await aColleague();
		expect(await waiting(await cookieOf({ ...owner(), subjectId: colleague }))).toEqual([]);
		expect(await waiting(await cookieOf(owner(), newSecret()))).toEqual([]);
		expect(await waiting(await cookieOf(owner()))).toHaveLength(1);
	});
	test('in a browser that two people share, it is given to neither: it may be the other one’s page', async () => {
		const colleague = { ...owner(), subjectId: await aColleague() };
		await rememberBrowser(house.services, colleague, browser);
		expect(lost(await ask(GROUP, { body: 'nouveau=secret' }))).toContain('garde=non');
		expect(await waiting(await cookieOf(colleague))).toEqual([]);
		expect(await waiting(await cookieOf(owner()))).toEqual([]);
	});
	test('of the other area is nobody’s: whoever signed in last here has no such page', async () => {
		const answer = await ask('POST /portail/compte?/renommer', { body: `moyen=${newId()}&nom=secret` });
		expect(lost(answer)).toContain('garde=non');
		const rows = await house.services.db.system.select().from(keptForm);
		expect(rows.filter((row) => row.browserHash === sha256(browser))).toEqual([]);
	});
	test('is given to who signed in last, once no session of the other person’s can be open any more', async () => {
		const colleague = { ...owner(), subjectId: await aColleague() };
		await rememberBrowser(house.services, colleague, browser);
		house.world.world.offsetMs += SESSION_LIFE.member.wholeMs - 1000;
		await rememberBrowser(house.services, owner(), browser);
		expect(lost(await ask(GROUP, { body: 'nouveau=x' }))).toContain('garde=non');
		house.world.world.offsetMs += 2000;
		expect(lost(await ask(GROUP, { body: 'nouveau=x' }))).toContain('garde=oui');
	});
	test('refused when it is sent again, it still waits; dropped, it does not', async () => {
		await ask('POST /admin/clients/[id]?/contact', { body: 'email=nonsense&nom=x' });
		const cookie = await cookieOf(owner());
		const [form] = await waiting(cookie);
		const query = form!.sendTo.slice(form!.sendTo.indexOf('?'));
		const body = String(new URLSearchParams(form!.fields));
		expect((await ask('POST /admin/clients/[id]?/contact', { cookie, body, query })).status).toBe(400);
		expect(await waiting(cookie)).toHaveLength(1);
		await ask('POST /admin/confirmer?/oublier', { cookie, body: `formulaire=${form!.formId}` });
		expect(await waiting(cookie)).toEqual([]);
	});
	test('sent again after a second end of the session, it is one form and not two', async () => {
		await ask(GROUP, { body: 'nouveau=x' });
		const cookie = await cookieOf(owner());
		const [form] = await waiting(cookie);
		const query = form!.sendTo.slice(form!.sendTo.indexOf('?'));
		await ask(GROUP, { body: 'nouveau=x', query });
		const [again, ...more] = await waiting(cookie);
		expect([again!.action, more.length]).toEqual([form!.action, 0]);
		expect(again!.formId).not.toBe(form!.formId);
	});
	test('with files says that they are to be chosen again, read or not', async () => {
		const form = new FormData();
		form.set('verifiees', 'oui');
		form.append('fichiers', new File(['Date;Montant'], 'releve.csv'));
		expect(lost(await ask('POST /admin/banque?/deposer', { body: form }))).toContain('garde=fichiers');
		const large = new FormData();
		large.append('fichiers', new File(['x'.repeat(400_000)], 'facture.pdf'));
		expect(lost(await ask('POST /admin/import', { body: large }))).toContain('garde=fichiers');
		expect(await waiting(await cookieOf(owner()))).toEqual([]);
	});
});

describe('what waits is bounded', () => {
	test('nothing is kept for a browser in which nobody has ever signed in', async () => {
		const stranger = newSecret();
		const answer = await ask(GROUP, { cookie: `ponctuel_browser=${stranger}`, body: 'nouveau=x' });
		expect(lost(answer)).toContain('garde=non');
		expect(lost(await ask(GROUP, { cookie: '', body: 'nouveau=x' }))).toContain('garde=non');
		const rows = await house.services.db.system.select().from(keptForm);
		expect(rows.filter((row) => row.browserHash === sha256(stranger))).toEqual([]);
	});
	test('five of one person in one browser: an older one makes room', async () => {
		for (let i = 0; i < 8; i++) {
			house.world.world.offsetMs += 1000;
			await ask(GROUP, { body: `nouveau=G${i}` });
		}
		const rows = (await house.services.db.system.select().from(keptForm)).filter(
			(row) => row.browserHash === sha256(browser)
		);
		expect(rows.map((row) => row.fields[0]![1]).sort()).toEqual(['G3', 'G4', 'G5', 'G6', 'G7']);
	});
	test('none larger than any form of ours', async () => {
		const large = await ask(GROUP, { body: `nouveau=${'x'.repeat(FORM_CHARS_MAX)}` });
		expect(lost(large)).toContain('garde=non');
		expect(lost(await ask(GROUP, { body: `nouveau=${'x'.repeat(300_000)}` }))).toContain('garde=non');
		expect(lost(await ask(GROUP, { body: `nouveau=${'x'.repeat(FORM_CHARS_MAX - 100)}` }))).toContain('garde=oui');
	});
	test('for two hours, and its row is gone after that', async () => {
		await ask(GROUP, { body: 'nouveau=x' });
		const cookie = await cookieOf(owner());
		house.world.world.offsetMs += 2 * 3_600_000 - 1000;
		expect(await waiting(cookie)).toHaveLength(1);
		house.world.world.offsetMs += 2000;
		expect(await waiting(cookie)).toEqual([]);
		await house.advance(1);
		await house.drain();
		const rows = await house.services.db.system.select().from(keptForm);
		expect(rows.filter((row) => row.browserHash === sha256(browser))).toEqual([]);
	});
});

test('a script of our own pages is told that the session has ended, by a code, whatever it asks in the two areas', async () => {
	const asked = endpoints.filter(({ path }) => /^\/(admin|portail)(\/|$)/.test(path));
	expect(asked.length).toBeGreaterThan(60);
	for (const { name, method } of asked) {
		const answer = await ask(name, {
			headers: { accept: 'application/json', ...(method === 'GET' ? {} : { 'content-type': 'application/json' }) },
			...(method === 'GET' ? {} : { body: new TextEncoder().encode('{}') })
		});
		expect([name, answer.status]).toEqual([name, 401]);
		expect(await answer.json()).toMatchObject({
			error: { code: 'signed_out', message: expect.stringContaining('Connectez-vous') }
		});
	}
});

async function aColleague(): Promise<string> {
	const email = `${newId()}@lumen.example`;
	const added = await addMember(house.services, cast.owner, { email, name: 'Ann', role: 'owner', locale: 'fr' });
	if (!added.ok) throw new Error(added.refusal.code);
	return added.value.memberId;
}
