// A supplier changes its account at Stripe while money is on its way: what was asked of the former account is followed there, what is new goes to the
// new one, and the books agree with each of them.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findPlan, listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { reconciliation } from '#lib/server/store/schema/index.ts';
import { listBalances } from '#lib/server/store/stripe-balances.ts';
import { findSupplierOfAccount } from '#lib/server/store/stripe-accounts.ts';
import { setUpMethod } from '#lib/server/use-cases/methods/set-up-method.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { compareTotals } from '#lib/server/use-cases/payments/reconcile-balance.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import type { Fault } from '#sandbox/stripe/world.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
import { workDue } from '../../builders/due.ts';
import {
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	aToken,
	FROM,
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
	house = await openHouse(['acct_lumen', 'acct_new', 'acct_canuts']);
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
});
afterAll(() => house.close());

const account = (name: string) => house.world.world.accounts.get(name)!;
const { inDays, asSystem, balanceOf, days } = stageOf(() => ({ house, cast }));
const fresh = (grossMinor: number) =>
	anInvoice(house.services, cast, {}, { grossMinor, issuedOn: inDays(0), dueOn: inDays(30) });
const attemptNow = async (id: string) => (await asSystem((tx) => findAttempt(tx, cast.system, id)))!;
/** Money in transit as the books have it, of the payments of one account, their refunds, returns, disputes and fees. */
const held = async (name: string) => {
	const [row] = await asSystem((tx) =>
		tx.execute<{ sum: string }>(sql`
			select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as sum from journal_line l join journal_entry e using (supplier_id, entry_id)
			where l.account = '511' and e.source_id in (
				select stripe_payment_intent_id from payment where stripe_account = ${name}
				union select r.stripe_object_id from reversal r join payment p using (supplier_id, payment_id) where p.stripe_account = ${name}
				union select unnest(${sql.raw(`array[${[...Object.keys(account(name).charges), ...Object.keys(account(name).balance_transactions), ...Object.keys(account(name).disputes)].map((id) => `'${id}'`).join(',') || "''"}]`)}))`)
	);
	return BigInt(row!.sum);
};
const heldAtStripe = (name: string) =>
	BigInt(Object.values(account(name).balance_transactions).reduce((sum, row) => sum + row.net, 0));

test('two debits alive on the former account are booked there, refunds and disputes too, and the books agree with both', async () => {
	const [first, second, card] = [await fresh(5400), await fresh(169_464), await fresh(25_800)];
	const attempts = [newId(), newId(), newId()];
	await pay(house.services, payer, [first], 5400, { method: 'pm_success_fr', attemptId: attempts[0]! });
	await pay(house.services, payer, [second], 169_464, { method: 'pm_success_fr', attemptId: attempts[1]! });
	await pay(house.services, payer, [card], 25_800, { attemptId: attempts[2]! });
	expect(await changeStripeAccount(house.services, cast.owner, 'acct_new')).toMatchObject({ ok: true });
	expect(await findSupplierOfAccount(house.services.db, 'acct_lumen')).toBe(cast.supplierId);

	await days(2);
	for (const id of attempts.slice(0, 2)) expect(await attemptNow(id)).toMatchObject({ status: 'processing' });
	expect(await pay(house.services, payer, [first], 5400, { account: 'acct_new' })).toMatchObject({
		refusal: { code: 'payment_under_way' }
	});
	const here = await fresh(9900);
	expect(await pay(house.services, payer, [here], 9900, { account: 'acct_new' })).toMatchObject({
		value: { status: 'paid' }
	});

	await days(12);
	expect([await balanceOf(first), await balanceOf(second), await balanceOf(here)]).toEqual([0n, 0n, 0n]);
	const [payment] = await asSystem((tx) =>
		tx.execute<{ id: string }>(
			sql`select payment_id as id from payment where attempt_id = ${attempts[2]!} and stripe_account = 'acct_lumen'`
		)
	);
	expect(
		await requestRefund(house.services, cast.owner, {
			refundRequestId: newId(),
			paymentId: payment!.id,
			amountMinor: minor(800n)
		})
	).toMatchObject({ ok: true });
	const intent = account('acct_lumen').payment_intents[(await attemptNow(attempts[0]!)).stripePaymentIntentId!]!;
	openDispute(
		house.world.world,
		account('acct_lumen'),
		account('acct_lumen').charges[intent.latest_charge as string]!,
		'debit_not_authorized'
	);
	await days(3);
	expect([await balanceOf(first), await balanceOf(card)]).toEqual([5400n, 800n]);
	for (const name of ['acct_lumen', 'acct_new']) expect([name, await held(name)]).toEqual([name, heldAtStripe(name)]);
	await compareTotals(house.services);
	const compared = await asSystem((tx) => tx.select().from(reconciliation));
	expect(new Set(compared.map((row) => row.stripeAccount))).toEqual(new Set(['acct_lumen', 'acct_new']));
	expect(compared.filter((row) => row.stripeMinor !== row.ledgerMinor)).toEqual([]);
	const balances = await asSystem((tx) => listBalances(tx, cast.system, house.services.clock.now()));
	expect(balances.map((one) => [one.account, one.isFormer, one.balanceMinor])).toEqual(
		[
			['acct_new', false],
			['acct_lumen', true]
		].map(([name, isFormer]) => [name, isFormer, heldAtStripe(String(name))])
	);
	for (const one of balances) expect(one.booksMinor).toBe(one.balanceMinor);
	expect(Object.keys(account('acct_new').payment_intents)).toHaveLength(1);
});

