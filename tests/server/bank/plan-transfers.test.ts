// A client whose plan runs pays an instalment by transfer: that instalment is paid, is not taken again, and what was a mistake is undone.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transferBooked } from '#lib/domain/ledger/entries.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { bookEntry } from '#lib/server/store/journal.ts';
import { acceptCertain, acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { reverseTransfer, undoAcceptance } from '#lib/server/use-cases/bank/reverse-transfer.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { chargeNextInstalments, collectDue } from '#lib/server/use-cases/payments/collect-instalments.ts';
import { changePlan } from '#lib/server/use-cases/plans/manage-plans.ts';
import {
	anInvoice,
	anOffer,
	aPayer,
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
	await anOffer(house.services, cast, {
		discount: null,
		instalments: instalments()
	});
});
afterAll(() => house.close());

const { inDays, asSystem, balanceOf, planOf, partsOf, live } = stageOf(() => ({ house, cast }));
const advance = async () => (await readPortal(house.services, payer.scope)).advanceMinor;
let serial = 0;
/** 1,200 euros in three instalments of 400, or in two of 600; the first one is paid by card. */
async function inInstalments(option: 'plan_2' | 'plan_3' = 'plan_3') {
	const number = `FP-2026-${String(++serial).padStart(4, '0')}`;
	const invoiceId = await anInvoice(house.services, cast, {}, { number, issuedOn: inDays(0), dueOn: inDays(30) });
	const result = await pay(house.services, payer, [invoiceId], option === 'plan_3' ? 40_000 : 60_000, { option });
	expect(result).toMatchObject({ ok: true });
	return { number, invoiceId };
}
async function transfer(text: string, amount: string) {
	const content = `Date;Libellé;Montant;IBAN contrepartie\n${inDays(0)};${text};${amount};FR7610278060000000000000111`;
	const result = await importStatements(
		house.services,
		cast.owner,
		[{ name: 'releve.csv', bytes: new TextEncoder().encode(content) }],
		{ acceptReview: false }
	);
	if (!result.ok) throw new Error(result.refusal.code);
	const view = await readBank(house.services, cast.owner);
	return view.waiting.find((transaction) => transaction.text.includes(text))!;
}
const accept = (bankTransactionId: string, ...invoiceIds: string[]) =>
	acceptTransaction(house.services, cast.owner, { bankTransactionId, invoiceIds });
const attemptsOf = (invoiceId: string) =>
	asSystem(async (tx) => [
		...(await tx.execute<{ channel: string; position: number; status: string }>(
			sql`select a.channel, p.position, a.status from payment_attempt a join attempt_part p using (supplier_id, attempt_id)
				join payment_attempt_invoice i using (supplier_id, attempt_id) where i.invoice_id = ${invoiceId} order by p.position, a.created_at`
		))
	]).then((rows) => rows.map((row) => `${row.position} ${row.channel} ${row.status}`));

