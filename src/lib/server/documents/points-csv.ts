// The history of a client's points as CSV, in the language of the page: what is pending stands apart from what the balance is made of.
import { m } from '#lib/paraglide/messages.js';
import type { HistoryLine } from '../../contract/point-views.ts';
import type { Locale } from '../../domain/money/format.ts';
import { cell, csvOf, dayCell, rowsOf } from './csv.ts';

export async function* pointsCsv(lines: AsyncIterable<HistoryLine[]>, locale: Locale): AsyncGenerator<string> {
	const say = { locale };
	yield csvOf([
		[
			m.points_csv_day({}, say),
			m.points_csv_what({}, say),
			m.points_csv_detail({}, say),
			m.points_csv_invoice({}, say),
			m.points_csv_points({}, say),
			m.points_csv_pending({}, say)
		]
	]);
	for await (const some of lines) yield rowsOf(some.map(rowOf));
}
const rowOf = (line: HistoryLine): string[] => [
	dayCell(line.happenedOn),
	cell(line.title),
	cell(line.note),
	cell(line.number ?? ''),
	String(line.points),
	line.pendingPoints ? String(line.pendingPoints) : ''
];
