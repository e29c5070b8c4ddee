// Rows of lists: none is shifted, cut or joined with another without a word; what a list says of an invoice in words is known, or asked about.
import { describe, expect, test } from 'vitest';
import { debtOf } from '#lib/domain/invoices/document.ts';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';
import { saysUnpaid } from '#lib/server/readers/status-words.ts';
import { kindOf } from '#lib/server/readers/type-words.ts';
import { readInvoices } from '../../builders/imports.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const told = async (text: string, name = 'liste.csv') =>
	(await readInvoices({ name, bytes: bytesOf(text) })).results.map((one) =>
		one.ok
			? [
					one.document.number,
					one.document.buyer.name,
					debtOf(one.document),
					...one.findings.filter(({ severity }) => severity !== 'warn').map(({ code, field }) => `${code} ${field}`)
				].join(' ')
			: one.findings.map(({ code, field }) => `${code} ${field}`).join()
	);
const HEAD = 'Numéro;Date facture;Échéance;Client;Montant TTC';
const F = (n: number, rest: string) => `F${n};12/11/2026;12/12/2026;${rest}`;

describe('a row as wide as its header', () => {
	test.each([
		['an amount with a comma that nobody quoted', '2026-12-12,Alpha,1,200.00'],
		['a name with one', '2026-12-12,"Alpha",Fils,200.00']
	])('%s moves what follows: its row is refused, and the others stand', async (_, cells) =>
		expect(
			await told(
				`Numéro,Date facture,Échéance,Client,Montant TTC\nF1,2026-11-12,${cells}\nF2,2026-11-12,2026-12-12,Beta,12.00\n`
			)
		).toEqual(['ROW_WIDER ligne 2', 'F2 Beta 1200'])
	);
	test('so it is where the last column of that row is empty', async () =>
		expect(
			await told(
				'Numéro,Date facture,Échéance,Client,Montant TTC,Note\nF1,2026-11-12,2026-12-12,Alpha,1,200.00,\nF2,2026-11-12,2026-12-12,Beta,12.00,\n'
			)
		).toEqual(['ROW_WIDER ligne 2', 'F2 Beta 1200']));
	test('cells of nothing at its end are no cells', async () =>
		expect(await told(`${HEAD}\n${F(1, 'Alpha;12,00')};;;\n`)).toEqual(['F1 Alpha 1200']));
	test('in a bank’s list it is a question, and left out', () => {
		const text = 'Date,Libellé,Montant\n2026-11-12,VIR A,1,200.00\n2026-11-13,VIR B,12.00\n';
		const reading = readStatements({ name: 'r.csv', bytes: bytesOf(text) });
		expect(reading).toMatchObject({
			ok: true,
			statements: [{ lines: [{ text: 'VIR B', amountMinor: 1200n }] }],
			findings: [{ code: 'ROW_WIDER', severity: 'confirm', field: 'ligne 2' }]
		});
	});
	test('a row that ends before a column that counts is a question', async () =>
		expect(await told(`${HEAD};Reste à payer\n${F(1, 'Alpha;120,00')}\n${F(2, 'Beta;120,00;')}\n`)).toEqual([
			'F1 Alpha 12000 ROW_NARROWER ligne 2',
			'F2 Beta 12000'
		]));
	test('in a FEC both are refused', async () => {
		const header =
			'JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise';
		const line = 'VE|Ventes|1|20261112|411000|Clients|C1|Alpha|F1|20261112|F1|12,00|0,00|||||';
		const text = `${header}\n${line.replace('|F1|12,00', '|F|1|12,00')}\n${line.slice(0, line.indexOf('|0,00'))}\n`;
		expect(await told(`${text}${line}\n`, 'x.txt')).toEqual(['ROW_WIDER ligne 2,ROW_NARROWER ligne 3']);
		expect(await told(`${header}\n${line.replace('|0,00|', '|5,00|')}\n`, 'x.txt')).toEqual([
			'FIELD_INVALID ligne 2, Debit'
		]);
	});
});

describe('quotes that nobody doubled, in several cells of one row', () => {
	const header = 'Numéro;Client;Note;Date facture;Échéance;Montant TTC;Reste à payer';
	test.each([
		'F1;"Les 3" frères";"note";12/11/2026;12/12/2026;120,00;50,00',
		'F1;"Les 3" frères";note;"12/11/2026";"12/12/2026";"120,00";"50,00"',
		'F1;Les 3" frères;"4" ou 5"";"12/11/2026";12/12/2026;120,00;"50,00"'
	])('%s: nothing moves into another column', async (row) =>
		expect(await told(`${header}\n${row}\n`)).toEqual(['F1 Les 3" frères 5000'])
	);
});

