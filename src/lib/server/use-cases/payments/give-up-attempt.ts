// A confirmation that somebody left at the bank is given up, so that its invoices can be paid in another way; what became of it meanwhile is booked.
import { mintScope } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import type { Attempt } from '../../store/attempts.ts';
import { closeIntent } from './close-intent.ts';
import { leaveDeferredPlan } from './follow-deferred-plan.ts';

/**
 * With everything that it pays, which may be more than whoever asks can see: a pay link sees its own invoice. Hence in the name of the system.
 * @throws NotAsked when its account can't be asked.
 */
export async function giveUpAttempt(services: Services, attempt: Attempt): Promise<void> {
	const scope = mintScope(attempt.supplierId, { kind: 'system' });
	if (attempt.isSetup) return leaveDeferredPlan(services, scope, attempt);
	const intentId = required(attempt.stripePaymentIntentId, 'intent');
	await closeIntent(services, scope, { account: attempt.stripeAccount, intentId });
}
