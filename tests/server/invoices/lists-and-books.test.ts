// Lists and accounting files of other programs: what is still open in them, to the cent, and words that help for the rest.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { debtOf } from '#lib/domain/invoices/document.ts';
import { verdictOf } from '#lib/domain/invoices/findings.ts';
import { toDecimal } from '#lib/domain/money/minor.ts';
import { findingText } from '#lib/i18n/findings.ts';
import type { ListAnswer } from '#lib/server/readers/csv.ts';
import { readInvoices } from '../../builders/imports.ts';
import { dateOrderOf, decimalMarkOf, parseAmount, parseWrittenDate } from '#lib/server/readers/written-values.ts';

const DATA = fileURLToPath(new URL('../../data/', import.meta.url));
type Wanted = {
	unlettered411ByPiece?: Record<string, string>;
	invoices?: Record<string, string | { date: string; due?: string; ttc: string }>;
};
const expected = JSON.parse(readFileSync(`${DATA}expected.json`, 'utf8')) as Record<
	string,
	{ expected?: Wanted; faults?: Record<string, string> }
>;
const readBytes = async (name: string, bytes: Uint8Array) => (await readInvoices({ name, bytes })).results;
const readFile = (name: string) => readBytes(name.split('/')[1]!, readFileSync(DATA + name));
const readText = (text: string, name = 'liste.csv') => readBytes(name, new TextEncoder().encode(text));
/** As a person who has said something of its columns. */
const readAs = async (text: string, answer: ListAnswer) => {
	const file = { name: 'x.csv', bytes: new TextEncoder().encode(text) };
	const { key } = (await readInvoices(file)).list!;
	return (await readInvoices(file, { [key]: answer })).results;
};
const documents = (results: Awaited<ReturnType<typeof readText>>) =>
	results.map((result) => {
		if (!result.ok) throw new Error(JSON.stringify(result.findings));
		return result.document;
	});
const codes = (results: Awaited<ReturnType<typeof readText>>) =>
	results.flatMap((result) => result.findings.map((finding) => finding.code));