test('an account is one supplier’s for ever: another can’t take a former one', async () => {
	const other = await aSupplier(house.services, 'acct_canuts', 'Brasserie des Canuts');
	expect(await changeStripeAccount(house.services, other.owner, 'acct_lumen')).toMatchObject({
		refusal: { code: 'input_invalid' }
	});
});

test('a plan on a card of the former account: asked for again well before the day, announced and tried with no other, and taken on with the new one', async () => {
	const invoiceId = await fresh(120_000);
	await changeStripeAccount(house.services, cast.owner, 'acct_lumen');
	await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2' });
	await house.drain();
	house.world.mailbox.mails.length = 0;
	await changeStripeAccount(house.services, cast.owner, 'acct_new');
	await days(1);
	const mails = () => house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email));
	expect(mails().map((mail) => mail.subject)).toEqual([expect.stringContaining('Un autre moyen de paiement')]);
	expect(mails()[0]!.text).toContain('encaisse désormais par un autre compte');
	expect(mails()[0]!.text).not.toContain('banque');
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.plan).toMatchObject({ methodLost: true });
	await days(18);
	// Told once, nothing announced, nothing tried.
	expect(mails()).toHaveLength(1);
	const planNow = async () => {
		const [found] = await asSystem((tx) => listPlansOfInvoices(tx, cast.system, [invoiceId], { running: true }));
		return (await asSystem((tx) => findPlan(tx, cast.system, found!.planId)))!;
	};
	expect((await planNow()).instalments[1]).toMatchObject({ status: 'scheduled', failures: 0, announcedAt: null });
	await days(1);
	expect((await planNow()).instalments[1]).toMatchObject({ status: 'action_needed' });
	const failed = mails().at(-1)!;
	expect(failed.text).toContain('rien n’a été tenté, et aucune banque n’a refusé');
	expect(failed.text).not.toMatch(/Votre banque a refusé/);
	expect(
		await pay(house.services, payer, [invoiceId], 60_000, { option: 'next_part', account: 'acct_new' })
	).toMatchObject({ value: { status: 'paid' } });
	expect(await balanceOf(invoiceId)).toBe(0n);
});

test('a card refused on the former account is tried again on the new one: one payment, and what was refused is closed where it lies', async () => {
	const invoiceId = await fresh(31_000);
	await changeStripeAccount(house.services, cast.owner, 'acct_lumen');
	const [refused, again] = [newId(), newId()];
	expect(
		await pay(house.services, payer, [invoiceId], 31_000, { attemptId: refused, method: 'pm_card_visa_chargeDeclined' })
	).toMatchObject({ value: { status: 'declined' } });
	await changeStripeAccount(house.services, cast.owner, 'acct_new');
	expect(
		await pay(house.services, payer, [invoiceId], 31_000, { attemptId: again, account: 'acct_new' })
	).toMatchObject({ value: { status: 'paid' } });
	expect(await balanceOf(invoiceId)).toBe(0n);
	const former = account('acct_lumen').payment_intents[(await attemptNow(refused)).stripePaymentIntentId!]!;
	expect(former.status).toBe('canceled');
	expect(await attemptNow(again)).toMatchObject({ retriesIntent: false, stripeAccount: 'acct_new' });
});

