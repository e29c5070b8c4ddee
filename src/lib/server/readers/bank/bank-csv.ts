// The movements of an account as a list: one signed amount or two columns, a few lines about the account above the header.
import { meaningful, type StatementEntry, type StatementReading } from '../../../domain/bank/statement.ts';
import { block, confirm, type Finding } from '../../../domain/invoices/findings.ts';
import { minor, type Minor } from '../../../domain/money/minor.ts';
import { parseRows, plainHeader, words } from '../rows.ts';
import { dateOrderOf, decimalMarkOf, parseAmount, parseWrittenDate } from '../written-values.ts';

/** Names of French, English, German, Dutch, Spanish and Italian banks, the best first. */
const COLUMNS = {
	bookedOn: words`
		dateoperation datedoperation datedeloperation date datecomptable datedecomptabilisation datetransaction datedelatransaction dateop
		buchungstag buchungsdatum bookingdate postingdate transactiondate completeddate datecompleted boekdatum datum fecha fechaoperacion
		datacontabile data`,
	valueOn: words`datevaleur datedevaleur datedelavaleur dateval valeur valuedate wertstellung valuta valutadatum fechavalor datavaluta`,
	debit: words`debit montantdebit debiteur debitamount moneyout paidout sortie depense soll cargo`,
	credit: words`credit montantcredit creditamount moneyin paidin entree recette haben abono`,
	amount: words`
		montant montantoperation montantdeloperation montanttotal montanttransaction montantdelatransaction amount transactionamount betrag bedrag
		importe importo`,
	currency: words`devise currency paymentcurrency ccy wahrung monnaie munt divisa`,
	bankReference: words`referenceoperation numerooperation transactionid transferwiseid id`,
	counterparty: words`
		tiers nom contrepartie nomcontrepartie nomdelacontrepartie nomdutiers emetteur donneurdordre counterparty counterpartyname payer payername
		debtorname partnername payee auftraggeber zahlungspflichtiger beguenstigterzahlungspflichtiger nametegenpartij naamtegenpartij`,
	counterpartyIban: words`ibantiers ibancontrepartie ibandelacontrepartie counterpartyiban partneriban debtoriban tegenrekening`,
	account: words`iban compte account numerodecompte accountnum kontonummer`,
	direction: words`afbij sens sensoperation direction creditdebit debitcredit debitoucredit creditoudebit creditdebitindicator sollhaben dc type`,
	state: words`statut etat status state`
};
/** Amounts without a sign, with a column that says which way. */
const IS_DEBIT = /^(af|d|dr|debit|débit|dbit|soll|s|out|sortie)$/i;
/** Announced, refused or undone: no money has moved. */
const IS_NOT_BOOKED = /pending|declin|revert|fail|cancel|vorgemerkt|attente|en cours|refus|rejet|annul|[àa] venir/i;
/** What the payer wrote may stand in any of these: all are read, each text once. */
const TEXTS = new Set(words`
	libelle libelleoperation libelledeloperation libellesimplifie libellecourt libellecomplet detail details detaildelecriture
	informationscomplementaires referencepaiement motif communication intitule objet commentaire description label memo narrative note
	paymentreference reference ref reference2 verwendungszweck buchungstext omschrijving mededelingen concepto causale descrizione`);
type Column = keyof typeof COLUMNS | 'text';
/** `Débit euros`, `Montant en euro`: the currency of the account. */
const nameOf = (header: string): string => plainHeader(header).replace(/(?<=[a-z]{4})(en)?euros?$/, '');
/** Of each column but texts the best named one; of others, nobody needs to know. */
function columnsOf(header: string[]): (Column | null)[] {
	const names = header.map(nameOf);
	const all: (Column | null)[] = names.map((name) => (TEXTS.has(name) ? 'text' : null));
	for (const [column, aliases] of Object.entries(COLUMNS)) {
		const best = aliases.find((name) => names.includes(name));
		if (best) all[names.indexOf(best)] = column as Column;
	}
	return all;
}
/** The currency that the header of the amounts names: `Amount (USD)`. */
const currencyIn = (header: string[]): string | null => /\(([A-Z]{3})\)/.exec(header.join(' '))?.[1] ?? null;
const isHeader = (cells: string[]): boolean => {
	const columns = columnsOf(cells);
	return columns.includes('bookedOn') && (columns.includes('amount') || columns.includes('credit'));
};

export function readBankCsv(bytes: Uint8Array, fileName: string): StatementReading {
	const read = parseRows(bytes, isHeader);
	if ('finding' in read) return { ok: false, findings: [read.finding] };
	const columns = columnsOf(read.header);
	if (!isHeader(read.header))
		return {
			ok: false,
			findings: [block('COLUMN_MISSING', 'ligne 1', read.header.join(' | '), 'date, montant ou crédit')]
		};
	const rows = read.rows.map(({ cells: written, line }) => {
		const cells: Partial<Record<Column, string>> = {};
		columns.forEach((column, c) => {
			const cell = written[c] ?? '';
			if (!column) return;
			if (column !== 'text') cells[column] = cell;
			else if (cell && !cells.text?.includes(cell)) cells.text = [cells.text, cell].filter(Boolean).join(' ');
		});
		return { line, cells };
	});
	const seen = (...names: Column[]): string[] =>
		rows.flatMap(({ cells }) => names.map((name) => cells[name] ?? '')).filter(Boolean);
	const mark = decimalMarkOf(seen('amount', 'debit', 'credit'));
	const order = dateOrderOf(seen('bookedOn', 'valueOn'));
	const findings: Finding[] = order ? [] : [confirm('DATE_AMBIGUOUS', 'date', seen('bookedOn')[0] ?? '', 'JJ/MM')];
	// The account of a list is one; where the column names several, they are those of the others.
	const accounts = new Set(seen('account'));
	const isOfOthers = accounts.size > 1 || read.header.map(nameOf).includes('zahlungspflichtiger');
	const account = isOfOthers ? '' : ([...accounts][0] ?? '');
	const inHeader = columns.includes('currency')
		? null
		: currencyIn(read.header.filter((_, c) => columns[c] === 'amount' || columns[c] === 'credit'));
	const entries = rows.flatMap(({ cells, line }): StatementEntry[] => {
		if (IS_NOT_BOOKED.test(cells.state ?? '')) {
			findings.push(confirm('ENTRY_SKIPPED', `ligne ${line}`, cells.state!, 'une opération comptabilisée'));
			return [];
		}
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
				currency: (cells.currency || inHeader || 'EUR').toUpperCase(),
				text: cells.text ?? '',
				endToEndId: null,
				creditorReference: null,
				bankReference: meaningful(cells.bankReference),
				counterparty: cells.counterparty || null,
				counterpartyIban: cells.counterpartyIban || (isOfOthers && cells.account) || null,
				returnReason: null,
				// A payer may write such words too: what the bank takes back leaves the account.
				isReturn: amount < 0n && /rejet|impay[eé]|retour pr[eé]l/i.test(cells.text ?? '')
			}
		];
	});
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
	if (cells.amount) {
		const amount = parseAmount(cells.amount, mark);
		return amount !== null && amount > 0n && IS_DEBIT.test(cells.direction?.trim() ?? '') ? minor(-amount) : amount;
	}
	const [debit, credit] = [cells.debit, cells.credit].map((written) => (written ? parseAmount(written, mark) : 0n));
	if (debit === null || credit === null || debit === undefined || credit === undefined || (!debit && !credit))
		return null;
	return minor(credit - (debit < 0n ? -debit : debit));
}