describe('accounting files', () => {
	const fec = Object.entries(expected).filter(([name, entry]) => name.startsWith('fec/') && entry.expected);
	test.each(fec)('%s: what is unlettered, piece by piece', async (name, entry) => {
		const open = documents(await readFile(name)).map((document) => [document.number, toDecimal(debtOf(document))]);
		expect(Object.fromEntries(open)).toEqual(entry.expected!.unlettered411ByPiece);
	});
	test('a FEC keeps the paid part, the VAT of the sale and the client; its due date is said to be missing', async () => {
		const results = await readFile('fec/SYNTH_123456782FEC20251231_tab_utf8.txt');
		expect(documents(results)[1]).toMatchObject({
			number: 'FA2025-0002',
			grossMinor: 360_000n,
			prepaidMinor: 120_000n,
			vatLines: [{ rateBps: 2000, baseMinor: 300_000n, vatMinor: 60_000n }],
			buyer: { name: 'Menuiserie Léa Dupré' },
			dueOn: null
		});
		expect(codes(results)).toEqual(['DUE_DATE_MISSING', 'DUE_DATE_MISSING', 'DUE_DATE_MISSING']);
	});
	test('each wrong line of a FEC is named, and nothing of the file is kept', async () => {
		const results = await readFile('fec/SYNTH_bad_thousands_date_account.txt');
		expect(results).toHaveLength(1);
		expect(results[0]!.ok).toBe(false);
		const lines = Object.keys(expected['fec/SYNTH_bad_thousands_date_account.txt']!.faults!);
		expect(results[0]!.findings.map((finding) => /ligne (\d+)/.exec(finding.field)![1])).toEqual(lines);
	});
	const head =
		'JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise';
	const entry = (num: string, account: string, piece: string, debit: string, credit: string, journal = 'VE') =>
		`${journal}\t\t${num}\t20260105\t${account}\tClient Un\t\t\t${piece}\t20260105\tVente\t${debit}\t${credit}\t\t\t20260105\t\t`;
	test('an unbalanced entry stops the file; a payment without its invoice is told, the others stand', async () => {
		expect(
			codes(
				await readText([head, entry('1', '411A', 'F1', '100,00', ''), entry('1', '706', 'F1', '', '99,99')].join('\n'))
			)
		).toEqual(['ENTRY_UNBALANCED']);
		const results = await readText(
			[
				head,
				entry('1', '411A', 'F1', '100,00', ''),
				entry('1', '706', 'F1', '', '100,00'),
				entry('2', '512', 'R1', '30,00', '', 'BQ'),
				entry('2', '411A', 'R1', '', '30,00-', 'BQ').replace('30,00-', '30,00')
			].join('\n')
		);
		expect(results.map((result) => result.ok)).toEqual([true, false]);
		expect(codes(results)).toContain('PAYMENT_WITHOUT_INVOICE');
	});
	test('ISO 8859-15, as the rule for FEC has it: Cœur de Bœuf keeps its œ', async () => {
		const text = [head, entry('1', '411A', 'F1', '10,00', ''), entry('1', '706', 'F1', '', '10,00')].join('\n');
		const bytes = Uint8Array.from([...text.replaceAll('Client Un', 'C\u00bdur')].map((c) => c.charCodeAt(0)));
		expect(documents(await readBytes('x.txt', bytes))[0]!.buyer.name).toBe('Cœur');
	});
	test('several rates in one entry: the amounts stand, the split is not invented', async () => {
		const [document] = documents(
			await readText(
				[
					head,
					entry('1', '411A', 'F1', '225,50', ''),
					entry('1', '706', 'F1', '', '200,00'),
					entry('1', '44571', 'F1', '', '25,50')
				].join('\n')
			)
		);
		expect(document).toMatchObject({ grossMinor: 22_550n, vatMinor: 2_550n, vatLines: [] });
	});
	const sage = Object.entries(expected).filter(
		([name, { expected: want }]) => name.startsWith('sage/') && want?.invoices
	);
	test.each(sage)('%s', async (name, { expected: want }) => {
		const read = documents(await readFile(name)).map((document) => [
			document.number,
			{ date: document.issuedOn, ...(document.dueOn ? { due: document.dueOn } : {}), ttc: toDecimal(debtOf(document)) }
		]);
		expect(Object.fromEntries(read)).toEqual(want!.invoices);
	});
	test('Sage without pieces, in code page 850: accents are right, the number is a proposal that a person confirms', async () => {
		const results = await readFile('sage/XIMPORT_openflyers_layout.TXT');
		expect(documents(results).map((document) => document.buyer.name)[1]).toBe('Pilote éléonore LEONORE');
		expect(documents(results).reduce((sum, document) => sum + document.grossMinor, 0n)).toBe(60_900n);
		expect(results.map((result) => verdictOf(result.findings))).toEqual(['confirm', 'confirm', 'confirm', 'confirm']);
	});
});

