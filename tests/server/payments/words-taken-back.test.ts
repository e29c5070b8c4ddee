// What was said of an attempt was a mistake: it is taken back, and another word counts. Its payment goes back as it was booked, the payment that its reference really
// is finds its place, and every cent is once in the books.
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { addDays } from '#lib/domain/calendar/civil-date.ts';
import { listLines } from '#lib/server/store/journal.ts';
import { listPlansOfInvoices } from '#lib/server/store/plans.ts';
import { anOffer, instalments, pay } from '../../builders/parties.ts';
import { cutOffStage, DEBIT, NOT_PAID } from '../../builders/cut-off.ts';

const { at, asSystem, begun, leave, comeBack, pass, say, paidThere, payToday, shownAttemptOf, ...stage } =
	cutOffStage();
const { attemptOf, audits, balanceOf, books, formerObjects, mailsTo } = stage;
const instead = (one: Parameters<typeof say>[0], answer: Parameters<typeof say>[1], round = 1, by = at.cast.owner) =>
	say(one, answer, by, round);
const OK = { ok: true };
const refused = (code: string) => ({ refusal: { code } });
/** What Stripe holds of the former account. */
const atStripe = () => Object.values(formerObjects().balance_transactions).reduce((sum, one) => sum + one.net, 0);
const receiptMails = (words: RegExp) => mailsTo(at.payer.email).filter((mail) => words.test(mail.subject));

test('a reference that was another payment’s: taken back, each try finds its own payment, once, and 511 is the balance at Stripe again', async () => {
	await begun('pm_card_visa');
	const [mine, other] = [await begun('pm_card_visa', { lost: true }), await begun('pm_card_visa', { lost: true })];
	await leave();
	expect(await say(mine, paidThere(other.intentId))).toMatchObject(OK);
	await at.house.drain();
	await comeBack();
	await pass(20);
	expect(await balanceOf(other.invoiceId)).toBe(120_000n);
	expect(await shownAttemptOf(mine)).toMatchObject({
		said: { heard: 'not_paid', mayBecome: ['not_paid'] },
		instead: {}
	});
	expect(await instead(mine, NOT_PAID)).toMatchObject(OK);
	// Its own is heard at once.
	expect(await shownAttemptOf(mine)).toMatchObject({
		status: 'paid',
		said: { outcome: 'not_paid', heard: 'paid', round: 2 },
		saidBefore: [{ outcome: 'paid', heard: 'not_paid', round: 1 }]
	});
	expect((await attemptOf(mine.attemptId)).stripePaymentIntentId).toBe(mine.intentId);
	await pass(20);
	await pass(20);
	expect((await attemptOf(other.attemptId)).status).toBe('paid');
	expect([await balanceOf(mine.invoiceId), await balanceOf(other.invoiceId)]).toEqual([0n, 0n]);
	const after = await books();
	expect([after['411'], after['4191'], after[`511 ${at.former}`]]).toEqual([undefined, undefined, atStripe()]);
	expect(await audits()).toEqual(['said_paid', 'outcome_differs', 'said_not_paid_instead', 'outcome_differs']);
	const cancelled = receiptMails(/annulé/);
	expect(cancelled).toHaveLength(1);
	expect(cancelled[0]?.text).toMatch(/enregistré par erreur/);
	// Again and again: nothing moves any more.
	await pass(20);
	expect(await books()).toEqual(after);
});

test('“paid there” that Stripe contradicts is taken back: the invoice is due and paid again, nothing is left on 511 of the former account, and the owners are told', async () => {
	const debit = await begun(DEBIT, { fails: true });
	await leave();
	expect(await say(debit, paidThere(debit.intentId))).toMatchObject(OK);
	// Said by somebody else: every owner but who does it is told.
	await comeBack();
	for (const [round, answer, code] of [
		[undefined, NOT_PAID, 'outcome_said'],
		[2, NOT_PAID, 'outcome_said'],
		[1, { ...paidThere(debit.intentId), paidOn: addDays(stage.day(), -1) }, 'account_answers']
	] as const)
		expect(await say(debit, answer as typeof NOT_PAID, at.cast.owner, round)).toMatchObject(refused(code));
	expect(await instead(debit, NOT_PAID, 1, at.cast.accountant)).toMatchObject(OK);
	expect(await instead(debit, NOT_PAID, 1, at.cast.accountant)).toMatchObject(OK);
	expect(await books()).toEqual({ '411': 120_000, '467': -120_000 });
	expect(await shownAttemptOf(debit)).toMatchObject({ status: 'canceled', said: { heard: 'not_paid' }, instead: null });
	expect(await audits()).toEqual(['said_paid', 'outcome_differs', 'said_not_paid_instead']);
	await at.house.drain();
	expect(mailsTo('claire@lumen.example').some((mail) => /a été repris/.test(mail.text))).toBe(true);
	expect(await payToday(debit.invoiceId)).toMatchObject({ value: { status: 'paid' } });
	expect(await balanceOf(debit.invoiceId)).toBe(0n);
});

