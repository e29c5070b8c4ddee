// What a client is told of its points is true of what it has chosen, and nothing is left without its reason.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { listAwardsAround } from '#lib/server/store/points.ts';
import { endProgramme } from '#lib/server/use-cases/points/manage-programme.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { readPoints, readTierCard } from '#lib/server/use-cases/points/read-points.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
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
import { acceptRules, aProgramme, givePoints, pointsFollow, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const account = () => `acct_told${counter}`;
const name = () => `Client ${counter}`;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 16 }, (_, i) => `acct_told${i + 1}`));
});
afterAll(() => house.close());
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name());
});
const stage = stageOf(() => ({ house, cast }));
const { asSystem, inDays } = stage;
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const bill = (due: number, grossMinor = 60_000) =>
	anInvoice(house.services, cast, { name: name() }, { grossMinor, issuedOn: inDays(-1), dueOn: inDays(due) });
const late = () =>
	anInvoice(house.services, cast, { name: name() }, { grossMinor: 60_000, issuedOn: inDays(-40), dueOn: inDays(-3) });
const look = async () => {
	const result = await readPoints(house.services, payer.scope, { after: null, locale: 'fr' });
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value;
};
const story = async () =>
	(await look()).history.months
		.flatMap((month) => month.lines)
		.map((line) => [plain(line.title), line.points, plain(line.note), line.happenedOn]);
