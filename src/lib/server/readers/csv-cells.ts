// The cells of a list of invoices: how its columns are written, and what each cell says; what is not understood is told by line and column.
import type { CivilDate } from '../../domain/calendar/civil-date.ts';
import { block, type Finding } from '../../domain/invoices/findings.ts';
import { decimalsOf } from '../../domain/money/currency.ts';
import type { Minor } from '../../domain/money/minor.ts';
import { columnName, isFrench, type Column, type Row } from './csv-columns.ts';
import type { When } from './norm-values.ts';
import type { Rows } from './rows.ts';
import {
	dateOrderOf,
	decimalMarkOf,
	doubtfulReadings,
	markByGrouping,
	parseAmount,
	parseWrittenDate,
	type DateOrder,
	type DecimalMark
} from './written-values.ts';

/** Where neither the row nor the header of the amounts says one, the euro. */
export const currencyOf = (row: Row): string =>
	(row.currency || 'EUR')
		.trim()
		.toUpperCase()
		.replace(/^(€|EUROS?)$/, 'EUR')
		.replace(/^£$/, 'GBP');
export const MONEY = ['net', 'vat', 'gross', 'paid', 'due', 'vatRate', 'lineNet', 'lineVat', 'lineGross'] as const;
export type MoneyColumn = (typeof MONEY)[number];
/** How a list writes: the decimal mark of each column, the order of its dates, the zone where an instant is a day. */
export type Writing = {
	marks: Record<MoneyColumn, DecimalMark>;
	order: DateOrder;
	isOrderKnown: boolean;
	when: When;
	/** That the headers of the amounts name. */
	currency: string | null;
};
/** A column says how it is written; where it has no decimals, the other columns of money do, written by the same hand. */
export function writingOf(
	{ header, rows }: Rows,
	columns: (Column | null)[],
	answer: { dateOrder: DateOrder | null } | null,
	{ when, currency }: Pick<Writing, 'when' | 'currency'>
): Writing {
	function* seen(...wanted: Column[]): Generator<string> {
		const places = wanted.map((column) => columns.indexOf(column)).filter((at) => at >= 0);
		if (places.length) for (const { cells } of rows) for (const at of places) if (cells[at]) yield cells[at];
	}
	const amounts = MONEY.filter((column) => column !== 'vatRate');
	const ofList = decimalMarkOf(seen(...amounts)) ?? markByGrouping(seen(...amounts));
	const marks = Object.fromEntries(
		MONEY.map((column) => [column, decimalMarkOf(seen(column)) ?? (column === 'vatRate' ? null : ofList)])
	) as Writing['marks'];
	const order = answer?.dateOrder ?? dateOrderOf(seen('issuedOn', 'dueOn')) ?? (isFrench(header) ? 'dmy' : null);
	return { marks, order: order ?? 'dmy', isOrderKnown: order !== null, when, currency };
}

/** Reads cells of one invoice and notes each that is not understood, by line and column. */
export class Cells {
	readonly findings: Finding[] = [];
	private readonly writing: Writing;
	constructor(writing: Writing) {
		this.writing = writing;
	}
	money(row: Row, column: MoneyColumn): Minor | null {
		const isRate = column === 'vatRate';
		const written = isRate ? row[column]?.replace('%', '') : row[column];
		const [mark, decimals] = [this.writing.marks[column], isRate ? 2 : decimalsOf(currencyOf(row))];
		if (written && !isRate && this.isOfOtherCurrency(row, written)) {
			const at = `ligne ${row.line}, ${columnName(column)}`;
			this.findings.push(
				block('CURRENCY_DIFFERS', at, `${written} ${this.writing.currency ?? ''}`.trim(), currencyOf(row))
			);
			return null;
		}
		const readings = written && !mark && !isRate ? doubtfulReadings(written, decimals) : null;
		if (readings) {
			const at = `ligne ${row.line}, ${columnName(column)}`;
			this.findings.push(block('AMOUNT_AMBIGUOUS', at, written ?? '', readings.join(' / ')));
			return null;
		}
		return this.read(row, column, written, (text) => parseAmount(text, mark, decimals), 'AMOUNT_FORMAT', '1 234,56');
	}
	/** A sign beside the amount, or a header above it, that names another currency than the row does. */
	private isOfOtherCurrency(row: Row, written: string): boolean {
		const currency = currencyOf(row);
		const { currency: ofHeader } = this.writing;
		return (currency !== 'EUR' && /€|EUR/i.test(written)) || (ofHeader !== null && ofHeader !== currency);
	}
	day(row: Row, column: 'issuedOn' | 'dueOn'): CivilDate | null {
		return this.read(
			row,
			column,
			row[column],
			(text) => parseWrittenDate(text, this.writing.order, this.writing.when.timeZone),
			'DATE_IMPOSSIBLE',
			'JJ/MM/AAAA'
		);
	}
	/** The same on every row of the invoice, or a finding. */
	shared<T>(rows: Row[], column: MoneyColumn, of: (row: Row) => T): T | null {
		const values = rows.map(of);
		if (new Set(values).size <= 1) return values[0] ?? null;
		const lines = rows.map((row) => row.line).join(', ');
		this.findings.push(
			block(
				'TOTALS_DIFFER',
				`lignes ${lines}, ${columnName(column)}`,
				rows.map((row) => row[column]).join(' ; '),
				'un seul total par facture'
			)
		);
		return null;
	}
	private read<T>(
		row: Row,
		column: Column,
		written: string | undefined,
		parse: (written: string) => T | null,
		code: string,
		expected: string
	): T | null {
		if (!written) return null;
		const value = parse(written);
		if (value === null) this.findings.push(block(code, `ligne ${row.line}, ${columnName(column)}`, written, expected));
		return value;
	}
}
