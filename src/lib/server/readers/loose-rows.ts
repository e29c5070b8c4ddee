// Rows of a list whose quotes are not doubled as they should be. A quote is read where it can only mean one thing; where it can't, its line is told and
// left out, and the others stand.

export type LooseRow = { cells: string[]; line: number } | { broken: string; line: number };
/** A cell may run over some lines, as addresses do; no further, or one quote would swallow a list. */
const LINES_MAX = 20;

/** The first row is the header, or as wide as one. Lines are counted from 1. */
export function* looseRows(text: string, delimiter: string): Generator<LooseRow> {
	let width = 0;
	const lines = text.split(/\r\n|\n|\r/);
	for (let i = 0; i < lines.length; i += 1) {
		const line = lines[i] ?? '';
		if (!line.trim()) continue;
		width ||= line.split(delimiter).length;
		const read = cellsOf(line, delimiter);
		if (read) {
			yield { cells: read.length < width ? (apart(line, delimiter, width) ?? read) : read, line: i + 1 };
			continue;
		}
		const over = runningOver(lines.slice(i, i + LINES_MAX), delimiter, width);
		if (!over) {
			yield { broken: line.slice(0, 120), line: i + 1 };
			continue;
		}
		yield { cells: over.cells, line: i + 1 };
		i += over.more;
	}
}
/** A quote that nobody doubled may seem to run on to the next cell. Where each mark ends a cell the row is as wide as the header: it means that. */
function apart(line: string, delimiter: string, width: number): string[] | null {
	const cells = line.split(delimiter).map((cell) => cell.trim());
	if (cells.length !== width) return null;
	return cells.map((cell) => (/^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"').trim() : cell));
}
/** Only what makes a whole row counts as a cell of several lines, and only where none of them is a row by itself. */
function runningOver(lines: string[], delimiter: string, width: number): { cells: string[]; more: number } | null {
	for (let more = 1; more < lines.length; more += 1) {
		const cells = cellsOf(lines.slice(0, more + 1).join('\n'), delimiter);
		if (cells) return cells.length === width && !swallowsRows(cells, delimiter, width) ? { cells, more } : null;
	}
	return null;
}
/** Of a row with cells over several lines: is one of its lines as wide as a row? Then a quote that was never closed has swallowed it. */
export function swallowsRows(cells: string[], delimiter: string, width: number): boolean {
	return cells.some((cell, c) => {
		const [, ...others] = cell.split('\n');
		return others.some((line, i) => {
			const behind = i === others.length - 1 ? cells.length - 1 - c : 0;
			const parts = line.split(delimiter);
			// A row has a day or an amount; a line of text has words alone.
			return (
				parts.length > 1 && parts.length + behind >= width && parts.some((part) => /^[^\p{L}]*\d[^\p{L}]*$/u.test(part))
			);
		});
	});
}

/**
 * A cell between quotes, which are doubled inside or stand where no cell ends; or a cell as it is, quotes and all. null: a quote is open, and nobody knows
 * how far.
 */
function cellsOf(line: string, delimiter: string): string[] | null {
	const cells: string[] = [];
	for (let at = 0; ;) {
		const next = line.indexOf(delimiter, at);
		let stop = next < 0 ? line.length : next;
		let cell = line.slice(at, stop).trim();
		if (cell.startsWith('"')) {
			const isOpen = (cell.match(/"/g)?.length ?? 0) % 2 === 1;
			const end = isOpen ? closingQuote(line, stop, delimiter) : stop;
			if (end === null) return null;
			cell = line.slice(at, end).trim();
			stop = end;
			if (cell.length > 1 && cell.endsWith('"')) cell = cell.slice(1, -1).replaceAll('""', '"').trim();
		}
		cells.push(cell);
		if (stop >= line.length) return cells;
		at = stop + 1;
	}
}
/** Where the cell ends: behind the next quote that has the end of a cell behind it. Two quotes stand for one. */
function closingQuote(line: string, from: number, delimiter: string): number | null {
	const quotes = /"+/g;
	quotes.lastIndex = from;
	for (let run = quotes.exec(line); run; run = quotes.exec(line)) {
		const rest = line.slice(quotes.lastIndex);
		const blanks = rest.length - rest.trimStart().length;
		const isEnd = blanks === rest.length || rest.startsWith(delimiter, blanks);
		if (run[0].length % 2 === 1 && isEnd) return quotes.lastIndex + blanks;
	}
	return null;
}
