// From a file to a claim: once, previewed as it will be, byte for byte, and by the API too.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'drizzle-orm';
import { mintScope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import { readInvoiceDetail, readInvoiceFile } from '#lib/server/use-cases/invoices/read-portal.ts';
import { findInvoiceFile } from '#lib/server/store/documents.ts';
import { findInvoice, listInvoices } from '#lib/server/store/invoices.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { importByApi, openImportByApi } from '#lib/server/use-cases/imports/import-by-api.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { readClients } from '#lib/server/use-cases/suppliers/read-clients.ts';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { facturXOf, type InvoiceSpec } from '#scripts/demo/invoice-file.ts';
import { aSupplier, type Cast } from '../../builders/parties.ts';
import { previewImport } from '../../builders/imports.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';
import { LUMEN } from '../../builders/invoices.ts';

let house: TestHouse;
let cast: Cast;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
});
afterAll(() => house.close());
const spec = (over: Partial<InvoiceSpec> = {}): InvoiceSpec => ({
	number: 'F1',
	issuedOn: '2026-11-12',
	dueOn: '2026-12-12',
	seller: LUMEN,
	buyer: { name: 'Roche', siren: '732829320', email: 'compta@roche.example' },
	lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }],
	...over
});
const file = async (over: Partial<InvoiceSpec> = {}, name = 'f.pdf') => ({ name, bytes: await facturXOf(spec(over)) });
const invoices = async () =>
	inScope(house.services.db, cast.system, (tx) => listInvoices(tx, cast.system, { today: civilDate('2026-11-21') }));

