// Where the web meets the ways in: cookies, sessions begun and ended, and what a request leaves in the security log by itself.
import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { openSessions, type Sessions } from '#lib/server/access/sessions.ts';
import { refusalBody } from '#lib/server/http/answer.ts';
import { requireApiKey } from '#lib/server/http/api.ts';
import { ensureBrowserSecret, readBrowserSecret } from '#lib/server/http/browser-secret.ts';
import { closeSession } from '#lib/server/http/close-session.ts';
import { csvResponse } from '#lib/server/http/csv-response.ts';
import { openSession } from '#lib/server/http/open-session.ts';
import { securityNotes } from '#lib/server/http/security-notes.ts';
import { forgetWayBack, takeWayBack, rememberWayBack } from '#lib/server/http/way-back.ts';
import { newId, newSecret, sha256 } from '#lib/server/identity.ts';
import { noteScope } from '#lib/server/request-context.ts';
import { knownBrowser, securityEvent } from '#lib/server/store/schema/index.ts';
import { createApiKey } from '#lib/server/use-cases/access/api-keys.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

const HTTPS = 'https://pay.example.com';
let house: TestHouse;
let sessions: Sessions;
let cast: Cast;
let payer: Payer;
const holder = globalThis as unknown as { ponctuelHouse?: Promise<unknown> };
beforeAll(async () => {
	house = await openHouse();
	const services = { ...house.services, config: { ...house.config, origin: HTTPS } };
	sessions = openSessions(services.db, services.config);
	holder.ponctuelHouse = Promise.resolve({ services, sessions });
	cast = await aSupplier(house.services);
});
beforeEach(async () => {
	payer = await aPayer(house.services, cast, `${newId()}@client.example`, `Client ${newId()}`);
});
afterAll(async () => {
	delete holder.ponctuelHouse;
	await house.close();
});

type SetCookie = { name: string; value: string; attributes: Record<string, unknown> };
/** A browser's cookies: what it sent, and what it was told to keep. */
function jar(sent: Record<string, string> = {}): { cookies: Cookies; kept: SetCookie[] } {
	const kept: SetCookie[] = [];
	const cookies = {
		get: (name: string) => sent[name],
		getAll: () => Object.entries(sent).map(([name, value]) => ({ name, value })),
		set: (name: string, value: string, attributes: Record<string, unknown>) => {
			sent[name] = value;
			kept.push({ name, value, attributes });
		},
		delete: (name: string) => delete sent[name]
	};
	return { cookies: cookies as unknown as Cookies, kept };
}
const anEvent = (over: object = {}): RequestEvent =>
	({
		request: new Request(`${HTTPS}/portail/factures/x`),
		locals: { requestId: newId(), address: '203.0.113.4', sessionId: null, subject: null, locale: 'fr' },
		route: { id: '/(portal)/portail/factures/[id]' },
		isDataRequest: false,
		getClientAddress: () => '203.0.113.4',
		url: new URL(`${HTTPS}/portail/factures/x`),
		...jar(),
		...over
	}) as unknown as RequestEvent;
const subject = () => ({ kind: 'contact' as const, supplierId: cast.supplierId, subjectId: payer.contactId });
const notesOf = async (id: string) =>
	(await house.services.db.system.select().from(securityEvent)).filter((event) => event.actorId === id);
const answering = async (scope: Scope | null, answer: () => Response, over: object = {}) => {
	const event = anEvent(over);
	await securityNotes({
		event,
		resolve: async () => {
			if (scope) noteScope(scope);
			return answer();
		}
	});
	return event;
};

