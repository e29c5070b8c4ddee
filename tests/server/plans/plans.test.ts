// Instalment plans: agreed once, taken on their days, at most once each, mended when refused, ended when not.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { expectedParts } from '#lib/contract/expected-parts.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { startPayment } from '#lib/server/use-cases/payments/start-payment.ts';
import { chargeNextInstalments, collectDue } from '#lib/server/use-cases/payments/collect-instalments.ts';
import { workDue } from '../../builders/due.ts';
import {
	aToken,
	FROM,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	instalments,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { answerBank } from '../../builders/browser-at-stripe.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
const planNow = (over: Parameters<typeof instalments>[0] = {}) => ({ discount: null, instalments: instalments(over) });
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, planNow());
});
afterAll(() => house.close());

const { inDays, asSystem, balanceOf, planOf, partsOf, live, mailsAbout } = stageOf(() => ({ house, cast }));
const fresh = (over: Parameters<typeof anInvoice>[3] = {}) =>
	anInvoice(house.services, cast, {}, { issuedOn: inDays(0), dueOn: inDays(30), ...over });
const optionsOf = async (ids: string[]) => {
	const view = await readPayView(house.services, payer.scope, ids);
	return view.ok ? view.value.options.map((option) => `${option.kind} ${option.dueNowMinor}`) : [];
};
const begin = async (invoiceId: string, first: number, method: string, option: 'plan_2' | 'plan_3' = 'plan_3') => {
	const result = await pay(house.services, payer, [invoiceId], first, { option, method });
	expect(result).toMatchObject({ ok: true });
	return result;
};
const chargesOf = async (invoiceId: string) => {
	const rows = await asSystem((tx) =>
		tx.execute<{ intent: string; status: string; instalment: number }>(
			sql`select a.stripe_payment_intent_id as intent, a.status, p.position as instalment from payment_attempt a
				join attempt_part p using (supplier_id, attempt_id) join payment_attempt_invoice i using (supplier_id, attempt_id)
				where i.invoice_id = ${invoiceId} order by a.created_at, p.position`
		)
	);
	return rows.map((row) => ({ ...row }));
};

