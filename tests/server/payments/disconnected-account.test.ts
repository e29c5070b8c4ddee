// A supplier leaves an account at Stripe and disconnects it: what had not paid there holds no invoice for ever. What may answer again stays no answer.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt, findLiveAttempt } from '#lib/server/store/attempts.ts';
import { isDisconnected, isSilent } from '#lib/server/store/stripe-accounts.ts';
import { acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
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
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let former: string;
let today: string;
let serial = 0;
const NUMBERS = Array.from({ length: 12 }, (_, i) => i);
beforeAll(async () => {
	house = await openHouse(NUMBERS.flatMap((i) => [`acct_former${i}`, `acct_today${i}`]));
});
afterAll(() => house.close());
beforeEach(async () => {
	serial += 1;
	[former, today] = [`acct_former${serial}`, `acct_today${serial}`];
	Object.assign(house.world.world, { refusedKeys: [], refusedAccounts: [], faults: [] });
	cast = await aSupplier(house.services, former, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

const { asSystem, balanceOf } = stageOf(() => ({ house, cast }));
const statusOf = async (id: string) => (await asSystem((tx) => findAttempt(tx, cast.system, id)))!.status;
const liveOf = (id: string) => asSystem((tx) => findLiveAttempt(tx, cast.system, [id]));
const day = () => civilDateIn(house.services.clock.now(), 'Europe/Paris');
const begun = async (method: string) => {
	const number = `D-${serial}-${newId().slice(-6)}`;
	const invoiceId = await anInvoice(house.services, cast, {}, { number, issuedOn: day(), dueOn: day() });
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], 120_000, { method, attemptId, account: former });
	return { invoiceId, attemptId, number };
};
const DECLINED = 'pm_card_visa_chargeDeclined';
const AT_BANK = 'pm_card_authenticationRequired';
const move = async () =>
	expect(await changeStripeAccount(house.services, cast.owner, today)).toMatchObject({ ok: true });
/** Long enough for silent accounts to be asked again. */
const pass = async (minutes = 3) => {
	house.world.world.offsetMs += minutes * 60_000;
	await house.drain();
};
const disconnect = () => void (house.world.world.refusedAccounts = [former]);
const payAgain = (invoiceId: string) => pay(house.services, payer, [invoiceId], 120_000, { account: today });
const transfer = async ({ invoiceId, number }: { invoiceId: string; number: string }) => {
	const content = `Date;Libellé;Montant\n${day()};VIR MENUISERIE ROCHE ${number};1200,00\n`;
	const files = [{ name: `${number}.csv`, bytes: new TextEncoder().encode(content) }];
	await importStatements(house.services, cast.owner, files, { acceptReview: false });
	const entry = (await readBank(house.services, cast.owner)).waiting.find((one) =>
		JSON.stringify(one, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes(number)
	)!;
	return () =>
		acceptTransaction(house.services, cast.owner, {
			bankTransactionId: entry.bankTransactionId,
			invoiceIds: [invoiceId]
		});
};

test.each([
	['a refused card', DECLINED, 'declined'],
	['a bank confirmation left unfinished', AT_BANK, 'canceled']
])(
	'%s on a disconnected former account: the invoice is paid by card, and another by transfer',
	async (_, method, end) => {
		const [byCard, byTransfer] = [await begun(method), await begun(method)];
		await move();
		disconnect();
		const accept = await transfer(byTransfer);
		// Refused once: it may have been a mistake, and is asked again first.
		expect(await payAgain(byCard.invoiceId)).toMatchObject({ refusal: { code: 'payment_unavailable' } });
		expect(await accept()).toMatchObject({ refusal: { code: 'payment_in_progress' } });
		await pass();
		expect(await payAgain(byCard.invoiceId)).toMatchObject({ value: { status: 'paid' } });
		expect(await accept()).toMatchObject({ ok: true });
		for (const { invoiceId, attemptId } of [byCard, byTransfer])
			expect([await balanceOf(invoiceId), await statusOf(attemptId)]).toEqual([0n, end]);
	}
);

test('nobody pays again: what waits for its bank there ends after a day, and its invoice is free', async () => {
	const left = await begun(AT_BANK);
	await move();
	disconnect();
	await pass();
	await pass();
	expect(await statusOf(left.attemptId)).toBe('awaiting_auth');
	await house.advance(1);
	await pass();
	expect([await statusOf(left.attemptId), await liveOf(left.invoiceId)]).toEqual(['canceled', null]);
});

test('a debit under way there is still waited for', async () => {
	const debit = await begun('pm_success_fr');
	await move();
	disconnect();
	await pass();
	await house.advance(1);
	await pass();
	await pass();
	expect(await isDisconnected(house.services.db, cast.system, former)).toBe(true);
	expect(await payAgain(debit.invoiceId)).toMatchObject({ refusal: { code: 'payment_under_way' } });
	expect(await statusOf(debit.attemptId)).toBe('processing');
});

test.each([
	['today’s account that refuses', () => void (house.world.world.refusedAccounts = [former])],
	[
		'a former one, and a key that is refused',
		async () => {
			await move();
			house.world.world.refusedKeys = [house.config.stripe.secretKey];
		}
	]
])('%s: no answer, so nothing ends and nothing is paid over it', async (_, breaks) => {
	const [declined, waiting] = [await begun(DECLINED), await begun(AT_BANK)];
	const accepts = [await transfer(declined), await transfer(waiting)];
	await breaks();
	for (const accept of accepts) expect(await accept()).toMatchObject({ refusal: { code: 'payment_in_progress' } });
	await pass();
	await house.advance(2);
	await pass();
	expect(await isSilent(house.services.db, former)).toBe(true);
	expect(await isDisconnected(house.services.db, cast.system, former)).toBe(false);
	for (const accept of accepts) expect(await accept()).toMatchObject({ refusal: { code: 'payment_in_progress' } });
	expect([await statusOf(declined.attemptId), await statusOf(waiting.attemptId)]).toEqual([
		'declined',
		'awaiting_auth'
	]);
	expect([await balanceOf(declined.invoiceId), await balanceOf(waiting.invoiceId)]).toEqual([120_000n, 120_000n]);
});

test('a refused card whose intent is missing where it was made holds nothing; a bank confirmation that is missing is held for a person', async () => {
	const [byCard, byTransfer, waiting] = [await begun(DECLINED), await begun(DECLINED), await begun(AT_BANK)];
	await move();
	house.world.world.accounts.get(former)!.payment_intents = {};
	const accept = await transfer(byTransfer);
	expect(await payAgain(byCard.invoiceId)).toMatchObject({ value: { status: 'paid' } });
	expect(await accept()).toMatchObject({ ok: true });
	expect(await payAgain(waiting.invoiceId)).toMatchObject({ refusal: { code: 'payment_in_progress' } });
	expect(await statusOf(waiting.attemptId)).toBe('awaiting_auth');
	expect(await liveOf(byCard.invoiceId)).toBeNull();
});

test('a refused card of the account of before is not tried again on today’s: the next try is a payment of its own', async () => {
	const { invoiceId, attemptId } = await begun(DECLINED);
	await move();
	expect(await payAgain(invoiceId)).toMatchObject({ value: { status: 'paid' } });
	expect(await statusOf(attemptId)).toBe('canceled');
});

test('a plan that only waits for its means of payment there ends by itself, and its invoice is free; whoever chooses again need not wait for that', async () => {
	const rule = instalments({ counts: [2], firstPart: 'on_due_date' });
	await anOffer(house.services, cast, { discount: null, instalments: rule });
	const due = addDays(day(), 20);
	const waiting = async () => {
		const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: day(), dueOn: due });
		const attemptId = newId();
		const asked = { option: 'plan_2' as const, method: AT_BANK, attemptId, account: former };
		expect(await pay(house.services, payer, [invoiceId], 0, asked)).toMatchObject({
			value: { status: 'awaiting_auth' }
		});
		return { invoiceId, attemptId };
	};
	const [left, again] = [await waiting(), await waiting()];
	await move();
	disconnect();
	// Refused once: it may have been a mistake, and is asked again first.
	expect(await payAgain(again.invoiceId)).toMatchObject({ refusal: { code: 'payment_unavailable' } });
	await pass();
	expect(await payAgain(again.invoiceId)).toMatchObject({ value: { status: 'paid' } });
	await pass(10);
	expect([await statusOf(left.attemptId), await liveOf(left.invoiceId)]).toEqual(['canceled', null]);
	expect(await statusOf(again.attemptId)).toBe('canceled');
});
