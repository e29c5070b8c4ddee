// Bank files of many banks, as the collection says they read; and what is wrong with the broken ones, by line.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { reconciles } from '#lib/domain/bank/statement.ts';
import { parseDecimal, toDecimal, type Minor } from '#lib/domain/money/minor.ts';
import { amountOf } from '#lib/server/readers/bank/cfonb120.ts';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';

type Expected = {
	statements?: number;
	entries?: number;
	txDetails?: number;
	lines61?: number;
	operations?: number;
	transactions?: number;
	netEntries?: string;
	net?: string;
	sumOperations?: string;
	accounts?: string[];
	reconciles?: boolean[] | [number, number];
	firstOpening?: string | null;
	lastClosing?: string | null;
	endToEndIds?: string[];
	remittance?: string[];
	returnReasons?: string[];
	reasons?: (string | null)[];
	statuses?: string[];
	originalEndToEndIds?: string[];
};
const FOLDERS = ['../../data/', '../../../../shared/data/']
	.map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
	.filter((folder) => existsSync(`${folder}expected.json`));
const all = new Map(
	FOLDERS.flatMap((folder) =>
		Object.entries(
			JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Record<
				string,
				{ expected?: Expected; verdict?: string }
			>
		)
			.filter(([name]) => /^(camt|cfonb120|mt940|ofx|sepa-returns)\/.*\.(xml|txt|sta|ofx)$/.test(name))
			.map(([name, entry]) => [name, { folder, ...entry }] as const)
	)
);
const readBytes = (name: string, bytes: Uint8Array) => readStatements({ name: name.split('/').at(-1)!, bytes });
const readText = (name: string, text: string) => readBytes(name, new TextEncoder().encode(text));
const read = (name: string, folder = FOLDERS[0]!) => readBytes(name, readFileSync(folder + name));
const kept = (reading: ReturnType<typeof read>) => {
	if (!reading.ok) throw new Error(JSON.stringify(reading.findings));
	return reading;
};
const cents = (text: string): string => toDecimal(parseDecimal(text)!);
const isRefused = (verdict?: string): boolean => /^reject(?! entry)/.test(verdict ?? '');

const good = [...all].filter(([, { verdict }]) => !isRefused(verdict));
test('the project’s own are there', () => expect(good.length).toBeGreaterThan(30));
test.each(good.filter(([name]) => !name.startsWith('sepa-returns/corpjs')))('%s', (name, { folder, expected = {} }) => {
	const { statements } = kept(read(name, folder));
	expect(statements.length).toBeGreaterThan(0);
	const lines = statements.flatMap((statement) => statement.lines);
	const net = lines.reduce((sum, line) => sum + line.amountMinor, 0n) as Minor;
	const wantedNet = expected.netEntries ?? expected.net ?? expected.sumOperations;
	if (wantedNet !== undefined) expect(toDecimal(net)).toBe(cents(wantedNet));
	if (expected.statements !== undefined) expect(statements).toHaveLength(expected.statements);
	const count = expected.lines61 ?? expected.operations ?? expected.transactions;
	if (count !== undefined) expect(lines).toHaveLength(count);
	// CFONB lists every account of its lines, one sample has a slip of the pen in a movement.
	for (const account of expected.accounts ?? [])
		if (!name.startsWith('cfonb120/')) expect(statements.map((one) => one.account)).toContain(account);
	const sums = statements.map(reconciles);
	const wanted = expected.reconciles;
	if (wanted?.length && typeof wanted[0] === 'boolean') expect(sums).toEqual(wanted);
	else if (wanted?.length)
		expect([sums.filter((sum) => sum === true).length, sums.filter((sum) => sum === false).length]).toEqual(wanted);
	if (expected.firstOpening) expect(toDecimal(statements[0]!.openingMinor!)).toBe(cents(expected.firstOpening));
	if (expected.lastClosing) expect(toDecimal(statements.at(-1)!.closingMinor!)).toBe(cents(expected.lastClosing));
	// Details of a foreign-currency batch are not movements of this account: see camt054.
	if (expected.txDetails === undefined || expected.txDetails === lines.length) {
		for (const id of expected.endToEndIds ?? []) expect(lines.map((line) => line.endToEndId)).toContain(id);
		for (const words of expected.remittance ?? []) expect(lines.map((line) => line.text).join('\n')).toContain(words);
		for (const reason of expected.returnReasons ?? [])
			expect(lines.map((line) => [line.returnReason, line.isReturn])).toContainEqual([reason, true]);
	}
});
const statuses = good.filter(([name]) => name.startsWith('sepa-returns/corpjs'));
test.each(statuses)('%s: what was rejected, and why', (name, { folder, expected = {} }) => {
	const [statement] = kept(read(name, folder)).statements;
	for (const id of expected.originalEndToEndIds ?? [])
		if (name.includes('and-rejected')) expect(statement!.lines.map((line) => line.endToEndId)).toContain(id);
	const reasons = (expected.reasons ?? []).filter((reason) => reason !== null && reason !== 'NARR');
	if (reasons.length)
		expect(statement!.lines.map((line) => line.returnReason)).toEqual(expect.arrayContaining(reasons));
	if (!expected.statuses?.includes('RJCT')) expect(statement!.lines).toEqual([]);
	expect(statement!.lines.every((line) => line.isReturn && line.amountMinor <= 0n)).toBe(true);
});

