// Who was away, polls, or does not listen: each hears of its own and of nothing else, and holds nobody up.
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import { cursorSeal } from '#lib/server/live/cursor.ts';
import { Hub } from '#lib/server/live/hub.ts';
import { latestCursor, recordFact, recordFacts, type Fact } from '#lib/server/store/outbox.ts';
import { contact } from '#lib/server/store/schema/index.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { mintPayLink } from '#lib/server/use-cases/access/pay-links.ts';
import { openPayLink } from '#lib/server/access/scopes.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { aDoor, aSession } from '../../builders/sessions.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { readUntil } from '../../setup/streams.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let hub: Hub;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	const { clock } = house.services;
	hub = new Hub(house.services.db, { clock, secret: house.config.secret, onSignal: () => {}, onProblem: () => {} });
	await hub.start();
});
afterAll(async () => {
	hub.stop();
	await house.close();
});

const forAll: Fact = { kind: 'time.moved', clientId: null, invoiceId: null, attemptId: null };
const tellAll = (system: Scope, facts: Fact[] = [forAll]) =>
	inScope(house.services.db, system, (tx) => recordFacts(tx, system, house.services.clock.now(), facts));
const listen = async (scope: Scope, lastId: string | null, address = newId()) => {
	const sessionHash = await aDoor(house.services, scope);
	return hub.stream({ scope, sessionHash, address }, lastId, new AbortController().signal)!;
};
const WAITS = { timeout: 10_000 };
/** Up to the word that everybody of the supplier hears. */
const toldUntilAll = (stream: ReadableStream<Uint8Array>): Promise<string> =>
	readUntil(stream, (text) => text.includes('time.moved'));
/** What a link in a mail gives its holder. */
async function aLink(invoiceId: string, { contactId }: Payer): Promise<Scope> {
	const url = await inScope(house.services.db, cast.system, (tx) =>
		mintPayLink(house.services, tx, cast.system, invoiceId, contactId)
	);
	const access = await openPayLink(house.services, url.split('/p/')[1]!);
	if (access?.state !== 'live') throw new Error('not live');
	return access.scope;
}

