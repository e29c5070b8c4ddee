// What Ciel and Sage export for another program: XIMPORT (fixed width, code page 850) and RImport (tabs, Windows-1252). Layouts as read in the
// export code of Dolibarr and OpenFlyers and in Sage's help; producers differ in length, marks and blanks.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { block, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { ZERO, type Minor } from '../../domain/money/minor.ts';
import { claimsOf, type AccountingLine } from './accounting-entries.ts';
import { decodeDos, decodeText } from './text.ts';
import { parseAmount } from './written-values.ts';

const XIMPORT_LINE = /^[ \d]{5}.{2}\d{8}[ \d]{8}.{48}[ \d.,-]{13}[DC]/;
export const isXimport = (head: string): boolean => XIMPORT_LINE.test(head.split(/\r?\n/, 1)[0] ?? '');
export const isRimport = (head: string): boolean => /^\s*##(Transfert|Fichier|Section|DebFmt)/i.test(head);

export function readXimport(bytes: Uint8Array): ReadResult[] {
	const faults: Finding[] = [];
	const lines = decodeDos(bytes)
		.split(/\r\n|\n|\r/)
		.flatMap((text, i) => {
			if (!text.trim() || text === '\u001a') return [];
			const at = (from: number, to: number): string => text.slice(from - 1, to).trim();
			if (!XIMPORT_LINE.test(text)) {
				faults.push(block('LINE_LAYOUT', `ligne ${i + 1}`, `${text.length} caractères`, 'XIMPORT, 138 caractères'));
				return [];
			}
			return (
				accountingLine(
					{
						line: i + 1,
						entry: at(1, 5),
						journal: at(6, 7),
						bookedOn: dayOf(at(8, 15)),
						dueOn: dayOf(at(16, 23)),
						piece: at(24, 35),
						account: at(36, 46),
						label: at(47, 71),
						amount: at(72, 84),
						side: at(85, 85),
						lettering: at(86, 97),
						name: at(104, 137)
					},
					faults
				) ?? []
			);
		});
	return claimsOf(lines, faults, 'ximport');
}

/** Movements stand between `##Section Mvt` and the next section. */
export function readRimport(bytes: Uint8Array): ReadResult[] {
	const faults: Finding[] = [];
	let section = '';
	const lines = decodeText(bytes)
		.split(/\r\n|\n|\r/)
		.flatMap((text, i) => {
			if (text.startsWith('##')) {
				section = /^##Section\s+(\w+)/i.exec(text)?.[1]?.toLowerCase() ?? '';
				return [];
			}
			if (section !== 'mvt' || !text.trim()) return [];
			const cells = text.split('\t').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
			const [entry = '', journal = '', date = '', account = '', name = '', amount = '', side = ''] = cells;
			return (
				accountingLine(
					{
						line: i + 1,
						entry,
						journal,
						bookedOn: frenchDay(date),
						dueOn: frenchDay(cells[11] ?? ''),
						piece: cells[9] ?? '',
						account,
						label: cells[8] ?? '',
						amount,
						side,
						lettering: '',
						name
					},
					faults
				) ?? []
			);
		});
	return claimsOf(lines, faults, 'rimport');
}

type Written = Pick<AccountingLine, 'line' | 'entry' | 'journal' | 'piece' | 'account' | 'label' | 'dueOn'> & {
	bookedOn: CivilDate | null;
	amount: string;
	side: string;
	lettering: string;
	name: string;
};
function accountingLine(written: Written, faults: Finding[]): AccountingLine | null {
	const { amount, side, lettering, name, bookedOn, ...rest } = written;
	const value: Minor | null = parseAmount(amount);
	const fault = (code: string, found: string, expected: string): null => {
		faults.push(block(code, `ligne ${rest.line}`, found, expected));
		return null;
	};
	if (!bookedOn) return fault('DATE_IMPOSSIBLE', '', 'un jour du calendrier');
	if (value === null) return fault('AMOUNT_FORMAT', amount, '1234,56');
	if (!/^[DC]$/.test(side)) return fault('FIELD_INVALID', side, 'D, C');
	return {
		...rest,
		bookedOn,
		clientAccount: rest.account,
		// A collective account is called "Clients": then only the label knows whose line it is.
		clientName: name && !/^clients?$/i.test(name) ? name : rest.label.replace(/^facture\s+\S+\s*/i, '') || name,
		issuedOn: bookedOn,
		debit: side === 'D' ? value : ZERO,
		credit: side === 'C' ? value : ZERO,
		isLettered: lettering !== '',
		currency: 'EUR'
	};
}
function dayOf(written: string): CivilDate | null {
	const match = /^(\d{4})(\d{2})(\d{2})$/.exec(written);
	return match && parseCivilDate(`${match[1]}-${match[2]}-${match[3]}`);
}
function frenchDay(written: string): CivilDate | null {
	const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(written);
	return match && parseCivilDate(`${match[3]}-${match[2]}-${match[1]}`);
}
