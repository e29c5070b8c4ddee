// Money in and back out, through the real SDK against the sandbox, into a real PostgreSQL.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { checkAttempt } from '#lib/server/use-cases/payments/check-attempt.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { findReceipt } from '#lib/server/use-cases/payments/read-receipt.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { reconcileRecent } from '#lib/server/use-cases/payments/reconcile.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { payableToday } from '#lib/domain/invoices/state.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { workDue } from '../../builders/due.ts';
import { aPayer, anInvoice, aSupplier, aToken, pay, type Cast, type Payer } from '../../builders/parties.ts';
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

const invoiceNow = (id: string) => inScope(house.services.db, cast.system, (tx) => findInvoice(tx, cast.system, id));
const balanceOf = async (id: string) => (await invoiceNow(id))!.balanceMinor;
const intentOf = async (attemptId: string) =>
	(await inScope(house.services.db, cast.system, (tx) => findAttempt(tx, cast.system, attemptId)))!
		.stripePaymentIntentId!;
const paymentIdOf = async (invoiceId: string) =>
	(
		await inScope(house.services.db, cast.system, (tx) =>
			tx.execute<{ payment_id: string }>(sql`select payment_id from allocation where invoice_id = ${invoiceId}`)
		)
	)[0]!.payment_id;
/** The books of a supplier as an auditor reads them: kinds and amounts, no ids of ours. */
const books = (system = cast.system) =>
	inScope(house.services.db, system, async (tx) =>
		(
			await tx.execute(
				sql`select e.kind, e.source_id, l.account, l.debit_minor::text, l.credit_minor::text from journal_entry e join journal_line l using (supplier_id, entry_id) order by e.source_id, e.kind, l.position`
			)
		).map((row) => ({ ...row }))
	);
const intentsCreated = () =>
	house.world.world.requests.filter((request) => request.method === 'POST' && request.path === '/v1/payment_intents')
		.length;

describe('paying by card', () => {
	test('settles the invoice, numbers a receipt with its VAT, and mails it', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const result = await pay(house.services, payer, [invoiceId], 120_000);
		expect(result).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect(await balanceOf(invoiceId)).toBe(0n);
		const receipt = await findReceipt(house.services, payer.scope, await paymentIdOf(invoiceId));
		expect(receipt).toMatchObject({
			amountMinor: 120_000n,
			vat: [{ rateBps: 2000, grossMinor: 120_000n, vatMinor: 20_000n }],
			methodLabel: 'Visa •••• 4242'
		});
		expect(receipt!.receiptNumber).toMatch(/^R2026-\d{6}$/);
		await house.drain();
		const mails = house.world.mailbox.mails.filter((mail) => mail.subject.includes(receipt!.receiptNumber));
		expect(mails).toHaveLength(1);
		expect(mails[0]!.attachments).toMatchObject([{ name: `${receipt!.receiptNumber}.pdf`, type: 'application/pdf' }]);
	});
	test('several invoices are one payment whose lines add up', async () => {
		const ids = [
			await anInvoice(house.services, cast, {}, { grossMinor: 100_01 }),
			await anInvoice(house.services, cast, {}, { grossMinor: 33_33 })
		];
		expect(await pay(house.services, payer, ids, 133_34)).toMatchObject({ ok: true, value: { status: 'paid' } });
		expect([await balanceOf(ids[0]!), await balanceOf(ids[1]!)]).toEqual([0n, 0n]);
	});
	test('a decline is told by family, and the next card pays on the same PaymentIntent', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const before = intentsCreated();
		expect(
			await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_card_visa_chargeDeclinedInsufficientFunds' })
		).toMatchObject({ ok: true, value: { status: 'declined', declineCode: 'insufficient_funds' } });
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		expect(intentsCreated() - before).toBe(1);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('an amount the browser made up is refused with the right one', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		expect(await pay(house.services, payer, [invoiceId], 100)).toMatchObject({
			ok: false,
			refusal: { code: 'amount_changed', detail: { amountMinor: '120000' } }
		});
	});
	test('3-D Secure waits for the person, and starting again gives the first try up', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const attemptId = newId();
		const first = await pay(house.services, payer, [invoiceId], 120_000, {
			method: 'pm_card_authenticationRequired',
			attemptId
		});
		expect(first).toMatchObject({ ok: true, value: { status: 'awaiting_auth' } });
		expect(first.ok && first.value.clientSecret).toMatch(/^pi_.*_secret_/);
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		expect(
			(await inScope(house.services.db, cast.system, (tx) => findAttempt(tx, cast.system, attemptId)))!.status
		).toBe('canceled');
	});
});

