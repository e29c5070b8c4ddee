// Any delimited text to rows: the delimiter is that of the header line, which may not be the first.
import { parse } from 'csv-parse/sync';
import { block, type Finding } from '../../domain/invoices/findings.ts';
import { looseRows, swallowsRows } from './loose-rows.ts';
import { asUtf8 } from './text.ts';

const ROWS_MAX = 100_000;
const COLUMNS_MAX = 1000;
const HEADER_WITHIN = 20;
/** No header is longer: what stands above a list may be as long as it likes. */
const HEADER_LENGTH = 20_000;
const HEADER_WITHIN_BYTES = 1_000_000;
/** Between the cells of a row; no tool writes it into one. */
const UNIT = '\u001f';
/** One text a row rather than one a cell: of a hundred thousand rows that is a third of the memory. */
export class RawRow {
	private readonly text: string;
	readonly line: number;
	constructor(cells: string[], line: number) {
		this.text = cells.some((cell) => cell.includes(UNIT))
			? cells.map((cell) => cell.replaceAll(UNIT, ' ')).join(UNIT)
			: cells.join(UNIT);
		this.line = line;
	}
	get width(): number {
		let width = 1;
		for (let at = this.text.indexOf(UNIT); at >= 0; at = this.text.indexOf(UNIT, at + 1)) width += 1;
		return width;
	}
	get cells(): string[] {
		return this.text.split(UNIT);
	}
}
/** `broken`: lines that could not be read, left out of the rows. */
export type Rows = { header: string[]; headerLine: number; rows: RawRow[]; broken: Finding[] };

/**
 * A header without accents, case and punctuation. What stands in brackets says how a column is written, not what it is: `Montant HT (€)`, `Date (UTC)`.
 */
export function plainHeader(header: string): string {
	const bare = (text: string): string =>
		text
			.replace('#', 'number')
			.normalize('NFD')
			.toLowerCase()
			.replace(/[^a-z0-9]/g, '');
	return bare(header.replace(/\([^()]*\)/g, '')) || bare(header);
}

/** Names of columns, as plain headers. */
export const words = ([text = '']: TemplateStringsArray): string[] => text.trim().split(/\s+/);

/** What tells the lines of a list apart; without it the first line is the header. */
export type RowKinds = {
	isHeader: (cells: string[]) => boolean;
	isData?: (cells: string[]) => boolean;
	/** Where no header is known, it is the first line of several cells: a title has one, `sep=;` two. */
	isTitled?: boolean;
};
const MARKS = [';', '\t', ',', '|'];
const unquoted = (line: string, mark: string): string[] =>
	line
		.slice(0, HEADER_LENGTH)
		.split(mark)
		.map((cell) => cell.replace(/^"|"$/g, '').trim());

/** The first of the lines that is a header, or the one before the first row; `hasHeader`: false where the rows begin at once. */
function beginningOf(lines: string[], { isHeader, isData, isTitled }: RowKinds): { index: number; hasHeader: boolean } {
	const first = (isOne: (cells: string[]) => boolean): number =>
		lines.findIndex((line) => MARKS.some((mark) => isOne(unquoted(line, mark))));
	const header = first(isHeader);
	const data = header < 0 && isData ? first(isData) : -1;
	const wide = header < 0 && isTitled ? first((cells) => cells.filter(Boolean).length > 2) : -1;
	if (data < 0) return { index: Math.max(0, header, wide), hasHeader: true };
	const [above, row = ''] = [lines[data - 1], lines[data]];
	const mark = delimiterOf(row);
	const isUnder = above?.split(mark).length === row.split(mark).length;
	return isUnder ? { index: data - 1, hasHeader: true } : { index: data, hasHeader: false };
}
const delimiterOf = (line: string): string =>
	MARKS.reduce((best, mark) => (line.split(mark).length > line.split(best).length ? mark : best));

