// A mail after something was undone, given back or had failed tells what is due as the books stand: never the sum that moved in the place of the rest.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { addDays, civilDateIn, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { newId } from '#lib/server/identity.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { acceptTransaction } from '#lib/server/use-cases/bank/accept-transaction.ts';
import { importStatements } from '#lib/server/use-cases/bank/import-statements.ts';
import { readBank } from '#lib/server/use-cases/bank/read-bank.ts';
import { reverseTransfer, undoAcceptance } from '#lib/server/use-cases/bank/reverse-transfer.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { anInvoice, anOffer, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let today: CivilDate;
let serial = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 30 }, (_, i) => `acct_${i}`));
	today = civilDateIn(house.services.clock.now(), 'Europe/Paris');
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_${++serial}`, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

const fresh = (grossMinor: number) =>
	anInvoice(house.services, cast, {}, { grossMinor, issuedOn: today, dueOn: addDays(today, 30) });
const payNow = (ids: string[], amount: number, options: Parameters<typeof pay>[4] = {}) =>
	pay(house.services, payer, ids, amount, { account: `acct_${serial}`, ...options });
async function movement(amount: string, text: string): Promise<string> {
	const content = `Date;Libellé;Montant\n${today};${text};${amount}\n`;
	const files = [{ name: `${newId()}.csv`, bytes: new TextEncoder().encode(content) }];
	await importStatements(house.services, cast.owner, files, { acceptReview: false });
	const { waiting } = await readBank(house.services, cast.owner);
	return waiting.find((entry) => entry.text.includes(text))?.bankTransactionId ?? '';
}
async function transfer(amount: string, invoiceIds: string[]): Promise<string> {
	const bankTransactionId = await movement(amount, `VIR ${newId()}`);
	expect(await acceptTransaction(house.services, cast.owner, { bankTransactionId, invoiceIds })).toMatchObject({
		ok: true
	});
	await house.drain();
	return bankTransactionId;
}
const undo = async (bankTransactionId: string) =>
	expect(await undoAcceptance(house.services, cast.owner, bankTransactionId)).toMatchObject({ ok: true });
const paymentOf = async (invoiceId: string) => {
	const rows = await inScope(house.services.db, cast.system, (tx) =>
		tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
	);
	return rows[0]?.id ?? '';
};
/** Rows of figures of the last mail, and whether it asks for money. */
async function lastMail() {
	await house.drain();
	const mail = house.world.mailbox.mails.filter((one) => one.to.includes(payer.email)).at(-1);
	const text = (mail?.text ?? '').replace(/[\u00a0\u202f]/g, ' ');
	const row = (label: string) =>
		new RegExp(`${label} ?: ?([\\d ]+,\\d\\d)`).exec(text)?.[1]?.replaceAll(' ', '') ?? null;
	return {
		subject: mail?.subject ?? '',
		text,
		left: row('Reste à payer'),
		underWay: row('Prélèvement en cours'),
		planned: row('À venir, en plusieurs fois'),
		asks: /\/p\/|\/portail/.test(text),
		files: mail?.attachments.map((one) => one.name) ?? []
	};
}

describe('a match that was a mistake is undone', () => {
	test('more had come than the invoice took: what is left is the invoice', async () => {
		const id = await fresh(5_400);
		await undo(await transfer('88,00', [id]));
		expect(await lastMail()).toMatchObject({
			subject: expect.stringContaining('est annulé'),
			left: '54,00',
			asks: true
		});
	});
	test('less had come: what is left is all of the invoice, not what had come', async () => {
		const id = await fresh(120_000);
		await undo(await transfer('88,00', [id]));
		expect(await lastMail()).toMatchObject({ left: '1200,00' });
	});
	test('paid otherwise before the mail leaves: nothing is asked for', async () => {
		const id = await fresh(120_000);
		await undo(await transfer('1200,00', [id]));
		expect(await payNow([id], 120_000)).toMatchObject({ ok: true });
		await house.drain();
		const mail = house.world.mailbox.mails.find((one) => one.to.includes(payer.email) && /annulé/.test(one.subject));
		expect(mail?.text).toContain('Plus rien n’est à payer');
		expect(mail?.text).not.toMatch(/\/p\//);
	});
	test('an early price that it had been given is due too, and named', async () => {
		await anOffer(house.services, cast);
		const id = await fresh(120_000);
		await undo(await transfer('1176,00', [id]));
		const mail = await lastMail();
		expect(mail).toMatchObject({ left: '1200,00', files: [expect.stringMatching(/^AV/)] });
		expect(mail.text).toContain('24,00 €');
	});
	test('two invoices: the rest of both', async () => {
		const ids = [await fresh(10_000), await fresh(20_000)];
		await undo(await transfer('250,00', ids));
		expect(await lastMail()).toMatchObject({ left: '300,00' });
	});
});

describe('a refund', () => {
	const give = async (invoiceId: string, cents: number, meaning: 'error' | 'goodwill' | 'returned') =>
		expect(
			await requestRefund(house.services, cast.owner, {
				refundRequestId: newId(),
				paymentId: await paymentOf(invoiceId),
				amountMinor: BigInt(cents) as Minor,
				meaning
			})
		).toMatchObject({ ok: true });
	test.each([
		[20_000, '200,00'],
		[120_000, '1200,00']
	])(
		'of a payment made by mistake (%i): the mail says that the debt is open again, and how much',
		async (cents, left) => {
			const id = await fresh(120_000);
			await payNow([id], 120_000);
			await house.drain();
			await give(id, cents, 'error');
			const mail = await lastMail();
			expect(mail).toMatchObject({ subject: expect.stringContaining('Remboursement'), left, asks: true, files: [] });
			expect(mail.text).toContain(`${left.replace(/^1/, '1 ')} € ne sont donc plus réglés`);
		}
	);
	test('by mistake, of an early price: the discount that does not stand any more is due too, named, with its cancellation', async () => {
		await anOffer(house.services, cast);
		const id = await fresh(120_000);
		expect(await payNow([id], 117_600, { option: 'early' })).toMatchObject({ ok: true });
		await house.drain();
		await give(id, 117_600, 'error');
		const mail = await lastMail();
		expect(mail).toMatchObject({ left: '1200,00', files: [expect.stringMatching(/^AV/)] });
		expect(mail.text).toMatch(/1 176,00 € ne sont donc plus réglés[\s\S]*escompte de 24,00 €/);
	});
	test('by mistake, and paid again before the mail leaves: nothing is said to be open', async () => {
		const id = await fresh(120_000);
		await payNow([id], 120_000);
		await house.drain();
		await give(id, 120_000, 'error');
		expect(await payNow([id], 120_000)).toMatchObject({ ok: true });
		await house.drain();
		const mail = house.world.mailbox.mails.findLast(
			(one) => one.to.includes(payer.email) && /Remboursement/.test(one.subject)
		);
		expect(mail?.text).toMatch(/1.200,00/);
		expect(mail?.text).not.toContain('ne sont donc plus réglés');
	});
	test.each(['goodwill', 'returned'] as const)('with a credit note (%s): nothing is asked for', async (meaning) => {
		const id = await fresh(120_000);
		await payNow([id], 120_000);
		await house.drain();
		await give(id, 20_000, meaning);
		const mail = await lastMail();
		expect(mail).toMatchObject({ left: null, asks: false, files: [expect.stringMatching(/^AV/)] });
		expect(mail.text).not.toContain('Aucun avoir');
	});
});

describe('a debit', () => {
	test('comes to nothing: what is left is said, and nothing once it was paid otherwise', async () => {
		const id = await fresh(120_000);
		await payNow([id], 120_000, { method: 'pm_failed_fr' });
		await house.drain();
		await house.advance(7);
		const mail = await lastMail();
		expect(mail).toMatchObject({ subject: expect.stringContaining('n’a pas abouti'), left: '1200,00' });
		expect(mail.text, 'of a debit, no card was refused').not.toMatch(/carte/);
	});
});

test('a return that was noted by mistake is corrected, to whoever had heard of it', async () => {
	const id = await fresh(120_000);
	await transfer('1200,00', [id]);
	const returned = `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M1</MsgId></GrpHdr><Ntfctn><Id>N1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct><Ntry><Amt Ccy="EUR">1200.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>RETOUR</Ustrd></RmtInf><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`;
	const files = [{ name: 'retour.xml', bytes: new TextEncoder().encode(returned) }];
	await importStatements(house.services, cast.owner, files, { acceptReview: false });
	const bankTransactionId =
		(await readBank(house.services, cast.owner)).waiting.find((one) => one.isReturn)?.bankTransactionId ?? '';
	const back = async () =>
		expect(
			await reverseTransfer(house.services, cast.owner, { bankTransactionId, paymentId: await paymentOf(id) })
		).toMatchObject({
			ok: true
		});
	await back();
	expect(await lastMail()).toMatchObject({ subject: expect.stringContaining('est revenu'), left: '1200,00' });
	await undo(bankTransactionId);
	const mail = await lastMail();
	expect(mail).toMatchObject({ subject: expect.stringContaining('compte de nouveau'), left: null, asks: false });
	expect(mail.text).toContain('Plus rien n’est à payer');
	// Nobody has heard of the second return yet: there is nothing to say, and nothing to correct.
	const count = house.world.mailbox.mails.length;
	await back();
	await undo(bankTransactionId);
	await house.drain();
	expect(house.world.mailbox.mails.slice(count)).toEqual([]);
});