test('a dropped Factur-X becomes a claim, its client, its contact, its mail and its document, byte for byte', async () => {
	const pdf = await file();
	const preview = await previewImport(house, cast.owner, [pdf]);
	expect(await invoices()).toHaveLength(0);
	const imported = await importInvoices(house.services, cast.owner, [pdf], { sendMails: true });
	if (!preview.ok || !imported.ok) throw new Error('refused');
	expect(preview.value.lines[0]).toMatchObject({ ...imported.value[0], invoiceId: null });
	const invoiceId = imported.value[0]!.invoiceId!;
	expect(await inScope(house.services.db, cast.system, (tx) => findInvoice(tx, cast.system, invoiceId))).toMatchObject({
		balanceMinor: 120_000n,
		paymentReference: expect.stringMatching(/^RF\d\dF1$/)
	});
	const kept = await inScope(house.services.db, cast.system, (tx) => findInvoiceFile(tx, cast.system, invoiceId));
	expect(Buffer.from(kept!.content!).equals(Buffer.from(pdf.bytes))).toBe(true);
	await house.drain();
	expect(house.world.mailbox.mails).toMatchObject([
		{ to: ['compta@roche.example'], subject: expect.stringContaining('F1') }
	]);
	expect(house.world.mailbox.mails[0]!.text).toMatch(/\/p\/[\w-]{43}/);
});
test('the same file again changes nothing; another amount under the same number is a conflict', async () => {
	const again = await importInvoices(house.services, cast.owner, [await file()], { sendMails: true });
	const changed = await importInvoices(
		house.services,
		cast.owner,
		[await file({ lines: [{ label: 'Lustre', netMinor: 90_000, rateBps: 2000 }] })],
		{ sendMails: true }
	);
	expect([again.ok && again.value[0]!.outcome, changed.ok && changed.value[0]!.outcome]).toEqual([
		'identical',
		'conflict'
	]);
	expect([again.ok && again.value[0]!.changes, changed.ok && changed.value[0]!.changes]).toEqual([
		[],
		[
			{ field: 'gross', before: '120000', after: '108000' },
			{ field: 'due', before: '120000', after: '108000' }
		]
	]);
	expect(await invoices()).toHaveLength(1);
});
test('ten parallel imports of one file create one invoice', async () => {
	const pdf = await file({ number: 'F2' });
	await Promise.all(
		Array.from({ length: 10 }, () => importInvoices(house.services, cast.owner, [pdf], { sendMails: false }))
	);
	expect((await invoices()).filter((invoice) => invoice.number === 'F2')).toHaveLength(1);
});
test('credit notes, invoices paid in advance, factored or in dollars are kept and not asked for', async () => {
	const files = await Promise.all([
		file({ number: 'A1', typeCode: '381' }),
		file({ number: 'A2', businessProcess: 'S2', prepaidMinor: 120_000 }),
		file({ number: 'A3', typeCode: '393' }),
		file({ number: 'A4', currency: 'USD' }),
		file({ number: 'A5', dueOn: null })
	]);
	const result = await importInvoices(house.services, cast.owner, files, { sendMails: true });
	if (!result.ok) throw new Error('refused');
	expect(result.value.map((line) => [line.outcome, line.notPayableReason, line.debtMinor])).toEqual([
		['new', 'credit_note', -120_000n],
		['new', 'settled', 0n],
		['new', 'factored', 120_000n],
		['new', 'currency', 120_000n],
		['new', null, 120_000n]
	]);
	expect(result.value[4]).toMatchObject({ dueIsDefault: true, dueOn: '2026-12-12' });
});
test('another account than the supplier’s own is shown before it is believed', async () => {
	const other = spec().seller;
	const result = await previewImport(house, cast.owner, [
		await file({ number: 'B1', seller: { ...other, iban: 'FR1420041010050500013M02606' } })
	]);
	if (!result.ok) throw new Error('refused');
	expect([result.value.lines[0]!.outcome, result.value.lines[0]!.findings.map((finding) => finding.code)]).toEqual([
		'review',
		['PAYEE_ACCOUNT_CHANGED']
	]);
	const again = await file({ number: 'B1', seller: { ...other, iban: 'FR1420041010050500013M02606' } });
	expect(await importInvoices(house.services, cast.owner, [again], { sendMails: false })).toMatchObject({
		value: [{ outcome: 'review', invoiceId: null }]
	});
	expect(
		await importInvoices(house.services, cast.owner, [again], { sendMails: false, acceptReview: true })
	).toMatchObject({ value: [{ outcome: 'new' }] });
});
test('a list of many clients’ invoices is kept for the supplier and shown to none of them', async () => {
	const bytes = new TextEncoder().encode(
		'Numéro;Date;Client;Email;Montant TTC\nL1;12/11/2026;Alpha;a@alpha.example;120,00\nL2;12/11/2026;Bêta;b@beta.example;240,00\n'
	);
	await importInvoices(house.services, cast.owner, [{ name: 'export.csv', bytes }], { sendMails: false });
	const invoice = (await invoices()).find((row) => row.number === 'L1')!;
	const alpha = mintScope(cast.supplierId, { kind: 'contact', contactId: newId(), clientId: invoice.clientId });
	expect(await readInvoiceFile(house.services, cast.owner, invoice.invoiceId)).toMatchObject({
		fileName: 'export.csv'
	});
	expect(await readInvoiceFile(house.services, alpha, invoice.invoiceId)).toBeNull();
	expect(await readInvoiceDetail(house.services, alpha, invoice.invoiceId)).toMatchObject({
		ok: true,
		value: { invoice: { hasDocument: false } }
	});
	const seen = await inScope(house.services.db, alpha, (tx) => tx.execute(sql`select file_name from document`));
	expect([...seen]).toEqual([]);
});
test('namesakes stay strangers; one address or one SIREN is one client', async () => {
	const rows = [
		'N1;12/11/2026;Jean Martin;jean@un.example;;120,00',
		'N2;12/11/2026;Jean Martin;jean@deux.example;;120,00',
		'N3;12/11/2026;J. Martin;jean@un.example;;120,00',
		'N4;12/11/2026;Gamma;compta@gamma.example;732829320;120,00',
		'N5;12/11/2026;Gamma Lyon;lyon@gamma.example;732829320;120,00',
		'N6;12/11/2026;Delta;compta@gamma.example;542107651;120,00'
	];
	const bytes = new TextEncoder().encode(`Numéro;Date;Client;Email;SIREN;Montant TTC\n${rows.join('\n')}\n`);
	await importInvoices(house.services, cast.owner, [{ name: 'n.csv', bytes }], { sendMails: false });
	const of = Object.fromEntries((await invoices()).map((row) => [row.number, row.clientId]));
	expect(of.N2).not.toBe(of.N1);
	expect(of.N3).toBe(of.N1);
	expect(of.N5).toBe(of.N4);
	expect(of.N6).not.toBe(of.N4);
});
test('an invoice of another seller, or addressed to the supplier itself, is never new: it is a question', async () => {
	const of = async (over: Partial<InvoiceSpec>) => {
		const preview = await previewImport(house, cast.owner, [await file({ number: `W${newId().slice(-6)}`, ...over })]);
		const [line] = preview.ok ? preview.value.lines : [];
		return [line?.outcome, line?.findings.map((finding) => finding.code)];
	};
	const other = { siren: '542107651', vatNumber: 'FR13542107651' };
	expect(await of({})).toEqual(['new', []]);
	expect(await of({ seller: { ...LUMEN, ...other } })).toEqual(['review', ['SELLER_OTHER']]);
	expect(await of({ buyer: { name: 'Moi-même', siren: '552100554', email: 'moi@lumen.example' } })).toEqual([
		'review',
		['BUYER_SELF']
	]);
	expect(
		await of({ seller: { ...LUMEN, ...other }, buyer: { name: 'Atelier Lumen', siren: '552100554', email: null } })
	).toEqual(['review', ['SELLER_OTHER', 'BUYER_SELF']]);
});
test('a credit note is a credit whichever sign its file gives it', async () => {
	const bytes = new TextEncoder().encode(
		'Numéro;Type;Date;Client;Montant TTC\nAV1;Avoir;12/11/2026;Alpha;-120,00\nAV2;Avoir;12/11/2026;Alpha;120,00\n'
	);
	const result = await importInvoices(house.services, cast.owner, [{ name: 'a.csv', bytes }], { sendMails: false });
	expect(result.ok && result.value.map((line) => line.debtMinor)).toEqual([-12_000n, -12_000n]);
});
test('an address that can’t be one is said, and the invoice kept', async () => {
	const bytes = new TextEncoder().encode(
		'Numéro;Date;Client;Email;Montant TTC\nM1;12/11/2026;Alpha;alpha.example;120,00\n'
	);
	const result = await previewImport(house, cast.owner, [{ name: 'm.csv', bytes }]);
	expect(result.ok && result.value.lines[0]).toMatchObject({
		outcome: 'new',
		email: null,
		findings: expect.arrayContaining([expect.objectContaining({ code: 'EMAIL', found: 'alpha.example' })])
	});
});
test('a list of an unknown tool: its columns are said once, remembered under a name, and the next list of the same source needs no word', async () => {
	const list = (number: string, date = '03/02/2026') => ({
		name: 'export.csv',
		bytes: new TextEncoder().encode(`"When","Details","Who","Sum"\n"${date}","${number}","Bruce Wayne","1,020.00"`)
	});
	const first = await previewImport(house, cast.owner, [list('INV-1')]);
	if (!first.ok) throw new Error(first.refusal.code);
	expect(first.value.lists).toMatchObject([
		{
			needs: 'columns',
			headers: ['When', 'Details', 'Who', 'Sum'],
			sample: [['03/02/2026', 'INV-1', 'Bruce Wayne', '1,020.00']]
		}
	]);
	const columns = { When: 'issuedOn', Details: 'number', Who: 'client', Sum: 'gross' };
	const { key } = first.value.lists[0]!;
	const said = await previewImport(house, cast.owner, [list('INV-1')], {
		[key]: { name: 'Mon outil', columns, dateOrder: null }
	});
	expect(said.ok && [said.value.lists[0]!.needs, said.value.lines[0]!.outcome]).toEqual(['dates', 'review']);
	const answers = { [key]: { name: 'Mon outil', columns, dateOrder: 'mdy' as const } };
	await previewImport(house, cast.owner, [list('INV-1')], answers);
	const imported = await importInvoices(house.services, cast.owner, [list('INV-1')], { sendMails: false });
	expect(imported.ok && imported.value[0]).toMatchObject({
		outcome: 'new',
		number: 'INV-1',
		issuedOn: '2026-03-02',
		grossMinor: 102_000n
	});
	const next = await previewImport(house, cast.owner, [list('INV-2', '04/05/2026')]);
	expect(next.ok && [next.value.lists[0]!.name, next.value.lines[0]]).toMatchObject([
		'Mon outil',
		{ outcome: 'new', number: 'INV-2', issuedOn: '2026-04-05' }
	]);
	const stranger = await aSupplier(house.services, 'acct_canuts', 'Autre');
	const theirs = await previewImport(house, stranger.owner, [list('INV-3')]);
	expect(theirs.ok && theirs.value.lists[0]!.needs).toBe('columns');
	const odd = { [key]: { name: 'x', columns: { ...columns, When: 'constructor' }, dateOrder: null } };
	const refused = await previewImport(house, cast.owner, [list('INV-4')], odd);
	expect(refused.ok && refused.value.lists[0]!.needs).toBe('columns');
});
test('a reader may not import', async () =>
	expect(
		await importInvoices(house.services, cast.readOnly, [await file({ number: 'C1' })], { sendMails: false })
	).toMatchObject({ ok: false, refusal: { code: 'not_allowed' } }));
