// The journal as CSV.
import { toDecimal, type Minor } from '../../domain/money/minor.ts';
import type { Locale } from '../../domain/money/format.ts';
import { amountCell, cell, csvOf, dayCell } from './csv.ts';
import { entryText } from '../../i18n/journal.ts';
import type { EntryListing } from '../store/journal.ts';

const HEAD = ['Date', 'Ecriture', 'Libelle', 'Compte', 'Taux TVA', 'Client', 'Facture', 'Debit', 'Credit', 'Devise'];
export function journalCsv(lines: EntryListing[], locale: Locale): string {
	const rows = lines.map((line) => [
		dayCell(line.bookedOn),
		line.entryId,
		cell(entryText(line.kind, locale)),
		line.account,
		line.rateBps === null ? '' : toDecimal(BigInt(line.rateBps) as Minor).replace('.', ','),
		cell(line.clientName ?? ''),
		cell(line.number ?? ''),
		amountCell(line.debitMinor),
		amountCell(line.creditMinor),
		line.currency
	]);
	return csvOf([HEAD, ...rows]);
}
