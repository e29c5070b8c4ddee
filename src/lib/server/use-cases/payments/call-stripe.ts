// One attempt, asked of Stripe: a question that is the same however often it is repeated, then the answer read through the one door.
import type { Scope } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import { NotAsked, type ConfirmInput, type Refused } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import {
	listAttemptsOfIntent,
	lockAttempt,
	saveAttempt,
	type Attempt,
	type AttemptChange,
	lockInvoicesOf
} from '../../store/attempts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findMethod } from '../../store/saved-methods.ts';
import { loseMethod } from '../methods/follow-method.ts';
import { applyOutcome } from '../plans/apply-outcome.ts';
import { followMoney } from './follow-money.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { progressOf, type PaymentProgress } from './progress.ts';
import { certainOf } from '../stripe/answers.ts';
import { lookFor } from '../stripe/right-account.ts';
import { settleIntent } from './settle-intent.ts';

/**
 * Stripe keeps idempotency keys for a day (https://docs.stripe.com/api/idempotent_requests): a question repeated after that would be a new one,
 * and charge a second time somebody whose first answer was lost. Half of it is our bound.
 */
const ASK_AGAIN_MS = 43_200_000;
export const endOfKeyLife = (since: Date): Date => new Date(since.getTime() + ASK_AGAIN_MS);
export const isWithinKeyLife = ({ clock }: Services, since: Date): boolean => clock.now() < endOfKeyLife(since);

/** Choices that are over once paid. */
const PLAIN: readonly Attempt['option'][] = ['now', 'early'];

/** Every parameter is a pure function of the row, so that the same attempt can be asked again with the same key. */
export async function callStripe(services: Services, scope: Scope, attempt: Attempt): Promise<Result<PaymentProgress>> {
	if (attempt.status !== 'open' || !isWithinKeyLife(services, attempt.createdAt))
		return tell(services, scope, attempt, { intentId: await intentHere(services, scope, attempt), answered: null });
	try {
		return await ask(services, scope, attempt);
	} catch (error) {
		if (!(error instanceof NotAsked)) throw error;
		services.log.warn(
			{ attemptId: attempt.attemptId, silence: error.silence },
			'attempt asked, and what it became not known'
		);
		return refuse('payment_unknown', { attemptId: attempt.attemptId });
	}
}

async function ask(services: Services, scope: Scope, attempt: Attempt): Promise<Result<PaymentProgress>> {
	const source = await sourceOf(services, scope, attempt);
	const confirmed = await services.payments.confirm({
		account: attempt.stripeAccount,
		attemptId: attempt.attemptId,
		intentId: attempt.retriesIntent ? attempt.stripePaymentIntentId : null,
		amountMinor: attempt.amountMinor,
		currency: attempt.currency,
		source,
		customerId: attempt.customerId,
		offSession: attempt.isOffSession,
		keptFor: attempt.keepsMethod ? (PLAIN.includes(attempt.option) ? 'owner' : 'parts') : null,
		targetOn: attempt.targetOn,
		allowedTypes: attempt.allowedTypes,
		description: attempt.description,
		returnUrl: attempt.returnUrl,
		metadata: { attempt_id: attempt.attemptId, supplier_id: scope.supplierId }
	});
	const outcome = await certainOf(confirmed, () => earlierOf(services, scope, attempt));
	if (outcome.kind === 'earlier') return outcome.earlier;
	if (outcome.kind === 'unknown') return refuse('payment_unknown', { attemptId: attempt.attemptId });
	if (outcome.kind === 'refused') return refused(services, scope, attempt, outcome);
	await changeOpen(services, scope, attempt.attemptId, { status: 'open', stripePaymentIntentId: outcome.intentId });
	return tell(services, scope, attempt, { intentId: outcome.intentId, answered: attempt.attemptId });
}

/** Where an earlier question has brought it, of which Stripe's lists say which intent it became. null: nowhere. */
async function earlierOf(services: Services, scope: Scope, attempt: Attempt): Promise<Result<PaymentProgress> | null> {
	const intentId = await findIntentOf(services, scope, attempt);
	const told = intentId ? await tell(services, scope, attempt, { intentId, answered: null }) : null;
	return told?.ok ? told : null;
}

