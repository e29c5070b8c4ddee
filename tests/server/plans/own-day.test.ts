// Each instalment of a plan waits for its own day, and nobody is promised what will not happen.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { isCharging } from '#lib/server/store/plan-charges.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { chargeNextInstalments, collectDue } from '#lib/server/use-cases/payments/collect-instalments.ts';
import { announceInstalments } from '#lib/server/use-cases/plans/announce-and-default.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import { debitFails } from '#sandbox/stripe/debits.ts';
import {
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	// Instalments five days apart: a debit takes longer than that.
	await anOffer(house.services, cast, {
		discount: null,
		instalments: instalments({ spacing: { unit: 'day', every: 5 } })
	});
});
afterAll(() => house.close());
beforeEach(() => void (house.world.mailbox.mails.length = 0));

const stripe = () => house.world.world.accounts.get('acct_lumen')!;
const { inDays, asSystem, balanceOf, planOf, days } = stageOf(() => ({ house, cast }));
const fresh = () =>
	anInvoice(house.services, cast, {}, { grossMinor: 120_000, issuedOn: inDays(0), dueOn: inDays(30) });
const chargeOfInstalment = async (invoiceId: string, position: number) => {
	const { planId, instalments } = await planOf(invoiceId);
	const [row] = await asSystem((tx) =>
		tx.execute<{ intent: string }>(
			sql`select a.stripe_payment_intent_id as intent from payment_attempt a where a.attempt_id = ${instalments[position - 1]!.attemptId}`
		)
	);
	expect(planId).toBeTruthy();
	return stripe().charges[stripe().payment_intents[row!.intent]!.latest_charge as string]!;
};

test('a part is asked for on its own day while a debit of the part before is still under way, and each is taken once', async () => {
	const invoiceId = await fresh();
	await pay(house.services, payer, [invoiceId], 40_000, { option: 'plan_3', method: 'pm_success_fr' });
	await days(1);
	const ask = (await planOf(invoiceId)).instalments.map((instalment) => instalment.askOn);
	for (let day = 0; day < 14 && (await planOf(invoiceId)).instalments[2]!.status === 'scheduled'; day++) {
		const { instalments } = await planOf(invoiceId);
		for (const [i, instalment] of instalments.entries())
			if (ask[i] && ask[i] < inDays(0)) expect([i, instalment.status]).not.toEqual([i, 'scheduled']);
		await days(1);
	}
	expect(
		(await planOf(invoiceId)).instalments.filter((instalment) => instalment.status === 'processing').length
	).toBeGreaterThan(1);
	await days(16);
	await reconcileRecent(house.services, 30);
	expect((await planOf(invoiceId)).instalments.map((instalment) => instalment.status)).toEqual([
		'paid',
		'paid',
		'paid'
	]);
	expect(await balanceOf(invoiceId)).toBe(0n);
	const taken = Object.values(stripe().charges).filter((one) => one.paid && one.amount === 40_000);
	expect(taken).toHaveLength(3);
});

test('a plan that ended while its debit was under way: the debit that comes back is told, and no other try is promised or made', async () => {
	const invoiceId = await fresh();
	await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2', method: 'pm_success_fr' });
	await days(1);
	for (let day = 0; day < 10 && (await planOf(invoiceId)).instalments[1]!.status !== 'processing'; day++) await days(1);
	const { planId, instalments } = await planOf(invoiceId);
	expect(instalments[1]!.status).toBe('processing');
	await house.drain();
	expect(await changePlan(house.services, cast.owner, planId, 'end')).toMatchObject({ ok: true });
	house.world.mailbox.mails.length = 0;
	debitFails(house.world.world, stripe(), await chargeOfInstalment(invoiceId, 2), 'insufficient_funds');
	await days(1);
	const after = await planOf(invoiceId);
	expect([after.status, after.instalments[1]!.status, after.instalments[1]!.askOn, after.cureEndsOn]).toEqual([
		'in_default',
		'canceled',
		null,
		null
	]);
	const mails = house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email));
	expect(mails.map((mail) => mail.subject)).toEqual([expect.stringContaining('n’a pas abouti')]);
	expect(mails[0]!.text).not.toMatch(/réessaierons|échéance/i);
	const tried = Object.keys(stripe().payment_intents).length;
	await days(12);
	expect(Object.keys(stripe().payment_intents)).toHaveLength(tried);
	expect(await balanceOf(invoiceId)).toBe(60_000n);
});