describe('a request leaves in the security log', () => {
	test('that somebody known asked for what is not theirs: by page, by form, by data', async () => {
		const page = await answering(payer.scope, () => new Response('', { status: 404 }));
		await answering(payer.scope, () => Response.json(refusalBody({ code: 'not_allowed', detail: {} }, 'fr')));
		const nodes = { type: 'data', nodes: [null, { type: 'error', error: { message: 'Not found' }, status: 404 }] };
		await answering(payer.scope, () => Response.json(nodes), { isDataRequest: true });
		const notes = await notesOf(payer.contactId);
		expect(notes.map((note) => note.kind)).toEqual(['access_refused', 'access_refused', 'access_refused']);
		expect(notes.find((note) => note.requestId === page.locals.requestId)).toMatchObject({
			networkAddress: '203.0.113.4',
			detail: { method: 'GET', route: '/(portal)/portail/factures/[id]' }
		});
	});
	test('nothing of what was theirs, of pages that do not exist, of strangers', async () => {
		const before = (await house.services.db.system.select().from(securityEvent)).length;
		await answering(payer.scope, () => new Response('ok'));
		await answering(payer.scope, () => Response.json({ type: 'data', nodes: ['{"type":"error","status":404}'] }), {
			isDataRequest: true
		});
		await answering(payer.scope, () => Response.json(refusalBody({ code: 'already_paid', detail: {} }, 'fr')));
		await answering(payer.scope, () => new Response('', { status: 404 }), { route: { id: null } });
		await answering(null, () => new Response('', { status: 404 }));
		expect((await house.services.db.system.select().from(securityEvent)).length).toBe(before);
	});
	async function* oneRow() {
		yield 'a;b';
	}
	test('a list that breaks off in the middle is a broken download, not a shorter list; what fails at once is none', async () => {
		async function* broken(rows: string[]) {
			yield* rows;
			throw new Error('the database is gone');
		}
		const cut = await csvResponse(cast.owner, 'cut.csv', broken(['a;b', 'c;d']));
		await expect(cut.text()).rejects.toThrow('the database is gone');
		await expect(csvResponse(cast.owner, 'cut.csv', broken([]))).rejects.toThrow('the database is gone');
		expect(await (await csvResponse(cast.owner, 'whole.csv', oneRow())).text()).toBe('a;b');
	});
	test('that a list was taken away', async () => {
		await csvResponse(cast.owner, 'journal-2026-11.csv', oneRow());
		expect((await notesOf(cast.memberId)).at(-1)).toMatchObject({
			kind: 'export_taken',
			detail: { file: 'journal-2026-11.csv' }
		});
	});
	test('what a key read', async () => {
		const made = await createApiKey(house.services, cast.owner, {
			name: 'Lecture',
			scopes: ['import', 'read', 'undo'],
			days: null,
			addresses: ''
		});
		if (!made.ok) throw new Error(made.refusal.code);
		const headers = { authorization: `Bearer ${made.value.key}` };
		const request = new Request(`${HTTPS}/api/v1/invoices?number=1`, { headers });
		const scope = await requireApiKey(house.services, request);
		if (scope instanceof Response || scope.actor.kind !== 'api_key') throw new Error('no key');
		expect(await notesOf(scope.actor.apiKeyId)).toMatchObject([
			{ kind: 'api_read', detail: { path: '/api/v1/invoices' } }
		]);
	});
});

