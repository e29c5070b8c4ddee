// What becomes of points in the cases that the rules speak of one by one: contested, promised, late in part, with a discount, of several invoices, paid too much,
// credited afterwards, taken back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { holdInvoice } from '#lib/server/use-cases/invoices/hold-invoice.ts';
import { withdrawInvoices } from '#lib/server/use-cases/invoices/withdraw-invoices.ts';
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
import { acceptRules, aProgramme, awardsOf, entriesOf, givePoints, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { aTransfer } from '../../builders/transfers.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const account = () => `acct_rules${counter}`;
const name = () => `Client ${counter}`;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 20 }, (_, i) => `acct_rules${i + 1}`));
});
afterAll(() => house.close());
/** A point for each euro, and thirty for two invoices in a row. */
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name());
	await aProgramme(house.services, cast, { earning: { streak: { invoices: 3, points: 30 } } });
	await acceptRules(house.services, cast, payer);
});
const stage = stageOf(() => ({ house, cast }));
const { asSystem, inDays } = stage;
const points = () => pointsOf(house.services, cast, payer.clientId);
const story = () => entriesOf(house.services, cast, payer.clientId);
const bill = (grossMinor: number, dueIn: number, over = {}) =>
	anInvoice(
		house.services,
		cast,
		{ name: name() },
		{ grossMinor, dueOn: inDays(dueIn), issuedOn: inDays(-30), ...over }
	);
const buy = (invoiceIds: string[], amount: number, options: Parameters<typeof pay>[4] = {}) =>
	pay(house.services, payer, invoiceIds, amount, { account: account(), ...options });
const verdicts = async (invoiceId: string) =>
	(await awardsOf(house.services, cast, invoiceId)).map((award) => [award.verdict, award.points]);
const hold = (invoiceId: string, reason: 'disputed' | 'promised', days: number) =>
	holdInvoice(house.services, cast.owner, invoiceId, { reason, until: inDays(days) });

describe('paid after its day', () => {
	/** One invoice on time before: a series of one. */
	beforeEach(async () => {
		expect(await buy([await bill(1_000, 5)], 1_000)).toMatchObject({ ok: true });
		expect(await points()).toMatchObject({ balance: 10, streak: 1 });
	});
	test('contested in good faith: it earns nothing, and the series goes on as it was', async () => {
		const invoiceId = await bill(10_000, -2);
		await hold(invoiceId, 'disputed', 20);
		await buy([invoiceId], 10_000);
		expect(await verdicts(invoiceId)).toEqual([['neutral', 0]]);
		expect(await points()).toMatchObject({ balance: 10, streak: 1 });
	});
	test('promised, and paid by the promised day: the same', async () => {
		const invoiceId = await bill(10_000, -2);
		await hold(invoiceId, 'promised', 3);
		await house.advance(3);
		await buy([invoiceId], 10_000);
		expect(await verdicts(invoiceId)).toEqual([['neutral', 0]]);
		expect(await points()).toMatchObject({ balance: 10, streak: 1 });
	});
	test('promised, and paid after that day: late, and the series begins anew', async () => {
		const invoiceId = await bill(10_000, -2);
		await hold(invoiceId, 'promised', 3);
		await house.advance(4);
		await buy([invoiceId], 10_000);
		expect(await verdicts(invoiceId)).toEqual([['late', 0]]);
		expect(await points()).toMatchObject({ balance: 10, streak: 0 });
	});
	test('contested, and paid by its day all the same: on time', async () => {
		const invoiceId = await bill(10_000, 2);
		await hold(invoiceId, 'disputed', 20);
		await buy([invoiceId], 10_000);
		expect(await points()).toMatchObject({ balance: 110, streak: 2 });
	});
});

test('a plan with a late part: that part earns nothing, the others what they earn, and the invoice counts as late', async () => {
	await anOffer(house.services, cast, {
		discount: null,
		instalments: instalments({ spacing: { unit: 'day', every: 4 } })
	});
	const invoiceId = await bill(60_000, 30, { issuedOn: inDays(0) });
	expect(await buy([invoiceId], 30_000, { option: 'plan_2' })).toMatchObject({ ok: true });
	await stage.live(3);
	house.world.world.forced.card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
	await stage.live(2);
	house.world.world.forced.card = 'pm_card_visa';
	await stage.live(12);
	expect((await stage.planOf(invoiceId)).status).toBe('completed');
	expect(await verdicts(invoiceId)).toEqual([
		['on_time', 300],
		['late', 0]
	]);
	expect(await points()).toMatchObject({ balance: 300, streak: 0 });
});

test('the discount for paying early and points on one invoice: of what was paid, which is less', async () => {
	await anOffer(house.services, cast);
	const invoiceId = await bill(10_000, 25, { issuedOn: inDays(0) });
	expect(await buy([invoiceId], 9_800, { option: 'early' })).toMatchObject({ ok: true, value: { status: 'paid' } });
	expect(await points()).toMatchObject({ balance: 98, streak: 1 });
});

test('several invoices in one payment: each by its own day', async () => {
	const [onTime, late] = [await bill(10_000, 5), await bill(5_000, -1)];
	expect(await buy([onTime, late], 15_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
	expect([await verdicts(onTime), await verdicts(late)]).toEqual([[['on_time', 100]], [['late', 0]]]);
	expect(await points()).toMatchObject({ balance: 100 });
});

test('more than is owed came by transfer: what pays the invoice earns, what is over does not', async () => {
	const invoiceId = await bill(10_000, 5);
	await aTransfer(house.services, cast, { on: inDays(0), amount: '150,00', invoiceIds: [invoiceId] });
	expect(await stage.balanceOf(invoiceId)).toBe(0n);
	expect(await points()).toMatchObject({ balance: 100, streak: 1 });
});

test('a credit note afterwards: points follow the money, which stands', async () => {
	const number = `CN-${counter}`;
	const invoiceId = await bill(12_000, 5, { number });
	await buy([invoiceId], 12_000);
	const credit = {
		number: `AV-${number}`,
		issued_on: inDays(0),
		due_on: inDays(0),
		type_code: '381',
		preceding_number: number,
		client: { name: name() },
		net_minor: '5000',
		vat_lines: [{ rate_bps: 2000, base_minor: '5000', vat_minor: '1000' }],
		gross_minor: '6000'
	};
	const bytes = new TextEncoder().encode(JSON.stringify({ invoices: [credit] }));
	const read = await importInvoices(house.services, cast.owner, [{ name: 'avoir.json', bytes }], { sendMails: false });
	expect(read.ok && read.value[0]?.outcome).toBe('new');
	await house.drain();
	expect([await points(), await story()]).toMatchObject([{ balance: 120, streak: 1 }, ['earned 120']]);
});

test('an invoice that is withdrawn: not once money has touched it; before, points held by a refused try are the client’s again', async () => {
	await givePoints(house.services, cast, payer.clientId, 200);
	const [paid, open] = [await bill(12_000, 5), await bill(12_000, 5)];
	await buy([paid], 12_000);
	await buy([open], 11_000, { usePoints: 200, method: 'pm_card_chargeDeclinedExpiredCard', attemptId: newId() });
	const withdraw = (invoiceId: string) =>
		asSystem((tx) => withdrawInvoices(tx, cast.owner, [invoiceId], house.services.clock.now()));
	expect(await withdraw(paid)).toHaveLength(1);
	const before = await points();
	expect(before).toMatchObject({ balance: 320, streak: 1 });
	expect(await withdraw(open)).toEqual([]);
	await house.drain();
	expect(await points()).toEqual(before);
});