async function asOperator<T>(work: (db: postgres.Sql) => PromiseLike<T>): Promise<T> {
	const db = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
	return Promise.resolve(work(db)).finally(() => db.end());
}
/** Two plans whose second part is due today, in one row of the queue, in this order. */
async function twoDueToday(before: (first: string) => Promise<void>): Promise<[string, string]> {
	const invoices: [string, string] = [await fresh(), await fresh()];
	for (const invoiceId of invoices)
		await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2', method: 'pm_card_visa' });
	await house.advance(5);
	// On the queue before anything holds one of them: what is held already is not put there.
	await collectDue(house.services);
	await before(invoices[0]);
	const [held, other] = [await planOf(invoices[0]), await planOf(invoices[1])];
	const inThisOrder = await asOperator(
		(db) =>
			db`update plan_charge set plan_ids = ${[held.planId, other.planId]}::uuid[], positions = array[2, 2] where cardinality(plan_ids) = 2`
	);
	expect(inThisOrder.count).toBe(1);
	return invoices;
}
async function emptyQueue(): Promise<void> {
	while (await chargeNextInstalments(house.services));
}
test('a client who leaves the bank’s question open keeps no other plan from being taken; its own part is taken once the question is given up', async () => {
	const [left, other] = await twoDueToday(async (invoiceId) => {
		const method = 'pm_card_authenticationRequired';
		expect(await pay(house.services, payer, [invoiceId], 60_000, { option: 'next_part', method })).toMatchObject({
			value: { status: 'awaiting_auth' }
		});
	});
	const problems = vi.spyOn(house.services.log, 'error');
	await emptyQueue();
	expect([await balanceOf(left), await balanceOf(other)]).toEqual([60_000n, 0n]);
	// It is not put on the queue again and again meanwhile.
	await collectDue(house.services);
	expect(await isCharging(house.services.db)).toBe(false);
	expect(await balanceOf(left)).toBe(60_000n);
	// It waits; nothing is wrong.
	expect(problems).not.toHaveBeenCalled();
	problems.mockRestore();
	await days(2);
	expect(await balanceOf(left)).toBe(0n);
});

test('what goes wrong with one plan keeps nothing from the others of its row, and is tried again', async () => {
	const [bad, other] = await twoDueToday(async () => {});
	const { planId } = await planOf(bad);
	await asOperator((db) =>
		db.unsafe(
			`create function stumble() returns trigger language plpgsql as $$ begin raise exception 'stumbled'; end $$;
			create trigger stumble before insert on attempt_part for each row when (new.plan_id = '${planId}') execute function stumble()`
		)
	);
	await emptyQueue();
	expect([await balanceOf(bad), await balanceOf(other)]).toEqual([60_000n, 0n]);
	await asOperator((db) => db`drop function stumble cascade`);
	await collectDue(house.services);
	await emptyQueue();
	expect(await balanceOf(bad)).toBe(0n);
	const charges = Object.values(stripe().payment_intents).filter((intent) => intent.amount === 60_000);
	expect(new Set(charges.map((intent) => intent.metadata.attempt_id)).size).toBe(charges.length);
});

test('a part that can’t be announced keeps no other from being announced', async () => {
	const [bad, other] = [await fresh(), await fresh()];
	for (const invoiceId of [bad, other])
		await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2', method: 'pm_card_visa' });
	const { planId } = await planOf(bad);
	await asOperator((db) =>
		db.unsafe(
			`create function stumble() returns trigger language plpgsql as $$ begin raise exception 'stumbled'; end $$;
			create trigger stumble before update on plan_part for each row when (new.plan_id = '${planId}') execute function stumble()`
		)
	);
	await house.advance(4);
	await announceInstalments(house.services);
	const announcedAt = async (invoiceId: string) => (await planOf(invoiceId)).instalments[1]!.announcedAt;
	expect([await announcedAt(bad), await announcedAt(other)]).toEqual([null, expect.any(Date)]);
	await asOperator((db) => db`drop function stumble cascade`);
	await announceInstalments(house.services);
	expect(await announcedAt(bad)).not.toBeNull();
});