describe('by card', () => {
	test('first part now, two taken on their days: agreed in words, announced, receipted, and the invoice is paid', async () => {
		const invoiceId = await fresh({ grossMinor: 100_001 });
		expect(await optionsOf([invoiceId])).toEqual(['now 100001', 'plan_2 50001', 'plan_3 33335']);
		await begin(invoiceId, 33_335, 'pm_card_visa');
		const plan = await planOf(invoiceId);
		expect(plan).toMatchObject({ status: 'active', count: 3, amountMinor: 100_001n });
		expect(
			plan.instalments.map((instalment) => [
				instalment.dueOn,
				instalment.amountMinor,
				instalment.status,
				instalment.askOn
			])
		).toEqual([
			[inDays(0), 33_335n, 'paid', null],
			[inDays(20), 33_333n, 'scheduled', inDays(20)],
			[inDays(40), 33_333n, 'scheduled', inDays(40)]
		]);
		expect(await balanceOf(invoiceId)).toBe(66_666n);
		const invoice = await asSystem((tx) => findInvoice(tx, cast.system, invoiceId));
		expect(invoice!.plannedMinor).toBe(66_666n);
		expect(await optionsOf([invoiceId])).toEqual(['next_part 33333', 'all_parts 66666']);
		await live(19);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'scheduled', 'scheduled']);
		expect(mailsAbout(/seront prélevés le/)).toHaveLength(1);
		await live(1);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid', 'scheduled']);
		await live(20);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid', 'paid']);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect((await chargesOf(invoiceId)).map((row) => [row.instalment, row.status])).toEqual([
			[1, 'paid'],
			[2, 'paid'],
			[3, 'paid']
		]);
	});
	test('the debit run finds each part once: run ten times at once, and again, it is charged once', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 60_000, 'pm_card_visa', 'plan_2');
		await house.advance(20);
		await Promise.all(Array.from({ length: 10 }, () => collectDue(house.services)));
		await Promise.all(Array.from({ length: 10 }, () => chargeNextInstalments(house.services)));
		for (let again = 0; again < 3; again++) {
			await collectDue(house.services);
			while (await chargeNextInstalments(house.services));
		}
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect((await chargesOf(invoiceId)).filter((row) => row.instalment === 2)).toHaveLength(1);
	});
	test('an answer lost in the middle of a charge is asked again with the same key: one payment', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 60_000, 'pm_card_visa', 'plan_2');
		await house.advance(20);
		house.world.world.faults.push({
			id: 'lost',
			match: { method: 'POST', path: '^/v1/payment_intents$', times: 4 },
			do: { drop: 'after' },
			seen: 0
		});
		await collectDue(house.services);
		while (await chargeNextInstalments(house.services));
		house.world.world.faults = [];
		expect((await chargesOf(invoiceId)).at(-1)).toMatchObject({ instalment: 2, status: 'open' });
		await house.advance(0);
		house.world.world.offsetMs += 120_000;
		await workDue(house.services, 'attempt');
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
		const intents = Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents).filter(
			(intent) => intent.amount === 60_000 && intent.status === 'succeeded'
		);
		expect(new Set(intents.map((intent) => intent.metadata.attempt_id)).size).toBe(intents.length);
	});
	test('insufficient funds: tried again after three and seven days on the same payment, then another card pays and serves for the rest', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 40_000, 'pm_card_visa');
		await house.advance(19);
		house.world.world.forced.card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
		await live(1);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'retrying', 'scheduled']);
		expect((await planOf(invoiceId)).instalments[1]!.askOn).toBe(inDays(3));
		await live(3);
		expect((await planOf(invoiceId)).instalments[1]).toMatchObject({
			status: 'retrying',
			failures: 2,
			askOn: inDays(4)
		});
		expect((await planOf(invoiceId)).cureEndsOn).toBe(inDays(8));
		await live(4);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'action_needed', 'scheduled']);
		expect(await optionsOf([invoiceId])).toEqual(['next_part 40000', 'all_parts 80000']);
		const tries = (await chargesOf(invoiceId)).filter((row) => row.instalment === 2);
		expect(tries.map((row) => row.status)).toEqual(['declined', 'declined', 'declined']);
		expect(new Set(tries.map((row) => row.intent)).size).toBe(1);
		await house.drain();
		expect(mailsAbout(/n’a pas pu être prélevée/).length).toBeGreaterThanOrEqual(3);
		expect(
			await pay(house.services, payer, [invoiceId], 40_000, { option: 'next_part', method: 'pm_card_mastercard' })
		).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect((await planOf(invoiceId)).cureEndsOn).toBeNull();
		expect(
			new Set((await chargesOf(invoiceId)).filter((row) => row.instalment === 2).map((row) => row.intent)).size
		).toBe(1);
		await live(14);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid', 'paid']);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('a bank that wants a confirmation: asked on the same payment, and confirmed by the client', async () => {
		const invoiceId = await fresh();
		// The first instalment, in a browser, would have been confirmed; the account's answer is simulated here.
		await begin(invoiceId, 60_000, 'pm_card_visa', 'plan_2');
		await house.advance(19);
		house.world.world.forced.card = 'pm_card_authenticationRequired';
		await live(1);
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.plan).toMatchObject({
			needs: 'authenticate',
			instalments: [{}, { status: 'action_needed' }]
		});
		const attemptId = newId();
		const asked = await startPayment(
			house.services,
			payer.scope,
			{
				attemptId,
				confirmationTokenId: null,
				invoiceIds: [invoiceId],
				option: 'next_part',
				expectedAmountMinor: minor(60_000n)
			},
			FROM
		);
		expect(asked).toMatchObject({ ok: true, value: { status: 'awaiting_auth' } });
		await answerBank(house, (asked.ok && asked.value.clientSecret) || '');
		await checkAttempt(house.services, payer.scope, attemptId);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
		expect(
			new Set((await chargesOf(invoiceId)).filter((row) => row.instalment === 2).map((row) => row.intent)).size
		).toBe(1);
	});
	test('refused for good and left so: the plan breaks after the cure period, the rest is due, both sides are told', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 40_000, 'pm_card_visa');
		await house.advance(19);
		house.world.world.forced.card = 'pm_card_visa_chargeDeclinedStolenCard';
		await live(1);
		const plan = await planOf(invoiceId);
		expect(plan).toMatchObject({ status: 'active', cureEndsOn: inDays(8) });
		await live(8);
		expect((await planOf(invoiceId)).status).toBe('active');
		await live(1);
		expect((await planOf(invoiceId)).status).toBe('in_default');
		expect(await partsOf(invoiceId)).toEqual(['paid', 'canceled', 'canceled']);
		expect(await optionsOf([invoiceId])).toContain('now 80000');
		await house.drain();
		expect(mailsAbout(/^Le reste de/)).toHaveLength(1);
		expect(mailsAbout(/^Échéancier interrompu/)).toHaveLength(1);
		await live(20);
		expect((await chargesOf(invoiceId)).filter((row) => row.instalment > 1)).toHaveLength(1);
	});
	test('paid off early: nothing else is ever taken', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 40_000, 'pm_card_visa');
		expect(await pay(house.services, payer, [invoiceId], 80_000, { option: 'all_parts' })).toMatchObject({ ok: true });
		expect((await planOf(invoiceId)).status).toBe('completed');
		await live(45);
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect((await chargesOf(invoiceId)).map((row) => row.instalment)).toEqual([1, 2, 3]);
	});
	test('a first part that is refused begins nothing: every choice is there again', async () => {
		const invoiceId = await fresh();
		const before = await optionsOf([invoiceId]);
		await begin(invoiceId, 40_000, 'pm_card_visa_chargeDeclined');
		expect(await optionsOf([invoiceId])).toEqual(before);
		await begin(invoiceId, 40_000, 'pm_card_visa');
		expect((await planOf(invoiceId)).status).toBe('active');
	});
});

