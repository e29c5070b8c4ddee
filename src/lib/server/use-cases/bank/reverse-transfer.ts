// Money that leaves again: the bank takes a payment back, or an acceptance was a mistake. Each is a reversal in the books, never an erasure.
// Actor: owner or accountant. Refusals: not_allowed, not_found, bank_entry_settled, refund_above_rest. Facts: payment.reversed, bank.changed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { noonOf } from '../../../domain/calendar/day-starts.ts';
import { transferBooked } from '../../../domain/ledger/entries.ts';
import { minor, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { allocateReversal, withinBalance, type AllocationLine } from '../../../domain/payments/allocation.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { findAttempt, lockInvoicesOf } from '../../store/attempts.ts';
import { lockBankTransaction, saveBankTransaction, type BankTransaction } from '../../store/bank.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier } from '../../store/suppliers.ts';
import {
	findPayment,
	findPaymentOfTransaction,
	findReversalOf,
	insertReversal,
	listReversalLines,
	listReversals,
	listStanding,
	netReversed,
	type Payment
} from '../../store/payments.ts';
import { recordAudit } from '../../store/audits.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { bookDiscounts } from '../payments/book-discounts.ts';
import { mayHaveReceipt } from '../payments/has-receipt.ts';
import type { Booking } from '../settling.ts';
import { applyReversal } from '../plans/apply-outcome.ts';
import { followMoney } from '../payments/follow-money.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { valueDay } from './find-matches.ts';

/** The bank takes back a payment that had come by transfer or by the supplier's own collection. */
export async function reverseTransfer(
	services: Services,
	scope: Scope,
	input: { bankTransactionId: string; paymentId: string }
): Promise<Result<{ paymentId: string }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const transaction = await lockBankTransaction(tx, scope, input.bankTransactionId);
		const payment = await findPayment(tx, scope, input.paymentId);
		if (!transaction || !payment?.bankTransactionId) return refuse('not_found');
		if (transaction.state === 'booked') return refuse('bank_entry_settled');
		if (!transaction.isReturn || transaction.amountMinor > 0n) return refuse('input_invalid', { field: 'bankEntryId' });
		await lockBankTransaction(tx, scope, payment.bankTransactionId);
		const booking: Booking = { services, scope, tx, supplier: await getSupplier(tx, scope), now: services.clock.now() };
		const rest = minor(payment.amountMinor - netReversed(await listReversals(tx, scope, payment.paymentId)));
		const amountMinor = minor(-transaction.amountMinor);
		if (amountMinor > rest || amountMinor <= 0n)
			return refuse('refund_above_rest', { restMinor: String(rest), currency: payment.currency });
		const round = transaction.round + 1;
		const reversalId = await reverse(booking, payment, {
			kind: 'debit_return',
			entryKind: 'transfer_return',
			objectId: `${transaction.bankTransactionId}:${round}`,
			amountMinor,
			reason: transaction.returnReason,
			on: valueDay(transaction)
		});
		if (amountMinor === rest) await applyToPlan(booking, payment, 'gone');
		await followMoney(booking, payment, null);
		await settle(booking, transaction, payment, 'booked', round);
		await queueReversalMail(tx, scope, booking.now, 'money_returned', reversalId);
		return done({ paymentId: payment.paymentId });
	});
}

/** What was accepted is as if it had not been: the transaction waits again, the books show both. */
export async function undoAcceptance(
	services: Services,
	scope: Scope,
	bankTransactionId: string
): Promise<Result<null>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const transaction = await lockBankTransaction(tx, scope, bankTransactionId);
		if (!transaction) return refuse('not_found');
		if (transaction.state !== 'booked') return refuse('bank_entry_settled');
		const booking: Booking = { services, scope, tx, supplier: await getSupplier(tx, scope), now: services.clock.now() };
		const on = civilDateIn(booking.now, booking.supplier.timeZone);
		if (transaction.isReturn) await restore(booking, transaction, on);
		else {
			const payment = required(await findPaymentOfTransaction(tx, scope, bankTransactionId), 'payment');
			const rest = minor(payment.amountMinor - netReversed(await listReversals(tx, scope, payment.paymentId)));
			if (rest > 0n) {
				const reversalId = await reverse(booking, payment, {
					kind: 'transfer_undone',
					entryKind: 'transfer_undone',
					objectId: payment.paymentId,
					amountMinor: rest,
					reason: null,
					on
				});
				await applyToPlan(booking, payment, 'undone');
				await followMoney(booking, payment, null);
				// Whoever had a receipt is told; one that has not left stays here (compose-mail), and then nothing is told.
				if (await mayHaveReceipt(tx, scope, payment.paymentId))
					await queueReversalMail(tx, scope, booking.now, 'transfer_undone', reversalId);
			}
			await settle(booking, transaction, payment, 'waiting', transaction.round);
		}
		return done(null);
	});
}