describe('once, whatever happens', () => {
	test('fifty parallel clicks with one attempt are one PaymentIntent and one payment', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const [attemptId, token, before] = [newId(), await aToken(house.services), intentsCreated()];
		const requestsBefore = house.world.world.requests.length;
		const results = await Promise.all(
			Array.from({ length: 50 }, () => pay(house.services, payer, [invoiceId], 120_000, { attemptId, token }))
		);
		expect(results.filter((result) => result.ok && result.value.status === 'paid').length).toBeGreaterThan(0);
		// Whoever asked, asked for the same one: no other key, and no second intent.
		const asked = house.world.world.requests
			.slice(requestsBefore)
			.filter((request) => request.method === 'POST' && request.path === '/v1/payment_intents');
		expect(asked.length).toBeGreaterThan(0);
		expect(asked.filter((request) => request.key !== attemptId)).toEqual([]);
		const sent = Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents).filter(
			(intent) => intent.metadata.attempt_id === attemptId
		);
		expect(sent).toHaveLength(1);
		expect(intentsCreated()).toBeGreaterThan(before);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('twenty people at once on one invoice: exactly one pays', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const results = await Promise.all(
			Array.from({ length: 20 }, () => pay(house.services, payer, [invoiceId], 120_000))
		);
		expect(results.filter((result) => result.ok && result.value.status === 'paid')).toHaveLength(1);
		const number = (await invoiceNow(invoiceId))!.number;
		expect(
			Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents).filter(
				(intent) => intent.description === number && intent.status === 'succeeded'
			)
		).toHaveLength(1);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('an answer lost after Stripe took the money is found again, not charged again', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const [attemptId, token] = [newId(), await aToken(house.services)];
		house.world.world.faults.push({
			id: 'f',
			match: { method: 'POST', path: '^/v1/payment_intents$', times: 3 },
			do: { drop: 'after' },
			seen: 0
		});
		expect(await pay(house.services, payer, [invoiceId], 120_000, { attemptId, token })).toMatchObject({
			ok: false,
			refusal: { code: 'payment_unknown' }
		});
		house.world.world.faults = [];
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({
			ok: false,
			refusal: { code: 'payment_in_progress' }
		});
		house.world.world.offsetMs += 120_000;
		await workDue(house.services, 'attempt');
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(
			Object.values(house.world.world.accounts.get('acct_lumen')!.payment_intents).filter(
				(intent) => intent.metadata.attempt_id === attemptId
			)
		).toHaveLength(1);
	});
	test.each([
		['a truncated answer', { truncate: true }],
		['a 500', { status: 500, should_retry: false }],
		['a 502 page', { html_502: true }]
	])('%s leaves the try open, and asking again tells the truth', async (_name, fault) => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const [attemptId, token] = [newId(), await aToken(house.services)];
		house.world.world.faults.push({
			id: 'f',
			match: { method: 'POST', path: '^/v1/payment_intents$', times: 3 },
			do: fault,
			seen: 0
		});
		expect(await pay(house.services, payer, [invoiceId], 120_000, { attemptId, token })).toMatchObject({
			ok: false,
			refusal: { code: 'payment_unknown' }
		});
		house.world.world.faults = [];
		expect(await checkAttempt(house.services, payer.scope, attemptId)).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('the database refuses a second live attempt, an unbalanced entry and an edit of the books', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_success_fr' });
		const run = (text: string) => inScope(house.services.db, cast.system, (tx) => tx.execute(sql.raw(text)));
		await expect(run(`update payment_attempt_invoice set live = true`)).rejects.toThrow();
		await expect(
			run(
				`insert into journal_entry (supplier_id, entry_id, kind, source_id, currency, booked_on, created_at) values ('${cast.supplierId}', '${newId()}', 'refund', 'x', 'EUR', '2026-01-01', now())`
			)
		).rejects.toThrow();
		// What is added to an entry that stands must balance too: one line, or two that do not.
		const more = (...lines: [account: string, debit: number, credit: number][]) =>
			run(
				`insert into journal_line (supplier_id, entry_id, position, account, client_id, debit_minor, credit_minor)
				select e.supplier_id, e.entry_id, 90 + x.i, x.account, '${payer.clientId}', x.debit, x.credit
				from (select * from journal_entry where supplier_id = '${cast.supplierId}' limit 1) e,
				(values ${lines.map(([account, debit, credit], i) => `(${i}, '${account}', ${debit}, ${credit})`).join(', ')}) as x(i, account, debit, credit)`
			);
		const unbalanced = { cause: { message: expect.stringContaining('does not balance') } };
		await expect(more(['411', 100, 0])).rejects.toMatchObject(unbalanced);
		await expect(more(['411', 100, 0], ['467', 0, 99])).rejects.toMatchObject(unbalanced);
		for (const table of ['journal_line', 'journal_entry', 'payment', 'allocation', 'audit'])
			await expect(run(`delete from ${table}`)).rejects.toThrow();
		await expect(run(`update journal_line set debit_minor = 1`)).rejects.toThrow();
	});
});

