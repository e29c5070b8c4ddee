// A transaction of the bank becomes a payment: at its value date, at the price of that day, each invoice as far as it goes, the rest kept for the client.
// Actor: owner or accountant. Refusals: not_allowed, not_found, input_invalid, bank_entry_settled, plan_running, transfer_under_part,
// payment_in_progress, nothing_to_pay. Facts: payment.received, plan.changed, bank.changed.
import { noonOf } from '../../../domain/calendar/day-starts.ts';
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { transferBooked } from '../../../domain/ledger/entries.ts';
import { minor } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { insertAttempt, lockPaid, type Attempt, findAttempt } from '../../store/attempts.ts';
import {
	findBankTransactions,
	lockBankTransaction,
	saveBankTransaction,
	type BankTransaction
} from '../../store/bank.ts';
import type { Tx } from '../../store/database.ts';
import { insertPromisedDiscounts } from '../../store/discounts.ts';
import { listInvoicesByNumber } from '../../store/invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { holdInstalments } from '../../store/held-instalments.ts';
import { recordAudit } from '../../store/audits.ts';
import { saveAcceptance } from '../offers/save-acceptance.ts';
import { bookDiscounts } from '../payments/book-discounts.ts';
import { closeAttempts } from '../payments/close-attempts.ts';
import { saveReceived } from '../payments/book-payment.ts';
import type { Booking } from '../settling.ts';
import { applyOutcome } from '../plans/apply-outcome.ts';
import { followMoney } from '../payments/follow-money.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import {
	findCandidates,
	findMatches,
	readMatchingFacts,
	valueDay,
	type TransactionMatches,
	type MatchingFacts
} from './find-matches.ts';
import { chooseLines, type Chosen } from './choose-lines.ts';
import { reverseTransfer } from './reverse-transfer.ts';

export type AcceptInput = { bankTransactionId: string; invoiceIds: string[] };

export const acceptTransaction = (services: Services, scope: Scope, { bankTransactionId, invoiceIds }: AcceptInput) =>
	settle(services, scope, { bankTransactionId, invoiceIds }, (booking, transaction) =>
		chooseLines(booking, transaction, invoiceIds)
	);

/** Nothing is left to pay on what it was meant for: the whole of it is kept for the client. */
export const bookAsAdvance = (
	services: Services,
	scope: Scope,
	{ bankTransactionId, clientId }: { bankTransactionId: string; clientId: string }
) =>
	settle(services, scope, { bankTransactionId, invoiceIds: [] }, async ({ tx }) =>
		(await findClient(tx, scope, clientId))
			? done({ clientId, description: '', lines: [], early: null, instalments: [] })
			: refuse('not_found')
	);

type Choose = (booking: Booking, transaction: BankTransaction) => Promise<Result<Chosen>>;
async function settle(
	services: Services,
	scope: Scope,
	{ bankTransactionId, invoiceIds }: AcceptInput,
	choose: Choose
): Promise<Result<{ paymentId: string }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	// Looked at before clients' payments are closed at Stripe for it, and again under its lock.
	const look = async () =>
		(await read(services, scope, (tx) => findBankTransactions(tx, scope, [bankTransactionId])))[0];
	const seen = await look();
	const problem = checkTransaction(seen);
	if (problem) return problem;
	// What is refused anyhow closes nobody's payment; an attempt that is live may be one of those that are closed.
	const looked =
		seen && (await read(services, scope, async (tx) => choose(await bookingOf(services, scope, tx), seen)));
	// Somebody may have accepted it between the two looks: then that is why.
	if (looked && !looked.ok && looked.refusal.code !== 'payment_in_progress')
		return checkTransaction(await look()) ?? looked;
	if ((await closeAttempts(services, scope, invoiceIds)) !== 'ended') return refuse('payment_in_progress');
	return commit(services, scope, async (tx) => {
		const transaction = await lockBankTransaction(tx, scope, bankTransactionId);
		const refused = checkTransaction(transaction);
		if (!transaction || refused) return refused ?? refuse('not_found');
		const booking = await bookingOf(services, scope, tx);
		const chosen = await choose(booking, transaction);
		return chosen.ok ? done({ paymentId: await book(booking, transaction, chosen.value) }) : chosen;
	});
}

const bookingOf = async (services: Services, scope: Scope, tx: Tx): Promise<Booking> => ({
	services,
	scope,
	tx,
	supplier: await getSupplier(tx, scope),
	now: services.clock.now()
});

function checkTransaction(transaction: BankTransaction | null | undefined): ReturnType<typeof refuse> | null {
	if (!transaction) return refuse('not_found');
	if (transaction.state === 'booked') return refuse('bank_entry_settled');
	return transaction.isReturn || transaction.amountMinor <= 0n || transaction.currency !== 'EUR'
		? refuse('input_invalid', { field: 'bankEntryId' })
		: null;
}

