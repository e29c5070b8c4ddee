// What is given on top of payments: for a plan, a series, a first payment. For what really happened, and taken back and given again with it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { required } from '#lib/domain/required.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { answerReschedule, askReschedule } from '#lib/server/use-cases/plans/reschedule-instalment.ts';
import { readTrial } from '#lib/server/use-cases/points/read-programme.ts';
import { closeDispute, openDispute } from '#sandbox/stripe/reversals.ts';
import type { Account } from '#sandbox/stripe/world.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
	aSupplier,
	FROM,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { aProgramme, awardsOf, PLAIN_TERMS, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let name: string;
let counter = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 12 }, (_, i) => `acct_bonus${i + 1}`));
});
afterAll(() => house.close());
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	name = `Client ${counter}`;
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name);
});
const { asSystem, inDays, live, planOf } = stageOf(() => ({ house, cast }));
const account = () => `acct_bonus${counter}`;
const stripe = (): Account => required(house.world.world.accounts.get(account()), 'account');
const points = () => pointsOf(house.services, cast, payer.clientId);
const bonuses = async (invoiceId: string) =>
	(await awardsOf(house.services, cast, invoiceId))
		.filter((award) => award.kind !== 'payment')
		.map(({ kind, points: all, earnedPoints }) => [kind, all, earnedPoints]);

