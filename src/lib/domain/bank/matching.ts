// Which invoice a transaction of the bank pays, or which payment it takes back. Reasons in the order of the importer sheet, part 4: creditor reference,
// end-to-end id, invoice number in the words, known payer and exact amount, several invoices of one client. Never the amount alone.
import { required } from '../required.ts';
import type { Minor } from '../money/minor.ts';
import { ZERO } from '../money/minor.ts';
import { isValidRf } from '../invoices/identifiers.ts';
import {
	accountOwner,
	byEndToEnd,
	byNumber,
	byReference,
	compact,
	isNamed,
	isWeak,
	namedBy,
	payersAmong,
	type KnownPayers,
	type BankTransaction,
	type NamingReason
} from './naming.ts';

/** An invoice with something left to pay. */
export type OpenInvoice = {
	invoiceId: string;
	clientId: string;
	clientName: string;
	number: string;
	paymentReference: string;
	payableMinor: Minor; // what may be asked today
	/** The early price on the value date, when one is on offer. */
	earlyMinor: Minor | null;
	/** The plan that has taken the invoice: a transfer pays its next instalments, and nothing less than one. */
	plan: OpenPlan | null;
};
/** `sums`: what the next instalment makes, the next two, and so on to all that are left. */
export type OpenPlan = { planId: string; sums: Minor[] };
export type MatchReason = 'reference' | 'end_to_end' | 'number' | 'payer_amount' | 'payer_sum';
/**
 * `certain` may be accepted without a look, for two signs that have nothing to do with each other: what it pays was named and the amount is right to the
 * cent, or named by a payer who is known; its payer is known by account and the amount is right. A creditor reference has check digits: it is enough.
 */
export type Certainty = 'certain' | 'probable' | 'possible';
export type Match = {
	clientId: string;
	clientName: string;
	invoiceIds: string[];
	reason: MatchReason;
	certainty: Certainty;
	amountIs: AmountIs;
	/** Invoices that the transaction names and that nothing is left to pay on: it may be meant for them. */
	settledNumbers: string[];
};
/** Of invoices, or of a plan: its next instalments, these and something beyond, less than one; `with_plan`: a plan's invoice among others; `kept`: nothing is owed. */
export type AmountIs =
	'exact' | 'early' | 'less' | 'more' | 'parts' | 'parts_and_more' | 'under_part' | 'with_plan' | 'kept';
/** Clients that a transaction speaks of, by a reference, a number, an account or a name. */
export function concernedClients(transaction: BankTransaction, open: OpenInvoice[], payers: KnownPayers): Set<string> {
	return new Set(
		[
			...byReference(transaction, open),
			...byEndToEnd(transaction, open),
			...byNumber(transaction, open),
			...payersAmong(transaction, open, payers)
		].map((one) => one.clientId)
	);
}

/** The best explanations first; none when nothing but the amount speaks. Only money received, in euros, is matched here. */
export function matchesOf(transaction: BankTransaction, open: OpenInvoice[], payers: KnownPayers): Match[] {
	if (transaction.amountMinor <= 0n || transaction.isReturn) return [];
	const named = namedBy(transaction, open);
	if (!named) return byPayer(transaction, open, payers);
	const known = new Set(payersAmong(transaction, open, payers).map((one) => one.clientId));
	return explain(transaction, named, known);
}

/** The same explanations, when the transaction names what is settled already: a payment made twice, or meant for another invoice. Never certain then. */
export const doubted = (matches: Match[], settledNumbers: string[]): Match[] =>
	settledNumbers.length ? matches.map((match) => ({ ...match, certainty: 'possible', settledNumbers })) : matches;

/** Fit to be accepted without a look; less than one invoice is a part payment, less than several says nothing of which. */
const isRight = (amountIs: AmountIs, invoices: OpenInvoice[]): boolean =>
	amountIs === 'exact' ||
	amountIs === 'early' ||
	amountIs === 'parts' ||
	(amountIs === 'less' && invoices.length === 1);
const CANNOT_BE_BOOKED: readonly AmountIs[] = ['under_part', 'with_plan'];

/** What was named: together when they are of one client. `known`: the clients that the payer may be. */
function explain(
	transaction: BankTransaction,
	{ found, reason }: { found: OpenInvoice[]; reason: NamingReason },
	known: Set<string>
): Match[] {
	const clients = Map.groupBy(found, (one) => one.clientId);
	const isClear = clients.size === 1;
	return [...clients.values()]
		.map((invoices) => {
			const amountIs = compare(transaction.amountMinor, invoices);
			const isPossible = !isClear || CANNOT_BE_BOOKED.includes(amountIs);
			const isByReference = invoices.every((one) => isValidRf(one.paymentReference)) && reason === 'reference';
			const isKnown = known.has(firstOf(invoices).clientId);
			const isWeakly = invoices.some((one) =>
				isWeak(reason === 'reference' ? one.paymentReference : one.number, transaction)
			);
			// Part of an amount is no sign of its own.
			const isSure = isRight(amountIs, invoices) && (isByReference || isKnown || (!isWeakly && amountIs !== 'less'));
			return matchOf(invoices, reason, isPossible ? 'possible' : isSure ? 'certain' : 'probable', amountIs);
		})
		.sort(byWorth);
}

