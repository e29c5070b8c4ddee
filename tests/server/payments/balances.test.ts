// An accountant compares account 511 with the balance at Stripe, account by account, after payouts, fees, disputes, reserves and other programs' money.
import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { reconciliation } from '#lib/server/store/schema/index.ts';
import { listBalances, type ComparedBalance } from '#lib/server/store/stripe-balances.ts';
import { listGaps } from '#lib/server/store/stripe-books.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { compareAccount } from '#lib/server/use-cases/payments/compare-account.ts';
import { handleNextEvent } from '#lib/server/use-cases/payments/handle-event.ts';
import { receiveEvent } from '#lib/server/use-cases/payments/receive-event.ts';
import { compareTotals } from '#lib/server/use-cases/payments/reconcile-balance.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { balanceTransaction } from '#sandbox/stripe/balance.ts';
import { succeedCard } from '#sandbox/stripe/charges.ts';
import { runDue } from '#sandbox/stripe/control.ts';
import { balanceOf, moveBalance, payoutFails, schedulePayouts } from '#sandbox/stripe/payouts.ts';
import { closeDispute, openDispute } from '#sandbox/stripe/reversals.ts';
import type { Account } from '#sandbox/stripe/world.ts';
import { aPayer, anInvoice, aSupplier, aToken, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
beforeAll(async () => {
	const names = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'.split(' ');
	house = await openHouse(names.map((name) => `acct_${name}`));
});
afterAll(() => house.close());
let nth = 0;
let cast: Cast;
let payer: Payer;
let name: string;
/** Each test has a supplier and an account of its own. */
beforeEach(async () => {
	name = `acct_${'one two three four five six seven ten eleven twelve fifteen'.split(' ')[nth++]!}`;
	cast = await aSupplier(house.services, name, `Atelier ${nth}`);
	payer = await aPayer(house.services, cast, `paul${nth}@roche.example`);
});

const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const at = (account = name): Account => house.world.world.accounts.get(account)!;
/** The balance as Stripe keeps it, and as it answers. */
const held = (account = name) =>
	BigInt(Object.values(at(account).balance_transactions).reduce((sum, row) => sum + row.net, 0));
const booked = async (account: string, number = '511') =>
	BigInt(
		(
			await asSystem((tx) =>
				tx.execute<{ sum: string }>(sql`select coalesce(sum(l.debit_minor - l.credit_minor), 0)::text as sum
					from journal_line l join journal_entry e using (supplier_id, entry_id) where l.account = ${number} and e.stripe_account = ${account}`)
			)
		)[0]!.sum
	);
const compared = async (): Promise<Record<string, ComparedBalance>> => {
	await compareTotals(house.services);
	return kept();
};
const kept = async (): Promise<Record<string, ComparedBalance>> => {
	const rows = await asSystem((tx) => listBalances(tx, cast.system, house.services.clock.now()));
	return Object.fromEntries(rows.map((row) => [row.account, row]));
};
const gaps = async () => (await asSystem((tx) => listGaps(tx, cast.system, house.services.clock.now()))).rows;
const asks = (path: string, body: Record<string, string>, account = name) =>
	fetch(`${house.config.sandbox!.apiUrl}/v1/${path}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${house.config.stripe.secretKey}`, 'stripe-account': account },
		body: new URLSearchParams(body)
	});
/** Another program on the same account. */
async function anotherProgramTakes(cents: number): Promise<void> {
	const answer = await asks('payment_intents', {
		amount: String(cents),
		currency: 'eur',
		confirm: 'true',
		confirmation_token: await aToken(house.services, 'pm_card_visa', name),
		return_url: 'http://localhost:1/x'
	});
	expect(answer.status).toBe(200);
	await hours(1);
}
async function hours(count: number): Promise<void> {
	house.world.world.offsetMs += count * 3_600_000;
	runDue(house.world.world);
}
async function paid(grossMinor = 10_000, account = name): Promise<string> {
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor });
	const attemptId = newId();
	expect(await pay(house.services, payer, [invoiceId], grossMinor, { attemptId, account })).toMatchObject({ ok: true });
	await hours(1);
	const intentId = (await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
	await settleIntent(house.services, cast.system, { account, intentId });
	return intentId;
}
const chargeOf = (intentId: string, account = name) =>
	at(account).charges[at(account).payment_intents[intentId]!.latest_charge as string]!;

