// The worker: woken by a signal, by the clock when the signal is lost, and as fresh after a month as on the first day.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBell } from '#lib/server/jobs/bell.ts';
import { startWorker } from '#lib/server/jobs/worker.ts';
import { requestSignIn } from '#lib/server/use-cases/access/request-sign-in.ts';
import { sendNextSignIn } from '#lib/server/use-cases/access/send-sign-in.ts';
import { purgeExpired } from '#lib/server/use-cases/upkeep/purge-expired.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());

test('a ring in the middle of work is heard, and a hundred thousand rings leave nothing behind', async () => {
	const bell = makeBell();
	const heard: string[] = [];
	const during = bell.nextRing().then(() => heard.push('during'));
	bell.ring();
	await during;
	void bell.nextRing().then(() => heard.push('after'));
	await Promise.resolve();
	expect(heard).toEqual(['during']);
	for (let i = 0; i < 100_000; i++) {
		const wait = bell.nextRing();
		bell.ring();
		await wait;
	}
	expect(heard).toEqual(['during', 'after']);
});
test('woken, it sends; stopped, it stops in the middle of nothing', async () => {
	await aPayer(house.services, cast, 'reveil@client.example', 'Réveil');
	const worker = startWorker(house.services);
	await requestSignIn(house.services, {
		email: 'reveil@client.example',
		browserSecret: 'x'.repeat(43),
		ip: '127.0.0.1',
		locale: 'fr'
	});
	worker.wake();
	await expect
		.poll(() => house.world.mailbox.mails.some((mail) => mail.to.includes('reveil@client.example')), {
			timeout: 10_000
		})
		.toBe(true);
	await worker.stop();
});
test('with the mail server down, a sign-in is tried again later and sent once', async () => {
	const brewery = await aSupplier(house.services, 'acct_canuts', 'Brasserie');
	await aPayer(house.services, brewery, 'patience@client.example', 'Patience');
	const down = {
		...house.services,
		mail: { ...house.services.mail, send: async () => ({ kind: 'later' as const, problem: 'down' }) }
	};
	await requestSignIn(down, {
		email: 'patience@client.example',
		browserSecret: 'y'.repeat(43),
		ip: '127.0.0.2',
		locale: 'fr'
	});
	expect(await sendNextSignIn(down)).toBe(true);
	expect(await sendNextSignIn(down)).toBe(false);
	house.world.world.offsetMs += 11_000;
	expect(await sendNextSignIn(house.services)).toBe(true);
	expect(await sendNextSignIn(house.services)).toBe(false);
	expect(house.world.mailbox.mails.filter((mail) => mail.to.includes('patience@client.example'))).toHaveLength(1);
});
test('what has served its time is deleted, books are not', async () => {
	const payer = await aPayer(house.services, cast, 'livres@client.example', 'Livres');
	const invoiceId = await anInvoice(house.services, cast, { name: 'Livres' });
	expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({ ok: true });
	await house.drain();
	house.world.world.offsetMs += 8 * 86_400_000;
	const count = async (table: string) =>
		Number((await house.services.db.system.execute(sql.raw(`select count(*) as n from ${table}`)))[0]!.n);
	expect(await count('sign_in_request')).toBeGreaterThan(0);
	// As the superuser: what of the books there is, whoever may see it.
	const admin = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	const books = async () => {
		const [row] =
			await admin`select (select count(*) from journal_entry) as entries, (select count(*) from journal_line) as lines,
			(select count(*) from payment) as payments, (select count(*) from allocation) as allocations, (select count(*) from invoice) as invoices,
			(select count(*) from audit) as audits, (select count(*) from document) as documents`;
		return { ...row! };
	};
	const before = await books();
	expect(
		Object.values(before)
			.map(Number)
			.every((rows) => rows > 0)
	).toBe(true);
	await purgeExpired(house.services);
	expect([await count('sign_in_request'), await count('sign_in'), await count('outbox')]).toEqual([0, 0, 0]);
	expect(await books()).toEqual(before);
	await admin.end();
});