/** Not a client's payment; or to be looked at after all. */
export async function setAside(
	services: Services,
	scope: Scope,
	bankTransactionId: string,
	isAside: boolean
): Promise<Result<null>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const transaction = await lockBankTransaction(tx, scope, bankTransactionId);
		if (!transaction) return refuse('not_found');
		if (transaction.state === 'booked') return refuse('bank_entry_settled');
		const now = services.clock.now();
		const state = isAside ? 'aside' : 'waiting';
		await saveBankTransaction(tx, scope, bankTransactionId, {
			state,
			settledBy: actorName(scope.actor),
			settledAt: now
		});
		await recordFact(tx, scope, now, { kind: 'bank.changed', clientId: null, invoiceId: null, attemptId: null });
		return done(null);
	});
}

type Going = {
	kind: 'debit_return' | 'transfer_undone';
	entryKind: 'transfer_return' | 'transfer_undone';
	objectId: string;
	amountMinor: Minor;
	reason: string | null;
	on: CivilDate;
};
/** Invoices first, in the reverse order of the allocation; what is left comes out of what was kept for the client. */
async function reverse(booking: Booking, payment: Payment, going: Going): Promise<string> {
	const { scope, tx, supplier, now } = booking;
	await lockInvoicesOf(tx, scope, payment.attemptId);
	const lines = allocateReversal(await listStanding(tx, scope, payment.paymentId), going.amountMinor);
	const creditMinor = minor(going.amountMinor - sumOf(lines));
	const reversalId = newId();
	const { kind, objectId, amountMinor, reason } = going;
	const { paymentId, clientId, currency } = payment;
	const occurredAt = noonOf(going.on, supplier.timeZone);
	await insertReversal(
		tx,
		scope,
		{ reversalId, paymentId, kind, stripeObjectId: objectId, amountMinor, reason, occurredAt },
		lines
	);
	const entry = transferBooked(going.entryKind, reversalId, { clientId, lines, creditMinor });
	await bookEntry(tx, scope, entry, { currency, bookedOn: going.on, now });
	await bookDiscounts(booking, payment);
	await announce(booking, payment, lines);
	return reversalId;
}
/** A return that was none: the payment stands again. */
async function restore(booking: Booking, transaction: BankTransaction, on: CivilDate): Promise<void> {
	const { scope, tx, supplier, now } = booking;
	const objectId = `${transaction.bankTransactionId}:${transaction.round}`;
	const undone = required(await findReversalOf(tx, scope, objectId, 'debit_return'), 'return');
	const payment = required(await findPayment(tx, scope, undone.paymentId), 'payment');
	const taken = await listReversalLines(tx, scope, objectId, 'debit_return');
	await lockInvoicesOf(tx, scope, payment.attemptId);
	// As far as each invoice is still owed: paid otherwise or credited meanwhile, the money is the client's.
	const invoices = await lockInvoices(
		tx,
		scope,
		taken.map((line) => line.invoiceId)
	);
	const lines = withinBalance(taken, (id) => invoices.find((one) => one.invoiceId === id)?.balanceMinor ?? ZERO);
	const reversalId = newId();
	const { paymentId, clientId, currency } = payment;
	await insertReversal(
		tx,
		scope,
		{
			reversalId,
			paymentId,
			kind: 'return_undone',
			stripeObjectId: objectId,
			amountMinor: undone.amountMinor,
			reason: null,
			occurredAt: noonOf(on, supplier.timeZone)
		},
		lines
	);
	const creditMinor = minor(undone.amountMinor - sumOf(lines));
	const back = transferBooked('return_undone', reversalId, { clientId, lines, creditMinor });
	await bookEntry(tx, scope, back, { currency, bookedOn: on, now });
	await bookDiscounts(booking, payment);
	if (lines.length) await applyToPlan(booking, payment, 'restored');
	await followMoney(booking, payment, paymentId);
	await announce(booking, payment, lines);
	await queueReversalMail(tx, scope, now, 'money_restored', reversalId);
	await settle(booking, transaction, payment, 'waiting', transaction.round);
}
/** Instalments of a plan that the transfer had paid, if any. */
async function applyToPlan(booking: Booking, payment: Payment, kind: Parameters<typeof applyReversal>[2]) {
	const attempt = required(await findAttempt(booking.tx, booking.scope, payment.attemptId), 'attempt');
	await applyReversal({ ...booking, intent: null }, attempt, kind);
}
const sumOf = (lines: AllocationLine[]): bigint => lines.reduce((sum, line) => sum + line.amountMinor, 0n);

async function settle(
	{ scope, tx, now }: Booking,
	transaction: BankTransaction,
	payment: Payment,
	state: 'booked' | 'waiting',
	round: number
): Promise<void> {
	await saveBankTransaction(tx, scope, transaction.bankTransactionId, {
		state,
		round,
		clientId: state === 'booked' ? payment.clientId : null,
		settledBy: actorName(scope.actor),
		settledAt: now
	});
	const action = state === 'waiting' ? 'transfer_undone' : 'transfer_returned';
	await recordAudit(tx, scope, now, action, payment.paymentId, { entry: transaction.bankTransactionId });
	await recordFact(tx, scope, now, { kind: 'bank.changed', clientId: null, invoiceId: null, attemptId: null });
}
async function announce({ scope, tx, now }: Booking, payment: Payment, lines: AllocationLine[]): Promise<void> {
	for (const line of lines)
		await recordFact(tx, scope, now, {
			kind: 'payment.reversed',
			clientId: payment.clientId,
			invoiceId: line.invoiceId,
			attemptId: payment.attemptId
		});
}
