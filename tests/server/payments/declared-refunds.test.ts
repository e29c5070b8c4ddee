// A refund that was asked for on an account that was left and disconnected: nobody can ask what became of it, so a person says. Made there, it is in the books once;
// not made, nothing is given back; and when the account comes back, what Stripe says is heard, whatever was said. Nobody gets the same money back twice.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { addDays } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { claimMail, finishMail, handMail, listMails, putBackMail, type MailRow } from '#lib/server/store/mails.ts';
import { findPayment, listReversals } from '#lib/server/store/payments.ts';
import { findPaymentOfIntent } from '#lib/server/store/payments-of-intents.ts';
import { sendNextMail } from '#lib/server/use-cases/sending/send-next-mail.ts';
import { checkDeclaredRefunds } from '#lib/server/use-cases/payments/check-declared-refunds.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import {
	declareRefund,
	type RefundAnswer,
	type DeclareRefundInput
} from '#lib/server/use-cases/payments/declare-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { changeStripeAccount } from '#lib/server/use-cases/suppliers/change-payee.ts';
import { readAdminPayment } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { refundFails } from '#sandbox/stripe/reversals.ts';
import { cutOffStage, NOT_PAID } from '../../builders/cut-off.ts';

const { at, world, asSystem, begun, comeBack, pass, books, day, formerObjects, mailsTo, ...stage } = cutOffStage();
const OK = { ok: true };
const refused = (code: string) => ({ refusal: { code } });
const NOT_MADE: RefundAnswer = { outcome: 'not_refunded' };
const made = (reference: string, refundedOn = day()): RefundAnswer => ({ outcome: 'refunded', reference, refundedOn });
type Asked = { paymentId: string; refundRequestId: string; invoiceId: string };
const ask = ({ paymentId }: { paymentId: string }, euros = 500, meaning: 'error' | 'goodwill' = 'error') =>
	requestRefund(at.house.services, at.cast.owner, {
		refundRequestId: newId(),
		paymentId,
		amountMinor: minor(BigInt(euros * 100)),
		meaning,
		note: 'payé deux fois'
	});
/** Paid, and then 500 € asked back of it while the account does not answer; `heard`: Stripe made the refund, and its answer was lost. */
async function askedFor({ heard = false, meaning = 'error' as 'error' | 'goodwill' } = {}): Promise<Asked> {
	const { invoiceId, intentId } = await begun('pm_card_visa');
	const payment = required(await asSystem((tx) => findPaymentOfIntent(tx, at.cast.system, intentId)), 'payment');
	const refundRequestId = newId();
	const match = { method: 'POST', path: '^/v1/refunds$' };
	const lost = { id: 'r', match, do: { drop: heard ? ('after' as const) : ('before' as const) }, seen: 0 };
	world().faults.push(lost);
	const input = { paymentId: payment.paymentId, amountMinor: minor(50_000n), meaning, note: 'payé deux fois' };
	await requestRefund(at.house.services, at.cast.owner, { refundRequestId, ...input });
	world().faults = [];
	return { paymentId: payment.paymentId, refundRequestId, invoiceId };
}
async function leave() {
	expect(await changeStripeAccount(at.house.services, at.cast.owner, at.today)).toMatchObject(OK);
	await stage.disconnect();
	await at.house.advance(1);
	await pass();
}
const back = async () => {
	await comeBack();
	await checkDeclaredRefunds(at.house.services);
	await at.house.drain();
};
const say = ({ paymentId, refundRequestId }: Asked, answer: RefundAnswer, instead?: number, by = at.cast.owner) =>
	declareRefund(at.house.services, by, {
		paymentId,
		refundRequestId,
		note: 'vu dans le tableau de bord',
		...(instead === undefined ? {} : { instead }),
		...answer
	} as DeclareRefundInput);
