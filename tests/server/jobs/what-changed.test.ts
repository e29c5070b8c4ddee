// What goes through the suppliers by itself goes where something changed or is due, and forgets nobody: accounts at Stripe, what is open beside the books, what
// has served its time. That those who are idle cost nothing: idle.test.ts.
import postgres from 'postgres';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Services } from '#lib/server/services.ts';
import { newId } from '#lib/server/identity.ts';
import { idempotency, importFile, importJob, stripeAccount, unsettledObject } from '#lib/server/store/schema/index.ts';
import type { ImportState } from '#lib/domain/invoices/import-states.ts';
import { listAccountsDue, WATCHED_DAYS } from '#lib/server/store/stripe-accounts.ts';
import { noteUnsettled } from '#lib/server/store/stripe-books.ts';
import { commit, read } from '#lib/server/use-cases/run.ts';
import { compareOpen } from '#lib/server/use-cases/upkeep/compare-open.ts';
import { purgeExpired } from '#lib/server/use-cases/upkeep/purge-expired.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let superuser: postgres.Sql;
let cast: Cast;
let nth = 0;
beforeAll(async () => {
	house = await openHouse(['acct_1', 'acct_2', 'acct_3', 'acct_4', 'acct_5', 'acct_6', 'acct_7']);
	superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
	await superuser.end();
	await house.close();
});
let account: string;
beforeEach(async () => {
	account = `acct_${++nth}`;
	cast = await aSupplier(house.services, account, `Atelier ${nth}`);
});
const later = (days: number) => void (house.world.world.offsetMs += days * 86_400_000);
const isDue = async (days: number, orHeld = false) =>
	(await listAccountsDue(house.services.db, house.services.clock.now(), { days, orHeld })).some(
		(due) => due.account === account && due.supplierId === cast.supplierId
	);
async function aPayment(): Promise<void> {
	const payer = await aPayer(house.services, cast, `paul${nth}@roche.example`);
	const invoiceId = await anInvoice(house.services, cast, {});
	expect(await pay(house.services, payer, [invoiceId], 120_000, { account })).toMatchObject({ ok: true });
}
const change = (set: Partial<typeof stripeAccount.$inferSelect>) =>
	house.services.db.system.update(stripeAccount).set(set).where(eq(stripeAccount.account, account));

test('an account is asked while something of ours may move on it: often at first, and no more once nothing can', async () => {
	expect(await isDue(WATCHED_DAYS, true)).toBe(false);
	await aPayment();
	expect(await isDue(120)).toBe(true);
	later(121);
	expect([await isDue(120), await isDue(WATCHED_DAYS)]).toEqual([false, true]);
	later(WATCHED_DAYS - 121 + 1);
	expect(await isDue(WATCHED_DAYS)).toBe(false);
	// Each of them by itself is a reason.
	await change({ booksMinor: 0n as never, balanceMinor: 0n as never });
	expect(await isDue(WATCHED_DAYS, true)).toBe(false);
	await change({ booksMinor: 500n as never, balanceMinor: 500n as never });
	expect([await isDue(WATCHED_DAYS), await isDue(WATCHED_DAYS, true)]).toEqual([false, true]);
	await change({ booksMinor: 0n as never, balanceMinor: 1n as never });
	expect(await isDue(WATCHED_DAYS, true)).toBe(true);
	await change({ booksMinor: null, balanceMinor: null });
	await commit(house.services, cast.system, (tx) =>
		noteUnsettled(tx, cast.system, { account, objectId: 'pi_1', problem: 'x' }, house.services.clock.now())
	);
	expect(await isDue(WATCHED_DAYS)).toBe(true);
	await commit(house.services, cast.system, (tx) =>
		tx.delete(unsettledObject).where(eq(unsettledObject.supplierId, cast.supplierId))
	);
	expect(await isDue(WATCHED_DAYS)).toBe(false);
});
test('what Stripe tells of an account, and what is booked on it, is a move; one that is left, moved away or silent is not asked', async () => {
	const moves = [
		(
			at: string
		) => superuser`insert into stripe_event (supplier_id, stripe_event_id, stripe_account, type, object_id, state, tries, next_try_at, created_at, received_at)
			values (${cast.supplierId}, ${`evt_${newId()}`}, ${account}, 'payout.paid', 'po_1', 'done', 0, ${at}, ${at}, ${at})`,
		(at: string) =>
			superuser.begin(async (tx) => {
				const entryId = newId();
				await tx`insert into journal_entry (supplier_id, entry_id, kind, source_id, currency, stripe_account, booked_on, created_at)
				values (${cast.supplierId}, ${entryId}, 'payout', ${entryId}, 'EUR', ${account}, ${at}::timestamptz::date, ${at})`;
				await tx`insert into journal_line (supplier_id, entry_id, position, account, debit_minor, credit_minor) values
				(${cast.supplierId}, ${entryId}, 0, '580', 100, 0), (${cast.supplierId}, ${entryId}, 1, '511', 0, 100)`;
			})
	];
	for (const move of moves) {
		expect(await isDue(120)).toBe(false);
		await move(house.services.clock.now().toISOString());
		expect(await isDue(120)).toBe(true);
		later(121);
	}
	await aPayment();
	const now = house.services.clock.now();
	const silent = { silence: 'account_refused', silentSince: now, askAgainAt: now } as const;
	const answers = { silence: null, silentSince: null, askAgainAt: null, confirmedAt: null };
	for (const [set, undo] of [
		[{ ...silent, confirmedAt: now }, answers],
		[{ isMovedAway: true }, { isMovedAway: false }],
		[{ untilAt: new Date(now.getTime() - (WATCHED_DAYS + 1) * 86_400_000) }, { untilAt: null }]
	] as const) {
		await change(set);
		expect(await isDue(120)).toBe(false);
		await change(undo);
		expect(await isDue(120)).toBe(true);
	}
});