describe('a part is paid by transfer', () => {
	test('named and to the cent it is certain; the card is not charged for it, and the last part is taken on its day', async () => {
		const { number, invoiceId } = await inInstalments();
		const transaction = await transfer(`ECHEANCE ${number}`, '400,00');
		expect(transaction.proposals[0]).toMatchObject({ certainty: 'certain', reason: 'number', amountIs: 'parts' });
		expect(await acceptCertain(house.services, cast.owner, [transaction.bankTransactionId])).toEqual({
			ok: true,
			value: { accepted: 1 }
		});
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid', 'scheduled']);
		expect(await balanceOf(invoiceId)).toBe(40_000n);
		await live(45);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid', 'paid']);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect(await attemptsOf(invoiceId)).toEqual(['1 portal paid', '2 bank paid', '3 plan paid']);
		const receipts = house.world.mailbox.mails.filter((mail) => mail.subject.includes('Paiement reçu'));
		expect(receipts.length).toBeGreaterThanOrEqual(3);
	});
	test('all that is left, and more: the plan is over, the rest is kept; undone, nothing of it stays', async () => {
		const { number, invoiceId } = await inInstalments();
		const before = await advance();
		const transaction = await transfer(`SOLDE ${number}`, '812,00');
		expect(transaction.proposals[0]).toMatchObject({ certainty: 'probable', amountIs: 'parts_and_more' });
		expect((await accept(transaction.bankTransactionId, invoiceId)).ok).toBe(true);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect((await advance()) - before).toBe(1_200n);
		expect((await undoAcceptance(house.services, cast.owner, transaction.bankTransactionId)).ok).toBe(true);
		expect((await planOf(invoiceId)).status).toBe('active');
		expect(await partsOf(invoiceId)).toEqual(['paid', 'scheduled', 'scheduled']);
		expect((await advance()) - before).toBe(0n);
		expect((await accept(transaction.bankTransactionId, invoiceId)).ok).toBe(true);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid', 'paid']);
	});
	test('taken back by the bank in two pieces, the first paid again otherwise: the part is asked for as far as it is owed', async () => {
		const { number, invoiceId } = await inInstalments();
		const transaction = await transfer(`SOLDE DE ${number}`, '800,00');
		const booked = await accept(transaction.bankTransactionId, invoiceId);
		if (!booked.ok) throw new Error(booked.refusal.code);
		const { paymentId } = booked.value;
		const first = await transfer(`REJET UN ${number}`, '-500,00');
		expect(
			(await reverseTransfer(house.services, cast.owner, { bankTransactionId: first.bankTransactionId, paymentId })).ok
		).toBe(true);
		expect(await pay(house.services, payer, [invoiceId], 50_000)).toMatchObject({ value: { status: 'paid' } });
		const second = await transfer(`REJET DEUX ${number}`, '-300,00');
		expect(
			(await reverseTransfer(house.services, cast.owner, { bankTransactionId: second.bankTransactionId, paymentId })).ok
		).toBe(true);
		expect(await balanceOf(invoiceId)).toBe(30_000n);
		const asked = (await planOf(invoiceId)).instalments.filter((instalment) => instalment.status === 'action_needed');
		expect(asked.map((instalment) => instalment.amountMinor)).toEqual([30_000n]);
	});
	test('less than a part is refused with its amount; beside another invoice it is refused in words; once stopped, it is a part payment', async () => {
		const { number, invoiceId } = await inInstalments();
		const other = await anInvoice(house.services, cast, {});
		const transaction = await transfer(`PEU ${number}`, '399,99');
		expect(transaction.proposals[0]).toMatchObject({ certainty: 'possible', amountIs: 'under_part' });
		expect(await accept(transaction.bankTransactionId, invoiceId)).toMatchObject({
			ok: false,
			refusal: { code: 'transfer_under_part', detail: { amountMinor: '40000' } }
		});
		expect(await accept(transaction.bankTransactionId, invoiceId, other)).toMatchObject({
			ok: false,
			refusal: { code: 'plan_running' }
		});
		expect(await balanceOf(invoiceId)).toBe(80_000n);
		await changePlan(house.services, cast.owner, (await planOf(invoiceId)).planId, 'end');
		expect((await accept(transaction.bankTransactionId, invoiceId)).ok).toBe(true);
		expect(await balanceOf(invoiceId)).toBe(40_001n);
	});
	test('an invoice that was paid in another way meanwhile is not paid beyond what it owes: the rest is kept', async () => {
		const { number, invoiceId } = await inInstalments('plan_2');
		const before = await advance();
		const lines = [{ invoiceId, amountMinor: minor(25_000n) }];
		const elsewhere = transferBooked('transfer', newId(), { clientId: payer.clientId, lines, creditMinor: minor(0n) });
		await asSystem((tx) =>
			bookEntry(tx, cast.system, elsewhere, {
				currency: 'EUR',
				bookedOn: inDays(0),
				now: house.services.clock.now()
			})
		);
		expect(await balanceOf(invoiceId)).toBe(35_000n);
		const transaction = await transfer(`MOINS ${number}`, '600,00');
		expect((await accept(transaction.bankTransactionId, invoiceId)).ok).toBe(true);
		expect(await balanceOf(invoiceId)).toBe(0n);
		expect((await advance()) - before).toBe(25_000n);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
	});
	test('accepted twice and while the debit run takes it: paid once, whoever comes first', async () => {
		for (let round = 0; round < 6; round += 1) {
			const { number, invoiceId } = await inInstalments('plan_2');
			const transaction = await transfer(`COURSE ${number}`, '600,00');
			await house.advance(20);
			await collectDue(house.services);
			const [first, second] = await Promise.all([
				accept(transaction.bankTransactionId, invoiceId),
				accept(transaction.bankTransactionId, invoiceId),
				chargeNextInstalments(house.services),
				chargeNextInstalments(house.services)
			]);
			await house.drain();
			expect([first.ok, second.ok].filter(Boolean).length).toBeLessThanOrEqual(1);
			const paid = (await attemptsOf(invoiceId)).filter((one) => one.startsWith('2') && one.endsWith('paid'));
			expect(paid).toHaveLength(1);
			expect(await balanceOf(invoiceId)).toBe(0n);
			expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
		}
	});
});

