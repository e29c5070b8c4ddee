// From a statement to the books: accepted once, at its value date, partly or too much, taken back, undone; the same statement twice books nothing twice.
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import { newId } from '#lib/server/identity.ts';
import { doDueWork } from '#lib/server/jobs/due-jobs.ts';
import { sendNextMail } from '#lib/server/use-cases/sending/send-next-mail.ts';
import { findInvoice } from '#lib/server/store/invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import {
	acceptCertain,
	acceptTransaction,
	acceptForNumber,
	bookAsAdvance
} from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { setAside, reverseTransfer, undoAcceptance } from '#lib/server/use-cases/bank/reverse-transfer.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { readAdminPayment } from '#lib/server/use-cases/suppliers/read-payments.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { findReceipt } from '#lib/server/use-cases/payments/read-receipt.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { anInvoice, anOffer, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let today: CivilDate;
let serial = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 40 }, (_, i) => `acct_${i}`));
	today = civilDateIn(house.services.clock.now(), 'Europe/Paris');
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_${++serial}`, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

type Row = { amount: string; text: string; on?: string; ref?: string };
const listOf = (rows: Row[]) =>
	`Date;Libellé;Montant;Référence\n${rows.map(({ amount, text, on, ref }) => `${on ?? today};${text};${amount};${ref ?? ''}`).join('\n')}`;
const drop = async (content: string, name = 'releve.csv', acceptReview = false) => {
	const result = await importStatements(
		house.services,
		cast.owner,
		[{ name, bytes: new TextEncoder().encode(content) }],
		{ acceptReview }
	);
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value[0]!;
};
const bank = () => readBank(house.services, cast.owner);
const waiting = async (text: string) => (await bank()).waiting.find((transaction) => transaction.text.includes(text))!;
const invoice = (id: string) => inScope(house.services.db, cast.system, (tx) => findInvoice(tx, cast.system, id));
const accept = async (text: string, invoiceIds: string[]) =>
	acceptTransaction(house.services, cast.owner, {
		bankTransactionId: (await waiting(text)).bankTransactionId,
		invoiceIds
	});
const journal = () =>
	inScope(house.services.db, cast.system, async (tx) => [
		...(await tx.execute<{ kind: string; account: string; side: string }>(
			sql`select e.kind, l.account, (l.debit_minor - l.credit_minor)::text as side from journal_entry e join journal_line l using (supplier_id, entry_id) where e.kind <> 'invoice_opened' order by e.created_at, e.entry_id, l.position`
		))
	]).then((rows) => rows.map((row) => `${row.kind} ${row.account} ${row.side}`));

test('named and exact: accepted at once, receipt, mail, books and value date', async () => {
	const id = await anInvoice(house.services, cast, {}, { number: `F-${serial}-0042` });
	await drop(listOf([{ amount: '1200,00', text: `VIR ROCHE F-${serial}-0042`, on: addDays(today, -3) }]));
	const transaction = await waiting('VIR ROCHE');
	expect(transaction.proposals[0]).toMatchObject({ certainty: 'certain', reason: 'number', amountIs: 'exact' });
	expect(
		await acceptCertain(house.services, cast.owner, [transaction.bankTransactionId, transaction.bankTransactionId])
	).toEqual({
		ok: true,
		value: { accepted: 1 }
	});
	expect((await invoice(id))!.balanceMinor).toBe(0n);
	expect(await journal()).toEqual(['transfer 512 120000', 'transfer 411 -120000']);
	const paymentId = await inScope(
		house.services.db,
		cast.system,
		async (tx) => (await tx.execute<{ id: string }>(sql`select payment_id as id from payment`))[0]!.id
	);
	const receipt = await findReceipt(house.services, payer.scope, paymentId);
	expect(receipt).toMatchObject({ methodType: 'transfer', paidOn: addDays(today, -3) });
	await house.drain();
	const mails = house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email));
	expect(mails.map((mail) => mail.subject)).toEqual([expect.stringMatching(/Paiement reçu/)]);
});
test('the same statement, the same file under another name, and half of it again: nothing twice', async () => {
	const rows = [
		{ amount: '10,00', text: 'A', ref: 'B1' },
		{ amount: '10,00', text: 'A', ref: 'B2' },
		{ amount: '10,00', text: 'SANS REF' },
		{ amount: '10,00', text: 'SANS REF' }
	];
	expect(await drop(listOf(rows))).toMatchObject({ outcome: 'kept', newCount: 4 });
	expect(await drop(listOf(rows))).toMatchObject({ outcome: 'known', newCount: 0 });
	expect(await drop(listOf(rows.slice(1)), 'autre.csv')).toMatchObject({ outcome: 'known', newCount: 0 });
	expect(await drop(listOf([...rows, { amount: '10,00', text: 'SANS REF' }]))).toMatchObject({
		outcome: 'kept',
		newCount: 1
	});
	expect((await bank()).waitingCount).toBe(5);
});
describe('one movement told by two files', () => {
	const day = () => today.replaceAll('-', '');
	const short = () => day().slice(2);
	const sta = (moves: { amount: string; ref: string; words: string }[], account = '30006000011234567890189') =>
		[
			`:20:R${day()}`,
			`:25:${account}`,
			':28C:225/1',
			`:60F:C${short()}EUR0,`,
			...moves.flatMap((one) => [
				`:61:${short()}${short().slice(2)}C${one.amount}NTRFNONREF//${one.ref}`,
				`:86:${one.words}`
			]),
			'-'
		].join('\n');
	const ofx = (moves: { amount: string; id: string; name: string; memo: string }[], account = '12345678901') =>
		`OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>${account}</BANKACCTFROM>${moves
			.map(
				(one) =>
					`<STMTTRN><DTPOSTED>${day()}<TRNAMT>${one.amount}<FITID>${one.id}<NAME>${one.name}<MEMO>${one.memo}</STMTTRN>`
			)
			.join('')}</STMTRS></OFX>`;
	const move = { amount: '1200,00', ref: 'A1', words: 'VIREMENT RECU MENUISERIE ROCHE FACTURE F-7' };
	const told = { amount: '1200.00', id: '7741', name: 'MENUISERIE ROCHE', memo: 'FACTURE F-7' };

	test('the second telling is put aside, counted and shown with the first; it never pays twice', async () => {
		await anInvoice(house.services, cast, {}, { number: `F-${serial}-0007` });
		expect(await drop(sta([move]), 'r.sta')).toMatchObject({ newCount: 1, toldCount: 0 });
		const [first] = (await bank()).waiting;
		await acceptTransaction(house.services, cast.owner, {
			bankTransactionId: first!.bankTransactionId,
			invoiceIds: [await anInvoice(house.services, cast, {}, { number: `F-${serial}-0008` })]
		});
		expect(await drop(ofx([told], '30006000011234567890189'), 'r.ofx')).toMatchObject({
			outcome: 'kept',
			newCount: 0,
			toldCount: 1
		});
		expect(await drop(listOf([{ amount: '1200,00', text: 'VIR MENUISERIE ROCHE FACTURE F-7' }]))).toMatchObject({
			newCount: 0,
			toldCount: 1
		});
		const { waiting: left, aside } = await bank();
		expect(left).toEqual([]);
		expect(aside.rows.map((transaction) => transaction.toldBefore)).toEqual([
			{ fileName: 'r.sta', bookedOn: today, state: 'booked', clientName: 'Menuiserie Roche' },
			{ fileName: 'r.sta', bookedOn: today, state: 'booked', clientName: 'Menuiserie Roche' }
		]);
	});
	test('two equal transfers stay two, in whatever file they are told', async () => {
		await drop(sta([move, { ...move, ref: 'A2' }]), 'r.sta');
		expect(await drop(ofx([told, { ...told, id: '7742' }, { ...told, id: '7743' }]), 'r.ofx')).toMatchObject({
			newCount: 1,
			toldCount: 2
		});
		expect((await bank()).waitingCount).toBe(3);
	});
	test('what nothing tells apart waits beside it, and is never certain', async () => {
		await anInvoice(house.services, cast, {}, { number: `F-${serial}-0007` });
		await drop(sta([{ ...move, words: 'VIREMENT SEPA RECU' }]), 'r.sta');
		expect(await drop(listOf([{ amount: '1200,00', text: `VIR ROCHE F-${serial}-0007` }]))).toMatchObject({
			newCount: 1,
			toldCount: 0
		});
		const transaction = await waiting('VIR ROCHE');
		expect(transaction.toldBefore).toMatchObject({ fileName: 'r.sta', state: 'waiting' });
		expect(transaction.proposals[0]).toMatchObject({ reason: 'number', amountIs: 'exact', certainty: 'possible' });
		expect(await acceptCertain(house.services, cast.owner, [transaction.bankTransactionId])).toMatchObject({
			value: { accepted: 0 }
		});
	});
	test('another account, another day, another reference of the same format: another movement', async () => {
		await drop(sta([move]), 'r.sta');
		expect(await drop(sta([move], '10278060310001234567812'), 'autre.sta')).toMatchObject({
			newCount: 1,
			toldCount: 0
		});
		expect(await drop(sta([{ ...move, ref: 'A9' }]), 'suite.sta')).toMatchObject({ newCount: 1, toldCount: 0 });
		expect(
			await drop(listOf([{ amount: '1200,00', text: 'VIR MENUISERIE ROCHE FACTURE F-7', on: addDays(today, -2) }]))
		).toMatchObject({ newCount: 1, toldCount: 0 });
		expect((await bank()).waiting.every((transaction) => transaction.toldBefore === null)).toBe(true);
	});
});
test('among thousands of open invoices the one that is named is found, however it is written', async () => {
	const rows = Array.from({ length: 5_200 }, (_, i) => `Z-2026-${10_000 + i};01/10/2026;Cliente ${i % 40};10,00`);
	const content = `Numéro;Date;Client;Total TTC\n${rows.join('\n')}`;
	const files = [{ name: 'tout.csv', bytes: new TextEncoder().encode(content) }];
	const imported = await importInvoices(house.services, cast.owner, files, { sendMails: false });
	expect(imported.ok && imported.value.filter((line) => line.outcome === 'new')).toHaveLength(5_200);
	await anInvoice(house.services, cast, {}, { number: `F-${serial}/2026.77`, dueOn: '2027-06-30' });
	await drop(
		listOf([
			{ amount: '10,00', text: 'VIRZ202615199MERCI Z 2026 15198' },
			{ amount: '1200,00', text: `REGLEMENT F${serial} 2026 77` }
		])
	);
	const transactions = (await bank()).waiting;
	const proposed = transactions.map((transaction) =>
		transaction.proposals[0]?.invoices.map((one) => one.number).join()
	);
	expect(proposed.sort()).toEqual([`F-${serial}/2026.77`, 'Z-2026-15198']);
	expect(
		await acceptCertain(
			house.services,
			cast.owner,
			transactions.map((transaction) => transaction.bankTransactionId)
		)
	).toEqual({
		ok: true,
		value: { accepted: 2 }
	});
}, 60_000);
test('an invoice chosen by its number: one that is open, and only one', async () => {
	const id = await anInvoice(house.services, cast, {}, { number: 'N-1', issuedOn: '2026-11-01' });
	await anInvoice(house.services, cast, { name: 'Une autre' }, { number: 'N-2', issuedOn: '2025-11-01' });
	await anInvoice(house.services, cast, { name: 'Une autre' }, { number: 'N-2', issuedOn: '2026-11-01' });
	await drop(listOf([{ amount: '5,00', text: 'AU CHOIX' }]));
	const { bankTransactionId } = await waiting('AU CHOIX');
	const by = (number: string) => acceptForNumber(house.services, cast.owner, { bankTransactionId, number });
	for (const number of ['N-2', 'N-3'])
		expect(await by(number)).toMatchObject({ ok: false, refusal: { code: 'invoice_unknown', detail: { number } } });
	expect((await by('N-1')).ok).toBe(true);
	expect((await invoice(id))!.balanceMinor).toBe(119_500n);
});
test('accepted twice at the same moment: one payment', async () => {
	const id = await anInvoice(house.services, cast, {});
	await drop(listOf([{ amount: '1200,00', text: 'DEUX FOIS' }]));
	const input = { bankTransactionId: (await waiting('DEUX FOIS')).bankTransactionId, invoiceIds: [id] };
	const twice = [
		acceptTransaction(house.services, cast.owner, input),
		acceptTransaction(house.services, cast.owner, input)
	];
	const results = await Promise.all(twice);
	expect(results.map((result) => (result.ok ? 'ok' : result.refusal.code)).sort()).toEqual([
		'bank_entry_settled',
		'ok'
	]);
	expect(await journal()).toHaveLength(2);
});
test('a part, then too much: the rest is kept for the client, and both see it', async () => {
	const id = await anInvoice(house.services, cast, {});
	await drop(
		listOf([
			{ amount: '700,00', text: 'PARTIE' },
			{ amount: '512,34', text: 'TROP' }
		])
	);
	expect((await accept('PARTIE', [id])).ok).toBe(true);
	expect((await invoice(id))!.balanceMinor).toBe(50_000n);
	expect((await accept('TROP', [id])).ok).toBe(true);
	expect((await invoice(id))!.balanceMinor).toBe(0n);
	expect((await readPortal(house.services, payer.scope)).advanceMinor).toBe(1_234n);
	const receipts = await inScope(house.services.db, cast.system, async (tx) => [
		...(await tx.execute<{ id: string; credit: string }>(
			sql`select payment_id as id, credit_minor::text as credit from payment order by amount_minor`
		))
	]);
	expect(await findReceipt(house.services, payer.scope, receipts[0]!.id)).toMatchObject({
		amountMinor: 51_234n,
		creditMinor: 1_234n
	});
	expect(await journal()).toEqual([
		'transfer 512 70000',
		'transfer 411 -70000',
		'transfer 512 51234',
		'transfer 411 -50000',
		'transfer 4191 -1234'
	]);
});
test('paid twice: the second is kept for the client, with a receipt; undone, whoever had it is told', async () => {
	const number = `F-${serial}-DEUX`;
	const id = await anInvoice(house.services, cast, {}, { number });
	await pay(house.services, payer, [id], 120_000, { account: `acct_${serial}` });
	await house.drain();
	await drop(listOf([{ amount: '1200,00', text: `VIR ${number}` }]));
	const transaction = await waiting(number);
	expect(transaction.proposals).toMatchObject([
		{ kind: 'keep', clientId: payer.clientId, certainty: 'possible', amountIs: 'kept', invoices: [{ number }] }
	]);
	const { bankTransactionId } = transaction;
	expect(await acceptCertain(house.services, cast.owner, [bankTransactionId])).toEqual({
		ok: true,
		value: { accepted: 0 }
	});
	const keep = (scope = cast.owner, clientId = payer.clientId) =>
		bookAsAdvance(house.services, scope, { bankTransactionId, clientId });
	expect(await keep(cast.readOnly)).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } });
	expect(await keep(cast.owner, newId())).toMatchObject({ ok: false, refusal: { code: 'not_found' } });
	const [kept, again] = await Promise.all([keep(), keep()]);
	expect([kept.ok, again.ok].sort()).toEqual([false, true]);
	const { paymentId } = (kept.ok ? kept : (again as Extract<typeof again, { ok: true }>)).value;
	expect((await journal()).slice(-2)).toEqual(['transfer 512 120000', 'transfer 4191 -120000']);
	expect((await readPortal(house.services, payer.scope)).advanceMinor).toBe(120_000n);
	expect((await invoice(id))!.balanceMinor).toBe(0n);
	const receipt = await findReceipt(house.services, payer.scope, paymentId);
	expect(receipt).toMatchObject({ lines: [], creditMinor: 120_000n, amountMinor: 120_000n });
	expect(await readAdminPayment(house.services, cast.owner, paymentId)).toMatchObject({
		ok: true,
		value: { payment: { paymentId, amountMinor: 120_000n }, lines: [], reversals: [] }
	});
	// A pay link tells nothing of it: it is no payment of its invoice.
	const link = mintScope(cast.supplierId, {
		kind: 'pay_link',
		payLinkId: newId(),
		clientId: payer.clientId,
		contactId: payer.contactId,
		invoiceId: id
	});
	expect(await findReceipt(house.services, link, paymentId)).toBeNull();
	await house.drain();
	const mails = () => house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email));
	expect(mails().at(-1)!.text).toMatch(/Gardé pour vous/);
	expect((await undoAcceptance(house.services, cast.owner, bankTransactionId)).ok).toBe(true);
	expect((await readPortal(house.services, payer.scope)).advanceMinor).toBe(0n);
	await house.drain();
	expect(mails().at(-1)!.text).toMatch(/gardé pour vous par erreur/);
});
test('one transfer for several invoices; invoices of two clients are refused', async () => {
	const [a, b] = [await anInvoice(house.services, cast, {}), await anInvoice(house.services, cast, {})];
	const other = await anInvoice(house.services, cast, { name: 'Une autre cliente' });
	await drop(listOf([{ amount: '2400,00', text: 'ENSEMBLE' }]));
	expect(await accept('ENSEMBLE', [a, other])).toMatchObject({ ok: false, refusal: { code: 'input_invalid' } });
	expect(await accept('ENSEMBLE', [a, newId()])).toMatchObject({ ok: false, refusal: { code: 'not_found' } });
	expect((await accept('ENSEMBLE', [a, b])).ok).toBe(true);
	expect([(await invoice(a))!.balanceMinor, (await invoice(b))!.balanceMinor]).toEqual([0n, 0n]);
});
describe('the early price', () => {
	const RECENT = () => ({ issuedOn: addDays(today, -10), dueOn: addDays(today, 20) });
	test('counts by the value date: within the days it stands, with its credit note; a day later it is a part payment', async () => {
		await anOffer(house.services, cast);
		const [early, late] = [
			await anInvoice(house.services, cast, {}, { ...RECENT(), number: `EARLY-${serial}-1` }),
			await anInvoice(house.services, cast, {}, { ...RECENT(), number: `LATER-${serial}-1` })
		];
		await drop(
			listOf([
				{ amount: '1176,00', text: `EARLY-${serial}-1`, on: addDays(today, 5) },
				{ amount: '1176,00', text: `LATER-${serial}-1`, on: addDays(today, 6) }
			])
		);
		expect((await waiting(`EARLY-${serial}-1`)).proposals[0]).toMatchObject({
			amountIs: 'early',
			certainty: 'certain'
		});
		expect((await waiting(`LATER-${serial}-1`)).proposals[0]).toMatchObject({ amountIs: 'less' });
		expect((await accept(`EARLY-${serial}-1`, [early])).ok).toBe(true);
		expect((await accept(`LATER-${serial}-1`, [late])).ok).toBe(true);
		expect([(await invoice(early))!.balanceMinor, (await invoice(late))!.balanceMinor]).toEqual([0n, 2_400n]);
		expect(await journal()).toContain('discount 665 2000');
	});
	test('taken back, the discount goes with the money', async () => {
		await anOffer(house.services, cast);
		const id = await anInvoice(house.services, cast, {}, RECENT());
		await drop(listOf([{ amount: '1176,00', text: 'TOT' }]));
		const { bankTransactionId } = await waiting('TOT');
		expect((await accept('TOT', [id])).ok).toBe(true);
		expect((await undoAcceptance(house.services, cast.owner, bankTransactionId)).ok).toBe(true);
		expect((await invoice(id))!.balanceMinor).toBe(120_000n);
		expect((await journal()).slice(-3)).toEqual([
			'discount_void 665 -2000',
			'discount_void 44571 -400',
			'discount_void 411 2400'
		]);
		expect((await accept('TOT', [id])).ok).toBe(true);
		expect((await invoice(id))!.balanceMinor).toBe(0n);
	});
});
test('undone is a reversal: the movement waits again, what was kept for the client goes too, and it may be accepted elsewhere', async () => {
	const [wrong, right] = [await anInvoice(house.services, cast, {}), await anInvoice(house.services, cast, {})];
	await drop(listOf([{ amount: '1250,00', text: 'ERREUR' }]));
	const { bankTransactionId } = await waiting('ERREUR');
	await accept('ERREUR', [wrong]);
	expect((await undoAcceptance(house.services, cast.owner, bankTransactionId)).ok).toBe(true);
	expect(await undoAcceptance(house.services, cast.owner, bankTransactionId)).toMatchObject({
		ok: false,
		refusal: { code: 'bank_entry_settled' }
	});
	expect((await invoice(wrong))!.balanceMinor).toBe(120_000n);
	expect((await readPortal(house.services, payer.scope)).advanceMinor).toBe(0n);
	expect((await accept('ERREUR', [right])).ok).toBe(true);
	expect((await invoice(right))!.balanceMinor).toBe(0n);
	const totals = await inScope(
		house.services.db,
		cast.system,
		async (tx) =>
			(
				await tx.execute<{ gap: string }>(sql`select sum(debit_minor - credit_minor)::text as gap from journal_line`)
			)[0]!.gap
	);
	expect(totals).toBe('0');
});
test('undone, whoever had the receipt is told that it is no longer valid; a receipt that had not left stays here', async () => {
	const mails = (about: string) =>
		house.world.mailbox.mails.filter((one) => one.text.includes(about)).map((one) => one.subject);
	const acceptNew = async (text: string, number: string) => {
		const id = await anInvoice(house.services, cast, {}, { number });
		await drop(listOf([{ amount: '1200,00', text }]));
		const { bankTransactionId } = await waiting(text);
		await accept(text, [id]);
		return bankTransactionId;
	};
	const told = await acceptNew('UNDO-A', `UNDO-${serial}-A`);
	await house.drain();
	expect(mails(`UNDO-${serial}-A`)).toHaveLength(1);
	expect((await undoAcceptance(house.services, cast.owner, told)).ok).toBe(true);
	await house.drain();
	expect(mails(`UNDO-${serial}-A`)).toContain(`Votre reçu pour UNDO-${serial}-A est annulé`);
	const untold = await acceptNew('UNDO-B', `UNDO-${serial}-B`);
	expect((await undoAcceptance(house.services, cast.owner, untold)).ok).toBe(true);
	await house.drain();
	expect(mails(`UNDO-${serial}-B`)).toEqual([]);
});
test.each([
	['leaves after all', true],
	['never leaves, because its sender died', false]
])('undone while the receipt is in somebody’s hands: when it %s, it is told or not', async (_what, leaves) => {
	const number = `HAND-${serial}`;
	const id = await anInvoice(house.services, cast, {}, { number });
	await drop(listOf([{ amount: '1200,00', text: `VIR ${number}` }]));
	const { bankTransactionId } = await waiting(`VIR ${number}`);
	expect(await accept(`VIR ${number}`, [id])).toMatchObject({ ok: true });
	while (await doDueWork(house.services));
	const asked = Promise.withResolvers<void>();
	const go = Promise.withResolvers<void>();
	const { send } = house.services.mail;
	const sending = vi.spyOn(house.services.mail, 'send').mockImplementation(async (mail) => {
		if (mail.to !== payer.email || !/Paiement reçu/.test(mail.subject)) return send(mail);
		asked.resolve();
		await go.promise;
		return leaves ? send(mail) : { kind: 'later', problem: 'nobody there' };
	});
	const first = (async () => {
		while (await sendNextMail(house.services));
	})();
	await asked.promise;
	expect(await undoAcceptance(house.services, cast.owner, bankTransactionId)).toMatchObject({ ok: true });
	// What takes it back waits for it, and does not overtake it.
	await sendNextMail(house.services);
	const subjects = () =>
		house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email)).map((mail) => mail.subject);
	expect(subjects().filter((subject) => /annulé/.test(subject))).toEqual([]);
	go.resolve();
	await first;
	sending.mockRestore();
	house.world.world.offsetMs += 3_600_000;
	await house.drain();
	expect(subjects().filter((subject) => /annulé|reçu/.test(subject))).toHaveLength(leaves ? 2 : 0);
});
describe('what the bank takes back', () => {
	const collected = async () => {
		const id = await anInvoice(house.services, cast, {}, { number: `P-${serial}-77` });
		await drop(listOf([{ amount: '1200,00', text: `PRLV P-${serial}-77` }]));
		await accept('PRLV', [id]);
		return id;
	};
	const returned = (reason = 'AM04') =>
		`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M${serial}</MsgId></GrpHdr><Ntfctn><Id>N${serial}</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct><Ntry><Amt Ccy="EUR">1200.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>P-${serial}-77</Ustrd></RmtInf><RtrInf><Rsn><Cd>${reason}</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`;
	test('is found among all there ever were, however many came after it; what stands no more hides nothing', async () => {
		await collected();
		const admin = postgres(house.databaseUrl, { max: 1, onnotice: () => {} });
		await admin.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			for (const [table, changed] of [
				['bank_entry', `'bank_entry_id', md5('e' || n)::uuid, 'fingerprint', 'later ' || n, 'text', 'VIR ' || n`],
				[
					'payment',
					`'payment_id', md5('p' || n)::uuid, 'bank_entry_id', md5('e' || n)::uuid, 'receipt_number', 'later ' || n, 'paid_at', t.paid_at + interval '1 hour'`
				]
			] as const)
				await tx.unsafe(
					`insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(t) || jsonb_build_object(${changed}))).* from ${table} t, generate_series(1, 1001) n where t.supplier_id = '${cast.supplierId}'`
				);
		});
		await admin.end();
		await drop(returned(), 'retour.xml');
		const transaction = await waiting(`P-${serial}-77`);
		expect(transaction).toMatchObject({ proposals: [{ kind: 'return', certainty: 'certain' }] });
	});
	test('re-opens its invoice, tells the client, once; and may be undone', async () => {
		const id = await collected();
		expect(await drop(returned(), 'retour.xml')).toMatchObject({ outcome: 'kept', newCount: 1 });
		const transaction = await waiting(`P-${serial}-77`);
		expect(transaction).toMatchObject({
			returnReason: 'AM04',
			isReturn: true,
			proposals: [{ kind: 'return', certainty: 'certain' }]
		});
		const input = { bankTransactionId: transaction.bankTransactionId, paymentId: transaction.proposals[0]!.paymentId! };
		const both = await Promise.all([
			reverseTransfer(house.services, cast.owner, input),
			reverseTransfer(house.services, cast.owner, input)
		]);
		expect(both.filter((result) => result.ok)).toHaveLength(1);
		expect((await invoice(id))!.balanceMinor).toBe(120_000n);
		await house.drain();
		expect(
			house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email)).map((mail) => mail.subject)
		).toHaveLength(2);
		expect(house.world.mailbox.mails.filter((mail) => mail.to.includes(payer.email)).at(-1)!.text).toContain(
			'provision insuffisante'
		);
		expect((await undoAcceptance(house.services, cast.owner, transaction.bankTransactionId)).ok).toBe(true);
		expect((await invoice(id))!.balanceMinor).toBe(0n);
		expect((await journal()).filter((line) => line.startsWith('return'))).toEqual([
			'return_undone 512 120000',
			'return_undone 411 -120000'
		]);
	});
	test('undone after the client had paid otherwise, the money is the client’s: nothing is owed below zero', async () => {
		const id = await collected();
		await drop(returned(), 'retour.xml');
		const transaction = await waiting(`P-${serial}-77`);
		const paymentId = transaction.proposals[0]!.paymentId!;
		expect(
			(
				await reverseTransfer(house.services, cast.owner, {
					bankTransactionId: transaction.bankTransactionId,
					paymentId
				})
			).ok
		).toBe(true);
		expect((await pay(house.services, payer, [id], 120_000, { account: `acct_${serial}` })).ok).toBe(true);
		expect((await undoAcceptance(house.services, cast.owner, transaction.bankTransactionId)).ok).toBe(true);
		expect((await invoice(id))!.balanceMinor).toBe(0n);
		expect((await journal()).filter((line) => line.startsWith('return'))).toEqual([
			'return_undone 512 120000',
			'return_undone 4191 -120000'
		]);
	});
	test('more than what stands is refused', async () => {
		await collected();
		await drop(returned('MD06'), 'retour.xml');
		const transaction = await waiting(`P-${serial}-77`);
		const paymentId = transaction.proposals[0]!.paymentId!;
		await reverseTransfer(house.services, cast.owner, { bankTransactionId: transaction.bankTransactionId, paymentId });
		// Of another day: the same one told again would be put aside.
		const another = returned('MD06').replace(`<Dt>${today}`, `<Dt>${addDays(today, -1)}`);
		await drop(another.replace(`N${serial}`, `N${serial}bis`), 'retour2.xml');
		const again = await waiting(`P-${serial}-77`);
		expect(again.proposals).toEqual([]);
		expect(
			await reverseTransfer(house.services, cast.owner, { bankTransactionId: again.bankTransactionId, paymentId })
		).toMatchObject({
			ok: false,
			refusal: { code: 'refund_above_rest' }
		});
	});
});
test('what is not a client’s payment is set aside, and may be looked at again', async () => {
	await drop(
		listOf([
			{ amount: '-30,00', text: 'FRAIS' },
			{ amount: '5,00', text: 'INTERETS' }
		])
	);
	const view = await bank();
	expect([
		view.waiting.map((transaction) => transaction.text),
		view.aside.rows.map((transaction) => transaction.text)
	]).toEqual([['INTERETS'], ['FRAIS']]);
	const { bankTransactionId } = view.waiting[0]!;
	await setAside(house.services, cast.owner, bankTransactionId, true);
	expect((await bank()).waitingCount).toBe(0);
	await setAside(house.services, cast.owner, bankTransactionId, false);
	expect((await bank()).waitingCount).toBe(1);
});
test('a paid invoice and a foreign currency stop it in words', async () => {
	const paid = await anInvoice(house.services, cast, {});
	await pay(house.services, payer, [paid], 120_000, { account: `acct_${serial}` });
	await drop(`Date;Libellé;Montant;Devise\n${today};EUROS;600,00;EUR\n${today};DOLLARS;600,00;USD`);
	expect(await accept('EUROS', [paid])).toMatchObject({ ok: false, refusal: { code: 'nothing_to_pay' } });
	expect(await accept('DOLLARS', [paid])).toMatchObject({ ok: false, refusal: { code: 'input_invalid' } });
});
test('read-only looks, a stranger sees nothing; a transfer is not refunded by card', async () => {
	const id = await anInvoice(house.services, cast, {});
	await drop(listOf([{ amount: '1200,00', text: 'GARDE' }]));
	const { bankTransactionId } = await waiting('GARDE');
	const input = { bankTransactionId, invoiceIds: [id] };
	expect(await acceptTransaction(house.services, cast.readOnly, input)).toMatchObject({
		ok: false,
		refusal: { code: 'not_allowed' }
	});
	expect(await importStatements(house.services, payer.scope, [], { acceptReview: true })).toMatchObject({
		ok: false,
		refusal: { code: 'not_allowed' }
	});
	const stranger = await aSupplier(house.services, `acct_${++serial}`, `Autre ${serial}`);
	expect(await acceptTransaction(house.services, stranger.owner, input)).toMatchObject({
		ok: false,
		refusal: { code: 'not_found' }
	});
	expect(await undoAcceptance(house.services, stranger.owner, bankTransactionId)).toMatchObject({
		ok: false,
		refusal: { code: 'not_found' }
	});
	expect((await readBank(house.services, stranger.owner)).waiting).toEqual([]);
	const accepted = await acceptTransaction(house.services, cast.owner, input);
	if (!accepted.ok) throw new Error(accepted.refusal.code);
	expect(
		await requestRefund(house.services, cast.owner, {
			refundRequestId: newId(),
			paymentId: accepted.value.paymentId,
			amountMinor: 100n as Minor
		})
	).toMatchObject({ ok: false, refusal: { code: 'refund_by_transfer' } });
});
test('the database refuses a transfer that the bank did not receive, and shows no movement to a client', async () => {
	const id = await anInvoice(house.services, cast, {});
	await drop(listOf([{ amount: '1200,00', text: 'VRAI' }]));
	await accept('VRAI', [id]);
	await expect(
		inScope(house.services.db, cast.system, (tx) =>
			tx.execute(
				sql`insert into payment (supplier_id, payment_id, attempt_id, client_id, receipt_number, amount_minor, currency, method_type, credit_minor, bank_entry_id, bank_round, paid_at, paid_on, created_at) select supplier_id, gen_random_uuid(), attempt_id, client_id, 'R-FAUX', 99, currency, 'transfer', 99, bank_entry_id, 2, paid_at, paid_on, created_at from payment`
			)
		)
	).rejects.toMatchObject({ message: expect.stringContaining('not what the bank received') });
	expect(
		await inScope(house.services.db, payer.scope, async (tx) => [...(await tx.execute(sql`select 1 from bank_entry`))])
	).toEqual([]);
});
test('a list without names: nothing is kept until its columns are said, and the next one of that bank is read by itself', async () => {
	const of = (amount: string) => ({
		name: 'lcl.csv',
		bytes: new TextEncoder().encode(`${today};${amount};Virement;VIR A\n${today};${amount};Virement;VIR B`)
	});
	const importing = async (file: ReturnType<typeof of>, answers = {}) => {
		const result = await importStatements(house.services, cast.owner, [file], { acceptReview: false, answers });
		if (!result.ok) throw new Error(result.refusal.code);
		return result.value[0]!;
	};
	const first = await importing(of('10,00'));
	expect(first).toMatchObject({ outcome: 'columns', list: { needs: 'columns' } });
	expect((await bank()).waitingCount).toBe(0);
	const columns = { '#1': 'bookedOn', '#2': 'amount', '#3': 'text', '#4': 'text' };
	const answers = { [first.list!.key]: { name: 'LCL', columns, dateOrder: null } };
	expect(await importing(of('10,00'), answers)).toMatchObject({ outcome: 'kept', newCount: 2 });
	expect(await importing(of('11,00'))).toMatchObject({ outcome: 'kept', newCount: 2 });
	expect((await bank()).waitingCount).toBe(4);
});
test('nothing of a broken file is kept; what lacks something waits for a person’s word', async () => {
	expect(await drop('n’importe quoi', 'x.txt')).toMatchObject({ outcome: 'refused' });
	const partly = `Date;Libellé;Montant\n${today};BON;10,00\n${today};MAUVAIS;12..34`;
	expect(await drop(partly)).toMatchObject({ outcome: 'review', newCount: 0 });
	expect((await bank()).waitingCount).toBe(0);
	expect(await drop(partly, 'releve.csv', true)).toMatchObject({ outcome: 'kept', newCount: 1 });
});
