// The report of an import as CSV, line by line as it is read: who, when, which files (with their SHA-256), how many, and what became of each invoice.
import type { Locale } from '../../domain/money/format.ts';
import { findingText } from '../../i18n/findings.ts';
import { outcomeText, stateText } from '../../i18n/imports.ts';
import type { ImportPage, LineView } from '../../contract/import-views.ts';
import { amountCell, cell, csvOf, dayCell, rowsOf } from './csv.ts';

const HEAD = [
	'Fichier',
	'SHA-256',
	'Resultat',
	'Numero',
	'Client',
	'Date',
	'Echeance',
	'Devise',
	'Montant TTC',
	'Montant du',
	'Facture',
	'Constats'
];
const instant = (at: Date | null): string => at?.toISOString() ?? '';

export async function* importReportCsv(
	view: ImportPage,
	lines: AsyncIterable<LineView[]>,
	locale: Locale
): AsyncGenerator<string> {
	yield csvOf([
		['Import', view.importId],
		['Etat', stateText(view.state, locale)],
		['Depose', instant(view.openedAt), cell(view.openedBy)],
		['Confirme', instant(view.confirmedAt), cell(view.confirmedBy ?? '')],
		['Termine', instant(view.finishedAt)],
		['Annule', instant(view.undoneAt), cell(view.undoneBy ?? '')],
		['Factures creees', String(view.keptCount)],
		...Object.entries(view.counts).map(([outcome, count]) => [
			outcomeText(outcome as LineView['outcome'], locale),
			String(count)
		]),
		...view.files.map((file) => ['Fichier', cell(file.fileName), file.sha256, String(file.byteSize)]),
		[],
		HEAD
	]);
	const hashes = new Map(view.files.map((file) => [file.position, file.sha256]));
	for await (const some of lines)
		yield rowsOf(some.map((line) => rowOf(line, hashes.get(line.filePosition) ?? '', locale)));
}

const rowOf = (line: LineView, sha256: string, locale: Locale): string[] => [
	cell(line.fileName),
	sha256,
	outcomeText(line.outcome, locale),
	cell(line.number),
	cell(line.clientName),
	dayCell(line.issuedOn || null),
	dayCell(line.dueOn || null),
	cell(line.currency),
	amountCell(line.grossMinor, line.currency),
	amountCell(line.debtMinor, line.currency),
	line.outcome === 'new' ? (line.invoiceId ?? '') : '',
	cell(line.findings.map((finding) => findingText(finding, locale)).join(' | '))
];
