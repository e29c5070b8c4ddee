// What a file may not do by itself: let a stranger in at a client, or send the client's money elsewhere. A person is asked, never a program.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mintScope, type KeyScope, type Scope } from '#lib/domain/access/scope.ts';
import { newId } from '#lib/server/identity.ts';
import type { InvoiceFile } from '#lib/server/readers/file.ts';
import { supplier } from '#lib/server/store/schema/index.ts';
import { findSubjects } from '#lib/server/store/contacts.ts';
import { listContacts } from '#lib/server/store/contacts.ts';
import { inScope } from '#lib/server/store/tx.ts';
import { addContact, changeRights } from '#lib/server/use-cases/clients/contacts.ts';
import {
	acceptAddress,
	chooseClientOf,
	confirmImport,
	replaceKnown,
	undoImport
} from '#lib/server/use-cases/imports/decide-import.ts';
import { importByApi, openImportByApi } from '#lib/server/use-cases/imports/import-by-api.ts';
import { importInvoices } from '#lib/server/use-cases/imports/import-invoices.ts';
import { readImport } from '#lib/server/use-cases/imports/read-import.ts';
import { receiveFiles } from '#lib/server/use-cases/imports/receive-files.ts';
import { ciiOf, type InvoiceSpec } from '#scripts/demo/invoice-file.ts';
import { previewImport } from '../../builders/imports.ts';
import { LUMEN } from '../../builders/invoices.ts';
import { aPayer, aSupplier, type Cast, type Payer } from '../../builders/parties.ts';
import { openHouse, type TestHouse } from '../../setup/house.ts';

let house: TestHouse;
let cast: Cast;
let key: Scope;
beforeAll(async () => {
	house = await openHouse();
	cast = await aSupplier(house.services);
	key = aKey(['import', 'read', 'undo']);
});
afterAll(() => house.close());

const aKey = (scopes: KeyScope[]): Scope => mintScope(cast.supplierId, { kind: 'api_key', apiKeyId: newId(), scopes });
const bytesOf = (text: string) => new TextEncoder().encode(text);
let counter = 0;
const number = () => `H${++counter}`;
const spec = (over: Partial<InvoiceSpec> = {}): InvoiceSpec => ({
	number: number(),
	issuedOn: '2026-11-12',
	dueOn: '2026-12-12',
	seller: LUMEN,
	buyer: { name: 'Agence Trait Noir', siren: '732829320', email: null },
	lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }],
	...over
});
const cii = (over: Partial<InvoiceSpec> = {}, change = (xml: string) => xml): InvoiceFile => ({
	name: 'f.xml',
	bytes: bytesOf(change(ciiOf(spec(over))))
});
const list = (...rows: string[]): InvoiceFile => ({
	name: 'l.csv',
	bytes: bytesOf(`Numéro;Date;Client;E-mail;SIREN;N° TVA;Montant TTC;Échéance\n${rows.join('\n')}\n`)
});
const outcomes = async (scope: Scope, files: InvoiceFile[], acceptReview = false) => {
	const result = await importInvoices(house.services, scope, files, { sendMails: true, acceptReview });
	if (!result.ok) throw new Error(result.refusal.code);
	return result.value.map((line) => [line.outcome, ...line.findings.map(({ code }) => code)]);
};
const addresses = (clientId: string) =>
	inScope(house.services.db, cast.system, async (tx) =>
		(await listContacts(tx, cast.system, clientId)).map(({ email }) => email).sort()
	);
const known = async (name: string, siren: string | null, vatNumber: string | null = null): Promise<Payer> => {
	const payer = await aPayer(house.services, cast, `compta@${newId()}.example`, name);
	await inScope(house.services.db, cast.system, (tx) =>
		tx.execute(sql`update client set siren = ${siren}, vat_number = ${vatNumber} where client_id = ${payer.clientId}`)
	);
	return payer;
};
const received = (to: string) => house.world.mailbox.mails.filter((mail) => mail.to.includes(to));

