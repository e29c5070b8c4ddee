// Real files of other people's software, value by value; and our own, everywhere.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAmount } from '#lib/server/readers/written-values.ts';
import { readInvoices } from '../../builders/imports.ts';
import { parseDecimal, toDecimal, type Minor } from '#lib/domain/money/minor.ts';
import { debtOf } from '#lib/domain/invoices/document.ts';
import { verdictOf } from '#lib/domain/invoices/findings.ts';
import { findingText } from '#lib/i18n/findings.ts';
import { ciiOf, facturXOf, type InvoiceSpec } from '#scripts/demo/invoice-file.ts';
import { LUMEN } from '../../builders/invoices.ts';

/** Ours, and beside the project, where it is, the whole collection it was taken from. */
const FOLDERS = ['../../data/', '../../../../shared/data/']
	.map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
	.filter((folder) => existsSync(`${folder}expected.json`));
type Expected = {
	number: string;
	type: string;
	issueDate: string;
	currency: string;
	taxExclusive: string;
	taxInclusive: string;
	due?: string;
	paymentTerms?: {
		mandate?: string;
		partial?: string;
		discounts?: { percent: string | null; amount: string | null; basisAmount: string | null }[];
	}[];
	vat?: { rate: string | null; cat: string; base: string; tax: string }[];
};
type Entry = {
	expected?: Expected;
	expectedByXml?: Record<string, Expected>;
	importerAdvice?: { severity: string; code?: string };
};
const all = new Map(
	FOLDERS.flatMap((folder) =>
		Object.entries(JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Record<string, Entry>).map(
			([name, entry]) => [name, { folder, entry }] as const
		)
	)
);
const entries = [...all].filter(([name]) => /^(facturx-pdf|cii|ubl)\//.test(name));
/** Where the file itself says otherwise than the collection's list. */
const DEVIATIONS: Record<string, { severity: string; code: string; because: string }> = {
	'facturx-edge/OK-001.pdf': {
		severity: 'warn',
		code: 'VAT_KEY',
		because: 'FR40392809137: the key of 392809137 is 31'
	},
	'facturx-edge/IDENT-001.pdf': { severity: 'warn', code: 'VAT_KEY', because: 'the same number as in OK-001' },
	'invalid/rounding-in-tolerance.xml': {
		severity: 'warn',
		code: 'IBAN',
		because: 'DE2450050201020099999 has 21 characters, a German IBAN has 22'
	}
};
const read = async (name: string, folder = FOLDERS[0]!) =>
	(await readInvoices({ name, bytes: readFileSync(folder + name) })).results[0]!;
/** "336.9" and "336.90" are one amount. */
const cents = (text: string) => toDecimal(parseDecimal(text)!);
const same = (a: string, b: string | null | undefined) => Number(a) === Number(b ?? 0);

describe('Factur-X and ZUGFeRD PDFs, CII and UBL of many producers', () => {
	test('at least the project’s own are there', () => expect(entries.length).toBeGreaterThanOrEqual(8));
	test.each(entries)('%s', async (name, { folder, entry }) => {
		const want = entry.expected ?? Object.values(entry.expectedByXml!).at(-1)!;
		const result = await read(name, folder);
		if (!result.ok) throw new Error(JSON.stringify(result.findings));
		const d = result.document;
		expect({
			number: d.number,
			type: d.typeCode,
			issued: d.issuedOn,
			currency: d.currency,
			gross: toDecimal(d.grossMinor),
			net: toDecimal(d.netMinor),
			due: toDecimal(d.dueMinor)
		}).toEqual({
			number: want.number,
			type: want.type,
			issued: want.issueDate,
			currency: want.currency,
			gross: cents(want.taxInclusive),
			net: cents(want.taxExclusive),
			due: cents(want.due ?? want.taxInclusive)
		});
		const terms = want.paymentTerms ?? [];
		// Steps in words of the German grammar have a test of their own.
		const steps = d.termsText?.includes('#SKONTO#') ? [] : d.agreed!.discounts;
		expect(steps).toMatchObject(
			terms.flatMap((term) =>
				(term.discounts ?? []).map((one) => ({
					discountBps: Math.round(Number(one.percent) * 100),
					baseMinor: one.basisAmount && parseDecimal(one.basisAmount),
					amountMinor: one.amount && parseDecimal(one.amount)
				}))
			)
		);
		expect(d.agreed!.parts.map((part) => toDecimal(part.amountMinor))).toEqual(
			terms.flatMap((term) => (term.partial ? [cents(term.partial)] : []))
		);
		expect(d.agreed!.mandate?.reference ?? null).toBe(terms.find((term) => term.mandate)?.mandate ?? null);
		expect(d.vatLines).toHaveLength(want.vat?.length ?? 0);
		d.vatLines.forEach((line, i) => {
			const wanted = want.vat![i]!;
			expect([
				line.category,
				same(String(line.rateBps / 100), wanted.rate),
				same(toDecimal(line.baseMinor), wanted.base),
				same(toDecimal(line.vatMinor), wanted.tax)
			]).toEqual([wanted.cat, true, true, true]);
		});
	});
	test.each(
		[...all].flatMap(([name, { folder, entry }]) =>
			entry.importerAdvice ? [[name, folder, entry.importerAdvice] as const] : []
		)
	)('%s gives the verdict it should', async (name, folder, advice) => {
		const { results } = await readInvoices({ name: name.split('/')[1]!, bytes: readFileSync(folder + name) });
		const findings = results.flatMap((result) => result.findings);
		const deviation = DEVIATIONS[name];
		expect([verdictOf(findings), findings.map((finding) => finding.code)]).toEqual([
			deviation ? deviation.severity : advice.severity,
			deviation ? [deviation.code] : advice.code ? expect.arrayContaining([advice.code]) : []
		]);
	});
	test('what is wrong with a file is said in English on English pages, in French on French ones', async () => {
		const texts = { fr: new Set<string>(), en: new Set<string>() };
		for (const [name, { folder }] of [...all].filter(([file]) =>
			/^(invalid|facturx-edge|invoice-csv|fec|sage)\//.test(file)
		)) {
			const { results } = await readInvoices({ name: 'x', bytes: readFileSync(folder + name) });
			for (const finding of results.flatMap((result) => result.findings))
				for (const locale of ['fr', 'en'] as const)
					// What the file itself holds is in its own language.
					texts[locale].add(findingText({ ...finding, found: '' }, locale));
		}
		expect(texts.fr.size).toBeGreaterThan(15);
		expect(
			[...texts.en].filter((text) => /\b(un|une|le|la|les|au|du|des|ligne|lignes|caractères|jour)\b|[éèà]/.test(text))
		).toEqual([]);
	});
	test('a plain PDF, an order, a text file and a cut file are refused by name of the cause', async () => {
		const codes = async (name: string) => (await read(name)).findings.map((finding) => finding.code);
		expect(await codes('invalid/plain-pdf-no-xml.pdf')).toContain('NO_XML');
		expect(await codes('invalid/not-a-pdf-15-bytes.pdf')).toContain('NOT_A_PDF');
		expect(await codes('invalid/order-x-not-an-invoice.pdf')).toContain('NOT_AN_INVOICE');
	});
});

test('XML nested deeper than any invoice is refused, not an error of ours', async () => {
	const deep = `<rsm:CrossIndustryInvoice xmlns:rsm="x">${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</rsm:CrossIndustryInvoice>`;
	const { results } = await readInvoices({
		name: 'x.xml',
		bytes: new TextEncoder().encode(`<?xml version="1.0"?>${deep}`)
	});
	expect(results[0]!.findings.map((finding) => finding.code)).toEqual(['XML_NOT_WELL_FORMED']);
});

const spec: InvoiceSpec = {
	number: 'F2026-0042',
	issuedOn: '2026-11-12',
	dueOn: '2026-12-12',
	seller: LUMEN,
	buyer: { name: 'Menuiserie Roche & Fils', siren: '732829320', email: 'compta@roche.example' },
	lines: [
		{ label: 'Lustre <laiton>', netMinor: 100_000, rateBps: 2000 },
		{ label: 'Livre', netMinor: 20_000, rateBps: 550 }
	]
};
/** UBL as a Belgian or Dutch tool writes it, with what the French profile adds. */
const ublOf = (root: 'Invoice' | 'CreditNote', over = '') => `<?xml version="1.0" encoding="UTF-8"?>
<ubl:${root} xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:${root}-2" xmlns:cac="urn:cac" xmlns:cbc="urn:cbc">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ProfileID>S1</cbc:ProfileID><cbc:ID>U &amp; 1/2</cbc:ID>
<cbc:IssueDate>2026-11-12</cbc:IssueDate>${root === 'Invoice' ? '<cbc:DueDate>2026-12-12</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>' : '<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>'}
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:InvoicePeriod><cbc:DescriptionCode>432</cbc:DescriptionCode></cac:InvoicePeriod>
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>FR96552100554</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>ATELIER LUMEN SARL</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID="EM">Compta@Roche.example</cbc:EndpointID><cac:PartyName><cbc:Name>Roche</cbc:Name></cac:PartyName><cac:PartyLegalEntity><cbc:CompanyID schemeID="0002">732829320</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentDueDate>2026-12-20</cbc:PaymentDueDate><cbc:PaymentID>REF-1</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>FR76 3000 6000 0112 3456 7890 189</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount currencyID="EUR">10.00</cbc:Amount><cac:TaxCategory><cbc:Percent>20</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="USD">23.10</cbc:TaxAmount></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">20.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount>100.00</cbc:TaxableAmount><cbc:TaxAmount>20.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>100.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>120.00</cbc:TaxInclusiveAmount><cbc:PayableAmount>120.00</cbc:PayableAmount></cac:LegalMonetaryTotal>${over}</ubl:${root}>`;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const readText = async (name: string, text: string) => (await readInvoices({ name, bytes: bytesOf(text) })).results;

describe('UBL', () => {
	test('an invoice: parties, dates, account, freight, VAT on receipts, the total of its own currency', async () => {
		const [result] = await readText('u.xml', ublOf('Invoice'));
		if (!result!.ok) throw new Error(JSON.stringify(result!.findings));
		expect(result!.document).toMatchObject({
			number: 'U & 1/2',
			typeCode: '380',
			dueOn: '2026-12-20',
			seller: { name: 'ATELIER LUMEN SARL', siren: '552100554' },
			buyer: { name: 'Roche', siren: '732829320', email: 'compta@roche.example' },
			vatMinor: 2_000n,
			vatLines: [{ category: 'S', rateBps: 2000, baseMinor: 10_000n, vatMinor: 2_000n }],
			freightMinor: 1_200n,
			vatOnReceipts: true,
			paymentReference: 'REF-1',
			payeeIban: 'FR7630006000011234567890189'
		});
	});
	test('a credit note counts the other way; its due date is that of its means of payment', async () => {
		const [result] = await readText('c.xml', ublOf('CreditNote'));
		if (!result!.ok) throw new Error(JSON.stringify(result!.findings));
		expect([debtOf(result!.document), result!.document.typeCode, result!.document.dueOn]).toEqual([
			-12_000n,
			'381',
			'2026-12-20'
		]);
	});
	test('an order, a foreign namespace, an impossible day and a comma are refused by name', async () => {
		const codes = async (text: string) => (await readText('x.xml', text))[0]!.findings.map((finding) => finding.code);
		const good = ublOf('Invoice');
		expect(await codes(good.replaceAll('ubl:Invoice', 'ubl:Order'))).toContain('NOT_AN_INVOICE');
		expect(await codes(good.replace('xsd:Invoice-2', 'xsd:Other'))).toContain('NOT_AN_INVOICE');
		expect(await codes(good.replace('2026-11-12', '2026-02-31'))).toContain('DATE_IMPOSSIBLE');
		expect(await codes(good.replace('>120.00</cbc:TaxInc', '>120,00</cbc:TaxInc'))).toContain('DECIMAL_COMMA');
		expect(await codes(good.replace('<cbc:IssueDate>2026-11-12</cbc:IssueDate>', ''))).toContain('ISSUE_DATE_MISSING');
	});
});
describe('who asks for VAT says under which number', () => {
	const codes = async (text: string) => (await readText('x.xml', text))[0]!.findings.map((finding) => finding.code);
	test('CII', async () => {
		const without = ciiOf(spec).replace(/<ram:SpecifiedTaxRegistration>.*?<\/ram:SpecifiedTaxRegistration>/, '');
		expect([await codes(ciiOf(spec)), await codes(without)]).toEqual([[], ['SELLER_VAT_MISSING']]);
		// A number for tax of another kind is one too (BT-32).
		expect(
			await codes(ciiOf(spec).replace('<ram:ID schemeID="VA">FR96552100554', '<ram:ID schemeID="FC">201/113/40209'))
		).toEqual([]);
	});
	test('UBL', async () => {
		const without = ublOf('Invoice').replace(/<cac:PartyTaxScheme>.*?<\/cac:PartyTaxScheme>/, '');
		expect([await codes(ublOf('Invoice')), await codes(without)]).toEqual([[], ['SELLER_VAT_MISSING']]);
	});
});
describe('an amount of a file that is none', () => {
	const findings = async (text: string) =>
		(await readText('x.xml', text))[0]!.findings.map((one) => `${one.severity} ${one.code} ${one.field} ${one.found}`);
	test('of the VAT split, of the VAT total, of a rate: refused by field, never taken for nothing', async () => {
		const ubl = ublOf('Invoice');
		expect(await findings(ubl.replace('<cbc:TaxableAmount>100.00', '<cbc:TaxableAmount>1 00.00'))).toContain(
			'block AMOUNT_FORMAT BT-116 1 00.00'
		);
		expect(await findings(ubl.replace('<cbc:TaxAmount>20.00', '<cbc:TaxAmount>20,00'))).toContain(
			'block DECIMAL_COMMA BT-117 20,00'
		);
		expect(
			await findings(ubl.replace('<cbc:TaxAmount currencyID="EUR">20.00', '<cbc:TaxAmount currencyID="EUR">x'))
		).toContain('block AMOUNT_FORMAT BT-110 x');
		expect(
			await findings(ubl.replace('<cbc:ID>S</cbc:ID><cbc:Percent>20', '<cbc:ID>S</cbc:ID><cbc:Percent>vingt'))
		).toContain('block AMOUNT_FORMAT BT-119 vingt');
	});
	test('a rate may have more decimals than two', async () => {
		const [result] = await readText(
			'x.xml',
			ublOf('Invoice').replace('<cbc:ID>S</cbc:ID><cbc:Percent>20', '<cbc:ID>S</cbc:ID><cbc:Percent>20.000')
		);
		expect(result!.ok && result!.document.vatLines[0]!.rateBps).toBe(2000);
	});
});
describe('our own Factur-X', () => {
	test('is read from the PDF and from the XML alike', async () => {
		const [pdf, xml] = [
			(await readInvoices({ name: 'a.pdf', bytes: await facturXOf(spec) })).results[0]!,
			(await readText('a.xml', ciiOf(spec)))[0]!
		];
		expect(pdf).toEqual(xml);
		if (!pdf.ok) throw new Error('refused');
		expect(pdf.document).toMatchObject({
			number: 'F2026-0042',
			grossMinor: 141_100n,
			vatMinor: 21_100n,
			dueOn: '2026-12-12',
			buyer: { name: 'Menuiserie Roche & Fils', siren: '732829320', email: 'compta@roche.example' }
		});
		expect(verdictOf(pdf.findings)).toBe('ok');
	});
	test('a credit note counts the other way', async () => {
		const [result] = await readText('a.xml', ciiOf({ ...spec, typeCode: '381' }));
		if (!result?.ok) throw new Error('refused');
		expect(debtOf(result.document)).toBe(-141_100n);
	});
	test.each([
		[
			'a DOCTYPE',
			(xml: string) =>
				xml.replace('<rsm:CrossIndustryInvoice', '<!DOCTYPE x [<!ENTITY a "b">]><rsm:CrossIndustryInvoice'),
			'XML_DOCTYPE'
		],
		[
			'a decimal comma',
			(xml: string) => xml.replace('<ram:GrandTotalAmount>1411.00', '<ram:GrandTotalAmount>1411,00'),
			'DECIMAL_COMMA'
		],
		[
			'an exponent',
			(xml: string) => xml.replace('<ram:GrandTotalAmount>1411.00', '<ram:GrandTotalAmount>1411E2'),
			'AMOUNT_FORMAT'
		],
		['31 February', (xml: string) => xml.replace('20261112', '20260231'), 'DATE_IMPOSSIBLE'],
		[
			'a total that is no sum',
			(xml: string) => xml.replace('<ram:GrandTotalAmount>1411.00', '<ram:GrandTotalAmount>1500.00'),
			'TOTALS'
		],
		['a cut file', (xml: string) => xml.slice(0, 2000), 'XML_NOT_WELL_FORMED']
	] as [string, (xml: string) => string, string][])('with %s is refused, and says why', async (_name, damage, code) => {
		const [result] = await readText('a.xml', damage(ciiOf(spec)));
		expect(result!.ok).toBe(false);
		expect(result!.findings.map((finding) => finding.code)).toContain(code);
	});
});

describe('a French CSV', () => {
	const csv =
		'Numéro;Date facture;Échéance;Client;E-mail;Montant HT;Montant TVA;Montant TTC;Reste à payer\r\nF1;12/11/2026;12/12/2026;Café Müller;a@b.example;1 000,00;200,00;"1 200,00 €";1 200,00\r\nF2;31/02/2026;;X;;1;0;1;1\r\nF3;13/11/2026;;Été SARL;;100,00;5,50;105,50;50,00';
	test('is read row by row: good rows stand, bad ones are named by line', async () => {
		const results = await readText('liste.csv', `\ufeff${csv}`);
		expect(results.map((result) => result.ok)).toEqual([true, false, true]);
		if (!results[0]!.ok || !results[2]!.ok) throw new Error('refused');
		expect(results[0]!.document).toMatchObject({
			number: 'F1',
			grossMinor: 120_000n,
			vatLines: [{ rateBps: 2000 }],
			dueOn: '2026-12-12',
			buyer: { name: 'Café Müller', email: 'a@b.example' }
		});
		expect(results[1]!.findings[0]).toMatchObject({
			code: 'DATE_IMPOSSIBLE',
			field: expect.stringContaining('ligne 3')
		});
		expect(results[2]!.document).toMatchObject({
			dueMinor: 5_000n,
			prepaidMinor: 5_550n,
			vatLines: [{ rateBps: 550 }]
		});
	});
	test('in Windows-1252 too', async () => {
		const bytes = Uint8Array.from([...csv].map((c) => (c === '€' ? 0x80 : c.charCodeAt(0))));
		const [first] = (await readInvoices({ name: 'liste.csv', bytes })).results;
		expect(first!.ok && first!.document.buyer.name).toBe('Café Müller');
	});
	test('without the columns it needs says which', async () =>
		expect((await readText('x.csv', 'a;b\n1;2'))[0]!.findings[0]).toMatchObject({
			code: 'COLUMN_MISSING',
			expected: 'Numéro de facture, Date de facture, Client, Total TTC'
		}));
	test.each([
		['1 234,56 €', 123456n],
		['1.234,56', 123456n],
		['1,234.56', 123456n],
		['1234.5', 123450n],
		['1.234', 123400n],
		['-12,00', -1200n],
		['12,345', null],
		['abc', null]
	] as [string, Minor | null][])('amount %s', (written, amount) => expect(parseAmount(written)).toBe(amount));
});
