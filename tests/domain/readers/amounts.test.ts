// Whatever the file: an amount is read in the currency and the unit that the file says, and which way it went is never guessed.
import { describe, expect, test } from 'vitest';
import { readInvoices } from '../../builders/imports.ts';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';
import { currencyIn } from '#lib/server/readers/header-money.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const told = async (name: string, text: string) =>
	(await readInvoices({ name, bytes: bytesOf(text) })).results.map((one) =>
		one.ok
			? [
					one.document.number,
					one.document.dueMinor,
					one.document.currency,
					...one.findings.filter(({ severity }) => severity !== 'warn').map(({ code }) => code)
				].join(' ')
			: one.findings.map(({ code, field, found, expected }) => [code, field, found, expected].join(' | ')).join('\n')
	);
const bank = (name: string, text: string) => {
	const reading = readStatements({ name, bytes: bytesOf(text) });
	const lines = reading.ok ? reading.statements.flatMap((one) => one.lines) : [];
	return {
		ok: reading.ok,
		lines: lines.map((line) => `${line.text} ${line.amountMinor} ${line.currency}`.trim()),
		findings: reading.findings.map(({ severity, code, field, found }) => [severity, code, field, found].join(' | '))
	};
};

describe('the currency of a list', () => {
	test.each([
		['Montant TTC (USD)', 'USD'],
		['Total [CHF]', 'CHF'],
		['Total TTC en GBP', 'GBP'],
		['Amount in usd', null],
		['AMOUNT_SEK', 'SEK'],
		['Total £', 'GBP'],
		['Montant (€)', 'EUR'],
		['Montant en euros', 'EUR'],
		['Total US$', 'USD'],
		['Total ($)', '$'],
		['Montant TTC', null],
		['TOTAL HT', null],
		['Montant (TTC)', null],
		['TVA', null]
	])('the header %s says %s', (header, currency) => expect(currencyIn(header)).toBe(currency));

	const list = (header: string, ...rows: string[]) => told('liste.csv', `${header}\n${rows.join('\n')}\n`);
	const HEAD = 'Numéro;Date facture;Échéance;Client';
	const F = 'F1;12/11/2026;12/12/2026;Alpha';
	test('of its header, where no column says it', async () =>
		expect(await list(`${HEAD};Montant TTC (USD)`, `${F};120,00`)).toEqual(['F1 12000 USD']));
	test('with the decimals of that currency', async () =>
		expect(await list(`${HEAD};Montant TTC (JPY)`, `${F};12000`)).toEqual(['F1 12000 JPY']));
	test('a sign of several currencies is refused, never taken for euros', async () =>
		expect((await list(`${HEAD};Montant TTC ($)`, `${F};120,00`))[0]).toContain('CURRENCY |'));
	test('a header and a row that differ are refused by line and column', async () =>
		expect(
			await list(`${HEAD};Montant TTC (EUR);Devise`, `${F};120,00;USD`, 'F2;12/11/2026;12/12/2026;Alpha;5,00;EUR')
		).toEqual(['CURRENCY_DIFFERS | ligne 2, Total TTC | 120,00 EUR | USD', 'F2 500 EUR']));
	test('so are the sign beside an amount and the currency of its row', async () =>
		expect(await list(`${HEAD};Montant TTC;Devise`, `${F};120,00 €;USD`)).toEqual([
			'CURRENCY_DIFFERS | ligne 2, Total TTC | 120,00 € | USD'
		]));
	test('and two columns of amounts that name two', async () =>
		expect(await list(`${HEAD};Montant TTC (EUR);Reste à payer (USD)`, `${F};120,00;130,00`)).toEqual([
			'CURRENCY_DIFFERS | ligne 1 | Montant TTC (EUR) ; Reste à payer (USD) | une seule devise'
		]));
	test.each(['k€', 'milliers d’euros', 'centimes', 'cents', 'M€'])('amounts in %s are refused', async (unit) =>
		expect((await list(`${HEAD};Montant TTC (${unit})`, `${F};120,00`))[0]).toContain('AMOUNT_UNIT | ligne 1')
	);
	test('a bank’s list too', () => {
		expect(bank('r.csv', 'Date;Libellé;Montant (USD)\n12/11/2026;A;12,00\n').lines).toEqual(['A 1200 USD']);
		expect(bank('r.csv', 'Date;Libellé;Montant (k€)\n12/11/2026;A;12,00\n')).toMatchObject({ ok: false });
		expect(bank('r.csv', 'Date;Libellé;Montant;Devise\n12/11/2026;A;12,00 €;USD\n')).toMatchObject({
			lines: [],
			findings: ['confirm | ENTRY_SKIPPED | ligne 2 | 12,00 € USD']
		});
		expect(bank('r.csv', 'Date;Libellé;Montant ($)\n12/11/2026;A;12,00\n').lines).toEqual([]);
	});
});

