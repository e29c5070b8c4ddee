// Money is never stopped by its points: a fault in them is undone alone and noted with the payment, and they follow it as soon as they can.
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { listMissed } from '#lib/server/store/points-missed.ts';
import { followMissed } from '#lib/server/use-cases/points/follow-missed.ts';
import { anInvoice, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, givePoints, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let superuser: postgres.Sql;
let counter = 0;
const account = () => `acct_missed${counter}`;
beforeAll(async () => {
	house = await openHouse(['acct_missed1', 'acct_missed2', 'acct_missed3']);
	superuser = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
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
	pay(house.services, payer, [invoiceId], amount, { account: account(), ...more });
const story = () => entriesOf(house.services, cast, payer.clientId);
const points = () => pointsOf(house.services, cast, payer.clientId);

const missed = async () => (await listMissed(house.services.db)).map(({ times, error }) => [times, error]);

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
		expect([await stage.balanceOf(invoiceId), await story()]).toEqual([0n, []]);
		expect(await missed()).toEqual([[1, expect.stringContaining('broken')]]);
		await followMissed(house.services);
		expect([await story(), (await missed()).length]).toEqual([[], 1]);
		await superuser.unsafe(FAULTS[which].ends);
		await house.drain();
		await house.advance(1);
		await house.drain();
		expect([await story(), await missed()]).toEqual([['earned 100'], []]);
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
	await followMissed(house.services);
	expect([await story(), await missed()]).toEqual([['adjusted 300', 'spent -100', 'given_back 100'], []]);
});