test('a comparison that another overtook, with a payout between, writes nothing older over it', async () => {
	schedulePayouts(house.world.world, at(), 'daily');
	await paid(50_000);
	await compared();
	const before = held();
	const asked = Promise.withResolvers<void>();
	const go = Promise.withResolvers<void>();
	const { readBook } = house.services.payments;
	const slow = vi.spyOn(house.services.payments, 'readBook').mockImplementationOnce(async (...asking) => {
		const book = await readBook.apply(house.services.payments, asking);
		asked.resolve();
		await go.promise;
		return book;
	});
	const daily = compareAccount(house.services, cast.system, name);
	await asked.promise;
	await house.advance(9);
	expect(held()).not.toBe(before);
	await compareAccount(house.services, cast.system, name);
	const newer = (await kept())[name];
	const days = () => asSystem((tx) => tx.select().from(reconciliation).orderBy(reconciliation.reconciledOn));
	const seen = await days();
	expect(newer).toMatchObject({ balanceMinor: held(), booksMinor: held() });
	go.resolve();
	await daily;
	expect((await kept())[name]).toEqual(newer);
	expect(await days()).toEqual(expect.arrayContaining(seen));
	slow.mockRestore();
});
describe('paid out to the bank', () => {
	test('by schedule and by hand, failed and canceled: 511 is the balance, 580 what is between Stripe and the bank', async () => {
		schedulePayouts(house.world.world, at(), 'daily');
		await paid(50_000);
		await compared();
		expect(await booked(name)).toBe(held());
		expect(Object.keys(at().payouts)).toHaveLength(0);
		// Its money is there after a week, and leaves at midnight.
		await house.advance(9);
		const [first] = Object.values(at().payouts);
		expect(first).toMatchObject({ automatic: true, status: 'in_transit', amount: Number(await booked(name)) });
		await compared();
		expect([await booked(name), held(), await booked(name, '580')]).toEqual([0n, 0n, BigInt(first!.amount)]);
		// Shown as paid, and refused by the bank after all: it is on the balance again, and Stripe pays out no more by itself.
		await house.advance(3);
		expect(first!.status).toBe('paid');
		payoutFails(house.world.world, at(), first!, 'account_closed');
		await house.advance(3);
		await compared();
		expect([await booked(name), await booked(name, '580')]).toEqual([held(), 0n]);
		expect(held()).toBe(BigInt(first!.amount));
		// By hand: no more than is available, canceled while it has not left.
		expect((await asks('payouts', { amount: '9999999', currency: 'eur' })).status).toBe(400);
		const byHand = (await (await asks('payouts', { amount: '10000', currency: 'eur' })).json()) as { id: string };
		await compared();
		expect([await booked(name), await booked(name, '580')]).toEqual([held(), 10_000n]);
		expect((await asks(`payouts/${byHand.id}/cancel`, {})).status).toBe(200);
		const { [name]: balance } = await compared();
		expect(balance).toMatchObject({ outsideMinor: 0n, balanceMinor: held(), booksMinor: held() });
		expect([await booked(name), await booked(name, '580')]).toEqual([held(), 0n]);
		expect(await gaps()).toEqual([]);
	});
	test('what Stripe tells of a payout is booked when it is told, once, however often', async () => {
		await paid(50_000);
		await house.advance(8);
		await compared();
		await asks('payouts', { amount: '20000', currency: 'eur' });
		const event = house.world.world.events.find((one) => one.type === 'payout.created' && one.account === name)!;
		for (const id of ['evt_a', 'evt_b']) {
			const body = JSON.stringify({ ...event, id });
			const t = Math.floor(Date.now() / 1000);
			const signature = `t=${t},v1=${createHmac('sha256', 'whsec_tests').update(`${t}.${body}`).digest('hex')}`;
			expect(await receiveEvent(house.services, body, signature)).toBe('kept');
			while (await handleNextEvent(house.services));
		}
		expect([await booked(name), await booked(name, '580')]).toEqual([held(), 20_000n]);
	});
});

test('what lay on the account before it came here is no gap: told apart, and paid out first', async () => {
	// Long before, another program took money there; some of it is on its way.
	const before = new Date(house.services.clock.now().getTime() - 86_400_000);
	const row = balanceTransaction(house.world.world, at(), 70_000, 1_000, 'charge', '');
	Object.assign(row, { created: Math.floor(before.getTime() / 1000) - 40 * 86_400, available_on: 0 });
	await paid(10_000);
	const { [name]: first } = await compared();
	expect(first).toMatchObject({ outsideMinor: 69_000n, balanceMinor: first!.booksMinor });
	expect(await booked(name)).toBe(held() - 69_000n);
	expect(await gaps()).toEqual([]);
	// Ten thousand were ours, and are not available yet: what leaves is the money of before.
	await asks('payouts', { amount: '69000', currency: 'eur' });
	const ours = await booked(name);
	expect(await compared()).toMatchObject({ [name]: { outsideMinor: 0n, balanceMinor: ours, booksMinor: ours } });
	expect([await booked(name), await booked(name, '580')]).toEqual([held(), 0n]);
	// It comes back: it is outside again.
	payoutFails(house.world.world, at(), Object.values(at().payouts)[0]!, 'account_closed');
	expect(await compared()).toMatchObject({ [name]: { outsideMinor: 69_000n, balanceMinor: ours, booksMinor: ours } });
	expect(await gaps()).toEqual([]);
});

