// Money that goes back beyond what stands, comes back in part, or comes twice: booked to the cent, so that 511 is always the balance at Stripe.
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { listClaims, sumAdvance } from '#lib/server/store/invoice-sums.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { succeedCard } from '#sandbox/stripe/charges.ts';
import { openDispute, closeDispute, refundFails } from '#sandbox/stripe/reversals.ts';
import type { Account } from '#sandbox/stripe/world.ts';
import { aPayer, anInvoice, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
});
afterAll(() => house.close());

const { asSystem, balanceOf } = stageOf(() => ({ house, cast }));
const stripe = (): Account => house.world.world.accounts.get('acct_lumen')!;
const intentOf = async (attemptId: string) =>
	(await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
const chargeOf = (intentId: string) => stripe().charges[stripe().payment_intents[intentId]!.latest_charge as string]!;
const paymentOf = async (intentId: string) =>
	(
		await asSystem((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from payment where stripe_payment_intent_id = ${intentId}`)
		)
	)[0]!.id;
const claimOf = async () => (await asSystem((tx) => listClaims(tx, cast.system, payer.clientId)))[0]?.claimMinor ?? 0n;
const advanceOf = () => asSystem((tx) => sumAdvance(tx, cast.system, payer.clientId));
const sumOfAccount = async (account: string) =>
	BigInt(
		(
			await asSystem((tx) =>
				tx.execute<{ sum: string }>(
					sql`select coalesce(sum(debit_minor - credit_minor), 0)::text as sum from journal_line where account = ${account}`
				)
			)
		)[0]!.sum
	);
/** The balance as Stripe keeps it: every balance transaction, its fee off. */
const heldAtStripe = () => BigInt(Object.values(stripe().balance_transactions).reduce((sum, row) => sum + row.net, 0));

async function paid(grossMinor = 25_800, method = 'pm_card_visa'): Promise<{ invoiceId: string; intentId: string }> {
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor });
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], grossMinor, { method, attemptId });
	await house.advance(method === 'pm_card_visa' ? 1 : 20);
	const intentId = await intentOf(attemptId);
	await settle(intentId);
	// A debit may be refunded after seven business days.
	if (method !== 'pm_card_visa') await house.advance(13);
	return { invoiceId, intentId };
}
const settle = (intentId: string) => settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
const refund = async (intentId: string, cents: number) =>
	expect(
		await requestRefund(house.services, cast.owner, {
			refundRequestId: newId(),
			paymentId: await paymentOf(intentId),
			amountMinor: BigInt(cents) as Minor
		})
	).toMatchObject({ ok: true });
const mailsTo = (words: RegExp) =>
	house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email) && words.test(mail.text));

describe('refunded in part, then the bank takes the whole back', () => {
	test.each([
		['a SEPA debit', 'pm_success_fr', 750],
		['a card', 'pm_card_visa', 2_000]
	])(
		'%s: Stripe’s amount is booked, the difference is the client’s debt, the fee is on 627',
		async (_name, method, fee) => {
			const { invoiceId, intentId } = await paid(25_800, method);
			const [before627, claim] = [await sumOfAccount('627'), await claimOf()];
			await refund(intentId, 7_740);
			openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
			await settle(intentId);
			expect(await balanceOf(invoiceId)).toBe(25_800n);
			expect((await claimOf()) - claim).toBe(7_740n);
			expect((await sumOfAccount('627')) - before627).toBe(BigInt(fee));
			expect(await sumOfAccount('511')).toBe(heldAtStripe());
			// The supplier sees it on the first page, inside what clients owe.
			const { totals } = await readDashboard(house.services, cast.owner);
			expect(totals.claimMinor).toBe(await claimOf());
			expect(totals.receivableMinor).toBe(await sumOfAccount('411'));
			// The client is told what is due again, and what it was given twice.
			await house.drain();
			expect(mailsTo(/258,00.*77,40|77,40.*258,00/s).length).toBeGreaterThan(0);
		}
	);
	test('given back in part, it settles that debt first and leaves the invoice open; the fee stays', async () => {
		const { invoiceId, intentId } = await paid();
		const claim = await claimOf();
		await refund(intentId, 7_740);
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		closeDispute(house.world.world, stripe(), dispute, 'lost', 7_740);
		await settle(intentId);
		await settle(intentId);
		expect([(await claimOf()) - claim, await balanceOf(invoiceId)]).toEqual([0n, 25_800n]);
		expect(await sumOfAccount('511')).toBe(heldAtStripe());
	});
	test('given back more than that, the invoice is owed by as much less', async () => {
		const { invoiceId, intentId } = await paid();
		const claim = await claimOf();
		await refund(intentId, 7_740);
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		closeDispute(house.world.world, stripe(), dispute, 'lost', 10_000);
		await settle(intentId);
		expect([(await claimOf()) - claim, await balanceOf(invoiceId)]).toEqual([0n, 25_800n - 2_260n]);
		expect(await sumOfAccount('511')).toBe(heldAtStripe());
	});
	test('refunded in full before: nothing is re-opened, all of it is the client’s debt', async () => {
		const { invoiceId, intentId } = await paid();
		const claim = await claimOf();
		await refund(intentId, 25_800);
		openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		expect([(await claimOf()) - claim, await balanceOf(invoiceId)]).toEqual([25_800n, 25_800n]);
		expect(await sumOfAccount('511')).toBe(heldAtStripe());
	});
});
describe('what comes in excess is an advance, and no invoice is paid twice', () => {
	test('a dispute won after the client paid otherwise', async () => {
		const { invoiceId, intentId } = await paid();
		const advance = await advanceOf();
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		await house.drain();
		expect(await pay(house.services, payer, [invoiceId], 25_800)).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle(intentId);
		expect([await balanceOf(invoiceId), (await advanceOf()) - advance]).toEqual([0n, 25_800n]);
		await house.advance(1);
		await house.drain();
		expect(await sumOfAccount('511')).toBe(heldAtStripe());
		// What is said of it is what became of it.
		const said = house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email)).at(-1)!.text;
		expect(said).toMatch(/258,00.€ restent à votre crédit/);
		expect(said).not.toMatch(/de nouveau pour vos factures/);
	});
	test('a try that had been given up and is paid after all; given back, the advance goes first', async () => {
		const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 25_800 });
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 25_800, { method: 'pm_card_authenticationRequired', attemptId });
		const intentId = await intentOf(attemptId);
		await asSystem((tx) =>
			tx.execute(sql`update payment_attempt set status = 'canceled' where attempt_id = ${attemptId}`)
		);
		await asSystem((tx) =>
			tx.execute(sql`update payment_attempt_invoice set live = false where attempt_id = ${attemptId}`)
		);
		const second = newId();
		expect(await pay(house.services, payer, [invoiceId], 25_800, { attemptId: second })).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		// A hundred of it was given back: as much is owed again when the first one comes.
		await refund(await intentOf(second), 10_000);
		const advance = await advanceOf();
		const intent = stripe().payment_intents[intentId]!;
		const method = stripe().payment_methods[intent.payment_method as string]!;
		succeedCard(house.world.world, stripe(), intent, method, { requestId: null, key: null });
		await house.advance(1);
		await settle(intentId);
		expect([await balanceOf(invoiceId), (await advanceOf()) - advance]).toEqual([0n, 15_800n]);
		await refund(intentId, 5_000);
		expect([await balanceOf(invoiceId), (await advanceOf()) - advance]).toEqual([0n, 10_800n]);
		await house.advance(1);
		await house.drain();
		expect(await sumOfAccount('511')).toBe(heldAtStripe());
	});
});
test('whatever goes back and comes back, in whatever amounts, settled when it may: 511 is the balance at Stripe, and no account is on the wrong side', async () => {
	const step = fc.record({
		what: fc.constantFrom('refund', 'refund fails', 'dispute', 'reinstate', 'won', 'pay again'),
		percent: fc.integer({ min: 1, max: 100 }),
		settles: fc.boolean()
	});
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
			const { invoiceId, intentId } = await paid(10_000);
			const { world } = house.world;
			const charge = chargeOf(intentId);
			for (const { what, percent, settles } of steps) {
				const dispute = Object.values(stripe().disputes).find((one) => one.charge === charge.id);
				const given = Object.values(stripe().refunds).find((one) => one.charge === charge.id);
				const rest = charge.amount - charge.amount_refunded;
				const isOver = (dispute?.balance_transactions.length ?? 0) > 1;
				if (what === 'refund' && !charge.disputed && rest > 0)
					await requestRefund(house.services, cast.owner, {
						refundRequestId: newId(),
						paymentId: await paymentOf(intentId),
						amountMinor: minor(BigInt(Math.max(1, Math.floor((rest * percent) / 100))))
					});
				if (what === 'refund fails' && given) refundFails(world, stripe(), given);
				if (what === 'dispute' && !dispute) openDispute(world, stripe(), charge, 'fraudulent');
				if (what === 'reinstate' && dispute && !isOver)
					closeDispute(world, stripe(), dispute, 'lost', Math.ceil((dispute.amount * percent) / 100));
				if (what === 'won' && dispute && !isOver) closeDispute(world, stripe(), dispute, 'won');
				if (what === 'pay again') {
					const left = await balanceOf(invoiceId);
					if (left > 50n) await pay(house.services, payer, [invoiceId], Number(left));
				}
				if (settles) await settle(intentId);
			}
			await settle(intentId);
			await house.advance(1);
			for (const id of Object.keys(stripe().payment_intents)) await settle(id);
			expect(await sumOfAccount('511')).toBe(heldAtStripe());
			expect(await balanceOf(invoiceId)).toBeGreaterThanOrEqual(0n);
			expect(await claimOf()).toBeGreaterThanOrEqual(0n);
			expect(await advanceOf()).toBeGreaterThanOrEqual(0n);
			const [totals] = [await readDashboard(house.services, cast.owner)];
			expect(totals.totals.receivableMinor).toBe(await sumOfAccount('411'));
		}),
		{ numRuns: 12, seed: 20261125 }
	);
});
