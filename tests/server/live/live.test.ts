// News: in commit order, resumed from where one was, heard by those they concern, in every process.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { cursorSeal } from '#lib/server/live/cursor.ts';
import { Hub } from '#lib/server/live/hub.ts';
import { makeSignal } from '#lib/server/live/signal.ts';
import { isCursor, latestCursor, readNews, recordFact } from '#lib/server/store/outbox.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { aDoor } from '../../builders/sessions.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { readUntil } from '../../setup/streams.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());

const aHub = () =>
	new Hub(house.services.db, {
		clock: house.services.clock,
		secret: house.config.secret,
		onSignal: () => {},
		onProblem: () => {}
	});
/** A place in the news, as a browser is told it. */
const told = (scope: Scope, cursor: string) => cursorSeal(house.config.secret).seal(scope, cursor);
const listen = async (hub: Hub, scope: Scope, lastId: string | null = null, address = '192.0.2.1') => {
	const sessionHash = await aDoor(house.services, scope);
	return hub.stream({ scope, sessionHash, address }, lastId, new AbortController().signal)!;
};

test('two processes hear a payment, and a reader who was away gets what it missed', async () => {
	const hubs = [aHub(), aHub()];
	for (const hub of hubs) await hub.start();
	const before = await latestCursor(house.services.db);
	const services = { ...house.services, signal: makeSignal(house.services.db, () => {}) };
	const isPaid = (text: string): boolean => text.includes('payment.received');
	const streams = await Promise.all(hubs.map((hub) => listen(hub, payer.scope)));
	const heard = streams.map((stream) => readUntil(stream, isPaid));
	const invoiceId = await anInvoice(services, cast, {});
	await pay(services, payer, [invoiceId], 120_000);
	for (const text of await Promise.all(heard)) expect(text).toContain(invoiceId);
	const missed = await readUntil(await listen(hubs[0]!, payer.scope, told(payer.scope, before)), isPaid);
	expect(missed.match(/invoice.opened/g)).toHaveLength(1);
	// What is told waits for every transaction of the server that began before it, those of other test files too.
	const kinds = async () => (await hubs[0]!.since(payer.scope, told(payer.scope, before))).kinds;
	await expect.poll(kinds, { timeout: 10_000 }).toContain('payment.received');
	for (const hub of hubs) hub.stop();
});
test('a row committed late is never skipped by a reader that went on', async () => {
	const start = await latestCursor(house.services.db);
	const fact = { kind: 'invoice.opened' as const, clientId: null, invoiceId: null, attemptId: null };
	let seen: string[] = [];
	await inScope(house.services.db, cast.system, async (slow) => {
		await recordFact(slow, cast.system, new Date(), { ...fact, attemptId: payer.contactId });
		await inScope(house.services.db, cast.system, (fast) =>
			recordFact(fast, cast.system, new Date(), { ...fact, attemptId: payer.clientId })
		);
		seen = (await readNews(house.services.db, start)).map((news) => news.attemptId!);
		expect(seen).toEqual([]);
	});
	// It waits for transactions of other test files too, that began before it.
	const all = async () => (await readNews(house.services.db, start)).map((news) => news.attemptId).sort();
	await expect.poll(all, { timeout: 10_000 }).toEqual([payer.contactId, payer.clientId].sort());
});
test('news carry no amount, no name and no address', async () => {
	const hub = aHub();
	await hub.start();
	const text = await readUntil(await listen(hub, cast.owner, told(cast.owner, '0.0')), (all) =>
		all.includes('payment.received')
	);
	expect(text).not.toMatch(/120000|Roche|@/);
	hub.stop();
});
test('a cursor that PostgreSQL could not hold is nobody’s', () => {
	expect(['12.34', '0.0'].map(isCursor)).toEqual([true, true]);
	for (const text of ['', 'x', '1', '99999999999999999999.1', '1.9999999999999999999', '1.1; drop table mail'])
		expect(isCursor(text)).toBe(false);
});
