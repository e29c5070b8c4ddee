// What the product tells of a payment, held against what its pages say they show: the real stream and the real loads.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isStale, type ToldNews } from '#lib/contract/news.ts';
import type { Scope } from '#lib/domain/access/scope.ts';
import { cursorSeal } from '#lib/server/live/cursor.ts';
import { Hub } from '#lib/server/live/hub.ts';
import { newId } from '#lib/server/identity.ts';
import { latestCursor, recordFact, type Fact } from '#lib/server/store/outbox.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { aDoor } from '../../builders/sessions.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { askEndpoint, findEndpoints, openDoors } from '../../setup/routes.ts';
import { readUntil } from '../../setup/streams.ts';

let house: TestHouse;
let doors: ReturnType<typeof openDoors>;
let cast: Cast;
let payer: Payer;
let other: Payer;
let hub: Hub;
beforeAll(async () => {
	house = await openHouse();
	doors = openDoors(house);
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	other = await aPayer(house.services, cast, 'autre@client.example', 'Autre client');
	const { clock } = house.services;
	hub = new Hub(house.services.db, { clock, secret: house.config.secret, onSignal: () => {}, onProblem: () => {} });
	await hub.start();
});
afterAll(async () => {
	hub.stop();
	doors.close();
	await house.close();
});

const tell = (fact: Fact) =>
	inScope(house.services.db, cast.system, (tx) => recordFact(tx, cast.system, house.services.clock.now(), fact));
/** A word that everybody hears, to be known again. */
async function mark(): Promise<string> {
	const attemptId = newId();
	await tell({ kind: 'time.moved', clientId: null, invoiceId: null, attemptId });
	return attemptId;
}
/** A place lies before what other transactions may still write: what happened before the mark may be told once more behind it. */
type Place = { cursor: string; begun: string };
const here = async (): Promise<Place> => ({ cursor: await latestCursor(house.services.db), begun: await mark() });
/** The news of a stream from a place on until now. */
async function toldSince(scope: Scope, { cursor, begun }: Place): Promise<ToldNews[]> {
	const ended = await mark();
	const place = cursorSeal(house.config.secret).seal(scope, cursor);
	const listener = { scope, sessionHash: await aDoor(house.services, scope), address: '192.0.2.1' };
	const stream = hub.stream(listener, place, new AbortController().signal)!;
	const text = await readUntil(stream, (told) => told.includes(ended));
	const since = text.slice(text.indexOf(begun));
	return [...since.matchAll(/event: news\ndata: (.*)\n/g)]
		.map((found) => JSON.parse(found[1]!) as ToldNews)
		.filter(({ kind }) => kind !== 'time.moved');
}
async function shownBy(path: string, params: Record<string, string>, who: Cast | Payer): Promise<URL[]> {
	const subject =
		'memberId' in who
			? ({ kind: 'member', subjectId: who.memberId } as const)
			: ({ kind: 'contact', subjectId: who.contactId } as const);
	const { cookie } = await doors.sessions.create(
		{ ...subject, supplierId: cast.supplierId },
		{ userAgent: 'test', address: null, provenAt: house.services.clock.now() }
	);
	const endpoint = (await findEndpoints()).find((one) => one.name === `GET ${path}`)!;
	const said: string[] = [];
	const answer = await askEndpoint(endpoint, {
		origin: 'http://localhost:1',
		params,
		headers: { cookie: `${cookie.name}=${cookie.value}` },
		depends: (...addresses) => said.push(...addresses)
	});
	expect([path, answer.status]).toEqual([path, 200]);
	return said.map((one) => new URL(one));
}

test('a payment of one client is read by the supplier’s page of its invoice, by the lists and by the first page; not by another client’s, nor by settings', async () => {
	const [paid, elsewhere] = [
		await anInvoice(house.services, cast, {}),
		await anInvoice(house.services, cast, { name: 'Autre client' })
	];
	const before = await here();
	await pay(house.services, payer, [paid], 120_000);
	const news = await toldSince(cast.owner, before);
	expect(news.map(({ kind }) => kind)).toContain('payment.received');
	const isRead = async (path: string, params: Record<string, string> = {}) =>
		(await shownBy(path, params, cast)).some((address) => isStale(address, news));
	expect(await isRead('/admin/factures/[id]', { id: paid })).toBe(true);
	// As an address may write it.
	expect(await isRead('/admin/clients/[id]', { id: payer.clientId.toUpperCase() })).toBe(true);
	expect(await isRead('/admin/clients/[id]/points', { id: payer.clientId })).toBe(true);
	for (const path of ['', '/factures', '/clients', '/paiements', '/echeanciers', '/banque', '/journal', '/points'])
		expect([path, await isRead(`/admin${path}`)]).toEqual([path, true]);
	expect(await isRead('/admin/factures/[id]', { id: elsewhere })).toBe(false);
	expect(await isRead('/admin/clients/[id]', { id: other.clientId })).toBe(false);
	for (const path of ['/import', '/reglages', '/compte'])
		expect([path, await isRead(`/admin${path}`)]).toEqual([path, false]);
});
test('what a client’s people hear reads their invoices; it says nothing of other clients', async () => {
	const own = await anInvoice(house.services, cast, {});
	const before = await here();
	await tell({ kind: 'offers.changed', clientId: other.clientId, invoiceId: own, attemptId: null });
	await tell({ kind: 'payment.received', clientId: other.clientId, invoiceId: own, attemptId: null });
	await tell({ kind: 'offers.changed', clientId: payer.clientId, invoiceId: null, attemptId: null });
	await tell({ kind: 'offers.changed', clientId: null, invoiceId: null, attemptId: null });
	const news = await toldSince(payer.scope, before);
	expect(news.map(({ kind, clientId }) => [kind, clientId])).toEqual([
		['offers.changed', payer.clientId],
		['offers.changed', null]
	]);
	const shown = await shownBy('/portail/factures/[id]', { id: own }, payer);
	for (const one of news) expect(shown.some((address) => isStale(address, [one]))).toBe(true);
});
test('a frame stays small', async () => {
	const before = await here();
	const id = payer.clientId;
	await tell({ kind: 'payment.reversed', clientId: id, invoiceId: id, attemptId: id });
	const news = await toldSince(cast.owner, before);
	expect(news.map((one) => [one.kind, JSON.stringify(one).length < 350])).toEqual([['payment.reversed', true]]);
});
