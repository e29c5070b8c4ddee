// The one door through which money enters the books. Called by the payment itself, by webhooks and by reconciliation: re-reads the
// PaymentIntent from Stripe and converges on what it says now. Order, repetition and loss of messages do not matter.
// Facts: payment.processing, payment.declined, payment.received, payment.reversed, attempt.changed.
import { isUuid } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { addTargetDays } from '../../../domain/calendar/business-days.ts';
import type { AllocationLine } from '../../../domain/payments/allocation.ts';
import { attemptStatusFrom, nextStatus } from '../../../domain/payments/attempt-status.ts';
import { required } from '../../../domain/required.ts';
import type { IntentState } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import {
	findAttempt,
	listAttemptLines,
	listAttemptsOfIntent,
	lockAttempt,
	lockAttemptsOfIntent,
	nameIntent,
	saveAttempt,
	type Attempt,
	lockPaid,
	NOTHING_PAID
} from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { recordFacts } from '../../store/outbox.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { commit, read } from '../run.ts';
import { queueAttemptMail } from '../mails/queue-mails.ts';
import { saveUsedMethod } from '../methods/save-used-method.ts';
import { applyOutcome } from '../plans/apply-outcome.ts';
import { followMoney } from './follow-money.ts';
import { bookDiscounts } from './book-discounts.ts';
import { bookPayment } from './book-payment.ts';
import { bookReversals } from './book-reversals.ts';
import { countRefusedAttempt } from '../stripe/limit-attempts.ts';
import { holdAgain, wasDeclaredNotPaid } from './hold-again.ts';
import type { Settling } from '../settling.ts';

export type Settled = {
	attempts: Attempt[];
	/** Only while the bank waits for the person. */
	clientSecret: string | null;
	/** The bank has its answer, and Stripe waits for ours (finish-at-bank.ts). */
	awaitsUs: boolean;
};

/** SEPA success is announced six TARGET days after the debit was ordered (https://docs.stripe.com/payments/sepa-debit). */
const SEPA_RESULT_DAYS = 6;

/** A reading that somebody overtook is read again; more often than this means that something else is wrong. */
const READINGS_MAX = 5;

/** An intent, where it was made: of an account that is no longer the supplier's too. */
export type IntentAt = { account: string | null; intentId: string };
/** Its account answers, and knows nothing of it. */
export class IntentMissing extends Error {}

/**
 * Reads the intent and converges on it; null when it is not one of ours. `answered` is the attempt whose own confirmation Stripe has just
 * answered: only then can a refusal on an intent that is tried again be told from the refusal of the attempt before.
 */
export async function settleIntent(
	services: Services,
	scope: Scope,
	{ account, intentId }: IntentAt,
	answered: string | null = null
): Promise<Settled | null> {
	for (let reading = 1; reading <= READINGS_MAX; reading++) {
		const known = await read(services, scope, (tx) => listAttemptsOfIntent(tx, scope, intentId));
		const seen = fingerprint(known);
		const intent = await services.payments.retrieve(account, intentId);
		if (!intent && !known.length) return null;
		// Where it was made, an intent does not vanish: a wrong key, another mode or a mistake of ours. What is known of it stays.
		if (!intent)
			throw new IntentMissing(`intent ${intentId} is missing on ${account ?? 'the platform'}: left as it is`);
		const attempts = await commit(services, scope, (tx) =>
			settleInside(services, scope, tx, intent, { account, seen, answered })
		);
		if (!attempts) continue;
		await countRefusedAtBank(services, scope, known, attempts);
		if (!attempts.length) return null;
		return {
			attempts,
			clientSecret: intent.status === 'requires_action' ? intent.clientSecret : null,
			awaitsUs: intent.status === 'requires_confirmation'
		};
	}
	throw new Error(`intent ${intentId} changed during each of ${READINGS_MAX} readings`);
}