describe('a new address at a known client', () => {
	test.each([
		['SIREN', (email: string) => list(`${number()};12/11/2026;Quelqu’un;${email};443061841;;120,00;12/12/2026`)],
		['VAT number', (email: string) => list(`${number()};12/11/2026;Quelqu’un;${email};;DE129273398;120,00;12/12/2026`)],
		['a file of its own', (email: string) => cii({ buyer: { name: 'X', siren: '443061841', email } })]
	])('by its %s is a question, and lets nobody in, whether it is asked or not', async (_by, file) => {
		const payer = await known(`Client ${number()}`, '443061841', 'DE129273398');
		const evil = `stranger${counter}@evil.example`;
		for (const scope of [key, cast.owner])
			expect(await outcomes(scope, [file(evil)])).toMatchObject([['review', expect.any(String)]]);
		// Accepted as a whole, the invoice is kept, and the address still is nobody's.
		expect((await outcomes(cast.owner, [file(evil)], true))[0]![0]).toBe('new');
		await house.drain();
		expect(await addresses(payer.clientId)).toEqual([payer.email]);
		expect(await findSubjects(house.services.db, evil)).toEqual([]);
		expect(received(evil)).toEqual([]);
	});
	test('by its name alone, where nobody of it is known yet', async () => {
		const payer = await known('Sans Adresse', null);
		await inScope(house.services.db, cast.system, (tx) =>
			tx.execute(
				sql`update contact set client_id = (select client_id from client where client_id <> ${payer.clientId} limit 1), email = ${newId()} where contact_id = ${payer.contactId}`
			)
		);
		expect(
			await outcomes(key, [list(`${number()};12/11/2026;sans adresse;x@evil.example;;;120,00;12/12/2026`)])
		).toEqual([['review', 'CONTACT_NEW']]);
	});
	test('known addresses, and everything of a client that is new, pass as before', async () => {
		const payer = await known('Passe', '380129866');
		expect(
			(await outcomes(key, [list(`${number()};12/11/2026;Passe;${payer.email};380129866;;120,00;12/12/2026`)]))[0]![0]
		).toBe('new');
		const first = list(
			`${number()};12/11/2026;Nouveau;un@nouveau.example;542065479;;120,00;12/12/2026`,
			`${number()};12/11/2026;Nouveau;deux@nouveau.example;542065479;;120,00;12/12/2026`
		);
		expect((await outcomes(key, [first])).map(([outcome]) => outcome)).toEqual(['new', 'new']);
		expect(await findSubjects(house.services.db, 'deux@nouveau.example')).toHaveLength(1);
		expect(
			await outcomes(key, [list(`${number()};12/11/2026;Nouveau;trois@nouveau.example;542065479;;120,00;12/12/2026`)])
		).toEqual([['review', 'CONTACT_NEW']]);
	});
	test('that has come to be known since the file was checked is held then; the rest of the list is kept', async () => {
		const importId = newId();
		const rows = [
			`${number()};12/11/2026;Course;pirate@evil.example;552081317;;120,00;12/12/2026`,
			`${number()};12/11/2026;Autre;autre@autre.example;;;120,00;12/12/2026`
		];
		await receiveFiles(house.services, key, { importId, files: [list(...rows)], isLast: true });
		await house.drain();
		const payer = await known('Course', '552081317');
		await confirmImport(house.services, key, importId, { sendsMails: true, acceptsReview: false });
		await house.drain();
		const view = await readImport(house.services, cast.owner, importId);
		expect(view.ok && view.value.lines.map((line) => [line.outcome, line.findings.map(({ code }) => code)])).toEqual([
			['review', ['CONTACT_NEW']],
			['new', []]
		]);
		expect(view).toMatchObject({ value: { state: 'done', keptCount: 1 } });
		expect(await addresses(payer.clientId)).toEqual([payer.email]);
		// Nor by a twin that is kept while this one is.
		const twice = list(`${number()};12/11/2026;Course;encore@evil.example;552081317;;120,00;12/12/2026`);
		expect(await outcomes(cast.owner, [twice], true)).toMatchObject([['new', 'CONTACT_NEW']]);
		expect(await addresses(payer.clientId)).toEqual([payer.email]);
	});
	test('a person says yes: it becomes a contact with these rights, those who were there and the owners are told, and the books say who', async () => {
		const payer = await known('Accueil', '775670417');
		const email = 'nouvelle@accueil.example';
		const view = await previewImport(house, cast.accountant, [
			list(`${number()};12/11/2026;Accueil;${email};775670417;;120,00;12/12/2026`)
		]);
		if (!view.ok) throw new Error('refused');
		const { importId, lines } = view.value;
		expect(lines[0]).toMatchObject({ outcome: 'review', findings: [{ code: 'CONTACT_NEW', found: email }] });
		const rights = { isBilling: true, mayPay: true, hasPortal: false };
		const answer = { buyerKey: lines[0]!.buyerKey, rights };
		for (const [scope, code] of [
			[cast.readOnly, 'not_allowed'],
			[key, 'not_allowed'],
			[payer.scope, 'not_allowed']
		] as const)
			expect(await acceptAddress(house.services, scope, importId, answer)).toMatchObject({ refusal: { code } });
		expect(await acceptAddress(house.services, cast.accountant, importId, answer)).toEqual({ ok: true, value: null });
		const after = await readImport(house.services, cast.owner, importId);
		expect(after).toMatchObject({ value: { counts: { new: 1, review: 0 } } });
		await confirmImport(house.services, cast.accountant, importId, { sendsMails: true, acceptsReview: false });
		await house.drain();
		await house.drain();
		expect(await addresses(payer.clientId)).toEqual([payer.email, email].sort());
		// It receives; it does not see the rest.
		expect(received(email).map((mail) => mail.subject)).toEqual([expect.stringContaining('Facture')]);
		expect(await findSubjects(house.services.db, email)).toEqual([]);
		for (const told of [payer.email, 'claire@lumen.example'])
			expect(received(told).filter((mail) => mail.text.includes(email))).toHaveLength(1);
		const audit = await inScope(house.services.db, cast.system, (tx) =>
			tx.execute<{ actor: string; detail: Record<string, string> }>(
				sql`select actor, detail from audit where action = 'contact_added' and detail->>'email' = ${email}`
			)
		);
		expect([...audit]).toEqual([
			{
				actor: `member:${cast.memberId}`,
				detail: { client: payer.clientId, email, receives: 'true', sees: 'false', pays: 'true' }
			}
		]);
	});
	test('choosing the client of a line is no yes to its address', async () => {
		const payer = await known('Choisie', null);
		const view = await previewImport(house, cast.owner, [
			list(`${number()};12/11/2026;Inconnue;x@inconnue.example;;;120,00;12/12/2026`)
		]);
		if (!view.ok) throw new Error('refused');
		const { importId, lines } = view.value;
		const { buyerKey } = lines[0]!;
		const line = async () => {
			const now = await readImport(house.services, cast.owner, importId);
			return now.ok && [now.value.lines[0]!.outcome, now.value.lines[0]!.findings.map(({ code }) => code)];
		};
		expect(await line()).toEqual(['new', []]);
		await chooseClientOf(house.services, cast.owner, importId, { buyerKey, clientId: payer.clientId });
		expect(await line()).toEqual(['review', ['CONTACT_NEW']]);
		await chooseClientOf(house.services, cast.owner, importId, { buyerKey, clientId: null });
		expect(await line()).toEqual(['new', []]);
		await chooseClientOf(house.services, cast.owner, importId, { buyerKey, clientId: payer.clientId });
		await confirmImport(house.services, cast.owner, importId, { sendsMails: true, acceptsReview: true });
		await house.drain();
		expect(await addresses(payer.clientId)).toEqual([payer.email]);
	});
	test('on the client’s page too: added and raised rights are told, an address is asked to be one, twice is once', async () => {
		const payer = await known('Page', null);
		const rights = { isBilling: true, hasPortal: true, mayPay: true };
		const add = (scope: Scope, email: string) =>
			addContact(house.services, scope, { clientId: payer.clientId, email, name: 'Zoé\r\nBcc: x', rights });
		expect(await add(cast.readOnly, 'zoe@page.example')).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await add(key, 'zoe@page.example')).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await add(cast.owner, 'zoe@page.example,x@y.example')).toMatchObject({ refusal: { code: 'input_invalid' } });
		expect(await add(cast.owner, 'Zoe@Page.example')).toEqual({ ok: true, value: null });
		expect(await add(cast.owner, 'zoe@page.example')).toMatchObject({ refusal: { code: 'contact_known' } });
		const zoe = await inScope(house.services.db, cast.system, async (tx) =>
			(await listContacts(tx, cast.system, payer.clientId)).find(({ email }) => email === 'zoe@page.example')
		);
		expect(zoe!.name).toBe('Zoé Bcc: x');
		await house.drain();
		const told = () => received(payer.email).filter((mail) => mail.text.includes('zoe@page.example')).length;
		expect(told()).toBe(1);
		const change = (scope: Scope, hasPortal: boolean) =>
			changeRights(house.services, scope, {
				clientId: payer.clientId,
				contactId: zoe!.contactId,
				rights: { ...rights, hasPortal }
			});
		expect(await change(cast.readOnly, false)).toMatchObject({ refusal: { code: 'not_allowed' } });
		await change(cast.owner, false);
		await house.drain();
		expect([told(), (await findSubjects(house.services.db, 'zoe@page.example')).length]).toEqual([1, 0]);
		await change(cast.owner, true);
		await house.drain();
		expect([told(), (await findSubjects(house.services.db, 'zoe@page.example')).length]).toEqual([2, 1]);
	});
});