describe('what is broken is refused by name and line', () => {
	const codes = (name: string) => {
		const reading = read(name);
		return [reading.ok, reading.findings.map((finding) => `${finding.code} ${finding.field}`)];
	};
	test('CAMT without a statement', () =>
		expect(codes('camt/camt053.v2.wrong.xml')).toEqual([false, ['NO_STATEMENT camt.053.001.02']]));
	test('another message', () =>
		expect(
			readText('x.xml', '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:other.054.001.02"/>')
				.findings[0]
		).toMatchObject({ code: 'UNKNOWN_MESSAGE', found: 'other.054.001.02' }));
	test('one garbled amount leaves the rest standing, and asks', () => {
		expect(codes('camt/golden_garbled_amount.xml')).toEqual([true, ['ENTRY_SKIPPED GOLDEN-GARBLED, entrée 1, Amt']]);
		expect(codes('bank-csv/csv_garbled_amount.csv')).toEqual([true, ['ENTRY_SKIPPED ligne 3']]);
	});
	test('CFONB: a short line, an unfinished statement, an end without a beginning', () => {
		expect(read('cfonb120/bad_invalid_date.txt').findings[0]).toMatchObject({
			field: 'ligne 1',
			found: '116 caractères'
		});
		expect(codes('cfonb120/bad_new_statement_without_previous_ended.txt')).toEqual([
			false,
			['STATEMENT_ORDER ligne 6']
		]);
		expect(codes('cfonb120/bad_end_without_beginning.txt')).toEqual([false, ['STATEMENT_ORDER ligne 9']]);
		expect(codes('cfonb120/pennylane_operation.txt')).toEqual([true, ['NO_BALANCES 15589/00000/98765432100']]);
		expect(readText('v.txt', `0302${' '.repeat(236)}\n`).findings[0]!.code).toBe('CFONB_240');
	});
	test('numbers, a picture, an empty file, a deep one', () => {
		expect(codes('mt940/invalid_statement.sta')[0]).toBe(false);
		expect(readBytes('x.png', new Uint8Array([0x89, 0x50, 0, 1])).findings[0]!.code).toBe('NO_STATEMENT');
		expect(readText('x', '').findings[0]!.code).toBe('EMPTY');
		const deep = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</Document>`;
		expect(readText('x.xml', deep).findings[0]!.code).toBe('XML_NOT_WELL_FORMED');
		expect(readText('x.xml', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Document/>').findings[0]!.code).toBe(
			'XML_DOCTYPE'
		);
	});
});

describe('lists of banks', () => {
	test.each(['csv_french_headers.csv', 'csv_european_decimals.csv'])('%s', (name) => {
		const [statement] = kept(read(`bank-csv/${name}`)).statements;
		expect(statement!.lines.map((line) => toDecimal(line.amountMinor))).toEqual(['-1234.56', '3500.00', '-4.50']);
		expect(statement!.lines[0]!.bookedOn).toBe('2026-04-02');
	});
	test('lines about the account stand above the header', () => {
		const [statement] = kept(
			readText(
				'x.csv',
				'Compte;FR76 3000\nSolde;"1 234,56"\n\nDate;Date valeur;Libellé;Montant\n31/01/2026;02/02/2026;VIR ROCHE F2026-1;"1 200,00"\n'
			)
		).statements;
		expect(statement!.lines).toMatchObject([
			{ bookedOn: '2026-01-31', valueOn: '2026-02-02', amountMinor: 120_000n, text: 'VIR ROCHE F2026-1' }
		]);
	});
});

test('the last character of a CFONB amount is digit and sign', () => {
	expect(amountOf('0000000001904}', 2)).toBe(-19_040n);
	expect(amountOf('0000000000071E', 2)).toBe(715n);
	expect(amountOf('00000000000715', 2)).toBeNull();
	expect(amountOf('0000000000071{', 3)).toBe(71n);
	expect(amountOf('0000000000071E', 3)).toBeNull();
});
test('the words of a German transfer, cut anywhere, are put together', () => {
	const [statement] = kept(
		readText(
			'x.sta',
			':20:A\n:25:1/2\n:28C:1/1\n:60F:C260101EUR0,00\n:61:2601020103C1200,00NTRFNONREF//B1\n:86:166?00GUTSCHRIFT?20EREF+F2026-00\n42?21SVWZ+Rechnung F2026?22-0042?30X?31DE8937040044053201\n3000?32MENUISERIE?33 ROCHE\n:62F:C260102EUR1200,00\n-'
		)
	).statements;
	expect(statement!.lines[0]).toMatchObject({
		amountMinor: 120_000n,
		bookedOn: '2026-01-03',
		endToEndId: 'F2026-0042',
		bankReference: 'B1',
		counterparty: 'MENUISERIE ROCHE',
		counterpartyIban: 'DE89370400440532013000'
	});
	expect(statement!.lines[0]!.text).toContain('Rechnung F2026-0042');
});

describe('lists of other banks', () => {
	// Made up after the exports of a dozen banks; no line of a real account.
	test.each([
		[
			'times in brackets',
			"Date de la valeur (local);Date de l'opération (local);Montant total (local);Devise;Nom de la contrepartie;Méthode de paiement;Référence;Nom du compte;IBAN\n13/11/2026;12/11/2026;1200,00;EUR;ACME;Virement;F-2026-001;Principal;FR7616958000010000000000000\n",
			'F-2026-001'
		],
		[
			'two amounts, the account’s counts',
			'Date started (UTC),Date completed (UTC),ID,Type,Description,Reference,Payer,Card number,Orig currency,Orig amount,Payment currency,Amount,Fee,Balance,Account\n2026-11-12,2026-11-12,abc,TOPUP,Payment from Acme,INV-7,Acme,,EUR,1200.00,EUR,1200.00,0.00,5000.00,Main\n',
			'INV-7'
		],
		[
			'a transfer service',
			'"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Payer Name"\nTRANSFER-1,12-11-2026,1200.00,EUR,"Received money from ACME",INV-7,5000.00,ACME\n',
			'INV-7'
		],
		[
			'a balance above, short and long texts',
			'Compte de chèques;****1234;Solde au 12/11/2026;5 000,00 EUR\n\nDate operation;Libelle court;Type operation;Libelle operation;Montant operation en euro\n12/11/2026;VIR SEPA RECU;Virement recu;VIR SEPA RECU /DE ACME /MOTIF F-2026-001;1 200,00\n',
			'F-2026-001'
		],
		[
			'lines above, euros in the headers, two lines in a cell',
			'Téléchargement du 13/11/2026;\n\nM. DUPONT;\nCompte Courant n° 12345678901;\nSolde au 12/11/2026 5 000,00 €\n\nDate;Libellé;Débit euros;Crédit euros;\n12/11/2026;"VIREMENT EN VOTRE FAVEUR\nACME F-2026-001";;1 200,00;\n11/11/2026;"PRLV EDF";85,10;;\n',
			'F-2026-001'
		],
		[
			'English names, French amounts',
			'dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance\n2026-11-12;2026-11-12;"VIR ACME F-2026-001";"Virements reçus";"Virements";acme;1 200,00;;00040;BoursoBank;5000.00\n',
			'F-2026-001'
		],
		[
			'quotes around everything',
			'"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"\n2026-11-12,2026-11-12,ACME,FR7630006000011234567890189,Credit Transfer,F-2026-001,Main,1200.00,,,\n',
			'F-2026-001'
		],
		[
			'a spreadsheet formula above the header',
			"=\"0000012345\";12/11/2026;5000,00\n\nDate de l'opération;Libellé;Détail de l'écriture;Montant de l'opération;Devise\n12/11/2026;VIR RECU;VIR RECU DE: ACME MOTIF: F-2026-001;1200,00;EUR\n",
			'F-2026-001'
		],
		[
			'what the payer wrote is in a column of its own',
			'Date de comptabilisation;Libelle simplifie;Libelle operation;Reference;Informations complementaires;Type operation;Categorie;Sous categorie;Debit;Credit;Date operation;Date de valeur;Pointage operation\n12/11/2026;ACME;VIR SEPA ACME;REF1;F-2026-001;Virement recu;Revenus;Autres;;+1200,00;12/11/2026;12/11/2026;0\n',
			'F-2026-001'
		],
		[
			'two columns of amounts',
			'Date;Date de valeur;Débit;Crédit;Libellé;Solde\n12/11/2026;12/11/2026;;1200,00;VIR ACME F-2026-001;5000,00\n',
			'F-2026-001'
		],
		[
			'amounts by direction',
			'Date de la transaction;Date de valeur;Libellé;Crédit;Débit;Nom de la contrepartie;Référence\n12/11/2026;12/11/2026;Virement reçu;1200,00;;ACME;F-2026-001\n',
			'F-2026-001'
		],
		[
			'German',
			'"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)"\n"12.11.26";"12.11.26";"Gebucht";"ACME";"Ich";"F-2026-001";"Eingang";"DE02";"1.200,00"\n',
			'F-2026-001'
		]
	])('%s', (_, text, number) => {
		const reading = readBytes('releve.csv', new TextEncoder().encode(text));
		if (!reading.ok) throw new Error(JSON.stringify(reading.findings));
		const [line] = reading.statements[0]!.lines;
		expect(line).toMatchObject({ bookedOn: '2026-11-12', amountMinor: 120_000n, currency: 'EUR' });
		expect(line!.text).toContain(number);
		expect(`${line!.text} ${line!.counterparty}`).toMatch(/acme/i);
	});
	test.each([
		['ABN', '/TRTP/SEPA OVERBOEKING/IBAN/FR7630006000011234567890189/BIC/AGRIFRPP/NAME/ACME/\nREMI/F-1/EREF/E2E-77'],
		['ING', '/EREF/E2E-77//CNTP/FR7630006000011234567890189/AGRIFRPP/ACME///REMI/USTD//F-1/']
	])('MT940 as Dutch banks write it (%s): who paid, from which account, under which reference', (_, words) => {
		const text = `:20:X\n:25:NL69INGB0123456789\n:28C:1\n:60F:C261111EUR0,\n:61:2611121112C12,00NTRFEREF\n:86:${words}\n:62F:C261112EUR12,\n-\n`;
		const reading = readBytes('a.sta', new TextEncoder().encode(text));
		expect(reading.ok && reading.statements[0]!.lines[0]).toMatchObject({
			counterparty: 'ACME',
			counterpartyIban: 'FR7630006000011234567890189',
			endToEndId: 'E2E-77'
		});
	});
	test.each([
		[
			'Datum;Naam;Tegenrekening;Af Bij;Bedrag (EUR);Mededelingen',
			'20261112;ACME;;Bij;12,00;F-1',
			'20261112;EDF;;Af;30,00;Stroom'
		],
		['Date;Sens;Montant;Libellé', '12/11/2026;C;12,00;ACME F-1', '12/11/2026;D;30,00;EDF'],
		['Date,Type,Amount,Description', '2026-11-12,Credit,12.00,ACME F-1', '2026-11-12,Debit,-30.00,EDF']
	])('a column that says which way the money went is heard: %s', (...lines) => {
		const reading = readBytes('a.csv', new TextEncoder().encode(`${lines.join('\n')}\n`));
		expect(reading.ok && reading.statements[0]!.lines.map((line) => line.amountMinor)).toEqual([1200n, -3000n]);
	});
	test('a column of accounts that differ is about the others: the same movement is told alike in every list', () => {
		const row = '12/11/2026;12,00;ACME F-1;FR7630006000011234567890189';
		const text = `Date;Montant;Libellé;IBAN\n11/11/2026;-1,00;EDF;FR7630001007941234567890185\n${row}\n`;
		const reading = readBytes('a.csv', new TextEncoder().encode(text));
		expect(reading.ok && reading.statements[0]).toMatchObject({
			account: '',
			lines: [{}, { counterpartyIban: 'FR7630006000011234567890189' }]
		});
	});
	test('what is pending, refused or undone is no payment, and is said', () => {
		const states = ['COMPLETED', 'PENDING', 'REVERTED', 'Vorgemerkt', 'En attente', 'Annulée'];
		const text = `Date,State,Amount,Description\n${states.map((state) => `2026-11-12,${state},12.00,ACME F-1`).join('\n')}\n`;
		const reading = readBytes('a.csv', new TextEncoder().encode(text));
		expect(reading.ok && reading.statements[0]!.lines).toHaveLength(1);
		expect(reading.findings.map((finding) => finding.found)).toEqual(states.slice(1));
	});
	test('a payer may write of an unpaid invoice: its payment is a payment', () => {
		const text = 'Date;Montant;Libellé\n12/11/2026;12,00;Règlement impayé F-1\n12/11/2026;-12,00;REJET PRLV F-1\n';
		const reading = readBytes('a.csv', new TextEncoder().encode(text));
		expect(reading.ok && reading.statements[0]!.lines.map((line) => line.isReturn)).toEqual([false, true]);
	});
	test('a broken line is named by its place in the file, whatever stands above the header', () => {
		const text = 'Compte;1\nSolde;2\nDate;Montant;Libellé\n12/11/2026;1,00;"a\n';
		const reading = readBytes('a.csv', new TextEncoder().encode(text));
		expect(!reading.ok && reading.findings[0]).toMatchObject({ code: 'CSV_BROKEN', field: 'ligne 4' });
	});
	test('a currency in the header of the amounts is the currency', () => {
		const text = 'Date,Description,Amount (USD)\n2026-11-12,ACME,12.00\n';
		const reading = readBytes('a.csv', new TextEncoder().encode(text));
		expect(reading.ok && reading.statements[0]!.lines[0]).toMatchObject({ amountMinor: 1200n, currency: 'USD' });
	});
	test('the same text by the payer twice in a day is two payments', () => {
		const row = '12/11/2026;600,00;Virement reçu;ACME;F-2026-001';
		const text = `Date;Montant;Libellé;Contrepartie;Référence\n${row}\n${row}\n`;
		const reading = readBytes('a.csv', new TextEncoder().encode(text));
		expect(reading.ok && reading.statements[0]!.lines.map((line) => line.bankReference)).toEqual([null, null]);
	});
});

describe('a list whose columns nobody knows', () => {
	// As LCL exports: no line of names, and the balance of the account at the end.
	const NAMELESS =
		'12/11/2026;1200,00;Virement;;;VIR ROCHE F2026-0042;\n13/11/2026;-45,10;Carte;4971;;CB 12/11 RELAIS;\n13/11/2026;18 764,40;;;;;00123 456789A';
	const asked = (text: string, hints = {}) =>
		readStatements({ name: 'export.csv', bytes: new TextEncoder().encode(text) }, hints);
	const said = (columns: Record<string, string>, dateOrder: 'dmy' | 'mdy' | null = null) => ({ columns, dateOrder });
	const NAMELESS_SAID = said({ '#1': 'bookedOn', '#2': 'amount', '#3': 'text', '#6': 'text' });
	test('it is shown to a person, and read as that person says; the balance under it is no payment, and is said', () => {
		const first = asked(NAMELESS);
		if (first.ok || !first.list) throw new Error('not asked');
		expect(first.list).toMatchObject({ needs: 'columns', headers: ['#1', '#2', '#3', '#4', '#5', '#6', '#7'] });
		expect(first.list.columns).toEqual(['bookedOn', 'amount', 'text', 'text', null, 'text', 'text']);
		const reading = asked(NAMELESS, { [first.list.key]: NAMELESS_SAID });
		if (!reading.ok) throw new Error('refused');
		expect(reading.statements[0]!.lines.map((line) => [line.bookedOn, line.amountMinor, line.text])).toEqual([
			['2026-11-12', 120_000n, 'Virement VIR ROCHE F2026-0042'],
			['2026-11-13', -4_510n, 'Carte CB 12/11 RELAIS']
		]);
		expect(reading.findings).toMatchObject([{ code: 'ENTRY_SKIPPED', field: 'ligne 3' }]);
	});
	test('what was said of one bank is not used for another with as many columns', () => {
		const first = asked(NAMELESS);
		const hints = { [first.list!.key]: NAMELESS_SAID };
		const other = asked('VIR ROCHE;12/11/2026;x;;;1200,00;y\nCB;13/11/2026;x;;;-45,10;y', hints);
		expect(other).toMatchObject({ ok: false, list: { needs: 'columns' } });
	});
	test('names in another language, under lines about the account', () => {
		const text = 'Wyciąg;PL61\n\nData operacji;Kwota;Tytuł;Nadawca\n31.10.2026;1200,00;F2026-0042;ROCHE';
		const first = asked(text);
		expect(first).toMatchObject({ ok: false, list: { headers: ['Data operacji', 'Kwota', 'Tytuł', 'Nadawca'] } });
		const columns = { 'Data operacji': 'bookedOn', Kwota: 'amount', Tytuł: 'text', Nadawca: 'counterparty' };
		const reading = asked(text, { [first.list!.key]: said(columns) });
		expect(reading).toMatchObject({
			ok: true,
			statements: [{ lines: [{ bookedOn: '2026-10-31', amountMinor: 120_000n, counterparty: 'ROCHE' }] }]
		});
	});
	test('days that may be months are asked for, and read as said', () => {
		const text = 'Date;Label;Amount\n03/04/2026;F1;10.00';
		const first = asked(text);
		expect(first).toMatchObject({ ok: true, list: { needs: 'dates' }, findings: [{ code: 'DATE_AMBIGUOUS' }] });
		const columns = { Date: 'bookedOn', Label: 'text', Amount: 'amount' };
		const reading = asked(text, { [first.list!.key]: said(columns, 'mdy') });
		expect(reading).toMatchObject({ ok: true, findings: [], statements: [{ lines: [{ bookedOn: '2026-03-04' }] }] });
	});
	test('answers that are no columns name nothing', () => {
		const first = asked(NAMELESS);
		const hints = { [first.list!.key]: said({ '#1': '__proto__', '#2': 'constructor', '#3': 'line' }) };
		expect(asked(NAMELESS, hints)).toMatchObject({ ok: false, list: { needs: 'columns' } });
	});
});

describe('amounts by the norm of their format, never by guess', () => {
	const one = (reading: ReturnType<typeof readText>) => {
		const [statement] = kept(reading).statements;
		return [statement!.lines.map((line) => toDecimal(line.amountMinor)), reading.findings.map(({ code }) => code)];
	};
	const ofx = (amount: string) =>
		one(
			readText(
				'r.ofx',
				`OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<ACCTID>1<STMTTRN><DTPOSTED>20261124<TRNAMT>${amount}<FITID>B77<NAME>ATELIER</STMTTRN></STMTRS></OFX>`
			)
		);
	test.each([
		['118.960', '118.96'],
		['118,960', '118.96'],
		['118.96', '118.96'],
		['118.9', '118.90'],
		['118', '118.00'],
		['+118.', '118.00'],
		['-1234.500', '-1234.50'],
		['.5', '0.50'],
		['12345,6', '12345.60']
	])('OFX %s is %s: a lone mark begins the decimals', (written, read) => expect(ofx(written)).toEqual([[read], []]));
	test.each(['118.965', '1,234.56', '1 234.56', '1.234.567', '', '.', '-', '1e3', '12,34€'])(
		'OFX “%s” is no amount of its norm: left out and said',
		(written) => expect(ofx(written)).toEqual([[], ['ENTRY_SKIPPED']])
	);
	const mt940 = (amount: string) =>
		one(readText('r.sta', `:20:A\n:25:1/2\n:28C:1\n:61:2611201120C${amount}NTRFNONREF//A1\n:86:X\n-`));
	test.each([
		['1200,00', '1200.00'],
		['1200,', '1200.00'],
		['0012,5', '12.50'],
		['118,960', '118.96']
	])('MT940 %s is %s', (written, read) => expect(mt940(written)).toEqual([[read], []]));
	test.each(['1200', '118,965', '1.200,00', '1,200,00'])(
		'MT940 “%s” has no comma where the norm wants one: left out and said',
		(written) => expect(mt940(written)).toEqual([[], ['ENTRY_SKIPPED']])
	);
	const camt = (amount: string) =>
		one(
			readText(
				'r.xml',
				`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></Acct><Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>`
			)
		);
	test.each([
		['118.960', '118.96'],
		['118.9600', '118.96'],
		['1200', '1200.00']
	])('CAMT %s is %s', (written, read) => expect(camt(written)).toEqual([[read], []]));
	test.each(['118,96', '1 200.00', '118.965', '-5.00'])(
		'CAMT “%s” is no amount of the standard: left out and said',
		(written) => expect(camt(written)).toEqual([[], ['ENTRY_SKIPPED']])
	);
	const list = (...amounts: string[]) =>
		readText(
			'r.csv',
			`Date;Libellé;Montant\n${amounts.map((amount, i) => `2${i}/11/2026;VIR ${i};${amount}`).join('\n')}\n`
		);
	test('a list is for people: the whole column says which mark is the decimal one', () => {
		expect(one(list('118.960', '12,50'))).toEqual([['118960.00', '12.50'], []]);
		expect(one(list('1.234.567', '118.960'))).toEqual([['1234567.00', '118960.00'], []]);
		expect(one(list('1,230', '12.50'))).toEqual([['1230.00', '12.50'], []]);
	});
	test('where nothing tells, an amount that may be two is not guessed', () => {
		expect(one(list('118.960'))).toEqual([[], ['ENTRY_SKIPPED']]);
		expect(one(list('1.234', '118.960'))).toEqual([[], ['ENTRY_SKIPPED', 'ENTRY_SKIPPED']]);
		expect(one(list('1,230', '5'))).toEqual([['5.00'], ['ENTRY_SKIPPED']]);
		expect(list('118.960').findings[0]).toMatchObject({ found: '118.960', expected: '118,96 / 118960,00' });
	});
});
test('in OFX a comment is said to nobody, and hours are written in many ways', () => {
	const of = (posted: string) =>
		readStatements({
			name: 'x.ofx',
			bytes: new TextEncoder().encode(
				`OFXHEADER:100\n<OFX><STMTRS><CURDEF>EUR<ACCTID>1<!-- <STMTTRN><DTPOSTED>20261111<TRNAMT>999.00</STMTTRN> --><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>${posted}<TRNAMT>12.00<FITID>1</STMTTRN></STMTRS></OFX>`
			)
		});
	for (const posted of ['20261112', '20261112T120000', '20261112 120000', '20261112120000[Europe/Paris]']) {
		const read = of(posted);
		const lines = read.ok ? read.statements.flatMap((one) => one.lines) : [];
		expect(lines.map((line) => [line.bookedOn, line.amountMinor])).toEqual([['2026-11-12', 1200n]]);
	}
});
test.each([
	[
		'a hyphen and digits',
		'REGLEMENT FACTURE FAC-2026\n-0042\nSOLDE DE TOUT COMPTE',
		'FAC-2026 -0042 SOLDE DE TOUT COMPTE'
	],
	['a hyphen and a word', 'FACTURE\n-XXXL F2026-0042', '-XXXL F2026-0042'],
	['a dash as a list', 'FACTURES\n- F-1\n- F-2', '- F-1 - F-2']
])(
	'in MT940 a line that begins with %s is text that goes on; only a hyphen alone ends a message',
	(_, words, wanted) => {
		const [statement] = kept(
			readText(
				'r.sta',
				`:20:A\n:25:1\n:28C:1\n:60F:C261119EUR0,\n:61:2611201120C12,NTRFNONREF//A1\n:86:${words}\n:62F:C261120EUR12,\n-\nnothing of this\n`
			)
		).statements;
		expect(statement!.lines[0]!.text).toContain(wanted);
		expect(statement!.lines[0]!.text).not.toContain('nothing');
		expect(reconciles(statement!)).toBe(true);
	}
);