describe('cookies over https', () => {
	test('belong to this host alone, and are seen by no script', async () => {
		const { cookies, kept } = jar();
		await openSession(anEvent({ cookies }), subject(), null, 'code');
		rememberWayBack(cookies, HTTPS, 'a', '/portail');
		expect(kept.map(({ name }) => name).sort()).toEqual([
			'__Host-ponctuel',
			'__Host-ponctuel_back_a',
			'__Host-ponctuel_browser'
		]);
		for (const { attributes } of kept) {
			expect(attributes).toMatchObject({ path: '/', secure: true, httpOnly: true, sameSite: 'lax' });
			expect(attributes).not.toHaveProperty('domain');
		}
	});
	test('that know the way back from a bank are few, serve once, and go with the bank’s question', () => {
		const { cookies, kept } = jar();
		for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) rememberWayBack(cookies, HTTPS, id, '/portail');
		rememberWayBack(cookies, HTTPS, 'g', '/portail');
		const there = () => cookies.getAll().map(({ name }) => name.at(-1));
		expect(there()).toEqual(['c', 'd', 'e', 'f', 'g']);
		expect(kept.every(({ attributes }) => (attributes as { maxAge?: number }).maxAge === 3600)).toBe(true);
		expect(takeWayBack(cookies, HTTPS, 'd')).toBe('/portail');
		expect(takeWayBack(cookies, HTTPS, 'd')).toBeNull();
		forgetWayBack(cookies, HTTPS, 'g');
		expect(there()).toEqual(['c', 'e', 'f']);
	});
	test('without the prefix are not read', () => {
		const secret = newSecret();
		const { cookies } = jar({ ponctuel_browser: secret, ponctuel_back_a: '/portail' });
		expect(readBrowserSecret(cookies, HTTPS)).toBeNull();
		expect(takeWayBack(cookies, HTTPS, 'a')).toBeNull();
		expect(readBrowserSecret(cookies, 'http://localhost:1')).toBe(secret);
	});
	test('a secret that is none of ours is replaced, a way back to elsewhere is none', () => {
		const { cookies } = jar({ '__Host-ponctuel_browser': 'short', '__Host-ponctuel_back_a': '//evil.example/' });
		expect(ensureBrowserSecret(cookies, HTTPS)).toMatch(/^[\w-]{43}$/);
		expect(takeWayBack(cookies, HTTPS, 'a')).toBeNull();
	});
});

test('after signing in one goes to a page of one’s own kind, whatever the form says', async () => {
	const go = (next: string | null) => openSession(anEvent({ ...jar() }), subject(), next, 'code');
	expect([await go('/portail/recus'), await go('/admin'), await go('https://evil.example'), await go(null)]).toEqual([
		'/portail/recus',
		'/portail',
		'/portail',
		'/portail'
	]);
});

describe('a session', () => {
	test('begins with an id that nobody knew before, ends the one that was there, and makes the browser known', async () => {
		const [planted, secret] = [newSecret(), newSecret()];
		const old = jar({ '__Host-ponctuel_browser': secret });
		await openSession(anEvent({ cookies: old.cookies }), subject(), null, 'code');
		const first = old.kept.find(({ name }) => name === '__Host-ponctuel')!.value;
		const { cookies, kept } = jar({ '__Host-ponctuel': planted, '__Host-ponctuel_browser': secret });
		await openSession(
			anEvent({ cookies, locals: { sessionId: first, subject: subject(), locale: 'fr' } }),
			subject(),
			null,
			'link'
		);
		const second = kept.find(({ name }) => name === '__Host-ponctuel')!.value;
		expect([planted, first]).not.toContain(second);
		expect((await sessions.validate(first)).session).toBeNull();
		expect((await sessions.validate(planted)).session).toBeNull();
		expect((await sessions.validate(second)).session?.subject).toEqual(subject());
		const browsers = (await house.services.db.system.select().from(knownBrowser)).filter(
			(row) => row.subjectId === payer.contactId
		);
		expect(browsers.map((row) => row.browserHash)).toEqual([sha256(secret)]);
		expect((await notesOf(payer.contactId)).map(({ kind, detail }) => [kind, detail])).toEqual([
			['sign_in', { means: 'code' }],
			['sign_in', { means: 'link' }]
		]);
	});
	test('that is ended everywhere is ended, and noted', async () => {
		const { cookies, kept } = jar();
		await openSession(anEvent({ cookies }), subject(), null, 'code');
		const id = kept.find(({ name }) => name === '__Host-ponctuel')!.value;
		const locals = { sessionId: id, subject: subject(), locale: 'fr' };
		await closeSession(anEvent({ cookies, locals }), 'everywhere');
		expect((await sessions.validate(id)).session).toBeNull();
		expect((await notesOf(payer.contactId)).at(-1)).toMatchObject({
			kind: 'sign_out',
			detail: { where: 'everywhere' }
		});
	});
});
