// Giving money back: once however often it is asked, each with its meaning, told when it is sure and corrected when it fails.
import { sql } from 'drizzle-orm';
import { render } from 'svelte/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import type { RefundMeaning } from '#lib/domain/payments/refund-guard.ts';
import { ZERO, type Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { findAttempt } from '#lib/server/store/attempts.ts';
import { listDiscounts } from '#lib/server/store/discounts.ts';
import { findCreditNote } from '#lib/server/use-cases/payments/read-credit-note.ts';
import { exportJournal } from '#lib/server/use-cases/suppliers/read-journal.ts';
import { previewRefund } from '#lib/server/use-cases/payments/preview-refund.ts';
import { requestRefund, type RefundInput } from '#lib/server/use-cases/payments/request-refund.ts';
import { settleIntent } from '#lib/server/use-cases/payments/settle-intent.ts';
import { readDashboard } from '#lib/server/use-cases/suppliers/read-dashboard.ts';
import { readAdminPayment } from '#lib/server/use-cases/suppliers/read-payments.ts';
import RefundForm from '#lib/ui/admin/RefundForm.svelte';
import { actions } from '../../../src/routes/(admin)/admin/paiements/[id]/+page.server.ts';
import { workDue } from '../../builders/due.ts';
import { aPayer, anInvoice, anOffer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
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
const refundsAtStripe = (intentId: string) =>
	Object.values(house.world.world.accounts.get('acct_lumen')!.refunds)
		.filter((row) => row.payment_intent === intentId)
		.map((row) => row.amount);
async function paid(method = 'pm_card_visa', grossMinor = 120_000) {
	const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor });
	const attemptId = newId();
	await pay(house.services, payer, [invoiceId], grossMinor, { method, attemptId });
	const attempt = await asSystem((tx) => findAttempt(tx, cast.system, attemptId));
	const [row] = await asSystem((tx) =>
		tx.execute<{ id: string }>(sql`select payment_id as id from payment where attempt_id = ${attemptId}`)
	);
	return { invoiceId, paymentId: row!.id, intentId: attempt!.stripePaymentIntentId! };
}
const ask = (paymentId: string, cents: number, over: Partial<RefundInput> = {}) =>
	requestRefund(house.services, cast.owner, {
		refundRequestId: newId(),
		paymentId,
		amountMinor: BigInt(cents) as Minor,
		...over
	});
const accountsOf = async (invoiceId: string, kind: string) => {
	const rows = await asSystem((tx) =>
		tx.execute<{ account: string; moved: string }>(
			sql`select l.account, (l.debit_minor - l.credit_minor)::text as moved from journal_entry e join journal_line l using (supplier_id, entry_id)
				join discount d on d.supplier_id = e.supplier_id and d.discount_id::text = e.source_id where d.invoice_id = ${invoiceId} and e.kind = ${kind} order by l.position`
		)
	);
	return rows.map((row) => `${row.account} ${row.moved}`);
};
const mailsTo = (words: RegExp) =>
	house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email) && words.test(mail.subject));

