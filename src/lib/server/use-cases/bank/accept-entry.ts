// A movement of the bank becomes a payment: at its value date, at the price of that day, each invoice as far as it goes, the rest kept for the client.
// Actor: owner or accountant. Refusals: not_allowed, not_found, input_invalid, bank_entry_settled, plan_running, transfer_under_part,
// payment_in_progress, nothing_to_pay. Facts: payment.received, plan.changed, bank.changed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { transferBooked } from '../../../domain/ledger/entries.ts';
import { minor } from '../../../domain/money/minor.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { insertAttempt, type Attempt, findAttempt } from '../../store/attempts.ts';
import { findBankEntries, lockBankEntry, saveBankEntry, type BankEntry } from '../../store/bank.ts';
import type { Tx } from '../../store/database.ts';
import { insertPromisedDiscounts } from '../../store/discounts.ts';
import { listInvoicesByNumber } from '../../store/invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient, getSupplier } from '../../store/parties.ts';
import { holdInstalments } from '../../store/held-instalments.ts';
import { recordAudit } from '../../store/records.ts';
import { keepAcceptance } from '../offers/keep-acceptance.ts';
import { bookDiscounts } from '../payments/book-discounts.ts';
import { endTries } from '../payments/end-tries.ts';
import { keepReceived } from '../payments/book-payment.ts';
import type { Booking } from '../payments/settling.ts';
import { followPlan } from '../plans/follow-plan.ts';
import { followMoney } from '../payments/follow-money.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import {
	findCandidates,
	findMatches,
	noonOf,
	readMatchingFacts,
	valueDay,
	type EntryMatches,
	type MatchingFacts
} from './find-matches.ts';
import { chooseLines, type Chosen } from './choose-lines.ts';
import { takeBack } from './take-back.ts';

export type AcceptInput = { bankEntryId: string; invoiceIds: string[] };

export const acceptEntry = (services: Services, scope: Scope, { bankEntryId, invoiceIds }: AcceptInput) =>
	settle(services, scope, { bankEntryId, invoiceIds }, (booking, entry) => chooseLines(booking, entry, invoiceIds));

/** Nothing is left to pay on what it was meant for: the whole of it is kept for the client. */
export const keepForClient = (
	services: Services,
	scope: Scope,
	{ bankEntryId, clientId }: { bankEntryId: string; clientId: string }
) =>
	settle(services, scope, { bankEntryId, invoiceIds: [] }, async ({ tx }) =>
		(await findClient(tx, scope, clientId))
			? done({ clientId, description: '', lines: [], early: null, instalments: [] })
			: refuse('not_found')
	);

type Choose = (booking: Booking, entry: BankEntry) => Promise<Result<Chosen>>;
async function settle(
	services: Services,
	scope: Scope,
	{ bankEntryId, invoiceIds }: AcceptInput,
	choose: Choose
): Promise<Result<{ paymentId: string }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	// Looked at before clients' payments are closed at Stripe for it, and again under its lock.
	const look = async () => (await read(services, scope, (tx) => findBankEntries(tx, scope, [bankEntryId])))[0];
	const seen = await look();
	const problem = checkEntry(seen);
	if (problem) return problem;
	// What is refused anyhow closes nobody's payment; a try that is live may be one of those that are closed.
	const looked =
		seen && (await read(services, scope, async (tx) => choose(await bookingOf(services, scope, tx), seen)));
	// Somebody may have accepted it between the two looks: then that is why.
	if (looked && !looked.ok && looked.refusal.code !== 'payment_in_progress') return checkEntry(await look()) ?? looked;
	if ((await endTries(services, scope, invoiceIds)) !== 'ended') return refuse('payment_in_progress');
	return commit(services, scope, async (tx) => {
		const entry = await lockBankEntry(tx, scope, bankEntryId);
		const refused = checkEntry(entry);
		if (!entry || refused) return refused ?? refuse('not_found');
		const booking = await bookingOf(services, scope, tx);
		const chosen = await choose(booking, entry);
		return chosen.ok ? done({ paymentId: await book(booking, entry, chosen.value) }) : chosen;
	});
}

const bookingOf = async (services: Services, scope: Scope, tx: Tx): Promise<Booking> => ({
	services,
	scope,
	tx,
	supplier: await getSupplier(tx, scope),
	now: services.clock.now()
});