const pageOf = async ({ paymentId }: Asked) => {
	const page = await readAdminPayment(at.house.services, at.cast.owner, paymentId);
	return page.ok ? page.value : undefined;
};
const refundAtStripe = () => required(Object.values(formerObjects().refunds)[0], 'refund');
const atStripe = () => Object.values(formerObjects().balance_transactions).reduce((sum, one) => sum + one.net, 0);
/** Before Stripe’s fee, which is read when its account answers. */
const gross = async (): Promise<Record<string, number>> => {
	const { '627': fee = 0, [`511 ${at.former}`]: held = 0, ...rest } = await books();
	return { ...rest, held: held + fee };
};
/** Under which names something was given back of it, in the books, and which of them were taken back. */
const moves = async ({ paymentId }: Asked) =>
	(await asSystem((tx) => listReversals(tx, at.cast.system, paymentId)))
		.map((one) => `${one.kind} ${one.stripeObjectId.replace(/^re_[^:]{20,}/, 're')} ${one.amountMinor / 100n}`)
		.sort();
/** Stripe is asked once more. */
const settleAgain = async ({ paymentId }: Asked) => {
	const payment = required(await asSystem((tx) => findPayment(tx, at.cast.system, paymentId)), 'payment');
	const intentId = required(payment.stripePaymentIntentId, 'intent');
	await settleIntent(at.house.services, at.cast.system, { account: payment.stripeAccount, intentId });
};
/** Its account does not answer any more, which is found out by asking. */
async function goneAgain(asked: Asked) {
	world().refusedAccounts = [at.former];
	await expect(settleAgain(asked)).rejects.toThrow();
	await pass();
	await pass();
}
/** What the client was told of refunds, as far as mails have left by now. */
const told = async () => {
	await at.house.drain();
	return mailsTo(at.payer.email)
		.map((mail) => mail.subject.replace(/\s/g, ' '))
		.filter((subject) => /rembours/i.test(subject));
};
const [TOLD, NOT_SO] = ['Remboursement de 500,00 €', 'Le remboursement de 500,00 € n’a pas été fait'];
const audits = async () => (await stage.audits()).filter((action) => /refund/.test(action));

test('a refund that was made there is booked once, on that account and that day, however often it is said; the account that comes back finds it', async () => {
	const asked = await askedFor({ heard: true });
	await leave();
	expect(await pageOf(asked)).toMatchObject({
		refundWaitingMinor: 50_000n,
		cutOffRefunds: [{ account: at.former, said: [], mayBecome: ['refunded', 'not_refunded'] }]
	});
	const answer = made(refundAtStripe().id);
	expect(await Promise.all([say(asked, answer), say(asked, answer)])).toMatchObject([OK, OK]);
	expect(await say(asked, NOT_MADE)).toMatchObject(refused('outcome_said'));
	const before = await books();
	expect([before['411'], before[`511 ${at.former}`]]).toEqual([50_000, 70_000 - (before['627'] ?? 0)]);
	await at.house.drain();
	expect(mailsTo(at.payer.email).filter((mail) => /rembours/i.test(mail.subject))).toHaveLength(1);
	await back();
	expect(await pageOf(asked)).toMatchObject({
		refundWaitingMinor: 0n,
		cutOffRefunds: [{ said: [{ heard: 'refunded' }] }]
	});
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(mailsTo(at.payer.email).filter((mail) => /rembours/i.test(mail.subject))).toHaveLength(1);
	expect(await audits()).toEqual(['said_refunded']);
});

test('not made there: nothing is given back and nothing is held; if it was made all the same, it is booked when Stripe says so, and until then nobody asks for another', async () => {
	const asked = await askedFor({ heard: true });
	await leave();
	expect(await say(asked, NOT_MADE)).toMatchObject(OK);
	expect(await pageOf(asked)).toMatchObject({ refundWaitingMinor: 0n, payment: { reversedMinor: 0n } });
	// Its account answers again, and nobody has been heard yet.
	world().refusedAccounts = [];
	expect(await ask(asked)).toMatchObject(refused('refund_unheard'));
	await back();
	expect(await pageOf(asked)).toMatchObject({
		payment: { reversedMinor: 50_000n },
		cutOffRefunds: [{ said: [{ outcome: 'not_refunded', heard: 'refunded' }], mayBecome: [] }]
	});
	expect(Object.keys(formerObjects().refunds)).toHaveLength(1);
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await audits()).toEqual(['said_not_refunded', 'heard_refunded']);
	expect(mailsTo('claire@lumen.example').filter((mail) => /l’a été. Il est enregistré/.test(mail.text))).toHaveLength(
		1
	);
	expect(await ask(asked, 701)).toMatchObject(refused('refund_above_rest'));
	expect(await ask(asked, 700)).toMatchObject(OK);
});

