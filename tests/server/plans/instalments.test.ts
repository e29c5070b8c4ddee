// One instalment of a plan: put off with the client's consent, given up by the supplier, left alone during a dispute. And Stripe's news about plans in any order.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { required } from '#lib/domain/required.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { listDiscounts } from '#lib/server/store/discounts.ts';
import { holdInvoice } from '#lib/server/use-cases/invoices/hold-invoice.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { findCreditNote } from '#lib/server/use-cases/payments/read-credit-note.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { forgiveInstalment } from '#lib/server/use-cases/plans/forgive-instalment.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import {
	answerReschedule,
	askReschedule,
	withdrawReschedule
} from '#lib/server/use-cases/plans/reschedule-instalment.ts';
import { readJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import {
	FROM,
	aPayer,
	anInvoice,
	anOffer,
	aSupplier,
	pay,
	type Cast,
	type Payer,
	instalments
} from '../../builders/parties.ts';
import { stageOf } from '../../builders/stage.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	payer = await aPayer(house.services, cast);
	await offered();
});
const offered = () =>
	anOffer(house.services, cast, {
		discount: null,
		instalments: instalments({ counts: [3], spacing: { unit: 'day', every: 15 } })
	});
afterAll(() => house.close());

const { inDays, asSystem, balanceOf, planOf, live, mailsAbout } = stageOf(() => ({ house, cast }));
async function begun(
	method = 'pm_card_visa',
	grossMinor = 120_000,
	account = 'acct_lumen'
): Promise<{ invoiceId: string; planId: string }> {
	const over = { issuedOn: inDays(0), dueOn: inDays(30), grossMinor };
	const invoiceId = await anInvoice(house.services, cast, {}, over);
	expect(
		await pay(house.services, payer, [invoiceId], Math.ceil(grossMinor / 3), { option: 'plan_3', method, account })
	).toMatchObject({
		ok: true
	});
	return { invoiceId, planId: (await planOf(invoiceId)).planId };
}

test('another day for a part: asked, told, nothing moves before the client agrees; then it is taken on the new day, once', async () => {
	const { invoiceId, planId } = await begun();
	const instalment = { planId, position: 2 };
	const ask = (toOn: string) => askReschedule(house.services, cast.owner, { ...instalment, toOn: toOn as never });
	expect(await askReschedule(house.services, cast.readOnly, { ...instalment, toOn: inDays(20) })).toMatchObject({
		refusal: { code: 'not_allowed' }
	});
	for (const wrong of [inDays(0), inDays(-3), inDays(15), inDays(30), inDays(45)])
		expect(await ask(wrong)).toMatchObject({ refusal: { code: 'day_not_possible' } });
	expect(await askReschedule(house.services, cast.owner, { planId, position: 3, toOn: inDays(61) })).toMatchObject({
		refusal: { code: 'day_past_cap', detail: { date: inDays(60) } }
	});
	expect(await ask(inDays(22))).toMatchObject({ ok: true });
	expect(await ask(inDays(23))).toMatchObject({ refusal: { code: 'move_waiting' } });
	await house.drain();
	expect(mailsAbout(/^Une autre date/)).toHaveLength(1);
	expect((await planOf(invoiceId)).instalments[1]!.dueOn).toBe(inDays(15));
	const stranger = await aPayer(house.services, cast, 'stranger@stranger.example', 'Inconnu');
	const answer = (who: Payer['scope'], accepts: boolean) =>
		answerReschedule(house.services, who, { ...instalment, toOn: inDays(22), accepts }, FROM);
	expect(await answer(stranger.scope, true)).toMatchObject({ refusal: { code: 'not_found' } });
	const otherLink = mintScope(cast.supplierId, {
		kind: 'pay_link',
		payLinkId: newId(),
		contactId: payer.contactId,
		clientId: payer.clientId,
		invoiceId: newId()
	});
	expect(await answer(otherLink, true)).toMatchObject({ refusal: { code: 'not_found' } });
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.plan!.instalments[1]!.moveTo).toBe(inDays(22));
	expect(await answer(payer.scope, true)).toMatchObject({ ok: true });
	expect(await answer(payer.scope, true)).toMatchObject({ refusal: { code: 'not_found' } });
	expect((await planOf(invoiceId)).instalments[1]).toMatchObject({ dueOn: inDays(22), askOn: inDays(22) });
	await live(21);
	expect(await balanceOf(invoiceId)).toBe(80_000n);
	await live(1);
	expect(await balanceOf(invoiceId)).toBe(40_000n);
	// Refused, and taken back: the day stays.
	const last = { planId, position: 3 };
	// The page still shows a day that the supplier has taken back to ask for another: nobody has said yes or no to that one.
	await askReschedule(house.services, cast.owner, { ...last, toOn: inDays(20) });
	await withdrawReschedule(house.services, cast.owner, { ...last, toOn: inDays(20) });
	await askReschedule(house.services, cast.owner, { ...last, toOn: inDays(21) });
	const stale = { ...last, toOn: inDays(20) };
	for (const accepts of [true, false])
		expect(await answerReschedule(house.services, payer.scope, { ...stale, accepts }, FROM)).toMatchObject({
			refusal: { code: 'move_changed' }
		});
	expect(await withdrawReschedule(house.services, cast.owner, stale)).toMatchObject({
		refusal: { code: 'move_changed' }
	});
	expect((await planOf(invoiceId)).instalments[2]!.dueOn).toBe(inDays(8));
	await withdrawReschedule(house.services, cast.owner, { ...last, toOn: inDays(21) });
	await askReschedule(house.services, cast.owner, { ...last, toOn: inDays(20) });
	expect(
		await answerReschedule(house.services, payer.scope, { ...last, toOn: inDays(20), accepts: false }, FROM)
	).toMatchObject({
		ok: true
	});
	await askReschedule(house.services, cast.owner, { ...last, toOn: inDays(21) });
	expect(await withdrawReschedule(house.services, cast.owner, { ...last, toOn: inDays(21) })).toMatchObject({
		ok: true
	});
	expect((await planOf(invoiceId)).instalments[2]!.dueOn).toBe(inDays(8));
	await expect(
		asSystem((tx) => tx.execute(sql`update part_move set status = 'accepted' where plan_id = ${planId}`))
	).rejects.toThrow();
});

