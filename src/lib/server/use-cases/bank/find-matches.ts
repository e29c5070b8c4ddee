// What a transaction may pay: gathers the open invoices, the known payers and the prices of its value date, and asks the matching.
import type { Scope } from '../../../domain/access/scope.ts';
import { type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { noonOf } from '../../../domain/calendar/day-starts.ts';
import {
	concernedClients,
	doubted,
	matchesOf,
	returnsOf,
	type Match,
	type OpenInvoice,
	type OpenPlan,
	type StandingPayment
} from '../../../domain/bank/matching.ts';
import {
	compact,
	namedBy,
	possibleNames,
	possiblePayers,
	type KnownPayers,
	type NamingReason
} from '../../../domain/bank/naming.ts';
import { minor } from '../../../domain/money/minor.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { sumsOfInstalments } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import type { BankTransaction } from '../../store/bank.ts';
import { listKnownPayers, listStandingTransfers, type ReturnSigns } from '../../store/bank.ts';
import type { Tx } from '../../store/database.ts';
import {
	findInvoicesCalled,
	listOpenInvoices,
	listSettled,
	type InvoiceLabel,
	type InvoiceRecord
} from '../../store/invoices.ts';
import { listClientNames } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { listPlansOfInvoices } from '../../store/plans.ts';
import { quoteInvoices } from '../offers/quote-invoices.ts';

/** Where to look in the books for some transactions: found once for a whole queue, however many invoices there are. */
export type Candidates = { invoiceIds: string[]; clientIds: string[]; payers: KnownPayers; returns: ReturnSigns };
export async function findCandidates(tx: Tx, scope: Scope, transactions: BankTransaction[]): Promise<Candidates> {
	const accounts = transactions.flatMap(({ counterpartyIban }) => counterpartyIban ?? []);
	const [clients, payers] = await Promise.all([listClientNames(tx, scope), listKnownPayers(tx, scope, accounts)]);
	const names = new Set(
		transactions
			.filter((transaction) => transaction.state === 'waiting' && !transaction.isReturn)
			.flatMap(possibleNames)
	);
	const returns = transactions.filter((transaction) => transaction.isReturn);
	return {
		invoiceIds: await findInvoicesCalled(tx, scope, [...names].slice(0, NAMES_MAX)),
		clientIds: possiblePayers(transactions, clients, payers).map((client) => client.clientId),
		payers,
		returns: await signsOf(tx, scope, returns)
	};
}
/** As `returnsOf` looks for them. */
async function signsOf(tx: Tx, scope: Scope, returns: BankTransaction[]): Promise<ReturnSigns> {
	const names = [...new Set(returns.flatMap(possibleNames))].slice(0, NAMES_MAX);
	return {
		ids: returns.flatMap(({ endToEndId }) => (endToEndId ? [compact(endToEndId)] : [])),
		invoiceIds: await findInvoicesCalled(tx, scope, names),
		amounts: returns.flatMap(({ counterpartyIban, amountMinor }) =>
			counterpartyIban ? [{ iban: compact(counterpartyIban), amountMinor: minor(-amountMinor) }] : []
		)
	};
}
/** Fifty transactions of banks have some hundred thousand pieces of words; more is a file made to be long. */
const NAMES_MAX = 500_000;
const OF_CLIENTS_MAX = 5000;

/** The supplier's books as matching sees them. */
export type MatchingFacts = {
	supplier: Supplier;
	records: Map<string, InvoiceRecord>;
	open: OpenInvoice[];
	payers: KnownPayers;
	transfers: StandingPayment[];
	settled: InvoiceLabel[];
};
export async function readMatchingFacts(
	tx: Tx,
	scope: Scope,
	{ invoiceIds, clientIds, payers, returns }: Candidates
): Promise<MatchingFacts> {
	const [supplier, named, theirs, settled, transfers] = await Promise.all([
		getSupplier(tx, scope),
		listOpenInvoices(tx, scope, { of: { invoiceIds }, limit: invoiceIds.length }),
		listOpenInvoices(tx, scope, { of: { clientIds }, limit: OF_CLIENTS_MAX }),
		listSettled(tx, scope, invoiceIds),
		listStandingTransfers(tx, scope, returns)
	]);
	const known = new Set(named.map((record) => record.invoiceId));
	const invoices = [...named, ...theirs.filter((record) => !known.has(record.invoiceId))].sort((a, b) =>
		a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0
	);
	const plans = await openPlans(tx, scope, invoices);
	return {
		supplier,
		records: new Map(invoices.map((record) => [record.invoiceId, record])),
		open: invoices.map((record) => ({
			invoiceId: record.invoiceId,
			clientId: record.clientId,
			clientName: record.clientName,
			number: record.number,
			paymentReference: record.paymentReference,
			payableMinor: payableToday(record),
			earlyMinor: null,
			plan: plans.get(record.invoiceId) ?? null
		})),
		payers,
		transfers,
		settled
	};
}
/** The plan that runs on each invoice, while instalments of it are still to come. */
async function openPlans(tx: Tx, scope: Scope, invoices: InvoiceRecord[]): Promise<Map<string, OpenPlan>> {
	const planned = invoices.filter((one) => one.plannedMinor > 0n).map((one) => one.invoiceId);
	const plans = await listPlansOfInvoices(tx, scope, planned, { running: true });
	return new Map(
		plans.flatMap((plan) => {
			const sums = sumsOfInstalments(plan.instalments);
			const ids = plan.instalments.flatMap((instalment) => instalment.lines.map((line) => line.invoiceId));
			return sums.length ? ids.map((id): [string, OpenPlan] => [id, { planId: plan.planId, sums }]) : [];
		})
	);
}

/** Invoices that the words name and that nothing is left to pay on: paid twice, or meant for another. */
export type Settled = { clientId: string; clientName: string; numbers: string[]; reason: NamingReason };
export type TransactionMatches = { matches: Match[]; returns: ReturnType<typeof returnsOf>; settled: Settled[] };
const NOTHING: TransactionMatches = { matches: [], returns: [], settled: [] };
export async function findMatches(
	tx: Tx,
	scope: Scope,
	facts: MatchingFacts,
	transaction: BankTransaction
): Promise<TransactionMatches> {
	if (transaction.currency !== 'EUR') return NOTHING;
	const found = await matchesFor(tx, scope, facts, transaction);
	// Another file may have told it already: a person looks before it pays or takes back a second time.
	return transaction.sameAs ? { ...found, ...unsure(found) } : found;
}
const unsure = ({ matches, returns }: TransactionMatches): Pick<TransactionMatches, 'matches' | 'returns'> => ({
	matches: matches.map((match) => ({ ...match, certainty: 'possible' })),
	returns: returns.map((one) => ({ ...one, certainty: 'possible' }))
});
async function matchesFor(
	tx: Tx,
	scope: Scope,
	facts: MatchingFacts,
	transaction: BankTransaction
): Promise<TransactionMatches> {
	if (transaction.isReturn || transaction.amountMinor <= 0n)
		return { ...NOTHING, returns: returnsOf(transaction, facts.transfers) };
	const clients = concernedClients(transaction, facts.open, facts.payers);
	const concerned = facts.open.filter((one) => clients.has(one.clientId));
	const priced = [];
	for (const [i, one] of concerned.entries()) {
		const isPossible = !one.plan && i < PRICED_MAX && one.payableMinor <= transaction.amountMinor * 2n;
		const earlyMinor = isPossible ? await earlyPrice(tx, scope, facts, one, valueDay(transaction)) : null;
		priced.push({ ...one, earlyMinor });
	}
	const matches = matchesOf(transaction, priced, facts.payers);
	const isNamed = matches.some(({ reason }) => reason !== 'payer_amount' && reason !== 'payer_sum');
	const settled = isNamed ? null : namedBy(transaction, facts.settled);
	if (!settled) return { ...NOTHING, matches };
	const numbers = settled.found.map((one) => one.number);
	return { ...NOTHING, matches: doubted(matches, numbers), settled: settledOf(settled.found, settled.reason) };
}
const settledOf = (found: InvoiceLabel[], reason: NamingReason): Settled[] =>
	[...Map.groupBy(found, (one) => one.clientId)].map(([clientId, theirs]) => ({
		clientId,
		clientName: required(theirs[0], 'invoice').clientName,
		numbers: theirs.map((one) => one.number),
		reason
	}));
export const valueDay = ({ valueOn, bookedOn }: Pick<BankTransaction, 'valueOn' | 'bookedOn'>): CivilDate =>
	valueOn ?? bookedOn;

/** A price costs a few questions: asked for the oldest, and where the transaction is at least half of what is owed. */
const PRICED_MAX = 12;
async function earlyPrice(
	tx: Tx,
	scope: Scope,
	{ supplier, records }: MatchingFacts,
	one: OpenInvoice,
	day: CivilDate
): Promise<OpenInvoice['earlyMinor']> {
	const record = required(records.get(one.invoiceId), 'open invoice');
	const { quote } = await quoteInvoices(tx, scope, { supplier, records: [record], at: noonOf(day, supplier.timeZone) });
	return quote.options.find((option) => option.kind === 'early')?.amountMinor ?? null;
}