test('said to be made, and not so: the owners are told, nothing changes by itself; taken back, the money and the credit note are as before, and it is refunded once', async () => {
	const asked = await askedFor({ meaning: 'goodwill' });
	await leave();
	const start = await gross();
	expect(await say(asked, made('re_read_wrongly'))).toMatchObject(OK);
	const said = await gross();
	expect(said['709']).toBeGreaterThan(0);
	await back();
	expect(await gross()).toEqual(said);
	expect(await audits()).toEqual(['said_refunded', 'heard_not_refunded']);
	expect(await pageOf(asked)).toMatchObject({ cutOffRefunds: [{ mayBecome: ['not_refunded'] }] });
	expect(await say(asked, NOT_MADE, 1, at.cast.accountant)).toMatchObject(OK);
	expect(await say(asked, NOT_MADE, 1, at.cast.accountant)).toMatchObject(OK);
	expect(await gross()).toEqual(start);
	expect(await ask(asked)).toMatchObject(OK);
	await pass(20);
	expect(Object.keys(formerObjects().refunds)).toHaveLength(1);
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await audits()).toEqual(['said_refunded', 'heard_not_refunded', 'said_not_refunded_instead']);
});

test('a wrong reference of a refund that was made: it is in the books once, under the name that Stripe gave it', async () => {
	const asked = await askedFor({ heard: true });
	await leave();
	expect(await say(asked, made('re_read_wrongly'))).toMatchObject(OK);
	await back();
	expect(await pageOf(asked)).toMatchObject({
		payment: { reversedMinor: 50_000n },
		cutOffRefunds: [{ said: [{ heard: 'refunded' }] }]
	});
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect((await books())['411']).toBe(50_000);
});

test('while nobody can be asked, one word replaces another; a day that cannot be, another’s reference, and who may not are refused', async () => {
	const [asked, other] = [await askedFor(), await askedFor()];
	expect(await say(asked, NOT_MADE)).toMatchObject(refused('account_answers'));
	await leave();
	expect(await say(other, made('re_of_another'))).toMatchObject(OK);
	for (const [answer, code, by] of [
		[made('re_of_another'), 'reference_of_another'],
		[made('re_mine', addDays(day(), 1)), 'refund_day_not_possible'],
		[made('re_mine', addDays(day(), -9)), 'refund_day_not_possible'],
		[NOT_MADE, 'not_allowed', at.cast.readOnly]
	] as const)
		expect(await say(asked, answer, undefined, by as typeof at.cast.owner | undefined)).toMatchObject(refused(code));
	expect(await say({ ...asked, paymentId: other.paymentId }, NOT_MADE)).toMatchObject(refused('not_found'));
	const before = await books();
	expect(await say(asked, made('re_mine'))).toMatchObject(OK);
	expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	expect(await books()).toEqual(before);
	expect(await say(asked, made('re_mine'), 2)).toMatchObject(OK);
	expect(await pageOf(asked)).toMatchObject({
		payment: { reversedMinor: 50_000n },
		cutOffRefunds: [{ said: [{}, {}, { round: 3 }] }]
	});
	expect(await audits()).toEqual([
		'said_refunded',
		'said_refunded',
		'said_not_refunded_instead',
		'said_refunded_instead'
	]);
});

test('said to be made, and its bank did not take it: the money is back once, whatever is said afterwards', async () => {
	const asked = await askedFor({ heard: true });
	await leave();
	const { id } = refundAtStripe();
	expect(await say(asked, made(id))).toMatchObject(OK);
	world().refusedAccounts = [];
	refundFails(world(), formerObjects(), refundAtStripe());
	await back();
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await audits()).toEqual(['said_refunded']);
	const before = await books();
	await say(asked, NOT_MADE, 1);
	expect(await books()).toEqual(before);
});

