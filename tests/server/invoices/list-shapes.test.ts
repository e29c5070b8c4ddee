// Lists as people export them: titles above, quotes that nobody doubled, numbers that a spreadsheet lost, words about payment. Specimens of files that
// other tools were reported to answer wrongly (names invented).
import { describe, expect, test } from 'vitest';
import { readStatements } from '#lib/server/readers/bank/read-statements.ts';
import { statusOf } from '#lib/server/readers/status-words.ts';
import { findingText } from '#lib/i18n/findings.ts';
import { readInvoices } from '../../builders/imports.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = async (text: string) => (await readInvoices({ name: 'liste.csv', bytes: bytesOf(text) })).results;
const told = async (text: string) =>
	(await read(text)).map((one) =>
		one.ok
			? `${one.document.number} ${one.document.buyer.name} ${one.document.dueMinor}`
			: one.findings.map(({ code, field }) => `${code} ${field}`).join()
	);
const HEADER =
	'Numéro;Date facture;Échéance;Client;E-mail;SIREN;Montant HT;Montant TVA;Taux TVA;Montant TTC;Reste à payer;Devise;Type';
const row = (number: string, client: string) =>
	`${number};12/11/2026;12/12/2026;${client};a@alpha.example;;100,00;20,00;20;120,00;120,00;EUR;Facture`;

describe('what stands above the header is skipped', () => {
	test.each([
		['a word for the spreadsheet', 'sep=;\n'],
		['a title', 'Liste des factures du 01/11/2026 au 30/11/2026\n\n'],
		['a title as wide as the list', `Liste des factures du 01/11/2026 au 30/11/2026${';'.repeat(12)}\n`],
		['a firm, a period, an empty row', `Atelier Lumen;;\nExport du;27/11/2026;\n${';'.repeat(12)}\n`],
		['a quote that is never closed', 'Liste "du mois\n'],
		['nothing', '']
	])('%s', async (_, above) => {
		expect(await told(`${above}${HEADER}\n${row('CSV-001', 'Société Alpha')}\n`)).toEqual([
			'CSV-001 Société Alpha 12000'
		]);
	});
	test('lines are counted as the person sees them', async () =>
		expect(await told(`Titre\n\n${HEADER}\n${row('', 'Société Alpha')}\n`)).toEqual(['NUMBER_MISSING ligne 4']));
	test('under a title, columns that nobody knows may be said', async () => {
		const text = 'Wykaz faktur\n\nNumer;Data;Nabywca;Brutto\nF/1;2026-11-12;ACME;12,00\n';
		const { list, results } = await readInvoices({ name: 'x.csv', bytes: bytesOf(text) });
		expect([list?.needs, list?.headers, results[0]!.findings[0]!.field]).toEqual([
			'columns',
			['Numer', 'Data', 'Nabywca', 'Brutto'],
			'ligne 3'
		]);
		const columns = { Numer: 'number', Data: 'issuedOn', Nabywca: 'client', Brutto: 'gross' };
		const said = await readInvoices(
			{ name: 'x.csv', bytes: bytesOf(text) },
			{ [list!.key]: { columns, dateOrder: null } }
		);
		expect(said.results[0]).toMatchObject({ ok: true, document: { number: 'F/1', grossMinor: 1200n } });
	});
	test('rows with nothing in them are no invoices', async () =>
		expect(await told(`${HEADER}\n${';'.repeat(12)}\n${row('CSV-001', 'Alpha')}\n;;;\n`)).toEqual([
			'CSV-001 Alpha 12000'
		]));
});

