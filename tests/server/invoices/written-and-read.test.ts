// Written then read is the same, for any amount and any day, in every format of invoices and in every currency; and what a norm does not know is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, civilDate, type CivilDate } from '#lib/domain/calendar/civil-date.ts';
import type { InvoiceDocument } from '#lib/domain/invoices/document.ts';
import { decimalsOf } from '#lib/domain/money/currency.ts';
import { minor, toDecimal } from '#lib/domain/money/minor.ts';
import { compactDay, decimalOf, isoDay } from '#lib/server/readers/norm-values.ts';
import { readInvoices } from '../../builders/imports.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const FIRST = civilDate('2000-01-01');
const aDay = fc.integer({ min: 0, max: 21_000 }).map((days) => addDays(FIRST, days));
const compact = (day: CivilDate) => day.replaceAll('-', '');
const french = (day: CivilDate) => day.split('-').reverse().join('/');
/** Net and VAT in minor units: what a file may add up. */
const aCase = fc.record({
	currency: fc.constantFrom('EUR', 'USD', 'JPY', 'XPF', 'TND', 'KWD'),
	net: fc.bigInt({ min: 1n, max: 10n ** 10n }),
	vat: fc.bigInt({ min: 0n, max: 10n ** 9n }),
	issuedOn: aDay,
	days: fc.integer({ min: 0, max: 120 })
});
type Case = { currency: string; net: bigint; vat: bigint; issuedOn: CivilDate; days: number };
const decimal = ({ currency }: Case, amount: bigint) => toDecimal(minor(amount), decimalsOf(currency));
const dueOn = ({ issuedOn, days }: Case) => addDays(issuedOn, days);