test.each([4, 5, 6, 7, 8])('%i words on one refund, and Stripe had made it: it is in the books once', async (words) => {
	const asked = await askedFor({ heard: true });
	await leave();
	const { id } = refundAtStripe();
	for (let said = 0; said < words; said++)
		expect(await say(asked, said % 2 ? NOT_MADE : made(id), said || undefined)).toMatchObject(OK);
	// Taken back before anybody heard of it, no word of it is true.
	expect(await told()).toEqual(words % 2 ? [TOLD] : []);
	await back();
	await settleAgain(asked);
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 50_000n } });
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect((await books())['411']).toBe(50_000);
	expect(await told()).toEqual([TOLD]);
});
test('said again and again of one payment under the name of a refund of another: that one is in the books once, for its own payment', async () => {
	const [asked, other] = [await askedFor(), await askedFor({ heard: true })];
	await leave();
	const { id } = refundAtStripe();
	for (let said = 0; said < 6; said++)
		expect(await say(asked, said % 2 ? NOT_MADE : made(id), said || undefined)).toMatchObject(OK);
	await back();
	await settleAgain(other);
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 0n } });
	expect(await pageOf(other)).toMatchObject({ payment: { reversedMinor: 50_000n } });
});
test('one name said of two payments at once: of one of them, whose client hears of it once', async () => {
	const [asked, other] = [await askedFor(), await askedFor()];
	await leave();
	const both = await Promise.all([say(asked, made('re_the_same')), say(other, made('re_the_same'))]);
	const first = both.findIndex((one) => one.ok);
	expect(both[1 - first]).toMatchObject(refused('reference_of_another'));
	const [said, unsaid] = first === 0 ? [asked, other] : [other, asked];
	expect(await moves(said)).toEqual(['refund re_the_same 500']);
	expect(await moves(unsaid)).toEqual([]);
	expect(await told()).toEqual([TOLD]);
	expect((await books())['411']).toBe(50_000);
});
/** Said under a wrong name; Stripe has called it by its own since, its bank has not answered, and the account is gone again. */
async function namedByStripe() {
	const asked = await askedFor({ heard: true });
	const own = refundAtStripe();
	own.status = 'pending';
	await leave();
	expect(await say(asked, made('re_wrong'))).toMatchObject(OK);
	await back();
	expect(await moves(asked)).toEqual(['refund re 500', 'refund re_wrong 500', 'refund_unsaid re_wrong 500']);
	await goneAgain(asked);
	return { asked, own };
}
test('Stripe has called it by its name, and is gone again: it is said under that name only, and booked once', async () => {
	const { asked, own } = await namedByStripe();
	const before = await books();
	expect(await say(asked, made('re_another'), 1)).toMatchObject(refused('reference_of_another'));
	const had = await moves(asked);
	expect(await say(asked, made(own.id), 1)).toMatchObject(OK);
	expect([await books(), await moves(asked)]).toEqual([before, had]);
	own.status = 'succeeded';
	await back();
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 50_000n } });
	expect(await told()).toEqual([TOLD]);
});
test('Stripe has called it by its name, and is gone again: said not to be made, the money is here, and there again once Stripe says so', async () => {
	const { asked, own } = await namedByStripe();
	expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 0n } });
	expect((await books())['411']).toBeUndefined();
	own.status = 'succeeded';
	await back();
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 50_000n } });
});
test('Stripe has called it by its name, its bank did not take it, and the account is gone again: it is not said to be made under that name', async () => {
	const { asked, own } = await namedByStripe();
	world().refusedAccounts = [];
	own.status = 'succeeded';
	refundFails(world(), formerObjects(), own);
	await back();
	await goneAgain(asked);
	const before = [await books(), await moves(asked)];
	expect(await say(asked, made(own.id), 1)).toMatchObject(refused('refund_not_taken'));
	expect([await books(), await moves(asked)]).toEqual(before);
});
test('what its bank did not take is not counted as given back when another is said: no more than the rest of the payment', async () => {
	const asked = await askedFor({ heard: true });
	await leave();
	expect(await say(asked, made(refundAtStripe().id))).toMatchObject(OK);
	world().refusedAccounts = [];
	refundFails(world(), formerObjects(), refundAtStripe());
	await back();
	expect(await ask(asked, 1000)).toMatchObject(OK);
	await goneAgain(asked);
	expect(await say(asked, made('re_another'), 1)).toMatchObject(refused('refund_above_rest'));
	expect((await books())['411']).toBe(100_000);
});
test('only its day was wrong: said anew under the same name, it is in the books once, on the right day', async () => {
	const asked = await askedFor();
	await leave();
	expect(await say(asked, made('re_read'))).toMatchObject(OK);
	expect(await say(asked, made('re_read', addDays(day(), -1)), 1)).toMatchObject(OK);
	expect(await moves(asked)).toEqual(['refund re_read 500', 'refund re_read:2 500', 'refund_unsaid re_read 500']);
	expect(await told()).toEqual([TOLD]);
	expect((await books())['411']).toBe(50_000);
});

