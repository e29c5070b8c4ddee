// What the words of a transaction name: invoices by reference or number, payers by account or name. Banks cut, glue and change what stands between.
import { parseCivilDate } from '../calendar/civil-date.ts';
import { isValidRf } from '../invoices/identifiers.ts';
import type { StatementLine } from './statement.ts';

/** Accounts that have paid before, and for whom. */
export type KnownPayers = ReadonlyMap<string, string>; // IBAN → client
export type BankTransaction = Pick<
	StatementLine,
	'amountMinor' | 'text' | 'endToEndId' | 'creditorReference' | 'counterparty' | 'counterpartyIban' | 'isReturn'
>;

export const compact = (written: string): string =>
	written
		.normalize('NFD')
		.toUpperCase()
		.replace(/[^0-9A-Z]/g, '');
const FORMS = /\b(SARL|SASU|SAS|SA|EURL|EIRL|EI|SCI|SNC|SCOP|GMBH|BV|BVBA|SPRL|SRL|LTD|MR|MME|M|VIR|SEPA|DE|INST)\b/g;
/** A name without accents, legal form and politeness. */
export const plainName = (name: string): string =>
	name
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toUpperCase()
		.replace(/[^0-9A-Z]+/g, ' ')
		.replace(FORMS, ' ')
		.replace(/\s+/g, ' ')
		.trim();

/** Shorter ones say nothing; longer ones than a reference (25) or a number (30, BT-1) are none. */
const NAME = { min: 4, max: 30 };
/** Every piece of a movement's words that may be a number or a reference, written plainly: what to look for in the books. Each has a digit. */
export function possibleNames(transaction: BankTransaction): string[] {
	const words = compact(wordsOf(transaction));
	const names = new Set<string>();
	for (let from = 0; from < words.length; from += 1) {
		const digit = words.slice(from, from + NAME.max).search(/\d/);
		if (digit < 0) continue;
		const last = Math.min(NAME.max, words.length - from);
		for (let length = Math.max(NAME.min, digit + 1); length <= last; length += 1)
			names.add(words.slice(from, from + length));
	}
	return [...names];
}
/** Clients that may have paid one of these: known by account, or by name. */
export function possiblePayers<C extends Payer>(
	transactions: BankTransaction[],
	clients: C[],
	payers: KnownPayers
): C[] {
	const owners = new Set(transactions.map((transaction) => accountOwner(transaction, payers)));
	const named = transactions.map((one) => ({
		name: plainName(one.counterparty ?? ''),
		words: ` ${plainName(one.text)} `
	}));
	return clients.filter(({ clientId, clientName }) => {
		const own = plainName(clientName);
		return owners.has(clientId) || named.some((one) => isCalled(own, one));
	});
}
const wordsOf = ({ text, endToEndId, creditorReference }: Omit<BankTransaction, 'amountMinor'>): string =>
	`${text} ${endToEndId ?? ''} ${creditorReference ?? ''}`;