/**
 * Attempts that waited for the bank and came to nothing are cards tried: counted here, whoever learns of it, and once, since nobody moved them between the
 * reading of `before` and the lock.
 */
async function countRefusedAtBank(
	services: Services,
	scope: Scope,
	before: Attempt[],
	after: Attempt[]
): Promise<void> {
	const waited = before.filter(({ status }) => status === 'awaiting_auth').map(({ attemptId }) => attemptId);
	for (const attempt of after)
		if (waited.includes(attempt.attemptId) && (attempt.status === 'declined' || attempt.status === 'canceled')) {
			const [line] = await read(services, scope, (tx) => listAttemptLines(tx, scope, attempt.attemptId));
			await countRefusedAttempt(services, scope, { begunBy: attempt.begunBy, about: line?.invoiceId ?? '' });
		}
}

/** What was known of an intent before it was read: another fingerprint under lock means that the reading may be older than what is known. */
const fingerprint = (attempts: Attempt[]): string =>
	attempts.map((row) => [row.attemptId, row.status, row.errorCode, row.declineCode].join()).join(';');

/** null: overtaken, nothing was changed. */
async function settleInside(
	services: Services,
	scope: Scope,
	tx: Tx,
	intent: IntentState,
	{ account, seen, answered }: { account: string | null; seen: string; answered: string | null }
): Promise<Attempt[] | null> {
	const known = await lockAttemptsOfIntent(tx, scope, intent.intentId);
	if (fingerprint(known) !== seen) return null;
	const isNamed = known.some(({ attemptId }) => attemptId === intent.attemptId);
	if (!isNamed && !(await adoptIntent(tx, scope, account, intent))) return null;
	const attempts = isNamed ? known : await lockAttemptsOfIntent(tx, scope, intent.intentId);
	// Its maker, and who tried it again. Whose a person said that it is (declare-outcome.ts) is whose Stripe says.
	const own = attempts.filter((one) => isOwnIntent(intent, one));
	const latest = own.at(-1);
	if (!latest) return [];
	const settling: Settling = {
		services,
		scope,
		tx,
		supplier: await getSupplier(tx, scope),
		intent,
		now: services.clock.now()
	};
	const said = attemptStatusFrom(intent);
	if (said === 'unknown')
		services.log.error(
			{ intentId: intent.intentId, status: intent.status },
			'unknown PaymentIntent status: kept as it was'
		);
	// Said not to be paid, and under way all the same.
	const again = said === 'processing' && wasDeclaredNotPaid(latest) ? await holdAgain(settling, latest) : null;
	const status = again
		? said
		: isOfPreviousAttempt(latest, said, answered)
			? latest.status
			: nextStatus(latest.status, said);
	const mayMove = status !== latest.status || status === 'declined';
	// Before anything is written: an attempt that moves writes the open items of its invoices.
	const paid = mayMove || intent.status === 'succeeded' ? await lockPaid(tx, scope, latest.attemptId) : NOTHING_PAID;
	const moved = mayMove && (await moveAttempt(settling, latest, { status, lines: paid.lines }));
	// For its owner, or for the instalments to come.
	const keepsMethod = latest.remembersMethod || (latest.keepsMethod && again !== 'alone');
	const pays = status === 'processing' || status === 'paid';
	const methodId = moved && keepsMethod && pays ? await saveUsedMethod(settling, latest) : null;
	if (intent.status === 'succeeded') {
		const payment = await bookPayment(settling, latest, paid);
		if (!own.some((one) => one.attemptId === payment.attemptId))
			throw new Error(`intent ${intent.intentId} is booked for another try, under a reference that a person gave`);
		if (moved) await applyOutcome({ ...settling, methodId }, latest, status);
		await bookReversals(settling, payment);
		await bookDiscounts(settling, payment);
		await followMoney(settling, latest, payment.paymentId);
	} else if (moved) {
		if (again !== 'alone') await applyOutcome({ ...settling, methodId }, latest, status);
		await followMoney(settling, latest, null);
	}
	return lockAttemptsOfIntent(tx, scope, intent.intentId);
}

