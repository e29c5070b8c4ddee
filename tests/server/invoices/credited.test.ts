// An invoice that nobody paid is not called paid: what credit notes took off in full has a word of its own, the same wherever it is read.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { mintScope } from '#lib/domain/access/scope.ts';
import { addDays, civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import type { Minor } from '#lib/domain/money/minor.ts';
import { invoiceStateText } from '#lib/i18n/states.ts';
import { newId } from '#lib/server/identity.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { findInvoicesByApi } from '#lib/server/use-cases/invoices/read-by-api.ts';
import { readPortal } from '#lib/server/use-cases/invoices/read-portal.ts';
import { readPayView } from '#lib/server/use-cases/payments/read-pay-view.ts';
import { requestRefund } from '#lib/server/use-cases/payments/request-refund.ts';
import { readInvoiceList } from '#lib/server/use-cases/suppliers/read-invoices.ts';
import { anInvoice, anOffer, aPayer, aSupplier, pay, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let payer: Payer;
let serial = 0;
beforeAll(async () => {
	house = await openHouse(Array.from({ length: 9 }, (_, i) => `acct_${i}`));
});
afterAll(() => house.close());
beforeEach(async () => {
	cast = await aSupplier(house.services, `acct_${++serial}`, `Lumen ${serial}`);
	payer = await aPayer(house.services, cast, `paul${serial}@roche.example`);
});

const today = () => civilDateIn(house.services.clock.now(), 'Europe/Paris');
const fresh = (number: string) =>
	anInvoice(house.services, cast, {}, { number, issuedOn: today(), dueOn: addDays(today(), 30) });
async function paid(number: string, option: 'now' | 'early' = 'now'): Promise<string> {
	const invoiceId = await fresh(number);
	const account = `acct_${serial}`;
	const amount = option === 'early' ? 117_600 : 120_000;
	expect(await pay(house.services, payer, [invoiceId], amount, { account, option })).toMatchObject({ ok: true });
	await house.drain();
	return invoiceId;
}
async function giveBack(invoiceId: string, cents: number, meaning: 'returned' | 'goodwill' | 'error'): Promise<void> {
	const rows = await inScope(house.services.db, cast.system, (tx) =>
		tx.execute<{ id: string }>(sql`select payment_id as id from allocation where invoice_id = ${invoiceId}`)
	);
	const asked = {
		refundRequestId: newId(),
		paymentId: rows[0]?.id ?? '',
		amountMinor: BigInt(cents) as Minor,
		meaning
	};
	expect(await requestRefund(house.services, cast.owner, asked)).toMatchObject({ ok: true });
	await house.drain();
}
/** Of the whole of it, read from a file as software writes it. */
async function creditNote(of: string): Promise<void> {
	const body = {
		invoices: [
			{
				number: `AV-${of}`,
				issued_on: today(),
				due_on: today(),
				currency: 'EUR',
				type_code: '381',
				preceding_number: of,
				client: { name: 'Menuiserie Roche' },
				net_minor: '100000',
				vat_lines: [{ rate_bps: 2000, base_minor: '100000', vat_minor: '20000' }],
				gross_minor: '120000'
			}
		]
	};
	const bytes = new TextEncoder().encode(JSON.stringify(body));
	const read = await importInvoices(house.services, cast.owner, [{ name: 'avoir.json', bytes }], { sendMails: false });
	expect(read.ok && read.value[0]?.outcome).toBe('new');
	await house.drain();
}
/** Its state on the pay page, in the client's area, in the supplier's list and in the API. */
async function statesOf(invoiceId: string, number: string): Promise<string[]> {
	const view = await readPayView(house.services, payer.scope, [invoiceId]);
	const { paid: settled } = await readPortal(house.services, payer.scope);
	const list = await readInvoiceList(house.services, cast.owner, { search: number });
	const key = mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['read'] });
	return [
		view.ok ? view.value.invoices[0]?.state : '',
		settled.find((one) => one.invoiceId === invoiceId)?.state,
		list.invoices.find((one) => one.invoiceId === invoiceId)?.state,
		(await findInvoicesByApi(house.services, key, number))[0]?.state
	].map(String);
}
const everywhere = (state: string) => Array.from({ length: 4 }, () => state);
const lastMail = () => {
	const mail = house.world.mailbox.mails.filter((one) => one.to.includes(payer.email)).at(-1);
	return (mail?.text ?? '').replace(/[\u00a0\u202f]/g, ' ');
};

test.each(['now', 'early'] as const)(
	'an order that comes back whole, paid %s: credited in full everywhere, and so says the mail',
	async (option) => {
		if (option === 'early') await anOffer(house.services, cast);
		const number = `CR-${serial}`;
		const invoiceId = await paid(number, option);
		expect(await statesOf(invoiceId, number)).toEqual(everywhere('paid'));
		await giveBack(invoiceId, option === 'early' ? 117_600 : 120_000, 'returned');
		expect(await statesOf(invoiceId, number)).toEqual(everywhere('credited'));
		expect(lastMail()).toContain(`Annulé par avoir : ${number}. Plus rien n’est à payer.`);
		const view = await readPayView(house.services, payer.scope, [invoiceId]);
		expect(view.ok && view.value.words.notPayable).toMatch(/annulée par avoir/);
		expect(view.ok && view.value.options).toEqual([]);
	}
);
test('a part of it comes back: what is paid is paid', async () => {
	const invoiceId = await paid(`PA-${serial}`);
	await giveBack(invoiceId, 40_000, 'returned');
	expect(await statesOf(invoiceId, `PA-${serial}`)).toEqual(everywhere('paid'));
	expect(lastMail()).not.toContain('Annulé par avoir');
	// The rest too: nothing that was paid stands any more.
	await giveBack(invoiceId, 80_000, 'goodwill');
	expect(await statesOf(invoiceId, `PA-${serial}`)).toEqual(everywhere('credited'));
});
test('paid by mistake and given back, then credited: nobody is told that it is paid', async () => {
	const number = `ER-${serial}`;
	const invoiceId = await paid(number);
	await giveBack(invoiceId, 120_000, 'error');
	await creditNote(number);
	expect(await statesOf(invoiceId, number)).toEqual(everywhere('credited'));
});
test('a credit note for the whole, before anybody paid: the invoice is credited, the note is used', async () => {
	const number = `AV-${serial}`;
	const invoiceId = await fresh(number);
	await creditNote(number);
	expect(await statesOf(invoiceId, number)).toEqual(everywhere('credited'));
	const { invoices } = await readInvoiceList(house.services, cast.owner, { search: `AV-${number}` });
	expect(invoices.map(({ state }) => state)).toEqual(['credit_used']);
	expect(
		['credited', 'credit_used'].map((state) => invoiceStateText({ state: state as 'credited', daysToDue: 0 }))
	).toEqual(['Annulée par avoir', 'Avoir utilisé']);
});
test('several at once, one of them credited: nothing is to be paid, and not all of it is called paid', async () => {
	const [first, second] = [await paid(`S1-${serial}`), await paid(`S2-${serial}`)];
	await giveBack(second, 120_000, 'returned');
	const view = await readPayView(house.services, payer.scope, [first, second]);
	expect(view.ok && view.value.invoices.map(({ state }) => state)).toEqual(['paid', 'credited']);
});