test('what is open: where news was about it the same night; what nobody wrote news of, a piece each night, and then from the beginning', async () => {
	const ids: string[] = [];
	for (let i = 0; i < 3; i++) ids.push(await anInvoice(house.services, cast, {}, { grossMinor: 1000 + i }));
	const error = vi.spyOn(house.services.log, 'error');
	const told = () => {
		const about = error.mock.calls.map(([said]) => (said as { about: string }).about);
		error.mockClear();
		return about.filter((one) => ids.includes(one));
	};
	await compareOpen(house.services);
	expect(told()).toEqual([]);
	// Changed within the hour: no piece of everything is looked at.
	await superuser`update open_item set taken_off_minor = 7 where invoice_id = ${ids[0]!}`;
	await compareOpen(house.services, { pieces: 0, invoices: 1 });
	expect(told()).toEqual([ids[0]]);
	later(2);
	await compareOpen(house.services, { pieces: 1, invoices: 5000 });
	told();
	// No news of it any more: found once its turn comes, among those of every supplier, and again the next time round.
	for (let time = 0; time < 2; time++) {
		let nights = 0;
		for (let seen: string[] = []; !seen.length && nights < 40; nights++) {
			await compareOpen(house.services, { pieces: 1, invoices: 2 });
			seen = told();
		}
		expect(nights).toBeGreaterThan(1);
		expect(nights).toBeLessThan(40);
	}
	await superuser`update open_item set taken_off_minor = 0 where invoice_id = ${ids[0]!}`;
	// A sum of a day that no invoice falls due on is seen with its supplier; the first night is what was left of this round.
	await superuser`insert into open_sum (supplier_id, currency, due_on, balance_minor, payable_minor, busy_minor, under_way_minor, elsewhere_minor, credit_minor, owed_count, payable_count)
		values (${cast.supplierId}, 'EUR', '2030-01-01', 1, 1, 0, 0, 0, 0, 1, 1)`;
	for (let night = 0; night < 2; night++) await compareOpen(house.services, { pieces: 1, invoices: 5000 });
	expect(error.mock.calls.map(([said]) => (said as { about: string }).about)).toEqual(['EUR 2030-01-01']);
	await superuser`delete from open_sum where due_on = '2030-01-01'`;
	error.mockRestore();
});

