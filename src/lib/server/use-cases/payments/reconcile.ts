// The third way in: asks Stripe about everything that is not final, about intents nobody told us of.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import { nextCheck } from '../../../domain/payments/next-check.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { findAttempt, type Attempt } from '../../store/attempts.ts';
import type { DueWork } from '../../store/due-work.ts';
import { findPayment } from '../../store/payments.ts';
import { answerRefundRequest, findRefundRequest } from '../../store/refund-requests.ts';
import { forgetUnsettled, listUnsettledObjects, noteUnsettled } from '../../store/stripe-books.ts';
import { isDisconnected, listAccountsDue, WATCHED_DAYS } from '../../store/stripe-accounts.ts';
import { commit, read, safely } from '../run.ts';
import { finishRefund, isOfStripe, type OpenRefund } from './request-refund.ts';
import { settleAfterBank } from './finish-at-bank.ts';
import { isSilentNow } from '../stripe/right-account.ts';
import { settleIntent, type IntentAt } from './settle-intent.ts';
import { abandon, callStripe, endOfKeyLife, findIntentOf, isWithinKeyLife } from './call-stripe.ts';

/** A person who has not finished a bank confirmation after a day has left. */
const ABANDONED_MS = 86_400_000;
const DAY_MS = 86_400_000;

/** An attempt whose end is not known. @returns when it is to be looked at again */
export async function recheckAttempt(services: Services, scope: Scope, { subjectId }: DueWork): Promise<Date | null> {
	const attempt = await read(services, scope, (tx) => findAttempt(tx, scope, subjectId));
	if (!attempt || !isLive(attempt.status)) return null;
	// What can't be asked is not asked about each of a thousand, and stays as it is known.
	if (!(await isSilentNow(services, attempt.stripeAccount))) await recheck(services, scope, attempt);
	else if (isLeft(services, attempt) && (await isDisconnected(services.db, scope, attempt.stripeAccount)))
		await abandon(services, scope, attempt, 'account_disconnected');
	return nextCheck({
		now: services.clock.now(),
		begunAt: attempt.createdAt,
		isDebit: attempt.status === 'processing',
		instants: [endOfKeyLife(attempt.createdAt), leftAt(attempt)]
	});
}

async function recheck(services: Services, scope: Scope, attempt: Attempt): Promise<void> {
	const { stripePaymentIntentId: intentId } = attempt;
	if (!intentId || (attempt.status === 'open' && attempt.retriesIntent)) return askAgain(services, scope, attempt);
	if (isLeft(services, attempt)) await services.payments.cancel(attempt.stripeAccount, intentId);
	await settleAfterBank(services, scope, attempt);
}

/** The bank's question waits, and who was to answer it has left. */
const isLeft = ({ clock }: Services, attempt: Attempt): boolean =>
	attempt.status === 'awaiting_auth' && clock.now().getTime() > leftAt(attempt).getTime();

/** Begun at a price that has ended since: the person had a while to finish at the bank. */
const GRACE_MS = 900_000;
function leftAt({ createdAt, discountMinor, offerEndsAt }: Attempt): Date {
	const abandonedMs = createdAt.getTime() + ABANDONED_MS;
	const lapsedMs = discountMinor > 0n && offerEndsAt ? offerEndsAt.getTime() + GRACE_MS : abandonedMs;
	return new Date(Math.min(abandonedMs, lapsedMs));
}

/**
 * The answer of the call was lost. Asked again with the same key, Stripe gives the first answer again, as long as it keeps keys (a day): after half
 * a day we only look, because a request that is new to Stripe would charge somebody who left long ago. It ends once Stripe has said that it became
 * nothing: for as long as that can't be asked, it stays unknown.
 */
async function askAgain(services: Services, scope: Scope, attempt: Attempt): Promise<void> {
	if (isWithinKeyLife(services, attempt.createdAt)) return void (await callStripe(services, scope, attempt));
	const intentId = await findIntentOf(services, scope, attempt);
	if (intentId) await settleIntent(services, scope, { account: attempt.stripeAccount, intentId });
	const looked = await read(services, scope, (tx) => findAttempt(tx, scope, attempt.attemptId));
	if (looked?.status !== 'open') return;
	services.log.error({ attemptId: attempt.attemptId }, 'attempt never heard by Stripe: closed');
	await abandon(services, scope, attempt, 'never_confirmed');
}

/** A refund whose answer was lost: asked again with the same key, and after half a day only looked for. @returns when it is to be looked at again */
export async function recheckRefund(services: Services, scope: Scope, { subjectId }: DueWork): Promise<Date | null> {
	const request = await read(services, scope, (tx) => findRefundRequest(tx, scope, subjectId));
	if (request?.status !== 'open') return null;
	const payment = await read(services, scope, (tx) => findPayment(tx, scope, request.paymentId));
	if (!payment || !isOfStripe(payment)) return null;
	if (!(await isSilentNow(services, payment.stripeAccount)))
		await askRefundAgain(services, scope, { request, payment });
	return nextCheck({
		now: services.clock.now(),
		begunAt: request.createdAt,
		instants: [endOfKeyLife(request.createdAt)]
	});
}

async function askRefundAgain(services: Services, scope: Scope, open: OpenRefund): Promise<void> {
	const { request, payment } = open;
	if (isWithinKeyLife(services, request.createdAt)) return void (await finishRefund(services, scope, open));
	await settleIntent(services, scope, { account: payment.stripeAccount, intentId: payment.stripePaymentIntentId });
	await commit(services, scope, (tx) =>
		answerRefundRequest(tx, scope, request.refundRequestId, { status: 'refused' }, services.clock.now())
	);
}

/**
 * Looks again at every intent that anything happened to in the last days: refunds, returns, disputes and late results whose webhooks never came.
 * Stripe keeps thirty days of events (https://docs.stripe.com/api/events). Of suppliers on one of whose accounts something of ours moved in the last
 * `movedDays`, all accounts, today's and former ones: on any other nothing of ours can happen.
 */
export async function reconcileRecent(services: Services, days = 3, movedDays = WATCHED_DAYS): Promise<void> {
	const due = await listAccountsDue(services.db, services.clock.now(), { days: movedDays });
	for (const { supplierId, account } of due)
		await safely(services, supplierId, async () => {
			const scope = mintScope(supplierId, { kind: 'system' });
			const now = services.clock.now();
			const since = new Date(now.getTime() - days * DAY_MS);
			const stuck = await read(services, scope, (tx) => listUnsettledObjects(tx, scope, now, { of: account }));
			const known = stuck.map((one) => one.objectId);
			const recent = await services.payments.listIntentIds(account, since);
			for (const intentId of new Set([...recent, ...known])) await settleAlone(services, scope, { account, intentId });
		});
}

/** One that can't be read or booked hides no other: it is remembered, tried again each time, and shown until it goes. */
export async function settleAlone(services: Services, scope: Scope, at: IntentAt): Promise<void> {
	const known = { account: at.account, objectId: at.intentId };
	try {
		await settleIntent(services, scope, at);
		await commit(services, scope, (tx) => forgetUnsettled(tx, scope, known));
	} catch (error) {
		// The account itself is silent: nothing is wrong with this one, and the others would fare no better.
		if (error instanceof NotAsked && error.silence !== 'unreachable') throw error;
		services.log.warn({ err: error, objectId: at.intentId }, 'not settled, will be tried again');
		const problem = error instanceof Error ? error.message : String(error);
		await commit(services, scope, (tx) => noteUnsettled(tx, scope, { ...known, problem }, services.clock.now()));
	}
}
