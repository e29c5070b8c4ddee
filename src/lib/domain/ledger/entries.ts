// Double-entry: each fact about money becomes one balanced entry, never edited. Accounts follow the French chart (plan comptable général):
// 411 clients, 44571 VAT collected, 467 other accounts (the claim's counterpart until the supplier's own sales entry), 511 money in transit at
// Stripe, 512 bank (transfers), 580 between Stripe and the bank (zero once the bank's own entry is there), 275 held back by Stripe, 4191 what clients paid
// beyond their invoices, 627 bank charges, 665 discounts granted, 707 sales (of what came back), 709 reductions granted. A supplier may give them other
// numbers, see ACCOUNTS.
import type { AllocationLine } from '../payments/allocation.ts';
import type { Minor } from '../money/minor.ts';

export const ACCOUNTS = [
	'275',
	'411',
	'4191',
	'44571',
	'467',
	'511',
	'512',
	'580',
	'627',
	'665',
	'707',
	'709'
] as const;
export type Account = (typeof ACCOUNTS)[number];
export type JournalLine = {
	account: Account;
	clientId: string | null;
	invoiceId: string | null;
	rateBps: number | null;
	debitMinor: Minor;
	creditMinor: Minor;
};
export type EntryKind =
	| 'invoice_opened'
	| 'invoice_withdrawn'
	| 'payment'
	| 'refund'
	| 'refund_failed'
	| 'debit_return'
	| 'chargeback'
	| 'chargeback_won'
	| 'stripe_fee'
	| 'payout'
	| 'payout_returned'
	| 'top_up'
	| 'reserve'
	| 'discount'
	| 'discount_void'
	| 'points_used'
	| 'points_given_back'
	| 'part_forgiven'
	| 'credit_note'
	| 'credit_note_void'
	| 'credit_used'
	| 'credit_use_undone'
	| 'transfer'
	| 'transfer_return'
	| 'transfer_undone'
	| 'return_undone'
	| 'payment_unsaid'
	| 'refund_unsaid';
/** `(sourceId, kind)` is unique in the database: booking a fact twice is impossible. */
export type JournalEntry = { sourceId: string; kind: EntryKind; lines: JournalLine[] };

const ZERO = 0n as Minor;
const debit = (
	account: Account,
	amount: Minor,
	clientId: string | null = null,
	invoiceId: string | null = null
): JournalLine =>
	amount >= 0n
		? { account, clientId, invoiceId, rateBps: null, debitMinor: amount, creditMinor: ZERO }
		: { account, clientId, invoiceId, rateBps: null, debitMinor: ZERO, creditMinor: -amount as Minor };
const credit = (
	account: Account,
	amount: Minor,
	clientId: string | null = null,
	invoiceId: string | null = null
): JournalLine => debit(account, -amount as Minor, clientId, invoiceId);

/** Throws on an entry that does not balance: a bug, which the database would refuse as well. */
function balanced(entry: JournalEntry): JournalEntry {
	const difference = entry.lines.reduce((sum, line) => sum + line.debitMinor - line.creditMinor, 0n);
	if (difference !== 0n) throw new Error(`unbalanced ${entry.kind} entry for ${entry.sourceId}`);
	return { ...entry, lines: entry.lines.filter((line) => line.debitMinor !== line.creditMinor) };
}

/** A claim enters the books: what the client owes (negative for a credit note). */
export const invoiceOpened = (invoiceId: string, clientId: string, debtMinor: Minor): JournalEntry =>
	balanced({
		sourceId: invoiceId,
		kind: 'invoice_opened',
		lines: [debit('411', debtMinor, clientId, invoiceId), credit('467', debtMinor, clientId, invoiceId)]
	});
/** A claim that was brought in by mistake leaves the books. */
export const invoiceWithdrawn = (invoiceId: string, clientId: string, debtMinor: Minor): JournalEntry => ({
	...invoiceOpened(invoiceId, clientId, -debtMinor as Minor),
	kind: 'invoice_withdrawn'
});

/** A credit note is set off against the invoice it is about: both are the client's, and what it owes in all does not change. */
export const creditUsed = (
	kind: 'credit_used' | 'credit_use_undone',
	sourceId: string,
	{
		clientId,
		creditId,
		invoiceId,
		amountMinor
	}: { clientId: string; creditId: string; invoiceId: string; amountMinor: Minor }
): JournalEntry => {
	const signed = (kind === 'credit_used' ? amountMinor : -amountMinor) as Minor;
	return balanced({
		sourceId,
		kind,
		lines: [debit('411', signed, clientId, creditId), credit('411', signed, clientId, invoiceId)]
	});
};

const total = (lines: AllocationLine[]): Minor => lines.reduce((sum, line) => sum + line.amountMinor, 0n) as Minor;

/**
 * A client's money at Stripe, by what it does. `lines`: invoices. `advanceMinor`: more than the invoices took, owed to the client (4191).
 * `claimMinor`: more went back than had come, owed by the client for no invoice (411 without one: a 4191 in debit would be no advance, and the client's
 * account is where the accountant looks for what a client owes). The last two are signed: what this entry adds to each.
 */
export type MoneyOfClient = {
	clientId: string;
	lines: AllocationLine[];
	advanceMinor: Minor;
	claimMinor: Minor;
};
/** Money certain, a refund that failed, or a chargeback won: 511 up, each invoice down. */
export const moneyIn = (
	kind: 'payment' | 'refund_failed' | 'chargeback_won' | 'refund_unsaid',
	sourceId: string,
	{ clientId, lines, advanceMinor, claimMinor }: MoneyOfClient
): JournalEntry =>
	balanced({
		sourceId,
		kind,
		lines: [
			debit('511', (total(lines) + advanceMinor - claimMinor) as Minor),
			...lines.map((line) => credit('411', line.amountMinor, clientId, line.invoiceId)),
			credit('411', -claimMinor as Minor, clientId),
			credit('4191', advanceMinor, clientId)
		]
	});