const cii = (one: Case) => `<?xml version="1.0"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:ram" xmlns:udt="urn:udt">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>F-1</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">${compact(one.issuedOn)}</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:BuyerTradeParty><ram:Name>Roche</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>${one.currency}</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">${compact(dueOn(one))}</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>${decimal(one, one.net)}</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="${one.currency}">${decimal(one, one.vat)}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>${decimal(one, one.net + one.vat)}</ram:GrandTotalAmount><ram:DuePayableAmount>${decimal(one, one.net + one.vat)}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;
const ubl = (one: Case) => `<?xml version="1.0"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:cac" xmlns:cbc="urn:cbc"><cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>F-1</cbc:ID>
<cbc:IssueDate>${one.issuedOn}</cbc:IssueDate><cbc:DueDate>${dueOn(one)}</cbc:DueDate><cbc:DocumentCurrencyCode>${one.currency}</cbc:DocumentCurrencyCode>
<cac:AccountingCustomerParty><cac:Party><cac:PartyName><cbc:Name>Roche</cbc:Name></cac:PartyName></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="${one.currency}">${decimal(one, one.vat)}</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount>${decimal(one, one.net)}</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>${decimal(one, one.net + one.vat)}</cbc:TaxInclusiveAmount><cbc:PayableAmount>${decimal(one, one.net + one.vat)}</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>`;
const json = (one: Case) =>
	JSON.stringify({
		invoices: [
			{
				number: 'F-1',
				issued_on: one.issuedOn,
				due_on: dueOn(one),
				currency: one.currency,
				client: { name: 'Roche' },
				net_minor: String(one.net),
				vat_lines: [{ rate_bps: 2000, base_minor: String(one.net), vat_minor: String(one.vat) }],
				gross_minor: String(one.net + one.vat)
			}
		]
	});
/** As people write: how thousands are grouped, and where the decimals begin. */
const grouped = (one: Case, amount: bigint, group: string, mark: string) => {
	const [whole = '', fraction] = decimal(one, amount).split('.');
	return whole.replace(/\B(?=(\d{3})+$)/g, group) + (fraction === undefined ? '' : mark + fraction);
};
/** The other row tells what the column's decimal mark is, as any list of more than one invoice does. */
const list = (group: string, mark: string, day: (day: CivilDate) => string) => (one: Case) => {
	const row = (currency: string, amounts: string[], number: string) =>
		[number, 'Roche', day(one.issuedOn), day(dueOn(one)), ...amounts, currency].join('\t');
	const amounts = [one.net, one.vat, one.net + one.vat].map((amount) => grouped(one, amount, group, mark));
	const others = ['10', '2', '12'].map((whole) => `${whole}${mark}00`);
	const header = 'Numéro de facture\tClient\tDate de facture\tÉchéance\tTotal HT\tTotal TVA\tTotal TTC\tDevise';
	return [header, row(one.currency, amounts, 'F-1'), row('EUR', others, 'F-2')].join('\n');
};
const FORMATS: [string, (one: Case) => string][] = [
	['CII', cii],
	['UBL', ubl],
	['JSON', json],
	['a French list', list('\u202f', ',', french)],
	['a German list', list('.', ',', (day) => day.split('-').reverse().join('.'))],
	['an English list', list(',', '.', (day) => day)],
	['a Swiss list', list('’', '.', compact)]
];
const read = async (text: string): Promise<InvoiceDocument> => {
	const [result] = (await readInvoices({ name: 'x', bytes: bytesOf(text) })).results;
	if (!result?.ok) throw new Error(JSON.stringify(result?.findings));
	return result.document;
};

describe('written then read is the same', () => {
	test.each(FORMATS)('%s', async (_, written) => {
		await fc.assert(
			fc.asyncProperty(aCase, async (one) => {
				const { issuedOn, netMinor, vatMinor, grossMinor, dueMinor, currency, ...document } = await read(written(one));
				expect({ issuedOn, dueOn: document.dueOn, netMinor, vatMinor, grossMinor, dueMinor, currency }).toEqual({
					issuedOn: one.issuedOn,
					dueOn: dueOn(one),
					netMinor: one.net,
					vatMinor: one.vat,
					grossMinor: one.net + one.vat,
					dueMinor: one.net + one.vat,
					currency: one.currency
				});
			}),
			{ numRuns: 60 }
		);
	});
	test('what a norm writes with a point is read with a point, and finer than the currency is no amount', () => {
		expect(['118.960', '.5', '5.', '+7', '-0.00', '0000000000000012.5'].map((one) => decimalOf(one, '.'))).toEqual([
			11_896n,
			50n,
			500n,
			700n,
			0n,
			1_250n
		]);
		expect(['118,96', '1 200.00', '118.965', '1e3', '.', '', '-', '1.2.3'].map((one) => decimalOf(one, '.'))).toEqual(
			Array<null>(8).fill(null)
		);
	});
	test('yen have no cents and dinars have thousandths: a file that says otherwise is refused by field', async () => {
		const one: Case = { currency: 'JPY', net: 10_000n, vat: 1_000n, issuedOn: civilDate('2026-11-12'), days: 30 };
		const text = cii(one).replace('<ram:GrandTotalAmount>11000', '<ram:GrandTotalAmount>11000.50');
		expect((await readInvoices({ name: 'x', bytes: bytesOf(text) })).results[0]!.findings).toMatchObject([
			{ code: 'AMOUNT_FORMAT', field: 'BT-112', found: '11000.50', expected: '1234' }
		]);
	});
});

describe('an instant is the day it falls on where the supplier is', () => {
	test.each([
		['2026-10-31T23:00:00.000Z', 'Europe/Paris', '2026-11-01'],
		['2026-10-31T23:00:00.000Z', 'Pacific/Noumea', '2026-11-01'],
		['2026-10-31T23:00:00.000Z', 'America/Martinique', '2026-10-31'],
		['2026-11-01T00:30:00+01:00', 'Europe/Paris', '2026-11-01'],
		['2026-11-01T00:30:00+0900', 'Europe/Paris', '2026-10-31'],
		['2026-11-01T00:30:00', 'America/Martinique', '2026-11-01'],
		['2026-11-01+14:00', 'America/Martinique', '2026-11-01'],
		['2026-11-01Z', 'America/Martinique', '2026-11-01']
	])('%s in %s is %s', (written, timeZone, day) => expect(isoDay(written, timeZone)).toBe(day));
	test.each(['2026-02-30', '2026-11-01T25:00:00Z', '2026-11-01X', '2026-11-1', '20261101', '', '2026-13-01T00:00:00Z'])(
		'“%s” is no day of ISO 8601',
		(written) => expect(isoDay(written, 'Europe/Paris')).toBeNull()
	);
	test('YYYYMMDD, with an hour or not', () =>
		expect(
			['20261101', '202611012359', '20261101235959', '20260230', '202611', '2026110', '20261101x'].map(compactDay)
		).toEqual(['2026-11-01', '2026-11-01', '2026-11-01', null, null, null, null]));
	const ofList = async (written: string, timeZone: string) => {
		const text = `Numéro de facture;Client;Date de facture;Total TTC\nF-1;Roche;${written};12,00`;
		const { results } = await readInvoices({ name: 'x', bytes: bytesOf(text) }, {}, { timeZone, today: null });
		const [result] = results;
		return result!.ok ? result!.document.issuedOn : result!.findings[0]!.code;
	};
	test.each([
		['2026-10-31T23:00:00.000Z', 'Europe/Paris', '2026-11-01'],
		['2026-10-31 23:00:00+00', 'Europe/Paris', '2026-11-01'],
		['2026-10-31 23:00:00 UTC', 'America/Martinique', '2026-10-31'],
		['2026-10-31 23:00:00', 'Europe/Paris', '2026-10-31'],
		['31/10/2026 23:59', 'Europe/Paris', '2026-10-31'],
		['31/10/2026 à un autre moment', 'Europe/Paris', 'DATE_IMPOSSIBLE'],
		['31/02/2026', 'Europe/Paris', 'DATE_IMPOSSIBLE']
	])('a list that says %s, in %s: %s', async (written, timeZone, day) =>
		expect(await ofList(written, timeZone)).toBe(day)
	);
});
describe('days that nobody means are asked about, by field', () => {
	const TODAY = { timeZone: 'Europe/Paris', today: civilDate('2026-11-27') };
	const findings = async (text: string) =>
		(await readInvoices({ name: 'x', bytes: bytesOf(text) }, {}, TODAY)).results[0]!.findings;
	const far: Case = { currency: 'EUR', net: 100n, vat: 0n, issuedOn: civilDate('2062-11-12'), days: 30 };
	test.each(FORMATS)('a far future in %s', async (_, written) =>
		expect(await findings(written(far))).toMatchObject([
			{ code: 'ISSUE_FAR', severity: 'confirm', found: '2062-11-12' }
		])
	);
	test.each(FORMATS)('due before it was issued in %s', async (_, written) => {
		const issuedOn = civilDate('2026-11-12');
		expect(await findings(written({ ...far, issuedOn, days: -1 }))).toMatchObject([
			{ code: 'DUE_BEFORE_ISSUE', severity: 'confirm', found: '2026-11-11' }
		]);
	});
	test('the field is a column in a list, and a term in a structured file', async () => {
		const fields = await Promise.all(
			[FORMATS[3]!, FORMATS[1]!].map(async ([, of]) => (await findings(of(far)))[0]!.field)
		);
		expect(fields).toEqual(['ligne 2, Date de facture', 'BT-2']);
	});
});
describe('a list that can be read in two ways asks', () => {
	const of = async (...rows: [string, string][]) => {
		const lines = rows.map(([net, gross], i) => `F-${i};Roche;12/11/2026;${net};${gross}`);
		const text = ['Numéro de facture;Client;Date de facture;Total HT;Total TTC', ...lines].join('\n');
		return (await readInvoices({ name: 'x', bytes: bytesOf(text) })).results.map((one) =>
			one.ok
				? toDecimal(one.document.grossMinor)
				: one.findings.map(({ code, field, expected }) => [code, field, expected])
		);
	};
	test('a lone amount with three decimals is not guessed', async () =>
		expect(await of(['', '118.960'])).toEqual([[['AMOUNT_AMBIGUOUS', 'ligne 2, Total TTC', '118,96 / 118960,00']]]));
	test('another row, or another column, tells', async () => {
		expect(await of(['', '118.960'], ['', '12,50'])).toEqual(['118960.00', '12.50']);
		expect(await of(['', '118.960'], ['', '12.50'])).toEqual(['118.96', '12.50']);
		expect(await of(['99.00', '118.960'])).toEqual(['118.96']);
		expect(await of(['', '118.960'], ['', '1.234.567'])).toEqual(['118960.00', '1234567.00']);
	});
	test('as many decimals again tell nothing', async () =>
		expect(await of(['', '118.960'], ['', '1.234'])).toMatchObject([
			[['AMOUNT_AMBIGUOUS', 'ligne 2, Total TTC', '118,96 / 118960,00']],
			[['AMOUNT_AMBIGUOUS', 'ligne 3, Total TTC', '1,234 / 1234,00']]
		]));
	test('thousands are grouped by three, or not at all', async () => {
		expect(await of(['', '1234.500'], ['', '0.500'])).toEqual(['1234.50', '0.50']);
		expect(await of(['', '12345,678.00'])).toMatchObject([[['AMOUNT_FORMAT', 'ligne 2, Total TTC', '1 234,56']]]);
	});
	test('what is paid and what is left must make the total', async () => {
		const text =
			'Numéro de facture;Client;Date de facture;Total TTC;Déjà payé;Reste à payer\nF-1;Roche;12/11/2026;120,00;20,00;120,00';
		expect((await readInvoices({ name: 'x', bytes: bytesOf(text) })).results[0]!.findings).toMatchObject([
			{ code: 'DUE_DATE_MISSING' },
			{ code: 'AMOUNT_DUE', severity: 'confirm', field: 'ligne 2, Reste à payer', found: '12000', expected: '10000' }
		]);
	});
});