/** Every intent of ours bears the name of the attempt that made it; a refused one may be tried again by others. */
export const isOwnIntent = (intent: IntentState, attempt: Attempt): boolean =>
	attempt.attemptId === intent.attemptId || attempt.retriesIntent;

/** A declined intent is being tried again and the new confirmation has not been answered: the refusal it shows is the old one. */
const isOfPreviousAttempt = (latest: Attempt, said: Attempt['status'], answered: string | null): boolean =>
	said === 'declined' && latest.status === 'open' && latest.retriesIntent && latest.attemptId !== answered;

/**
 * A crash between the call and the note of its answer: the intent's metadata says whose it is. Locked, and nothing but the name is written: somebody may
 * have named and settled it since the reading, which is then made again (`false`).
 */
async function adoptIntent(tx: Tx, scope: Scope, account: string | null, intent: IntentState): Promise<boolean> {
	// Another program on the account may call its orders anything: only what can be an attempt of ours is looked for.
	const seen = intent.attemptId && isUuid(intent.attemptId) ? await findAttempt(tx, scope, intent.attemptId) : null;
	if (!seen || seen.stripeAccount !== account || seen.stripePaymentIntentId !== null) return true;
	const attempt = required(await lockAttempt(tx, scope, seen.attemptId), 'attempt');
	if (attempt.stripePaymentIntentId !== null) return attempt.stripePaymentIntentId !== intent.intentId;
	await nameIntent(tx, scope, attempt.attemptId, intent.intentId);
	return true;
}

const isOfPlan = ({ channel, option }: Attempt): boolean =>
	channel === 'plan' || option === 'plan_2' || option === 'plan_3' || option === 'next_part' || option === 'all_parts';

/** `true` when something is new. */
async function moveAttempt(
	{ services, scope, tx, supplier, intent, now }: Settling,
	attempt: Attempt,
	{ status, lines }: { status: Attempt['status']; lines: AllocationLine[] }
): Promise<boolean> {
	const isNew =
		status !== attempt.status || intent.errorCode !== attempt.errorCode || intent.declineCode !== attempt.declineCode;
	const wasDebit = attempt.status === 'processing';
	const change = {
		status,
		methodType: intent.methodType ?? attempt.methodType,
		methodLabel: intent.methodLabel ?? attempt.methodLabel,
		mandateReference: intent.mandateReference ?? attempt.mandateReference,
		errorCode: status === 'declined' ? intent.errorCode : null,
		declineCode: status === 'declined' ? intent.declineCode : null,
		expectedOn:
			status === 'processing'
				? (attempt.expectedOn ?? addTargetDays(civilDateIn(now, supplier.timeZone), SEPA_RESULT_DAYS))
				: attempt.expectedOn
	};
	await saveAttempt(tx, scope, attempt.attemptId, change, now);
	if (!isNew) return false;
	services.log.info(
		{ attemptId: attempt.attemptId, from: attempt.status, to: status, code: intent.errorCode },
		'attempt moved'
	);
	const kind =
		status === 'processing' ? 'payment.processing' : status === 'declined' ? 'payment.declined' : 'attempt.changed';
	const { attemptId, clientId } = attempt;
	await recordFacts(
		tx,
		scope,
		now,
		lines.map(({ invoiceId }) => ({ kind, clientId, invoiceId, attemptId }))
	);
	// A card refused on the page is told there; a debit that comes back days later is told by mail.
	if (status === 'processing') await queueAttemptMail(tx, scope, now, 'debit_notice', attempt);
	// An instalment of a plan has its own mail, which says what comes next.
	if (status === 'declined' && wasDebit && !isOfPlan(attempt))
		await queueAttemptMail(tx, scope, now, 'payment_failed', attempt);
	return true;
}