test('a part given up: never asked for, booked in 709 with its VAT, proved by a credit note; the rest goes on', async () => {
	const { invoiceId, planId } = await begun();
	const instalment = { planId, position: 3 };
	expect(await forgiveInstalment(house.services, cast.readOnly, instalment)).toMatchObject({
		refusal: { code: 'not_allowed' }
	});
	const twice = await Promise.all([
		forgiveInstalment(house.services, cast.owner, instalment),
		forgiveInstalment(house.services, cast.owner, instalment)
	]);
	expect(twice.filter((one) => one.ok)).toHaveLength(1);
	expect(await forgiveInstalment(house.services, cast.owner, { planId, position: 1 })).toMatchObject({
		refusal: { code: 'not_found' }
	});
	const [given] = await asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }));
	expect(given).toMatchObject({ reason: 'forgiven', amountMinor: 40_000n, vat: [{ rateBps: 2000, vatMinor: 6_667n }] });
	expect(given!.documentNumber).toMatch(/^AV\d{4}-\d{6}$/);
	expect(await findCreditNote(house.services, payer.scope, given!.discountId)).toMatchObject({ reason: 'forgiven' });
	const journal = await readJournal(house.services, cast.owner, { month: inDays(0).slice(0, 7) });
	const lines = journal.lines.filter((line) => line.kind === 'part_forgiven');
	expect(lines.map((line) => [line.account, line.debitMinor, line.creditMinor])).toEqual([
		['709', 33_333n, 0n],
		['44571', 6_667n, 0n],
		['411', 0n, 40_000n]
	]);
	expect(await balanceOf(invoiceId)).toBe(40_000n);
	await live(15);
	expect(await balanceOf(invoiceId)).toBe(0n);
	expect(await planOf(invoiceId)).toMatchObject({ status: 'completed' });
	expect(mailsAbout(/ne vous est plus demandée/)).toHaveLength(1);
	// Receipts and the credit note together are the VAT of the invoice, to the cent.
	const [vat] = await asSystem((tx) =>
		tx.execute<{ sum: string }>(sql`select sum(vat_minor) as sum from allocation_vat where invoice_id = ${invoiceId}`)
	);
	expect(BigInt(vat!.sum) + 6_667n).toBe(20_000n);
	// The database refuses a reduction of an instalment that was not given up.
	await expect(
		asSystem(async (tx) => {
			await tx.execute(sql`insert into discount (supplier_id, discount_id, reason, plan_id, position, invoice_id, client_id, sequence, kind, amount_minor, currency, happened_on, created_at)
				values (${cast.supplierId}, ${newId()}, 'forgiven', ${planId}, 1, ${invoiceId}, ${payer.clientId}, 1, 'granted', 40000, 'EUR', ${inDays(0)}, now())`);
		})
	).rejects.toThrow();
});