describe('Ciel and Sage', () => {
	const line = (amount: string, side: string, account: string, name: string) =>
		`    1VE2026100520261104FA2026-0101 ${account.padEnd(11)}${'FA2026-0101 X'.padEnd(25)}${amount.padStart(13)}${side}${''.padEnd(12)}${''.padEnd(6)}${name.padEnd(34)}E`;
	const ximport = (...amounts: [string, string][]) =>
		told(
			'XIMPORT.TXT',
			`${amounts.map(([amount, side]) => line(amount, side, side === 'D' ? '411LEGALL' : '706000', side === 'D' ? 'Le Gall' : 'Ventes')).join('\r\n')}\r\n`
		);
	test('an amount that reads in two ways is refused with both', async () =>
		expect(await ximport(['118.960', 'D'], ['118.960', 'C'])).toEqual([
			['1', '2'].map((n) => `AMOUNT_AMBIGUOUS | ligne ${n} | 118.960 | 118,96 / 118960,00`).join('\n')
		]));
	test('the other amounts of the file tell', async () =>
		expect((await ximport(['118.960', 'D'], ['100.00', 'C'], ['18.96', 'C']))[0]).toMatch(/^FA2026-0101 11896 EUR/));
	test('padded with zeros, it has no thousands', async () =>
		expect((await ximport(['0000000118.96', 'D'], ['0000000118.96', 'C']))[0]).toMatch(/^FA2026-0101 11896 EUR/));
	test('a due day that does not exist is said, not lost', async () => {
		const text = [line('12,00', 'D', '411LEGALL', 'Le Gall'), line('12,00', 'C', '706000', 'Ventes')].join('\r\n');
		expect((await told('X.TXT', text.replaceAll('20261104', '20260231')))[0]).toContain(
			'DATE_IMPOSSIBLE | ligne 1 | 20260231'
		);
	});
	const rimport = (head: string, amount: string) =>
		told(
			'RImport.txt',
			`##Transfert\r\n${head}##Section\tMvt\r\n"1"\t"VE"\t"05/10/2026"\t"411A"\t"Alpha"\t"${amount}"\tD\tB\t"F 77"\t"FA-77"\r\n"1"\t"VE"\t"05/10/2026"\t"706000"\t"Ventes"\t"${amount}"\tC\tB\t"F 77"\t"FA-77"\r\n`
		);
	test('RImport says its currency and its decimal mark', async () => {
		expect((await rimport('##Section\tDos\r\nCHF\r\n', '1200.00'))[0]).toMatch(/^FA-77 120000 CHF/);
		expect((await rimport('##DebFmt\r\nSepDec = .\r\n##FinFmt\r\n', '118.960'))[0]).toMatch(/^FA-77 11896 EUR/);
		expect((await rimport('##DebFmt\r\nSepDec = ,\r\n##FinFmt\r\n', '118.960'))[0]).toMatch(/^FA-77 11896000 EUR/);
		expect((await rimport('', '118.960'))[0]).toContain('AMOUNT_AMBIGUOUS');
	});
});

const FEC =
	'JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise';
describe('FEC', () => {
	const fec = (amount: string, foreign: string) =>
		told(
			'123456789FEC20261231.txt',
			`${FEC}\nVE|Ventes|1|20261112|411000|Clients|C1|Alpha|F1|20261112|F1|${amount}|0,00||||${foreign}\nVE|Ventes|1|20261112|706000|Ventes|||F1|20261112|F1|0,00|${amount}|||||\n`
		);
	test('an invoice in another currency is a question: the books only have its value in euros', async () => {
		expect(await fec('1200,00', '1300,00|USD')).toEqual(['F1 120000 EUR CURRENCY_OTHER']);
		expect(await fec('1200,00', '1200,00|EUR')).toEqual(['F1 120000 EUR']);
		expect(await fec('1200,00', '|')).toEqual(['F1 120000 EUR']);
	});
	test('two signs are no amount', async () => expect((await fec('-12,00-', '|'))[0]).toContain('AMOUNT_FORMAT'));
});

