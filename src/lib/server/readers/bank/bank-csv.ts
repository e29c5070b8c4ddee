// The transactions of an account as a list: one signed amount or two columns, a few lines about the account above the header, or no header at all.
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { meaningful, type StatementLine, type StatementReading } from '../../../domain/bank/statement.ts';
import { block, confirm, farFrom, type Finding } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { minor, ZERO, type Minor } from '../../../domain/money/minor.ts';
import type { ListHints } from '../csv.ts';
import { isFrench } from '../csv-columns.ts';
import { currencyOfHeaders } from '../header-money.ts';
import { ANY_DAY, type When } from '../norm-values.ts';
import { parseRows, type RawRow } from '../rows.ts';
import {
	dateOrderOf,
	decimalMarkOf,
	doubtfulReadings,
	markByGrouping,
	parseAmount,
	parseWrittenDate,
	type DateOrder,
	type DecimalMark
} from '../written-values.ts';
import { signedBy, stateOf, waysOf, type Ways } from './money-way.ts';
import { columnsOf, isData, isEnough, nameOf, shapeOf, type BankColumn, type BankListShape } from './bank-columns.ts';

/** Accents that a header of a French bank has, and no English one. */
const HAS_FRENCH = /débit|crédit|opération/i;
/** Where nothing is named, a last line with less in it than any other is the balance of the account: it would look like a payment. */
function balanceUnder(rows: RawRow[]): RawRow | null {
	const filled = (row: RawRow): number => row.cells.filter(Boolean).length;
	const [last, ...others] = rows.toReversed();
	return last && others.length > 1 && others.every((row) => filled(row) > filled(last)) ? last : null;
}

export type BankListReading = StatementReading & { list: BankListShape | null };
export function readBankCsv(
	bytes: Uint8Array,
	fileName: string,
	hints: ListHints = {},
	when: When = ANY_DAY
): BankListReading {
	const read = parseRows(bytes, { isHeader: (cells) => isEnough(columnsOf(cells)), isData });
	if ('finding' in read) return { ok: false, findings: [read.finding], list: null };
	const { list, answer } = shapeOf(read.header, read.rows, hints);
	const { columns } = list;
	if (list.needs) {
		const found = list.headers.join(' | ').slice(0, 500);
		return { ok: false, findings: [block('COLUMN_MISSING', 'ligne 1', found, 'date, montant ou crédit')], list };
	}
	const { currency: ofHeader, findings: wrong } = currencyOfHeaders(
		read.header.filter((_, c) => /^(amount|debit|credit)$/.test(columns[c] ?? '')),
		read.headerLine
	);
	if (wrong.length) return { ok: false, findings: wrong, list: null };
	const balance = read.header.length ? null : balanceUnder(read.rows);
	const rows = read.rows.filter((row) => row !== balance).map((row) => namedCells(row, columns));
	const seen = (...names: BankColumn[]): string[] =>
		rows.flatMap(({ cells }) => names.map((name) => cells[name] ?? '')).filter(Boolean);
	const ofLanguage = isFrench(read.header) || HAS_FRENCH.test(read.header.join(' ')) ? 'dmy' : null;
	const order = answer?.dateOrder ?? dateOrderOf(seen('bookedOn', 'valueOn')) ?? ofLanguage;
	const findings: Finding[] = read.broken.map((one) => confirm(one.code, one.field, one.found, one.expected));
	if (!order) findings.push(confirm('DATE_AMBIGUOUS', 'date', seen('bookedOn')[0] ?? '', 'JJ/MM'));
	if (balance)
		findings.push(skipped(balance.line, balance.cells.filter(Boolean).join(' '), 'une opération, pas un solde'));
	// The account of a list is one; where the column names several, they are those of the others.
	const accounts = new Set(seen('account'));
	const isOfOthers = accounts.size > 1 || read.header.map(nameOf).includes('zahlungspflichtiger');
	const amounts = seen('amount', 'debit', 'credit');
	const writing: Writing = {
		order: order ?? 'dmy',
		mark: decimalMarkOf(amounts) ?? markByGrouping(amounts),
		currency: ofHeader,
		ways: waysOf(seen('amount'), seen('direction'), list.headers[columns.indexOf('direction')] ?? ''),
		isOfOthers,
		timeZone: when.timeZone,
		today: when.today
	};
	const lines: StatementLine[] = [];
	for (const row of rows) {
		const entry = lineOf(row, writing);
		if ('code' in entry) findings.push(entry);
		else lines.push(entry);
	}
	findings.push(...unknownStates(rows));
	const statement = {
		account: isOfOthers ? '' : ([...accounts][0] ?? ''),
		reference: fileName,
		currency: lines[0]?.currency ?? 'EUR',
		openingMinor: null,
		closingMinor: null,
		lines
	};
	const needs = order ? null : 'dates';
	return { ok: true, format: 'csv', statements: [statement], findings, list: { ...list, needs } };
}