describe('lists', () => {
	test('of a French tool: what is left to pay, row by row', async () => {
		const read = documents(await readFile('invoice-csv/SYNTH_fr_semicolon_cp1252.csv'));
		expect(Object.fromEntries(read.map((document) => [document.number, toDecimal(debtOf(document))]))).toEqual(
			expected['invoice-csv/SYNTH_fr_semicolon_cp1252.csv']!.expected!.invoices
		);
	});
	test('a control character in a cell moves no other cell; a mark of UTF-8 or UTF-16 is not part of the first column', async () => {
		const text = 'Numéro;Date facture;Client;Total TTC\nF-1;12/11/2026;Alpha\u001fBeta;10,00\n';
		const utf16 = new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));
		for (const results of [await readText(`\ufeff${text}`), await readBytes('liste.csv', utf16)])
			expect(documents(results)[0]).toMatchObject({ number: 'F-1', grossMinor: 1000n, buyer: { name: 'Alpha Beta' } });
	});
	test('one row per line: totals that repeat count once, lines without totals are added up by rate', async () => {
		const [repeated] = documents(
			await readText(
				'Invoice Number,Invoice Date,Customer Name,Item Name,Item Total,Total,Balance,Currency Code\nA1,2026-01-31,Roche,x,40.00,100.00,80.00,USD\nA1,2026-01-31,Roche,y,60.00,100.00,80.00,USD'
			)
		);
		expect(repeated).toMatchObject({ grossMinor: 10_000n, dueMinor: 8_000n, currency: 'USD' });
		const [summed] = documents(
			await readText(
				'Numéro;Date facture;Client;Désignation;Montant HT;Montant TVA;Montant TTC;Taux TVA\nF1;31/01/2026;Roche;a;100,00;20,00;120,00;20\nF1;31/01/2026;Roche;b;200,00;11,00;211,00;5,5'
			)
		);
		expect(summed).toMatchObject({
			grossMinor: 33_100n,
			vatMinor: 3_100n,
			vatLines: [
				{ rateBps: 2000, baseMinor: 10_000n, vatMinor: 2_000n },
				{ rateBps: 550, baseMinor: 20_000n, vatMinor: 1_100n }
			]
		});
	});
	test('lines or totals? Two equal amounts are not guessed; two different totals neither', async () => {
		expect(
			codes(
				await readText('Numéro;Date;Client;Désignation;Montant TTC\nF1;31/01/2026;R;a;100,00\nF1;31/01/2026;R;b;100,00')
			)
		).toEqual(['LINES_OR_TOTALS']);
		expect(
			codes(
				await readText(
					'Invoice Number,Date,Customer,Line Total,Total\nA1,2026-01-31,R,10.00,20.00\nA1,2026-01-31,R,10.00,30.00'
				)
			)
		).toContain('TOTALS_DIFFER');
	});
	test('day or month first is never guessed: the column tells, or French words, or a person', async () => {
		const list = (date: string, due: string) =>
			readText(`Invoice Number,Invoice Date,Due Date,Customer,Total\nA1,${date},${due},Roche,10.00`);
		expect(documents(await list('01/31/2026', '02/03/2026'))[0]).toMatchObject({
			issuedOn: '2026-01-31',
			dueOn: '2026-02-03'
		});
		const [unsure] = await list('01/02/2026', '03/02/2026');
		expect(verdictOf(unsure!.findings)).toBe('confirm');
		expect(codes([unsure!])).toContain('DATE_AMBIGUOUS');
		const told = await readAs('Invoice Number,Invoice Date,Customer,Total\nA1,01/02/2026,R,10.00', {
			columns: {},
			dateOrder: 'mdy'
		});
		expect(documents(told)[0]!.issuedOn).toBe('2026-01-02');
		expect(codes(await readText('Numéro;Date facture;Client;Montant TTC\nF1;01/02/2026;R;10,00'))).not.toContain(
			'DATE_AMBIGUOUS'
		);
	});
	test('a draft waits for a person, a cancelled invoice does not come in, a paid one is settled', async () => {
		const status = (text: string) =>
			readText(`Numéro;Date facture;Client;Montant TTC;Statut\nF1;31/01/2026;R;10,00;${text}`);
		expect(verdictOf((await status('Brouillon'))[0]!.findings)).toBe('confirm');
		expect(codes(await status('Annulée'))).toContain('CANCELLED');
		expect(documents(await status('Payée'))[0]!.dueMinor).toBe(0n);
		expect(documents(await status('Impayée'))[0]!.dueMinor).toBe(1_000n);
		expect(documents(await status('Partiellement payée'))[0]!.dueMinor).toBe(1_000n);
	});
	test('columns that a person has named', async () => {
		const results = await readAs(
			'"Date","Due","Details","Client","Total"\n"Jan 28 2026","Feb 3 2026","INV-1","Bruce","1,020.00"',
			{ columns: { Details: 'number' }, dateOrder: null }
		);
		expect(documents(results)[0]).toMatchObject({
			number: 'INV-1',
			issuedOn: '2026-01-28',
			dueOn: '2026-02-03',
			grossMinor: 102_000n
		});
	});
	test('UTF-16 from a spreadsheet', async () => {
		const text = '\ufeffNuméro\tDate facture\tClient\tMontant TTC\nF1\t31/01/2026\tÉté\t1 234,56 €';
		const [document] = documents(
			await readBytes('x.txt', new Uint8Array(new Uint16Array([...text].map((c) => c.charCodeAt(0))).buffer))
		);
		expect(document).toMatchObject({ grossMinor: 123_456n, buyer: { name: 'Été' } });
	});
});

