// Points follow the money, through the real ledger, the real database and Stripe's stand-in: earned when it is there, pending while it may come back, taken back
// when it does; twice the same message changes nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { required } from '#lib/domain/required.ts';
import { sumPointsMonths } from '#lib/server/store/points-figures.ts';
import { findLockedAccount, listAwardsAround } from '#lib/server/store/points.ts';
import { settleAward, settlingOf } from '#lib/server/use-cases/points/move-points.ts';
import { findPaymentOfIntent } from '#lib/server/store/payments-of-intents.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { closeDispute, openDispute } from '#sandbox/stripe/reversals.ts';
import type { Account } from '#sandbox/stripe/world.ts';
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
import { aProgramme, entriesOf, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let name: string;
let counter = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 40 }, (_, i) => `acct_points${i + 1}`));
});
afterAll(() => house.close());
/** A client of its own for each test, at one supplier whose programme is its own too. */
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	name = `Client ${counter}`;
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name);
});

const stage = stageOf(() => ({ house, cast }));
const { asSystem, inDays } = stage;
const account = () => `acct_points${counter}`;
const stripe = (): Account => house.world.world.accounts.get(account())!;
const points = () => pointsOf(house.services, cast, payer.clientId);
const story = () => entriesOf(house.services, cast, payer.clientId);
const intentOf = async (attemptId: string) =>
	(await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
const settle = (intentId: string) => settleIntent(house.services, cast.system, { account: account(), intentId });
const chargeOf = (intentId: string) => stripe().charges[stripe().payment_intents[intentId]!.latest_charge as string]!;

async function paid(grossMinor = 12_000, { dueIn = 10, method = 'pm_card_visa' } = {}) {
	const invoiceId = await anInvoice(house.services, cast, { name }, { grossMinor, dueOn: inDays(dueIn) });
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], grossMinor, { method, attemptId, account: account() });
	return { invoiceId, attemptId, intentId: await intentOf(attemptId) };
}

test('a card paid on time earns at once, and the same message twice earns once', async () => {
	await aProgramme(house.services, cast);
	const { intentId } = await paid(12_000);
	expect(await points()).toMatchObject({ balance: 120, pending: 0, left: 120 });
	await settle(intentId);
	await settle(intentId);
	expect(await story()).toEqual(['earned 120']);
});
test('late earns nothing, and the history says so', async () => {
	await aProgramme(house.services, cast);
	await paid(12_000, { dueIn: -1 });
	expect([await points(), await story()]).toMatchObject([{ balance: 0, pending: 0 }, []]);
});
test('on the due day itself, whatever the hour, it is on time', async () => {
	await aProgramme(house.services, cast);
	await paid(12_000, { dueIn: 0 });
	expect(await points()).toMatchObject({ balance: 120 });
});

describe('a SEPA debit', () => {
	test('is pending while it is under way, earned when it succeeds, counted from the day it was ordered', async () => {
		await aProgramme(house.services, cast);
		const { intentId } = await paid(12_000, { method: 'pm_success_fr', dueIn: 1 });
		expect(await points()).toMatchObject({ balance: 0, pending: 120 });
		await house.advance(20);
		await settle(intentId);
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 120, pending: 0 });
		expect(await story()).toEqual(['pending 0 (120)', 'earned 120 (-120)']);
	});
	test('that comes to nothing leaves nothing', async () => {
		await aProgramme(house.services, cast);
		const { intentId } = await paid(12_000, { method: 'pm_failed_fr' });
		await house.advance(20);
		await settle(intentId);
		expect(await story()).toEqual(['pending 0 (120)', 'reversed 0 (-120)']);
	});
	test('is final only after the days that the supplier asks for, and nobody has to do anything for it', async () => {
		await aProgramme(house.services, cast, { sepaVestingDays: 56 });
		const { intentId } = await paid(12_000, { method: 'pm_success_fr' });
		await house.advance(20);
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 0, pending: 120 });
		await house.advance(55);
		await house.drain();
		expect(await points()).toMatchObject({ balance: 0, pending: 120 });
		await house.advance(2);
		await house.drain();
		expect(await points()).toMatchObject({ balance: 120, pending: 0 });
	});
	test('that its payer sends back takes the points with it, below zero if they are spent', async () => {
		await aProgramme(house.services, cast);
		const { intentId } = await paid(12_000, { method: 'pm_success_fr' });
		await house.advance(20);
		await settle(intentId);
		expect((await story()).at(-1)).toBe('earned 120 (-120)');
		openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 0, pending: 0, tier: 0, earned: 0 });
		expect((await story()).at(-1)).toBe('reversed -120');
	});
});

