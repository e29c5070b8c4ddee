// News: in commit order, resumed from where one was, heard by those they concern, in every process.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Hub } from '#lib/server/live/hub.ts';
import { makeSignal } from '#lib/server/live/signal.ts';
import { isCursor, latestCursor, readNews, recordFact } from '#lib/server/store/outbox.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());

async function readUntil(stream: ReadableStream<Uint8Array>, done: (text: string) => boolean): Promise<string> {
	const reader = stream.getReader();
	let text = '';
	while (!done(text)) {
		const { value, done: ended } = await reader.read();
		if (ended) break;
		text += new TextDecoder().decode(value);
	}
	await reader.cancel();
	return text;
}

test('two processes hear a payment, and a reader who was away gets what it missed', async () => {
	const hubs = [
		new Hub(house.services.db, { onSignal: () => {}, onProblem: () => {} }),
		new Hub(house.services.db, { onSignal: () => {}, onProblem: () => {} })
	];
	for (const hub of hubs) await hub.start();
	const before = await latestCursor(house.services.db);
	const services = { ...house.services, signal: makeSignal(house.services.db, () => {}) };
	const heard = hubs.map((hub) =>
		readUntil(hub.stream(payer.scope, null, new AbortController().signal), (text) => text.includes('payment.received'))
	);
	const invoiceId = await anInvoice(services, cast, {});
	await pay(services, payer, [invoiceId], 120_000);
	for (const text of await Promise.all(heard)) expect(text).toContain(invoiceId);
	const missed = await readUntil(hubs[0]!.stream(payer.scope, before, new AbortController().signal), (text) =>
		text.includes('payment.received')
	);
	expect(missed.match(/invoice.opened/g)).toHaveLength(1);
	expect((await hubs[0]!.since(payer.scope, before)).kinds).toContain('payment.received');
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
	expect((await readNews(house.services.db, start)).map((news) => news.attemptId).sort()).toEqual(
		[payer.contactId, payer.clientId].sort()
	);
});
test('news carry no amount, no name and no address', async () => {
	const hub = new Hub(house.services.db, { onSignal: () => {}, onProblem: () => {} });
	await hub.start();
	const text = await readUntil(hub.stream(cast.owner, '0.0', new AbortController().signal), (all) =>
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
