// What comes in is counted before it is read, and who comes is who the trusted proxy says.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { mintScope, type Actor } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import { bodyLimitOf } from '#lib/server/http/body-limits.ts';
import { plainAddress, saidBy } from '#lib/server/http/client-address.ts';
import { headersOf, setHeadersOfEveryAnswer, throwAwayTheRestOf } from '#lib/server/http/every-answer.ts';
import { input } from '#lib/server/http/input.ts';
import { isForm, readBody } from '#lib/server/http/read-body.ts';
import { countedAs } from '#lib/server/network.ts';
import { withoutTokens } from '#lib/server/log.ts';

const FORM = 'application/x-www-form-urlencoded';
const SMALL = { bytes: 1000, fields: 5 };
const post = (body: BodyInit | null, type = FORM): Request =>
	new Request('http://x', { method: 'POST', body, headers: { 'content-type': type }, duplex: 'half' } as RequestInit);
/** Comes bit by bit and says no length; counts what was asked of it. */
function endless(): { stream: ReadableStream<Uint8Array>; asked: () => number } {
	let asked = 0;
	const stream = new ReadableStream<Uint8Array>(
		{ pull: (controller) => (asked++, controller.enqueue(new Uint8Array(100).fill(97))) },
		{ highWaterMark: 0 }
	);
	return { stream, asked: () => asked };
}
const actor = (over: Partial<Actor> & { kind: Actor['kind'] }): Actor => ({ ...over }) as Actor;