describe('money that goes back takes its points with it', () => {
	const refund = async (intentId: string, cents: number) => {
		const payment = await asSystem((tx) => findPaymentOfIntent(tx, cast.system, intentId));
		const asked = { refundRequestId: newId(), paymentId: payment!.paymentId, amountMinor: BigInt(cents) as Minor };
		expect(await requestRefund(house.services, cast.owner, asked)).toMatchObject({ ok: true });
	};
	test('a refund in part, its part; a refund in full, all', async () => {
		await aProgramme(house.services, cast);
		const { intentId } = await paid(12_000);
		await refund(intentId, 3_000);
		expect(await points()).toMatchObject({ balance: 90 });
		await refund(intentId, 9_000);
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 0 });
		expect(await story()).toEqual(['earned 120', 'reversed -30', 'reversed -90']);
	});
	test('a dispute that is lost takes them, one that is won gives them back, and its tier', async () => {
		await aProgramme(house.services, cast);
		const { intentId } = await paid(60_000);
		expect(await points()).toMatchObject({ balance: 600, tier: 1 });
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 0, tier: 0 });
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle(intentId);
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 600, tier: 1 });
		expect(await story()).toEqual(['earned 600', 'reversed -600', 'earned 600']);
	});
	test('paid again after the dispute is after its day: nothing', async () => {
		await aProgramme(house.services, cast);
		const { invoiceId, intentId } = await paid(12_000, { dueIn: 0 });
		openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		await house.advance(1);
		await pay(house.services, payer, [invoiceId], 12_000, { account: account() });
		expect(await points()).toMatchObject({ balance: 0 });
	});
});