describe('written values', () => {
	test.each([
		['(12,00)', null, -1_200n],
		['12,00-', null, -1_200n],
		['\u221212,00', null, -1_200n],
		["1'234.50", '.', 123_450n],
		['1.234', ',', 123_400n],
		['1.234', '.', null],
		['1,234', '.', 123_400n],
		['12.34,5', '.', null],
		['1.23,45', ',', null],
		['12..34', null, null],
		['1.23,45', null, null],
		['1.234.567,89', null, 123_456_789n],
		['1.234.567', null, 123_456_700n]
	] as const)('amount %s in a column with %s', (written, mark, amount) =>
		expect(parseAmount(written, mark)).toBe(amount)
	);
	test('the mark of a column', () => {
		expect(decimalMarkOf(['1.234', '12,50'])).toBe(',');
		expect(decimalMarkOf(['1.234', '12'])).toBeNull();
		expect(decimalMarkOf(['1.50', '12,50'])).toBeNull();
	});
	test('the order of dates', () => {
		expect([
			dateOrderOf(['13/01/2026']),
			dateOrderOf(['01/13/2026']),
			dateOrderOf(['01/02/2026']),
			dateOrderOf(['02/02/2026'])
		]).toEqual(['dmy', 'mdy', null, 'dmy']);
	});
	test.each([
		['12 nov. 2026', '2026-11-12'],
		['1er août 2026', '2026-08-01'],
		['Nov 12, 2026', '2026-11-12'],
		['20261112', '2026-11-12'],
		['2026-11-12T10:00:00Z', '2026-11-12'],
		['12.11.26', '2026-11-12'],
		['31/02/2026', null],
		['hier', null]
	])('date %s', (written, day) => expect(parseWrittenDate(written)).toBe(day));
});

test('whatever a reader can say has words', () => {
	const files = [
		'accounting-entries',
		'cii',
		'csv',
		'factur-x',
		'fec',
		'off-path',
		'bank/camt',
		'bank/cfonb120',
		'bank/mt940',
		'bank/ofx',
		'bank/bank-csv',
		'bank/read-statements',
		'json',
		'read-invoices',
		'sage',
		'ubl',
		'xml',
		'xml-reading'
	].map((name) => `../../../src/lib/server/readers/${name}.ts`);
	const sources = [
		...files,
		'../../../src/lib/domain/invoices/findings.ts',
		'../../../src/lib/domain/invoices/lines.ts'
	].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));
	const said = [...sources.join('\n').matchAll(/(?:block|warn|confirm|fault|refused)\(\s*'([A-Z_0-9]+)'/g)].map(
		(match) => match[1]!
	);
	expect(said.length).toBeGreaterThan(40);
	expect(
		said.filter((code) =>
			findingText({ code, severity: 'warn', field: 'x', found: '', expected: '' }).startsWith(`${code} (`)
		)
	).toEqual([]);
});

