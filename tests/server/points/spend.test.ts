// Points used on an invoice: less to pay by the one quote, once, whoever asks; in the books as a reduction with its credit note; given back when nothing comes of it.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { readOffers } from '#lib/server/use-cases/offers/read-offers.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { readAdminClient } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { closeDispute, openDispute } from '#sandbox/stripe/reversals.ts';
import type { Account } from '#sandbox/stripe/world.ts';
import {
	aColleague,
	anInvoice,
	anOffer,
	aPayer,
	aPayLink,
	aSupplier,
	pay,
	type Cast,
	type Payer
} from '../../builders/parties.ts';
import { acceptRules, aProgramme, entriesOf, givePoints, pointsOf } from '../../builders/points.ts';
import { stageOf } from '../../builders/stage.ts';
import { aTransfer } from '../../builders/transfers.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let counter = 0;
const name = () => `Client ${counter}`;
const account = () => `acct_spend${counter}`;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 30 }, (_, i) => `acct_spend${i + 1}`));
});
afterAll(() => house.close());
/** A client with 300 points, each hundred worth 5 €, up to half of an invoice. */
beforeEach(async () => {
	counter += 1;
	cast = await aSupplier(house.services, account());
	payer = await aPayer(house.services, cast, `paul${counter}@roche.example`, name());
	await aProgramme(house.services, cast);
	await givePoints(house.services, cast, payer.clientId, 300);
	await acceptRules(house.services, cast, payer);
});

const { asSystem, inDays, balanceOf } = stageOf(() => ({ house, cast }));
const stripe = (): Account => house.world.world.accounts.get(account())!;
const points = () => pointsOf(house.services, cast, payer.clientId);
const story = () => entriesOf(house.services, cast, payer.clientId);
const invoice = (grossMinor = 12_000) =>
	anInvoice(house.services, cast, { name: name() }, { grossMinor, dueOn: inDays(10), issuedOn: inDays(-1) });
const use = (invoiceIds: string[], amount: number, options: Parameters<typeof pay>[4] = {}, who = payer) =>
	pay(house.services, who, invoiceIds, amount, { account: account(), usePoints: 200, ...options });