describe('a plan finished without a refusal', () => {
	// More than an invoice may give: its limit is not one for what is given on top.
	const earning = { planFinished: 700, maxPerInvoice: 610 };
	async function aPlan(method = 'pm_card_visa') {
		await aProgramme(house.services, cast, { earning });
		await anOffer(house.services, cast, {
			discount: null,
			instalments: instalments({ spacing: { unit: 'day', every: 4 } })
		});
		const over = { grossMinor: 60_000, dueOn: inDays(30), issuedOn: inDays(0) };
		const invoiceId = await anInvoice(house.services, cast, { name }, over);
		const plan = { option: 'plan_2', method, account: account() } as const;
		expect(await pay(house.services, payer, [invoiceId], 30_000, plan)).toMatchObject({ ok: true });
		return { invoiceId, planId: (await planOf(invoiceId)).planId };
	}
	/** What the same rules would have given for it, tried on the past. */
	const tried = async () => {
		const terms = { ...PLAIN_TERMS, earning: { ...PLAIN_TERMS.earning, ...earning } };
		return (await readTrial(house.services, cast.owner, terms)).points;
	};

	test('brings its bonus once, tried on the past as well', async () => {
		const { invoiceId } = await aPlan();
		await live(4);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await bonuses(invoiceId)).toEqual([['plan', 700, 700]]);
		expect([await points(), await tried()]).toMatchObject([{ balance: 1300 }, 1300]);
	});
	test('one whose part was refused, and then put off by agreement, brings none: the agreement wipes out the counter, not what happened', async () => {
		const { invoiceId, planId } = await aPlan();
		await live(3);
		house.world.world.forced.card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
		await live(1);
		expect((await planOf(invoiceId)).instalments[1]).toMatchObject({ status: 'retrying', failures: 1 });
		const instalment = { planId, position: 2 };
		expect(await askReschedule(house.services, cast.owner, { ...instalment, toOn: inDays(3) })).toMatchObject({
			ok: true
		});
		expect(
			await answerReschedule(house.services, payer.scope, { ...instalment, toOn: inDays(3), accepts: true }, FROM)
		).toMatchObject({
			ok: true
		});
		house.world.world.forced.card = 'pm_card_visa';
		await live(3);
		expect((await planOf(invoiceId)).instalments[1]).toMatchObject({ status: 'paid', failures: 0 });
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await bonuses(invoiceId)).toEqual([]);
		expect([await points(), await tried()]).toMatchObject([{ balance: 600 }, 600]);
	});
	test('a part that the schedule takes two days late is paid on its day all the same, tried on the past as well', async () => {
		const { invoiceId } = await aPlan();
		await house.advance(6);
		await live(1);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await bonuses(invoiceId)).toEqual([['plan', 700, 700]]);
		expect([await points(), await tried()]).toMatchObject([{ balance: 1300 }, 1300]);
	});
	test('put off by agreement without any refusal, it brings its bonus', async () => {
		const { invoiceId, planId } = await aPlan();
		const instalment = { planId, position: 2 };
		await askReschedule(house.services, cast.owner, { ...instalment, toOn: inDays(6) });
		expect(
			await answerReschedule(house.services, payer.scope, { ...instalment, toOn: inDays(6), accepts: true }, FROM)
		).toMatchObject({
			ok: true
		});
		await live(6);
		expect(await bonuses(invoiceId)).toEqual([['plan', 700, 700]]);
		expect(await tried()).toBe(1300);
	});
	test('over several invoices, it is final with the last of its money, whichever invoice that is of', async () => {
		await aProgramme(house.services, cast, { earning, sepaVestingDays: 30 });
		const spacing = { unit: 'day', every: 10 } as const;
		await anOffer(house.services, cast, { discount: null, instalments: instalments({ spacing }) });
		const over = { grossMinor: 30_000, dueOn: inDays(30), issuedOn: inDays(0) };
		const both = [
			await anInvoice(house.services, cast, { name }, over),
			await anInvoice(house.services, cast, { name }, over)
		];
		const plan = { option: 'plan_2', method: 'pm_success_fr', account: account() } as const;
		expect(await pay(house.services, payer, both, 30_000, plan)).toMatchObject({ ok: true });
		const ofBoth = async () =>
			(await Promise.all(both.map((invoiceId) => awardsOf(house.services, cast, invoiceId)))).flat();
		const seen: string[] = [];
		for (let day = 0; day < 60; day++) {
			await live(1);
			const awards = await ofBoth();
			const states = awards.map((one) => (one.earnedPoints ? 'earned' : 'pending'));
			const bonus = awards.findIndex((one) => one.kind === 'plan');
			if (bonus >= 0)
				seen.push(`${states.filter((one, i) => i !== bonus && one === 'earned').length} ${states[bonus]}`);
		}
		expect([...new Set(seen)]).toEqual(['0 pending', '1 pending', '2 earned']);
	});
	test('a dispute takes the bonus; won, it gives it back, for the bank took nothing in the end', async () => {
		const { invoiceId } = await aPlan();
		await live(4);
		const [award] = await awardsOf(house.services, cast, invoiceId);
		const attempt = await asSystem((tx) => findAttempt(tx, cast.system, required(award, 'award').attemptId));
		const intentId = required(attempt?.stripePaymentIntentId, 'intent');
		const settle = () => settleIntent(house.services, cast.system, { account: account(), intentId });
		const charge = required(stripe().charges[stripe().payment_intents[intentId]?.latest_charge as string], 'charge');
		const dispute = openDispute(house.world.world, stripe(), charge, 'fraudulent');
		await settle();
		expect(await bonuses(invoiceId)).toEqual([['plan', 700, 0]]);
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle();
		expect(await bonuses(invoiceId)).toEqual([['plan', 700, 700]]);
		expect([await points(), await tried()]).toMatchObject([{ balance: 1300 }, 1300]);
	});
});

test('the limit of an invoice is one for what its payments earn: a first payment and a series are given beside it, and tried on the past as well', async () => {
	const earning = { maxPerInvoice: 50, firstOnline: 60, streak: { invoices: 2, points: 70 } };
	await aProgramme(house.services, cast, { earning });
	for (const grossMinor of [10_000, 20_000]) {
		const invoiceId = await anInvoice(house.services, cast, { name }, { grossMinor, dueOn: inDays(10) });
		await pay(house.services, payer, [invoiceId], grossMinor, { account: account() });
	}
	expect(await points()).toMatchObject({ balance: 50 + 60 + 50 + 70 });
	const terms = { ...PLAIN_TERMS, earning: { ...PLAIN_TERMS.earning, ...earning } };
	expect((await readTrial(house.services, cast.owner, terms)).points).toBe(230);
});
