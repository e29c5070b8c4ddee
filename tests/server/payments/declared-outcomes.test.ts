// An attempt on an account that was left and disconnected: nobody can ask what became of it, so a person says. Paid, it is booked once; not paid, its invoice is free;
// and when the account comes back, what Stripe says is heard, whatever was said.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { declareOutcome, type Answer, type DeclareInput } from '#lib/server/use-cases/payments/declare-outcome.ts';
import { checkDeclaredOutcomes } from '#lib/server/use-cases/payments/check-declared-outcomes.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { readAdminInvoice } from '#lib/server/use-cases/suppliers/read-invoices.ts';
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
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let former: string;
let today: string;
let serial = 0;
const NUMBERS = Array.from({ length: 30 }, (_, i) => i);
beforeAll(async () => {
	house = await openHouse(NUMBERS.flatMap((i) => [`acct_former${i}`, `acct_today${i}`]));
});
afterAll(() => house.close());
beforeEach(async () => {
	serial += 1;
	[former, today] = [`acct_former${serial}`, `acct_today${serial}`];
	Object.assign(house.world.world, { refusedKeys: [], refusedAccounts: [], faults: [] });
	house.world.mailbox.mails.length = 0;
	cast = await aSupplier(house.services, former, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

const asSystem = <T>(work: Parameters<typeof inScope<T>>[2]) => inScope(house.services.db, cast.system, work);
const attemptOf = async (id: string) => {
	const attempt = await asSystem((tx) => findAttempt(tx, cast.system, id));
	if (!attempt) throw new Error('no attempt');
	return attempt;
};
const balanceOf = async (id: string) => (await asSystem((tx) => findInvoice(tx, cast.system, id)))?.balanceMinor;
const day = () => civilDateIn(house.services.clock.now(), 'Europe/Paris');
/** Each account's balance in the journal, in cents; of 511 by account at Stripe. */
const books = async () => {
	const rows = await asSystem((tx) =>
		tx.execute<{ account: string; minor: number }>(sql`
			select case l.account when '511' then '511 ' || e.stripe_account else l.account end as account, sum(l.debit_minor - l.credit_minor)::int as minor
			from journal_line l join journal_entry e using (supplier_id, entry_id) where l.supplier_id = ${cast.supplierId} group by 1 having sum(l.debit_minor - l.credit_minor) <> 0`)
	);
	return Object.fromEntries(rows.map((row) => [row.account, row.minor]));
};
const mailsTo = (to: string) => house.world.mailbox.mails.filter((mail) => mail.to.includes(to));
const audits = async () =>
	(
		await asSystem((tx) =>
			tx.execute<{ action: string }>(
				sql`select action from audit where supplier_id = ${cast.supplierId} and action like '%said%' or supplier_id = ${cast.supplierId} and action = 'outcome_differs' order by at`
			)
		)
	).map((row) => row.action);
const DEBIT = 'pm_success_fr';
type Attempted = { invoiceId: string; attemptId: string };
async function begun(method: string, { lost = false, fails = false } = {}): Promise<Attempted & { intentId: string }> {
	const invoiceId = await anInvoice(
		house.services,
		cast,
		{},
		{ number: `S-${newId().slice(-8)}`, issuedOn: day(), dueOn: day() }
	);
	const attemptId = newId();
	const match = { method: 'POST', path: '^/v1/payment_intents$' };
	if (lost) house.world.world.faults.push({ id: 'f', match, do: { drop: 'after' }, seen: 0 });
	await pay(house.services, payer, [invoiceId], 120_000, { method, attemptId, account: former });
	house.world.world.faults = [];
	const made = Object.values(house.world.world.accounts.get(former)?.payment_intents ?? {});
	const intent = made.find((one) => one.metadata.attempt_id === attemptId);
	if (!intent) throw new Error('no intent');
	if (fails) Object.assign(intent, { status: 'canceled' });
	return { invoiceId, attemptId, intentId: intent.id };
}
/** Long enough for silent accounts to be asked again. */
const pass = async (minutes = 3) => {
	house.world.world.offsetMs += minutes * 60_000;
	await house.drain();
};
async function leave() {
	expect(await changeStripeAccount(house.services, cast.owner, today)).toMatchObject({ ok: true });
	house.world.world.refusedAccounts = [former];
	await house.advance(1);
	await pass();
	await pass();
}
async function comeBack() {
	house.world.world.refusedAccounts = [];
	await pass(20);
	await pass(20);
	await checkDeclaredOutcomes(house.services);
	await house.drain();
}
const paidThere = (reference: string): Answer => ({ outcome: 'paid', reference, paidOn: day(), methodType: 'card' });
const say = ({ invoiceId, attemptId }: Attempted, answer: Answer, by = cast.owner) =>
	declareOutcome(house.services, by, {
		invoiceId,
		attemptId,
		note: 'vu dans le tableau de bord',
		...answer
	} as DeclareInput);
const NOT_PAID: Answer = { outcome: 'not_paid' };
const payToday = (invoiceId: string) => pay(house.services, payer, [invoiceId], 120_000, { account: today });
const shownAttemptOf = async ({ invoiceId, attemptId }: Attempted) => {
	const page = await readAdminInvoice(house.services, cast.owner, invoiceId);
	return page.ok ? page.value.attempts.rows.find((one) => one.attemptId === attemptId) : undefined;
};

test('a debit under way that was paid there is booked once, on that account and that day, with its receipt, however often it is said', async () => {
	const debit = await begun(DEBIT);
	await leave();
	expect(await shownAttemptOf(debit)).toMatchObject({
		cutOff: { account: former, reference: debit.intentId },
		said: null
	});
	expect(await payToday(debit.invoiceId)).toMatchObject({ refusal: { code: 'payment_under_way' } });
	const answer = paidThere(debit.intentId);
	expect(await Promise.all([say(debit, answer), say(debit, answer)])).toMatchObject([{ ok: true }, { ok: true }]);
	expect(await say(debit, answer, cast.accountant)).toMatchObject({ ok: true });
	expect([await balanceOf(debit.invoiceId), (await attemptOf(debit.attemptId)).status]).toEqual([0n, 'paid']);
	expect(await books()).toEqual({ [`511 ${former}`]: 120_000, '467': -120_000 });
	const rows = await asSystem((tx) =>
		tx.execute(
			sql`select paid_on::text as day, method_type as method, stripe_account as account from payment where supplier_id = ${cast.supplierId}`
		)
	);
	expect([...rows]).toEqual([{ day: day(), method: 'sepa_debit', account: former }]);
	await house.drain();
	expect(mailsTo(payer.email).filter((mail) => /reçu/i.test(mail.subject + mail.text))).toHaveLength(1);
	expect(await audits()).toEqual(['said_paid']);
	expect(await shownAttemptOf(debit)).toMatchObject({
		cutOff: null,
		said: { outcome: 'paid', by: 'Claire Martin', note: 'vu dans le tableau de bord', paidOn: day(), heard: null }
	});
});

test('a try whose answer was lost is booked under the payment that was seen there; never under another’s, nor at a day that cannot be', async () => {
	const [lost, other] = [await begun('pm_card_visa', { lost: true }), await begun(DEBIT)];
	await leave();
	const { intentId } = lost;
	for (const [answer, code] of [
		[paidThere(other.intentId), 'reference_of_another'],
		[{ ...paidThere(intentId), paidOn: addDays(day(), -2) }, 'money_day_not_possible'],
		[{ ...paidThere(intentId), paidOn: addDays(day(), 1) }, 'money_day_not_possible']
	] as const)
		expect(await say(lost, answer as Answer)).toMatchObject({ refusal: { code } });
	expect(await say(other, paidThere(intentId))).toMatchObject({ refusal: { code: 'reference_of_another' } });
	expect(await say(lost, paidThere(intentId))).toMatchObject({ ok: true });
	expect(await balanceOf(lost.invoiceId)).toBe(0n);
	// The account is back: the same payment is not booked again, its fee is.
	await comeBack();
	await reconcileRecent(house.services, 3);
	const after = await books();
	expect([after['511 ' + former], after['627'], after['4191']]).toEqual([
		120_000 - (after['627'] ?? 0),
		expect.any(Number),
		undefined
	]);
	expect(await shownAttemptOf(lost)).toMatchObject({ said: { heard: 'paid' } });
	expect(await audits()).toEqual(['said_paid']);
});

test('a reference that is another payment’s makes nobody’s payment of it: the owners are told, and the other try is not called paid', async () => {
	const [mine, other] = [await begun('pm_card_visa', { lost: true }), await begun('pm_card_visa', { lost: true })];
	await leave();
	expect(await say(mine, paidThere(other.intentId))).toMatchObject({ ok: true });
	await comeBack();
	await reconcileRecent(house.services, 3);
	await pass(20);
	expect(await shownAttemptOf(mine)).toMatchObject({ said: { outcome: 'paid', heard: 'not_paid' } });
	expect(await audits()).toEqual(['said_paid', 'outcome_differs']);
	expect((await attemptOf(other.attemptId)).status).not.toBe('paid');
	expect(await balanceOf(other.invoiceId)).toBe(120_000n);
	const [row] = await asSystem((tx) =>
		tx.execute<{ n: number }>(sql`select count(*)::int as n from payment where supplier_id = ${cast.supplierId}`)
	);
	expect(row!.n).toBe(1);
});

test.each([
	['a debit under way', DEBIT, false],
	['a lost answer', 'pm_card_visa', true]
])(
	'%s that was not paid there ends, and its invoice is paid today; if it was paid after all, the money is the client’s and the owners are told',
	async (_, method, lost) => {
		const tried = await begun(method, { lost });
		await leave();
		expect(await say(tried, NOT_PAID)).toMatchObject({ ok: true });
		expect(await say(tried, NOT_PAID)).toMatchObject({ ok: true });
		expect(await balanceOf(tried.invoiceId)).toBe(120_000n);
		expect(await payToday(tried.invoiceId)).toMatchObject({ value: { status: 'paid' } });
		await house.advance(14);
		await comeBack();
		expect([await balanceOf(tried.invoiceId), (await attemptOf(tried.attemptId)).status]).toEqual([0n, 'paid']);
		const after = await books();
		expect([after['4191'], after['411']]).toEqual([-120_000, undefined]);
		expect(await audits()).toEqual(['said_not_paid', 'outcome_differs']);
		expect(mailsTo('claire@lumen.example').some((mail) => /répond à nouveau/.test(mail.text))).toBe(true);
		expect(await shownAttemptOf(tried)).toMatchObject({ said: { outcome: 'not_paid', heard: 'paid' } });
		// Told once.
		await pass(20);
		expect(await audits()).toHaveLength(2);
	}
);

test('what was said not to be paid, and was, pays its invoice where that is still owed; what was not stays closed', async () => {
	const [paid, unpaid, left] = [
		await begun(DEBIT),
		await begun(DEBIT, { fails: true }),
		await begun('pm_card_authenticationRequired')
	];
	await changeStripeAccount(house.services, cast.owner, today);
	house.world.world.refusedAccounts = [former];
	await pass();
	await pass();
	for (const one of [paid, unpaid, left]) expect(await say(one, NOT_PAID)).toMatchObject({ ok: true });
	// So long after that no event tells of it any more.
	await house.advance(45);
	await comeBack();
	await comeBack();
	expect([await balanceOf(paid.invoiceId), await balanceOf(unpaid.invoiceId), await balanceOf(left.invoiceId)]).toEqual(
		[0n, 120_000n, 120_000n]
	);
	expect((await books())['4191']).toBeUndefined();
	expect(await shownAttemptOf(unpaid)).toMatchObject({ status: 'canceled', said: { heard: 'not_paid' } });
	// The bank's question that was left there is closed: nobody answers it any more.
	expect(await shownAttemptOf(left)).toMatchObject({ status: 'canceled', said: { heard: 'not_paid' } });
	expect(house.world.world.accounts.get(former)?.payment_intents[left.intentId]?.status).toBe('canceled');
});

test('said to be paid, and not so: the owners are told, and nothing is changed behind their back', async () => {
	const debit = await begun(DEBIT, { fails: true });
	await leave();
	expect(await say(debit, paidThere(debit.intentId))).toMatchObject({ ok: true });
	const before = await books();
	await comeBack();
	expect(await books()).toEqual(before);
	expect(await audits()).toEqual(['said_paid', 'outcome_differs']);
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'paid', said: { heard: 'not_paid' } });
});

test('both answers at once: the first one stands, the other is told so', async () => {
	const debit = await begun(DEBIT);
	await leave();
	const both = await Promise.all([say(debit, paidThere(debit.intentId)), say(debit, NOT_PAID, cast.accountant)]);
	expect(both.filter((one) => one.ok)).toHaveLength(1);
	expect(both.find((one) => !one.ok)).toMatchObject({ refusal: { code: 'outcome_said' } });
	const isPaid = both[0]?.ok === true;
	expect(await balanceOf(debit.invoiceId)).toBe(isPaid ? 0n : 120_000n);
	expect(await audits()).toEqual([isPaid ? 'said_paid' : 'said_not_paid']);
});

test('nobody’s word is taken of an account that can be asked, or that somebody mends', async () => {
	const debit = await begun(DEBIT);
	const refused = { refusal: { code: 'account_answers' } };
	const tries = async () => [await say(debit, NOT_PAID), await say(debit, paidThere(debit.intentId))];
	expect(await tries()).toMatchObject([refused, refused]);
	// Today's account refuses: it is reconnected.
	house.world.world.refusedAccounts = [former];
	await pass();
	await pass();
	expect(await tries()).toMatchObject([refused, refused]);
	expect((await shownAttemptOf(debit))?.cutOff).toBeNull();
	// Left, and the key of the platform is refused.
	house.world.world.refusedAccounts = [];
	await pass(20);
	await changeStripeAccount(house.services, cast.owner, today);
	house.world.world.refusedKeys = [house.config.stripe.secretKey];
	await pass();
	await pass();
	expect(await tries()).toMatchObject([refused, refused]);
	house.world.world.refusedKeys = [];
	await pass(20);
	// Disconnected, and back a moment ago: nobody has noticed yet.
	house.world.world.refusedAccounts = [former];
	await pass();
	await house.advance(1);
	await pass();
	await pass();
	expect((await shownAttemptOf(debit))?.cutOff).not.toBeNull();
	house.world.world.refusedAccounts = [];
	expect(await tries()).toMatchObject([refused, refused]);
	expect((await attemptOf(debit.attemptId)).status).toBe('processing');
});

test('only who keeps the books and has proved to be there; of another’s try, or by another invoice, there is nothing', async () => {
	const debit = await begun(DEBIT);
	const another = await anInvoice(house.services, cast, {}, { number: `T-${serial}` });
	await leave();
	const stranger = await aSupplier(house.services, `acct_former${serial + 20}`, 'Autre');
	const unproven = mintScope(cast.supplierId, { kind: 'member', memberId: cast.memberId, role: 'owner' });
	for (const answer of [NOT_PAID, paidThere(debit.intentId)]) {
		expect(await say(debit, answer, stranger.owner)).toMatchObject({ refusal: { code: 'not_found' } });
		expect(await say({ ...debit, invoiceId: another }, answer)).toMatchObject({ refusal: { code: 'not_found' } });
		expect(await say(debit, answer, cast.readOnly)).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await say(debit, answer, payer.scope)).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await say(debit, answer, unproven)).toMatchObject({ refusal: { code: 'proof_needed' } });
	}
	expect(await audits()).toEqual([]);
});

