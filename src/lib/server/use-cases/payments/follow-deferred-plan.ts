// A deferred plan (plans/deferred-plan.ts) at Stripe: its means of payment is checked and kept instead of charged. Refusals: payment_unknown.
import type { Scope } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { findAttempt, type Attempt } from '../../store/attempts.ts';
import { findSetup } from '../../store/method-setups.ts';
import { askSetup, closeSetup } from '../methods/set-up-method.ts';
import { done, read, refuse, type Result } from '../run.ts';
import { progressOf, type PaymentProgress } from './progress.ts';

/** Asks Stripe if it has not been asked, then tells where it stands. */
export async function followDeferredPlan(
	services: Services,
	scope: Scope,
	attempt: Attempt
): Promise<Result<PaymentProgress>> {
	if (attempt.status !== 'open' && attempt.status !== 'awaiting_auth') return done(progressOf(scope, attempt));
	const setup = await read(services, scope, (tx) => findSetup(tx, scope, attempt.attemptId));
	if (!setup) return refuse('payment_unknown', { attemptId: attempt.attemptId });
	const asked = await askSetup(services, scope, setup);
	if (!asked.ok && asked.refusal.code !== 'method_refused') return asked;
	const after = required(await read(services, scope, (tx) => findAttempt(tx, scope, attempt.attemptId)), 'attempt');
	if (after.status === 'open') return refuse('payment_unknown', { attemptId: attempt.attemptId });
	return done(progressOf(scope, after, asked.ok ? asked.value.clientSecret : null));
}

/** Somebody left the bank's question unanswered and another choice is made. */
export async function leaveDeferredPlan(services: Services, scope: Scope, { attemptId }: Attempt): Promise<void> {
	const setup = await read(services, scope, (tx) => findSetup(tx, scope, attemptId));
	if (setup) await closeSetup(services, scope, setup);
}