describe('a body', () => {
	test('that never ends is left at its limit', async () => {
		const { stream, asked } = endless();
		expect(await readBody(post(stream), SMALL, false)).toEqual({ kind: 'refused', status: 413 });
		expect(asked()).toBeLessThan(15);
	});
	test('of a form that holds nothing but its button is an empty form', async () => {
		expect(isForm(post(null))).toBe(true);
		const body = await readBody(post(null), SMALL, false);
		expect(body.kind === 'form' && [...body.form]).toEqual([]);
	});
	test('that says it is too large is not read at all', async () => {
		const { stream, asked } = endless();
		const request = post(stream);
		request.headers.set('content-length', '1001');
		expect(await readBody(request, SMALL, false)).toEqual({ kind: 'refused', status: 413 });
		expect(asked()).toBe(0);
	});
	test.each([
		['of too many fields', post('a&'.repeat(6))],
		[
			'of too many parts',
			post(
				`${'--------------------------------x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(6)}--------------------------------x--\r\n`,
				'multipart/form-data; boundary="------------------------------x"'
			)
		]
	])('%s is refused', async (_name, request) =>
		expect(await readBody(request, SMALL, false)).toEqual({ kind: 'refused', status: 413 })
	);
	test('of as many fields as may be costs next to nothing to read, and twice as many are not tried', async () => {
		const limit = bodyLimitOf('/connexion', null);
		const begun = performance.now();
		expect(await readBody(post('a&'.repeat(limit.fields - 1)), limit, false)).toMatchObject({ kind: 'form' });
		expect((await readBody(post('a&'.repeat(2 * limit.fields)), limit, false)).kind).toBe('refused');
		expect(performance.now() - begun).toBeLessThan(1000);
	});
	test.each([
		['text where a form belongs', post('x', 'text/plain'), 415],
		['no known type', post('x', ';;'), 415],
		['parts without a boundary', post('x', 'multipart/form-data'), 400],
		['parts that are none', post('x', 'multipart/form-data; boundary=------------------------------x'), 400],
		['NUL in a field', post('a=%00'), 400],
		['NUL in the name of a field', post('%00=a'), 400],
		['broken JSON', post('{', 'application/json'), 400],
		['NUL in JSON', post('{"a":["\\u0000"]}', 'application/json'), 400],
		['half a character in JSON', post('{"\\ud800":1}', 'application/json'), 400],
		['JSON deeper than any hand goes', post('['.repeat(900), 'application/json'), 400]
	])('%s is refused', async (_name, request, status) =>
		expect(await readBody(request, SMALL, false)).toEqual({ kind: 'refused', status })
	);
	test('as it should be is handed over', async () => {
		const form = await readBody(post('a=%C3%A9&b='), SMALL, false);
		expect(form.kind === 'form' && [...form.form]).toEqual([
			['a', 'é'],
			['b', '']
		]);
		expect(await readBody(post('{"a":[1]}', 'application/csp-report'), SMALL, false)).toMatchObject({
			kind: 'json',
			value: { a: [1] }
		});
		expect(await readBody(post('{', 'application/json'), SMALL, true)).toMatchObject({ kind: 'raw' });
	});
});
describe('how much may come', () => {
	const scope = (who: Actor) => mintScope(newId(), who);
	const member = (role: 'owner' | 'accountant' | 'read_only') =>
		scope(actor({ kind: 'member', memberId: newId(), role }));
	const contact = scope(actor({ kind: 'contact', contactId: newId(), clientId: newId() }));
	const bytes = (route: string | null, who: ReturnType<typeof scope> | null) => bodyLimitOf(route, who).bytes / 1024;
	test('files only from people who may bring them, and only where they belong', () => {
		for (const route of ['/(admin)/admin/import', '/(admin)/admin/import/depot', '/(admin)/admin/banque']) {
			expect([null, contact, member('read_only'), member('accountant')].map((who) => bytes(route, who))).toEqual([
				32, 32, 256, 65_536
			]);
		}
		for (const route of ['/connexion', '/langue', '/(pay)/p/[token]/payer', null])
			expect(bytes(route, member('owner'))).toBe(32);
		expect(bytes('/(admin)/admin/reglages', member('owner'))).toBe(256);
		// A picture from a camera is heard, and refused beside its field.
		const picture = '/(admin)/admin/reglages/identite';
		expect([null, contact, member('accountant'), member('owner')].map((who) => bytes(picture, who))).toEqual([
			32, 32, 256, 16_384
		]);
	});
	test('Stripe’s events half a megabyte, from anybody', () => expect(bytes('/webhooks/stripe', null)).toBe(512));
});
describe('where a request comes from', () => {
	const headers = new Headers({ 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2', 'x-real-ip': '198.51.100.7' });
	test('is counted from the right: what a stranger writes in front is nobody’s word', () => {
		expect(saidBy({ header: 'x-forwarded-for', depth: 1 }, headers)).toBe('10.0.0.2');
		expect(saidBy({ header: 'x-forwarded-for', depth: 2 }, headers)).toBe('203.0.113.9');
		expect(saidBy({ header: 'x-forwarded-for', depth: 4 }, headers)).toBeNull();
		expect(saidBy({ header: 'x-real-ip', depth: 1 }, headers)).toBe('198.51.100.7');
		expect(saidBy({ header: 'cf-connecting-ip', depth: 1 }, headers)).toBeNull();
	});
	test.each([
		['::ffff:203.0.113.9', '203.0.113.9'],
		['203.0.113.9:4711', '203.0.113.9'],
		['[2001:DB8::1]:4711', '2001:db8::1'],
		['unknown', null],
		['', null],
		['a\0', null]
	])('%s is %s', (text, address) => expect(plainAddress(text)).toBe(address));
	test('one who has a whole network of IPv6 counts as one', () => {
		const mine = ['2001:db8:1:2::1', '2001:0db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2:3::', '2001:db8:1:2::1.2.3.4'];
		expect(new Set(mine.map(countedAs)).size).toBe(1);
		expect(countedAs('2001:db8::1')).toBe('2001:db8:0:0::/64');
		expect(
			new Set(['2001:db8:1:3::1', '203.0.113.9', '203.0.113.8', 'some key', '::1', '2001:db8:1:2::1'].map(countedAs))
				.size
		).toBe(6);
	});
});
describe('a token', () => {
	const token = 'Ab3_-'.repeat(9).slice(0, 43);
	test.each([
		`/p/${token}`,
		`/p/${token}%`,
		`/p/${token}%C3/payer`,
		`/connexion/${token}%2`,
		`Failed to decode URI: /p/${token}%\n    at decode (/p/${token}%:1:2)`,
		`//p/${token}`,
		`/%70/${token}`,
		`/%70/${token.slice(0, 20)}%41${token.slice(21)}`,
		`/P/${token}`,
		`/somewhere/${token}`,
		`/p/${token.slice(0, 30)}`
	])('never reaches the log: %s', (text) => {
		const logged = withoutTokens(text);
		expect(logged).toContain('[token]');
		expect(logged).not.toContain(token.slice(0, 20));
	});
	test('is cut without the place in our own files', () =>
		expect(
			withoutTokens('at load (src/routes/(pay)/p/[token]/+page.server.ts:21:5) src/routes/connexion/+page.server.ts:3')
		).toBe('at load (src/routes/(pay)/p/[token]/+page.server.ts:21:5) src/routes/connexion/+page.server.ts:3'));
});
test('every answer says what browsers may not do with it', () => {
	for (const path of [
		'/',
		'/p/x',
		'/api/v1/invoices',
		'/offline',
		'/service-worker.js',
		'/_app/immutable/x.js',
		'/icon.svg'
	])
		expect(headersOf(path, 'https://x'), path).toMatchObject({
			'x-content-type-options': 'nosniff',
			'x-frame-options': 'DENY',
			'referrer-policy': 'same-origin',
			'cross-origin-opener-policy': expect.stringMatching(/^same-origin/) as string,
			'cross-origin-resource-policy': 'same-origin',
			'permissions-policy': expect.stringMatching(/payment=/) as string,
			'content-security-policy': expect.stringMatching(/frame-ancestors 'none'/) as string
		});
});
test('browsers come back by https only, and keep nothing but files that are the same for everybody', () => {
	expect(headersOf('/connexion', 'https://pay.example.com')).toMatchObject({
		'strict-transport-security': expect.stringMatching(/max-age=\d{8}/) as string,
		'cache-control': 'no-store'
	});
	expect(headersOf('/connexion', 'http://localhost:3000')).not.toHaveProperty('strict-transport-security');
	for (const path of ['/_app/immutable/x.js', '/icon.svg', '/offline'])
		expect(headersOf(path, 'https://x')).not.toHaveProperty('cache-control');
	for (const path of ['/p/x', '/p/x/', '/admin/factures/csv', '/'])
		expect(headersOf(path, 'https://x')['cache-control']).toBe('no-store');
});

test('a refusal before any page is still a page for a browser: in its language, fit for a phone, with a way on', async () => {
	const refusedFor = async (accept: string): Promise<Response> => {
		const request = new Request('http://x/a%00b', { headers: { accept } });
		return input({
			event: { request, url: new URL(request.url), locals: { locale: 'fr' } },
			resolve: () => null!
		} as never);
	};
	const answer = await refusedFor('text/html,application/xhtml+xml');
	const html = await answer.text();
	expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
	for (const part of ['<html lang="fr">', 'name="viewport"', '<h1>', 'illisible', '<a href="/">'])
		expect(html).toContain(part);
	expect((await refusedFor('*/*')).headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test('a form that the page’s script sends and that is refused gets an answer which the script can show', async () => {
	const headers = { accept: 'application/json', 'x-sveltekit-action': 'true' };
	const request = new Request('http://x/a%00b', { headers });
	const event = { request, url: new URL(request.url), locals: { locale: 'fr' } };
	const answer = await input({ event, resolve: () => null! } as never);
	// As Kit's `deserialize` reads it: each value by its place in the list (devalue).
	const { type, status, data } = (await answer.json()) as { type: string; status: number; data: string };
	expect([type, status]).toEqual(['failure', 400]);
	expect(JSON.parse(data)).toEqual([{ error: 1 }, { message: 2 }, expect.stringContaining('illisible')]);
});

describe('a body that nobody reads', () => {
	/** Answers at once, as the adapter leaves a request: with somebody listening, and paused. */
	async function impatient(bounds: { bytes: number; ms: number }): Promise<{ port: number; end: () => void }> {
		const server = http.createServer((request, response) => {
			request.on('data', () => request.pause());
			response.once('finish', () => throwAwayTheRestOf(request, bounds)).end('no');
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		return { port: (server.address() as AddressInfo).port, end: () => (server.closeAllConnections(), server.close()) };
	}
	/** As a browser does: sends all of it, and reads the answer then. */
	const sendAll = (port: number, bytes: number): Promise<string> =>
		new Promise((done) => {
			const socket = net.connect(port, '127.0.0.1');
			let said = '';
			socket.on('data', (part) => {
				said += part.toString();
				if (said.endsWith('no\r\n0\r\n\r\n') || said.endsWith('\r\n\r\nno')) socket.destroy();
			});
			socket.pause();
			socket.on('error', () => {}).on('close', () => done(said));
			socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`);
			socket.write(Buffer.alloc(bytes), () => socket.resume());
		});
	test('is thrown away, so that whoever sends all of it first can read the answer', async () => {
		const { port, end } = await impatient({ bytes: 32 << 20, ms: 20_000 });
		expect(await sendAll(port, 24 << 20)).toMatch(/^HTTP\/1\.1 200 /);
		end();
	});
	test('by every server of the process, whatever it answers', async () => {
		setHeadersOfEveryAnswer('http://localhost');
		const server = http.createServer((request, response) => {
			request.on('data', () => request.pause());
			response.end('no');
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const said = await sendAll((server.address() as AddressInfo).port, 24 << 20);
		expect(said).toMatch(/^HTTP\/1\.1 200 /);
		expect(said.toLowerCase()).toContain('x-frame-options: deny');
		server.closeAllConnections();
		server.close();
	});
	test('and is not listened to for ever', async () => {
		const { port, end } = await impatient({ bytes: 1 << 20, ms: 20_000 });
		expect(await sendAll(port, 64 << 20)).toBe('');
		const slow = await impatient({ bytes: 1 << 20, ms: 50 });
		const begun = performance.now();
		const socket = net.connect(slow.port, '127.0.0.1').on('error', () => {});
		const closed = new Promise((done) => socket.resume().once('close', done));
		socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n');
		await closed;
		// Node itself ends an idle connection after five seconds.
		expect(performance.now() - begun).toBeLessThan(4000);
		slow.end();
		end();
	});
});