test('the first part of a plan that was paid there begins the plan, and the client is asked for a means of payment; not paid, there is no plan', async () => {
	await anOffer(house.services, cast, { discount: null, instalments: instalments() });
	const starts = async () => {
		const invoiceId = await anInvoice(
			house.services,
			cast,
			{},
			{ number: `P-${newId().slice(-8)}`, issuedOn: day(), dueOn: day() }
		);
		const attemptId = newId();
		const asked = { option: 'plan_2' as const, method: DEBIT, attemptId, account: former };
		expect(await pay(house.services, payer, [invoiceId], 60_000, asked)).toMatchObject({ ok: true });
		return { invoiceId, attemptId };
	};
	const [paid, unpaid] = [await starts(), await starts()];
	await leave();
	const { stripePaymentIntentId } = await attemptOf(paid.attemptId);
	expect(await say(paid, paidThere(stripePaymentIntentId ?? ''))).toMatchObject({ ok: true });
	expect(await say(unpaid, NOT_PAID)).toMatchObject({ ok: true });
	const planNow = async ({ invoiceId }: Attempted) => {
		const page = await readAdminInvoice(house.services, cast.owner, invoiceId);
		return page.ok
			? page.value.plans.flatMap((plan) => [plan.status, ...plan.instalments.map((instalment) => instalment.status)])
			: [];
	};
	expect([await balanceOf(paid.invoiceId), await balanceOf(unpaid.invoiceId)]).toEqual([60_000n, 120_000n]);
	expect(await planNow(paid)).toEqual(['active', 'paid', 'scheduled']);
	expect(await planNow(unpaid)).not.toContain('paid');
	await house.drain();
	expect(mailsTo(payer.email).map((mail) => mail.subject)).toContainEqual(expect.stringMatching(/moyen de paiement/));
	// Nobody gave one: the instalment is not forgotten on its day.
	for (let days = 0; days < 21; days++) {
		await house.advance(1);
		await house.drain();
	}
	expect(await planNow(paid)).toEqual(['active', 'paid', 'action_needed']);
});
