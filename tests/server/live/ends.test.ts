// A stream ends with the door it was opened by, streams are bounded, and what they tell is of their own supplier only.
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { openPayLink } from '#lib/server/access/scopes.ts';
import { newId } from '#lib/server/identity.ts';
import { cursorSeal } from '#lib/server/live/cursor.ts';
import { Hub, mayHear } from '#lib/server/live/hub.ts';
import { PLACES, Places } from '#lib/server/live/places.ts';
import { contact, member, payLink, session, type SubjectKind } from '#lib/server/store/schema/index.ts';
import { deleteSession, deleteSessionsOf } from '#lib/server/store/access.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { listLinks, mintPayLink, revokeLink } from '#lib/server/use-cases/access/pay-links.ts';
import { aPayer, anInvoice, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { aSession as keepSession } from '../../builders/sessions.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let hub: Hub;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());
beforeEach(async () => {
	payer = await aPayer(house.services, cast, `${newId()}@client.example`, `Client ${newId()}`);
	hub = new Hub(house.services.db, {
		clock: house.services.clock,
		secret: house.config.secret,
		onSignal: () => {},
		onProblem: () => {}
	});
	await hub.start();
});
afterEach(() => hub.stop());

const aSession = (kind: SubjectKind, subjectId: string) =>
	keepSession(house.services, cast.supplierId, kind, subjectId);
async function aLink(): Promise<Extract<Awaited<ReturnType<typeof openPayLink>>, { state: 'live' }>['scope']> {
	const invoiceId = await anInvoice(house.services, cast, {});
	const url = await inScope(house.services.db, cast.system, (tx) =>
		mintPayLink(house.services, tx, cast.system, invoiceId, payer.contactId)
	);
	const access = await openPayLink(house.services, url.split('/p/')[1]!);
	if (access?.state !== 'live') throw new Error('not live');
	return access.scope;
}
const listen = (scope: Scope, sessionHash: string | null, address = '192.0.2.1') =>
	hub.stream({ scope, sessionHash, address }, null, new AbortController().signal);
/** All that a stream says until it ends; refuses to wait for ever. */
async function wholeOf(stream: ReadableStream<Uint8Array> | null): Promise<string> {
	let text = '';
	for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(chunk);
	return text;
}
/** Within the time that people are promised; one look takes place every two seconds. */
const endsWithin = async (stream: ReadableStream<Uint8Array> | null) => {
	const text = await Promise.race([
		wholeOf(stream),
		new Promise<string>((resolve) => setTimeout(() => resolve('still open'), 8000))
	]);
	expect(text).toContain('event: end');
};
const system = () => house.services.db.system;
const owner = <T>(work: (tx: Parameters<Parameters<typeof inScope>[2]>[0]) => Promise<T>) =>
	inScope(house.services.db, cast.system, work);

describe('a stream ends by itself, within seconds', () => {
	test('when its person signs out, and others’ go on', async () => {
		const [mine, others] = [await aSession('contact', payer.contactId), await aSession('member', cast.memberId)];
		const streams = [listen(payer.scope, mine), listen(cast.owner, others)];
		await deleteSession(house.services.db, mine);
		await endsWithin(streams[0]!);
		await hub.lookAtDoors();
		expect(hub.size).toBe(1);
		await streams[1]!.cancel();
	});
	test('when its person signs out everywhere', async () => {
		const hashes = [await aSession('contact', payer.contactId), await aSession('contact', payer.contactId)];
		const streams = hashes.map((hash) => listen(payer.scope, hash));
		await deleteSessionsOf(house.services.db, cast.supplierId, payer.contactId);
		for (const stream of streams) await endsWithin(stream);
	});
	test('when its session has run out', async () => {
		const hash = await aSession('contact', payer.contactId);
		const stream = listen(payer.scope, hash);
		await system()
			.update(session)
			.set({ expiresAt: new Date(Date.now() - 1000) })
			.where(eq(session.sessionHash, hash));
		await endsWithin(stream);
	});
	test('when its contact may not see invoices any more', async () => {
		const stream = listen(payer.scope, await aSession('contact', payer.contactId));
		await owner((tx) => tx.update(contact).set({ hasPortal: false }).where(eq(contact.contactId, payer.contactId)));
		await endsWithin(stream);
	});
	test('when its member has another role', async () => {
		const stream = listen(cast.owner, await aSession('member', cast.memberId));
		await owner((tx) => tx.update(member).set({ role: 'read_only' }).where(eq(member.memberId, cast.memberId)));
		await endsWithin(stream);
		await owner((tx) => tx.update(member).set({ role: 'owner' }).where(eq(member.memberId, cast.memberId)));
	});
	test('when its member has been removed', async () => {
		const stream = listen(
			{ ...cast.owner, actor: { kind: 'member', memberId: newId(), role: 'owner' } } as Scope,
			await aSession('member', newId())
		);
		await endsWithin(stream);
	});
	test('when its pay link is revoked', async () => {
		const scope = await aLink();
		const stream = listen(scope, null);
		const link = (await listLinks(house.services, cast.owner)).rows.find((row) => row.invoiceId === scope.invoiceId)!;
		await revokeLink(house.services, cast.owner, link.payLinkId);
		await endsWithin(stream);
	});
	test('when its pay link has run out', async () => {
		const scope = await aLink();
		const stream = listen(scope, null);
		await owner((tx) =>
			tx.update(payLink).set({ expiresAt: house.services.clock.now() }).where(eq(payLink.invoiceId, scope.invoiceId!))
		);
		await endsWithin(stream);
	});
	test('and not before: a door that stays open is left alone', async () => {
		const [scope, hash] = [await aLink(), await aSession('contact', payer.contactId)];
		const streams = [
			listen(scope, null),
			listen(payer.scope, hash),
			listen(cast.owner, await aSession('member', cast.memberId))
		];
		await hub.lookAtDoors();
		expect(hub.size).toBe(3);
		for (const stream of streams) await stream!.cancel();
	});
});

describe('streams are bounded', () => {
	test('of one link, whoever holds it; a place that is given back is free again', async () => {
		const scope = await aLink();
		const open = Array.from({ length: PLACES.reader }, (_, i) => listen(scope, null, `192.0.2.${i}`));
		expect(open.every(Boolean)).toBe(true);
		expect(listen(scope, null, '192.0.2.99')).toBeNull();
		expect(listen(await aLink(), null, '192.0.2.99')).not.toBeNull();
		await open[0]!.cancel();
		expect(listen(scope, null, '192.0.2.99')).not.toBeNull();
	});
	test('of one person, over all their sessions', async () => {
		const hashes = [await aSession('contact', payer.contactId), await aSession('contact', payer.contactId)];
		for (let i = 0; i < PLACES.reader; i++) expect(listen(payer.scope, hashes[i % 2]!, `192.0.2.${i}`)).not.toBeNull();
		expect(listen(payer.scope, hashes[0]!, '192.0.2.99')).toBeNull();
	});
	test('from one address, a whole network of IPv6 being one, and in all', () => {
		const places = new Places();
		const reader = (i: number) =>
			({ ...payer.scope, actor: { kind: 'contact', contactId: `c${i}`, clientId: 'x' } }) as Scope;
		const fromOne = Array.from({ length: PLACES.address + 5 }, (_, i) => places.take(reader(i), '192.0.2.1'));
		expect(fromOne.filter(Boolean)).toHaveLength(PLACES.address);
		const fromNetwork = Array.from({ length: PLACES.address + 5 }, (_, i) =>
			places.take(reader(i), `2001:db8:1:2::${i.toString(16)}`)
		);
		expect(fromNetwork.filter(Boolean)).toHaveLength(PLACES.address);
		expect(places.take(reader(-3), '2001:db8:1:3::1')).not.toBeNull();
		for (const leave of [...fromOne, ...fromNetwork]) leave?.();
		const fromMany = Array.from({ length: PLACES.all + 5 }, (_, i) => places.take(reader(i), `a${i}`));
		expect(fromMany.filter(Boolean)).toHaveLength(PLACES.all - 1);
		const [leave] = fromMany;
		leave!();
		leave!();
		expect([places.take(reader(-1), 'z'), places.take(reader(-2), 'z')].filter(Boolean)).toHaveLength(1);
	});
});

describe('what is told', () => {
	const news = (over: object) => ({
		supplierId: cast.supplierId,
		clientId: payer.clientId,
		invoiceId: 'i1',
		attemptId: null,
		kind: 'payment.received' as const,
		cursor: '1.1',
		...over
	});
	test('a pay link hears of its own invoice only, a contact of its own client only, each of its own supplier only', async () => {
		const scope = await aLink();
		const own = news({ invoiceId: scope.invoiceId });
		expect(mayHear(scope, own)).toBe(true);
		expect(mayHear(scope, news({ invoiceId: 'another' }))).toBe(false);
		expect(mayHear(scope, { ...own, clientId: newId() })).toBe(false);
		expect(mayHear(scope, { ...own, supplierId: newId() })).toBe(false);
		expect(mayHear(payer.scope, news({}))).toBe(true);
		expect(mayHear(payer.scope, news({ clientId: newId() }))).toBe(false);
		expect(mayHear(cast.owner, news({ supplierId: newId() }))).toBe(false);
	});
	test('the place in the news says nothing of how busy others are: sealed, of one length, never twice the same', () => {
		const seal = cursorSeal(house.config.secret);
		const sealed = ['1.1', '1.1', '98765432109.12345678901'].map((cursor) => seal.seal(payer.scope, cursor));
		expect(new Set(sealed).size).toBe(3);
		expect(new Set(sealed.map((text) => text.length)).size).toBe(1);
		for (const text of sealed) expect(Buffer.from(text, 'base64url').toString('latin1')).not.toMatch(/\d\.\d/);
		expect(seal.open(payer.scope, sealed[2]!)).toBe('98765432109.12345678901');
	});
	test('a place that was told to somebody else, changed, or made up is nobody’s', () => {
		const seal = cursorSeal(house.config.secret);
		const sealed = seal.seal(payer.scope, '12.34');
		expect(seal.open(cast.owner, sealed)).toBeNull();
		expect(cursorSeal('another secret').open(payer.scope, sealed)).toBeNull();
		for (const text of [null, '', '12.34', 'x'.repeat(91), `${sealed.slice(0, -2)}AA`, '\0'])
			expect(seal.open(payer.scope, text)).toBeNull();
	});
	test('streams and polling tell sealed places', async () => {
		const stream = listen(payer.scope, null)!;
		const reader = stream.getReader();
		const first = new TextDecoder().decode((await reader.read()).value);
		expect(first).toMatch(/^id: [\w-]{91}$/m);
		await reader.cancel();
		expect((await hub.since(payer.scope, null)).cursor).toMatch(/^[\w-]{91}$/);
		expect((await hub.since(payer.scope, '1.1')).cursor).toMatch(/^[\w-]{91}$/);
	});
});
