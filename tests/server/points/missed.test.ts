// Money is never stopped by its points: they follow right after its commit, in a transaction of their own. What goes wrong with them is noted and tried again,
// and a worker that dies leaves them to another.
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addMonths, daysBetween } from '#lib/domain/calendar/civil-date.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import { newId } from '#lib/server/identity.ts';
import { lockAttempt } from '#lib/server/store/attempts.ts';
import { askForWork, claimDueWork, forgetWork } from '#lib/server/store/due-work.ts';
import { lockInvoices } from '#lib/server/store/lock-invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { sendNextMail } from '#lib/server/use-cases/sending/send-next-mail.ts';
import { followDuePoints } from '#lib/server/use-cases/points/follow-due-points.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, givePoints, pointsFollow, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { aTransfer } from '../../builders/transfers.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let superuser: postgres.Sql;
let counter = 0;
const DAY_MS = 86_400_000;
const account = () => `acct_missed${counter}`;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 18 }, (_, i) => `acct_missed${i + 1}`));
	superuser = postgres(house.databaseUrl, { max: 2, onnotice: () => {} });
	await superuser.unsafe(
		`create function breaks() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`
	);
});
afterAll(async () => {
	await superuser.end();
	await house.close();
});
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`);
	await aProgramme(house.services, cast);
});
const stage = stageOf(() => ({ house, cast }));
const bill = (grossMinor = 10_000) =>
	anInvoice(house.services, cast, {}, { grossMinor, dueOn: stage.inDays(10), issuedOn: stage.inDays(0) });
const buy = (invoiceId: string, amount: number, more = {}) =>
	pay(house.services, payer, [invoiceId], amount, { account: account(), noWorker: true, ...more });
/** Takes them in hand, and does nothing with them. */
const claimPoints = async (leaseMs: number) =>
	(
		await claimDueWork(house.services.db, house.services.clock.now(), {
			pool: 'nobody',
			leases: { points: leaseMs },
			perLane: 20,
			limit: 20
		})
	).work;
const story = () => entriesOf(house.services, cast, payer.clientId);
const points = () => pointsOf(house.services, cast, payer.clientId);

/** What waits, as the database has it. */
const waiting = async () =>
	(await superuser`select failures, error from due_work order by due_at`).map(({ failures, error }) => [
		failures as number,
		error as string | null
	]);

/** What the database itself would refuse: an entry, or at commit that it does not add up. */
const FAULTS = {
	entry: {
		begins: 'create trigger breaks before insert on points_entry for each row execute function breaks()',
		ends: 'drop trigger breaks on points_entry'
	},
	sum: {
		begins: `do $$ begin execute replace(pg_get_functiondef('check_points_add_up'::regproc), 'begin', 'begin raise exception ''broken'';'); end $$`,
		ends: `do $$ begin execute replace(pg_get_functiondef('check_points_add_up'::regproc), 'begin raise exception ''broken'';', 'begin'); end $$`
	}
};
test.each(['entry', 'sum'] as const)(
	'a payment is booked though the database refuses its points (%s); they follow it later, once',
	async (which) => {
		await superuser.unsafe(FAULTS[which].begins);
		const invoiceId = await bill();
		expect(await buy(invoiceId, 10_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect([await stage.balanceOf(invoiceId), await waiting()]).toEqual([0n, [[0, null]]]);
		expect([await story(), await waiting()]).toEqual([[], [[1, expect.stringContaining('broken')]]]);
		// Not again at once: later, and then less and less often.
		expect([await story(), (await waiting())[0]?.[0]]).toEqual([[], 1]);
		await house.advance(1);
		expect([await story(), (await waiting())[0]?.[0]]).toEqual([[], 2]);
		await superuser.unsafe(FAULTS[which].ends);
		await house.advance(1);
		await house.drain();
		expect([await story(), await waiting()]).toEqual([['earned 100'], []]);
		expect(await points()).toMatchObject({ balance: 100, left: 100 });
	}
);

test('points of a try that came to nothing are given back later, when giving them back failed', async () => {
	await acceptRules(house.services, cast, payer);
	await givePoints(house.services, cast, payer.clientId, 300);
	const invoiceId = await bill();
	await superuser.unsafe(
		"create trigger breaks before insert on points_entry for each row when (new.kind = 'given_back') execute function breaks()"
	);
	const refused = await buy(invoiceId, 9_500, {
		usePoints: 100,
		method: 'pm_card_visa_chargeDeclined',
		attemptId: newId()
	});
	expect(refused).toMatchObject({ ok: true, value: { status: 'declined' } });
	expect(await points()).toMatchObject({ balance: 200 });
	await superuser.unsafe(FAULTS.entry.ends);
	await house.advance(1);
	expect([await story(), await waiting()]).toEqual([['adjusted 300', 'spent -100', 'given_back 100'], []]);
});

test('a payment does not wait for whoever has the account of the client in hand', async () => {
	await buy(await bill(), 10_000);
	await pointsFollow(house.services);
	const invoiceId = await bill();
	await superuser.begin(async (tx) => {
		const held = await tx`select from points_account where client_id = ${payer.clientId} for update`;
		expect(held.count).toBe(1);
		expect(await buy(invoiceId, 10_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
	});
	expect(await story()).toEqual(['earned 100', 'earned 100']);
});

test('points do not wait for whoever has their money in hand: else the two wait for each other', async () => {
	const invoiceId = await bill();
	await buy(invoiceId, 10_000);
	await superuser.begin(async (tx) => {
		const held = [
			await tx`select from invoice where invoice_id = ${invoiceId} for no key update`,
			await tx`select from payment_attempt where client_id = ${payer.clientId} for no key update`
		];
		expect(held.map(({ count }) => count)).toEqual([1, 1]);
		expect(await story()).toEqual(['earned 100']);
	});
	// And this is how money is held.
	await inScope(house.services.db, cast.system, async (tx) => {
		await lockInvoices(tx, cast.system, [invoiceId]);
		for (const {
			attempt_id
		} of await superuser`select attempt_id from payment_attempt where client_id = ${payer.clientId}`)
			await lockAttempt(tx, cast.system, attempt_id as string);
		await superuser.begin(async (other) => {
			await other`set local lock_timeout = '1s'`;
			await other`select from invoice where invoice_id = ${invoiceId} for key share`;
			await other`select from payment_attempt where client_id = ${payer.clientId} for key share`;
		});
	});
});

test('a worker that dies leaves them to another, and what is asked for while they are in hand is done as well', async () => {
	const { services } = house;
	await buy(await bill(), 10_000);
	const [work] = await claimPoints(60_000);
	if (!work) throw new Error('nothing is due');
	expect(work).toMatchObject({ job: 'points', failures: 0, clientId: payer.clientId });
	// In somebody's hands, nobody else takes them.
	expect([await doDueWork(services, ['points']), await waiting()]).toEqual([false, [[0, null]]]);
	// It was done, and its money moved meanwhile: looked at once more.
	await inScope(services.db, cast.system, (tx) => askForWork(tx, cast.system, { ...work, at: services.clock.now() }));
	await forgetWork(services.db, work);
	expect(await waiting()).toEqual([[0, null]]);
	expect([await story(), await waiting()]).toEqual([['earned 100'], []]);
	// Somebody else has done it since, and it is asked for anew: what the slow one says of it counts no more.
	await buy(await bill(), 10_000);
	const [anew] = await claimPoints(0);
	if (!anew) throw new Error('nothing is due');
	await forgetWork(services.db, anew);
	await inScope(services.db, cast.system, (tx) =>
		askForWork(tx, cast.system, { ...anew, at: new Date(anew.askedAt.getTime() + 5) })
	);
	await forgetWork(services.db, anew);
	expect(await waiting()).toEqual([[0, null]]);
	expect([await story(), await waiting()]).toEqual([['earned 100', 'earned 100'], []]);
	// He died before he did anything: the lease ends.
	await buy(await bill(), 10_000);
	await claimPoints(60_000);
	expect([await story(), await waiting()]).toEqual([['earned 100', 'earned 100'], [[0, null]]]);
	await house.advance(1);
	expect([await story(), await waiting()]).toEqual([['earned 100', 'earned 100', 'earned 100'], []]);
});

test('twice is as good as once, two at a time too', async () => {
	const { services } = house;
	await buy(await bill(), 10_000);
	const [work] = await claimPoints(0);
	if (!work) throw new Error('nothing is due');
	await Promise.all([followDuePoints(services, cast.system, work), followDuePoints(services, cast.system, work)]);
	await followDuePoints(services, cast.system, work);
	expect(await story()).toEqual(['earned 100']);
});

test('whoever looks at the invoice by its link hears of its points, and of nobody else’s', async () => {
	const invoiceId = await bill();
	await buy(invoiceId, 10_000);
	await pointsFollow(house.services);
	const news = await superuser`select client_id, invoice_id from outbox where kind = 'points.changed'`;
	expect(news.filter((one) => one.client_id === payer.clientId)).toEqual([
		{ client_id: payer.clientId, invoice_id: invoiceId }
	]);
});

test('the receipt waits for its points, two minutes at most, and not for those that failed', async () => {
	const { services, world } = house;
	const receipts = async () => {
		while (await sendNextMail(services));
		const mails = world.mailbox.mails.filter(({ subject }) => /reçu/.test(subject)).slice(before);
		return mails.map(({ text }) => /\+100 points/.test(text));
	};
	await house.drain();
	const before = world.mailbox.mails.filter(({ subject }) => /reçu/.test(subject)).length;
	await buy(await bill(), 10_000);
	expect(await receipts()).toEqual([]);
	await pointsFollow(services);
	// It is looked at again a second later, not before.
	expect(await receipts()).toEqual([]);
	world.world.offsetMs += 1000;
	expect(await receipts()).toEqual([true]);
	// Nobody comes for them, though their money is looked at again and again.
	await buy(await bill(), 10_000);
	world.world.offsetMs += 100_000;
	expect(await receipts()).toEqual([true]);
	await superuser`update due_work set asked_at = ${services.clock.now()} where job = 'points'`;
	world.world.offsetMs += 30_000;
	expect(await receipts()).toEqual([true, false]);
	// They failed: not the receipt's affair.
	await superuser.unsafe(FAULTS.entry.begins);
	await buy(await bill(), 10_000);
	await pointsFollow(services);
	await superuser.unsafe(FAULTS.entry.ends);
	expect(await receipts()).toEqual([true, false, false]);
});

test('whoever puts a receipt back rings when it is to be looked at again', async () => {
	await house.drain();
	await buy(await bill(), 10_000);
	let rings = 0;
	const services = { ...house.services, signal: () => void (rings += 1) };
	while (await sendNextMail(services));
	expect(rings).toBe(0);
	await expect.poll(() => rings, { timeout: 5000 }).toBe(1);
	await pointsFollow(house.services);
});

test('while a receipt waits for its points, the mails behind it leave', async () => {
	const { services, world } = house;
	await house.drain();
	const told = () => world.mailbox.mails.filter(({ to }) => to.includes(payer.email)).map(({ subject }) => subject);
	const before = told().length;
	await buy(await bill(), 10_000);
	const next = await anInvoice(services, cast, {}, { grossMinor: 10_000, sendMails: true });
	while (await sendNextMail(services));
	const { number } = await stage.invoiceNow(next);
	expect(told().slice(before)).toEqual([expect.stringContaining(number)]);
	await pointsFollow(services);
	world.world.offsetMs += 1000;
	while (await sendNextMail(services));
	expect(told().slice(before)).toEqual([expect.stringContaining(number), expect.stringMatching(/reçu/)]);
});

describe('two payments of one client, before either was followed', () => {
	test('the first one online brings the bonus for it, once', async () => {
		await aProgramme(house.services, cast, { earning: { firstOnline: 50 } });
		await buy(await bill(), 10_000);
		await buy(await bill(), 10_000);
		expect((await story()).sort()).toEqual(['earned 100', 'earned 100', 'earned 50']);
	});
	test('an invoice of which the rest was paid late is no invoice on time', async () => {
		await aProgramme(house.services, cast, { earning: { streak: { invoices: 1, points: 30 } } });
		const inTime = await anInvoice(
			house.services,
			cast,
			{},
			{ grossMinor: 10_000, dueOn: stage.inDays(2), issuedOn: stage.inDays(0) }
		);
		const whole = await bill();
		await transferred(inTime, '40,00');
		house.world.world.offsetMs += 4 * DAY_MS;
		await transferred(inTime, '60,00');
		expect(await stage.balanceOf(inTime)).toBe(0n);
		expect(await story()).toEqual(['earned 40']);
		expect(await points()).toMatchObject({ streak: 0 });
		// Another, in two pieces on time.
		await transferred(whole, '40,00');
		await transferred(whole, '60,00');
		expect((await story()).sort()).toEqual(['earned 30', 'earned 40', 'earned 40', 'earned 60']);
	});
});

describe('followed days later, as if it had been at once', () => {
	const tiers = [0, 500].map((threshold, i) => ({
		name: { fr: ['Bronze', 'Argent'][i] ?? '', en: '' },
		threshold,
		multiplierBps: [10_000, 20_000][i] ?? 0,
		perk: null
	}));
	test('the tier that multiplies is the one of the day of the act: ended meanwhile, it was still there', async () => {
		await aProgramme(house.services, cast, { expiry: null, tiers });
		await buy(await bill(60_000), 60_000);
		expect(await points()).toMatchObject({ balance: 600, tier: 1 });
		await house.advance(daysBetween(stage.inDays(0), addMonths(stage.inDays(0), 12)) - 1);
		await buy(await bill(), 10_000);
		house.world.world.offsetMs += 3 * DAY_MS;
		expect(await story()).toEqual(['earned 600', 'earned 200']);
		expect(await points()).toMatchObject({ tier: 0 });
	});
	test('reached meanwhile, it was not there yet, and a better one is no gain of waiting', async () => {
		await aProgramme(house.services, cast, { tiers });
		await buy(await bill(), 10_000);
		// Somebody died with the first in hand.
		await claimPoints(2 * DAY_MS + 3_600_000);
		await house.advance(2);
		await buy(await bill(60_000), 60_000);
		expect(await points()).toMatchObject({ balance: 600, tier: 1 });
		await house.advance(1);
		expect(await story()).toEqual(['earned 600', 'earned 100']);
	});
	test('the bonus of a plan comes once, with its last part, by the rules of then', async () => {
		await aProgramme(house.services, cast, { earning: { planFinished: 700 } });
		await anOffer(house.services, cast, {
			discount: null,
			instalments: instalments({ spacing: { unit: 'day', every: 4 } })
		});
		await superuser.unsafe(FAULTS.entry.begins);
		const invoiceId = await bill(60_000);
		const plan = { option: 'plan_2', noWorker: true } as const;
		expect(await buy(invoiceId, 30_000, plan)).toMatchObject({ ok: true });
		await stage.live(4);
		expect((await stage.planOf(invoiceId)).status).toBe('completed');
		await house.advance(1);
		await aProgramme(house.services, cast, { earning: { planFinished: 9 } });
		await stage.live(3);
		expect(await waiting()).toEqual([
			[expect.any(Number), expect.stringContaining('broken')],
			[expect.any(Number), expect.stringContaining('broken')]
		]);
		await superuser.unsafe(FAULTS.entry.ends);
		await house.advance(1);
		await house.drain();
		expect((await story()).sort()).toEqual(['earned 300', 'earned 300', 'earned 700']);
		expect(await points()).toMatchObject({ balance: 1300, left: 1300 });
	});
	test('the bonus of a plan is by the rules of its last part, though another part is followed after it', async () => {
		await aProgramme(house.services, cast, { earning: { planFinished: 700 } });
		await anOffer(house.services, cast, {
			discount: null,
			instalments: instalments({ spacing: { unit: 'day', every: 4 } })
		});
		const attemptId = newId();
		await superuser.unsafe(
			`create trigger breaks before insert on points_award for each row when (new.attempt_id = '${attemptId}') execute function breaks()`
		);
		const invoiceId = await bill(60_000);
		expect(await buy(invoiceId, 30_000, { option: 'plan_2', attemptId })).toMatchObject({ ok: true });
		await stage.live(2);
		await aProgramme(house.services, cast, { earning: { planFinished: 500 } });
		await stage.live(2);
		expect((await stage.planOf(invoiceId)).status).toBe('completed');
		expect(await story()).toEqual(['earned 300']);
		await superuser.unsafe('drop trigger breaks on points_award');
		await house.advance(1);
		await house.drain();
		expect((await story()).sort()).toEqual(['earned 300', 'earned 300', 'earned 500']);
	});
});
const transferred = (invoiceId: string, amount: string) =>
	aTransfer(house.services, cast, { on: stage.inDays(0), amount, invoiceIds: [invoiceId] });