describe('lines of invoices', () => {
	const header = 'Numéro;Date facture;Échéance;Client;Désignation;TTC ligne';
	const of = (...rows: string[]) => told(`${header.replace('TTC ligne', 'Total ligne')}\n${rows.join('\n')}\n`);
	test('the same number of two clients is two invoices', async () =>
		expect(await of(F(1, 'Alpha;x;120,00'), F(1, 'Beta;y;60,00'), F(1, 'ALPHA SARL;z;12,00'))).toEqual([
			'F1 Alpha 13200',
			'F1 Beta 6000'
		]));
	test('lines below that leave number, client and day out belong to it', async () =>
		expect(await of(F(1, 'Alpha;x;120,00'), ';;;;y;60,00', F(2, 'Beta;x;1,00'), 'F2;;;;y;2,00')).toEqual([
			'F1 Alpha 18000',
			'F2 Beta 300'
		]));
	test('a line without a number that names a client is nobody’s', async () =>
		expect(await of(F(1, 'Alpha;x;120,00'), ';;;Beta;y;60,00')).toEqual(['F1 Alpha 12000', 'NUMBER_MISSING ligne 3']));
	test('lines that contradict each other are refused by line and column', async () =>
		expect(await of(F(1, 'Alpha;x;120,00'), 'F1;12/11/2026;15/12/2026;Alpha;y;60,00')).toEqual([
			'ROWS_DIFFER lignes 2, 3, Échéance'
		]));
});

describe('words about payment beside what is left', () => {
	test.each(['Impayée', 'Non payée', 'À payer', 'Unpaid', 'Overdue', 'En retard', 'Nicht bezahlt', 'Échue'])(
		'%s says that something is left',
		(words) => expect(saysUnpaid(words)).toBe(true)
	);
	test.each(['Envoyée', 'Validée', 'Payée', 'Comptabilisée', ''])('%s does not', (words) =>
		expect(saysUnpaid(words)).toBe(false)
	);
	const of = (due: string, status: string) =>
		told(`${HEAD};Reste à payer;Statut\n${F(1, `Alpha;120,00;${due};${status}`)}\n`);
	test('a contradiction is asked about', async () => {
		expect(await of('0,00', 'Impayée')).toEqual(['F1 Alpha 0 STATUS_LEFT ligne 2, Statut']);
		expect(await of('0,00', 'Partiellement payée')).toEqual(['F1 Alpha 0 STATUS_LEFT ligne 2, Statut']);
		expect(await of('120,00', 'Partiellement payée')).toEqual(['F1 Alpha 12000 STATUS_LEFT ligne 2, Statut']);
		expect(await of('50,00', 'Partiellement payée')).toEqual(['F1 Alpha 5000']);
		expect(await of('0,00', 'Envoyée')).toEqual(['F1 Alpha 0']);
		expect(await of('120,00', 'Impayée')).toEqual(['F1 Alpha 12000']);
	});
});

describe('what an invoice is', () => {
	test.each([
		['Facture', 'invoice'],
		['Facture d’acompte', 'invoice'],
		['Rechnung', 'invoice'],
		['Schlussrechnung', 'invoice'],
		['380', 'invoice'],
		['FA', 'invoice'],
		['Avoir', 'credit_note'],
		['AV', 'credit_note'],
		['Note de crédit', 'credit_note'],
		['Règlement', 'unknown'],
		['Bon de commande', 'unknown'],
		['Relance', 'unknown'],
		['Particulier', 'unknown'],
		['', null]
	])('%s: %s', (written, kind) => expect(kindOf(written)).toBe(kind));
	test('what is neither an invoice nor a credit note is a question', async () =>
		expect(
			await told(
				`${HEAD};Type\n${F(1, 'Alpha;120,00;Règlement')}\n${F(2, 'Alpha;120,00;Avoir')}\n${F(3, 'Alpha;120,00;Devis')}\n`
			)
		).toEqual([
			'F1 Alpha 12000 TYPE_UNKNOWN ligne 2, Type (facture, avoir)',
			'F2 Alpha -12000',
			'F3 Alpha 12000 DRAFT ligne 4, Statut'
		]));
	test.each(['81', '83', '261', '262', '296', '308', '381', '396', '420', '458', '502', '503', '532'])(
		'%s is a credit note of EN 16931: never a debt',
		(typeCode) => expect(debtOf({ typeCode, dueMinor: 100n as never })).toBe(-100n)
	);
	const ubl = (root: string, code: string) =>
		told(
			`<?xml version="1.0"?><${root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${root}-2"><CustomizationID>urn:cen.eu:en16931:2017</CustomizationID><ID>F1</ID><IssueDate>2026-11-12</IssueDate><DueDate>2026-12-12</DueDate><${root}TypeCode>${code}</${root}TypeCode><DocumentCurrencyCode>EUR</DocumentCurrencyCode><AccountingCustomerParty><Party><PartyLegalEntity><RegistrationName>Alpha</RegistrationName></PartyLegalEntity></Party></AccountingCustomerParty><LegalMonetaryTotal><TaxExclusiveAmount currencyID="EUR">120.00</TaxExclusiveAmount><TaxInclusiveAmount currencyID="EUR">120.00</TaxInclusiveAmount><PayableAmount currencyID="EUR">120.00</PayableAmount></LegalMonetaryTotal></${root}>`,
			'f.xml'
		);
	test('a code that the standard does not have is a question; a UBL credit note is one whatever its code', async () => {
		expect(await ubl('Invoice', '380')).toEqual(['F1 Alpha 12000']);
		expect(await ubl('Invoice', '999')).toEqual(['F1 Alpha 12000 TYPE_UNKNOWN BT-3']);
		expect(await ubl('CreditNote', '83')).toEqual(['F1 Alpha -12000']);
		expect(await ubl('CreditNote', '999')).toEqual(['F1 Alpha -12000']);
	});
});