test('a supplier who can’t be compared keeps nothing from the others, and is compared the next night, as often as it takes', async () => {
	const other = await aSupplier(house.services, `acct_${++nth}`, `Atelier ${nth}`);
	const ids = [await anInvoice(house.services, cast, {}), await anInvoice(house.services, other, {})];
	const last = await anInvoice(house.services, cast, {});
	const error = vi.spyOn(house.services.log, 'error');
	const warn = vi.spyOn(house.services.log, 'warn');
	/** The database lets nobody into the work of one supplier. */
	const { app } = house.services.db;
	const failing = {
		...house.services,
		db: {
			...house.services.db,
			app: {
				transaction: (work: (tx: unknown) => Promise<unknown>) =>
					app.transaction(async (tx) => {
						const outcome = await work(tx);
						const [{ id }] = (await tx.execute(
							sql`select current_setting('ponctuel.supplier_id') as id`
						)) as unknown as [{ id: string }];
						if (id === cast.supplierId) throw new Error('not today');
						return outcome;
					})
			}
		}
	} as unknown as Services;
	const told = () => {
		const about = error.mock.calls.map(([said]) => (said as { about: string }).about);
		error.mockClear();
		return new Set(about.filter((one) => [...ids, last].includes(one)));
	};
	await superuser`update open_item set taken_off_minor = 7 where invoice_id = any(${ids})`;
	// Once round, so that the piece of the night begins anew.
	await compareOpen(house.services, { pieces: 1, invoices: 5000 });
	told();
	const aNight = (by: Services, invoices = 1) => compareOpen(by, { pieces: 1, invoices });
	// News of the first nights (an hour is looked at twice), and none of the third: it is not forgotten, and the piece of these nights is of somebody else.
	for (const others of [[ids[1]], [ids[1]], []]) {
		warn.mockClear();
		await aNight(failing);
		expect(warn.mock.calls.map(([said]) => (said as { objectId: string }).objectId)).toContain(cast.supplierId);
		expect(told()).toEqual(new Set(others));
		later(1);
	}
	await superuser`update open_item set taken_off_minor = 7 where invoice_id = ${last}`;
	await aNight(house.services);
	expect(told()).toEqual(new Set([ids[0], last]));
	later(1);
	await aNight(house.services);
	expect(told()).toEqual(new Set());
	// Nor does the piece that was its own go by.
	await aNight(failing, 5000);
	expect(told()).toEqual(new Set([ids[1]]));
	await aNight(house.services);
	expect(told()).toEqual(new Set([ids[0], last]));
	// And no longer than that.
	const known = await superuser`select progress from worked where progress ? 'since'`;
	expect(known).toHaveLength(1);
	expect(known[0]!['progress']).not.toHaveProperty('failed');
	await superuser`update open_item set taken_off_minor = 0 where invoice_id = any(${[...ids, last]})`;
	error.mockRestore();
	warn.mockRestore();
});

test('answers and files that have served their time go, in every supplier; what is being kept waits until it has ended', async () => {
	const old = house.services.clock.now();
	const other = await aSupplier(house.services, `acct_${++nth}`, 'Autre');
	const imports = [newId(), newId(), newId()] as const;
	const states: ImportState[] = ['ready', 'done', 'keeping'];
	const all = () =>
		superuser`select j.state, f.content is not null as has_content from import_job j join import_file f using (supplier_id, import_id)
			where supplier_id = ${cast.supplierId} order by import_id`.then((rows) =>
			rows.map((row) => [row['state'], row['has_content']])
		);
	await commit(house.services, cast.system, async (tx) => {
		for (const [i, importId] of imports.entries()) {
			const { supplierId } = cast;
			await tx.insert(importJob).values({
				supplierId,
				importId,
				state: states[i]!,
				openedBy: 'x',
				openedAt: old,
				confirmsItself: false,
				sendsMails: false,
				acceptsReview: false
			});
			await tx.insert(importFile).values({
				supplierId,
				importId,
				position: 0,
				fileName: 'a',
				sha256: 'a',
				byteSize: 1,
				content: Buffer.from('a')
			});
		}
	});
	const answersOf = (of: Cast) => read(house.services, of.system, (tx) => tx.$count(idempotency));
	for (const of of [cast, other])
		await commit(house.services, of.system, (tx) =>
			tx.insert(idempotency).values({ supplierId: of.supplierId, key: 'k', inputHash: 'h', createdAt: old })
		);
	later(6);
	await purgeExpired(house.services);
	expect([await answersOf(cast), await answersOf(other)]).toEqual([1, 1]);
	expect(await all()).toEqual([
		['ready', true],
		['done', true],
		['keeping', true]
	]);
	later(2);
	await purgeExpired(house.services);
	expect([await answersOf(cast), await answersOf(other)]).toEqual([0, 0]);
	expect(await all()).toEqual([
		['dropped', false],
		['done', false],
		['keeping', true]
	]);
	await superuser`update import_job set state = 'done' where state = 'keeping'`;
	await purgeExpired(house.services);
	expect(await all()).toEqual([
		['dropped', false],
		['done', false],
		['done', false]
	]);
});
