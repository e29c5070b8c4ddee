// What Ciel and Sage export for another program: XIMPORT (fixed width, code page 850) and RImport (tabs, Windows-1252). Layouts as read in the
// export code of Dolibarr and OpenFlyers and in Sage's help; producers differ in length, marks and blanks.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { block, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { decimalsOf } from '../../domain/money/currency.ts';
import { ZERO, type Minor } from '../../domain/money/minor.ts';
import { claimsOf, type AccountingLine } from './accounting-entries.ts';
import { ANY_DAY, type When } from './norm-values.ts';
import { decodeDos, decodeText } from './text.ts';
import { decimalMarkOf, doubtfulReadings, markByGrouping, parseAmount, type DecimalMark } from './written-values.ts';

const XIMPORT_LINE = /^[ \d]{5}.{2}\d{8}[ \d]{8}.{48}[ \d.,-]{13}[DC]/;
export const isXimport = (head: string): boolean => XIMPORT_LINE.test(head.split(/\r?\n/, 1)[0] ?? '');
export const isRimport = (head: string): boolean => /^\s*##(Transfert|Fichier|Section|DebFmt)/i.test(head);

export function readXimport(bytes: Uint8Array, { today }: When = ANY_DAY): ReadResult[] {
	const faults: Finding[] = [];
	const written = decodeDos(bytes)
		.split(/\r\n|\n|\r/)
		.flatMap((text, i): Written[] => {
			if (!text.trim() || text === '\u001a') return [];
			const at = (from: number, to: number): string => text.slice(from - 1, to).trim();
			if (!XIMPORT_LINE.test(text)) {
				faults.push(block('LINE_LAYOUT', `ligne ${i + 1}`, `${text.length} caractères`, 'XIMPORT, 138 caractères'));
				return [];
			}
			return [
				{
					line: i + 1,
					entry: at(1, 5),
					journal: at(6, 7),
					bookedOn: at(8, 15),
					dueOn: at(16, 23),
					piece: at(24, 35),
					account: at(36, 46),
					label: at(47, 71),
					amount: at(72, 84),
					side: at(85, 85),
					lettering: at(86, 97),
					name: at(104, 137)
				}
			];
		});
	const book = { mark: markOf(written), currency: 'EUR', dayOf: compactDay };
	return claimsOf(linesOf(written, book, faults), faults, 'ximport', today);
}

/** Movements stand between `##Section Mvt` and the next section; the currency of the books in `##Section Dos`, their decimal mark in `##DebFmt`. */
export function readRimport(bytes: Uint8Array, { today }: When = ANY_DAY): ReadResult[] {
	const faults: Finding[] = [];
	let section = '';
	let currency = '';
	let mark: DecimalMark = null;
	const written = decodeText(bytes)
		.split(/\r\n|\n|\r/)
		.flatMap((text, i): Written[] => {
			if (text.startsWith('##')) {
				section = /^##Section\s+(\w+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
				return [];
			}
			mark ??= (/^SepDec\s*=\s*"?([.,])"?\s*$/i.exec(text)?.[1] as DecimalMark | undefined) ?? null;
			const cells = text.split('\t').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
			if (section === 'dos') currency ||= cells.find((cell) => /^[A-Z]{3}$/.test(cell)) ?? '';
			if (section !== 'mvt' || !text.trim()) return [];
			const [entry = '', journal = '', date = '', account = '', name = '', amount = '', side = ''] = cells;
			const [label = '', piece = '', , dueOn = ''] = cells.slice(8);
			const rest = { label, piece, dueOn, lettering: '' };
			return [{ line: i + 1, entry, journal, bookedOn: date, account, name, amount, side, ...rest }];
		});
	const book = { mark: mark ?? markOf(written), currency: currency || 'EUR', dayOf: frenchDay };
	return claimsOf(linesOf(written, book, faults), faults, 'rimport', today);
}

type Written = Pick<AccountingLine, 'line' | 'entry' | 'journal' | 'piece' | 'account' | 'label'> & {
	bookedOn: string;
	dueOn: string;
	amount: string;
	side: string;
	lettering: string;
	name: string;
};
/** What all lines of a file share. */
type Book = { mark: DecimalMark; currency: string; dayOf: (written: string) => CivilDate | null };
/** As in a list: the whole column says how its amounts are written. */
function markOf(written: Written[]): DecimalMark {
	const amounts = written.map(({ amount }) => amount);
	return decimalMarkOf(amounts) ?? markByGrouping(amounts);
}
const linesOf = (written: Written[], book: Book, faults: Finding[]): AccountingLine[] =>
	written.flatMap((one) => accountingLine(one, book, faults) ?? []);

function accountingLine(written: Written, { mark, currency, dayOf }: Book, faults: Finding[]): AccountingLine | null {
	const { amount, side, lettering, name, ...rest } = written;
	const fault = (code: string, found: string, expected: string): null => {
		faults.push(block(code, `ligne ${rest.line}`, found, expected));
		return null;
	};
	const bookedOn = dayOf(written.bookedOn);
	if (!bookedOn) return fault('DATE_IMPOSSIBLE', written.bookedOn, 'un jour du calendrier');
	const dueOn = dayOf(written.dueOn);
	if (/[1-9]/.test(written.dueOn) && !dueOn) return fault('DATE_IMPOSSIBLE', written.dueOn, 'un jour du calendrier');
	const decimals = decimalsOf(currency);
	const readings = mark ? null : doubtfulReadings(amount, decimals);
	if (readings) return fault('AMOUNT_AMBIGUOUS', amount, readings.join(' / '));
	const value: Minor | null = parseAmount(amount, mark, decimals);
	if (value === null) return fault('AMOUNT_FORMAT', amount, '1234,56');
	if (!/^[DC]$/.test(side)) return fault('FIELD_INVALID', side, 'D, C');
	return {
		...rest,
		bookedOn,
		dueOn,
		clientAccount: rest.account,
		// A collective account is called "Clients": then only the label knows whose line it is.
		clientName: name && !/^clients?$/i.test(name) ? name : rest.label.replace(/^facture\s+\S+\s*/i, '') || name,
		issuedOn: bookedOn,
		debit: side === 'D' ? value : ZERO,
		credit: side === 'C' ? value : ZERO,
		isLettered: lettering !== '',
		currency,
		foreign: ''
	};
}
function compactDay(written: string): CivilDate | null {
	const match = /^(\d{4})(\d{2})(\d{2})$/.exec(written);
	return match && parseCivilDate(`${match[1]}-${match[2]}-${match[3]}`);
}
function frenchDay(written: string): CivilDate | null {
	const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(written);
	return match && parseCivilDate(`${match[3]}-${match[2]}-${match[1]}`);
}
