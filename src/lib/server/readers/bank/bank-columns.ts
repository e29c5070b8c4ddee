// Which column of a bank's list is what: by its header, in six languages; by what a person said once; else by asking.
import { createHash } from 'node:crypto';
import type { ListAnswer, ListHints } from '../csv.ts';
import { plainHeader, words, type RawRow } from '../rows.ts';
import { parseAmount, parseWrittenDate, type DateOrder } from '../written-values.ts';

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
/** What the payer wrote may stand in any of these: all are read, each text once. */
const TEXTS = new Set(words`
	libelle libelleoperation libelledeloperation libellesimplifie libellecourt libellecomplet detail details detaildelecriture
	informationscomplementaires referencepaiement motif communication intitule objet commentaire description label memo narrative note
	paymentreference reference ref reference2 verwendungszweck buchungstext omschrijving mededelingen concepto causale descrizione`);
export type BankColumn = keyof typeof COLUMNS | 'text';
const isColumn = (name: string): name is BankColumn => name === 'text' || Object.hasOwn(COLUMNS, name);
/** A list as a person must see it to say which column is what. */
export type BankListShape = {
	key: string;
	headers: string[];
	sample: string[][];
	columns: (BankColumn | null)[];
	needs: 'columns' | 'dates' | null;
	dateOrder: DateOrder | null;
};
/** `Débit euros`, `Montant en euro`: the currency of the account. */
export const nameOf = (header: string): string => plainHeader(header).replace(/(?<=[a-z]{4})(en)?euros?$/, '');
/** What a person has said; else of each column but texts the best named one, and of others nobody needs to know. */
export function columnsOf(header: string[], answer: ListAnswer | null = null): (BankColumn | null)[] {
	if (answer) return header.map((name) => answer.columns[name] ?? '').map((said) => (isColumn(said) ? said : null));
	const names = header.map(nameOf);
	const all: (BankColumn | null)[] = names.map((name) => (TEXTS.has(name) ? 'text' : null));
	for (const [column, aliases] of Object.entries(COLUMNS)) {
		const best = aliases.find((name) => names.includes(name));
		if (best) all[names.indexOf(best)] = column as BankColumn;
	}
	return all;
}
export const isEnough = (columns: (BankColumn | null)[]): boolean =>
	columns.includes('bookedOn') && (columns.includes('amount') || columns.includes('credit'));
const isDate = (cell: string): boolean =>
	parseWrittenDate(cell, 'dmy') !== null || parseWrittenDate(cell, 'mdy') !== null;
const isAmount = (cell: string): boolean => !isDate(cell) && parseAmount(cell, null) !== null;
/** With cents: a card or a cheque has a number too. */
const hasCents = (cell: string): boolean => isAmount(cell) && /[,.]\d\d\D*$/.test(cell);
/** Columns without names, or with names nobody knows: a row has a day, an amount, and something else. */
export const isData = (cells: string[]): boolean => cells.length >= 3 && cells.some(isDate) && cells.some(isAmount);

/**
 * The list with its columns named. One without a header is known again by what its columns hold, never by their number alone: another bank's list would
 * be read with this one's answers.
 */
export function shapeOf(
	header: string[],
	rows: RawRow[],
	hints: ListHints
): { list: BankListShape; answer: ListAnswer | null } {
	const some = rows.slice(0, LOOKED_AT).map((row) => row.cells);
	const width = Math.max(...some.map((cells) => cells.length));
	const headers = header.length ? header : Array.from({ length: width }, (_, c) => `#${c + 1}`);
	const kinds = headers.map((_, c) => kindOf(some.map((cells) => cells[c] ?? '')));
	const key = createHash('sha256')
		.update(`bank:${JSON.stringify(header.length ? header : kinds.map((kind) => kind || 'text'))}`)
		.digest('hex');
	const answer = Object.hasOwn(hints, key) ? (hints[key] ?? null) : null;
	const columns = columnsOf(headers, answer);
	const sample = some.slice(0, SAMPLE).map((cells) => cells.map((cell) => cell.slice(0, 80)));
	const [needs, shown] = isEnough(columns) ? [null, columns] : (['columns', guessed(columns, kinds)] as const);
	return { list: { key, headers, sample, columns: shown, needs, dateOrder: answer?.dateOrder ?? null }, answer };
}
type Kind = '' | 'date' | 'amount' | 'text';
function kindOf(cells: string[]): Kind {
	const held = cells.filter(Boolean);
	return !held.length ? '' : held.every(isDate) ? 'date' : held.every(hasCents) ? 'amount' : 'text';
}
/** What is proposed where nobody knows: a person has the last word, nothing is read by it. */
function guessed(columns: (BankColumn | null)[], kinds: Kind[]): (BankColumn | null)[] {
	const proposed = columns.map((column, c) => column ?? (kinds[c] === 'text' ? 'text' : null));
	const free = (kind: Kind): number[] => kinds.flatMap((one, c) => (one === kind && !columns[c] ? [c] : []));
	const [[day], [amount, ...otherAmounts]] = [free('date'), free('amount')];
	if (day !== undefined && !columns.includes('bookedOn')) proposed[day] = 'bookedOn';
	if (amount !== undefined && !otherAmounts.length && !columns.includes('amount')) proposed[amount] = 'amount';
	return proposed;
}
const SAMPLE = 3;
const LOOKED_AT = 100;