describe('by SEPA debit', () => {
	test('ordered four days ahead to land on its day; the first is under way and the rest can’t be paid twice', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 60_000, 'pm_success_fr', 'plan_2');
		expect(await planOf(invoiceId)).toMatchObject({
			status: 'active',
			instalments: [{ status: 'processing' }, { status: 'scheduled', askOn: inDays(16) }]
		});
		expect(await optionsOf([invoiceId])).toEqual(['next_part 60000']);
		await live(15);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'scheduled']);
		await live(1);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'processing']);
		const account = house.world.world.accounts.get('acct_lumen')!;
		const intentId = (await chargesOf(invoiceId)).at(-1)!.intent;
		const charge = account.charges[account.payment_intents[intentId]!.latest_charge as string]!;
		expect(charge.payment_method_details!.sepa_debit!.expected_debit_date).toBe(inDays(4));
		await live(14);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('a return weeks later re-opens its part, and the plan asks for it again', async () => {
		const invoiceId = await fresh();
		await begin(invoiceId, 60_000, 'pm_disputed_fr', 'plan_2');
		await live(12);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'scheduled']);
		await live(22);
		expect((await partsOf(invoiceId))[0]).toBe('action_needed');
		expect((await planOf(invoiceId)).cureEndsOn).not.toBeNull();
	});
});

test('late clients are offered no plan reserved to others; the law keeps the last part within sixty days', async () => {
	const late = await aPayer(house.services, cast, 'late@late.example', 'En retard');
	await anOffer(house.services, cast, planNow({ who: 'never_late' }), { kind: 'client', clientId: late.clientId });
	const overdue = await anInvoice(
		house.services,
		cast,
		{ name: 'En retard' },
		{ issuedOn: inDays(-40), dueOn: inDays(-10) }
	);
	const next = await anInvoice(house.services, cast, { name: 'En retard' }, { issuedOn: inDays(0), dueOn: inDays(30) });
	const view = await readPayView(house.services, late.scope, [next]);
	expect(view.ok && view.value.refused.find((one) => one.kind === 'plan_2')?.reason).toBe('late_before');
	expect(overdue).toBeTruthy();
	const old = await fresh({ issuedOn: inDays(-25), dueOn: inDays(5) });
	const capped = await readPayView(house.services, payer.scope, [old]);
	expect(capped.ok && capped.value.refused.find((one) => one.kind === 'plan_3')?.reason).toBe('legal_cap');
});

test('a schedule that the page did not show is not begun: another day or another amount of any part is said', async () => {
	const invoiceId = await fresh();
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	const option = view.ok ? view.value.options.find((one) => one.kind === 'plan_3')! : null;
	const shown = expectedParts(option!)!;
	expect(shown).toHaveLength(3);
	const ask = async (seen: string[]) => {
		const answer = await startPayment(
			house.services,
			payer.scope,
			{
				attemptId: newId(),
				confirmationTokenId: await aToken(house.services),
				invoiceIds: [invoiceId],
				option: 'plan_3',
				expectedAmountMinor: option!.dueNowMinor,
				expectedParts: seen
			},
			FROM
		);
		return answer.ok ? answer.value.status : answer.refusal.code;
	};
	const [first, second, third] = shown as [string, string, string];
	const later = `${addDays(second.slice(0, 10) as CivilDate, 1)}${second.slice(10)}`;
	for (const other of [
		[first, later, third],
		[first, third, second],
		[first, second],
		[first, second, `${third}0`],
		[]
	])
		expect(await ask(other)).toBe('schedule_changed');
	expect(await ask(shown)).toBe('paid');
});