describe('SEPA debit', () => {
	test('is under way, not payable twice, then paid on the sixth business day', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		expect(await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_success_fr' })).toMatchObject({
			ok: true,
			value: { status: 'processing' }
		});
		const waiting = (await invoiceNow(invoiceId))!;
		expect([payableToday(waiting), waiting.balanceMinor]).toEqual([0n, 120_000n]);
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({
			ok: false,
			refusal: { code: 'payment_under_way' }
		});
		await house.drain();
		expect(
			house.world.mailbox.mails.some(
				(mail) => mail.subject.startsWith('Prélèvement SEPA') && mail.text.includes('PONCTUEL')
			)
		).toBe(true);
		await house.advance(14);
		await workDue(house.services, 'attempt');
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('refused by the bank: due again, told by mail, payable by card', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_insufficientFunds_fr' });
		await house.advance(6);
		await workDue(house.services, 'attempt');
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view).toMatchObject({
			ok: true,
			value: { amountMinor: 120_000n, attempt: { status: 'declined', family: 'insufficient_funds' } }
		});
		await house.drain();
		expect(house.world.mailbox.mails.filter((mail) => mail.subject.includes('n’a pas abouti'))).toHaveLength(1);
		expect(await pay(house.services, payer, [invoiceId], 120_000)).toMatchObject({
			ok: true,
			value: { status: 'paid' }
		});
	});
	test('returned three weeks later: the invoice re-opens by a new entry, even if no webhook ever came', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_disputed_fr', attemptId });
		await house.advance(14);
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId: await intentOf(attemptId) });
		expect(await balanceOf(invoiceId)).toBe(0n);
		await house.advance(22);
		await reconcileRecent(house.services, 30);
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		await house.drain();
		expect(house.world.mailbox.mails.filter((mail) => mail.subject.includes('est revenu'))).toHaveLength(1);
		expect((await books()).filter((row) => row.kind === 'debit_return')).toHaveLength(2);
	});
	test('is not offered above 10,000 EUR, and refused if asked for all the same', async () => {
		const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 1_200_000 });
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.options[0]!.methods[1]).toMatchObject({
			offered: false,
			reason: 'amount_above_sepa_limit'
		});
		expect(await pay(house.services, payer, [invoiceId], 1_200_000, { method: 'pm_success_fr' })).toMatchObject({
			ok: false,
			refusal: { code: 'card_declined' }
		});
		expect(await balanceOf(invoiceId)).toBe(1_200_000n);
	});
});

