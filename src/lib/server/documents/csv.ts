// French CSV: semicolons, comma decimals, a byte-order mark so that spreadsheets read the accents. A cell that a spreadsheet would run is prefixed
// (https://owasp.org/www-community/attacks/CSV_Injection).
import { decimalsOf } from '../../domain/money/currency.ts';
import { toDecimal, type Minor } from '../../domain/money/minor.ts';

/**
 * Where a formula could begin: at the start, and behind whatever some spreadsheet takes for the next cell or row. An English one splits our rows at commas,
 * and then our quotes, which stand in the middle for it, protect nothing.
 */
const A_FORMULA = /(?<=^|[;,\t\n])(?=[\s\0"']*[=+\-@\uff0b\uff0d\uff1d\uff20])/g;
export const cell = (text: string): string => {
	// Some readers end rows at a lone CR, quoted or not.
	const safe = text.replace(/\r\n?/g, '\n').replace(A_FORMULA, "'");
	return /[";,\t\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
/** Nothing for nothing. */
export const amountCell = (value: Minor | null, currency = 'EUR'): string =>
	value === null || value === 0n ? '' : toDecimal(value, decimalsOf(currency)).replace('.', ',');
export const dayCell = (day: string | null): string => day?.split('-').reverse().join('/') ?? '';
/** Rows that follow others. */
export const rowsOf = (rows: string[][]): string => rows.map((row) => `${row.join(';')}\r\n`).join('');
/** The beginning of a file, with its first rows. */
export const csvOf = (rows: string[][]): string => `\ufeff${rowsOf(rows)}`;
