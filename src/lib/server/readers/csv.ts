// A list of invoices as tools export it: `;`, `,`, tab or `|`, any of the usual ways to write amounts and dates, one row per invoice or per line.
import { createHash } from 'node:crypto';
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import type { InvoiceDocument, VatLine } from '../../domain/invoices/document.ts';
import {
	block,
	checkDocument,
	checkVatRates,
	nameKeyOf,
	type Finding,
	type ReadResult
} from '../../domain/invoices/findings.ts';
import { sirenFrom } from '../../domain/invoices/identifiers.ts';
import { mailboxOf } from '../../domain/mail/mailbox.ts';
import { minor, ZERO, type Minor } from '../../domain/money/minor.ts';
import { Cells, currencyOf, MONEY, writingOf, type MoneyColumn, type Writing } from './csv-cells.ts';
import { checkFigures, checkRow, checkRows, fieldName, LOST, type Amounts } from './csv-checks.ts';
import { columnName, columnsOf, type Column, type Row } from './csv-columns.ts';
import { currencyOfHeaders } from './header-money.ts';
import { ANY_DAY, type When } from './norm-values.ts';
import { accountKey } from './payee-accounts.ts';
import { parseRows, type RawRow, type Rows } from './rows.ts';
import { statusOf } from './status-words.ts';
import { isCreditNote } from './type-words.ts';
import type { DateOrder } from './written-values.ts';

/** What a person has said of lists with these headers: which column is what, and how dates are written. */
export type ListAnswer = { columns: Record<string, string>; dateOrder: DateOrder | null };
/** By the key of their header. */
export type ListHints = Record<string, ListAnswer>;
/** A list as a person must see it to say which column is what. */
export type ListShape = {
	key: string;
	headers: string[];
	sample: string[][];
	columns: (Column | null)[];
	needs: 'columns' | 'dates' | null;
	dateOrder: DateOrder | null;
};
const SAMPLE = 3;
/** Lists with the same columns in the same order come from the same source. */
const keyOf = (headers: string[]): string => createHash('sha256').update(JSON.stringify(headers)).digest('hex');

export function readCsv(
	bytes: Uint8Array,
	hints: ListHints = {},
	when: When = ANY_DAY
): { results: Iterable<ReadResult>; list: ListShape | null } {
	const table = parseRows(bytes, { isHeader: (cells) => isHeader(columnsOf(cells)), isTitled: true });
	if ('finding' in table) return { results: [refused(table.finding)], list: null };
	const key = keyOf(table.header);
	const answer = Object.hasOwn(hints, key) ? (hints[key] ?? null) : null;
	const columns = columnsOf(table.header, answer?.columns);
	const list: ListShape = {
		key,
		headers: table.header,
		sample: table.rows.slice(0, SAMPLE).map((row) => row.cells.map((cell) => cell.slice(0, 80))),
		columns,
		needs: null,
		dateOrder: answer?.dateOrder ?? null
	};
	const missing = missingIn(columns);
	if (missing.length) {
		const expected = missing.map(columnName).join(', ');
		const finding = block(
			'COLUMN_MISSING',
			`ligne ${table.headerLine}`,
			table.header.join(' | ').slice(0, 500),
			expected
		);
		return { results: [refused(finding)], list: { ...list, needs: 'columns' } };
	}
	const isMoney = (column: Column | null): boolean => MONEY.some((one) => one === column && one !== 'vatRate');
	const ofMoney = table.header.filter((_, i) => isMoney(columns[i] ?? null));
	const { currency, findings } = currencyOfHeaders(ofMoney, table.headerLine);
	if (findings.length) return { results: [refused(...findings)], list };
	const writing = writingOf(table, columns, answer, { when, currency });
	return {
		results: readAll(table, columns, writing),
		list: { ...list, needs: writing.isOrderKnown ? null : 'dates' }
	};
}
/** What nobody can do without. */
function missingIn(columns: (Column | null)[]): Column[] {
	const missing: Column[] = (['number', 'issuedOn', 'client'] as const).filter((column) => !columns.includes(column));
	return columns.includes('gross') || columns.includes('lineGross') ? missing : [...missing, 'gross'];
}
/** Titles, periods and names of firms stand above it: three of the four columns say that it is the header. */
const isHeader = (columns: (Column | null)[]): boolean => missingIn(columns).length <= 1;
const refused = (...findings: Finding[]): ReadResult => ({ ok: false, findings });
/** Lines that could not be read are refused by themselves. */
function* readAll({ rows, broken }: Rows, columns: (Column | null)[], writing: Writing): Generator<ReadResult> {
	for (const finding of broken) yield refused(finding);
	yield* readGroups(invoicesOf(rows, columns), columns, writing);
}
/** Cells are named one invoice at a time: of a hundred thousand lines only their text is held. */
function* readGroups(groups: Iterable<RawRow[]>, columns: (Column | null)[], writing: Writing): Generator<ReadResult> {
	const named = ({ cells, line }: RawRow): Row => {
		const row: Row = { line };
		columns.forEach((column, i) => {
			if (!column) return;
			row[column] = cells[i] ?? '';
			if (cells[i] === undefined) row.cut = true;
		});
		if (!row.currency && writing.currency) row.currency = writing.currency;
		return row;
	};
	for (const group of groups) yield readGroup(group.map(named), writing);
}

