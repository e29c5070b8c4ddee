// A plain French list of invoices: `;`, `,` or tab, comma decimals, DD/MM/YYYY, UTF-8 or Windows-1252, one invoice a row.
import { parse } from 'csv-parse/sync';
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument } from '../../domain/invoices/document.ts';
import { block, checkDocument, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
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

function readRow(row: Row, line: number): ReadResult {
	const findings: Finding[] = [];
	const money = (column: Column): Minor | null => {
		const written = row[column];
		if (!written) return null;
		const value = parseFrenchAmount(written);
		if (value === null)
			findings.push(block('AMOUNT_FORMAT', `ligne ${line}, ${COLUMNS[column][0]}`, written, '1 234,56'));
		return value;
	};
	const day = (column: Column): CivilDate | null => {
		const written = row[column];
		if (!written) return null;
		const value = parseFrenchDate(written);
		if (!value) findings.push(block('DATE_IMPOSSIBLE', `ligne ${line}, ${COLUMNS[column][0]}`, written, 'JJ/MM/AAAA'));
		return value;
	};
	const [gross, netRead, vatRead, dueRead, rateRead] = [
		money('gross'),
		money('net'),
		money('vat'),
		money('due'),
		money('vatRate')
	];
	const [issuedOn, dueOn] = [day('issuedOn'), day('dueOn')];
	if (!row.number) findings.push(block('NUMBER_MISSING', `ligne ${line}`, '', 'un numéro de facture'));
	if (gross === null && !findings.length)
		findings.push(block('AMOUNT_FORMAT', `ligne ${line}, montant TTC`, '', '1 234,56'));
	if (!issuedOn && !findings.length) findings.push(block('DATE_IMPOSSIBLE', `ligne ${line}, date`, '', 'JJ/MM/AAAA'));
	if (findings.length || gross === null || !issuedOn) return { ok: false, findings };
	const vat = vatRead ?? (netRead === null ? ZERO : minor(gross - netRead));
	const net = netRead ?? minor(gross - vat);
	const due = dueRead ?? gross;
	const isCredit = /avoir|credit|381/i.test(row.type ?? '');
	const document: InvoiceDocument = {
		number: row.number!,
		typeCode: isCredit ? '381' : '380',
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
		grossMinor: gross,
		prepaidMinor: minor(gross - due),
		roundingMinor: ZERO,
		dueMinor: due,
		vatLines:
			netRead !== null || vatRead !== null
				? [
						{
							category: vat === 0n ? 'E' : 'S',
							rateBps: rateRead === null ? impliedRate(net, vat) : Number(rateRead),
							baseMinor: net,
							vatMinor: vat
						}
					]
				: [],
		paymentReference: null,
		payeeIban: null,
		meansCode: null,
		termsText: null,
		businessProcess: null,
		profile: 'csv'
	};
	const all = checkDocument(document);
	return all.some((finding) => finding.severity === 'block')
		? { ok: false, findings: all.map((finding) => ({ ...finding, field: `ligne ${line}, ${finding.field}` })) }
		: { ok: true, document, findings: all };
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