describe('quotes that nobody doubled', () => {
	test.each([
		['SARL "Les Deux Frères"', 'SARL "Les Deux Frères"'],
		['"Les Deux Frères" SARL', '"Les Deux Frères" SARL'],
		['"SARL "Les Deux Frères""', null],
		['"Les "Deux" Frères"', 'Les "Deux" Frères'],
		['"Les ""Deux"" Frères"', 'Les "Deux" Frères'],
		['"Frères; Cie"', 'Frères; Cie'],
		['Inox 15"', 'Inox 15"'],
		['"Roche\n12 rue X"', 'Roche\n12 rue X']
	])('%s', async (written, name) => {
		const others = [row('CSV-004', 'Société Gamma'), row('CSV-005', '"Société ""Delta"""')];
		const results = await told([HEADER, row('CSV-003', written), ...others].join('\n'));
		expect(results.slice(-2)).toEqual(['CSV-004 Société Gamma 12000', 'CSV-005 Société "Delta" 12000']);
		if (name) expect(results[0]).toBe(`CSV-003 ${name} 12000`);
	});
	test('one that is never closed takes its own line and no other', async () => {
		const rows = [row('1', '"Roche'), row('2', 'Alpha'), row('3', 'Inox 15"'), row('4', '"Beta"')];
		const results = await read([HEADER, ...rows].join('\n'));
		expect(await told([HEADER, ...rows].join('\n'))).toEqual([
			'CSV_BROKEN ligne 2',
			'2 Alpha 12000',
			'3 Inox 15" 12000',
			'4 Beta 12000'
		]);
		const [finding] = results[0]!.findings;
		expect(findingText(finding!, 'fr')).toMatch(
			/^Guillemets mal placés.*ligne 2.*attendu\u00a0: des guillemets par deux\)$/
		);
		expect(findingText(finding!, 'en')).toMatch(/^Misplaced quotes.*line 2.*expected: quotes in pairs\)$/);
	});
	test('in the list of a bank too: the line is said and the others stand', () => {
		const text =
			'Date;Libellé;Débit;Crédit\n24/11/2026;VIR RECU SARL "LE BISTRO" FAC-2026-0042;;1200,00\n24/11/2026;"VIR;;5,00\n24/11/2026;VIR RECU DUPIN;;33,00\n';
		const reading = readStatements({ name: 'x.csv', bytes: bytesOf(text) });
		expect(reading.ok && reading.statements[0]!.lines.map((line) => [line.text, line.amountMinor])).toEqual([
			['VIR RECU SARL "LE BISTRO" FAC-2026-0042', 120_000n],
			['VIR RECU DUPIN', 3_300n]
		]);
		expect(reading.findings).toMatchObject([{ code: 'CSV_BROKEN', severity: 'confirm', field: 'ligne 3' }]);
	});
});

test.each(['2,02611E+11', '2.02611E+11', '2E+11', '2,02611e11'])(
	'%s is what a spreadsheet left of a number: said, and its cure',
	async (number) => {
		const [one, two] = await read([HEADER, row(number, 'Un'), row(number, 'Deux')].join('\n'));
		for (const [result, line] of [
			[one, 2],
			[two, 3]
		] as const) {
			expect(result!.ok).toBe(false);
			expect(result!.findings).toMatchObject([
				{ code: 'NUMBER_LOST', field: `ligne ${line}, Numéro de facture`, found: number }
			]);
			expect(findingText(result!.findings[0]!, 'fr')).toContain('format Texte');
		}
	}
);
test('numbers that only look like it are numbers', async () =>
	expect(
		await told([HEADER, row('2026E-11', 'Un'), row('E+11', 'Deux'), row('FE2026E11', 'Trois')].join('\n'))
	).toEqual(['2026E-11 Un 12000', 'E+11 Deux 12000', 'FE2026E11 Trois 12000']));
test('one number of two clients is two invoices of the list', async () =>
	expect(await told([HEADER, row('0001', 'Club Aviron'), row('0001', 'Club Escrime')].join('\n'))).toEqual([
		'0001 Club Aviron 12000',
		'0001 Club Escrime 12000'
	]));