/**
 * Rows of one invoice: with columns about lines, all that bear its number and its client, and those below that leave out number, client and day;
 * otherwise each row by itself. The same number of two clients is two invoices.
 */
function* invoicesOf(rows: RawRow[], columns: (Column | null)[]): Generator<RawRow[]> {
	const isByLine = (['item', 'lineNet', 'lineVat', 'lineGross'] as const).some((column) => columns.includes(column));
	if (!isByLine) {
		for (const row of rows) yield [row];
		return;
	}
	const [number, client, issuedOn] = (['number', 'client', 'issuedOn'] as const).map((column) =>
		columns.indexOf(column)
	);
	const groups = new Map<string, RawRow[]>();
	let above = { number: '', key: '' };
	for (const row of rows) {
		const { cells, line } = row;
		const [no = '', name = '', day = ''] = [number, client, issuedOn].map((at) => cells[at ?? -1] ?? '');
		const isUnder = above.key && !name && (no ? no === above.number : !day);
		const key = isUnder ? above.key : no ? `${no}\u001f${nameKeyOf(name)}` : `ligne ${line}`;
		above = { number: no || above.number, key };
		const group = groups.get(key);
		if (group) group.push(row);
		else groups.set(key, [row]);
	}
	yield* groups.values();
}

function readGroup(rows: Row[], writing: Writing): ReadResult {
	const [row] = rows as [Row];
	const cells = new Cells(writing);
	const amounts = amountsOf(rows, cells);
	const [issuedOn, dueOn] = [cells.day(row, 'issuedOn'), cells.day(row, 'dueOn')];
	const findings = cells.findings;
	findings.push(...checkRows(rows));
	if (!row.number) findings.push(block('NUMBER_MISSING', `ligne ${row.line}`, '', 'un numéro de facture'));
	else if (LOST.test(row.number))
		findings.push(
			block('NUMBER_LOST', `ligne ${row.line}, ${columnName('number')}`, row.number, 'une cellule de texte')
		);
	if (!amounts && !findings.length)
		findings.push(block('AMOUNT_FORMAT', `ligne ${row.line}, ${columnName('gross')}`, '', '1 234,56'));
	if (!issuedOn && !findings.length)
		findings.push(block('DATE_IMPOSSIBLE', `ligne ${row.line}, ${columnName('issuedOn')}`, '', 'JJ/MM/AAAA'));
	if (findings.length || !amounts || !issuedOn) return { ok: false, findings };
	const document = documentOf(row, amounts, issuedOn, dueOn);
	const all = [
		...checkDocument(document, writing.when.today),
		// Only where the list writes the rate: otherwise it was found from the amounts.
		...(rows.every((one) => one.vatRate && !one.lineGross && !one.lineNet) ? checkVatRates(document) : []),
		...checkFigures(row, amounts),
		...checkRow(row, document, writing)
	];
	const located = all.map((finding) =>
		finding.field.startsWith('ligne')
			? finding
			: { ...finding, field: `ligne ${row.line}, ${fieldName(finding.field)}` }
	);
	return all.some((finding) => finding.severity === 'block')
		? { ok: false, findings: located }
		: { ok: true, document, findings: located };
}