type Named = { number: string; paymentReference: string };
export type NamingReason = 'reference' | 'end_to_end' | 'number';
/** The invoices that a transaction names, in the order of the sheet: by one way only, the surest. */
export function namedBy<I extends Named>(
	transaction: BankTransaction,
	invoices: I[]
): { found: I[]; reason: NamingReason } | null {
	const ways = { reference: byReference, end_to_end: byEndToEnd, number: byNumber };
	for (const [reason, way] of Object.entries(ways)) {
		const found = way(transaction, invoices);
		if (found.length) return { found, reason: reason as NamingReason };
	}
	return null;
}
export function byReference<I extends Named>(transaction: BankTransaction, invoices: I[]): I[] {
	const field = transaction.creditorReference ? compact(transaction.creditorReference) : null;
	const words = compact(transaction.text);
	return invoices.filter(({ paymentReference }) => {
		const reference = compact(paymentReference);
		if (reference.length < 5) return false;
		// With check digits it can't be met by chance; another is a name like a number, not a piece of a longer one.
		const isSaid = isValidRf(reference) ? words.includes(reference) : isNamed(reference, transaction.text);
		return field === reference || isSaid;
	});
}
export function byEndToEnd<I extends Named>({ endToEndId }: BankTransaction, invoices: I[]): I[] {
	if (!endToEndId) return [];
	const id = compact(endToEndId);
	return invoices.filter((one) => id === compact(one.paymentReference) || id === compact(one.number));
}
export function byNumber<I extends Named>(transaction: BankTransaction, invoices: I[]): I[] {
	const words = wordsOf(transaction);
	const glued = compact(words);
	const found = invoices.filter((one) => glued.includes(compact(one.number)) && isNamed(one.number, words));
	// `2026-1` also stands inside `F-2026-1`: a number that is only a part of another one found is not meant.
	return found.filter(
		(one) =>
			!found.some(
				(other) => compact(other.number) !== compact(one.number) && compact(other.number).includes(compact(one.number))
			)
	);
}
/** With a digit and four characters at least, and not in the middle of a longer number: banks cut, glue and change what stands between. */
export function isNamed(number: string, words: string): boolean {
	const wanted = compact(number);
	if (wanted.length < 4 || !/\d/.test(wanted)) return false;
	const spaced = [...wanted].join('[^0-9A-Za-z]{0,2}');
	return new RegExp(`(^|[^0-9A-Za-z])${spaced}($|[^0-9A-Za-z])`, 'i').test(
		words.normalize('NFD').replace(/\p{M}/gu, '')
	);
}

/**
 * Digits alone that read as something else: a year or a postcode (up to six), a day (`2026-1118` is 18 November), a telephone number; or that the words
 * have in an amount only. They are not a name by themselves.
 */
export function isWeak(number: string, { amountMinor, ...transaction }: BankTransaction): boolean {
	const digits = compact(number);
	if (!/^\d+$/.test(digits)) return false;
	return (
		digits.length <= 6 ||
		isDay(digits) ||
		PHONE.test(digits) ||
		digits === String(amountMinor < 0n ? -amountMinor : amountMinor) ||
		!isNamed(number, wordsOf(transaction).replace(AMOUNT, ' '))
	);
}
const PHONE = /^(0|0?0?33|0?0?32|0?0?41|0?0?352)[1-9]\d{7,8}$/;
/** `1 234,56`, `1.234,56`, `1234.56`. */
const AMOUNT = /(?<![\d.,])\d{1,3}(?:[ .,\u00a0\u202f']?\d{3})*[.,]\d{2}(?!\d)/g;
/** Year first or day first, with or without a time behind it. */
function isDay(digits: string): boolean {
	if (![8, 10, 12, 14].includes(digits.length)) return false;
	const [a, b, c, d] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8), digits.slice(4, 8)];
	const days = [`${a}-${b}-${c}`, `${d}-${a.slice(2)}-${a.slice(0, 2)}`, `${d}-${a.slice(0, 2)}-${a.slice(2)}`];
	return days.some((day) => /^(19|20)/.test(day) && parseCivilDate(day) !== null);
}

export const accountOwner = ({ counterpartyIban }: BankTransaction, payers: KnownPayers): string | undefined =>
	counterpartyIban ? payers.get(compact(counterpartyIban)) : undefined;
type Payer = { clientId: string; clientName: string };
const isCalled = (own: string, { name, words }: { name: string; words: string }): boolean =>
	own.length >= 4 && (name === own || words.includes(` ${own} `));
export function payersAmong<C extends Payer>(transaction: BankTransaction, clients: C[], payers: KnownPayers): C[] {
	const owner = accountOwner(transaction, payers);
	if (owner) return clients.filter((one) => one.clientId === owner);
	const said = { name: plainName(transaction.counterparty ?? ''), words: ` ${plainName(transaction.text)} ` };
	return clients.filter((one) => isCalled(plainName(one.clientName), said));
}