const view = async (invoiceId: string, usePoints = 0) => {
	const result = await readPayView(house.services, payer.scope, [invoiceId], 'fr', { usePoints });
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value;
};
const settle = async (attemptId: string) => {
	const intentId = (await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
	await settleIntent(house.services, cast.system, { account: account(), intentId });
	return intentId;
};

/** The bank takes the payment back. */
async function disputed(attemptId: string): Promise<void> {
	const stripe = house.world.world.accounts.get(account())!;
	const intentId = await settle(attemptId);
	const charge = stripe.charges[stripe.payment_intents[intentId]!.latest_charge as string]!;
	openDispute(house.world.world, stripe, charge, 'fraudulent');
	await settle(attemptId);
	await pointsFollow(house.services);
}

describe('points used, choice by choice', () => {
	test('each choice says what they take off it and the VAT inside; instalments take none, and are agreed to and paid without', async () => {
		await aProgramme(house.services, cast);
		await anOffer(house.services, cast, { instalments: instalments() });
		await givePoints(house.services, cast, payer.clientId, 300);
		await acceptRules(house.services, cast, payer);
		const invoiceId = await bill(50);
		const { options, pointsUse, words } = await view(invoiceId, 200);
		expect(pointsUse?.used).toMatchObject({ points: 200, valueMinor: 1_000n });
		const said = Object.fromEntries(options.map((one) => [one.kind, [one.amountMinor, one.pointsUsed ?? null]]));
		const used = { points: 200, valueMinor: 1_000n, vatMinor: 167n };
		// 600,00; less 2 % for paying early.
		expect(said).toEqual({
			now: [59_000n, used],
			early: [57_800n, used],
			plan_2: [60_000n, null],
			plan_3: [60_000n, null]
		});
		expect(words.consents.now).toMatch(/points/);
		expect(words.consents.plan_2).not.toMatch(/points/);
		expect(
			await pay(house.services, payer, [invoiceId], 30_000, { option: 'plan_2', account: account() })
		).toMatchObject({ ok: true });
		expect((await pointsOf(house.services, cast, payer.clientId)).balance).toBe(300 + 300);
	});
	test('the page of points and the page to pay propose one list: a step, half, all, and the next with what is missing', async () => {
		await aProgramme(house.services, cast);
		await givePoints(house.services, cast, payer.clientId, 430);
		await acceptRules(house.services, cast, payer);
		const invoiceId = await bill(10);
		const steps = [
			{ points: 100, valueMinor: 500n, missing: 0 },
			{ points: 200, valueMinor: 1_000n, missing: 0 },
			{ points: 400, valueMinor: 2_000n, missing: 0 },
			{ points: 500, valueMinor: 2_500n, missing: 70 }
		];
		expect((await look()).credit?.steps).toEqual(steps);
		expect((await view(invoiceId)).pointsUse?.steps).toEqual(steps);
	});
	test('too few for a step: the page of points says how many are missing, the page to pay nothing', async () => {
		await aProgramme(house.services, cast);
		await givePoints(house.services, cast, payer.clientId, 60);
		await acceptRules(house.services, cast, payer);
		const invoiceId = await bill(10);
		expect((await look()).credit?.steps).toEqual([{ points: 100, valueMinor: 500n, missing: 40 }]);
		expect((await view(invoiceId)).pointsUse).toBeNull();
	});
});

describe('nobody is promised points that will not come', () => {
	test('an overdue invoice says nothing of points, one that can be paid on time does', async () => {
		await aProgramme(house.services, cast);
		await anOffer(house.services, cast, { discount: null, instalments: instalments() });
		expect((await view(await late())).words.pointsNote).toBeNull();
		expect((await view(await bill(10))).words.pointsNote?.text).toBe(
			`Payer à l’heure rapporte des points à ${name()}.`
		);
	});
	test('a plan says it while a part of it may still be on time; one agreed after the due day never', async () => {
		await aProgramme(house.services, cast);
		await anOffer(house.services, cast, { discount: null, instalments: instalments() });
		const planned = async (invoiceId: string) => {
			const asked = { option: 'plan_2' as const, account: account() };
			expect(await pay(house.services, payer, [invoiceId], 30_000, asked)).toMatchObject({ ok: true });
			const said = await view(invoiceId);
			expect(said.options.map((one) => one.kind)).toEqual(['next_part']);
			return said.words.pointsNote !== null;
		};
		expect(await planned(await bill(50))).toBe(true);
		expect(await planned(await late())).toBe(false);
	});
	test('behind the last day to earn: no note, no next tier, no series to complete; what there is can be used', async () => {
		await aProgramme(house.services, cast, { earning: { streak: { invoices: 3, points: 50 } } });
		await givePoints(house.services, cast, payer.clientId, 100);
		expect(await look()).toMatchObject({ canEarn: true, next: { name: 'Argent' }, streak: { of: 3 } });
		const last = { lastEarnOn: inDays(40), lastSpendOn: inDays(180) };
		const soon = await bill(10, 10_000);
		expect(await pay(house.services, payer, [soon], 10_000, { account: account() })).toMatchObject({ ok: true });
		await pointsFollow(house.services);
		// Twelve months from what was earned; of a programme that ends, until its last day to earn.
		expect((await look()).next?.by).toBe(inDays(364));
		expect(await endProgramme(house.services, cast.owner, last)).toMatchObject({ ok: true });
		expect((await look()).next?.by).toBe(inDays(40));
		expect((await readTierCard(house.services, payer.scope, 'fr'))?.next?.by).toBe(inDays(40));
		await house.advance(41);
		const invoiceId = await bill(10);
		expect((await view(invoiceId)).words.pointsNote).toBeNull();
		expect(await look()).toMatchObject({ canEarn: false, next: null, isTop: false, streak: null, balance: 200 });
		expect(await readTierCard(house.services, payer.scope, 'fr')).toMatchObject({ next: null, isTop: false });
		expect((await look()).credit?.steps[0]).toMatchObject({ points: 100, missing: 0 });
	});
});

describe('the history says why a line brought nothing', () => {
	test('of a first debit that failed: the payment, and what came on top of it', async () => {
		await aProgramme(house.services, cast, { earning: { firstOnline: 7 } });
		const attemptId = newId();
		await pay(house.services, payer, [await bill(30)], 60_000, {
			method: 'pm_failed_fr',
			attemptId,
			account: account()
		});
		await pointsFollow(house.services);
		await house.advance(20);
		await settle(attemptId);
		await pointsFollow(house.services);
		const lines = await story();
		for (const [, points, note] of lines) expect([points, note]).toEqual([0, expect.stringContaining(', ')]);
		expect(lines.map(([title]) => title)).toEqual(expect.arrayContaining([expect.stringMatching(/non abouti$/)]));
	});
	test('of a first payment whose money went back before its points came', async () => {
		await aProgramme(house.services, cast, { earning: { firstOnline: 7 } });
		const attemptId = newId();
		await pay(house.services, payer, [await bill(30)], 60_000, { attemptId, account: account(), noWorker: true });
		await disputed(attemptId);
		const lines = await story();
		expect(lines).toHaveLength(2);
		expect(lines.map(([, points]) => points)).toEqual([0, 0]);
		const [ofPayment, ofFirst] = [/paiement rendu$/, /^Premier paiement/].map(
			(title) => lines.find((line) => title.test(String(line[0])))?.[2]
		);
		expect(ofPayment).toMatch(/, l’argent est revenu : pas de points$/);
		expect(ofFirst).toMatch(/, son paiement est revenu : ces points ne sont pas acquis$/);
	});
	test('of a first payment that was earned and came back, each of its two lines by its name', async () => {
		await aProgramme(house.services, cast, { earning: { firstOnline: 7 } });
		const attemptId = newId();
		await pay(house.services, payer, [await bill(30)], 60_000, { attemptId, account: account() });
		await pointsFollow(house.services);
		await disputed(attemptId);
		const back = (await story()).filter(([, points]) => Number(points) < 0);
		expect(back.map(([title, points]) => [title, points])).toEqual(
			expect.arrayContaining([
				['Premier paiement en ligne', -7],
				[expect.stringMatching(/, paiement rendu$/), -600]
			])
		);
		expect(back.find(([, points]) => points === -7)?.[2]).toMatch(
			/, son paiement est revenu : ces points sont repris$/
		);
	});
	test('a part of a plan that is ordered ahead of its day is told on the day of the order, never on a day to come', async () => {
		await aProgramme(house.services, cast);
		await anOffer(house.services, cast, { discount: null, instalments: instalments() });
		const attemptId = newId();
		const asked = { option: 'plan_2' as const, method: 'pm_success_fr', account: account(), attemptId };
		expect(await pay(house.services, payer, [await bill(58)], 30_000, asked)).toMatchObject({ ok: true });
		let ahead = 0;
		await house.advance(12);
		for (let day = 0; day < 10; day++) {
			await stage.live(1);
			for (const [, , , on] of await story()) expect(String(on) <= inDays(0)).toBe(true);
			const acts = await asSystem((tx) => listAwardsAround(tx, cast.system, attemptId));
			if (acts.some((act) => act.actedOn > inDays(0))) ahead += 1;
		}
		// The second part was ordered before its day, and seen then.
		expect(ahead).toBeGreaterThan(0);
	});
});
