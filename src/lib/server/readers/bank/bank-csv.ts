// The movements of an account as a list: one signed amount or two columns, a few lines about the account above the header.
import { meaningful, type StatementEntry, type StatementReading } from '../../../domain/bank/statement.ts';
import { block, confirm, type Finding } from '../../../domain/invoices/findings.ts';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import { parseRows } from '../rows.ts';
import { dateOrderOf, decimalMarkOf, parseAmount, parseWrittenDate } from '../written-values.ts';

const COLUMNS = {
	bookedOn: [
		'dateoperation',
		'datedoperation',
		'date',
		'datecomptable',
		'datedecomptabilisation',
		'buchungstag',
		'bookingdate',
		'transactiondate',
		'completeddate'
	],
	valueOn: ['datevaleur', 'datedevaleur', 'valeur', 'valuedate', 'wertstellung', 'valuta'],
	text: [
		'libelle',
		'libelleoperation',
		'libelledeloperation',
		'description',
		'verwendungszweck',
		'communication',
		'details',
		'motif',
		'intitule',
		'label',
		'reference2'
	],
	debit: ['debit', 'montantdebit', 'debiteur', 'soll'],
	credit: ['credit', 'montantcredit', 'haben'],
	amount: ['montant', 'amount', 'betrag', 'montantoperation'],
	currency: ['devise', 'currency', 'ccy', 'wahrung'],
	bankReference: ['reference', 'ref', 'referenceoperation', 'numerooperation', 'transactionid', 'id'],
	counterparty: [
		'tiers',
		'nom',
		'contrepartie',
		'emetteur',
		'donneurdordre',
		'counterparty',
		'payer',
		'payee',
		'auftraggeber'
	],
	counterpartyIban: ['ibantiers', 'ibancontrepartie', 'counterpartyiban'],
	account: ['iban', 'compte', 'account', 'numerodecompte', 'kontonummer']
} as const;
type Column = keyof typeof COLUMNS;
const plain = (header: string): string =>
	header
		.normalize('NFD')
		.toLowerCase()
		.replace(/[^a-z0-9]/g, '');
const columnOf = (header: string): Column | null =>
	(Object.keys(COLUMNS) as Column[]).find((column) => (COLUMNS[column] as readonly string[]).includes(plain(header))) ??
	null;
const isHeader = (cells: string[]): boolean => {
	const columns = cells.map(columnOf);
	return columns.includes('bookedOn') && (columns.includes('amount') || columns.includes('credit'));
};

export function readBankCsv(bytes: Uint8Array, fileName: string): StatementReading {
	const read = parseRows(bytes, isHeader);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const columns = read.header.map(columnOf);
	if (!isHeader(read.header))
		return {
			ok: false,
			findings: [block('COLUMN_MISSING', 'ligne 1', read.header.join(' | '), 'date, montant ou crédit')]
		};
	const rows = read.rows.map(({ cells, line }) => ({
		line,
		cells: Object.fromEntries(columns.flatMap((column, c) => (column ? [[column, cells[c] ?? '']] : []))) as Partial<
			Record<Column, string>
		>
	}));
	const seen = (...names: Column[]): string[] =>
		rows.flatMap(({ cells }) => names.map((name) => cells[name] ?? '')).filter(Boolean);
	const mark = decimalMarkOf(seen('amount', 'debit', 'credit'));
	const order = dateOrderOf(seen('bookedOn', 'valueOn'));
	const findings: Finding[] = order ? [] : [confirm('DATE_AMBIGUOUS', 'date', seen('bookedOn')[0] ?? '', 'JJ/MM')];
	const entries = rows.flatMap(({ cells, line }): StatementEntry[] => {
		const [bookedOn, amount] = [parseWrittenDate(cells.bookedOn ?? '', order ?? 'dmy'), amountOf(cells, mark)];
		if (!bookedOn || amount === null) {
			const found = bookedOn
				? [cells.amount, cells.debit, cells.credit].filter(Boolean).join(' ')
				: (cells.bookedOn ?? '');
			findings.push(confirm('ENTRY_SKIPPED', `ligne ${line}`, found, bookedOn ? '1234,56' : 'JJ/MM/AAAA'));
			return [];
		}
		return [
			{
				bookedOn,
				valueOn: parseWrittenDate(cells.valueOn ?? '', order ?? 'dmy'),
				amountMinor: amount,
				currency: (cells.currency || 'EUR').toUpperCase(),
				text: cells.text ?? '',
				endToEndId: null,
				creditorReference: null,
				bankReference: meaningful(cells.bankReference),
				counterparty: cells.counterparty || null,
				counterpartyIban: cells.counterpartyIban || null,
				returnReason: null,
				isReturn: /rejet|impay[eé]|retour pr[eé]l/i.test(cells.text ?? '')
			}
		];
	});
	const account = rows[0]?.cells.account ?? '';
	const statement = {
		account,
		reference: fileName,
		currency: entries[0]?.currency ?? 'EUR',
		openingMinor: null,
		closingMinor: null,
		entries
	};
	return { ok: true, format: 'csv', statements: [statement], findings };
}
/** A debit column holds amounts without a sign, or with one: either way the money left. */
function amountOf(cells: Partial<Record<Column, string>>, mark: ',' | '.' | null): Minor | null {
	if (cells.amount) return parseAmount(cells.amount, mark);
	const [debit, credit] = [cells.debit, cells.credit].map((written) => (written ? parseAmount(written, mark) : 0n));
	if (debit === null || credit === null || debit === undefined || credit === undefined || (!debit && !credit))
		return null;
	return minor(credit - (debit < 0n ? -debit : debit));
}