test('who was away, and who polls, hears of its own only', async () => {
	const [colleagueClient, elsewhere] = [
		await aPayer(house.services, cast, 'autre@client.example', 'Autre client'),
		await aSupplier(house.services, 'acct_canuts', 'Canuts')
	];
	const [paid, own] = [await anInvoice(house.services, cast, {}), await anInvoice(house.services, cast, {})];
	const link = await aLink(own, payer);
	const before = await latestCursor(house.services.db);
	const place = (scope: Scope) => cursorSeal(house.config.secret).seal(scope, before);
	await pay(house.services, payer, [paid], 120_000);
	await tellAll(cast.system);
	await tellAll(elsewhere.system);
	// What is told waits for every transaction of the server that began before it, those of other test files too.
	const kinds = async (scope: Scope) => (await hub.since(scope, place(scope))).kinds;
	await expect.poll(() => kinds(payer.scope), WAITS).toContain('payment.received');
	for (const scope of [colleagueClient.scope, elsewhere.owner, link]) {
		await expect.poll(() => kinds(scope), WAITS).toEqual(['time.moved']);
		const text = await toldUntilAll(await listen(scope, place(scope)));
		expect(text).not.toContain(paid);
		expect(text).not.toContain('payment.');
	}
});
test('who comes back is told what was missed before what happens meanwhile', async () => {
	const cursor = await latestCursor(house.services.db);
	const stream = await listen(cast.owner, null);
	const following = toldUntilAll(stream);
	const [missed, meanwhile] = [newId(), newId()];
	let backAgain: ReadableStream<Uint8Array> | undefined;
	const many = Array.from({ length: 200 }, (): Fact => ({ ...forAll, kind: 'attempt.changed' }));
	await tellAll(cast.system, [...many, { ...forAll, attemptId: missed }]);
	await following;
	const owner = { scope: cast.owner, sessionHash: await aDoor(house.services, cast.owner), address: newId() };
	// Nobody can read the news: neither the hub what is new, nor the one who comes back what was missed.
	const held = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	await held.begin(async (tx) => {
		await tx`lock table outbox in access exclusive mode`;
		await tx`insert into outbox (supplier_id, kind, attempt_id, created_at) values (${cast.supplierId}, 'time.moved', ${meanwhile}, now())`;
		const waiting = async (): Promise<number> => {
			const [row] = await tx<{ count: number }[]>`
				select count(*)::int as count from pg_locks where relation = 'outbox'::regclass and not granted`;
			return row!.count;
		};
		await expect.poll(waiting, WAITS).toBe(1);
		backAgain = hub.stream(
			owner,
			cursorSeal(house.config.secret).seal(cast.owner, cursor),
			new AbortController().signal
		)!;
		await expect.poll(waiting, WAITS).toBe(2);
	});
	await held.end();
	const text = await readUntil(backAgain!, (all) => [missed, meanwhile].every((word) => all.includes(word)));
	expect(text.indexOf(missed)).toBeGreaterThan(0);
	expect(text.indexOf(meanwhile)).toBeGreaterThan(text.indexOf(missed));
});
test('who was away while others did much is told its own all the same; behind very much, to read everything again', async () => {
	const busy = await aSupplier(house.services, 'acct_busy', 'Busy');
	const before = await latestCursor(house.services.db);
	const own = newId();
	const place = cursorSeal(house.config.secret).seal(cast.owner, before);
	await tellAll(busy.system, Array<Fact>(600).fill(forAll));
	await tellAll(cast.system, [{ ...forAll, kind: 'payment.received', attemptId: own }]);
	// The hub itself is past it.
	const watch = await listen(cast.owner, null);
	await tellAll(cast.system);
	await toldUntilAll(watch);
	const text = await readUntil(await listen(cast.owner, place), (all) => all.includes('time.moved'));
	expect(text).toContain(own);
	expect((await hub.since(cast.owner, place)).kinds).toEqual(['payment.received', 'time.moved']);
	await tellAll(busy.system, Array<Fact>(10_000).fill(forAll));
	const late = await readUntil(await listen(cast.owner, place), (all) => all.includes('event: news'));
	expect([late.includes(own), late.includes('time.moved')]).toEqual([false, true]);
	const polled = await hub.since(cast.owner, place);
	expect(polled.kinds).toEqual(['time.moved']);
	expect((await hub.since(cast.owner, polled.cursor)).kinds).toEqual([]);
});
test('a reader that takes nothing is let go', async () => {
	const before = hub.size;
	// Signed in: it is not let go for want of a door.
	const sessionHash = await aSession(house.services, cast.supplierId, 'member', cast.memberId);
	const stream = hub.stream({ scope: cast.owner, sessionHash, address: newId() }, null, new AbortController().signal)!;
	await expect.poll(() => hub.size).toBe(before + 1);
	await tellAll(cast.system, Array<Fact>(400).fill(forAll));
	await expect.poll(() => hub.size, { timeout: 10_000 }).toBe(before);
	await stream.cancel();
});
test('a link whose contact may neither receive nor see any more hears nothing further', async () => {
	const gone = await aPayer(house.services, cast, 'parti@client.example', 'Client parti');
	const invoiceId = await anInvoice(house.services, cast, { name: 'Client parti' });
	const stream = await listen(await aLink(invoiceId, gone), null);
	await inScope(house.services.db, cast.system, async (tx) => {
		await tx.update(contact).set({ isBilling: false, hasPortal: false }).where(eq(contact.contactId, gone.contactId));
		await recordFact(tx, cast.system, house.services.clock.now(), { ...forAll, kind: 'offers.changed' });
	});
	let text = '';
	for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) text += new TextDecoder().decode(chunk);
	expect(text).toContain('event: end');
});
