// The one door through which money enters the books. Called by the payment itself, by webhooks and by reconciliation: re-reads the
// PaymentIntent from Stripe and converges on what it says now. Order, repetition and loss of messages do not matter.
// Facts: payment.processing, payment.declined, payment.received, payment.reversed, attempt.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { addTargetDays } from '../../../domain/calendar/business-days.ts';
import { attemptStatusFrom, nextStatus } from '../../../domain/payments/attempt-status.ts';
import type { IntentState } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import {
	findAttempt,
	listAttemptLines,
	lockAttemptsOfIntent,
	saveAttempt,
	touchAttempt,
	type Attempt
} from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier } from '../../store/parties.ts';
import { commit } from '../run.ts';
import { queueAttemptMail } from '../mails/queue-mails.ts';
import { bookPayment } from './book-payment.ts';
import { bookReversals } from './book-reversals.ts';
import type { Settling } from './settling.ts';

export type Settled = { attempts: Attempt[]; clientSecret: string | null };

/** SEPA success is announced six TARGET days after the debit was ordered (https://docs.stripe.com/payments/sepa-debit). */
const SEPA_RESULT_DAYS = 6;

/** null when the intent is not one of ours. */
export async function settleIntent(services: Services, scope: Scope, intentId: string): Promise<Settled | null> {
	const account = await readAccount(services, scope);
	const intent = await services.payments.retrieve(account, intentId);
	if (!intent) return null;
	const attempts = await commit(services, scope, (tx) => settleInside(services, scope, tx, intent));
	return attempts.length ? { attempts, clientSecret: intent.clientSecret } : null;
}

const readAccount = (services: Services, scope: Scope): Promise<string | null> =>
	commit(services, scope, async (tx) => (await getSupplier(tx, scope)).stripeAccount);

async function settleInside(services: Services, scope: Scope, tx: Tx, intent: IntentState): Promise<Attempt[]> {
	await adoptIntent(services, scope, tx, intent);
	const attempts = await lockAttemptsOfIntent(tx, scope, intent.intentId);
	const latest = attempts.at(-1);
	if (!latest) return [];
	const settling: Settling = {
		services,
		scope,
		tx,
		supplier: await getSupplier(tx, scope),
		intent,
		now: services.clock.now()
	};
	const status = nextStatus(latest.status, attemptStatusFrom(intent));
	if (attemptStatusFrom(intent) === 'unknown')
		services.log.error(
			{ intentId: intent.intentId, status: intent.status },
			'unknown PaymentIntent status: kept as it was'
		);
	if (status !== latest.status || status === 'declined') await moveAttempt(settling, latest, status);
	else await touchAttempt(tx, scope, latest.attemptId, settling.now);
	if (intent.status === 'succeeded') {
		const payment = await bookPayment(settling, latest);
		await bookReversals(settling, payment);
	}
	return lockAttemptsOfIntent(tx, scope, intent.intentId);
}

/** A crash between the call and the note of its answer: the intent's metadata says whose it is. */
async function adoptIntent({ clock }: Services, scope: Scope, tx: Tx, intent: IntentState): Promise<void> {
	if (!intent.attemptId) return;
	const attempt = await findAttempt(tx, scope, intent.attemptId);
	if (attempt && attempt.stripePaymentIntentId === null)
		await saveAttempt(
			tx,
			scope,
			attempt.attemptId,
			{ status: attempt.status, stripePaymentIntentId: intent.intentId },
			clock.now()
		);
}

async function moveAttempt(
	{ services, scope, tx, supplier, intent, now }: Settling,
	attempt: Attempt,
	status: Attempt['status']
): Promise<void> {
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
	if (!isNew) return;
	services.log.info(
		{ attemptId: attempt.attemptId, from: attempt.status, to: status, code: intent.errorCode },
		'attempt moved'
	);
	const kind =
		status === 'processing' ? 'payment.processing' : status === 'declined' ? 'payment.declined' : 'attempt.changed';
	for (const line of await listAttemptLines(tx, scope, attempt.attemptId))
		await recordFact(tx, scope, now, {
			kind,
			clientId: attempt.clientId,
			invoiceId: line.invoiceId,
			attemptId: attempt.attemptId
		});
	// A card refused on the page is told there; a debit that comes back days later is told by mail.
	if (status === 'processing') await queueAttemptMail(tx, scope, now, 'debit_notice', attempt);
	if (status === 'declined' && wasDebit) await queueAttemptMail(tx, scope, now, 'payment_failed', attempt);
}
