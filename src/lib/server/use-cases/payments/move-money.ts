// One movement of a payment's money in the books, whoever says so: back to its payer, or here again. A row, an entry, what follows for invoices and plans.
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { moneyGoneBack, moneyIn } from '../../../domain/ledger/entries.ts';
import { minor, smallest, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import {
	allocateReversal,
	beyondInvoices,
	withinBalance,
	type AllocationLine
} from '../../../domain/payments/allocation.ts';
import type { RefundMeaning } from '../../../domain/payments/refund-guard.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import { findAttempt } from '../../store/attempts.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import {
	findReversalOf,
	insertReversal,
	listReversalLines,
	listStanding,
	sumBeyond,
	type Payment,
	type Reversal
} from '../../store/payments.ts';
import { accountKey } from '../../store/stripe-accounts.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { applyReversal, type Following } from '../plans/apply-outcome.ts';
import { giveCreditNotes } from './book-credit-notes.ts';
import { mayHaveReceipt } from './has-receipt.ts';
import type { Booking } from '../settling.ts';

/** What moves money in the books: Stripe, or a person's word where Stripe can't be asked (no intent). */
export type Moving = Booking & Following;
type Going = {
	kind: 'refund' | 'debit_return' | 'chargeback' | 'payment_unsaid';
	objectId: string;
	amountMinor: Minor;
	reason: string | null;
	meaning: RefundMeaning;
	at: Date;
};
type Restored = {
	kind: 'refund_failed' | 'chargeback_won' | 'refund_unsaid';
	objectId: string;
	/** What it gives back, whole or in part. */
	undoes: Pick<Reversal, 'stripeObjectId'> & { kind: Going['kind'] };
	amountMinor: Minor;
	at: Date;
};

/** What a payment has beyond its invoices: its advance, less what went back of it; below zero the client owes it. */
const positionOf = async ({ tx, scope }: Following, payment: Payment): Promise<Minor> =>
	subtract(payment.creditMinor, await sumBeyond(tx, scope, payment.paymentId));
const sumOf = (lines: AllocationLine[]): Minor => minor(lines.reduce((sum, line) => sum + line.amountMinor, 0n));

export async function goBack(settling: Moving, payment: Payment, going: Going): Promise<void> {
	const { scope, tx, supplier, now } = settling;
	const { kind, objectId, amountMinor, reason } = going;
	const known = await findReversalOf(tx, scope, objectId, kind);
	if (known && known.paymentId !== payment.paymentId) throw ofAnother(going);
	if (amountMinor <= 0n || known) return;
	// First what was paid too much, then the invoices; what is beyond both went back twice, and the client owes it.
	const before = await positionOf(settling, payment);
	const fromAdvance = before > 0n ? smallest(before, amountMinor) : ZERO;
	const standing = await listStanding(tx, scope, payment.paymentId);
	const lines = allocateReversal(standing, subtract(amountMinor, fromAdvance));
	const after = minor(before - (amountMinor - sumOf(lines)));
	const reversalId = newId();
	const { paymentId, clientId, currency } = payment;
	const row = { reversalId, paymentId, kind, stripeObjectId: objectId, amountMinor, reason, occurredAt: going.at };
	// Booked meanwhile, and not for this payment, whose attempt is locked.
	if (!(await insertReversal(tx, scope, row, lines))) throw ofAnother(going);
	const entry = moneyGoneBack(kind, objectId, { clientId, lines, ...beyondInvoices(before, after) });
	const stripeAccount = accountKey(payment.stripeAccount);
	await bookEntry(tx, scope, entry, {
		currency,
		stripeAccount,
		bookedOn: civilDateIn(going.at, supplier.timeZone),
		now
	});
	await giveCreditNotes(settling, payment, { reversalId, meaning: going.meaning, lines, at: going.at });
	await announce(settling, payment, lines);
	if (kind === 'refund') return;
	if (kind === 'payment_unsaid') return forgetPayment(settling, payment, reversalId);
	// An instalment of a plan is refused once nothing of what paid it stands; less is owed beside the plan.
	if (lines.length && sumOf(lines) === sumOf(standing))
		await applyReversal(settling, await attemptOf(settling, payment), 'gone');
	await queueReversalMail(tx, scope, now, 'money_returned', reversalId);
}

/** A name that a person gave may be another payment's: it is put right by a person, and shown until then. */
const ofAnother = ({ kind, objectId }: Going): Error =>
	new Error(`${kind} ${objectId} is booked for another payment, under a reference that a person gave`);

export async function restore(settling: Moving, payment: Payment, restored: Restored): Promise<void> {
	const { scope, tx, supplier, now } = settling;
	const { kind, objectId, undoes, amountMinor, at } = restored;
	if (amountMinor <= 0n || (await findReversalOf(tx, scope, objectId, kind))) return;
	const taken = await listReversalLines(tx, scope, undoes.stripeObjectId, undoes.kind);
	// What the client owes for no invoice is settled first; then the invoices, as far as each is still owed: paid otherwise meanwhile, it is an advance.
	const before = await positionOf(settling, payment);
	const claim = before < 0n ? smallest(minor(-before), amountMinor) : ZERO;
	const invoices = await lockInvoices(
		tx,
		scope,
		taken.map((line) => line.invoiceId)
	);
	const owed = withinBalance(taken, (id) => invoices.find((one) => one.invoiceId === id)?.balanceMinor ?? ZERO);
	const lines = allocateReversal([...owed].reverse(), subtract(amountMinor, claim));
	const after = minor(before + (amountMinor - sumOf(lines)));
	const { paymentId, clientId, currency } = payment;
	const reversalId = newId();
	const row = { reversalId, paymentId, kind, stripeObjectId: objectId, amountMinor, reason: null };
	if (!(await insertReversal(tx, scope, { ...row, occurredAt: at }, lines))) return;
	const entry = moneyIn(kind, objectId, { clientId, lines, ...beyondInvoices(before, after) });
	const stripeAccount = accountKey(payment.stripeAccount);
	await bookEntry(tx, scope, entry, { currency, stripeAccount, bookedOn: civilDateIn(at, supplier.timeZone), now });
	// An instalment of a plan is paid again when some of it is back; the rest is owed beside the plan.
	if (kind === 'chargeback_won' && lines.length)
		await applyReversal(settling, await attemptOf(settling, payment), 'restored');
	await announce(settling, payment, lines);
	if (kind === 'chargeback_won') await queueReversalMail(tx, scope, now, 'money_restored', reversalId);
}

/** It is as if it had not been said: instalments wait as before, and whoever had a receipt is told that it is none. */
async function forgetPayment(settling: Moving, payment: Payment, reversalId: string): Promise<void> {
	const { tx, scope, now } = settling;
	await applyReversal(settling, await attemptOf(settling, payment), 'undone');
	if (await mayHaveReceipt(tx, scope, payment.paymentId))
		await queueReversalMail(tx, scope, now, 'transfer_undone', reversalId);
}

const attemptOf = async ({ tx, scope }: Following, payment: Payment) =>
	required(await findAttempt(tx, scope, payment.attemptId), 'attempt');

async function announce({ scope, tx, now }: Following, payment: Payment, lines: AllocationLine[]): Promise<void> {
	const fact = { kind: 'payment.reversed' as const, clientId: payment.clientId, attemptId: payment.attemptId };
	for (const { invoiceId } of lines) await recordFact(tx, scope, now, { ...fact, invoiceId });
	if (!lines.length) await recordFact(tx, scope, now, { ...fact, invoiceId: null });
}
