// What was said of an attempt, and its account is back: who is asked is the account that it was made on, what nobody goes on with comes to an end, and a debit under
// way is not collected a second time.
import { expect, test } from 'vitest';
import { required } from '#lib/domain/required.ts';
import { checkDeclaredOutcomes } from '#lib/server/use-cases/payments/check-declared-outcomes.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { anOffer, instalments, pay } from '../../builders/parties.ts';
import { cutOffStage, DEBIT, NOT_PAID } from '../../builders/cut-off.ts';

const { at, world, begun, leave, comeBack, pass, say, paidThere, payToday, shownAttemptOf, ...stage } = cutOffStage();
const { attemptOf, audits, balanceOf, books, disconnect, formerObjects, intentOf, mailsTo } = stage;
const AT_BANK = 'pm_card_authenticationRequired';

test.each([
	['“paid there”', true],
	['“not paid there”', false]
])(
	'a key of another account that answers for the former one says nothing of a lost try of which was said %s: only the account itself is heard',
	async (_, isPaid) => {
		await begun('pm_card_visa');
		const lost = await begun('pm_card_visa', { lost: true });
		await leave();
		expect(await say(lost, isPaid ? paidThere(lost.intentId) : NOT_PAID)).toMatchObject({ ok: true });
		const own = formerObjects();
		world().accounts.set(at.former, required(world().accounts.get('acct_stranger'), 'account'));
		await comeBack();
		expect(await shownAttemptOf(lost)).toMatchObject({ said: { heard: null, awaits: 'stripe' } });
		expect(await audits()).toEqual([isPaid ? 'said_paid' : 'said_not_paid']);
		world().accounts.set(at.former, own);
		await checkDeclaredOutcomes(at.house.services);
		expect(await shownAttemptOf(lost)).toMatchObject({ status: 'paid', said: { heard: 'paid', awaits: null } });
	}
);

test('a key of another account ends no try whose answer was lost: it stays unknown, and the right one settles it', async () => {
	await begun('pm_card_visa');
	const lost = await begun('pm_card_visa', { lost: true });
	const own = formerObjects();
	world().accounts.set(at.former, required(world().accounts.get('acct_stranger'), 'account'));
	await at.house.advance(2);
	await pass();
	expect((await attemptOf(lost.attemptId)).status).toBe('open');
	world().accounts.set(at.former, own);
	await pass();
	expect((await attemptOf(lost.attemptId)).status).toBe('paid');
});

test('of an account that has named nothing we know, nobody can tell who answers: what is missing there stays unheard', async () => {
	const lost = await begun('pm_card_visa', { lost: true });
	await leave();
	expect(await say(lost, paidThere('pi_nobody_knows'))).toMatchObject({ ok: true });
	await comeBack();
	expect(await shownAttemptOf(lost)).toMatchObject({ said: { heard: null, awaits: 'stripe' } });
	expect(await audits()).toEqual(['said_paid']);
});

test.each(['requires_action', 'requires_confirmation', 'requires_payment_method'] as const)(
	'said to be paid, and at Stripe it is %s: it is closed there, so that nothing comes by it any more, and the owners are told once that it was not paid',
	async (status) => {
		const waiting = await begun(AT_BANK);
		// At once: left for a day, it would have ended here by itself.
		await changeStripeAccount(at.house.services, at.cast.owner, at.today);
		await disconnect();
		Object.assign(intentOf(waiting.intentId), { status });
		expect(await say(waiting, paidThere(waiting.intentId))).toMatchObject({ ok: true });
		const before = await books();
		await comeBack();
		expect(intentOf(waiting.intentId).status).toBe('canceled');
		expect(await shownAttemptOf(waiting)).toMatchObject({ status: 'paid', said: { heard: 'not_paid' } });
		expect([await books(), await audits()]).toEqual([before, ['said_paid', 'outcome_differs']]);
		await pass(20);
		expect(await audits()).toHaveLength(2);
	}
);

test('said not to be paid, and under way as Stripe says: its invoice is not collected a second time, the owners are told once, and the bank’s answer settles it', async () => {
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, NOT_PAID)).toMatchObject({ ok: true });
	// Somebody has begun to pay it otherwise, and has not answered the bank.
	const other = await payToday(debit.invoiceId, AT_BANK);
	expect(other).toMatchObject({ value: { status: 'awaiting_auth' } });
	await comeBack();
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'processing', said: { heard: null, awaits: 'bank' } });
	expect(await payToday(debit.invoiceId)).toMatchObject({ refusal: { code: 'payment_under_way' } });
	expect(await audits()).toEqual(['said_not_paid', 'outcome_under_way']);
	expect(mailsTo('claire@lumen.example').filter((mail) => /est en cours/.test(mail.text))).toHaveLength(1);
	await pass(20);
	expect(await audits()).toHaveLength(2);
	await at.house.advance(14);
	await pass(70);
	await checkDeclaredOutcomes(at.house.services);
	expect([await balanceOf(debit.invoiceId), (await books())['4191']]).toEqual([0n, undefined]);
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'paid', said: { heard: 'paid' } });
});

test('under way, and paid otherwise meanwhile: it holds nothing, and the owners are told before the money comes twice', async () => {
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, NOT_PAID)).toMatchObject({ ok: true });
	expect(await payToday(debit.invoiceId)).toMatchObject({ value: { status: 'paid' } });
	await comeBack();
	await pass(20);
	expect((await attemptOf(debit.attemptId)).status).toBe('canceled');
	expect(await audits()).toEqual(['said_not_paid', 'outcome_under_way_twice']);
	await at.house.advance(14);
	await pass(70);
	await checkDeclaredOutcomes(at.house.services);
	expect([await balanceOf(debit.invoiceId), (await books())['4191']]).toEqual([0n, -120_000]);
	expect(await audits()).toEqual(['said_not_paid', 'outcome_under_way_twice', 'outcome_differs']);
});