async function book(booking: Booking, transaction: BankTransaction, chosen: Chosen): Promise<string> {
	const { scope, tx, supplier, now } = booking;
	const { clientId } = chosen;
	const attempt = await createAttempt(booking, transaction, chosen);
	const round = transaction.round + 1;
	await saveBankTransaction(tx, scope, transaction.bankTransactionId, {
		state: 'booked',
		round,
		clientId,
		settledBy: actorName(scope.actor),
		settledAt: now
	});
	const paid = await lockPaid(tx, scope, attempt.attemptId);
	const payment = await saveReceived(booking, attempt, paid, {
		amountMinor: transaction.amountMinor,
		methodType: 'transfer',
		methodLabel: null,
		bankTransactionId: transaction.bankTransactionId,
		bankRound: round,
		paidAt: noonOf(valueDay(transaction), supplier.timeZone),
		paidOn: valueDay(transaction),
		entryOf: (paymentId, of) => transferBooked('transfer', paymentId, { clientId, ...of })
	});
	await bookDiscounts(booking, payment);
	await applyOutcome({ ...booking, intent: null }, attempt, 'paid');
	await followMoney(booking, attempt, payment.paymentId);
	await recordAudit(tx, scope, now, 'transfer_accepted', payment.paymentId, { entry: transaction.bankTransactionId });
	await recordFact(tx, scope, now, { kind: 'bank.changed', clientId: null, invoiceId: null, attemptId: null });
	return payment.paymentId;
}

/** The attempt that a transfer is: begun and ended at once, with the evidence of an early price that was taken, and the instalments of a plan that it pays. */
async function createAttempt(
	{ scope, tx, now, supplier }: Booking,
	transaction: BankTransaction,
	{ clientId, description, lines, early, instalments }: Chosen
): Promise<Attempt> {
	const attemptId = newId();
	await insertAttempt(
		tx,
		scope,
		{
			attemptId,
			clientId,
			contactId: null,
			channel: 'bank',
			option: early ? 'early' : instalments.length ? 'next_part' : 'now',
			allowedTypes: [],
			discountMinor: early?.option.discountMinor ?? minor(0n),
			offerEndsAt: early?.option.deadlineAt ?? null,
			amountMinor: transaction.amountMinor,
			currency: transaction.currency,
			confirmationTokenId: null,
			description,
			returnUrl: '',
			status: 'paid',
			retriesIntent: false,
			methodType: 'transfer',
			createdAt: now,
			updatedAt: now
		},
		lines,
		{ live: false }
	);
	if (instalments.length) await holdInstalments(tx, scope, attemptId, instalments);
	if (early) {
		const from = { returnUrl: '', ip: null, userAgent: null, locale: 'fr' as const };
		await saveAcceptance(tx, scope, attemptId, { supplier, clientId, ...early, from });
		await insertPromisedDiscounts(tx, scope, attemptId, early.option.discounts);
	}
	return required(await findAttempt(tx, scope, attemptId), 'attempt');
}

/** The invoice that a person named by its number; of one number in two years, the one that has something left. */
export async function acceptForNumber(
	services: Services,
	scope: Scope,
	{ bankTransactionId, number }: { bankTransactionId: string; number: string }
): Promise<Result<{ paymentId: string }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const found = await read(services, scope, (tx) => listInvoicesByNumber(tx, scope, number));
	const owed = found.filter((one) => one.balanceMinor > 0n && one.notPayableReason === null);
	const [invoice, another] = owed.length ? owed : found;
	if (!invoice || another) return refuse('invoice_unknown', { number });
	return acceptTransaction(services, scope, { bankTransactionId, invoiceIds: [invoice.invoiceId] });
}

/** Every transaction whose best explanation is certain: each in its own transaction, asked again at that moment. Answers how many. */
export async function acceptCertain(
	services: Services,
	scope: Scope,
	bankTransactionIds: string[]
): Promise<Result<{ accepted: number }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const candidates = await read(services, scope, async (tx) =>
		findCandidates(tx, scope, await findBankTransactions(tx, scope, bankTransactionIds))
	);
	let accepted = 0;
	let facts: MatchingFacts | null = null;
	for (const bankTransactionId of bankTransactionIds) {
		const best = await read(services, scope, async (tx) => {
			const transaction = await lockBankTransaction(tx, scope, bankTransactionId);
			if (transaction?.state !== 'waiting') return null;
			facts ??= await readMatchingFacts(tx, scope, candidates);
			return findMatches(tx, scope, facts, transaction);
		});
		const result = best && (await acceptBest(services, scope, bankTransactionId, best));
		if (!result?.ok) continue;
		accepted += 1;
		// What was open has changed.
		facts = null;
	}
	return done({ accepted });
}
function acceptBest(
	services: Services,
	scope: Scope,
	bankTransactionId: string,
	{ matches, returns }: TransactionMatches
): Promise<Result<{ paymentId: string }>> | null {
	const [[match], [returned]] = [matches, returns];
	if (match?.certainty === 'certain')
		return acceptTransaction(services, scope, { bankTransactionId, invoiceIds: match.invoiceIds });
	return returned?.certainty === 'certain'
		? reverseTransfer(services, scope, { bankTransactionId, paymentId: returned.payment.paymentId })
		: null;
}
