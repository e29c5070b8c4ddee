// The journal as a French CSV: semicolons, comma decimals, a byte-order mark so that spreadsheets read the accents. A cell that a spreadsheet would
// run is prefixed (https://owasp.org/www-community/attacks/CSV_Injection).
import { toDecimal, type Minor } from '../../domain/money/minor.ts';
import type { Locale } from '../../domain/money/format.ts';
import { entryText } from '../../i18n/journal.ts';
import type { EntryListing } from '../store/journal.ts';

const HEAD = ['Date', 'Ecriture', 'Libelle', 'Compte', 'Taux TVA', 'Client', 'Facture', 'Debit', 'Credit'];
const cell = (text: string): string => {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[";\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const amount = (value: Minor): string => (value === 0n ? '' : toDecimal(value).replace('.', ','));

export function journalCsv(lines: EntryListing[], locale: Locale): string {
	const rows = lines.map((line) => [
		line.bookedOn.split('-').reverse().join('/'),
		line.entryId,
		cell(entryText(line.kind, locale)),
		line.account,
		line.rateBps === null ? '' : toDecimal(BigInt(line.rateBps) as Minor).replace('.', ','),
		cell(line.clientName ?? ''),
		cell(line.number ?? ''),
		amount(line.debitMinor),
		amount(line.creditMinor)
	]);
	return `\ufeff${[HEAD, ...rows].map((row) => row.join(';')).join('\r\n')}\r\n`;
}
