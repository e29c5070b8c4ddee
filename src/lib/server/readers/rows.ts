// Any delimited text to rows: the delimiter is that of the header line, which may not be the first.
import { parse } from 'csv-parse/sync';
import { block, type Finding } from '../../domain/invoices/findings.ts';
import { asUtf8 } from './text.ts';

const ROWS_MAX = 100_000;
const HEADER_WITHIN = 20;
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
	get cells(): string[] {
		return this.text.split(UNIT);
	}
}
export type Rows = { header: string[]; rows: RawRow[] };

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

/** `isHeader`: tells the header among the first lines; without it the first line is the header. Lines are counted from 1. */
export function parseRows(
	bytes: Uint8Array,
	isHeader: (cells: string[]) => boolean = () => true
): Rows | { finding: Finding } {
	const content = asUtf8(bytes);
	const head = content.toString('utf8', 0, HEADER_WITHIN_BYTES);
	const above = head.split(/\r\n|\n|\r/, HEADER_WITHIN);
	const unquoted = (line: string, mark: string): string[] =>
		line.split(mark).map((cell) => cell.replace(/^"|"$/g, '').trim());
	const marks = [';', '\t', ',', '|'];
	const index = Math.max(
		0,
		above.findIndex((line) => marks.some((mark) => isHeader(unquoted(line, mark))))
	);
	const headerLine = above[index] ?? '';
	const delimiter = marks.reduce((best, mark) =>
		headerLine.split(mark).length > headerLine.split(best).length ? mark : best
	);
	try {
		const rows: Rows['rows'] = [];
		// What stands above the header is no list: nothing in it may stop the reading.
		const ends = [0, ...head.matchAll(/\r\n|\n|\r/g).map((end) => end.index + end[0].length)];
		parse(content.subarray(Buffer.byteLength(head.slice(0, ends[index]))), {
			delimiter,
			trim: true,
			skip_empty_lines: true,
			relax_column_count: true,
			max_record_size: 100_000,
			to: ROWS_MAX + 2,
			// Nothing else of what the parser knows about a record is kept: lists are long.
			on_record: (cells: string[], { lines }) => {
				rows.push(new RawRow(cells, index + lines));
				return null;
			}
		});
		const header = rows.shift();
		if (!header || !rows.length) return { finding: block('EMPTY', 'CSV', '0 ligne', 'au moins une ligne') };
		if (rows.length > ROWS_MAX) return { finding: block('TOO_MANY_ROWS', 'CSV', String(rows.length), `≤ ${ROWS_MAX}`) };
		return { header: header.cells, rows };
	} catch (error) {
		const lines = (error as { lines?: number }).lines;
		const line = lines === undefined ? '?' : index + lines;
		return { finding: block('CSV_BROKEN', `ligne ${line}`, (error as Error).message, 'un CSV lisible') };
	}
}