describe('lists of other tools, by their headers alone', () => {
	// Made up after the exports of a dozen tools: number, client, what is left to pay, due date.
	test.each([
		[
			'ABC-0001',
			'id,Amount Due,Amount Paid,Billing,Closed,Currency,Customer,Date (UTC),Due Date (UTC),Number,Paid,Subtotal,Total,Customer Email,Customer Name\nin_1,120.00,0.00,send_invoice,false,eur,cus_1,2026-11-12 10:00,2026-12-12 10:00,ABC-0001,false,100.00,120.00,b@b.example,Theta\n',
			'Theta',
			12000n,
			'2026-12-12'
		],
		[
			'INV/2026/00012',
			'Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Untaxed Amount Signed,Total Signed,Payment Status\nINV/2026/00012,Epsilon,2026-11-12,2026-12-12,1000.0,1200.0,Not Paid\n',
			'Epsilon',
			120_000n,
			'2026-12-12'
		],
		[
			'FA2611-0003',
			'Réf. facture,Tiers,Date facturation,Date limite règlement,Montant HT,Montant TVA,Montant TTC\nFA2611-0003,Zêta SA,12/11/2026,12/12/2026,"1000,00","200,00","1200,00"\n',
			'Zêta SA',
			120_000n,
			'2026-12-12'
		],
		[
			'FACT-77',
			'Référence;Client;Date de création;Échéance;Total HT;Total TTC;Montant dû;Statut\nFACT-77;Delta;12/11/2026;31/12/2026;83,33;100,00;100,00;Due\n',
			'Delta',
			10000n,
			'2026-12-31'
		],
		[
			'INV-0041',
			'*ContactName,EmailAddress,*InvoiceNumber,*InvoiceDate,*DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,TaxTotal,Currency,Type\nACME Ltd,a@acme.example,INV-0041,15/11/2026,15/12/2026,1200.00,200.00,1000.00,200.00,EUR,Sales invoice\n',
			'ACME Ltd',
			100_000n,
			'2026-12-15'
		],
		[
			'1001',
			'Invoice No,Customer,Invoice Date,Due Date,Terms,Amount,Open Balance\n1001,Beta SAS,11/25/2026,12/25/2026,Net 30,"1,250.50","1,250.50"\n',
			'Beta SAS',
			125_050n,
			'2026-12-25'
		],
		[
			'INV-000017',
			'Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer Name,Due Date,SubTotal,Total,Balance,Currency Code\n2026-11-12,982000,INV-000017,Sent,Eta Inc,2026-12-12,1000.00,1200.00,1200.00,EUR\n',
			'Eta Inc',
			120_000n,
			'2026-12-12'
		],
		[
			'RE-1001',
			'Rechnungsnummer;Rechnungsdatum;Fälligkeitsdatum;Kunde;Nettobetrag;Bruttobetrag;Währung\nRE-1001;12.11.2026;12.12.2026;Lambda GmbH;1.000,00;1.190,00;EUR\n',
			'Lambda GmbH',
			119_000n,
			'2026-12-12'
		],
		[
			'FA0001',
			"Code document;Date document;Nom client;Total TTC;Net à payer;Date d'échéance\nFA0001;12/11/26;Mu;120,00;120,00;12/12/26\n",
			'Mu',
			12000n,
			'2026-12-12'
		],
		[
			'FA-9',
			'Numéro;Société;Date;Date échéance;Total HT;TVA;Total TTC;Reste à payer;Email\nFA-9;Nu;12-11-2026;12-12-2026;100;20;120;120;n@n.example\n',
			'Nu',
			12000n,
			'2026-12-12'
		],
		[
			'2026-12',
			"N° facture;Date;Client;Total H.T.;Total T.V.A.;Total T.T.C.;Date d'échéance;E-mail client\n2026-12;12 novembre 2026;Kappa;100,00 €;20,00 €;120,00 €;12 décembre 2026;k@k.example\n",
			'Kappa',
			12000n,
			'2026-12-12'
		],
		[
			'F-2026-001',
			"Numéro de facture;Date d'émission;Date d'échéance;Nom du client;Montant HT (€);Montant TVA (€);Montant TTC (€);Statut;Restant dû\nF-2026-001;12/11/2026;12/12/2026;Gamma SARL;1 000,00;200,00;1 200,00;À encaisser;1 200,00\n",
			'Gamma SARL',
			120_000n,
			'2026-12-12'
		]
	])('%s', async (number, text, name, dueMinor, dueOn) => {
		expect(documents(await readText(text))).toEqual([
			expect.objectContaining({ number, dueMinor, dueOn, buyer: expect.objectContaining({ name }) })
		]);
	});
	test('of two columns that say the same, the one that says it best counts, wherever it stands', async () => {
		const text =
			'Date de création;Date facture;Customer;Customer Name;Numéro;Total TTC\n01/11/2026;12/11/2026;cus_1;Alpha;F-1;10,00\n';
		expect(documents(await readText(text))[0]).toMatchObject({
			number: 'F-1',
			issuedOn: '2026-11-12',
			buyer: { name: 'Alpha' }
		});
	});
});
