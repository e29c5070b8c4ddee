// Whatever a stranger, or a signed-in person, sends to any door of the product: an answer, never an error of ours; and every answer has its headers.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import postgres from 'postgres';
import { addressOf, ask, each, findDoors, type Answer, type Asking, type Door } from './doors.ts';
import { expect, open, origin, test, type Demo } from './fixtures.ts';
import { areaOf, BODIES, HEADERS, PIECES, signedOddities, TAILS } from './hostile.ts';

const doors = findDoors();
const paramsFor = (door: Door, link: string): Record<string, string> => ({
	id: randomUUID(),
	attemptId: randomUUID(),
	setupId: randomUUID(),
	paymentId: randomUUID(),
	discountId: randomUUID(),
	position: '0',
	who: 'nobody',
	token: door.path.startsWith('/p/') ? link : randomBytes(32).toString('base64url')
});
type Hands = Record<'admin' | 'portal' | 'api' | 'open', Record<string, string>>;

/** A key that may do everything a key may, put in the books as the screen does: the screen asks for a fresh proof. */
async function aKey(): Promise<string> {
	const key = `ponctuel_${randomBytes(32).toString('base64url')}`;
	const sql = postgres(process.env.E2E_DATABASE!, { max: 1 });
	await sql`insert into api_key (supplier_id, api_key_id, name, key_hash, last_four, scopes, addresses, created_at)
		select supplier_id, ${randomUUID()}, 'hostile', ${createHash('sha256').update(key).digest('hex')}, ${key.slice(-4)}, ${['import', 'read', 'undo']}, '{}', now()
		from supplier where stripe_account = 'acct_lumen'`;
	await sql.end();
	return key;
}
/** A session of each kind, a key, and a link that is good. */
async function hands(demo: Demo): Promise<{ link: string; carried: Hands }> {
	const people = await demo.people();
	const enter = async (name: string): Promise<string> => {
		const { sign_in_url } = people.find((person) => person.name === name)!;
		const answer = await ask(origin(), { path: new URL(sign_in_url).pathname });
		return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
	};
	const payer = people.find((person) => person.kind === 'contact' && person.pay_links.length > 0)!;
	const owner = await enter('Claire Martin');
	const key = await aKey();
	const portal = await enter(payer.name);
	return {
		link: new URL(payer.pay_links[0]!.url).pathname.split('/').pop()!,
		carried: { admin: { cookie: owner }, portal: { cookie: portal }, api: { authorization: `Bearer ${key}` }, open: {} }
	};
}
type Try = [string, Asking];
const failing = async (tries: Try[], isWrong: (answer: Answer) => boolean): Promise<string[]> => {
	const wrong: string[] = [];
	await each(tries, async ([name, asking]) => {
		const answer = await ask(origin(), asking);
		if (isWrong(answer)) wrong.push(`${answer.status} ${asking.method ?? 'GET'} ${asking.path.slice(0, 80)}: ${name}`);
	});
	return wrong;
};
/** What was sent to the form of the points programme is kept, mistakes and all: no draft of it is left to who comes after. */
async function dropTheirDraft(page: Page, demo: Demo): Promise<void> {
	await demo.signIn(page, 'claire@atelier-lumen.example');
	await open(page, `${origin()}/admin/points`);
	const draft = page.locator('summary').filter({ hasText: 'Supprimer le brouillon' });
	if (!(await draft.count())) return;
	await draft.click();
	await page.getByRole('button', { name: 'Oui, supprimer le brouillon' }).click();
	await expect(draft).toHaveCount(0);
}
const isOurs = ({ status }: Answer): boolean => status >= 500;
const counts = (tries: Try[]): Try[] => {
	expect(tries.length).toBeGreaterThan(500);
	return tries;
};