/** A word that nobody knows: its rows are read, and a person is asked before anything is kept. Each word once. */
function unknownStates(rows: Named[]): Finding[] {
	const first = new Map<string, number>();
	for (const { line, cells } of rows)
		if (cells.state && stateOf(cells.state) === 'unknown' && !first.has(cells.state)) first.set(cells.state, line);
	return [...first]
		.slice(0, STATES_ASKED)
		.map(([word, line]) => confirm('STATE_UNKNOWN', `ligne ${line}`, word.slice(0, 80), 'une opération comptabilisée'));
}
const STATES_ASKED = 20;

type Named = { line: number; cells: Partial<Record<BankColumn, string>> };
/** Texts are read together, each once. */
function namedCells({ cells: written, line }: RawRow, columns: (BankColumn | null)[]): Named {
	const cells: Named['cells'] = {};
	columns.forEach((column, c) => {
		const cell = written[c] ?? '';
		if (!column) return;
		if (column !== 'text') cells[column] = cell;
		else if (cell && !cells.text?.includes(cell)) cells.text = [cells.text, cell].filter(Boolean).join(' ');
	});
	return { line, cells };
}
/** How a list writes: the order of its dates, its decimal mark, the currency where no column says it, whose accounts it names, where its instants are. */
type Writing = {
	order: DateOrder;
	mark: DecimalMark | null;
	currency: string | null;
	ways: Ways;
	isOfOthers: boolean;
	timeZone: string;
	today: CivilDate | null;
};
function lineOf({ line, cells }: Named, writing: Writing): StatementLine | Finding {
	const { order, mark, isOfOthers, timeZone } = writing;
	const currency = (cells.currency || writing.currency || 'EUR').toUpperCase();
	const decimals = decimalsOf(currency);
	if (stateOf(cells.state ?? '') === 'not_booked')
		return skipped(line, cells.state ?? '', 'une opération comptabilisée');
	const bookedOn = parseWrittenDate(cells.bookedOn ?? '', order, timeZone);
	if (!bookedOn) return skipped(line, cells.bookedOn ?? '', 'JJ/MM/AAAA');
	const limit = farFrom(bookedOn, writing.today);
	if (limit) return confirm('DATE_FAR', `ligne ${line}`, cells.bookedOn ?? '', limit);
	for (const written of mark ? [] : [cells.amount, cells.debit, cells.credit]) {
		const readings = written && doubtfulReadings(written, decimals);
		if (readings) return skipped(line, written, readings.join(' / '));
	}
	const written = [cells.amount, cells.debit, cells.credit].filter(Boolean).join(' ');
	const isEuro = /€|\beur\b/i.test(written);
	if (
		(isEuro && currency !== 'EUR') ||
		(writing.currency && writing.currency !== currency) ||
		!/^[A-Z]{3}$/.test(currency)
	)
		return skipped(line, `${written} ${currency}`, writing.currency ?? 'EUR');
	const amount = amountOf(cells, mark, decimals);
	if (amount === null) return skipped(line, written, cells.debit || cells.credit ? WAY : '1234,56');
	const signed = cells.amount ? signedBy(amount, cells.direction ?? '', writing.ways) : amount;
	if (signed === null) return skipped(line, `${cells.direction ?? ''} ${written}`.trim(), WAY);
	return {
		bookedOn,
		valueOn: parseWrittenDate(cells.valueOn ?? '', order, timeZone),
		amountMinor: signed,
		currency,
		text: cells.text ?? '',
		endToEndId: null,
		creditorReference: null,
		bankReference: meaningful(cells.bankReference),
		counterparty: cells.counterparty || null,
		counterpartyIban: cells.counterpartyIban || (isOfOthers && cells.account) || null,
		returnReason: null,
		// A payer may write such words too: what the bank takes back leaves the account.
		isReturn: signed < 0n && /rejet|impay[eé]|retour pr[eé]l/i.test(cells.text ?? '')
	};
}
const WAY = 'débit ou crédit, ou un montant signé';
const skipped = (line: number, found: string, expected: string): Finding =>
	confirm('ENTRY_SKIPPED', `ligne ${line}`, found, expected);
/** As written; of two columns, the one that is filled. A debit column holds amounts without a sign, or with one: either way the money left. */
function amountOf(cells: Named['cells'], mark: DecimalMark | null, decimals: number): Minor | null {
	const read = (written = ''): Minor | null => (written ? parseAmount(written, mark, decimals) : ZERO);
	if (cells.amount) return read(cells.amount);
	const [debit, credit] = [read(cells.debit), read(cells.credit)];
	// Both, or a credit that is taken off: nobody knows which way.
	if (debit === null || credit === null || credit < 0n || !debit === !credit) return null;
	return credit || minor(debit < 0n ? debit : -debit);
}
