// French CSV: semicolons, comma decimals, a byte-order mark so that spreadsheets read the accents. A cell that a spreadsheet would run is prefixed
// (https://owasp.org/www-community/attacks/CSV_Injection).
import { toDecimal, type Minor } from '../../domain/money/minor.ts';

export const cell = (text: string): string => {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[";\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
/** Nothing for nothing. */
export const amountCell = (value: Minor | null): string =>
	value === null || value === 0n ? '' : toDecimal(value).replace('.', ',');
export const dayCell = (day: string | null): string => day?.split('-').reverse().join('/') ?? '';
export const csvOf = (rows: string[][]): string => `\ufeff${rows.map((row) => row.join(';')).join('\r\n')}\r\n`;