const intentOf = async (attemptId: string) =>
	(await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
const settle = (intentId: string) => settleIntent(house.services, cast.system, { account: account(), intentId });
const chargeOf = (intentId: string) => stripe().charges[stripe().payment_intents[intentId]!.latest_charge as string]!;
const sums = () =>
	asSystem((tx) =>
		tx.execute<{ account: string; sum: string }>(
			sql`select account, sum(debit_minor - credit_minor)::text as sum from journal_line where account in ('511', '709', '44571', '411') group by 1 order by 1`
		)
	);
const transferred = (invoiceId: string, amount: string) =>
	aTransfer(house.services, cast, { on: inDays(0), amount, invoiceIds: [invoiceId] });
const mails = (subject: RegExp) =>
	house.world.mailbox.mails
		.filter((mail) => mail.to.includes(payer.email) && subject.test(mail.subject))
		.map((mail) => mail.text)
		.join('\n');
const notes = () =>
	asSystem((tx) =>
		tx.execute<{ kind: string; reason: string; number: string | null; amount: string }>(
			sql`select kind, reason, document_number as number, amount_minor::text as amount from discount order by sequence`
		)
	);

test('they take off what they are worth, once, with a credit note for the VAT that was due', async () => {
	const invoiceId = await invoice();
	expect(await use([invoiceId], 11_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
	expect(await balanceOf(invoiceId)).toBe(0n);
	// 120,00 less 10,00: 8,33 net and 1,67 of VAT; and the 110,00 paid earn 110 points.
	expect([...(await sums())]).toEqual([
		{ account: '411', sum: '0' },
		{ account: '44571', sum: '167' },
		{ account: '511', sum: expect.any(String) },
		{ account: '709', sum: '833' }
	]);
	expect([...(await notes())]).toEqual([
		{ kind: 'granted', reason: 'points', number: expect.stringMatching(/^AV/), amount: '1000' }
	]);
	expect(await story()).toEqual(['adjusted 300', 'spent -200', 'earned 110']);
	await house.drain();
	expect(mails(/Reçu/i)).toMatch(/Avec vos points\s*:\s*10,00/);
});
test('with the discount for paying early: that is of the whole price, and both are one credit note each', async () => {
	await anOffer(house.services, cast);
	const invoiceId = await invoice();
	// 2 % of 120,00 is 2,40; then 10,00.
	expect(await use([invoiceId], 10_760, { option: 'early' })).toMatchObject({ ok: true, value: { status: 'paid' } });
	expect(await balanceOf(invoiceId)).toBe(0n);
	expect((await notes()).map((note) => [note.reason, note.amount])).toEqual([
		['early', '240'],
		['points', '1000']
	]);
	// Two reductions, of two kinds and in two accounts: nowhere are they one sum or one list.
	const cost = {
		early: { count: 1, amountMinor: 240n, vatMinor: 40n },
		points: { count: 1, amountMinor: 1000n, vatMinor: 167n },
		forgivenMinor: 0n
	};
	const offers = await readOffers(house.services, cast.owner);
	expect(offers.cost).toEqual(cost);
	const shown = (lines: { reason: string; amountMinor: bigint }[]) => lines.map((one) => [one.reason, one.amountMinor]);
	expect(shown(offers.recent.early)).toEqual([['early', 240n]]);
	expect(shown(offers.recent.points)).toEqual([['points', 1000n]]);
	const client = await readAdminClient(house.services, cast.owner, payer.clientId);
	expect(client.ok && client.value.cost).toEqual(cost);
});

describe('given back', () => {
	test('when the card is refused', async () => {
		const invoiceId = await invoice();
		await use([invoiceId], 11_000, { method: 'pm_card_chargeDeclinedExpiredCard' });
		expect(await points()).toMatchObject({ balance: 300, left: 300 });
		// And used by the next try.
		expect(await use([invoiceId], 11_000)).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect(await story()).toEqual(['adjusted 300', 'spent -200', 'given_back 200', 'spent -200', 'earned 110']);
	});
	test('when the debit is returned, with the price; and taken again when the dispute is won', async () => {
		const invoiceId = await invoice();
		const attemptId = newId();
		await use([invoiceId], 11_000, { attemptId });
		const intentId = await intentOf(attemptId);
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		await settle(intentId);
		expect([await balanceOf(invoiceId), await points()]).toMatchObject([12_000n, { balance: 300 }]);
		await house.drain();
		expect(mails(/./)).toMatch(
			/réduction de 10,00.€ obtenue avec des points est annulée, et ces points vous sont rendus/
		);
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle(intentId);
		expect([await balanceOf(invoiceId), await points()]).toMatchObject([0n, { balance: 210 }]);
	});
	test('paid otherwise meanwhile, the dispute that is won takes no points for what is not owed', async () => {
		const invoiceId = await invoice();
		const attemptId = newId();
		await use([invoiceId], 11_000, { attemptId });
		const intentId = await intentOf(attemptId);
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		const before = (await points()).balance;
		// Of the 120,00 that are owed again, 30,00 come in by transfer.
		await transferred(invoiceId, '30,00');
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle(intentId);
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect((await story()).filter((line) => line.startsWith('spent'))).toHaveLength(1);
		expect((await points()).balance).toBeGreaterThanOrEqual(before);
	});
	test('spent meanwhile, the dispute that is won leaves what they took off to be paid', async () => {
		const [invoiceId, other] = [await invoice(), await invoice()];
		const attemptId = newId();
		await use([invoiceId], 11_000, { attemptId });
		const intentId = await intentOf(attemptId);
		const dispute = openDispute(house.world.world, stripe(), chargeOf(intentId), 'fraudulent');
		await settle(intentId);
		await use([other], 10_500, { usePoints: 300 });
		closeDispute(house.world.world, stripe(), dispute, 'won');
		await settle(intentId);
		expect(await balanceOf(invoiceId)).toBe(1_000n);
		expect((await points()).balance).toBeGreaterThanOrEqual(0);
	});
});

describe('nobody spends them twice', () => {
	// Nothing is earned on the way: what is there is all there is.
	beforeEach(() => aProgramme(house.services, cast, { earning: { minInvoiceMinor: minor(1_000_000n) } }));
	test('two people of the company at once, on two invoices: one of them', async () => {
		const colleague = await aColleague(house.services, cast, payer);
		const [a, b] = [await invoice(), await invoice()];
		const [first, second] = await Promise.all([use([a], 11_000), use([b], 11_000, {}, colleague)]);
		expect([first.ok, second.ok].sort()).toEqual([false, true]);
		const refused = first.ok ? second : first;
		expect(refused).toMatchObject({ refusal: { code: 'points_not_enough' } });
		expect((await story()).filter((line) => line.startsWith('spent'))).toHaveLength(1);
	});
	test('ten at once, over and over: never more than there is', async () => {
		const ids = [];
		for (let i = 0; i < 10; i++) ids.push(await invoice());
		const answers = await Promise.all(ids.map((id) => use([id], 11_500, { usePoints: 100 })));
		expect(answers.filter((one) => one.ok)).toHaveLength(3);
	});
	test('the same click twice', async () => {
		const [invoiceId, attemptId] = [await invoice(), newId()];
		await Promise.all([use([invoiceId], 11_000, { attemptId }), use([invoiceId], 11_000, { attemptId })]);
		expect((await story()).filter((line) => line.startsWith('spent'))).toEqual(['spent -200']);
	});
});

describe('refused, and nothing is charged', () => {
	test.each([
		['more than half of the invoice', 500, { usePoints: 200 }, 1_500, 'points_over_share'],
		['no whole step', 11_250, { usePoints: 150 }, 12_000, 'points_not_a_step'],
		['more than there are', 10_000, { usePoints: 400 }, 12_000, 'points_not_enough']
	] as const)('%s', async (_what, amount, options, grossMinor, code) => {
		expect(await use([await invoice(grossMinor)], amount, options)).toMatchObject({ ok: false, refusal: { code } });
		expect(await points()).toMatchObject({ balance: 300 });
	});
	test('several invoices in one payment', async () => {
		const ids = [await invoice(), await invoice()];
		expect(await use(ids, 23_000)).toMatchObject({ ok: false, refusal: { code: 'points_one_invoice' } });
	});
	test('a pay link, which may have been forwarded', async () => {
		const invoiceId = await invoice();
		const link = { ...payer, scope: aPayLink(cast, payer, invoiceId) };
		expect(await use([invoiceId], 11_000, {}, link)).toMatchObject({
			ok: false,
			refusal: { code: 'points_not_offered' }
		});
	});
	test('an old price: the points are not in it', async () => {
		expect(await use([await invoice()], 12_000)).toMatchObject({ ok: false, refusal: { code: 'amount_changed' } });
		expect(await points()).toMatchObject({ balance: 300 });
	});
	test('rules that nobody of the company has accepted', async () => {
		const other = await aPayer(house.services, cast, 'new@roche.example', `${name()} b`);
		await givePoints(house.services, cast, other.clientId, 300);
		const invoiceId = await anInvoice(house.services, cast, { name: `${name()} b` }, { grossMinor: 12_000 });
		expect(await use([invoiceId], 11_000, {}, other)).toMatchObject({
			ok: false,
			refusal: { code: 'points_rules_first' }
		});
	});
});
