// The third way in: asks Stripe about everything that is not final, about intents nobody told us of.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { NotAsked } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { findAttempt, listUnsettled, touchAttempt, type Attempt } from '../../store/attempts.ts';
import { listSuppliers } from '../../store/parties.ts';
import { findPayment } from '../../store/payments.ts';
import { answerRefundRequest, listOpenRefunds, type RefundRequest } from '../../store/refund-requests.ts';
import { forgetUnsettled, listUnsettledObjects, noteUnsettled } from '../../store/stripe-books.ts';
import { accountOf, isDisconnected, isSilent, listStripeAccounts } from '../../store/stripe-accounts.ts';
import { allOf } from '../page.ts';
import { commit, read, safely } from '../run.ts';
import { finishRefund, isOfStripe } from './request-refund.ts';
import { settleAfterBank } from './finish-at-bank.ts';
import { settleIntent, type IntentAt } from './settle-intent.ts';
import { abandon, callStripe, findIntentOf, isWithinKeyLife } from './call-stripe.ts';

const QUIET_MS = 60_000;
/** A person who has not finished a bank confirmation after a day has left. */
const ABANDONED_MS = 86_400_000;
const DAY_MS = 86_400_000;

export async function reconcileUnsettled(services: Services): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		const begunAt = services.clock.now();
		for (const attempt of await read(services, scope, (tx) => listUnsettled(tx, scope, begunAt)))
			await safely(services, attempt.attemptId, async () => {
				// Whatever comes of it, the others have their turn first: what can't be read or asked hides nobody.
				await commit(services, scope, (tx) => touchAttempt(tx, scope, attempt.attemptId, services.clock.now()));
				// What can't be asked is not asked about each of a thousand, and stays as it is known.
				if (!(await isSilent(services.db, attempt.stripeAccount, begunAt))) await lookAt(services, scope, attempt);
				else if (isLeft(services, attempt) && (await isDisconnected(services.db, scope, attempt.stripeAccount)))
					await abandon(services, scope, attempt, 'account_disconnected');
			});
	}
}

async function lookAt(services: Services, scope: Scope, attempt: Attempt): Promise<void> {
	const { stripePaymentIntentId: intentId } = attempt;
	if (!intentId || (attempt.status === 'open' && attempt.retriesIntent)) return askAgain(services, scope, attempt);
	if (isLeft(services, attempt)) await services.payments.cancel(attempt.stripeAccount, intentId);
	await settleAfterBank(services, scope, attempt);
}

/** The bank's question waits, and who was to answer it has left. */
const isLeft = (services: Services, attempt: Attempt): boolean =>
	attempt.status === 'awaiting_auth' &&
	(services.clock.now().getTime() - attempt.createdAt.getTime() > ABANDONED_MS || hasLapsed(services, attempt));

/** Begun at a price that has ended since: the person had a while to finish at the bank. */
const GRACE_MS = 900_000;
const hasLapsed = ({ clock }: Services, { discountMinor, offerEndsAt }: Attempt): boolean =>
	discountMinor > 0n && offerEndsAt !== null && clock.now().getTime() > offerEndsAt.getTime() + GRACE_MS;

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

/** Refunds whose answer was lost: asked again with the same key, and after half a day only looked for. */
export async function reconcileRefunds(services: Services): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		const before = new Date(services.clock.now().getTime() - QUIET_MS);
		for await (const request of allOf((after: RefundRequest | null) =>
			read(services, scope, (tx) => listOpenRefunds(tx, scope, before, after))
		))
			await safely(services, request.refundRequestId, () => lookAtRefund(services, scope, request));
	}
}

async function lookAtRefund(services: Services, scope: Scope, request: RefundRequest): Promise<void> {
	const payment = await read(services, scope, (tx) => findPayment(tx, scope, request.paymentId));
	if (!payment || !isOfStripe(payment) || (await isSilent(services.db, payment.stripeAccount))) return;
	if (isWithinKeyLife(services, request.createdAt))
		return void (await finishRefund(services, scope, { request, payment }));
	await settleIntent(services, scope, { account: payment.stripeAccount, intentId: payment.stripePaymentIntentId });
	await commit(services, scope, (tx) =>
		answerRefundRequest(tx, scope, request.refundRequestId, { status: 'refused' }, services.clock.now())
	);
}

/**
 * Looks again at every intent that anything happened to in the last days: refunds, returns, disputes and late results whose webhooks never came.
 * Stripe keeps thirty days of events (https://docs.stripe.com/api/events).
 */
export async function reconcileRecent(services: Services, days = 3): Promise<void> {
	for (const supplier of await listSuppliers(services.db)) {
		const scope = mintScope(supplier.supplierId, { kind: 'system' });
		for (const account of await accountsThatAnswer(services, scope))
			await safely(services, supplier.supplierId, async () => {
				const since = new Date(services.clock.now().getTime() - days * DAY_MS);
				const now = services.clock.now();
				const stuck = await read(services, scope, (tx) => listUnsettledObjects(tx, scope, now, { of: account }));
				const known = stuck.map((one) => one.objectId);
				const recent = await services.payments.listIntentIds(account, since);
				for (const intentId of new Set([...recent, ...known]))
					await settleAlone(services, scope, { account, intentId });
			});
	}
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

/** Today's and the former ones: their debits, refunds and disputes go on. */
export async function accountsThatAnswer(services: Services, scope: Scope): Promise<(string | null)[]> {
	const all = await read(services, scope, (tx) => listStripeAccounts(tx, scope, services.clock.now()));
	return all.filter((one) => one.confirmedAt === null).map(accountOf);
}