test('what a client owes is the sum of all its invoices, however many', async () => {
	const rows = Array.from(
		{ length: 230 },
		(_, i) => `T${i};12/11/2026;Grand compte;${i < 30 ? '15/11/2026' : '12/12/2026'};10,00`
	);
	const bytes = new TextEncoder().encode(`Numéro;Date;Client;Échéance;Montant TTC\n${rows.join('\n')}\n`);
	await importInvoices(house.services, cast.owner, [{ name: 't.csv', bytes }], { sendMails: false });
	const line = (await readClients(house.services, cast.owner)).rows.find((row) => row.name === 'Grand compte')!;
	expect([line.openMinor, line.lateMinor]).toEqual([230_000n, 30_000n]);
});
describe('by API', () => {
	const json = (number: string) => ({
		name: 'invoices.json',
		bytes: new TextEncoder().encode(
			JSON.stringify({
				invoices: [
					{
						number,
						issued_on: '2026-11-12',
						client: { name: 'Roche' },
						net_minor: '100',
						vat_lines: [{ rate_bps: 2000, base_minor: '100', vat_minor: '20' }],
						gross_minor: '120'
					}
				]
			})
		)
	});
	test('the same key and body give the same answer; another body is refused', async () => {
		const ask = (number: string) =>
			importByApi(house.services, cast.owner, { key: 'k1', files: [json(number)], sendMails: false });
		const [first, again, other] = [await ask('J1'), await ask('J1'), await ask('J2')];
		expect(first).toMatchObject({ ok: true, value: { status: 201 } });
		expect(again).toEqual(first);
		expect(other).toMatchObject({ ok: false, refusal: { code: 'idempotency_mismatch' } });
	});
	test('a key is one question of one asker: with other wishes, in the background, or by somebody else it is refused', async () => {
		const files = [json('J9')];
		const asked = { key: 'k9', files, sendMails: false };
		expect(await importByApi(house.services, cast.owner, asked)).toMatchObject({ ok: true });
		const refused = { ok: false, refusal: { code: 'idempotency_mismatch' } };
		const key = mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes: ['import'] });
		expect(await importByApi(house.services, key, asked)).toMatchObject(refused);
		expect(await importByApi(house.services, cast.owner, { ...asked, sendMails: true })).toMatchObject(refused);
		expect(await importByApi(house.services, cast.owner, { ...asked, acceptReview: true })).toMatchObject(refused);
		for (const confirm of [true, false])
			expect(await openImportByApi(house.services, cast.owner, { ...asked, confirm })).toMatchObject(refused);
		const begun = { ...asked, key: 'k10', confirm: false };
		expect(await openImportByApi(house.services, cast.owner, begun)).toMatchObject({ ok: true });
		expect(await openImportByApi(house.services, cast.owner, { ...begun, confirm: true })).toMatchObject(refused);
	});
	test('a wrong field is named, with what was found and what is expected', async () => {
		const bytes = new TextEncoder().encode(
			JSON.stringify({
				invoices: [
					{
						number: 'J3',
						issued_on: '2026-02-30',
						client: { name: 'Roche' },
						net_minor: '1',
						vat_lines: [],
						gross_minor: '1,20'
					}
				]
			})
		);
		const result = await importByApi(house.services, cast.owner, {
			key: null,
			files: [{ name: 'x.json', bytes }],
			sendMails: false
		});
		expect(JSON.stringify(result.ok && result.value.body)).toContain('invoices.0.gross_minor');
	});
});

