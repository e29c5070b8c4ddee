// What the rows of a list say against themselves, by line and column: numbers that a spreadsheet lost, words about payment, figures that contradict.
import type { InvoiceDocument, VatLine } from '../../domain/invoices/document.ts';
import { amountTold, block, confirm, warn, type Finding } from '../../domain/invoices/findings.ts';
import { isValidSiren } from '../../domain/invoices/identifiers.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { currencyOf, type Writing } from './csv-cells.ts';
import { columnName, type Column, type Row } from './csv-columns.ts';
import { saysUnpaid, statusOf } from './status-words.ts';
import { kindOf } from './type-words.ts';

/** `paid`: null where the list says nothing of it, or nothing of what is left. */
export type Amounts = {
	gross: Minor;
	net: Minor | null;
	vat: Minor | null;
	paid: Minor | null;
	due: Minor;
	isLeftSaid: boolean;
	vatLines: VatLine[];
};
/** `2,02611E+11`: what a spreadsheet leaves of a long number. */
export const LOST = /^\d(?:[.,]\d+E\+?|E\+)\d+$/i;
/** Where a rule of EN 16931 speaks of a field, a list has a column. */
const COLUMN_OF: Record<string, Column> = {
	'BT-1': 'number',
	'BT-2': 'issuedOn',
	'BT-5': 'currency',
	'BT-9': 'dueOn',
	'BT-44': 'client',
	'BT-48': 'vatNumber',
	'BT-84': 'payeeAccount',
	'BT-110': 'vat',
	'BT-112': 'gross',
	'BT-115': 'due'
};
export const fieldName = (field: string): string => {
	const column = COLUMN_OF[field];
	return column ? columnName(column) : field;
};

/** What a list says of money in two places must be the same: paid and left make the total, what is paid has nothing left. Where its status alone speaks, it is known. */
export function checkFigures(row: Row, { gross, paid, due, isLeftSaid }: Amounts): Finding[] {
	const [status, field] = [statusOf(row.status ?? ''), `ligne ${row.line}, ${columnName('status')}`];
	if (status === 'paid' && isLeftSaid && due !== 0n)
		return [confirm('STATUS_PAID', field, row.status ?? '', amountTold(due, currencyOf(row)))];
	// Unpaid with nothing left, or paid in part with all or nothing of it left: one of the two is wrong.
	const isDivided = status === 'partial' && (due === 0n || due === gross);
	if (isLeftSaid && gross !== 0n && (isDivided || (due === 0n && saysUnpaid(row.status ?? ''))))
		return [confirm('STATUS_LEFT', field, row.status ?? '', amountTold(due, currencyOf(row)))];
	if ((status === 'unknown' || status === 'partial') && !isLeftSaid && !/avoir|credit/i.test(row.status ?? ''))
		return [confirm('STATUS_UNKNOWN', field, row.status ?? '', 'payée, à payer, ou une colonne « Reste à payer »')];
	if (paid === null || minor(gross - paid) === due) return [];
	return [
		confirm('AMOUNT_DUE', 'BT-115', amountTold(due, currencyOf(row)), amountTold(minor(gross - paid), currencyOf(row)))
	];
}

/** What the rows of one invoice must all say alike, where they say it. */
const ALIKE = ['issuedOn', 'dueOn', 'currency', 'type', 'siren', 'vatNumber', 'payeeAccount'] as const;
export function checkRows(rows: Row[]): Finding[] {
	if (rows.length < 2) return [];
	const lines = rows.map((row) => row.line).join(', ');
	return ALIKE.flatMap((column) => {
		const said = [...new Set(rows.map((row) => row[column] ?? '').filter(Boolean))];
		const at = `lignes ${lines.slice(0, 80)}, ${columnName(column)}`;
		return said.length > 1
			? [block('ROWS_DIFFER', at, said.join(' ; ').slice(0, 120), 'une seule valeur par facture')]
			: [];
	});
}

export function checkRow(row: Row, document: InvoiceDocument, writing: Writing): Finding[] {
	const findings: Finding[] = [];
	const at = (column: Column): string => `ligne ${row.line}, ${columnName(column)}`;
	if (!writing.isOrderKnown)
		findings.push(confirm('DATE_AMBIGUOUS', at('issuedOn'), row.issuedOn ?? '', `JJ/MM : ${document.issuedOn}`));
	if (row.email && !document.buyer.email) findings.push(warn('EMAIL', at('email'), row.email, 'nom@domaine.fr'));
	// Typed by hand, most often: a SIREN that fails its own check digit is a typing mistake.
	if (row.siren && !isValidSiren(document.buyer.siren ?? ''))
		findings.push(warn('SIREN', at('siren'), row.siren, '9 chiffres'));
	if (row.cut) findings.push(confirm('ROW_NARROWER', `ligne ${row.line}`, row.number ?? '', 'une cellule par colonne'));
	if (kindOf(row.type ?? '') === 'unknown' && statusOf(row.type ?? '') !== 'draft')
		findings.push(confirm('TYPE_UNKNOWN', at('type'), row.type ?? '', 'facture, avoir'));
	const status = statusOf(row.status ?? '');
	if (status === 'draft' || statusOf(row.type ?? '') === 'draft')
		findings.push(confirm('DRAFT', at('status'), row.status || row.type || '', 'une facture émise'));
	if (status === 'cancelled') findings.push(block('CANCELLED', at('status'), row.status ?? '', 'une facture émise'));
	return findings;
}