/** A payer known by account, or one who bears the name of a client: then the amount must be that of an invoice, or of several. */
function byPayer(transaction: BankTransaction, open: OpenInvoice[], payers: KnownPayers): Match[] {
	const byAccount = accountOwner(transaction, payers);
	const matches = [...Map.groupBy(payersAmong(transaction, open, payers), (one) => one.clientId).values()].flatMap(
		(invoices) => {
			const exact = oneOfEachPlan(invoices.filter((one) => isAmountOf(one, transaction.amountMinor)));
			if (exact.length)
				return exact.map((one) =>
					matchOf(
						[one],
						'payer_amount',
						exact.length > 1 ? 'possible' : byAccount ? 'certain' : 'probable',
						compare(transaction.amountMinor, [one])
					)
				);
			const sums = subsets(invoices, transaction.amountMinor);
			return sums.map((some) => matchOf(some, 'payer_sum', sums.length > 1 ? 'possible' : 'probable', 'exact'));
		}
	);
	return matches.sort(byWorth).slice(0, 5);
}

const isAmountOf = (one: OpenInvoice, amount: Minor): boolean =>
	one.plan ? one.plan.sums.includes(amount) : one.payableMinor === amount || one.earlyMinor === amount;
/** A plan over several invoices is one thing to pay. */
const oneOfEachPlan = (invoices: OpenInvoice[]): OpenInvoice[] =>
	invoices.filter(({ plan }, i) => !plan || invoices.findIndex((other) => other.plan?.planId === plan.planId) === i);

const firstOf = (invoices: OpenInvoice[]): OpenInvoice => required(invoices[0], 'open invoice');
const matchOf = (invoices: OpenInvoice[], reason: MatchReason, certainty: Certainty, amountIs: AmountIs): Match => ({
	clientId: firstOf(invoices).clientId,
	clientName: firstOf(invoices).clientName,
	invoiceIds: invoices.map((one) => one.invoiceId),
	reason,
	certainty,
	amountIs,
	settledNumbers: []
});
function compare(amount: Minor, invoices: OpenInvoice[]): AmountIs {
	const plans = new Set(invoices.map((one) => one.plan?.planId));
	if (plans.size > 1) return 'with_plan';
	const { plan } = firstOf(invoices);
	if (plan?.sums.includes(amount)) return 'parts';
	if (plan) return amount < required(plan.sums[0], 'part to come') ? 'under_part' : 'parts_and_more';
	const whole = invoices.reduce((sum, one) => sum + one.payableMinor, 0n);
	if (amount === whole) return 'exact';
	const early = invoices.reduce((sum, one) => sum + (one.earlyMinor ?? one.payableMinor), 0n);
	if (amount === early) return 'early';
	return amount < whole ? 'less' : 'more';
}
const WORTH: readonly Certainty[] = ['certain', 'probable', 'possible'];
const byWorth = (a: Match, b: Match): number => WORTH.indexOf(a.certainty) - WORTH.indexOf(b.certainty);

const SUBSET_OF_AT_MOST = 16;
/** Two or more of one client's invoices that make the amount; two answers are enough to know that it is not clear. */
export function subsets<T extends { payableMinor: Minor; plan?: unknown }>(invoices: T[], amount: Minor): T[][] {
	const some = invoices
		.filter((one) => !one.plan && one.payableMinor > 0n && one.payableMinor < amount)
		.slice(0, SUBSET_OF_AT_MOST);
	const found: T[][] = [];
	const search = (from: number, left: bigint, chosen: T[]): void => {
		if (found.length >= 2) return;
		if (left === 0n && chosen.length > 1) {
			found.push(chosen);
			return;
		}
		if (left > 0n)
			for (const [i, one] of some.slice(from).entries())
				if (one.payableMinor <= left) search(from + i + 1, left - one.payableMinor, [...chosen, one]);
	};
	search(0, amount, []);
	return found;
}

/** A payment received by transfer that may have come back. */
export type StandingPayment = {
	paymentId: string;
	clientId: string;
	clientName: string;
	standingMinor: Minor;
	numbers: string[];
	endToEndId: string | null;
	counterpartyIban: string | null;
};
/** Which payment is taken back: by its end-to-end id, by an invoice it paid, by the account it came from with the same amount. */
export function returnsOf(
	transaction: BankTransaction,
	payments: StandingPayment[]
): { payment: StandingPayment; certainty: Certainty }[] {
	if (!transaction.isReturn || transaction.amountMinor > ZERO) return [];
	const amount = -transaction.amountMinor;
	const fits = payments.filter((one) => one.standingMinor >= amount);
	const by = (isMeant: (one: StandingPayment) => boolean) => fits.filter(isMeant);
	const id = transaction.endToEndId ? compact(transaction.endToEndId) : null;
	const isSameId = (one: StandingPayment): boolean =>
		id !== null && one.endToEndId !== null && compact(one.endToEndId) === id;
	const namedIn = (one: StandingPayment): string[] =>
		one.numbers.filter((number) => isNamed(number, `${transaction.text} ${transaction.endToEndId ?? ''}`));
	const named = by((one) => isSameId(one) || namedIn(one).length > 0);
	if (named.length)
		return named.map((payment) => {
			const isSure = isSameId(payment) || namedIn(payment).some((number) => !isWeak(number, transaction));
			const isRightAmount = payment.standingMinor === amount;
			return { payment, certainty: named.length === 1 && isSure && isRightAmount ? 'certain' : 'probable' };
		});
	const iban = transaction.counterpartyIban ? compact(transaction.counterpartyIban) : null;
	const same = by(
		(one) =>
			iban !== null &&
			one.counterpartyIban !== null &&
			compact(one.counterpartyIban) === iban &&
			one.standingMinor === amount
	);
	return same.map((payment) => ({ payment, certainty: same.length === 1 ? 'probable' : 'possible' }));
}
