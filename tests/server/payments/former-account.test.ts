// A supplier changes its account at Stripe while money is on its way: what was asked of the former account is followed there, what is new goes to the
// new one, and the books agree with each of them.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { findPlan, listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { reconciliation } from '#lib/server/store/schema/index.ts';
import { findBalanceGap } from '#lib/server/store/stripe-books.ts';
import { findSupplierOfAccount } from '#lib/server/store/stripe-accounts.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { compareTotals } from '#lib/server/use-cases/payments/reconcile-balance.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { openDispute } from '#sandbox/stripe/reversals.ts';
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
const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const inDays = (days: number) =>
	civilDateIn(new Date(house.services.clock.now().getTime() + days * 86_400_000), 'Europe/Paris');
const fresh = (grossMinor: number) =>
	anInvoice(house.services, cast, {}, { grossMinor, issuedOn: inDays(0), dueOn: inDays(30) });
const balanceOf = async (id: string) => (await asSystem((tx) => findInvoice(tx, cast.system, id)))!.balanceMinor;
const attemptNow = async (id: string) => (await asSystem((tx) => findAttempt(tx, cast.system, id)))!;
async function days(count: number): Promise<void> {
	for (let day = 0; day < count; day++) {
		await house.advance(1);
		await house.drain();
	}
}
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
	expect(await asSystem((tx) => findBalanceGap(tx, cast.system))).toBeNull();
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
	expect((await planNow()).parts[1]).toMatchObject({ status: 'scheduled', failures: 0, announcedAt: null });
	await days(1);
	expect((await planNow()).parts[1]).toMatchObject({ status: 'action_needed' });
	const failed = mails().at(-1)!;
	expect(failed.text).toContain('rien n’a été tenté, et aucune banque n’a refusé');
	expect(failed.text).not.toMatch(/Votre banque a refusé/);
	expect(
		await pay(house.services, payer, [invoiceId], 60_000, { option: 'next_part', account: 'acct_new' })
	).toMatchObject({ value: { status: 'paid' } });
	expect(await balanceOf(invoiceId)).toBe(0n);
});