describe('refunds and disputes', () => {
	const refund = (paymentId: string, cents: number, as = cast.owner) =>
		requestRefund(house.services, as, { refundRequestId: newId(), paymentId, amountMinor: BigInt(cents) as Minor });
	test('a partial refund re-opens the invoice by as much, and never more than was paid', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000);
		const paymentId = await paymentIdOf(invoiceId);
		expect(await refund(paymentId, 20_000)).toMatchObject({ ok: true });
		expect(await balanceOf(invoiceId)).toBe(20_000n);
		expect(await refund(paymentId, 100_001)).toMatchObject({
			ok: false,
			refusal: { code: 'refund_above_rest', detail: { restMinor: '100000' } }
		});
		expect(await refund(paymentId, 100_000)).toMatchObject({ ok: true });
		expect(await balanceOf(invoiceId)).toBe(120_000n);
	});
	test('the same request twice refunds once; a reader may not', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000);
		const input = { refundRequestId: newId(), paymentId: await paymentIdOf(invoiceId), amountMinor: 5_000n as Minor };
		await Promise.all([
			requestRefund(house.services, cast.owner, input),
			requestRefund(house.services, cast.owner, input)
		]);
		expect(await balanceOf(invoiceId)).toBe(5_000n);
		expect(await requestRefund(house.services, cast.readOnly, { ...input, refundRequestId: newId() })).toMatchObject({
			ok: false,
			refusal: { code: 'not_allowed' }
		});
	});
	test('an id is one refund: with another amount, or of another payment, it is refused, also at the same time', async () => {
		const paid = async () => {
			const invoiceId = await anInvoice(house.services, cast, {});
			await pay(house.services, payer, [invoiceId], 120_000);
			return { invoiceId, paymentId: await paymentIdOf(invoiceId) };
		};
		const [one, other] = [await paid(), await paid()];
		const input = { refundRequestId: newId(), paymentId: one.paymentId, amountMinor: 5_000n as Minor };
		expect(await requestRefund(house.services, cast.owner, input)).toMatchObject({ ok: true });
		for (const over of [{ amountMinor: 6_000n as Minor }, { paymentId: other.paymentId }])
			expect(await requestRefund(house.services, cast.owner, { ...input, ...over })).toMatchObject({
				refusal: { code: 'attempt_id_reused' }
			});
		const twice = { refundRequestId: newId(), amountMinor: 7_000n as Minor };
		const answers = await Promise.all(
			[one, other].map(({ paymentId }) => requestRefund(house.services, cast.owner, { ...twice, paymentId }))
		);
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		expect(answers.find((answer) => !answer.ok)).toMatchObject({ refusal: { code: 'attempt_id_reused' } });
		const open = (await balanceOf(one.invoiceId)) + (await balanceOf(other.invoiceId));
		expect(open).toBe(12_000n);
	});
	test('ten refunds at once that are together more than was paid: one', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000);
		const paymentId = await paymentIdOf(invoiceId);
		const answers = await Promise.all(Array.from({ length: 10 }, () => refund(paymentId, 72_000)));
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		for (const answer of answers.filter((one) => !one.ok))
			expect(answer).toMatchObject({ refusal: { code: 'refund_above_rest' } });
		expect(await balanceOf(invoiceId)).toBe(72_000n);
	});
	test('one whose answer was lost counts as given, and is not asked for again half a day later', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000);
		const input = { refundRequestId: newId(), paymentId: await paymentIdOf(invoiceId), amountMinor: 72_000n as Minor };
		house.world.world.faults.push({
			id: 'lost',
			match: { method: 'POST', path: '^/v1/refunds$' },
			do: { drop: 'before' },
			seen: 0
		});
		const asked = () => house.world.world.requests.filter(({ path }) => path === '/v1/refunds').length;
		try {
			expect(await requestRefund(house.services, cast.owner, input)).toMatchObject({
				refusal: { code: 'refund_unknown' }
			});
			expect(await refund(input.paymentId, 72_000)).toMatchObject({ refusal: { code: 'refund_above_rest' } });
		} finally {
			house.world.world.faults = [];
		}
		house.world.world.offsetMs += 13 * 3_600_000;
		const before = asked();
		expect(await requestRefund(house.services, cast.owner, input)).toMatchObject({
			refusal: { code: 'refund_unknown' }
		});
		expect(asked()).toBe(before);
	});
	test('a refund that fails later restores the payment', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_card_refundFail', attemptId });
		await refund(await paymentIdOf(invoiceId), 120_000);
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		await house.advance(1);
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId: await intentOf(attemptId) });
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('a SEPA debit can’t be refunded in its first seven business days', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_success_fr' });
		await house.advance(10);
		await workDue(house.services, 'attempt');
		expect(await refund(await paymentIdOf(invoiceId), 100)).toMatchObject({
			ok: false,
			refusal: { code: 'refund_too_early' }
		});
	});
	test('a card dispute takes the money, winning it brings it back', async () => {
		const invoiceId = await anInvoice(house.services, cast, {});
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 120_000, { method: 'pm_card_createDispute', attemptId });
		await house.advance(1);
		const intentId = await intentOf(attemptId);
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		const dispute = Object.values(house.world.world.accounts.get('acct_lumen')!.disputes).find(
			(row) => row.payment_intent === intentId
		)!;
		await fetch(`${house.config.sandbox!.apiUrl}/v1/disputes/${dispute.id}`, {
			method: 'POST',
			headers: { authorization: 'Bearer sk_test_sandbox_tests', 'stripe-account': 'acct_lumen' },
			body: new URLSearchParams({ 'evidence[uncategorized_text]': 'winning_evidence', submit: 'true' })
		});
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('settling again and again changes nothing', async () => {
		const before = await books();
		const intents = Object.keys(house.world.world.accounts.get('acct_lumen')!.payment_intents);
		for (const intentId of [...intents, ...intents.reverse()])
			await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		const after = await books();
		expect(after.filter((row) => row.kind !== 'stripe_fee')).toEqual(before.filter((row) => row.kind !== 'stripe_fee'));
	});
});

test('a try that Stripe never heard of is not sent half a day later: it is looked for, then closed', async () => {
	const invoiceId = await anInvoice(house.services, cast, {});
	const [attemptId, token] = [newId(), await aToken(house.services)];
	house.world.world.faults.push({
		id: 'f',
		match: { method: 'POST', path: '^/v1/payment_intents$', times: 3 },
		do: { drop: 'before' },
		seen: 0
	});
	expect(await pay(house.services, payer, [invoiceId], 120_000, { attemptId, token })).toMatchObject({ ok: false });
	house.world.world.faults = [];
	house.world.world.offsetMs += 13 * 3_600_000;
	await workDue(house.services, 'attempt');
	expect(
		(await inScope(house.services.db, cast.system, (tx) => findAttempt(tx, cast.system, attemptId)))!
	).toMatchObject({ status: 'canceled', errorCode: 'never_confirmed' });
	expect(await balanceOf(invoiceId)).toBe(120_000n);
});