describe('undone or taken back', () => {
	test('a match undone after the day of the part: taken tomorrow at the earliest', async () => {
		const { number, invoiceId } = await inInstalments('plan_2');
		const transaction = await transfer(`TARD ${number}`, '600,00');
		expect((await accept(transaction.bankTransactionId, invoiceId)).ok).toBe(true);
		await live(25);
		expect((await undoAcceptance(house.services, cast.owner, transaction.bankTransactionId)).ok).toBe(true);
		expect((await planOf(invoiceId)).instalments[1]).toMatchObject({
			status: 'scheduled',
			failures: 0,
			askOn: inDays(1)
		});
		await house.drain();
		expect(await balanceOf(invoiceId)).toBe(60_000n);
		await live(1);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
	test('a part that the bank had refused: paid by transfer, the plan is mended; undone, it waits for the client again', async () => {
		const { number, invoiceId } = await inInstalments('plan_2');
		house.world.world.forced.card = 'pm_card_visa_chargeDeclined';
		await live(20);
		delete house.world.world.forced.card;
		expect(await partsOf(invoiceId)).toEqual(['paid', 'action_needed']);
		expect((await planOf(invoiceId)).cureEndsOn).not.toBeNull();
		const transaction = await transfer(`REMEDE ${number}`, '600,00');
		expect((await accept(transaction.bankTransactionId, invoiceId)).ok).toBe(true);
		expect(await planOf(invoiceId)).toMatchObject({ status: 'completed', cureEndsOn: null });
		expect((await undoAcceptance(house.services, cast.owner, transaction.bankTransactionId)).ok).toBe(true);
		const after = await planOf(invoiceId);
		expect(after).toMatchObject({ status: 'active', instalments: [{}, { status: 'action_needed', askOn: null }] });
		expect(after.cureEndsOn! > inDays(0)).toBe(true);
	});
	test('the bank takes the transfer back: the part waits for the client; the return undone, it is paid', async () => {
		const { number, invoiceId } = await inInstalments('plan_2');
		const transaction = await transfer(`REPRIS ${number}`, '600,00');
		const booked = await accept(transaction.bankTransactionId, invoiceId);
		if (!booked.ok) throw new Error(booked.refusal.code);
		const back = await transfer(`REJET VIREMENT ${number}`, '-600,00');
		const { paymentId } = booked.value;
		expect(
			(await reverseTransfer(house.services, cast.owner, { bankTransactionId: back.bankTransactionId, paymentId })).ok
		).toBe(true);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'action_needed']);
		expect(await balanceOf(invoiceId)).toBe(60_000n);
		expect((await undoAcceptance(house.services, cast.owner, back.bankTransactionId)).ok).toBe(true);
		expect(await partsOf(invoiceId)).toEqual(['paid', 'paid']);
		expect((await planOf(invoiceId)).status).toBe('completed');
		expect(await balanceOf(invoiceId)).toBe(0n);
	});
});

test('known by account, with the amount of an open invoice, but naming one that is settled: a person looks', async () => {
	const paid = { number: 'FS-2026-0001', id: '' };
	paid.id = await anInvoice(house.services, cast, {}, { number: paid.number, grossMinor: 77_700 });
	expect((await accept((await transfer(paid.number, '777,00')).bankTransactionId, paid.id)).ok).toBe(true);
	const open = await anInvoice(house.services, cast, {}, { number: 'FS-2026-0002', grossMinor: 77_700 });
	const again = await transfer('ENCORE FS-2026-0001', '777,00');
	expect(again.proposals[0]).toMatchObject({
		reason: 'payer_amount',
		certainty: 'possible',
		invoices: [{ invoiceId: open }],
		settledNumbers: [paid.number]
	});
	expect(again.proposals[1]).toMatchObject({ kind: 'keep', clientId: payer.clientId, amountIs: 'kept' });
	expect(await acceptCertain(house.services, cast.owner, [again.bankTransactionId])).toEqual({
		ok: true,
		value: { accepted: 0 }
	});
});