test('a payment of which something was given back is not taken back before that', async () => {
	await begun('pm_card_visa');
	const lost = await begun('pm_card_visa', { lost: true });
	await leave();
	expect(await stage.say(lost, stage.paidThere(lost.intentId))).toMatchObject(OK);
	const payment = required(await asSystem((tx) => findPaymentOfIntent(tx, at.cast.system, lost.intentId)), 'payment');
	await ask({ paymentId: payment.paymentId });
	const [open] = required(await pageOf({ ...payment, refundRequestId: '', invoiceId: '' }), 'page').cutOffRefunds;
	const asked = {
		paymentId: payment.paymentId,
		refundRequestId: required(open, 'request').refundRequestId,
		invoiceId: ''
	};
	expect(await say(asked, made('re_read'))).toMatchObject(OK);
	const before = await books();
	expect(await stage.say(lost, NOT_PAID, at.cast.owner, 1)).toMatchObject(refused('refund_said_first'));
	expect(await books()).toEqual(before);
	expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	expect(await stage.say(lost, NOT_PAID, at.cast.owner, 1)).toMatchObject(OK);
});

test('a wrong reference put right is the same refund: its client hears of it once, and then that it was none', async () => {
	const asked = await askedFor();
	await leave();
	expect(await say(asked, made('re_wrong'))).toMatchObject(OK);
	expect(await told()).toEqual([TOLD]);
	expect(await say(asked, made('re_right'), 1)).toMatchObject(OK);
	expect(await told()).toEqual([TOLD]);
	expect(await say(asked, NOT_MADE, 2)).toMatchObject(OK);
	expect(await told()).toEqual([TOLD, NOT_SO]);
	// Made after all: heard again, and believed.
	expect(await say(asked, made('re_at_last'), 3)).toMatchObject(OK);
	expect(await told()).toEqual([TOLD, NOT_SO, TOLD]);
});
test('a reference put right before its mail left: the client hears of it once', async () => {
	const asked = await askedFor();
	await leave();
	expect(await say(asked, made('re_wrong'))).toMatchObject(OK);
	expect(await say(asked, made('re_right'), 1)).toMatchObject(OK);
	expect(await told()).toEqual([TOLD]);
});
/** Two refunds of one payment: the first never made, the second made and its answer lost; the first is said to be made under the name of the second. */
async function mixedUp(euros: number) {
	const asked = await askedFor();
	world().faults.push({ id: 'r', match: { method: 'POST', path: '^/v1/refunds$' }, do: { drop: 'after' }, seen: 0 });
	await ask(asked, euros);
	world().faults = [];
	await leave();
	expect(await say(asked, made(refundAtStripe().id))).toMatchObject(OK);
	expect(await told()).toEqual([TOLD]);
	return asked;
}
test('said under the name of another refund of the same payment: what Stripe made is in the books once and for its own sum, the client hears of it, and what was said is asked for again', async () => {
	const asked = await mixedUp(300);
	await back();
	expect(await told()).toEqual([TOLD, 'Le remboursement de 500,00 € n’a pas été fait', 'Remboursement de 300,00 €']);
	const end = await books();
	expect([end[`511 ${at.former}`], end['411']]).toEqual([atStripe(), 30_000]);
	expect(await pageOf(asked)).toMatchObject({
		refundWaitingMinor: 0n,
		payment: { reversedMinor: 30_000n },
		cutOffRefunds: [{ said: [{ heard: 'not_refunded' }], mayBecome: ['not_refunded'] }]
	});
	expect(await audits()).toEqual(['said_refunded', 'heard_refund_of_another']);
	const [notice] = mailsTo('claire@lumen.example').filter((mail) => /celle d’un autre remboursement/.test(mail.text));
	expect(notice?.text).toContain('500,00');
	// Looked at again and again, and the word taken back: what Stripe made stays.
	await settleAgain(asked);
	expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	await settleAgain(asked);
	expect(await books()).toEqual(end);
	expect(await moves(asked)).toEqual(['refund re 500', 'refund re:2 300', 'refund_unsaid re 500']);
	expect(await ask(asked, 901)).toMatchObject(refused('refund_above_rest'));
	expect(await ask(asked)).toMatchObject(OK);
	expect((await books())['411']).toBe(80_000);
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
});
test('said under the name of another refund of the same sum: one refund, told once, and the other is not called made', async () => {
	const asked = await mixedUp(500);
	await back();
	expect(await told()).toEqual([TOLD]);
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await pageOf(asked)).toMatchObject({
		payment: { reversedMinor: 50_000n },
		cutOffRefunds: [{ said: [{ heard: 'not_refunded' }] }]
	});
	expect(await audits()).toEqual(['said_refunded', 'heard_refund_of_another']);
});
/** Two refunds of one payment, both made, and their answers lost; the first is said to be made under the name of the second. */
async function bothMade(euros: number) {
	const asked = await askedFor({ heard: true });
	const { id: own } = refundAtStripe();
	world().faults.push({ id: 'r', match: { method: 'POST', path: '^/v1/refunds$' }, do: { drop: 'after' }, seen: 0 });
	await ask(asked, euros);
	world().faults = [];
	await leave();
	const other = required(
		Object.keys(formerObjects().refunds).find((id) => id !== own),
		'the other refund'
	);
	expect(await say(asked, made(other))).toMatchObject(OK);
	return { asked, own };
}
test('its own refund and another, said under the name of the other: both are in the books once, however often Stripe is asked', async () => {
	const { asked } = await bothMade(300);
	await back();
	await settleAgain(asked);
	await settleAgain(asked);
	expect(await moves(asked)).toEqual(['refund re 500', 'refund re 500', 'refund re:2 300', 'refund_unsaid re 500']);
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 80_000n } });
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await told()).toEqual([TOLD, 'Remboursement de 300,00 €']);
});
test('one that takes off what is owed is like no other of its sum: its client is told of both, and has its credit note', async () => {
	const asked = await askedFor();
	world().faults.push({ id: 'r', match: { method: 'POST', path: '^/v1/refunds$' }, do: { drop: 'after' }, seen: 0 });
	await ask(asked, 500, 'goodwill');
	world().faults = [];
	await leave();
	expect(await say(asked, made(refundAtStripe().id))).toMatchObject(OK);
	expect(await told()).toEqual([TOLD]);
	await back();
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect((await told()).toSorted()).toEqual([NOT_SO, TOLD, TOLD].toSorted());
	const last = mailsTo(at.payer.email)
		.filter((mail) => mail.subject.replace(/\s/g, ' ') === TOLD)
		.at(-1);
	expect(last?.attachments.map((one) => one.name)).toEqual([expect.stringMatching(/^AV/)]);
});
test('one sum given back twice is told twice', async () => {
	const { intentId } = await begun('pm_card_visa');
	const payment = required(await asSystem((tx) => findPaymentOfIntent(tx, at.cast.system, intentId)), 'payment');
	for (const times of [1, 2, 3]) {
		expect(await ask(payment, 300)).toMatchObject(OK);
		expect(await told()).toEqual(Array.from({ length: times }, () => 'Remboursement de 300,00 €'));
	}
});
test('two refunds of one sum, both made, one said under the name of the other: the client hears of two', async () => {
	const { asked, own } = await bothMade(500);
	expect(await told()).toEqual([TOLD]);
	await back();
	await settleAgain(asked);
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 100_000n } });
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await told()).toEqual([TOLD, TOLD]);
	// One that was told of fails: it is said, and once.
	refundFails(world(), formerObjects(), required(formerObjects().refunds[own], 'refund'));
	await reconcileRecent(at.house.services, 30);
	expect(await told()).toEqual([TOLD, TOLD, 'Le remboursement de 500,00 € n’a pas abouti']);
});
test('said under the name of a refund of another payment: that one is in the books all the same, and stays when the word is taken back', async () => {
	const [asked, other] = [await askedFor(), await askedFor({ heard: true })];
	await leave();
	expect(await say(asked, made(refundAtStripe().id))).toMatchObject(OK);
	await back();
	expect(await pageOf(other)).toMatchObject({ payment: { reversedMinor: 50_000n } });
	// Nothing by itself: its own payment has no refund at Stripe at all.
	expect((await books())[`511 ${at.former}`]).toBe(atStripe() - 50_000);
	expect(await audits()).toEqual(['said_refunded', 'heard_not_refunded']);
	expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	expect((await books())[`511 ${at.former}`]).toBe(atStripe());
	expect(await pageOf(other)).toMatchObject({ payment: { reversedMinor: 50_000n } });
});
test('said under a name that Stripe has given to another refund which is not booked yet: refused', async () => {
	const asked = await askedFor();
	world().faults.push({ id: 'r', match: { method: 'GET', path: '^/v1/' }, do: { drop: 'before' }, seen: 0 });
	expect(await ask(asked, 300)).toMatchObject(OK);
	world().faults = [];
	await leave();
	expect(await say(asked, made(refundAtStripe().id))).toMatchObject(refused('reference_of_another'));
});
test('Stripe calls it by another name than was said: one refund, told once; that its bank did not take it is told all the same', async () => {
	const asked = await askedFor({ heard: true });
	await leave();
	expect(await say(asked, made('re_read_wrongly'))).toMatchObject(OK);
	expect(await told()).toEqual([TOLD]);
	await back();
	expect(await pageOf(asked)).toMatchObject({ payment: { reversedMinor: 50_000n } });
	expect(await told()).toEqual([TOLD]);
	refundFails(world(), formerObjects(), refundAtStripe());
	await reconcileRecent(at.house.services, 30);
	expect(await told()).toEqual([TOLD, 'Le remboursement de 500,00 € n’a pas abouti']);
});