/** Money gone back (refund, SEPA return, chargeback): each invoice re-opens, 511 down. */
export const moneyGoneBack = (
	kind: 'refund' | 'debit_return' | 'chargeback' | 'payment_unsaid',
	sourceId: string,
	{ clientId, lines, advanceMinor, claimMinor }: MoneyOfClient
): JournalEntry =>
	balanced({
		sourceId,
		kind,
		lines: [
			...lines.map((line) => debit('411', line.amountMinor, clientId, line.invoiceId)),
			debit('411', claimMinor, clientId),
			debit('4191', -advanceMinor as Minor, clientId),
			credit('511', (total(lines) + claimMinor - advanceMinor) as Minor)
		]
	});

/**
 * Money that the bank says came in by transfer: 512 up, each invoice down, what is beyond them owed to the client (4191). Taken back by the bank, or
 * accepted by mistake: the same with its sides changed.
 */
export function transferBooked(
	kind: 'transfer' | 'transfer_return' | 'transfer_undone' | 'return_undone',
	sourceId: string,
	{ clientId, lines, creditMinor }: { clientId: string; lines: AllocationLine[]; creditMinor: Minor }
): JournalEntry {
	const sign = kind === 'transfer' || kind === 'return_undone' ? 1n : -1n;
	const signed = (amount: bigint): Minor => (sign * amount) as Minor;
	return balanced({
		sourceId,
		kind,
		lines: [
			debit('512', signed(total(lines) + creditMinor)),
			...lines.map((line) => credit('411', signed(line.amountMinor), clientId, line.invoiceId)),
			credit('4191', signed(creditMinor), clientId)
		]
	});
}

/** What Stripe kept, or gave back (negative), read from its balance transaction, never computed. */
export const stripeFee = (sourceId: string, feeMinor: Minor): JournalEntry =>
	balanced({ sourceId, kind: 'stripe_fee', lines: [debit('627', feeMinor), credit('511', feeMinor)] });

/**
 * The account's own movements, which are of no client: paid out to the bank, come back from it, put in from it (580), held back or set free by Stripe (275).
 * `amountMinor`: what it does to the balance.
 */
export const movedAtStripe = (
	kind: 'payout' | 'payout_returned' | 'top_up' | 'reserve',
	sourceId: string,
	amountMinor: Minor
): JournalEntry =>
	balanced({
		sourceId,
		kind,
		lines: [debit('511', amountMinor), credit(kind === 'reserve' ? '275' : '580', amountMinor)]
	});

/**
 * A discount taken (escompte): 665 for what it costs, 44571 for the VAT it gives back, by rate, 411 for the client. Taken back: the same entry with
 * its sides changed. `vat` adds up to the discount, VAT included.
 */
export function discountBooked(
	kind: 'discount' | 'discount_void',
	sourceId: string,
	{ clientId, invoiceId, vat }: Reduction
): JournalEntry {
	return balanced({
		sourceId,
		kind,
		lines: reductionLines('665', kind === 'discount' ? 1n : -1n, { clientId, invoiceId, vat })
	});
}
/** Points used on an invoice: a reduction of its price when they are used (709), and its VAT. Given back with them when the money comes back. */
export const pointsUsed = (kind: 'points_used' | 'points_given_back', sourceId: string, of: Reduction): JournalEntry =>
	balanced({ sourceId, kind, lines: reductionLines('709', kind === 'points_used' ? 1n : -1n, of) });
/** A part of a plan that the supplier gave up: a reduction granted after the sale (709), and its VAT. */
export const instalmentForgiven = (sourceId: string, of: Reduction): JournalEntry =>
	balanced({ sourceId, kind: 'part_forgiven', lines: reductionLines('709', 1n, of) });

/**
 * A credit note that goes with money given back: a reduction after the sale (709), or a sale that came back, which the chart books on the account of the
 * sale itself (707). Void when the refund fails.
 */
export const creditNoteBooked = (
	kind: 'credit_note' | 'credit_note_void',
	sourceId: string,
	meaning: 'goodwill' | 'returned',
	of: Reduction
): JournalEntry =>
	balanced({
		sourceId,
		kind,
		lines: reductionLines(meaning === 'returned' ? '707' : '709', kind === 'credit_note' ? 1n : -1n, of)
	});

type Reduction = { clientId: string; invoiceId: string; vat: DiscountVat[] };
function reductionLines(
	account: '665' | '707' | '709',
	sign: 1n | -1n,
	{ clientId, invoiceId, vat }: Reduction
): JournalLine[] {
	const signed = (amount: bigint): Minor => (sign * amount) as Minor;
	const gross = vat.reduce((sum, share) => sum + share.grossMinor, 0n);
	const tax = vat.reduce((sum, share) => sum + share.vatMinor, 0n);
	return [
		debit(account, signed(gross - tax)),
		...vat.map((share) => ({ ...debit('44571', signed(share.vatMinor)), rateBps: share.rateBps })),
		credit('411', signed(gross), clientId, invoiceId)
	];
}
/** A share of a discount at one VAT rate, VAT included, and the VAT inside it; no rate when the invoice gave no usable split. */
export type DiscountVat = { rateBps: number | null; grossMinor: Minor; vatMinor: Minor };
