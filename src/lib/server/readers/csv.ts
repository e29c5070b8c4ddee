// A plain French list of invoices: `;`, `,` or tab, comma decimals, DD/MM/YYYY, UTF-8 or Windows-1252, one invoice a row.
import { parse } from 'csv-parse/sync';
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument } from '../../domain/invoices/document.ts';
import { block, checkDocument, warn, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { sirenFrom } from '../../domain/invoices/identifiers.ts';
import { minor, parseDecimal, ZERO, type Minor } from '../../domain/money/minor.ts';

/** Accepted headers, without accents, case or punctuation. The first is the one the screen documents. */
const COLUMNS = {
	number: ['numero', 'numerodefacture', 'nofacture', 'nfacture', 'facture', 'invoicenumber', 'number', 'piece'],
	type: ['type', 'typedefacture'],
	issuedOn: ['date', 'datefacture', 'datedefacture', 'dateemission', 'invoicedate', 'issuedate'],
	dueOn: ['echeance', 'dateecheance', 'datedecheance', 'duedate'],
	client: ['client', 'nomclient', 'nomduclient', 'raisonsociale', 'customer', 'customername', 'contactname'],
	email: ['email', 'mail', 'courriel', 'adresseemail', 'emailclient', 'emailaddress'],
	siren: ['siren', 'siret', 'sirenclient'],
	vatNumber: ['tvaintracommunautaire', 'numerotva', 'tvaintra', 'vatnumber'],
	net: ['montantht', 'totalht', 'ht', 'net', 'subtotal'],
	vat: ['montanttva', 'tva', 'totaltva', 'tax', 'vat'],
	gross: ['montantttc', 'totalttc', 'ttc', 'montant', 'total', 'amount'],
	due: ['resteapayer', 'restedu', 'solde', 'netapayer', 'balance', 'amountdue'],
	vatRate: ['tauxtva', 'taux', 'vatrate'],
	currency: ['devise', 'currency']
} as const;
type Column = keyof typeof COLUMNS;
type Row = Partial<Record<Column, string>>;
const ROWS_MAX = 10_000;
const plain = (header: string): string =>
	header
		.normalize('NFD')
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');

export async function readCsv(bytes: Uint8Array): Promise<ReadResult[]> {
	const content = decode(bytes);
	const firstLine = content.split(/\r?\n/, 1)[0] ?? '';
	const delimiter = [';', '\t', ','].reduce((best, mark) =>
		firstLine.split(mark).length > firstLine.split(best).length ? mark : best
	);
	let rows: string[][];
	try {
		rows = parse(content, {
			delimiter,
			trim: true,
			skip_empty_lines: true,
			relax_column_count: true,
			max_record_size: 100_000,
			to: ROWS_MAX + 2
		}) as string[][];
	} catch (error) {
		return [
			refused(
				block(
					'CSV_BROKEN',
					`ligne ${(error as { lines?: number }).lines ?? '?'}`,
					(error as Error).message,
					'un CSV lisible'
				)
			)
		];
	}
	const [headers = [], ...lines] = rows;
	const columns = headers.map(
		(header) =>
			(Object.keys(COLUMNS) as Column[]).find((column) =>
				(COLUMNS[column] as readonly string[]).includes(plain(header))
			) ?? null
	);
	const missing = (['number', 'issuedOn', 'client', 'gross'] as const).filter((column) => !columns.includes(column));
	if (missing.length)
		return [
			refused(
				block('COLUMN_MISSING', 'ligne 1', headers.join(' | '), missing.map((column) => COLUMNS[column][0]).join(', '))
			)
		];
	if (lines.length > ROWS_MAX) return [refused(block('TOO_MANY_ROWS', 'CSV', String(lines.length), `≤ ${ROWS_MAX}`))];
	if (!lines.length) return [refused(block('EMPTY', 'CSV', '0 ligne', 'au moins une facture'))];
	return lines.map((cells, i) =>
		readRow(
			Object.fromEntries(columns.flatMap((column, c) => (column ? [[column, cells[c] ?? '']] : []))) as Row,
			i + 2
		)
	);
}

const refused = (finding: Finding): ReadResult => ({ ok: false, findings: [finding] });

function decode(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

type Cells = { money(column: Column): Minor | null; day(column: Column): CivilDate | null; findings: Finding[] };
/** Reads cells of one row and notes each that is not understood, by line and column. */
function cellsOf(row: Row, line: number): Cells {
	const findings: Finding[] = [];
	const read = <T>(column: Column, parse: (written: string) => T | null, code: string, expected: string): T | null => {
		const written = row[column];
		if (!written) return null;
		const value = parse(written);
		if (value === null) findings.push(block(code, `ligne ${line}, ${COLUMNS[column][0]}`, written, expected));
		return value;
	};
	return {
		findings,
		money: (column) => read(column, parseFrenchAmount, 'AMOUNT_FORMAT', '1 234,56'),
		day: (column) => read(column, parseFrenchDate, 'DATE_IMPOSSIBLE', 'JJ/MM/AAAA')
	};
}

function readRow(row: Row, line: number): ReadResult {
	const { money, day, findings } = cellsOf(row, line);
	const amounts = {
		gross: money('gross'),
		net: money('net'),
		vat: money('vat'),
		due: money('due'),
		rate: money('vatRate')
	};
	const [issuedOn, dueOn] = [day('issuedOn'), day('dueOn')];
	if (!row.number) findings.push(block('NUMBER_MISSING', `ligne ${line}`, '', 'un numéro de facture'));
	if (amounts.gross === null && !findings.length)
		findings.push(block('AMOUNT_FORMAT', `ligne ${line}, montant TTC`, '', '1 234,56'));
	if (!issuedOn && !findings.length) findings.push(block('DATE_IMPOSSIBLE', `ligne ${line}, date`, '', 'JJ/MM/AAAA'));
	if (findings.length || amounts.gross === null || !issuedOn) return { ok: false, findings };
	const document = documentOf(row, { ...amounts, gross: amounts.gross }, issuedOn, dueOn);
	const all = checkDocument(document);
	if (row.email && !document.buyer.email)
		all.push(warn('EMAIL', `ligne ${line}, ${COLUMNS.email[0]}`, row.email, 'nom@domaine.fr'));
	if (all.some((finding) => finding.severity === 'block'))
		return { ok: false, findings: all.map((finding) => ({ ...finding, field: `ligne ${line}, ${finding.field}` })) };
	return { ok: true, document, findings: all };
}

type Amounts = { gross: Minor; net: Minor | null; vat: Minor | null; due: Minor | null; rate: Minor | null };
function documentOf(row: Row, read: Amounts, issuedOn: CivilDate, dueOn: CivilDate | null): InvoiceDocument {
	const vat = read.vat ?? (read.net === null ? ZERO : minor(read.gross - read.net));
	const net = read.net ?? minor(read.gross - vat);
	const due = read.due ?? read.gross;
	const hasSplit = read.net !== null || read.vat !== null;
	const rateBps = read.rate === null ? impliedRate(net, vat) : Number(read.rate);
	return {
		number: row.number!,
		typeCode: /avoir|credit|381/i.test(row.type ?? '') ? '381' : '380',
		issuedOn,
		dueOn,
		currency: (row.currency || 'EUR').toUpperCase().replace('€', 'EUR'),
		seller: { name: '', siren: null, vatNumber: null, email: null },
		buyer: {
			name: row.client ?? '',
			siren: sirenFrom(row.siren ?? null),
			vatNumber: row.vatNumber || null,
			email: row.email && /^\S+@\S+\.\S+$/.test(row.email) ? row.email.toLowerCase() : null
		},
		payee: null,
		netMinor: net,
		vatMinor: vat,
		grossMinor: read.gross,
		prepaidMinor: minor(read.gross - due),
		roundingMinor: ZERO,
		dueMinor: due,
		vatLines: hasSplit ? [{ category: vat === 0n ? 'E' : 'S', rateBps, baseMinor: net, vatMinor: vat }] : [],
		paymentReference: null,
		payeeIban: null,
		meansCode: null,
		termsText: null,
		businessProcess: null,
		deliveredOn: null,
		freightMinor: ZERO,
		vatOnReceipts: false,
		profile: 'csv'
	};
}

/** The nearest of the French rates, when the row gives amounts but no rate; 0 when none is near. */
function impliedRate(net: Minor, vat: Minor): number {
	if (net <= 0n) return 0;
	const implied = Number((vat * 10_000n) / net);
	return [2000, 1000, 550, 210].find((rate) => Math.abs(rate - implied) <= 15) ?? 0;
}

/** `1 234,56 €`, `1.234,56`, `1234.5`: the last comma or point is the decimal mark, unless three digits follow a lone one. */
export function parseFrenchAmount(written: string): Minor | null {
	const compact = written.replace(/[\s\u00a0\u202f€]|EUR$/g, '');
	if (!/^[+-]?\d[\d.,]*$/.test(compact)) return null;
	const decimal = Math.max(compact.lastIndexOf(','), compact.lastIndexOf('.'));
	if (decimal < 0) return parseDecimal(compact);
	const after = compact.length - decimal - 1;
	const marks = compact.replace(/[^.,]/g, '');
	const isGrouping = after === 3 && new Set(marks).size === 1 && (marks.length > 1 || compact[decimal] === '.');
	const [whole, fraction] = isGrouping ? [compact, ''] : [compact.slice(0, decimal), compact.slice(decimal + 1)];
	return parseDecimal(`${whole.replace(/[.,]/g, '')}${fraction ? `.${fraction}` : ''}`);
}

function parseFrenchDate(written: string): CivilDate | null {
	const french = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(written);
	return parseCivilDate(
		french ? `${french[3]}-${french[2]!.padStart(2, '0')}-${french[1]!.padStart(2, '0')}` : written.slice(0, 10)
	);
}
