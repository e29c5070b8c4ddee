// The journal as CSV, line by line as it is read.
import { toDecimal, type Minor } from '../../domain/money/minor.ts';
import type { Locale } from '../../domain/money/format.ts';
import { amountCell, cell, csvOf, dayCell, rowsOf } from './csv.ts';
import { entryText } from '../../i18n/journal.ts';
import type { EntryListing } from '../store/journal.ts';

const HEAD = [
	'Date',
	'Ecriture',
	'Libelle',
	'Compte',
	'Taux TVA',
	'Client',
	'Facture',
	'Debit',
	'Credit',
	'Devise',
	'Piece'
];
export async function* journalCsv(lines: AsyncIterable<EntryListing[]>, locale: Locale): AsyncGenerator<string> {
	yield csvOf([HEAD]);
	for await (const some of lines) yield rowsOf(some.map((line) => rowOf(line, locale)));
}
const rowOf = (line: EntryListing, locale: Locale): string[] => [
	dayCell(line.bookedOn),
	line.entryId,
	cell(entryText(line, locale)),
	line.account,
	line.rateBps === null ? '' : toDecimal(BigInt(line.rateBps) as Minor).replace('.', ','),
	cell(line.clientName ?? ''),
	cell(line.number ?? ''),
	amountCell(line.debitMinor),
	amountCell(line.creditMinor),
	line.currency,
	cell(line.piece ?? '')
];
