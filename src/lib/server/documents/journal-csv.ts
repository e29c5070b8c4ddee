// The journal as CSV, line by line as it is read.
import { formatDay } from '../../domain/calendar/format.ts';
import { minor, toDecimal, type Minor } from '../../domain/money/minor.ts';
import { formatMoney, type Locale } from '../../domain/money/format.ts';
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
/**
 * `provision`: two more lines behind the books, said to be a proposal. Other provisions for risks (1518) against what is set aside for them (6815), or taken
 * back (7815). Their number and piece are those of their month, which proposes once.
 */
export async function* journalCsv(
	lines: AsyncIterable<EntryListing[]>,
	locale: Locale,
	provision: Provision | null = null
): AsyncGenerator<string> {
	yield csvOf([HEAD]);
	for await (const some of lines) yield rowsOf(some.map((line) => rowOf(line, locale)));
	if (provision) yield rowsOf([provisionRow(provision, locale, true), provisionRow(provision, locale, false)]);
}
function provisionRow({ month, before, now, changeMinor }: Provision, locale: Locale, isDebit: boolean): string[] {
	const isMore = changeMinor > 0n;
	const words = {
		amount: formatMoney(now.netMinor, 'EUR', locale),
		date: formatDay(now.on, locale),
		points: pointsText(now.points, locale),
		amountBefore: formatMoney(before.netMinor, 'EUR', locale),
		dateBefore: formatDay(before.on, locale)
	};
	const text = (isMore ? m.journal_points_set_aside : m.journal_points_taken_back)(words, { locale });
	const amount = amountCell(minor(isMore ? changeMinor : -changeMinor));
	const [debited, credited] = isMore ? ['6815', '1518'] : ['1518', '7815'];
	const [account, sides] = isDebit ? [debited, [amount, '']] : [credited, ['', amount]];
	const name = `PROVISION-POINTS-${month}`;
	return [dayCell(now.on), name, cell(text), account, '', '', '', ...sides, 'EUR', name];
}
const rowOf = (line: EntryListing, locale: Locale): string[] => [
	dayCell(line.bookedOn),
	line.entryId,
	cell(entryText(line, locale)),
	line.account,
	line.rateBps === null ? '' : toDecimal(BigInt(line.rateBps) as Minor).replace('.', ','),
	cell(line.clientName ?? ''),
	cell(line.number ?? ''),
	amountCell(line.debitMinor, line.currency),
	amountCell(line.creditMinor, line.currency),
	line.currency,
	cell(line.piece ?? '')
];