/** `header` is empty when the list has none. Lines are counted from 1. */
export function parseRows(bytes: Uint8Array, kinds: RowKinds = { isHeader: () => true }): Rows | { finding: Finding } {
	const content = asUtf8(bytes);
	const head = content.toString('utf8', 0, HEADER_WITHIN_BYTES);
	const above = head.split(/\r\n|\n|\r/, HEADER_WITHIN);
	const { index, hasHeader } = beginningOf(above, kinds);
	const delimiter = delimiterOf(above[index] ?? '');
	// What stands above the header is no list: nothing in it may stop the reading.
	const ends = [0, ...head.matchAll(/\r\n|\n|\r/g).map((end) => end.index + end[0].length)];
	const list = content.subarray(Buffer.byteLength(head.slice(0, ends[index])));
	const { rows, broken } = wellFormed(list, delimiter, index) ?? loose(list, delimiter, index);
	const header = hasHeader ? rows.shift() : null;
	if (header && header.width > COLUMNS_MAX)
		return { finding: block('TOO_LARGE', `ligne ${header.line}`, String(header.width), `≤ ${COLUMNS_MAX}`) };
	if (!rows.length) return { finding: broken[0] ?? block('EMPTY', 'CSV', '0 ligne', 'au moins une ligne') };
	if (rows.length > ROWS_MAX) return { finding: block('TOO_MANY_ROWS', 'CSV', String(rows.length), `≤ ${ROWS_MAX}`) };
	const names = header?.cells ?? [];
	// Marks behind the last cell of every row are a habit; behind one row alone, something in it has moved.
	const usual = rows.reduce((least, row) => Math.min(least, row.width), Infinity);
	const isWider = (row: RawRow): boolean =>
		row.width > names.length && (row.width > usual || row.cells.slice(names.length).some(Boolean));
	const wider = new Set(header ? rows.filter(isWider) : []);
	return {
		header: names,
		headerLine: header?.line ?? index + 1,
		rows: wider.size ? rows.filter((row) => !wider.has(row)) : rows,
		broken: [...broken, ...[...wider].map((row) => tooWide(row, names.length))]
	};
}
/** A mark inside a cell that has no quotes moves all that follows: `1,200.00` is then 1. */
const tooWide = ({ cells, line }: RawRow, width: number): Finding =>
	block('ROW_WIDER', `ligne ${line}`, cells.join(' | ').slice(0, 120), `${width} cellules`);
type Read = Pick<Rows, 'rows' | 'broken'>;
const isFilled = (cells: string[]): boolean => cells.some((cell) => cell !== '');

/** As RFC 4180 has it; null when a quote stands where it may not, or a cell that was never closed has swallowed rows. */
function wellFormed(list: Buffer, delimiter: string, above: number): Read | null {
	const rows: RawRow[] = [];
	let [width, last] = [0, 0];
	try {
		parse(list, {
			delimiter,
			trim: true,
			skip_empty_lines: true,
			relax_column_count: true,
			max_record_size: 100_000,
			to: ROWS_MAX + 2,
			// Nothing else of what the parser knows about a record is kept: lists are long.
			on_record: (cells: string[], { lines, empty_lines: empty }) => {
				width ||= cells.length;
				// Lines since the row before: more than one is a cell of several lines.
				if (lines - empty - last > 1 && (cells.length !== width || swallowsRows(cells, delimiter, width)))
					throw new Error('several rows in one');
				last = lines - empty;
				if (isFilled(cells)) rows.push(new RawRow(cells, above + lines));
				return null;
			}
		});
	} catch {
		return null;
	}
	return { rows, broken: [] };
}
function loose(list: Buffer, delimiter: string, above: number): Read {
	const read: Read = { rows: [], broken: [] };
	for (const row of looseRows(list.toString('utf8'), delimiter)) {
		const line = above + row.line;
		if ('broken' in row) read.broken.push(block('CSV_BROKEN', `ligne ${line}`, row.broken, 'des guillemets par deux'));
		else if (isFilled(row.cells)) read.rows.push(new RawRow(row.cells, line));
		if (read.rows.length > ROWS_MAX + 1) break;
	}
	return read;
}