test('a part of a plan that was said not to be paid and is under way is held again, and asked for no more; the first one too', async () => {
	await anOffer(at.house.services, at.cast, { discount: null, instalments: instalments() });
	const starts = async () => {
		const { invoiceId, attemptId } = await stage.open();
		const asked = { option: 'plan_2' as const, method: DEBIT, attemptId, account: at.former };
		expect(await pay(at.house.services, at.payer, [invoiceId], 60_000, asked)).toMatchObject({ ok: true });
		return { invoiceId, attemptId };
	};
	const planOf = async (invoiceId: string) => {
		const plans = await stage.asSystem((tx) =>
			listPlansOfInvoices(tx, at.cast.system, [invoiceId], { running: false })
		);
		return required(plans[0], 'plan');
	};
	const standing = async (invoiceId: string) => {
		const plan = await planOf(invoiceId);
		return [plan.status, ...plan.instalments.map((instalment) => instalment.status)];
	};
	const running = await starts();
	for (let days = 0; days < 60 && (await standing(running.invoiceId))[2] !== 'processing'; days++) {
		await at.house.advance(1);
		await reconcileRecent(at.house.services, 3);
		await at.house.drain();
	}
	expect(await standing(running.invoiceId)).toEqual(['active', 'paid', 'processing']);
	const instalment = {
		invoiceId: running.invoiceId,
		attemptId: (await planOf(running.invoiceId)).instalments[1]?.attemptId ?? ''
	};
	const first = await starts();
	await leave();
	for (const one of [instalment, first]) expect(await say(one, NOT_PAID)).toMatchObject({ ok: true });
	expect(await standing(instalment.invoiceId)).toEqual(['active', 'paid', 'action_needed']);
	await comeBack();
	expect(await standing(instalment.invoiceId)).toEqual(['active', 'paid', 'processing']);
	expect(await standing(first.invoiceId)).toEqual(['active', 'processing', 'scheduled']);
	await at.house.advance(14);
	await pass(70);
	await checkDeclaredOutcomes(at.house.services);
	expect(await standing(instalment.invoiceId)).toEqual(['completed', 'paid', 'paid']);
	expect(await standing(first.invoiceId)).toEqual(['active', 'paid', 'scheduled']);
	expect([await balanceOf(instalment.invoiceId), await balanceOf(first.invoiceId)]).toEqual([0n, 60_000n]);
});

test('said not to be paid, its client began a plan instead, and the debit is under way: the parts stay as agreed until the bank has answered, then ask for what is owed', async () => {
	await anOffer(at.house.services, at.cast, { discount: null, instalments: instalments() });
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, NOT_PAID)).toMatchObject({ ok: true });
	const asked = { option: 'plan_2' as const, method: 'pm_card_visa', account: at.today };
	expect(await pay(at.house.services, at.payer, [debit.invoiceId], 60_000, asked)).toMatchObject({
		value: { status: 'paid' }
	});
	const planNow = async () => {
		const plans = await stage.asSystem((tx) =>
			listPlansOfInvoices(tx, at.cast.system, [debit.invoiceId], { running: false })
		);
		const plan = required(plans[0], 'plan');
		return [plan.status, ...plan.instalments.map((instalment) => instalment.status)];
	};
	await comeBack();
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'processing' });
	expect(await planNow()).toEqual(['active', 'paid', 'scheduled']);
	expect(mailsTo(at.payer.email).filter((mail) => /est réduit/.test(mail.subject))).toEqual([]);
	await at.house.advance(14);
	await pass(70);
	await checkDeclaredOutcomes(at.house.services);
	expect(await planNow()).toEqual(['completed', 'paid', 'paid_otherwise']);
	expect([await balanceOf(debit.invoiceId), (await books())['4191']]).toEqual([0n, -60_000]);
});

test('said not to be paid, a debit of its client’s new plan is under way, and so is the first: nothing fails, and the owners are told before it comes twice', async () => {
	await anOffer(at.house.services, at.cast, { discount: null, instalments: instalments() });
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, NOT_PAID)).toMatchObject({ ok: true });
	const asked = { option: 'plan_2' as const, method: DEBIT, account: at.today };
	expect(await pay(at.house.services, at.payer, [debit.invoiceId], 60_000, asked)).toMatchObject({
		value: { status: 'processing' }
	});
	await comeBack();
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'canceled' });
	expect(await audits()).toEqual(['said_not_paid', 'outcome_under_way_twice']);
});

test('said not to be paid, held again, and its bank refuses: that is heard as a refusal and told, and stays one', async () => {
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, NOT_PAID)).toMatchObject({ ok: true });
	await comeBack();
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'processing' });
	const error = { code: 'insufficient_funds', decline_code: 'insufficient_funds', type: 'card_error', message: 'no' };
	Object.assign(intentOf(debit.intentId), { status: 'requires_payment_method', last_payment_error: error });
	await checkDeclaredOutcomes(at.house.services);
	await pass(20);
	await checkDeclaredOutcomes(at.house.services);
	await at.house.drain();
	expect((await attemptOf(debit.attemptId)).status).toBe('declined');
	expect(await shownAttemptOf(debit)).toMatchObject({ said: { heard: 'not_paid' } });
	expect(mailsTo(at.payer.email).filter((mail) => /n’a pas abouti/.test(mail.subject))).toHaveLength(1);
	expect(await balanceOf(debit.invoiceId)).toBe(120_000n);
});