describe('words about payment', () => {
	const PAID = [
		...[
			'Payée',
			'PAYE',
			'Réglée',
			'Acquittée le 20/11/2026',
			'Encaissée',
			'Payée le 20/11/2026',
			'Soldée',
			'Lettrée',
			'Clôturée'
		],
		...[
			'Paid',
			'Closed',
			'Settled on 2026-11-20',
			' paid. ',
			'Bezahlt am 20.11.2026',
			'bezahlt',
			'beglichen',
			'Pagada',
			'Cobrada',
			'Pagata'
		],
		...['Saldata', 'Incassata', 'Betaald', 'Voldaan', 'A été payée']
	];
	test.each(PAID)('“%s” is paid', (word) => expect(statusOf(word)).toBe('paid'));
	const OPEN = [
		...[
			'Impayée',
			'Non payée',
			'Pas encore réglée',
			'À payer',
			'à encaisser',
			'En attente de paiement',
			'En retard',
			'Envoyée',
			'Échue'
		],
		...[
			'Unpaid',
			'Not Paid',
			'Not yet paid',
			'To be paid',
			'Overdue',
			'Sent',
			'Due',
			'Unbezahlt',
			'Nicht bezahlt',
			'offen',
			'Überfällig'
		],
		...[
			'No pagada',
			'Pendiente',
			'Non pagata',
			'Da pagare',
			'Scaduta',
			'Niet betaald',
			'Te betalen',
			'Openstaand',
			'Relancée'
		]
	];
	test.each(OPEN)('“%s” is to be paid', (word) => expect(statusOf(word)).toBe('open'));
	test.each([
		...['Partiellement payée', 'Partially paid', 'Teilweise bezahlt', 'Pagada parcialmente'],
		...['Partly paid', 'Part-paid', 'Open - paid in part', 'Réglée en partie', 'Anzahlung bezahlt', 'Acompte payé']
	])('“%s” is paid in part', (word) => expect(statusOf(word)).toBe('partial'));
	test.each([
		...[
			'Paid by credit card',
			'Payée par virement le 20/11/2026',
			'Réglé par CB',
			'Paid in full',
			'Payée le 20 novembre 2026'
		],
		...['Payée le 1er décembre', 'Bezahlt per Überweisung', 'Payé 20/11', 'Intégralement réglée']
	])('“%s” is paid, and how or when', (word) => expect(statusOf(word)).toBe('paid'));
	test.each([
		...['Paid: No', 'Payé : non', 'Isn’t paid', 'Never paid', 'Payée à 50 %', '1er versement réglé', 'Solde dû'],
		...['Sera payée le 30/11', 'Not fully paid', 'Paid (bounced)', 'Payée par erreur deux fois']
	])('“%s” is no yes: a person is asked', (word) => expect(['unknown', 'open', 'partial']).toContain(statusOf(word)));
	test.each(['Zebra', 'OK', 'X', '1', 'Traitée'])('“%s” says nothing that anybody knows', (word) =>
		expect(statusOf(word)).toBe('unknown')
	);
	const of = async (status: string, header = '', cells = '') =>
		(
			await read(
				`Numéro;Date facture;Échéance;Client;Montant TTC;Statut${header}\nF1;12/11/2026;12/12/2026;R;120,00;${status}${cells}`
			)
		)[0]!;
	test('what is paid is not asked for', async () =>
		expect(await of('Acquittée le 20/11/2026')).toMatchObject({ ok: true, findings: [], document: { dueMinor: 0n } }));
	test('a word that nobody knows is a question, unless the list says what is left', async () => {
		expect((await of('Traitée')).findings).toMatchObject([
			{ code: 'STATUS_UNKNOWN', severity: 'confirm', field: 'ligne 2, Statut', found: 'Traitée' }
		]);
		expect((await of('Partiellement payée')).findings).toMatchObject([{ code: 'STATUS_UNKNOWN', severity: 'confirm' }]);
		expect((await of('Traitée', ';Reste à payer', ';20,00')).findings).toEqual([]);
		expect((await of('')).findings).toEqual([]);
	});
	test('paid, with something left, is a question', async () =>
		expect((await of('Payée', ';Reste à payer', ';20,00')).findings).toMatchObject([
			{ code: 'STATUS_PAID', severity: 'confirm', field: 'ligne 2, Statut', found: 'Payée', expected: '2000' }
		]));
});

describe('a credit note', () => {
	const amounts = async (type: string, status = '') => {
		const text = `Numéro;Date;Client;Type;Statut;Montant TTC\nA1;12/11/2026;Alpha;${type};${status};120,00\n`;
		return (await read(text)).map((one) =>
			one.ok ? one.document.typeCode : one.findings.map(({ code }) => code).join()
		);
	};
	test.each([
		'Avoir',
		'Note de crédit',
		'Gutschrift',
		'Refund',
		'Credit note',
		'Nota de abono',
		'Nota di credito',
		'AV',
		'381'
	])('is “%s”', async (type) => expect(await amounts(type)).toEqual(['381']));
	test.each(['Facture', 'Invoice', 'Rechnung', ''])('is not “%s”', async (type) =>
		expect(await amounts(type, 'Credit card pending')).toEqual(['380'])
	);
});
describe('three decimals, or thousands', () => {
	const marked = async (...grosses: string[]) =>
		(
			await read(
				`Number;Date;Client;Total;Currency\n${grosses.map((one, i) => `A${i};2026-11-13;Alpha;${one}`).join('\n')}\n`
			)
		).map((one) => (one.ok ? one.document.grossMinor : one.findings.map(({ code }) => code).join()));
	test('once in a value says neither: it is asked', async () => {
		expect(await marked('118.964;EUR')).toEqual(['AMOUNT_AMBIGUOUS']);
		expect(await marked('1,234;EUR')).toEqual(['AMOUNT_AMBIGUOUS']);
		expect(await marked('12.345;TND', '1234.567;TND')).toEqual(['AMOUNT_AMBIGUOUS', 1_234_567n]);
	});
	test('twice is thousands, for the whole list', async () =>
		expect(await marked('1.234.567;EUR', '1.234;EUR')).toEqual([123_456_700n, 123_400n]));
	test('no cents, as they are written in Switzerland and Germany', async () =>
		expect(await marked("1'200.-;CHF", '5,-;CHF')).toEqual([120_000n, 500n]));
});
test('a cell of several lines with commas in it is no row', async () => {
	const text =
		'Number,Date,Client,Description,Total\nA1,13/11/2026,Alpha,"Work done:\ndesign, build, test, ship, run",120.50\n';
	expect(await told(text)).toEqual(['A1 Alpha 12050']);
});
test.each(['26E001', '2026E42', '12E3'])('the number %s is as it was given', async (number) =>
	expect(await told([HEADER, row(number, 'Alpha')].join('\n'))).toEqual([`${number} Alpha 12000`])
);