test('a part given up after a refusal stays so when its old try is closed at Stripe, its plan ended by then', async () => {
	const { invoiceId, planId } = await begun();
	house.world.world.forced.saved = 'pm_card_visa_chargeDeclinedInsufficientFunds';
	await live(15);
	house.world.world.forced = {};
	const attemptId = required((await planOf(invoiceId)).instalments[1]?.attemptId, 'attempt');
	expect(await forgiveInstalment(house.services, cast.owner, { planId, position: 2 })).toMatchObject({ ok: true });
	expect(await changePlan(house.services, cast.owner, planId, 'end')).toMatchObject({ ok: true });
	const attempt = required(await asSystem((tx) => findAttempt(tx, cast.system, attemptId)), 'attempt');
	expect(attempt.status).toBe('declined');
	const at = { account: attempt.stripeAccount, intentId: required(attempt.stripePaymentIntentId, 'intent') };
	await house.services.payments.cancel(at.account, at.intentId);
	const settled = await settleIntent(house.services, cast.system, at);
	expect(settled?.attempts.map(({ status }) => status)).toEqual(['canceled']);
	expect((await planOf(invoiceId)).instalments.map(({ status }) => status)).toEqual(['paid', 'forgiven', 'canceled']);
});

test('two parts given up and one paid: receipts and credit notes are the VAT of the invoice, to the cent', async () => {
	const { invoiceId, planId } = await begun('pm_card_visa', 10_003);
	for (const position of [3, 2]) await forgiveInstalment(house.services, cast.owner, { planId, position });
	const [vat] = await asSystem((tx) =>
		tx.execute<{ receipts: string; notes: string; invoice: string }>(
			sql`select (select sum(vat_minor) from allocation_vat where invoice_id = ${invoiceId}) as receipts,
				(select sum(v.vat_minor) from discount_vat v join discount d using (supplier_id, discount_id) where d.invoice_id = ${invoiceId}) as notes,
				(select vat_minor from invoice where invoice_id = ${invoiceId}) as invoice`
		)
	);
	expect(BigInt(vat!.receipts) + BigInt(vat!.notes)).toBe(BigInt(vat!.invoice));
	expect(await balanceOf(invoiceId)).toBe(0n);
});

test('a disputed invoice is not debited, nor announced, nor broken; lifted, it is taken; a promise ends by itself', async () => {
	const { invoiceId } = await begun();
	expect(
		await holdInvoice(house.services, cast.readOnly, invoiceId, { reason: 'disputed', until: null })
	).toMatchObject({ ok: false });
	expect(await holdInvoice(house.services, cast.owner, invoiceId, { reason: 'promised', until: null })).toMatchObject({
		refusal: { code: 'day_not_possible' }
	});
	await holdInvoice(house.services, cast.owner, invoiceId, { reason: 'disputed', until: null });
	const announced = mailsAbout(/seront prélevés le/).length;
	await live(20);
	expect(await balanceOf(invoiceId)).toBe(80_000n);
	expect(mailsAbout(/seront prélevés le/)).toHaveLength(announced);
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	expect(view.ok && view.value.plan).toMatchObject({ isHeld: true });
	await holdInvoice(house.services, cast.owner, invoiceId, { reason: null, until: null });
	await live(1);
	expect(await balanceOf(invoiceId)).toBe(40_000n);
	await holdInvoice(house.services, cast.owner, invoiceId, { reason: 'promised', until: inDays(12) });
	await live(12);
	expect(await balanceOf(invoiceId)).toBe(40_000n);
	await live(1);
	expect(await balanceOf(invoiceId)).toBe(0n);
});