test('every door is found', () => {
	const seen = doors.map((door) => `${door.method} ${addressOf(door, {})}`);
	expect(seen.length).toBeGreaterThan(120);
	for (const one of ['POST /connexion?/demander', 'POST /admin/banque?/deposer', 'POST /webhooks/stripe', 'GET /'])
		expect(seen).toContain(one);
});
test('no body of any kind, to any door, from anybody, makes an error of ours', async ({ page, demo }) => {
	const { link, carried } = await hands(demo);
	const tries = doors
		.filter((door) => door.method !== 'GET' && !['/demo/api/clock', '/deconnexion'].includes(door.path))
		.flatMap((door) => {
			const area = areaOf(door);
			const path = addressOf(door, paramsFor(door, link));
			// A stranger gets no further than the door of an area: few kinds tell that.
			const asAnybody = area === 'open' ? BODIES : BODIES.filter((_, i) => i % 6 === 0);
			const one = (who: Record<string, string>, [name, body]: (typeof BODIES)[number]): Try => [
				name,
				{ ...body, method: door.method, path, headers: { origin: origin(), ...who, ...body.headers } }
			];
			return [
				...asAnybody.map((body) => one({}, body)),
				...(area === 'open' ? [] : BODIES.map((body) => one(carried[area], body)))
			];
		});
	// The clock moves for a good body only; signing out must find no session to end.
	for (const path of ['/demo/api/clock', '/deconnexion'])
		for (const [name, body] of BODIES)
			tries.push([name, { ...body, method: 'POST', path, headers: { origin: origin(), ...body.headers } }]);
	expect(await failing(counts(tries), isOurs)).toEqual([]);
	await dropTheirDraft(page, demo);
});
test('no address and no header, however broken, makes an error of ours', async ({ demo }) => {
	const { link, carried } = await hands(demo);
	const tries = doors
		.filter((door) => door.method === 'GET')
		.flatMap((door) => {
			const who = carried[areaOf(door)];
			const params = paramsFor(door, link);
			const path = addressOf(door, params);
			const named = [...door.path.matchAll(/\[(\w+)\]/g)].map((found) => found[1]!);
			return [
				...TAILS.map((tail): Try => [`tail ${tail.slice(0, 20)}`, { path: path + tail, headers: who }]),
				...HEADERS.map(([name, headers]): Try => [name, { path, headers: { ...who, ...headers } }]),
				...named.flatMap((name) =>
					PIECES.map((piece): Try => [
						`piece ${piece.slice(0, 20)}`,
						{ path: encodeURI(addressOf(door, { ...params, [name]: piece })).replaceAll('%25', '%'), headers: who }
					])
				),
				...['HEAD', 'OPTIONS', 'PUT', 'PROPFIND'].map((method): Try => [method, { method, path, headers: who }])
			];
		});
	expect(await failing(counts(tries), isOurs)).toEqual([]);
});
test('what Stripe’s own secret signs is no error of ours either, whatever its shape', async () => {
	const tries = signedOddities('whsec_sandbox', Math.floor(Date.now() / 1000)).map(([name, body]): Try => [
		name,
		{ ...body, method: 'POST', path: '/webhooks/stripe' }
	]);
	expect(await failing(tries, isOurs)).toEqual([]);
});
test('a small form of very many fields is refused before it is read, and nobody waits for it', async ({ demo }) => {
	const { carried } = await hands(demo);
	const headers = { origin: origin(), 'content-type': 'application/x-www-form-urlencoded' };
	const begun = performance.now();
	const many = (path: string, fields: number, who = {}): Promise<Answer> =>
		ask(origin(), { method: 'POST', path, headers: { ...headers, ...who }, body: 'a&'.repeat(fields) });
	const answers = await Promise.all([
		many('/connexion?/demander', 1_000_000),
		many('/connexion?/demander', 16_000),
		many('/deconnexion', 3_000_000),
		many('/admin/offres/x/essai', 120_000, carried.admin),
		many('/admin/import/depot', 3_000_000, carried.admin),
		ask(origin(), { method: 'POST', path: '/langue', headers, body: 'a=b'.padEnd(2_000_000, 'x'), isChunked: true }),
		ask(origin(), {
			method: 'POST',
			path: '/webhooks/stripe',
			headers: { 'content-type': 'application/json' },
			body: '{'.padEnd(2_000_000, 'x'),
			isChunked: true
		})
	]);
	const health = await ask(origin(), { path: '/health/live' });
	// Everybody can read why: no connection is closed upon what is still being sent.
	expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 413));
	expect(health.status).toBe(200);
	// Parsed, the first alone takes a minute of everybody's.
	expect(performance.now() - begun).toBeLessThan(10_000);
});
test('files are read only for who may bring them', async ({ demo }) => {
	const { carried } = await hands(demo);
	const file = { headers: { 'content-type': 'application/json' }, body: Buffer.from('['.padEnd(400_000)) };
	const post = (path: string, headers: Record<string, string>) =>
		ask(origin(), {
			method: 'POST',
			path,
			body: file.body,
			headers: { ...file.headers, origin: origin(), ...headers }
		});
	expect((await post('/api/v1/invoices', {})).status).toBe(401);
	expect((await post('/api/v1/invoices', { authorization: `Bearer ponctuel_${'x'.repeat(43)}` })).status).toBe(401);
	expect((await post('/api/v1/invoices', carried.api)).status).not.toBe(413);
	for (const path of ['/admin/import', '/admin/import/depot', '/admin/banque?/deposer']) {
		const form = { 'content-type': 'multipart/form-data; boundary=----------------------------x' };
		expect([path, (await post(path, { ...form, ...carried.portal })).status]).toEqual([path, 413]);
		expect([path, (await post(path, { ...form, ...carried.admin })).status]).not.toEqual([path, 413]);
	}
});
test('every answer has its headers: pages, errors, redirects, files', async ({ demo }) => {
	const { link, carried } = await hands(demo);
	const asked: Try[] = doors
		.filter((door) => door.method === 'GET')
		.flatMap((door): Try[] => {
			const path = addressOf(door, paramsFor(door, link));
			return [
				['as anybody', { path }],
				['as whoever may', { path, headers: carried[areaOf(door)] }],
				['redirected', { path: `${path}/` }]
			];
		});
	const page = await ask(origin(), { path: '/connexion' });
	const built = [...page.body.matchAll(/"(\/_app\/[^"]+\.(?:js|css))"|"\.\/(_app\/[^"]+\.(?:js|css))"/g)].map(
		(found) => found[1] ?? `/${found[2]}`
	);
	expect(built.length).toBeGreaterThan(0);
	for (const path of [
		...built,
		'/service-worker.js',
		'/manifest.webmanifest',
		'/icon.svg',
		'/icon-192.png',
		'/offline',
		'/offline/',
		'/offline?x',
		'/_app/none.js',
		'/none',
		'/p/x%',
		'/%00'
	])
		asked.push(['file', { path }]);
	for (const method of ['POST', 'PUT', 'DELETE', 'PROPFIND'])
		for (const path of ['/connexion', '/webhooks/stripe', '/icon.svg', '/offline', '/api/v1/invoices'])
			asked.push([method, { method, path }]);
	const NEEDED: Record<string, RegExp> = {
		'x-content-type-options': /^nosniff$/,
		'referrer-policy': /^(same-origin|no-referrer)$/,
		'x-frame-options': /^(DENY|SAMEORIGIN)$/,
		'cross-origin-opener-policy': /^same-origin/,
		'cross-origin-resource-policy': /^same-origin$/,
		'permissions-policy': /payment=/,
		'content-security-policy': /frame-ancestors '(none|self)'/
	};
	const wrong: string[] = [];
	await each(asked, async ([name, asking]) => {
		const { status, headers } = await ask(origin(), asking);
		const missing = Object.entries(NEEDED).filter(([header, value]) => !value.test(String(headers[header] ?? '')));
		const isKept =
			!/no-store/.test(headers['cache-control'] ?? '') && !/^\/(_app\/|offline|[\w-]+\.\w+$)/.test(asking.path);
		if (missing.length || isKept)
			wrong.push(
				`${status} ${asking.method ?? 'GET'} ${asking.path} (${name}): ${missing.map(([header]) => header).join(', ')}${isKept ? ' may be kept' : ''}`
			);
	});
	expect(asked.length).toBeGreaterThan(150);
	expect(wrong).toEqual([]);
});
test('a broken link of a mail is an unreadable page, and tells the log nothing', async ({ demo }) => {
	const { link } = await hands(demo);
	// The log of the whole run is searched for links when it ends: global.ts.
	for (const path of [
		`/p/${link}%`,
		`/p/${link}%c3`,
		`/connexion/${link}%`,
		`/%70/${link}`,
		`/p/${link}/payer%`,
		`/x/${link}`
	]) {
		const { status } = await ask(origin(), { path });
		expect(status, path.replace(link, '…')).toBeGreaterThan(0);
		expect(status).toBeLessThan(500);
	}
});
