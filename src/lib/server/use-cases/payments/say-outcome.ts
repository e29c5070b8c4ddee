// A try can't be asked about any more: its account at Stripe was left and disconnected. Who sees it there says what became of it. Paid: it is booked through the
// one door, under the intent it is at Stripe, so that the account, should it come back, finds it in the books. Not paid: it ends, and its invoices are payable.
// Actor: owner or accountant. Refusals: not_allowed, proof_needed, not_found, account_answers, outcome_said, reference_of_another, money_day_not_possible.
// Facts: attempt.changed, payment.received, plan.changed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { moneyIn } from '../../../domain/ledger/entries.ts';
import { ZERO } from '../../../domain/money/minor.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import type { PaymentMethodType } from '../../../domain/payments/methods.ts';
import { checkPaid } from '../../../domain/payments/outcome.ts';
import { required } from '../../../domain/required.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import {
	findAttempt,
	listAttemptLines,
	listAttemptsOfIntent,
	lockAttempt,
	saveAttempt,
	type Attempt
} from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { findSaid, insertSaid, type SaidOutcome } from '../../store/outcomes.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier } from '../../store/parties.ts';
import { recordAudit } from '../../store/records.ts';
import { listDisconnected } from '../../store/stripe-accounts.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { noonOf } from '../bank/find-matches.ts';
import { queueRefundNotice } from '../mails/queue-owner-notices.ts';
import { followPlan } from '../plans/follow-plan.ts';
import { lowerToOwed } from '../plans/lower-plans.ts';
import { askForMethod } from '../plans/ask-for-method.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { bookDiscounts } from './book-discounts.ts';
import { keepReceived } from './book-payment.ts';
import type { Booking } from './settling.ts';

type Paid = { outcome: 'paid'; paidOn: CivilDate; reference: string; methodType: PaymentMethodType };
type NotPaid = { outcome: 'not_paid' };
export type Answer = Paid | NotPaid;
export type SayInput = { invoiceId: string; attemptId: string; note: string } & Answer;

export async function sayOutcome(services: Services, scope: Scope, input: SayInput): Promise<Result<null>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const seen = await read(services, scope, async (tx) => findTry(tx, scope, input));
	if (!seen) return refuse('not_found');
	// Known to be disconnected some minutes ago: asked once more, since whoever can be asked needs nobody's word.
	if (isLive(seen.status) && (await answers(services, seen.stripeAccount))) return refuse('account_answers');
	return commit(services, scope, (tx) => sayInside(services, scope, tx, input));
}

/** Of this invoice, and not the setting-up of a plan, which ends by itself. */
async function findTry(tx: Tx, scope: Scope, { invoiceId, attemptId }: SayInput): Promise<Attempt | null> {
	const attempt = await findAttempt(tx, scope, attemptId);
	const lines = attempt && !attempt.isSetup ? await listAttemptLines(tx, scope, attemptId) : [];
	return lines.some((line) => line.invoiceId === invoiceId) ? attempt : null;
}

async function answers(services: Services, account: string | null): Promise<boolean> {
	try {
		await services.payments.greet(account);
		return true;
	} catch (error) {
		if (error instanceof NotAsked) return false;
		throw error;
	}
}

/** Both answers at once, or one of them twice: the first one stands. */
async function sayInside(services: Services, scope: Scope, tx: Tx, input: SayInput): Promise<Result<null>> {
	const attempt = await lockAttempt(tx, scope, input.attemptId);
	if (!attempt) return refuse('not_found');
	const known = await findSaid(tx, scope, input.attemptId);
	if (known) return isSame(known, input) ? done(null) : refuse('outcome_said');
	if (!isLive(attempt.status)) return refuse('outcome_said');
	const account = attempt.stripeAccount;
	if (account === null || !(await listDisconnected(tx, scope)).has(account)) return refuse('account_answers');
	const booking = { services, scope, tx, supplier: await getSupplier(tx, scope), now: services.clock.now() };
	return input.outcome === 'paid' ? keepPaid(booking, attempt, input) : keepNotPaid(booking, attempt, input);
}
const isSame = (known: SaidOutcome, input: SayInput): boolean =>
	known.outcome === input.outcome &&
	(input.outcome === 'not_paid' || (known.reference === input.reference && known.paidOn === input.paidOn));

