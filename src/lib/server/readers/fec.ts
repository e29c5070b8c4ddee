// The French accounting entries file (FEC, article A47 A-1 of the Livre des procédures fiscales): tab or `|`, 18 columns in this order or named,
// AAAAMMJJ, decimal comma, no thousands mark. It has no due date: the supplier's own term applies, and is said.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { block, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { minor, parseDecimal, ZERO, type Minor } from '../../domain/money/minor.ts';
import { claimsOf, type AccountingLine } from './accounting-entries.ts';
import { ANY_DAY, type When } from './norm-values.ts';
import { decodeText } from './text.ts';

const HEADER = /^\ufeff?"?JournalCode"?[\t|]/i;
export const isFec = (head: string): boolean => HEADER.test(head.replace(/^\u00ef\u00bb\u00bf/, ''));
const LINES_MAX = 1_000_000;
const LOOKED_AT = 50;
const AMOUNTS = ['debit', 'credit', 'montant', 'sens'];

export function readFec(bytes: Uint8Array, { today }: When = ANY_DAY): ReadResult[] {
	const lines = decodeText(bytes, 'iso-8859-15')
		.replace(/^\ufeff/, '')
		.split(/\r\n|\n|\r/);
	const [header = ''] = lines;
	const mark = header.includes('\t') ? '\t' : '|';
	const names = cellsOf(header, mark).map((name) => name.toLowerCase());
	const missing = ['JournalCode', 'EcritureNum', 'EcritureDate', 'CompteNum'].filter(
		(name) => !names.includes(name.toLowerCase())
	);
	if (!(names.includes('debit') && names.includes('credit')) && !(names.includes('montant') && names.includes('sens')))
		missing.push('Debit, Credit');
	if (missing.length) return [refused(block('COLUMN_MISSING', 'ligne 1', header.slice(0, 200), missing.join(', ')))];
	if (lines.length > LINES_MAX) return [refused(block('TOO_MANY_ROWS', 'FEC', String(lines.length), `≤ ${LINES_MAX}`))];
	const faults: Finding[] = [];
	const [width, least] = [names.length, Math.max(...AMOUNTS.map((name) => names.indexOf(name))) + 1];
	// A mark behind every line is a habit; behind one alone, something in it has moved.
	const usual = Math.min(
		...lines
			.slice(1, LOOKED_AT)
			.filter(Boolean)
			.map((line) => cellsOf(line, mark).length)
	);
	const read = lines.flatMap((line, i) => {
		if (i === 0 || !line.trim()) return [];
		const cells = cellsOf(line, mark);
		if (cells.length < least || (cells.length > width && (cells.length > usual || cells.slice(width).some(Boolean)))) {
			const code = cells.length < least ? 'ROW_NARROWER' : 'ROW_WIDER';
			faults.push(block(code, `ligne ${i + 1}`, `${cells.length} cellules`, `${width} cellules`));
			return [];
		}
		const row = Object.fromEntries(names.map((name, c) => [name, cells[c] ?? '']));
		return readLine(row, i + 1, faults) ?? [];
	});
	return claimsOf(read, faults, 'fec', today);
}
const refused = (finding: Finding): ReadResult => ({ ok: false, findings: [finding] });
const cellsOf = (line: string, mark: string): string[] =>
	line.split(mark).map((cell) =>
		cell
			.replaceAll('\u00a0', ' ')
			.trim()
			.replace(/^"(.*)"$/, '$1')
	);

function readLine(row: Record<string, string>, line: number, faults: Finding[]): AccountingLine | null {
	const fault = (code: string, column: string, expected: string): null => {
		faults.push(block(code, `ligne ${line}, ${column}`, row[column.toLowerCase()] ?? '', expected));
		return null;
	};
	// The header was asked for these: where a cell is missing, it is empty.
	const { ecrituredate = '', comptenum = '', ecriturenum = '', journalcode = '' } = row;
	const bookedOn = dayOf(ecrituredate) ?? fault('DATE_IMPOSSIBLE', 'EcritureDate', 'AAAAMMJJ');
	const issuedOn = row.piecedate ? (dayOf(row.piecedate) ?? fault('DATE_IMPOSSIBLE', 'PieceDate', 'AAAAMMJJ')) : null;
	if (!/^\d{3}/.test(comptenum)) fault('ACCOUNT', 'CompteNum', '3 chiffres au début');
	const amounts = amountsOf(row, fault);
	if (!bookedOn || !amounts) return null;
	return {
		line,
		entry: ecriturenum,
		journal: journalcode,
		bookedOn,
		account: comptenum,
		clientAccount: row.compauxnum || comptenum,
		clientName: row.compauxlib || row.comptelib || '',
		piece: row.pieceref ?? '',
		issuedOn,
		dueOn: null,
		label: row.ecriturelib ?? '',
		...amounts,
		isLettered: Boolean(row.ecriturelet),
		currency: 'EUR',
		foreign: foreignOf(row)
	};
}

/** The columns Montantdevise and Idevise: what the invoice is in, where the books only have its value in euros. */
function foreignOf({ idevise = '', montantdevise = '' }: Record<string, string>): string {
	const currency = idevise.trim().toUpperCase();
	return currency && currency !== 'EUR' && currency !== '€' ? `${montantdevise} ${currency}`.trim() : '';
}
/** Debit and credit, or an amount and its direction: D, C, +1, -1. */
function amountsOf(
	row: Record<string, string>,
	fault: (code: string, column: string, expected: string) => null
): { debit: Minor; credit: Minor } | null {
	const { montant, sens = '', debit: debited = '', credit: credited = '' } = row;
	if (montant !== undefined) {
		const amount = amountOf(montant) ?? fault('AMOUNT_FORMAT', 'Montant', '1200,00');
		const isDebit = /^(D|\+?1)$/i.test(sens);
		if (!isDebit && !/^(C|-1)$/i.test(sens)) return fault('FIELD_INVALID', 'Sens', 'D, C');
		return amount === null ? null : isDebit ? { debit: amount, credit: ZERO } : { debit: ZERO, credit: amount };
	}
	const debit = amountOf(debited) ?? fault('AMOUNT_FORMAT', 'Debit', '1200,00');
	const credit = amountOf(credited) ?? fault('AMOUNT_FORMAT', 'Credit', '1200,00');
	if (debit && credit) return fault('FIELD_INVALID', 'Debit', 'Debit = 0,00, Credit = 0,00');
	return debit === null || credit === null ? null : { debit, credit };
}
/** `1200,00`, `500,00-`, `000000000003000,00`; an empty cell is nothing. */
function amountOf(written: string): Minor | null {
	if (written === '') return ZERO;
	const [, before = '', units, cents = '0', after = ''] =
		/^([+-]?)0*(\d+)(?:[.,](\d{1,2}))?([+-]?)$/.exec(written) ?? [];
	const value = before && after ? null : parseDecimal(`${units}.${cents}`);
	return value !== null && (before === '-' || after === '-') ? minor(-value) : value;
}
function dayOf(written: string): CivilDate | null {
	const match = /^(\d{4})(\d{2})(\d{2})$/.exec(written);
	return match && parseCivilDate(`${match[1]}-${match[2]}-${match[3]}`);
}