/** Totals of the invoice when its rows repeat them, sums of its lines otherwise. `null`: no amount, or it can't be told which of the two. */
function amountsOf(rows: Row[], cells: Cells): Amounts | null {
	const [row] = rows as [Row];
	const hasLineTotals = rows.some((one) => one.lineGross || one.lineNet);
	const repeated = rows.length > 1 && !hasLineTotals && new Set(rows.map((one) => one.gross)).size === 1;
	if (repeated) {
		const lines = rows.map((one) => one.line).join(', ');
		cells.findings.push(
			block('LINES_OR_TOTALS', `lignes ${lines}, ${columnName('gross')}`, row.gross ?? '', 'Total ligne')
		);
		return null;
	}
	const isSummed = rows.length > 1 && !hasLineTotals;
	const sum = (column: MoneyColumn): Minor | null => {
		const values = rows.map((one) => cells.money(one, column)).filter((value): value is Minor => value !== null);
		return values.length ? minor(values.reduce((all, value) => all + value, 0n)) : null;
	};
	const total = (column: MoneyColumn): Minor | null =>
		isSummed ? sum(column) : cells.shared(rows, column, (one) => cells.money(one, column));
	const gross = total('gross') ?? sum('lineGross');
	if (gross === null) return null;
	const net = total('net') ?? (row.gross ? null : sum('lineNet'));
	const vat = total('vat') ?? (row.gross ? null : sum('lineVat'));
	const paid = total('paid');
	const isPaid = statusOf(row.status ?? '') === 'paid';
	const left = total('due');
	const due = left ?? minor(gross - (paid ?? (isPaid ? gross : ZERO)));
	return {
		gross,
		net,
		vat,
		paid: left === null ? null : paid,
		isLeftSaid: (left ?? paid) !== null,
		due,
		vatLines: splitOf(rows, cells, { gross, net, vat }, isSummed)
	};
}

/** The VAT split by rate: of the lines when each has its rate, of the totals otherwise; none when the list says nothing of VAT. */
function splitOf(
	rows: Row[],
	cells: Cells,
	total: Pick<Amounts, 'gross' | 'net' | 'vat'>,
	isSummed: boolean
): VatLine[] {
	const vat = total.vat ?? (total.net === null ? null : minor(total.gross - total.net));
	if (vat === null) return [];
	const net = total.net ?? minor(total.gross - vat);
	const byRate = new Map<number, { baseMinor: Minor; vatMinor: Minor }>();
	if (isSummed)
		for (const row of rows) {
			const [base, tax] = [cells.money(row, 'net') ?? ZERO, cells.money(row, 'vat') ?? ZERO];
			const rate = rateOf(cells.money(row, 'vatRate'), base, tax);
			const known = byRate.get(rate) ?? { baseMinor: ZERO, vatMinor: ZERO };
			byRate.set(rate, { baseMinor: minor(known.baseMinor + base), vatMinor: minor(known.vatMinor + tax) });
		}
	else {
		const [only, ...others] = rows;
		const rate = only && !others.length ? cells.money(only, 'vatRate') : null;
		byRate.set(rateOf(rate, net, vat), { baseMinor: net, vatMinor: vat });
	}
	return [...byRate].map(([rateBps, part]) => ({ category: part.vatMinor === 0n ? 'E' : 'S', rateBps, ...part }));
}
/** As written, else the nearest of the French rates; 0 when none is near. */
function rateOf(written: Minor | null, net: Minor, vat: Minor): number {
	if (written !== null) return Number(written);
	if (net === 0n) return 0;
	const implied = Number((vat * 10_000n) / net);
	return [2000, 1000, 550, 210].find((rate) => Math.abs(rate - implied) <= 15) ?? 0;
}

function documentOf(row: Row, read: Amounts, issuedOn: CivilDate, dueOn: CivilDate | null): InvoiceDocument {
	const vat = read.vat ?? (read.net === null ? ZERO : minor(read.gross - read.net));
	const isCredit = isCreditNote(row);
	return {
		number: row.number ?? '',
		typeCode: isCredit ? '381' : '380',
		issuedOn,
		dueOn,
		currency: currencyOf(row),
		seller: { name: '', siren: null, vatNumber: null, email: null },
		buyer: {
			name: row.client ?? '',
			siren: sirenFrom(row.siren ?? null),
			vatNumber: row.vatNumber?.replace(/\s/g, '') || null,
			email: mailboxOf(row.email)
		},
		payee: null,
		netMinor: read.net ?? minor(read.gross - vat),
		vatMinor: vat,
		grossMinor: read.gross,
		prepaidMinor: minor(read.gross - read.due),
		roundingMinor: ZERO,
		dueMinor: read.due,
		vatLines: read.vatLines,
		paymentReference: null,
		payeeIban: row.payeeAccount ? accountKey(row.payeeAccount) : null,
		payeeAccounts: row.payeeAccount ? [accountKey(row.payeeAccount)] : [],
		meansCode: null,
		termsText: null,
		agreed: null,
		businessProcess: null,
		deliveredOn: null,
		freightMinor: ZERO,
		vatOnReceipts: false,
		profile: 'csv'
	};
}