test('another program’s money is left alone and told apart, until it is paid out with the rest; what turns out to be ours is no gap', async () => {
	await paid(10_000);
	await anotherProgramTakes(4_200);
	const { [name]: both } = await compared();
	expect(both!.outsideMinor).toBeGreaterThan(4_000n);
	expect(held()).toBe((await booked(name)) + both!.outsideMinor);
	await house.advance(8);
	schedulePayouts(house.world.world, at(), 'daily');
	await house.advance(1);
	expect(await compared()).toMatchObject({ [name]: { outsideMinor: 0n, balanceMinor: 0n, booksMinor: 0n } });
	expect(held()).toBe(0n);
	// An attempt that was given up counts as nobody's when it is paid after all; it is booked long after its day was compared.
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 30_000 });
	const attemptId = newId();
	const method = 'pm_card_authenticationRequired';
	await pay(house.services, payer, [invoiceId], 30_000, { attemptId, method, account: name });
	const intentId = (await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
	for (const change of [
		sql`update payment_attempt set status = 'canceled' where attempt_id = ${attemptId}`,
		sql`update payment_attempt_invoice set live = false where attempt_id = ${attemptId}`
	])
		await asSystem((tx) => tx.execute(change));
	const intent = at().payment_intents[intentId]!;
	const kept = at().payment_methods[intent.payment_method as string]!;
	succeedCard(house.world.world, at(), intent, kept, { requestId: null, key: null });
	await hours(1);
	expect((await compared())[name]!.outsideMinor).toBe(held());
	schedulePayouts(house.world.world, at(), 'manual');
	await house.advance(5);
	await settleIntent(house.services, cast.system, { account: name, intentId });
	expect(await compared()).toMatchObject({ [name]: { outsideMinor: 0n, balanceMinor: held(), booksMinor: held() } });
	expect(await gaps()).toEqual([]);
});

describe('account by account', () => {
	test('a gap of one is told of that one, though another has the opposite one', async () => {
		await paid(10_000);
		expect(await changeStripeAccount(house.services, cast.owner, 'acct_eight')).toMatchObject({ ok: true });
		await paid(20_000, 'acct_eight');
		const right = await compared();
		for (const account of [name, 'acct_eight'])
			expect(right[account]).toMatchObject({ balanceMinor: held(account), booksMinor: await booked(account) });
		expect(right[name]!.isFormer).toBe(true);
		// Fifty euros are on the wrong one of the two: over both, nothing is missing.
		const charge = Object.values(at().balance_transactions)[0]!;
		const other = Object.values(at('acct_eight').balance_transactions)[0]!;
		Object.assign(charge, { amount: charge.amount - 5_000, net: charge.net - 5_000 });
		Object.assign(other, { amount: other.amount + 5_000, net: other.net + 5_000 });
		const wrong = await compared();
		for (const [account, by] of [
			[name, -5_000n],
			['acct_eight', 5_000n]
		] as const)
			expect(wrong[account]!.balanceMinor - wrong[account]!.booksMinor).toBe(by);
		expect((await gaps()).map((gap) => gap.stripeAccount).sort()).toEqual([name, 'acct_eight'].sort());
	});
	test.each(['today’s', 'the former'])(
		'%s is compared though nothing of ours ever moved on it: Stripe takes its fees there',
		async (which) => {
			const other = which === 'today’s' ? 'acct_thirteen' : 'acct_fourteen';
			if (which === 'today’s') await paid(10_000);
			await changeStripeAccount(house.services, cast.owner, other);
			if (which !== 'today’s') await paid(10_000, other);
			const quiet = which === 'today’s' ? other : name;
			moveBalance(house.world.world, at(quiet), 'stripe_fee', -500);
			await hours(1);
			expect((await compared())[quiet]).toMatchObject({ balanceMinor: -500n, booksMinor: -500n });
		}
	);
	test('one that does not answer is not compared, says nothing false, and keeps no other from it', async () => {
		await paid(10_000);
		await changeStripeAccount(house.services, cast.owner, 'acct_nine');
		await paid(20_000, 'acct_nine');
		const before = await compared();
		house.world.world.refusedAccounts = [name];
		// Money moves on both while one can't be asked.
		for (const account of [name, 'acct_nine']) moveBalance(house.world.world, at(account), 'stripe_fee', -500);
		await hours(1);
		const during = await compared();
		expect(during[name]).toEqual(before[name]);
		expect(during['acct_nine']).toMatchObject({ balanceMinor: held('acct_nine'), booksMinor: held('acct_nine') });
		expect(during['acct_nine']!.comparedAt.getTime()).toBeGreaterThan(before['acct_nine']!.comparedAt.getTime());
		expect(await gaps()).toEqual([]);
		house.world.world.refusedAccounts = [];
		await house.advance(1);
		await house.drain();
		await compareTotals(house.services);
		expect((await kept())[name]).toMatchObject({ balanceMinor: held(), booksMinor: held() });
	});
});