const OTHER = 'FR1420041010050500013M02606';
const own = `<ram:IBANID>${LUMEN.iban}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>`;
const means = (account: string) =>
	`<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>${account}</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>`;
const ubl = (accounts: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:cac" xmlns:cbc="urn:cbc">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>${number()}</cbc:ID><cbc:IssueDate>2026-11-12</cbc:IssueDate><cbc:DueDate>2026-12-12</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>ATELIER LUMEN SARL</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Roche UBL</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>${accounts}
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>100.00</cbc:TaxInclusiveAmount><cbc:PayableAmount>100.00</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>`;
const account = (id: string) =>
	`<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>${id}</cac:PayeeFinancialAccount></cac:PaymentMeans>`;
const id = (text: string) => `<cbc:ID>${text}</cbc:ID>`;
const json = (over: object): InvoiceFile => ({
	name: 'i.json',
	bytes: bytesOf(
		JSON.stringify({
			invoices: [
				{
					number: number(),
					issued_on: '2026-11-12',
					due_on: '2026-12-12',
					client: { name: 'Roche JSON' },
					net_minor: '100',
					vat_lines: [{ rate_bps: 0, base_minor: '100', vat_minor: '0', category: 'E' }],
					gross_minor: '100',
					...over
				}
			]
		})
	)
});
const WAYS: [string, () => InvoiceFile][] = [
	['alone', () => cii({ seller: { ...LUMEN, iban: OTHER } })],
	['under another seller’s SIREN', () => cii({ seller: { ...LUMEN, siren: '443061841', iban: OTHER } })],
	['under another seller’s name', () => cii({ seller: { ...LUMEN, name: 'Quelqu’un d’autre', iban: OTHER } })],
	[
		'in a second means of payment',
		() => cii({}, (xml) => xml.replace(own, own + means(`<ram:IBANID>${OTHER}</ram:IBANID>`)))
	],
	[
		'in a second account of one means',
		() =>
			cii({}, (xml) =>
				xml.replace(
					'</ram:PayeePartyCreditorFinancialAccount>',
					`</ram:PayeePartyCreditorFinancialAccount><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>${OTHER}</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>`
				)
			)
	],
	[
		'as a second number of one account',
		() => cii({}, (xml) => xml.replace('</ram:IBANID>', `</ram:IBANID><ram:IBANID>${OTHER}</ram:IBANID>`))
	],
	[
		'as ProprietaryID',
		() => cii({}, (xml) => xml.replace('</ram:IBANID>', `</ram:IBANID><ram:ProprietaryID>${OTHER}</ram:ProprietaryID>`))
	],
	[
		'as a number that is no IBAN',
		() =>
			cii({}, (xml) =>
				xml.replace('</ram:IBANID>', '</ram:IBANID><ram:ProprietaryID>20041 01005 0500013M026 06</ram:ProprietaryID>')
			)
	],
	[
		'in the words of the terms',
		() =>
			cii({}, (xml) =>
				xml.replace('Paiement à 30 jours.', `Paiement à 30 jours sur FR14-2004 1010 0505 0001 3M02 606.`)
			)
	],
	[
		'in a note, as character references',
		() => cii({}, (xml) => xml.replace('Indemnité forfaitaire', `&#70;R1420041010050500013M02606 Indemnité`))
	],
	[
		'in the reference to quote',
		() =>
			cii({}, (xml) =>
				xml.replace(
					'<ram:InvoiceCurrencyCode>',
					`<ram:PaymentReference>${OTHER}</ram:PaymentReference><ram:InvoiceCurrencyCode>`
				)
			)
	],
	[
		'in a second PaymentMeans of UBL',
		() => ({ name: 'u.xml', bytes: bytesOf(ubl(account(id(LUMEN.iban)) + account(id(OTHER)))) })
	],
	['in a second number of UBL', () => ({ name: 'u.xml', bytes: bytesOf(ubl(account(id(LUMEN.iban) + id(OTHER)))) })],
	['in a note of UBL', () => ({ name: 'u.xml', bytes: bytesOf(ubl(`<cbc:Note>Compte : ${OTHER}</cbc:Note>`)) })],
	[
		'in a column of a list',
		() => ({
			name: 'l.csv',
			bytes: bytesOf(
				`Numéro;Date;Client;Montant TTC;Échéance;IBAN bénéficiaire\n${number()};12/11/2026;Roche CSV;100,00;12/12/2026;FR14 2004 1010 0505 0001 3M02 606\n`
			)
		})
	],
	[
		'also said to be the client’s own, whom a debit is taken from,',
		() =>
			cii({ seller: { ...LUMEN, iban: OTHER } }, (xml) =>
				xml.replace(
					'<ram:PayeePartyCreditor',
					`<ram:PayerPartyDebtorFinancialAccount><ram:IBANID>${OTHER}</ram:IBANID></ram:PayerPartyDebtorFinancialAccount><ram:PayeePartyCreditor`
				)
			)
	],
	[
		'in the number of a list',
		() => ({
			name: 'l.csv',
			bytes: bytesOf(
				`Numéro;Date;Client;Montant TTC;Échéance\n${number()} sur ${OTHER};12/11/2026;Roche CSV;100,00;12/12/2026\n`
			)
		})
	],
	['in the client’s name', () => json({ client: { name: `Roche, à payer sur ${OTHER}` } })],
	['in JSON', () => json({ payee_iban: OTHER })],
	['in the reference of JSON', () => json({ payment_reference: `REF ${OTHER}` })]
];
describe('another account than the supplier’s', () => {
	test.each(WAYS)('%s is held, and no key may accept it', async (_where, file) => {
		const one = file();
		for (const scope of [key, cast.owner])
			expect(await outcomes(scope, [one])).toMatchObject([expect.arrayContaining(['review', 'PAYEE_ACCOUNT_CHANGED'])]);
		const asked = { key: null, files: [one], sendMails: false, acceptReview: true };
		expect(await importByApi(house.services, key, asked)).toMatchObject({ refusal: { code: 'review_by_person' } });
	});
	test('of a supplier that has said none of its own yet, each is a question; without any, none is asked', async () => {
		const bare = await aSupplier(house.services, `acct_${newId()}`, 'Sans compte');
		await inScope(house.services.db, bare.system, (tx) => tx.update(supplier).set({ iban: null, bic: null }));
		expect(await outcomes(bare.owner, [json({ payee_iban: LUMEN.iban })])).toMatchObject([
			['review', 'PAYEE_ACCOUNT_UNKNOWN']
		]);
		expect(await outcomes(bare.owner, [json({})])).toMatchObject([['new']]);
	});
	test.each([
		[
			'the supplier’s own, once or twice',
			() =>
				cii({}, (xml) => xml.replace(own, own + means(`<ram:IBANID>FR76 3000 6000 0112 3456 7890 189</ram:IBANID>`)))
		],
		[
			'its own as the number of its bank',
			() =>
				cii({}, (xml) =>
					xml.replace('</ram:IBANID>', '</ram:IBANID><ram:ProprietaryID>30006000011234567890189</ram:ProprietaryID>')
				)
		],
		[
			'the one that a debit is taken from',
			() =>
				cii({}, (xml) =>
					xml.replace(
						'<ram:PayeePartyCreditor',
						`<ram:PayerPartyDebtorFinancialAccount><ram:IBANID>${OTHER}</ram:IBANID></ram:PayerPartyDebtorFinancialAccount><ram:PayeePartyCreditor`
					)
				)
		],
		['its own in UBL', () => ({ name: 'u.xml', bytes: bytesOf(ubl(account(id(LUMEN.iban)))) })],
		['none at all', () => json({})]
	])('%s passes', async (_what, file) => expect((await outcomes(key, [file()]))[0]).toEqual(['new']));
});