function checkEntry(entry: BankEntry | null | undefined): ReturnType<typeof refuse> | null {
	if (!entry) return refuse('not_found');
	if (entry.state === 'booked') return refuse('bank_entry_settled');
	return entry.isReturn || entry.amountMinor <= 0n || entry.currency !== 'EUR'
		? refuse('input_invalid', { field: 'bankEntryId' })
		: null;
}

async function book(booking: Booking, entry: BankEntry, chosen: Chosen): Promise<string> {
	const { scope, tx, supplier, now } = booking;
	const { clientId } = chosen;
	const attempt = await keepAttempt(booking, entry, chosen);
	const round = entry.round + 1;
	await saveBankEntry(tx, scope, entry.bankEntryId, {
		state: 'booked',
		round,
		clientId,
		settledBy: actorName(scope.actor),
		settledAt: now
	});
	const payment = await keepReceived(booking, attempt, {
		amountMinor: entry.amountMinor,
		methodType: 'transfer',
		methodLabel: null,
		bankEntryId: entry.bankEntryId,
		bankRound: round,
		paidAt: noonOf(valueDay(entry), supplier.timeZone),
		paidOn: valueDay(entry),
		entryOf: (paymentId, of) => transferBooked('transfer', paymentId, { clientId, ...of })
	});
	await bookDiscounts(booking, payment);
	await followPlan({ ...booking, intent: null }, attempt, 'paid');
	await followMoney(booking, attempt, payment.paymentId);
	await recordAudit(tx, scope, now, 'transfer_accepted', payment.paymentId, { entry: entry.bankEntryId });
	await recordFact(tx, scope, now, { kind: 'bank.changed', clientId: null, invoiceId: null, attemptId: null });
	return payment.paymentId;
}

/** The try that a transfer is: begun and ended at once, with the evidence of an early price that was taken, and the instalments of a plan that it pays. */
async function keepAttempt(
	{ scope, tx, now, supplier }: Booking,
	entry: BankEntry,
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
			amountMinor: entry.amountMinor,
			currency: entry.currency,
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
		await keepAcceptance(tx, scope, attemptId, { supplier, clientId, ...early, from });
		await insertPromisedDiscounts(tx, scope, attemptId, early.option.discounts);
	}
	return required(await findAttempt(tx, scope, attemptId), 'attempt');
}

/** The invoice that a person named by its number; of one number in two years, the one that has something left. */
export async function acceptForNumber(
	services: Services,
	scope: Scope,
	{ bankEntryId, number }: { bankEntryId: string; number: string }
): Promise<Result<{ paymentId: string }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const found = await read(services, scope, (tx) => listInvoicesByNumber(tx, scope, number));
	const owed = found.filter((one) => one.balanceMinor > 0n && one.notPayableReason === null);
	const [invoice, another] = owed.length ? owed : found;
	if (!invoice || another) return refuse('invoice_unknown', { number });
	return acceptEntry(services, scope, { bankEntryId, invoiceIds: [invoice.invoiceId] });
}

/** Every movement whose best explanation is certain: each in its own transaction, asked again at that moment. Answers how many. */
export async function acceptCertain(
	services: Services,
	scope: Scope,
	bankEntryIds: string[]
): Promise<Result<{ accepted: number }>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const candidates = await read(services, scope, async (tx) =>
		findCandidates(tx, scope, await findBankEntries(tx, scope, bankEntryIds))
	);
	let accepted = 0;
	let facts: MatchingFacts | null = null;
	for (const bankEntryId of bankEntryIds) {
		const best = await read(services, scope, async (tx) => {
			const entry = await lockBankEntry(tx, scope, bankEntryId);
			if (entry?.state !== 'waiting') return null;
			facts ??= await readMatchingFacts(tx, scope, candidates);
			return findMatches(tx, scope, facts, entry);
		});
		const result = best && (await acceptBest(services, scope, bankEntryId, best));
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
	bankEntryId: string,
	{ matches, returns }: EntryMatches
): Promise<Result<{ paymentId: string }>> | null {
	const [[match], [returned]] = [matches, returns];
	if (match?.certainty === 'certain')
		return acceptEntry(services, scope, { bankEntryId, invoiceIds: match.invoiceIds });
	return returned?.certainty === 'certain'
		? takeBack(services, scope, { bankEntryId, paymentId: returned.payment.paymentId })
		: null;
}
