// The journal as CSV, line by line as it is read.
import { toDecimal, type Minor } from '../../domain/money/minor.ts';
import type { Locale } from '../../domain/money/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { pointsText } from '../../i18n/points-rules.ts';
import type { Provision } from '../use-cases/points/read-provision.ts';
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
/** `provision`: two more lines behind the books, said to be a proposal. Other provisions for risks (1518) against what is set aside for them (6815). */
export async function* journalCsv(
	lines: AsyncIterable<EntryListing[]>,
	locale: Locale,
	provision: Provision | null = null
): AsyncGenerator<string> {
	yield csvOf([HEAD]);
	for await (const some of lines) yield rowsOf(some.map((line) => rowOf(line, locale)));
	if (provision) yield rowsOf([provisionRow(provision, locale, true), provisionRow(provision, locale, false)]);
}
function provisionRow({ on, points, amountMinor }: Provision, locale: Locale, isDebit: boolean): string[] {
	const text = m.journal_points_provision({ points: pointsText(points, locale) }, { locale });
	const amount = amountCell(amountMinor);
	const [debit, credit] = isDebit ? [amount, ''] : ['', amount];
	return [dayCell(on), '', cell(text), isDebit ? '6815' : '1518', '', '', '', debit, credit, 'EUR', ''];
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