test('every event of a plan, told again in other orders and twice: the same plan, the same books', async () => {
	const { invoiceId } = await begun();
	await live(14);
	house.world.world.forced.saved = 'pm_card_visa_chargeDeclinedInsufficientFunds';
	await live(2);
	house.world.world.forced = {};
	await live(20);
	const state = async () => ({
		plan: (await planOf(invoiceId)).instalments.map((instalment) => [
			instalment.status,
			instalment.failures,
			instalment.attemptId
		]),
		status: (await planOf(invoiceId)).status,
		rows: await asSystem((tx) =>
			tx.execute(sql`select e.source_id, e.kind, l.account, l.debit_minor, l.credit_minor, l.invoice_id
				from journal_line l join journal_entry e using (supplier_id, entry_id) order by 1, 2, 3, 4, 5`)
		),
		mails: house.world.mailbox.mails.length
	});
	await house.drain();
	const before = await state();
	expect(before.status).toBe('completed');
	const intents = Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents).map(
		(intent) => intent.id
	);
	// A fixed shuffle: what matters is that it is neither the order of life nor its reverse.
	const shuffled = [...intents, ...intents].sort((a, b) => (a.slice(-3) < b.slice(-3) ? -1 : 1));
	for (const intentId of shuffled) await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
	await Promise.all(
		intents.map((intentId) => settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId }))
	);
	await house.drain();
	expect(await state()).toEqual(before);
});

/** Of the first instalment, as a mistake: it is owed again, beside the plan. */
async function givenBack(invoiceId: string, amountMinor: bigint): Promise<void> {
	const [{ payment_id } = { payment_id: '' }] = await asSystem((tx) =>
		tx.execute<{ payment_id: string }>(sql`select payment_id from allocation where invoice_id = ${invoiceId}`)
	);
	const input = { refundRequestId: newId(), paymentId: payment_id, amountMinor: amountMinor as Minor };
	expect(
		await requestRefund(house.services, cast.owner, { ...input, meaning: 'error', note: 'par erreur' })
	).toMatchObject({ ok: true });
	await house.drain();
}
test('what is owed beside a plan is asked for first; too little to be charged, it keeps nobody from paying the next part', async () => {
	const asked = async (invoiceId: string) => {
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		return view.ok && [view.value.amountMinor, view.value.options.map((one) => one.kind)];
	};
	const much = await begun();
	await givenBack(much.invoiceId, 50n);
	expect(await asked(much.invoiceId)).toEqual([50n, ['now']]);
	expect(await pay(house.services, payer, [much.invoiceId], 40_000, { option: 'next_part' })).toMatchObject({
		refusal: { code: 'nothing_to_pay' }
	});
	// Then its instalments, so that nothing is left to be taken on a day of the next test.
	expect(await pay(house.services, payer, [much.invoiceId], 50)).toMatchObject({ ok: true, value: { status: 'paid' } });
	expect(await pay(house.services, payer, [much.invoiceId], 80_000, { option: 'all_parts' })).toMatchObject({
		ok: true,
		value: { status: 'paid' }
	});
	const little = await begun();
	await givenBack(little.invoiceId, 49n);
	expect(await asked(little.invoiceId)).toEqual([49n, ['next_part', 'all_parts']]);
	expect(await pay(house.services, payer, [little.invoiceId], 40_000, { option: 'next_part' })).toMatchObject({
		ok: true,
		value: { status: 'paid' }
	});
	expect((await planOf(little.invoiceId)).instalments.map((instalment) => instalment.status)).toEqual([
		'paid',
		'paid',
		'scheduled'
	]);
	expect(await pay(house.services, payer, [little.invoiceId], 40_000, { option: 'all_parts' })).toMatchObject({
		ok: true
	});
	expect(await balanceOf(little.invoiceId)).toBe(49n);
	expect((await planOf(little.invoiceId)).status).toBe('completed');
});

test('a part that was refused, put off by agreement and refused again is told again: each refusal, not each number of one', async () => {
	// A supplier of its own: nobody else's card is refused.
	cast = await aSupplier(house.services, 'acct_canuts', 'Les Canuts');
	payer = await aPayer(house.services, cast, 'petit@petit.example');
	await offered();
	const { invoiceId, planId } = await begun('pm_card_visa', 120_000, 'acct_canuts');
	const instalment = { planId, position: 2 };
	const told = () => mailsAbout(/n’a pas pu être prélevée/).filter((mail) => mail.to.includes(payer.email)).length;
	await live(14);
	house.world.world.forced.card = 'pm_card_visa_chargeDeclinedInsufficientFunds';
	await live(1);
	expect(told()).toBe(1);
	expect(await askReschedule(house.services, cast.owner, { ...instalment, toOn: inDays(2) })).toMatchObject({
		ok: true
	});
	expect(
		await answerReschedule(house.services, payer.scope, { ...instalment, toOn: inDays(2), accepts: true }, FROM)
	).toMatchObject({
		ok: true
	});
	await live(2);
	expect((await planOf(invoiceId)).instalments[1]).toMatchObject({ status: 'retrying', failures: 1 });
	expect(told()).toBe(2);
});