/** As an earlier version left it: begun on the new account with the intent of the former one. */
async function stuck(): Promise<{ invoiceId: string; attemptId: string }> {
	const invoiceId = await fresh(32_000);
	await changeStripeAccount(house.services, cast.owner, 'acct_lumen');
	const [refused, attemptId] = [newId(), newId()];
	await pay(house.services, payer, [invoiceId], 32_000, { attemptId: refused, method: 'pm_card_visa_chargeDeclined' });
	await changeStripeAccount(house.services, cast.owner, 'acct_new');
	const token = await aToken(house.services, 'pm_card_visa', 'acct_new');
	const unheard: Fault = {
		id: 'unheard',
		match: { method: 'POST', path: '^/v1/payment_intents$', times: 9 },
		do: { drop: 'before' },
		seen: 0
	};
	house.world.world.faults.push(unheard);
	await pay(house.services, payer, [invoiceId], 32_000, { attemptId, token });
	house.world.world.faults = [];
	const { stripePaymentIntentId } = await attemptNow(refused);
	await asSystem((tx) =>
		tx.execute(
			sql`update payment_attempt set stripe_payment_intent_id = ${stripePaymentIntentId}, retries_intent = true where attempt_id = ${attemptId}`
		)
	);
	expect(await attemptNow(attemptId)).toMatchObject({ status: 'open', stripeAccount: 'acct_new' });
	return { invoiceId, attemptId };
}
test('a try that was begun on the new account with the intent of the former one ends by itself, and its invoice can be paid', async () => {
	const [asked, left, late] = [await stuck(), await stuck(), await stuck()];
	// Its payer looks again.
	expect(await checkAttempt(house.services, payer.scope, asked.attemptId)).toMatchObject({
		refusal: { code: 'card_declined' }
	});
	// Nobody looks: within the life of its key, and after it.
	house.world.world.offsetMs += 120_000;
	await asSystem((tx) =>
		tx.execute(
			sql`update payment_attempt set created_at = created_at - interval '3 days' where attempt_id = ${late.attemptId}`
		)
	);
	expect(await checkAttempt(house.services, payer.scope, late.attemptId)).toMatchObject({
		refusal: { code: 'payment_unknown' }
	});
	await workDue(house.services, 'attempt');
	for (const { invoiceId, attemptId } of [asked, left, late]) {
		expect(await attemptNow(attemptId)).toMatchObject({ status: 'canceled' });
		expect(await pay(house.services, payer, [invoiceId], 32_000, { account: 'acct_new' })).toMatchObject({
			value: { status: 'paid' }
		});
		expect(await balanceOf(invoiceId)).toBe(0n);
	}
});

test('a part refused on the former account is taken on the new one with the means of payment given there, as a payment of its own', async () => {
	const invoiceId = await fresh(120_000);
	await changeStripeAccount(house.services, cast.owner, 'acct_lumen');
	await pay(house.services, payer, [invoiceId], 60_000, { option: 'plan_2' });
	await house.advance(19);
	house.world.world.forced.card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
	await days(1);
	house.world.world.forced = {};
	const planNow = async () => {
		const [found] = await asSystem((tx) => listPlansOfInvoices(tx, cast.system, [invoiceId], { running: false }));
		return (await asSystem((tx) => findPlan(tx, cast.system, found!.planId)))!;
	};
	const refused = (await planNow()).instalments[1]!;
	expect(refused.status).toBe('retrying');
	await changeStripeAccount(house.services, cast.owner, 'acct_new');
	const given = await setUpMethod(
		house.services,
		payer.scope,
		{
			setupId: newId(),
			planId: (await planNow()).planId,
			confirmationTokenId: await aToken(house.services, 'pm_card_mastercard', 'acct_new')
		},
		FROM
	);
	expect(given).toMatchObject({ ok: true, value: { status: 'succeeded' } });
	await days(1);
	const taken = (await planNow()).instalments[1]!;
	expect(taken.status).toBe('paid');
	const [before, after] = [await attemptNow(refused.attemptId!), await attemptNow(taken.attemptId!)];
	expect(after).toMatchObject({ stripeAccount: 'acct_new', retriesIntent: false });
	expect(after.stripePaymentIntentId).not.toBe(before.stripePaymentIntentId);
	expect(await balanceOf(invoiceId)).toBe(0n);
});
