// The French accounting entries file (FEC, article A47 A-1 of the Livre des procédures fiscales): tab or `|`, 18 columns in this order or named,
// AAAAMMJJ, decimal comma, no thousands mark. It has no due date: the supplier's own term applies, and is said.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { block, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { minor, parseDecimal, ZERO, type Minor } from '../../domain/money/minor.ts';
import { claimsOf, type AccountingLine } from './accounting-entries.ts';
import { decodeText } from './text.ts';

const HEADER = /^\ufeff?"?JournalCode"?[\t|]/i;
export const isFec = (head: string): boolean => HEADER.test(head.replace(/^\u00ef\u00bb\u00bf/, ''));
const LINES_MAX = 1_000_000;

export function readFec(bytes: Uint8Array): ReadResult[] {
	const lines = decodeText(bytes, 'iso-8859-15')
		.replace(/^\ufeff/, '')
		.split(/\r\n|\n|\r/);
	const mark = lines[0]!.includes('\t') ? '\t' : '|';
	const names = cellsOf(lines[0]!, mark).map((name) => name.toLowerCase());
	const missing = ['JournalCode', 'EcritureNum', 'EcritureDate', 'CompteNum'].filter(
		(name) => !names.includes(name.toLowerCase())
	);
	if (!(names.includes('debit') && names.includes('credit')) && !(names.includes('montant') && names.includes('sens')))
		missing.push('Debit, Credit');
	if (missing.length) return [refused(block('COLUMN_MISSING', 'ligne 1', lines[0]!.slice(0, 200), missing.join(', ')))];
	if (lines.length > LINES_MAX) return [refused(block('TOO_MANY_ROWS', 'FEC', String(lines.length), `≤ ${LINES_MAX}`))];
	const faults: Finding[] = [];
	const read = lines.flatMap((line, i) => {
		if (i === 0 || !line.trim()) return [];
		const cells = cellsOf(line, mark);
		const row = Object.fromEntries(names.map((name, c) => [name, cells[c] ?? '']));
		return readLine(row, i + 1, faults) ?? [];
	});
	return claimsOf(read, faults, 'fec');
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
	const bookedOn = dayOf(row.ecrituredate!) ?? fault('DATE_IMPOSSIBLE', 'EcritureDate', 'AAAAMMJJ');
	const issuedOn = row.piecedate ? (dayOf(row.piecedate) ?? fault('DATE_IMPOSSIBLE', 'PieceDate', 'AAAAMMJJ')) : null;
	if (!/^\d{3}/.test(row.comptenum!)) fault('ACCOUNT', 'CompteNum', '3 chiffres au début');
	const amounts = amountsOf(row, fault);
	if (!bookedOn || !amounts) return null;
	return {
		line,
		entry: row.ecriturenum!,
		journal: row.journalcode!,
		bookedOn,
		account: row.comptenum!,
		clientAccount: row.compauxnum || row.comptenum!,
		clientName: row.compauxlib || row.comptelib!,
		piece: row.pieceref ?? '',
		issuedOn,
		dueOn: null,
		label: row.ecriturelib ?? '',
		...amounts,
		isLettered: Boolean(row.ecriturelet),
		currency: 'EUR'
	};
}

/** Debit and credit, or an amount and its direction: D, C, +1, -1. */
function amountsOf(
	row: Record<string, string>,
	fault: (code: string, column: string, expected: string) => null
): { debit: Minor; credit: Minor } | null {
	if ('montant' in row) {
		const amount = amountOf(row.montant!) ?? fault('AMOUNT_FORMAT', 'Montant', '1200,00');
		const isDebit = /^(D|\+?1)$/i.test(row.sens!);
		if (!isDebit && !/^(C|-1)$/i.test(row.sens!)) return fault('FIELD_INVALID', 'Sens', 'D, C');
		return amount === null ? null : isDebit ? { debit: amount, credit: ZERO } : { debit: ZERO, credit: amount };
	}
	const debit = amountOf(row.debit!) ?? fault('AMOUNT_FORMAT', 'Debit', '1200,00');
	const credit = amountOf(row.credit!) ?? fault('AMOUNT_FORMAT', 'Credit', '1200,00');
	return debit === null || credit === null ? null : { debit, credit };
}
/** `1200,00`, `500,00-`, `000000000003000,00`; an empty cell is nothing. */
function amountOf(written: string): Minor | null {
	if (written === '') return ZERO;
	const match = /^([+-]?)0*(\d+)(?:[.,](\d{1,2}))?([+-]?)$/.exec(written);
	const value = match && parseDecimal(`${match[2]}.${match[3] ?? '0'}`);
	return value === null || value === undefined ? null : match![1] === '-' || match![4] === '-' ? minor(-value) : value;
}
function dayOf(written: string): CivilDate | null {
	const match = /^(\d{4})(\d{2})(\d{2})$/.exec(written);
	return match && parseCivilDate(`${match[1]}-${match[2]}-${match[3]}`);
}