test('one number, two clients: the second is a question, in one file, in another file, and against what is kept', async () => {
	const header = 'Numéro;Date facture;Échéance;Client;E-mail;Montant HT;Montant TVA;Taux TVA;Montant TTC;Devise;Type';
	const row = (day: string, client: string) => `0001;${day};05/12/2026;${client};;100,00;20,00;20;120,00;EUR;Facture`;
	const list = (name: string, ...rows: string[]) => ({
		name,
		bytes: new TextEncoder().encode(`${header}\n${rows.join('\n')}\n`)
	});
	const drop = async (...files: ReturnType<typeof list>[]) => {
		const result = await importInvoices(house.services, cast.owner, files, { sendMails: false });
		if (!result.ok) throw new Error(result.refusal.code);
		return result.value.map(({ outcome }) => outcome);
	};
	const [rowing, fencing] = [row('05/10/2026', 'Club Aviron'), row('05/11/2026', 'Club Escrime')];
	const preview = await previewImport(house, cast.owner, [list('tout.csv', rowing, fencing)]);
	expect(preview.ok && preview.value.lines.map(({ outcome }) => outcome)).toEqual(['new', 'conflict']);
	expect(await drop(list('a.csv', rowing), list('b.csv', fencing))).toEqual(['new', 'conflict']);
	expect(await drop(list('c.csv', fencing))).toEqual(['conflict']);
	// The same invoice once more is the same; of another day it is not.
	expect(await drop(list('d.csv', rowing, rowing))).toEqual(['identical', 'identical']);
	expect(await drop(list('e.csv', row('06/10/2026', 'Club Aviron')))).toEqual(['conflict']);
});
