// The sums of EN 16931 between lines, net total and VAT, with the tolerance that the standard gives; and findings that a person can read.
import { describe, expect, test } from 'vitest';
import { findingText } from '#lib/i18n/findings.ts';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';
import { readInvoices } from '../../builders/imports.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = async (name: string, text: string) => (await readInvoices({ name, bytes: bytesOf(text) })).results;
const said = async (name: string, text: string) =>
	(await read(name, text)).map((one) =>
		one.findings
			.filter(({ code }) => /^(VAT_RATE|NET_SUM|LINES_SUM|TOTALS)$/.test(code))
			.map(({ severity, code, found, expected }) => [severity, code, found, expected].join(' '))
			.join()
	)[0];

const amount = (name: string, value: string) => `<${name} currencyID="EUR">${value}</${name}>`;
const ubl = (sums: {
	lines?: string[];
	total?: string;
	net?: string;
	vat?: string;
	rate?: string;
	less?: string;
	more?: string;
	allowance?: string;
}) => {
	const {
		lines = ['100.00'],
		total = '100.00',
		net = '100.00',
		vat = '20.00',
		rate = '20',
		less,
		more,
		allowance
	} = sums;
	const gross = (Number(net) + Number(vat)).toFixed(2);
	return `<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><CustomizationID>urn:cen.eu:en16931:2017</CustomizationID><ID>F1</ID><IssueDate>2026-11-12</IssueDate><DueDate>2026-12-12</DueDate><InvoiceTypeCode>380</InvoiceTypeCode><DocumentCurrencyCode>EUR</DocumentCurrencyCode><AccountingCustomerParty><Party><PartyLegalEntity><RegistrationName>Alpha</RegistrationName></PartyLegalEntity></Party></AccountingCustomerParty>${allowance ? `<AllowanceCharge><ChargeIndicator>false</ChargeIndicator>${amount('Amount', allowance)}</AllowanceCharge>` : ''}<TaxTotal>${amount('TaxAmount', vat)}<TaxSubtotal>${amount('TaxableAmount', net)}${amount('TaxAmount', vat)}<TaxCategory><ID>S</ID><Percent>${rate}</Percent></TaxCategory></TaxSubtotal></TaxTotal><LegalMonetaryTotal>${amount('LineExtensionAmount', total)}${amount('TaxExclusiveAmount', net)}${amount('TaxInclusiveAmount', gross)}${less ? amount('AllowanceTotalAmount', less) : ''}${more ? amount('ChargeTotalAmount', more) : ''}${amount('PayableAmount', gross)}</LegalMonetaryTotal>${lines.map((line, i) => `<InvoiceLine><ID>${i + 1}</ID>${amount('LineExtensionAmount', line)}</InvoiceLine>`).join('')}</Invoice>`;
};
const cii = (total: string, extra: string, line = '100.00') =>
	`<?xml version="1.0"?><rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="r" xmlns:udt="u"><rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>F1</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20261112</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>${line}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement><ram:BuyerTradeParty><ram:Name>Alpha</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>${total}</ram:LineTotalAmount>${extra}<ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">0.00</ram:TaxTotalAmount><ram:GrandTotalAmount>100.00</ram:GrandTotalAmount><ram:DuePayableAmount>100.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;

describe('VAT is its base at its rate, less than one unit apart (BR-CO-17)', () => {
	test.each([
		[{ vat: '20.00' }, ''],
		[{ vat: '20.99' }, ''],
		[{ vat: '19.01' }, ''],
		[{ vat: '21.00' }, 'confirm VAT_RATE 2100 2000'],
		[{ vat: '19.00' }, 'confirm VAT_RATE 1900 2000'],
		[{ rate: '10' }, 'confirm VAT_RATE 2000 1000']
	])('UBL %o', async (sums, wanted) => expect(await said('f.xml', ubl(sums))).toBe(wanted));
	const json = (vat: string) =>
		JSON.stringify({
			invoices: [
				{
					number: 'F1',
					issued_on: '2026-11-12',
					due_on: '2026-12-12',
					client: { name: 'Alpha' },
					net_minor: '10000',
					vat_lines: [{ rate_bps: 2000, base_minor: '10000', vat_minor: vat }],
					gross_minor: String(10_000 + Number(vat))
				}
			]
		});
	test('JSON', async () => {
		expect(await said('f.json', json('2099'))).toBe('');
		expect(await said('f.json', json('2500'))).toBe('confirm VAT_RATE 2500 2000');
	});
	test('a list that writes the rate', async () => {
		const list = (vat: string, gross: string, rate: string) =>
			`Numéro;Date facture;Échéance;Client;Montant HT;Montant TVA;Taux TVA;Montant TTC\nF1;12/11/2026;12/12/2026;Alpha;100,00;${vat};${rate};${gross}\n`;
		expect(await said('l.csv', list('20,00', '120,00', '20'))).toBe('');
		expect(await said('l.csv', list('25,00', '125,00', '20 %'))).toBe('confirm VAT_RATE 2500 2000');
		expect(await said('l.csv', list('7,00', '107,00', ''))).toBe('');
	});
});

describe('the net total is that of the lines, less allowances, plus charges (BR-CO-10, BR-CO-13)', () => {
	test.each([
		['as it should be', {}, ''],
		['lines of twice as much', { lines: ['200.00'], total: '200.00' }, 'confirm NET_SUM 10000 20000'],
		['less an allowance', { lines: ['120.00'], total: '120.00', less: '20.00' }, ''],
		['an allowance without its total', { lines: ['120.00'], total: '120.00', allowance: '20.00' }, ''],
		['plus a charge', { lines: ['90.00'], total: '90.00', more: '10.00' }, ''],
		[
			'the total of the lines alone is wrong: what is asked is right',
			{ total: '150.00' },
			'warn LINES_SUM 150.00 100.00'
		],
		['the lines alone are wrong', { lines: ['150.00'] }, 'warn LINES_SUM 100.00 150.00'],
		['a cent for each line, which was rounded by itself', { lines: ['50.00', '50.00'], total: '100.02' }, '']
	] as const)('UBL: %s', async (_, sums, wanted) => expect(await said('f.xml', ubl(sums as object))).toBe(wanted));
	test('CII', async () => {
		expect(await said('f.xml', cii('100.00', ''))).toBe('');
		expect(
			await said('f.xml', cii('120.00', '<ram:AllowanceTotalAmount>20.00</ram:AllowanceTotalAmount>', '120.00'))
		).toBe('');
		expect(await said('f.xml', cii('300.00', '', '300.00'))).toBe('confirm NET_SUM 10000 30000');
	});
});

describe('what is said can be read', () => {
	const texts = (findings: Parameters<typeof findingText>[0][], locale: 'fr' | 'en') =>
		findings.map((finding) => findingText(finding, locale).replaceAll('\u00a0', ' ').replaceAll('\u202f', ' '));
	test('a field has its name, not its number alone', async () => {
		const [one] = await read('f.xml', ubl({ lines: ['200.00'], total: '200.00' }));
		expect(texts(one!.findings, 'fr')).toContain(
			'Le total HT n’est pas celui des lignes, moins les remises, plus les frais : vérifiez ce que le client doit vraiment (total HT (BT-109) ; trouvé : 100,00 ; attendu : 200,00)'
		);
		expect(texts(one!.findings, 'en')).toContainEqual(expect.stringContaining('total without VAT (BT-109)'));
	});
	test('no library’s English: a broken XML is shown at its line, a broken JSON by its line', async () => {
		const [xml] = await read('f.xml', '<?xml version="1.0"?>\n<Invoice>\n<ID>F1</Id>\n</Invoice>');
		expect(xml!.findings).toMatchObject([{ code: 'XML_NOT_WELL_FORMED', field: 'ligne 3', found: '<ID>F1</Id>' }]);
		const [json] = await read('f.json', '{"invoices": [\n{"number": }\n]}');
		expect(json!.findings).toMatchObject([
			{ code: 'JSON_BROKEN', field: 'body', found: expect.stringContaining('"number": }') as string }
		]);
		const [cut] = await read('f.json', '{"invoices": [\n{"number": "F1"\n');
		expect(cut!.findings).toMatchObject([{ code: 'JSON_BROKEN', field: 'ligne 3', found: '' }]);
		const [field] = await read('f.json', '{"invoices": [{"number": "F1", "issued_on": "31/12/2026"}]}');
		for (const { expected } of field!.findings) expect(expected).not.toMatch(/invalid|expected|received|must/i);
		expect(texts(field!.findings, 'en')).toContainEqual(
			expect.stringContaining('expected: YYYY-MM-DD, a day of the calendar')
		);
	});
	test('a list of a million columns is told in a moment', () => {
		const started = performance.now();
		const text = `Date;Libellé;Montant${';'.repeat(1_000_000)}x\n13/11/2026;a;1,00\n`;
		const reading = readStatements({ name: 'r.csv', bytes: bytesOf(text) });
		expect(reading.findings[0]).toMatchObject({ code: 'TOO_LARGE', expected: '≤ 1000' });
		expect(performance.now() - started).toBeLessThan(10_000);
	});
});