async function keepPaid(booking: Booking, attempt: Attempt, input: SayInput & Paid): Promise<Result<null>> {
	const { scope, tx, supplier, now } = booking;
	const { paidOn, reference } = input;
	const { attemptId, clientId, amountMinor, currency, stripePaymentIntentId: intentId } = attempt;
	const [begunOn, today] = [civilDateIn(attempt.createdAt, supplier.timeZone), civilDateIn(now, supplier.timeZone)];
	const mistake = checkPaid({ reference, paidOn }, { intentId, begunOn, today });
	if (mistake) return refuse(mistake);
	const others = await listAttemptsOfIntent(tx, scope, reference);
	if (intentId === null && others.length) return refuse('reference_of_another');
	const methodType = attempt.methodType ?? input.methodType;
	await saveAttempt(
		tx,
		scope,
		attemptId,
		{ status: 'paid', stripePaymentIntentId: reference, methodType, errorCode: null, declineCode: null },
		now
	);
	await say(booking, attempt, input);
	const payment = await keepReceived(booking, attempt, {
		amountMinor,
		methodType,
		methodLabel: attempt.methodLabel,
		stripeAccount: attempt.stripeAccount,
		stripePaymentIntentId: reference,
		paidAt: noonOf(paidOn, supplier.timeZone),
		paidOn,
		entryOf: (_paymentId, { lines, creditMinor }) =>
			moneyIn('payment', reference, { clientId, lines, advanceMinor: creditMinor, claimMinor: ZERO })
	});
	await followPlan({ ...booking, intent: null }, attempt, 'paid');
	await askForMethod(booking, attempt);
	await bookDiscounts(booking, payment);
	await lowerToOwed(booking, attempt, payment.paymentId);
	const detail = { amountMinor: String(amountMinor), currency, receipt: payment.receiptNumber, reference };
	await queueRefundNotice(tx, scope, now, await audit(booking, attempt, input, detail));
	return done(null);
}

async function keepNotPaid(booking: Booking, attempt: Attempt, input: SayInput): Promise<Result<null>> {
	const { scope, tx, now } = booking;
	const { attemptId, clientId, amountMinor, currency } = attempt;
	await saveAttempt(tx, scope, attemptId, { status: 'canceled', errorCode: 'said_not_paid', declineCode: null }, now);
	await say(booking, attempt, input);
	await followPlan({ ...booking, intent: null }, { ...attempt, errorCode: 'said_not_paid' }, 'canceled');
	await lowerToOwed(booking, attempt, null);
	for (const { invoiceId } of await listAttemptLines(tx, scope, attemptId))
		await recordFact(tx, scope, now, { kind: 'attempt.changed', clientId, invoiceId, attemptId });
	const detail = { amountMinor: String(amountMinor), currency, description: attempt.description };
	await queueRefundNotice(tx, scope, now, await audit(booking, attempt, input, detail));
	return done(null);
}

async function say({ scope, tx, now }: Booking, { attemptId }: Attempt, input: SayInput): Promise<void> {
	const { outcome, note } = input;
	const paid = input.outcome === 'paid' ? { paidOn: input.paidOn, reference: input.reference } : {};
	await insertSaid(tx, scope, { attemptId, outcome, note, saidBy: actorName(scope.actor), saidAt: now, ...paid });
}
const audit = (
	{ scope, tx, now }: Booking,
	{ attemptId, stripeAccount }: Attempt,
	{ outcome, note }: SayInput,
	detail: Record<string, string>
): Promise<string> =>
	recordAudit(tx, scope, now, outcome === 'paid' ? 'said_paid' : 'said_not_paid', attemptId, {
		...detail,
		account: required(stripeAccount, 'account'),
		note
	});