async function refused(
	services: Services,
	scope: Scope,
	attempt: Attempt,
	{ code, message, aboutMethod }: Refused
): Promise<Result<PaymentProgress>> {
	services.log.error({ attemptId: attempt.attemptId, code, message }, 'stripe refused an attempt as it was asked');
	await abandon(services, scope, attempt, code);
	if (aboutMethod && attempt.savedMethodId) await loseMethod(services, scope, attempt.savedMethodId);
	return refuse('card_declined', { family: 'technical' });
}

/** null: it became none. @throws NotAsked, also when another account answers for the one that was asked. */
export async function findIntentOf(services: Services, scope: Scope, attempt: Attempt): Promise<string | null> {
	const { attemptId: id, stripeAccount: account, customerId, createdAt: since } = attempt;
	if (attempt.stripePaymentIntentId) return intentHere(services, scope, attempt);
	return lookFor(services, scope, account, () => services.payments.findIntent({ account, id, customerId, since }));
}

/**
 * The intent it is known to be, or to try again. null for one that another account made, before the supplier's account changed: it never was at the
 * account of this attempt, where nothing can have come of it.
 */
async function intentHere(services: Services, scope: Scope, attempt: Attempt): Promise<string | null> {
	const { stripePaymentIntentId: intentId, retriesIntent, stripeAccount } = attempt;
	if (!intentId || !retriesIntent) return intentId;
	const tries = await read(services, scope, (tx) => listAttemptsOfIntent(tx, scope, intentId));
	const maker = tries.find((one) => !one.retriesIntent);
	return maker && maker.stripeAccount !== stripeAccount ? null : intentId;
}

async function sourceOf(services: Services, scope: Scope, attempt: Attempt): Promise<ConfirmInput['source']> {
	if (attempt.confirmationTokenId !== null) return { kind: 'token', tokenId: attempt.confirmationTokenId };
	const methodId = required(attempt.savedMethodId, 'means of payment');
	const method = required(await read(services, scope, (tx) => findMethod(tx, scope, methodId)), 'means of payment');
	return { kind: 'saved', paymentMethodId: method.stripePaymentMethodId };
}

/** Notes what Stripe answered on an attempt that nobody has moved meanwhile. */
const changeOpen = (services: Services, scope: Scope, attemptId: string, change: AttemptChange): Promise<void> =>
	commit(services, scope, async (tx) => {
		const current = await lockAttempt(tx, scope, attemptId);
		if (current?.status === 'open') await saveAttempt(tx, scope, attemptId, change, services.clock.now());
	});

/** An attempt that no bank was asked about, and that is certain of it: its invoices and its instalments are free again, and wait as they did. */
export const abandon = (services: Services, scope: Scope, attempt: Attempt, errorCode: string): Promise<void> =>
	commit(services, scope, async (tx) => {
		const current = await lockAttempt(tx, scope, attempt.attemptId);
		if (current?.status !== attempt.status) return;
		await lockInvoicesOf(tx, scope, attempt.attemptId);
		const now = services.clock.now();
		await saveAttempt(tx, scope, attempt.attemptId, { status: 'canceled', errorCode }, now);
		const following = { scope, tx, now, supplier: await getSupplier(tx, scope), intent: null };
		await applyOutcome(following, { ...current, errorCode }, 'canceled');
		await followMoney(following, current, null);
	});

/** Where the attempt stands, read from Stripe. */
async function tell(
	services: Services,
	scope: Scope,
	attempt: Attempt,
	{ intentId, answered }: { intentId: string | null; answered: string | null }
): Promise<Result<PaymentProgress>> {
	const at = { account: attempt.stripeAccount, intentId: intentId ?? '' };
	const settled = intentId ? await settleIntent(services, scope, at, answered) : null;
	const after = settled?.attempts.find((row) => row.attemptId === attempt.attemptId) ?? attempt;
	if (after.status === 'open') return refuse('payment_unknown', { attemptId: attempt.attemptId });
	return done(progressOf(scope, after, settled?.clientSecret));
}