test('while nobody can be asked, each word may be taken back for another, at once by several people too; what Stripe has confirmed may not', async () => {
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, NOT_PAID)).toMatchObject(OK);
	expect(await instead(debit, paidThere(debit.intentId))).toMatchObject(OK);
	expect(await balanceOf(debit.invoiceId)).toBe(0n);
	const both = await Promise.all([instead(debit, NOT_PAID, 2), instead(debit, NOT_PAID, 2, at.cast.accountant)]);
	expect(both).toMatchObject([OK, OK]);
	expect(await books()).toEqual({ '411': 120_000, '467': -120_000 });
	expect(await instead(debit, paidThere(debit.intentId), 3)).toMatchObject(OK);
	expect(await books()).toEqual({ [`511 ${at.former}`]: 120_000, '467': -120_000 });
	// Each entry names its own receipt, the one that is worth nothing any more too.
	const ids = await asSystem((tx) =>
		tx.execute<{ id: string }>(sql`select entry_id as id from journal_entry where supplier_id = ${at.cast.supplierId}`)
	);
	const lines = await asSystem((tx) =>
		listLines(
			tx,
			at.cast.system,
			ids.map((row) => row.id)
		)
	);
	const pieceOf = (kind: string) => lines.filter((line) => line.kind === kind).map((line) => line.piece);
	const [first, second] = [...new Set(pieceOf('payment'))].sort();
	expect([/^R/.test(first ?? ''), second !== first, [...new Set(pieceOf('payment_unsaid'))]]).toEqual([
		true,
		true,
		[first]
	]);
	expect(await audits()).toEqual(['said_not_paid', 'said_paid_instead', 'said_not_paid_instead', 'said_paid_instead']);
	await at.house.advance(14);
	await comeBack();
	await pass(20);
	expect(await shownAttemptOf(debit)).toMatchObject({
		status: 'paid',
		said: { heard: 'paid', round: 4 },
		instead: null
	});
	expect(await instead(debit, NOT_PAID, 4)).toMatchObject(refused('account_answers'));
	await stage.disconnect();
	expect(await instead(debit, NOT_PAID, 4)).toMatchObject(refused('account_answers'));
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
});

test('only who keeps the books and has proved to be there takes a word back; nobody pays an intent twice, whatever is written to the database', async () => {
	const debit = await begun(DEBIT);
	await leave();
	expect(await say(debit, paidThere(debit.intentId))).toMatchObject(OK);
	const unproven = mintScope(at.cast.supplierId, { kind: 'member', memberId: at.cast.memberId, role: 'owner' });
	for (const [by, code] of [
		[at.cast.readOnly, 'not_allowed'],
		[at.payer.scope, 'not_allowed'],
		[unproven, 'proof_needed']
	] as const)
		expect(await instead(debit, NOT_PAID, 1, by as typeof at.cast.owner)).toMatchObject(refused(code));
	const again = (round: number) =>
		asSystem((tx) =>
			tx.execute(sql`
				insert into payment (supplier_id, payment_id, attempt_id, client_id, receipt_number, amount_minor, currency, method_type, credit_minor, stripe_account, stripe_payment_intent_id, intent_round, paid_at, paid_on, created_at)
				select supplier_id, gen_random_uuid(), attempt_id, client_id, receipt_number || 'x', amount_minor, currency, method_type, amount_minor, stripe_account, stripe_payment_intent_id, ${round}::int, paid_at, paid_on, created_at
				from payment where supplier_id = ${at.cast.supplierId}`)
		);
	for (const round of [1, 2, 3]) await expect(again(round)).rejects.toThrow();
	expect(await audits()).toEqual(['said_paid']);
});

test('a first part that was said to be paid and was not: the plan waits for it again, and it is collected once', async () => {
	await anOffer(at.house.services, at.cast, { discount: null, instalments: instalments() });
	const { invoiceId, attemptId } = await stage.open();
	const asked = { option: 'plan_2' as const, method: DEBIT, attemptId, account: at.former };
	expect(await pay(at.house.services, at.payer, [invoiceId], 60_000, asked)).toMatchObject(OK);
	const { stripePaymentIntentId } = await attemptOf(attemptId);
	await leave();
	const planNow = async () =>
		(await asSystem((tx) => listPlansOfInvoices(tx, at.cast.system, [invoiceId], { running: false }))).flatMap(
			(plan) => [plan.status, ...plan.instalments.map((instalment) => instalment.status)]
		);
	const one = { invoiceId, attemptId };
	expect(await say(one, paidThere(stripePaymentIntentId ?? ''))).toMatchObject(OK);
	expect(await planNow()).toEqual(['active', 'paid', 'scheduled']);
	expect(await instead(one, NOT_PAID)).toMatchObject(OK);
	expect(await planNow()).toEqual(['active', 'scheduled', 'scheduled']);
	expect(await balanceOf(invoiceId)).toBe(120_000n);
});