test('taken back while its mail is in the hands of a slow mail server: that it was not made is told all the same', async () => {
	const { db, clock } = at.house.services;
	const asked = await askedFor();
	await leave();
	const before = (await told()).length;
	expect(await say(asked, made('re_slow'))).toMatchObject(OK);
	const claimed: MailRow[] = [];
	for (let row; (row = await claimMail(db, clock.now(), { leaseMs: 120_000, served: null }));) claimed.push(row);
	for (const row of claimed) if (row.kind !== 'refund') await putBackMail(db, row, clock.now());
	const slow = required(
		claimed.find(({ kind }) => kind === 'refund'),
		'mail'
	);
	expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	expect((await told()).slice(before)).toEqual([]);
	await finishMail(db.system, slow, { state: 'sent' }, clock.now());
	world().offsetMs += 1000;
	expect((await told()).slice(before)).toEqual([NOT_SO]);
});

/** Sends until the client’s mail about a refund is in the hands of this mail server, whose sender then hears nothing more; `delivers`: it has taken it. */
async function diesWith(delivers: boolean): Promise<void> {
	const { services } = at.house;
	const dead = Promise.withResolvers<void>();
	const dying: typeof services = {
		...services,
		mail: {
			...services.mail,
			send: async (message) => {
				if (message.to !== at.payer.email || !/rembours/i.test(message.subject)) return services.mail.send(message);
				if (delivers) await services.mail.send(message);
				dead.resolve();
				return new Promise(() => {});
			}
		}
	};
	const sending = (async () => {
		while (await sendNextMail(dying));
	})();
	await Promise.race([dead.promise, sending.then(() => Promise.reject(new Error('nothing was sent')))]);
}
/** The mail about a refund, and nothing else, as a worker holds it before it is sent. */
async function held(): Promise<MailRow> {
	const { db, clock } = at.house.services;
	const claimed: MailRow[] = [];
	for (let row; (row = await claimMail(db, clock.now(), { leaseMs: 120_000, served: null }));) claimed.push(row);
	for (const row of claimed) if (row.kind !== 'refund') await putBackMail(db, row, clock.now());
	return required(
		claimed.find(({ kind }) => kind === 'refund'),
		'mail'
	);
}
const leaseIsOver = () => void (world().offsetMs += 121_000);
const SMTP_SAID = { kind: 'later' as const, problem: '451 come back later' };

