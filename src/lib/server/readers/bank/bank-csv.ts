// The transactions of an account as a list: one signed amount or two columns, a few lines about the account above the header, or no header at all.
import { meaningful, type StatementLine, type StatementReading } from '../../../domain/bank/statement.ts';
import { block, confirm, type Finding } from '../../../domain/invoices/findings.ts';
import { decimalsOf } from '../../../domain/money/currency.ts';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import type { ListHints } from '../csv.ts';
import { isFrench } from '../csv-columns.ts';
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
import { columnsOf, isData, isEnough, nameOf, shapeOf, type BankColumn, type BankListShape } from './bank-columns.ts';

/** Amounts without a sign, with a column that says which way. */
const IS_DEBIT = /^(af|d|dr|debit|débit|dbit|soll|s|out|sortie)$/i;
/** Announced, refused or undone: no money has moved. */
const IS_NOT_BOOKED = /pending|declin|revert|fail|cancel|vorgemerkt|attente|en cours|refus|rejet|annul|[àa] venir/i;
/** Accents that a header of a French bank has, and no English one. */
const HAS_FRENCH = /débit|crédit|opération/i;
/** The currency that the header of the amounts names: `Amount (USD)`. */
const currencyIn = (header: string[]): string | null => /\(([A-Z]{3})\)/.exec(header.join(' '))?.[1] ?? null;
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
	const amountHeaders = read.header.filter((_, c) => columns[c] === 'amount' || columns[c] === 'credit');
	const amounts = seen('amount', 'debit', 'credit');
	const writing: Writing = {
		order: order ?? 'dmy',
		mark: decimalMarkOf(amounts) ?? markByGrouping(amounts),
		currency: currencyIn(amountHeaders) ?? 'EUR',
		isOfOthers,
		timeZone: when.timeZone
	};
	const lines: StatementLine[] = [];
	for (const row of rows) {
		const entry = lineOf(row, writing);
		if ('code' in entry) findings.push(entry);
		else lines.push(entry);
	}
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
	currency: string;
	isOfOthers: boolean;
	timeZone: string;
};
function lineOf({ line, cells }: Named, writing: Writing): StatementLine | Finding {
	const { order, mark, isOfOthers, timeZone } = writing;
	const currency = (cells.currency || writing.currency).toUpperCase();
	const decimals = decimalsOf(currency);
	if (cells.state && IS_NOT_BOOKED.test(cells.state)) return skipped(line, cells.state, 'une opération comptabilisée');
	const bookedOn = parseWrittenDate(cells.bookedOn ?? '', order, timeZone);
	const amount = amountOf(cells, mark, decimals);
	if (!bookedOn) return skipped(line, cells.bookedOn ?? '', 'JJ/MM/AAAA');
	for (const written of mark ? [] : [cells.amount, cells.debit, cells.credit]) {
		const readings = written && doubtfulReadings(written, decimals);
		if (readings) return skipped(line, written, readings.join(' / '));
	}
	if (amount === null)
		return skipped(line, [cells.amount, cells.debit, cells.credit].filter(Boolean).join(' '), '1234,56');
	return {
		bookedOn,
		valueOn: parseWrittenDate(cells.valueOn ?? '', order, timeZone),
		amountMinor: amount,
		currency,
		text: cells.text ?? '',
		endToEndId: null,
		creditorReference: null,
		bankReference: meaningful(cells.bankReference),
		counterparty: cells.counterparty || null,
		counterpartyIban: cells.counterpartyIban || (isOfOthers && cells.account) || null,
		returnReason: null,
		// A payer may write such words too: what the bank takes back leaves the account.
		isReturn: amount < 0n && /rejet|impay[eé]|retour pr[eé]l/i.test(cells.text ?? '')
	};
}
const skipped = (line: number, found: string, expected: string): Finding =>
	confirm('ENTRY_SKIPPED', `ligne ${line}`, found, expected);
/** A debit column holds amounts without a sign, or with one: either way the money left. */
function amountOf(cells: Named['cells'], mark: DecimalMark | null, decimals: number): Minor | null {
	if (cells.amount) {
		const amount = parseAmount(cells.amount, mark, decimals);
		return amount !== null && amount > 0n && IS_DEBIT.test(cells.direction?.trim() ?? '') ? minor(-amount) : amount;
	}
	const [debit, credit] = [cells.debit, cells.credit].map((written) =>
		written ? parseAmount(written, mark, decimals) : 0n
	);
	if (debit === null || credit === null || debit === undefined || credit === undefined || (!debit && !credit))
		return null;
	return minor(credit - (debit < 0n ? -debit : debit));
}