describe('in the place of an invoice that is known', () => {
	const twin = (over: Partial<InvoiceSpec>) =>
		cii({ lines: [{ label: 'Lustre', netMinor: 90_000, rateBps: 2000 }], ...over });
	/** A known invoice, and a file with its number and another amount, which a person wants in its place. */
	async function replacing(opener: Scope, over: Partial<InvoiceSpec>): Promise<string> {
		const named = { number: number(), buyer: over.buyer ?? spec().buyer };
		expect(await outcomes(cast.owner, [cii({ ...named, buyer: { ...named.buyer, email: null } })])).toEqual([['new']]);
		const importId = newId();
		await receiveFiles(house.services, opener, { importId, files: [twin({ ...over, ...named })], isLast: true });
		await house.drain();
		const line = { filePosition: 0, position: 0, replaces: true };
		expect(await replaceKnown(house.services, cast.owner, importId, line)).toEqual({ ok: true, value: null });
		return importId;
	}
	const member = (provenAt: Date | null): Scope =>
		mintScope(cast.supplierId, { kind: 'member', memberId: cast.memberId, role: 'owner', provenAt });
	const confirm = (scope: Scope, importId: string) =>
		confirmImport(house.services, scope, importId, { sendsMails: false, acceptsReview: false });
	const keptIn = async (importId: string) => {
		await house.drain();
		const view = await readImport(house.services, cast.owner, importId);
		return view.ok && view.value.keptCount;
	};
	const accepted = async (importId: string) => [
		...(await inScope(house.services.db, cast.system, (tx) =>
			tx.execute<{ detail: object }>(
				sql`select detail from audit where action = 'payees_accepted' and object_id = ${importId}`
			)
		))
	];
	const notices = () =>
		received('claire@lumen.example').filter((mail) => /autre compte que le vôtre/.test(mail.text)).length;

	test('an invoice with another account asks for a fresh proof, is told to the owners, and is not for a key to confirm', async () => {
		const importId = await replacing(key, { seller: { ...LUMEN, iban: OTHER } });
		const before = notices();
		expect(await confirm(key, importId)).toMatchObject({ refusal: { code: 'review_by_person' } });
		expect(await confirm(member(null), importId)).toMatchObject({ refusal: { code: 'proof_needed' } });
		expect([await keptIn(importId), await accepted(importId), notices()]).toEqual([0, [], before]);
		expect(await confirm(member(house.services.clock.now()), importId)).toEqual({ ok: true, value: null });
		expect(await keptIn(importId)).toBe(1);
		expect(await accepted(importId)).toEqual([{ detail: { count: '1' } }]);
		expect(notices()).toBe(before + 1);
	});
	test('a new address at a known client is not for a key to confirm either, and a person who does lets nobody in', async () => {
		const payer = await known('Remplacé', '404833048');
		const buyer = { name: 'Remplacé', siren: '404833048', email: `pirate${number()}@evil.example` };
		const importId = await replacing(key, { buyer });
		expect(await confirm(key, importId)).toMatchObject({ refusal: { code: 'review_by_person' } });
		expect(await confirm(member(null), importId)).toEqual({ ok: true, value: null });
		expect(await keptIn(importId)).toBe(1);
		expect(await addresses(payer.clientId)).toEqual([payer.email]);
	});
	test('what asks for nothing is kept without ado, by a key too, and so is the rest while a replacement is not wanted', async () => {
		expect(await keptIn(await replacing(cast.owner, {}))).toBe(0);
		const plain = await replacing(key, {});
		expect(await confirm(key, plain)).toEqual({ ok: true, value: null });
		expect(await keptIn(plain)).toBe(1);
		const unwanted = await replacing(key, { seller: { ...LUMEN, iban: OTHER } });
		await replaceKnown(house.services, cast.owner, unwanted, { filePosition: 0, position: 0, replaces: false });
		expect(await confirm(member(null), unwanted)).toEqual({ ok: true, value: null });
		expect([await keptIn(unwanted), await accepted(unwanted)]).toEqual([0, []]);
	});
});

