// Where an attempt stands: what the page asks after the bank's confirmation, after a reload, after a lost answer.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { findAttempt, listAttemptLines } from '../../store/attempts.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { settleAfterBank } from './finish-at-bank.ts';
import { progressOf, type PaymentProgress } from './progress.ts';
import { followDeferredPlan } from './follow-deferred-plan.ts';
import { callStripe } from './call-stripe.ts';

/** Asks Stripe (through the one door), so the answer does not wait for a webhook. Stripe down: the last known state. */
export async function checkAttempt(
	services: Services,
	scope: Scope,
	attemptId: string
): Promise<Result<PaymentProgress>> {
	// A pay link finishes only what is about its own invoice.
	const attempt = await read(services, scope, async (tx) => {
		const found = await findAttempt(tx, scope, attemptId);
		if (!found || !scope.invoiceId) return found;
		const lines = await listAttemptLines(tx, scope, attemptId);
		return lines.length && lines.every((line) => line.invoiceId === scope.invoiceId) ? found : null;
	});
	if (!attempt) return refuse('not_found');
	if (attempt.isSetup) return followDeferredPlan(services, scope, attempt);
	const final = attempt.status === 'paid' || attempt.status === 'canceled' || attempt.status === 'declined';
	// Its answer was lost, or is still on its way: the same question with the same key gives it.
	if (attempt.status === 'open' && (attempt.retriesIntent || !attempt.stripePaymentIntentId))
		return callStripe(services, scope, attempt);
	try {
		const settled = final ? null : await settleAfterBank(services, scope, attempt);
		const current = settled?.attempts.find((row) => row.attemptId === attemptId) ?? attempt;
		return done(progressOf(scope, current, settled?.clientSecret ?? null));
	} catch (error) {
		services.log.warn({ err: error, attemptId }, 'attempt not checked');
		return done(progressOf(scope, attempt));
	}
}