describe('UBL and CII: each amount in the currency of the invoice', () => {
	const ubl = (payable: string, line = 'EUR', tax = 'EUR') =>
		told(
			'f.xml',
			`<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><CustomizationID>urn:cen.eu:en16931:2017</CustomizationID><ID>F1</ID><IssueDate>2026-11-12</IssueDate><DueDate>2026-12-12</DueDate><InvoiceTypeCode>380</InvoiceTypeCode><DocumentCurrencyCode>EUR</DocumentCurrencyCode><AccountingSupplierParty><Party><PartyTaxScheme><CompanyID>FR40303265045</CompanyID><TaxScheme><ID>VAT</ID></TaxScheme></PartyTaxScheme></Party></AccountingSupplierParty><AccountingCustomerParty><Party><PartyLegalEntity><RegistrationName>Alpha</RegistrationName></PartyLegalEntity></Party></AccountingCustomerParty><TaxTotal><TaxAmount currencyID="${tax}">20.00</TaxAmount></TaxTotal><LegalMonetaryTotal><LineExtensionAmount currencyID="EUR">100.00</LineExtensionAmount><TaxExclusiveAmount currencyID="EUR">100.00</TaxExclusiveAmount><TaxInclusiveAmount currencyID="EUR">120.00</TaxInclusiveAmount><PayableAmount currencyID="${payable}">120.00</PayableAmount></LegalMonetaryTotal><InvoiceLine><ID>1</ID><LineExtensionAmount currencyID="${line}">100.00</LineExtensionAmount></InvoiceLine></Invoice>`
		);
	test('as it should be', async () => expect(await ubl('EUR')).toEqual(['F1 12000 EUR']));
	test.each([
		['the amount due', ['USD'], 'CURRENCY_DIFFERS | BT-115 | 120.00 USD | EUR'],
		['a line', ['EUR', 'GBP'], 'CURRENCY_DIFFERS | ligne 1, BT-131 | 100.00 GBP | EUR'],
		['the VAT', ['EUR', 'EUR', 'CHF'], 'CURRENCY_DIFFERS | BT-110 | 20.00 CHF | EUR']
	] as const)('%s in another is refused by field', async (_, [payable, line, tax], wanted) =>
		expect((await ubl(payable, line, tax))[0]).toContain(wanted)
	);
	test('CII', async () => {
		const text = (currency: string) =>
			`<?xml version="1.0"?><rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="r" xmlns:udt="u"><rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>F1</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20261112</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:BuyerTradeParty><ram:Name>Alpha</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">20.00</ram:TaxTotalAmount><ram:GrandTotalAmount>120.00</ram:GrandTotalAmount><ram:DuePayableAmount currencyID="${currency}">120.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;
		expect(await told('f.xml', text('EUR'))).toEqual(['F1 12000 EUR']);
		expect((await told('f.xml', text('USD')))[0]).toContain('CURRENCY_DIFFERS | BT-115 | 120.00 USD | EUR');
	});
});

describe('which way the money went', () => {
	const ways = (...rows: string[]) =>
		bank('r.csv', `Date;Sens;Montant;Libellé\n${rows.map((row, i) => `1${i}/11/2026;${row};12,00;${i}`).join('\n')}\n`);
	test.each([
		['Débiteur', 'Créditeur'],
		['Sortant', 'Entrant'],
		['dbit', 'crdt'],
		['D', 'C'],
		['Af', 'Bij'],
		['Soll', 'Haben'],
		['Sortie', 'Entrée'],
		['Outgoing', 'Incoming'],
		['Dare', 'Avere'],
		['-', '+'],
		['Opération débitrice', 'Opération créditrice']
	])('%s leaves, %s comes', (out, into) => {
		const { lines, findings } = ways(out, into);
		if (out.startsWith('Opération')) expect([lines, findings.length]).toEqual([[], 2]);
		else expect([lines, findings]).toEqual([['0 -1200 EUR', '1 1200 EUR'], []]);
	});
	test('a word that nobody knows, beside an amount without a sign, is asked about', () =>
		expect(ways('D', 'Zzz', '')).toEqual({
			ok: true,
			lines: ['0 -1200 EUR'],
			findings: ['confirm | ENTRY_SKIPPED | ligne 3 | Zzz 12,00', 'confirm | ENTRY_SKIPPED | ligne 4 | 12,00']
		}));
	test('where amounts bear their sign, other words change nothing, and a contradiction is asked about', () => {
		const text =
			'Date,Type,Amount,Label\n2026-11-12,Card payment,-3.00,a\n2026-11-13,Credit Transfer,5.00,b\n2026-11-14,Debit,7.00,c\n2026-11-15,Credit,-7.00,d\n';
		expect(bank('r.csv', text)).toEqual({
			ok: true,
			lines: ['a -300 EUR', 'b 500 EUR'],
			findings: ['confirm | ENTRY_SKIPPED | ligne 4 | Debit 7.00', 'confirm | ENTRY_SKIPPED | ligne 5 | Credit -7.00']
		});
	});
	test('of two columns both filled, or a credit below nothing, nobody knows', () =>
		expect(
			bank(
				'r.csv',
				'Date;Libellé;Débit;Crédit\n12/11/2026;A;12,00;5,00\n13/11/2026;B;;-5,00\n14/11/2026;C;-7,00;0,00\n'
			)
		).toEqual({
			ok: true,
			lines: ['C -700 EUR'],
			findings: ['confirm | ENTRY_SKIPPED | ligne 2 | 12,00 5,00', 'confirm | ENTRY_SKIPPED | ligne 3 | -5,00']
		}));
	const camt = (entry: string) =>
		bank(
			'r.xml',
			`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Ccy>EUR</Ccy></Acct><Ntry>${entry}<BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>`
		);
	const EUR = '<Amt Ccy="EUR">12.00</Amt>';
	test.each([
		['no CdtDbtInd', `${EUR}<Sts>BOOK</Sts>`, 'confirm | ENTRY_SKIPPED | S, entrée 1, CdtDbtInd | '],
		[
			'another word',
			`${EUR}<CdtDbtInd>C</CdtDbtInd><Sts>BOOK</Sts>`,
			'confirm | ENTRY_SKIPPED | S, entrée 1, CdtDbtInd | C'
		],
		[
			'no currency',
			'<Amt>12.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>',
			'confirm | ENTRY_SKIPPED | S, entrée 1, Amt/@Ccy | 12.00 '
		],
		[
			'a state nobody knows',
			`${EUR}<CdtDbtInd>CRDT</CdtDbtInd><Sts>HOLD</Sts>`,
			'confirm | ENTRY_SKIPPED | S, entrée 1, Sts | HOLD 12.00 EUR'
		],
		[
			'what is announced',
			`${EUR}<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>`,
			'warn | ENTRY_PENDING | S, entrée 1, Sts | PDNG 12.00 EUR'
		]
	])('CAMT, %s: left out and said', (_, entry, finding) =>
		expect(camt(entry)).toEqual({ ok: true, lines: [], findings: [finding] })
	);
	test('CAMT: a part that goes the other way than its batch', () =>
		expect(
			camt(
				`${EUR}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls><TxDtls><Amt Ccy="EUR">15.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Ustrd>a</Ustrd></RmtInf></TxDtls><TxDtls><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RmtInf><Ustrd>b</Ustrd></RmtInf></TxDtls></NtryDtls>`
			).lines
		).toEqual(['a 1500 EUR', 'b -300 EUR']));
	const ofx = (transaction: string, currency = '<CURDEF>EUR') =>
		bank(
			'r.ofx',
			`OFXHEADER:100\n\n<OFX><STMTRS>${currency}<ACCTID>1<STMTTRN><DTPOSTED>20261124<FITID>B7<NAME>A${transaction}</STMTTRN></STMTRS></OFX>`
		);
	test('OFX: the currency of a transaction is its own, unless the bank has converted it', () => {
		expect(ofx('<TRNAMT>12.00<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>').lines).toEqual(['A 1200 USD']);
		expect(ofx('<TRNAMT>12.00<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY>').lines).toEqual(['A 1200 EUR']);
		expect(ofx('<TRNAMT>12.00', '')).toEqual({
			ok: true,
			lines: ['A 1200 EUR'],
			findings: ['confirm | CURRENCY_MISSING | 1 CURDEF | ']
		});
	});
	test.each(['<TRNTYPE>DEBIT<TRNAMT>12.00', '<TRNTYPE>CREDIT<TRNAMT>-12.00', '<TRNTYPE>HOLD<TRNAMT>12.00'])(
		'OFX %s is a doubt',
		(transaction) =>
			expect(ofx(transaction)).toMatchObject({ lines: [], findings: [expect.stringContaining('ENTRY_SKIPPED | 1 B7')] })
	);
});

describe('what has not happened is no transaction', () => {
	test.each([
		'HOLD',
		'Pending',
		'Non comptabilisée',
		'À venir',
		'En attente',
		'Prévue',
		'Autorisée',
		'not booked',
		'Nicht gebucht',
		'Programmé'
	])('%s is left out and said', (state) =>
		expect(bank('r.csv', `Date;Statut;Montant;Libellé\n12/11/2026;${state};12,00;A\n`)).toEqual({
			ok: true,
			lines: [],
			findings: [`confirm | ENTRY_SKIPPED | ligne 2 | ${state}`]
		})
	);
	test.each(['Comptabilisée', 'COMPLETED', 'Gebucht', 'Exécuté', 'Booked', 'Settled', ''])('%s has', (state) =>
		expect(bank('r.csv', `Date;Statut;Montant;Libellé\n12/11/2026;${state};12,00;A\n`)).toEqual({
			ok: true,
			lines: ['A 1200 EUR'],
			findings: []
		})
	);
	test('a word that nobody knows is one question, before anything is kept', () =>
		expect(bank('r.csv', 'Date;Statut;Montant;Libellé\n12/11/2026;Zzz;12,00;A\n13/11/2026;Zzz;1,00;B\n')).toEqual({
			ok: true,
			lines: ['A 1200 EUR', 'B 100 EUR'],
			findings: ['confirm | STATE_UNKNOWN | ligne 2 | Zzz']
		}));
});