describe('each with its meaning', () => {
	test.each([
		['returned', '707'],
		['goodwill', '709']
	] as const)(
		'%s: the invoice stays paid, a numbered credit note takes price and VAT off, and goes with the mail',
		async (meaning, account) => {
			const { invoiceId, paymentId } = await paid();
			const preview = await previewRefund(house.services, cast.owner, {
				paymentId,
				amountMinor: 30_001n as Minor,
				meaning,
				note: 'deux cartons abîmés'
			});
			expect(preview).toMatchObject({
				ok: true,
				value: { seenMinor: 0n, advanceMinor: 0n, lines: [{ amountMinor: 30_001n, vatMinor: 5_000n, owedMinor: 0n }] }
			});
			expect(await ask(paymentId, 30_001, { meaning, note: 'deux cartons abîmés' })).toMatchObject({ ok: true });
			expect(await balanceOf(invoiceId)).toBe(0n);
			expect(await accountsOf(invoiceId, 'credit_note')).toEqual([`${account} 25001`, '44571 5000', '411 -30001']);
			const [note] = await asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }));
			expect(note).toMatchObject({ reason: meaning, kind: 'granted', amountMinor: 30_001n });
			expect(await findCreditNote(house.services, payer.scope, note!.discountId)).toMatchObject({
				documentNumber: expect.stringMatching(/^AV2026-\d{6}$/)
			});
			await house.drain();
			const mail = mailsTo(/Remboursement de 300,01/).at(-1)!;
			expect(mail.attachments).toMatchObject([{ name: `${note!.documentNumber}.pdf` }]);
			// The supplier finds its own words.
			const page = await readAdminPayment(house.services, cast.owner, paymentId);
			expect(page.ok && page.value.reversals).toMatchObject([{ kind: 'refund', reason: 'deux cartons abîmés' }]);
			// The rest, given back too: with the first note it is the VAT of the invoice, to the cent.
			await ask(paymentId, 89_999, { meaning });
			const notes = await asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }));
			expect(notes.flatMap((one) => one.vat).reduce((sum, part) => sum + part.vatMinor, 0n)).toBe(20_000n);
			expect(await balanceOf(invoiceId)).toBe(0n);
		}
	);
	test('in the journal each entry names what proves it: receipt, credit note, invoice, or the object at Stripe', async () => {
		const { invoiceId, paymentId } = await paid();
		await ask(paymentId, 30_001, { meaning: 'goodwill' });
		const { lines } = await exportJournal(house.services, cast.owner, { month: null });
		const all = (await Array.fromAsync(lines)).flat();
		const [of] = await asSystem((tx) =>
			tx.execute<{ number: string; receipt: string }>(
				sql`select i.number, p.receipt_number as receipt from invoice i, payment p where i.invoice_id = ${invoiceId} and p.payment_id = ${paymentId}`
			)
		);
		const mine = new Set(all.filter((line) => line.number === of!.number).map((line) => line.entryId));
		const pieces = Object.fromEntries(
			all.filter((line) => mine.has(line.entryId)).map((line) => [line.kind, line.piece ?? ''])
		);
		expect(pieces).toEqual({
			invoice_opened: of!.number,
			payment: of!.receipt,
			refund: expect.stringMatching(/^re_/),
			credit_note: expect.stringMatching(/^AV2026-\d{6}$/)
		});
		expect(all.filter((line) => line.kind === 'stripe_fee').every((line) => /^[a-z]+_/.test(line.piece ?? ''))).toBe(
			true
		);
	});
	test('paid by mistake: no credit note, the debt is open again', async () => {
		const { invoiceId, paymentId } = await paid();
		expect(await ask(paymentId, 20_000, { meaning: 'error' })).toMatchObject({ ok: true });
		expect(await balanceOf(invoiceId)).toBe(20_000n);
		expect(await asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }))).toEqual([]);
	});
	test('an order that was paid early and comes back leaves nothing owed, its discount included', async () => {
		await anOffer(house.services, cast, {}, { kind: 'client', clientId: payer.clientId });
		const today = civilDateIn(house.services.clock.now(), 'Europe/Paris');
		const invoiceId = await anInvoice(house.services, cast, {}, { issuedOn: today, dueOn: addDays(today, 30) });
		expect(await pay(house.services, payer, [invoiceId], 117_600, { option: 'early' })).toMatchObject({ ok: true });
		const [row] = await asSystem((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
		);
		expect(await ask(row!.id, 117_600, { meaning: 'returned' })).toMatchObject({ ok: true });
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await accountsOf(invoiceId, 'credit_note')).toEqual(['707 98000', '44571 19600', '411 -117600']);
		expect(await accountsOf(invoiceId, 'discount_void')).toEqual([]);
	});
});
describe('what is said before is what comes of it', () => {
	/** Given back one after the other; the last is the one whose check is read. */
	const REFUNDS: [string, [RefundMeaning, number][]][] = [
		...(['returned', 'goodwill', 'error'] as const).flatMap((meaning): [string, [RefundMeaning, number][]][] => [
			[`${meaning}, in part`, [[meaning, 30_000]]],
			[`${meaning}, in full`, [[meaning, 117_600]]]
		]),
		[
			'error, in two parts',
			[
				['error', 30_000],
				['error', 87_600]
			]
		],
		[
			'a gesture, and the rest as an error',
			[
				['goodwill', 30_000],
				['error', 87_600]
			]
		],
		[
			'an error, and the rest come back',
			[
				['error', 30_000],
				['returned', 87_600]
			]
		]
	];
	beforeAll(async () => {
		await anOffer(house.services, cast, {}, { kind: 'client', clientId: payer.clientId });
	});
	test.each(REFUNDS)(
		'%s: the debt that is announced is the one that is open then, paid early or not',
		async (_name, refunds) => {
			const today = civilDateIn(house.services.clock.now(), 'Europe/Paris');
			for (const [option, grossMinor] of [
				['early', 120_000],
				['now', 117_600]
			] as const) {
				const invoiceId = await anInvoice(
					house.services,
					cast,
					{},
					{ grossMinor, issuedOn: today, dueOn: addDays(today, 30) }
				);
				expect(await pay(house.services, payer, [invoiceId], 117_600, { option })).toMatchObject({ ok: true });
				const [row] = await asSystem((tx) =>
					tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
				);
				for (const [meaning, cents] of refunds) {
					const asked = { paymentId: row!.id, amountMinor: BigInt(cents) as Minor, meaning, note: 'essai' };
					const preview = await previewRefund(house.services, cast.owner, asked);
					expect(await ask(row!.id, cents, { meaning, note: 'essai' })).toMatchObject({ ok: true });
					expect(preview.ok && preview.value.lines.map((line) => line.owedMinor), option).toEqual([
						await balanceOf(invoiceId)
					]);
				}
				if (
					refunds.every(([meaning]) => meaning === 'error') &&
					refunds.reduce((sum, [, cents]) => sum + cents, 0) === 117_600
				)
					expect(await balanceOf(invoiceId)).toBe(BigInt(grossMinor));
			}
		}
	);
	test.each([
		['error', 'error'],
		['error', 'goodwill'],
		['goodwill', 'error'],
		['returned', 'goodwill']
	] as const)('%s, whose answer is still awaited, and then %s: the first is counted', async (first, second) => {
		const today = civilDateIn(house.services.clock.now(), 'Europe/Paris');
		const numbers: string[] = [`A-${newId().slice(-8)}`, `B-${newId().slice(-8)}`];
		const invoiceIds = [];
		for (const [i, number] of numbers.entries())
			invoiceIds.push(
				await anInvoice(
					house.services,
					cast,
					{},
					{ number, grossMinor: 60_001, issuedOn: today, dueOn: addDays(today, 30 + i) }
				)
			);
		const attemptId = newId();
		expect(await pay(house.services, payer, invoiceIds, 117_602, { option: 'early', attemptId })).toMatchObject({
			ok: true
		});
		const [row] = await asSystem((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from payment where attempt_id = ${attemptId}`)
		);
		const match = { method: 'POST', path: '^/v1/refunds$' };
		house.world.world.faults.push({ id: 'f', match, do: { drop: 'after' }, seen: 0 });
		expect(await ask(row!.id, 70_001, { meaning: first, note: 'essai' })).toMatchObject({ ok: false });
		house.world.world.faults = [];
		const asked = { paymentId: row!.id, amountMinor: 40_003n as Minor, meaning: second, note: 'essai' };
		const preview = await previewRefund(house.services, cast.owner, asked);
		house.world.world.offsetMs += 120_000;
		await workDue(house.services, 'refund');
		expect(await ask(row!.id, 40_003, { meaning: second, note: 'essai' })).toMatchObject({ ok: true });
		const lines = preview.ok ? preview.value.lines : [];
		expect(lines.reduce((sum, line) => sum + line.amountMinor, 0n)).toBe(40_003n);
		for (const line of lines) {
			const invoiceId = invoiceIds[numbers.indexOf(line.number)] ?? '';
			const notes = await asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }));
			const note = notes.find((one) => one.reason === second && one.amountMinor === line.amountMinor);
			expect([line.owedMinor, line.vatMinor]).toEqual([
				await balanceOf(invoiceId),
				(note?.vat ?? []).reduce((sum, part) => sum + part.vatMinor, 0n)
			]);
		}
	});
});
test('looked at again and changed, the form has what was typed', async () => {
	const props = { refundRequestId: newId(), restMinor: 120_000n as Minor, currency: 'EUR' };
	const preview = {
		...{ refundRequestId: newId(), typed: '12,50', amountMinor: 1_250n as Minor, meaning: 'goodwill' as const },
		...{ note: 'retard de « mai »', currency: 'EUR', lines: [], advanceMinor: ZERO, seenMinor: ZERO }
	};
	const check = render(RefundForm, { props: { ...props, values: {}, preview } }).body;
	const hidden = [...check.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
		([, name, value]) => [name!, value!] as const
	);
	expect(/formaction="([^"]+)"/.exec(check)?.[1]).toBe('?/modifier');
	const body = new FormData();
	for (const [name, value] of hidden) body.set(name, value);
	const request = new Request('http://localhost/', { method: 'POST', body });
	const answer = (await actions.modifier!({ request, locals: { scope: cast.owner } } as never)) as {
		values: Record<string, string>;
	};
	const form = render(RefundForm, { props: { ...props, values: answer.values, preview: null } }).body;
	expect(form).toMatch(/name="montant"[^>]* value="12,50"/);
	expect(form).toMatch(/name="motif"[^>]* value="retard de « mai »"/);
	expect([...form.matchAll(/<input type="radio"[^>]*>/g)].map(([radio]) => / checked/.test(radio))).toEqual([
		false,
		true,
		false
	]);
});
describe('once', () => {
	test('the same form sent again, five times at once, is one refund', async () => {
		const { paymentId, intentId } = await paid();
		const form = { refundRequestId: newId(), meaning: 'error' as RefundMeaning, seenMinor: 0n as Minor };
		const answers = await Promise.all(Array.from({ length: 5 }, () => ask(paymentId, 5_000, form)));
		expect(answers.every((one) => one.ok)).toBe(true);
		expect(refundsAtStripe(intentId)).toEqual([5_000]);
		expect(await ask(paymentId, 5_000, { ...form, meaning: 'goodwill' })).toMatchObject({
			refusal: { code: 'attempt_id_reused' }
		});
	});
	test('a page loaded before, with an id of its own, makes no second refund unseen', async () => {
		const { paymentId, intentId } = await paid();
		await ask(paymentId, 5_000);
		expect(await ask(paymentId, 5_000, { seenMinor: 0n as Minor })).toMatchObject({
			ok: false,
			refusal: { code: 'refund_changed', detail: { goneMinor: '5000' } }
		});
		expect(refundsAtStripe(intentId)).toEqual([5_000]);
		// Whoever has seen it may.
		expect(await ask(paymentId, 5_000, { seenMinor: 5_000n as Minor })).toMatchObject({ ok: true });
	});
	test('accepted by Stripe, and then not to be read: no error, its part is held, and it is booked when Stripe is back', async () => {
		const { invoiceId, paymentId, intentId } = await paid();
		house.world.world.faults.push({
			id: 'unreadable',
			match: { method: 'GET', path: '^/v1/payment_intents' },
			do: { status: 500, should_retry: false },
			seen: 0
		});
		expect(await ask(paymentId, 120_000, { seenMinor: 0n as Minor })).toMatchObject({ ok: true });
		expect(await ask(paymentId, 1, { seenMinor: 0n as Minor })).toMatchObject({ refusal: { code: 'refund_changed' } });
		expect(await ask(paymentId, 1)).toMatchObject({ refusal: { code: 'refund_above_rest' } });
		const page = await readAdminPayment(house.services, cast.owner, paymentId);
		expect(page.ok && page.value.refundWaitingMinor).toBe(120_000n);
		house.world.world.faults = [];
		house.world.world.offsetMs += 120_000;
		await workDue(house.services, 'refund');
		expect(await balanceOf(invoiceId)).toBe(120_000n);
		expect(refundsAtStripe(intentId)).toEqual([120_000]);
	});
});
describe('told when it is sure', () => {
	test('a refund that fails is corrected: the client, the owners and the first page hear of it, and the credit note is cancelled', async () => {
		const { invoiceId, paymentId, intentId } = await paid('pm_card_refundFail');
		await ask(paymentId, 60_000, { meaning: 'goodwill', note: 'retard' });
		await house.drain();
		expect(mailsTo(/^Remboursement de 600,00/)).toHaveLength(1);
		await house.advance(1);
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		await house.drain();
		const [mail, another] = mailsTo(/600,00.*n’a pas abouti/);
		expect(another).toBeUndefined();
		const notes = await asSystem((tx) => listDiscounts(tx, cast.system, { invoiceId }));
		expect(notes.map((one) => one.kind).sort()).toEqual(['granted', 'voided']);
		const voided = notes.find((one) => one.kind === 'voided')!;
		expect(mail!.attachments).toMatchObject([{ name: `${voided.documentNumber}.pdf` }]);
		expect(voided.cancelsNumber).toBe(notes.find((one) => one.kind === 'granted')!.documentNumber);
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await accountsOf(invoiceId, 'credit_note_void')).toEqual(['709 -50000', '44571 -10000', '411 60000']);
		const board = await readDashboard(house.services, cast.owner);
		expect(board.failedRefunds.rows.filter((one) => one.paymentId === paymentId)).toMatchObject([
			{ amountMinor: 60_000n }
		]);
		expect(house.world.mailbox.mails.some((one) => /Un remboursement de 600,00.*a échoué/s.test(one.text))).toBe(true);
	});
	test('one that fails before anybody heard of it is told to nobody as done', async () => {
		const { paymentId, intentId } = await paid('pm_card_refundFail');
		const before = mailsTo(/450,00/).length;
		await ask(paymentId, 45_000);
		await house.advance(1);
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		await house.drain();
		expect(mailsTo(/450,00/)).toHaveLength(before);
	});
	test('of a debit, days pass before it is sure: told then, once', async () => {
		const invoiceId = await anInvoice(house.services, cast, {}, { grossMinor: 77_700 });
		const attemptId = newId();
		await pay(house.services, payer, [invoiceId], 77_700, { method: 'pm_success_fr', attemptId });
		await house.advance(10);
		const intentId = (await asSystem((tx) => findAttempt(tx, cast.system, attemptId)))!.stripePaymentIntentId!;
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		await house.advance(13);
		const [row] = await asSystem((tx) =>
			tx.execute<{ id: string }>(sql`select payment_id as id from payment where attempt_id = ${attemptId}`)
		);
		expect(await ask(row!.id, 77_700, { meaning: 'returned' })).toMatchObject({ ok: true });
		await house.drain();
		expect(mailsTo(/^Remboursement de 777,00/)).toHaveLength(0);
		// Meanwhile nothing is owed: the order came back.
		expect(await balanceOf(invoiceId)).toBe(0n);
		await house.advance(5);
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		await settleIntent(house.services, cast.system, { account: 'acct_lumen', intentId });
		await house.drain();
		expect(mailsTo(/^Remboursement de 777,00/)).toHaveLength(1);
	});
});