describe('whatever happens to it, points never stop money from being booked', () => {
	test('a rule that gives more than the ledger can hold gives as much as it can', async () => {
		await aProgramme(house.services, cast, { earning: { pointsPer: { points: 1_000_000, euroMinor: 1n as Minor } } });
		const { invoiceId } = await paid(900_000);
		expect([await stage.balanceOf(invoiceId), await points()]).toMatchObject([0n, { balance: 1_000_000_000 }]);
	});
	test('two movements under one name, as of a later day told first, are two changes of the ledger', async () => {
		await aProgramme(house.services, cast);
		const { attemptId } = await paid(12_000);
		const taken = (left: number) =>
			asSystem(async (tx) => {
				const now = house.services.clock.now();
				const account = required(await findLockedAccount(tx, cast.system, payer.clientId), 'account');
				const [award] = await listAwardsAround(tx, cast.system, attemptId);
				const moving = settlingOf({ tx, scope: cast.system, now, today: inDays(0), account });
				const target = { points: left, isFinal: true, finalOn: null, causeId: 'the later one' };
				return settleAward(moving, required(award, 'award'), target);
			});
		expect([await taken(100), await taken(100), await taken(70)]).toEqual([true, false, true]);
		expect(await points()).toMatchObject({ balance: 70, left: 70 });
	});
});
test('points that expired unused are not taken a second time when the money comes back', async () => {
	await aProgramme(house.services, cast, { expiry: { kind: 'months', months: 1 } });
	const { intentId } = await paid(12_000);
	await house.advance(40);
	await house.drain();
	expect(await points()).toMatchObject({ balance: 0 });
	const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
	await settle(intentId);
	expect(await points()).toMatchObject({ balance: 0, left: 0 });
	// The supplier's figures: earned and taken back; neither used nor expired in the end.
	const months = await asSystem((tx) => sumPointsMonths(tx, cast.system, inDays(-60)));
	const sum = (of: 'used' | 'expired') => months.reduce((all, month) => all + month[of], 0);
	expect([sum('used'), sum('expired')]).toEqual([0, 0]);
	closeDispute(house.world.world, stripe(), dispute, 'won');
	await settle(intentId);
	await house.drain();
	await house.advance(1);
	await house.drain();
	expect(await points()).toMatchObject({ balance: 0 });
});
test('what a part of a plan earns is what its own day gives, however early the schedule ordered it', async () => {
	await aProgramme(house.services, cast, { earning: { early: { bpsPerDay: 1000, maxDays: 20, withDiscount: true } } });
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{ name },
		{ grossMinor: 60_000, dueOn: inDays(58), issuedOn: inDays(0) }
	);
	const attemptId = newId();
	const method = { method: 'pm_success_fr', account: account(), attemptId };
	expect(await pay(house.services, payer, [invoiceId], 30_000, { option: 'plan_2', ...method })).toMatchObject({
		ok: true
	});
	await stage.live(40);
	const awards = await asSystem((tx) => listAwardsAround(tx, cast.system, attemptId));
	expect(awards.map(({ verdict, base, early }) => [verdict, base, early])).toEqual([
		['on_time', 300, 0],
		['on_time', 300, 0]
	]);
});

describe('rules are those of the day of the act', () => {
	test('a version published after it changes nothing of what was earned', async () => {
		await aProgramme(house.services, cast);
		const { intentId } = await paid(12_000, { method: 'pm_success_fr' });
		await house.advance(1);
		await aProgramme(house.services, cast, { earning: { pointsPer: { points: 10, euroMinor: 100n as Minor } } });
		await house.advance(20);
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 120 });
	});
	test('nothing was published yet: nothing is earned, and nothing is written', async () => {
		await paid(12_000);
		expect(await points()).toMatchObject({ balance: 0 });
	});
});

describe('what is given on top', () => {
	test('a series of invoices on time, once; a late one begins anew', async () => {
		await aProgramme(house.services, cast, { earning: { streak: { invoices: 3, points: 50 } } });
		await paid(1_000);
		await paid(1_000, { dueIn: -1 });
		expect(await points()).toMatchObject({ balance: 10, streak: 0 });
		await paid(1_000);
		await paid(1_000);
		expect(await points()).toMatchObject({ balance: 30, streak: 2 });
		const { intentId } = await paid(1_000);
		expect(await points()).toMatchObject({ balance: 90, streak: 0 });
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 90, streak: 0 });
		openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 30 });
	});
	test('the first payment on these pages, once', async () => {
		await aProgramme(house.services, cast, { earning: { firstOnline: 7 } });
		await paid(1_000);
		await paid(1_000);
		expect(await points()).toMatchObject({ balance: 27 });
	});
	test('a month gives no more because a payment was disputed, and won', async () => {
		await aProgramme(house.services, cast, { earning: { maxPerPeriod: { points: 100, period: 'year' } } });
		const { intentId } = await paid(12_000);
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		await paid(12_000);
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle(intentId);
		expect(await points()).toMatchObject({ balance: 100 });
	});
	test('limits of an invoice and of a month', async () => {
		await aProgramme(house.services, cast, {
			earning: { maxPerInvoice: 100, maxPerPeriod: { points: 150, period: 'month' } }
		});
		await paid(12_000);
		expect(await points()).toMatchObject({ balance: 100 });
		await paid(12_000);
		await paid(12_000);
		expect(await points()).toMatchObject({ balance: 150 });
	});
});