describe('a refund is said, and denied while its mail is on its way', () => {
	let asked: Asked;
	let before: number;
	beforeEach(async () => {
		asked = await askedFor();
		await leave();
		before = (await told()).length;
		expect(await say(asked, made(`re_${newId()}`))).toMatchObject(OK);
	});
	const deny = async () => expect(await say(asked, NOT_MADE, 1)).toMatchObject(OK);
	const toldSince = async () => (await told()).slice(before);

	test('sent before: both are told, in their order', async () => {
		expect(await toldSince()).toEqual([TOLD]);
		await deny();
		expect(await toldSince()).toEqual([TOLD, NOT_SO]);
	});
	test('denied before it is sent: nothing is told', async () => {
		await deny();
		expect(await toldSince()).toEqual([]);
	});
	test.each(['before', 'after'])(
		'its sender dead before the mail server had it, denied %s: nothing is told',
		async (when) => {
			await held();
			if (when === 'before') await deny();
			leaseIsOver();
			if (when === 'after') await deny();
			expect(await toldSince()).toEqual([]);
		}
	);
	test.each(['before', 'after'])(
		'its sender dead after the mail server took it, denied %s: each is told once',
		async (when) => {
			await diesWith(true);
			if (when === 'before') {
				await deny();
				// While its sender may be alive nothing is said.
				expect(await toldSince()).toEqual([TOLD]);
			}
			leaseIsOver();
			if (when === 'after') await deny();
			expect(await toldSince()).toEqual([TOLD, NOT_SO]);
		}
	);
	test('its sender dead and nobody denies it: it is told again', async () => {
		await diesWith(true);
		leaseIsOver();
		expect(await toldSince()).toEqual([TOLD, TOLD]);
		await deny();
		expect(await toldSince()).toEqual([TOLD, TOLD, NOT_SO]);
	});
	test('the sender of the denial dead: it is told again', async () => {
		expect(await toldSince()).toEqual([TOLD]);
		await deny();
		await diesWith(true);
		leaseIsOver();
		expect(await toldSince()).toEqual([TOLD, NOT_SO, NOT_SO]);
	});
	test.each([
		['said no', SMTP_SAID, false, []],
		['was not heard to the end', { ...SMTP_SAID, mayHaveLeft: true }, true, [TOLD, NOT_SO]]
	])('the mail server %s, and it is denied before the next try', async (_what, outcome, delivers, expected) => {
		const { services } = at.house;
		const failing: typeof services = {
			...services,
			mail: {
				...services.mail,
				send: async (message) => {
					if (delivers && message.to === at.payer.email) await services.mail.send(message);
					return outcome;
				}
			}
		};
		while (await sendNextMail(failing));
		await deny();
		world().offsetMs += 3_600_000;
		expect(await toldSince()).toEqual(expected);
	});
	test('who has lost it before it was sent does not send it', async () => {
		const { services } = at.house;
		const { db, clock } = services;
		const slow = await held();
		leaseIsOver();
		expect(await handMail(db, slow, clock.now(), 120_000)).toBeNull();
		const next = await held();
		expect(await handMail(db, slow, clock.now(), 120_000)).toBeNull();
		expect(await handMail(db, next, clock.now(), 120_000)).toMatchObject({ state: 'sending' });
	});
	test('as long as its sender lives it is nobody else’s, however slow the mail server', async () => {
		vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
		try {
			await diesWith(false);
			await deny();
			for (let i = 0; i < 5; i++) {
				const now = at.house.services.clock.now();
				world().offsetMs += 40_000;
				await vi.advanceTimersByTimeAsync(40_000);
				await expect
					.poll(async () => (await findRefundMail(asked))?.nextTryAt.getTime() ?? 0, { timeout: 5000 })
					.toBeGreaterThan(now.getTime() + 140_000);
			}
			expect(await toldSince()).toEqual([]);
		} finally {
			vi.useRealTimers();
		}
		leaseIsOver();
		await toldSince();
	});
});
const findRefundMail = async ({ paymentId }: Asked): Promise<MailRow | undefined> => {
	const reversals = await asSystem((tx) => listReversals(tx, at.cast.system, paymentId));
	const subjectId = required(
		reversals.find(({ kind }) => kind === 'refund'),
		'refund'
	).reversalId;
	const mails = await asSystem((tx) => listMails(tx, at.cast.system, { subjectId }));
	return mails.find(({ kind }) => kind === 'refund');
};