test('a bank that takes twice in one dispute makes no gap, on its day or after it', async () => {
	const intentId = await paid(30_000);
	const dispute = openDispute(house.world.world, at(), chargeOf(intentId), 'fraudulent');
	closeDispute(house.world.world, at(), dispute, 'lost', 12_000);
	await hours(30);
	// An appeal is lost: what had been given back is taken again, of another amount than the first time.
	dispute.balance_transactions.push(
		balanceTransaction(house.world.world, at(), -12_000, 0, 'adjustment', dispute.id),
		balanceTransaction(house.world.world, at(), -3_000, 0, 'adjustment', dispute.id)
	);
	await settleIntent(house.services, cast.system, { account: name, intentId });
	expect(await booked(name)).toBe(held());
	expect(await compared()).toMatchObject({ [name]: { outsideMinor: 0n, balanceMinor: held(), booksMinor: held() } });
	expect(await gaps()).toEqual([]);
});

test('whatever comes, goes, is taken, held, paid out and refused, in whatever order: 511 is the balance, to the cent', async () => {
	const step = fc.record({
		what: fc.constantFrom(
			'pay',
			'refund',
			'dispute',
			'win',
			'lose in part',
			'fee',
			'reserve',
			'release',
			'top up',
			'pay out',
			'refuse payout',
			'cancel payout',
			'days'
		),
		cents: fc.integer({ min: 500, max: 30_000 }),
		compares: fc.boolean()
	});
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (steps) => {
			const { world } = house.world;
			const intents: string[] = [];
			for (const { what, cents, compares } of steps) {
				const last = intents.at(-1);
				const charge = last ? chargeOf(last) : undefined;
				const dispute = charge && Object.values(at().disputes).find((one) => one.charge === charge.id);
				const payout = Object.values(at().payouts).at(-1);
				if (what === 'pay') intents.push(await paid(cents));
				else if (what === 'refund' && last && !charge!.disputed)
					await asks('refunds', { payment_intent: last, amount: String(Math.min(cents, charge!.amount)) });
				else if (what === 'dispute' && charge && !dispute) openDispute(world, at(), charge, 'fraudulent');
				else if (what === 'win' && dispute?.status === 'needs_response') closeDispute(world, at(), dispute, 'won');
				else if (what === 'lose in part' && dispute?.status === 'needs_response')
					closeDispute(world, at(), dispute, 'lost', Math.min(cents, dispute.amount));
				else if (what === 'fee') moveBalance(world, at(), 'stripe_fee', -cents);
				else if (what === 'reserve') moveBalance(world, at(), 'reserve_transaction', -cents);
				else if (what === 'release') moveBalance(world, at(), 'reserve_transaction', cents);
				else if (what === 'top up') moveBalance(world, at(), 'topup', cents);
				else if (what === 'pay out') {
					const available = balanceOf(world, at()).available[0]?.amount ?? 0;
					if (available > 0) await asks('payouts', { amount: String(Math.min(cents, available)), currency: 'eur' });
				} else if (what === 'refuse payout' && payout) payoutFails(world, at(), payout, 'account_closed');
				else if (what === 'cancel payout' && payout) await asks(`payouts/${payout.id}/cancel`, {});
				else if (what === 'days') await house.advance(4);
				if (compares) {
					await compareAccount(house.services, cast.system, name);
					expect((await kept())[name]).toMatchObject({ balanceMinor: held(), booksMinor: held(), outsideMinor: 0n });
				}
				await hours(1);
			}
			await compareAccount(house.services, cast.system, name);
			expect(await booked(name)).toBe(held());
			expect(await gaps()).toEqual([]);
		}),
		{ numRuns: 8 }
	);
}, 180_000);