describe('a key of the API', () => {
	test('accepts nothing that is held: not at once, not in the background, not by confirming', async () => {
		const one = cii({ seller: { ...LUMEN, iban: OTHER } });
		const asked = { key: null, files: [one], sendMails: false, acceptReview: true };
		for (const result of [
			await importByApi(house.services, key, asked),
			await openImportByApi(house.services, key, { ...asked, confirm: true }),
			await importInvoices(house.services, key, [one], { sendMails: false, acceptReview: true }),
			await receiveFiles(house.services, key, { importId: newId(), files: [one], isLast: true, acceptsReview: true })
		])
			expect(result).toMatchObject({ refusal: { code: 'review_by_person' } });
		const importId = newId();
		await receiveFiles(house.services, key, { importId, files: [one], isLast: true });
		await house.drain();
		const confirm = (scope: Scope, acceptsReview: boolean) =>
			confirmImport(house.services, scope, importId, { sendsMails: false, acceptsReview });
		expect(await confirm(key, true)).toMatchObject({ refusal: { code: 'review_by_person' } });
		expect(await confirm(key, false)).toEqual({ ok: true, value: null });
		await house.drain();
		const kept = async () => {
			const view = await readImport(house.services, cast.owner, importId);
			return view.ok && view.value.keptCount;
		};
		expect(await kept()).toBe(0);
		expect(await confirm(cast.readOnly, true)).toMatchObject({ ok: false });
		expect(await confirm(cast.accountant, true)).toEqual({ ok: true, value: null });
		await house.drain();
		expect(await kept()).toBe(1);
	});
	test('says nothing of clients, of replacements, of what a person or another key opened, and takes back its own only', async () => {
		const opened = async (scope: Scope) => {
			const importId = newId();
			await receiveFiles(house.services, scope, { importId, files: [cii()], isLast: true, confirmsItself: true });
			await house.drain();
			return importId;
		};
		const [byPerson, byKey] = [await opened(cast.owner), await opened(key)];
		expect(await undoImport(house.services, key, byPerson)).toMatchObject({ refusal: { code: 'import_not_yours' } });
		expect(await undoImport(house.services, aKey(['undo']), byKey)).toMatchObject({
			refusal: { code: 'import_not_yours' }
		});
		expect(
			await confirmImport(house.services, key, byPerson, { sendsMails: true, acceptsReview: false })
		).toMatchObject({ refusal: { code: 'import_not_yours' } });
		const { services } = house;
		for (const result of [
			await chooseClientOf(services, key, byKey, { buyerKey: 'x', clientId: null }),
			await replaceKnown(services, key, byKey, { filePosition: 0, position: 0, replaces: true })
		])
			expect(result).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await undoImport(services, key, byKey)).toEqual({ ok: true, value: null });
		expect(await undoImport(services, cast.owner, byPerson)).toEqual({ ok: true, value: null });
	});
	test('does what its scopes say and nothing else', async () => {
		const [importing, reading] = [aKey(['import']), aKey(['read'])];
		const importId = newId();
		const open = { importId, files: [cii()], isLast: true, confirmsItself: true };
		expect(await receiveFiles(house.services, reading, open)).toMatchObject({ refusal: { code: 'not_allowed' } });
		expect(await receiveFiles(house.services, importing, open)).toEqual({ ok: true, value: null });
		await house.drain();
		// What it opened itself it may follow.
		expect(await readImport(house.services, importing, importId)).toMatchObject({ value: { state: 'done' } });
		expect(await readImport(house.services, aKey(['import']), importId)).toMatchObject({ ok: false });
		expect(await readImport(house.services, reading, importId)).toMatchObject({ value: { state: 'done' } });
		for (const scope of [importing, reading])
			expect(await undoImport(house.services, scope, importId)).toMatchObject({ refusal: { code: 'not_allowed' } });
	});
});
