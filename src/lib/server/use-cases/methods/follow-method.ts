// Something happened to a kept means of payment at its bank or at Stripe: a card was replaced, a mandate revoked. Read again from Stripe; plans that
// counted on it say so to their clients before the next part falls due. Facts: plan.changed.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/parties.ts';
import { listPlansOfMethod } from '../../store/plans.ts';
import { findMethodByStripeId, saveMethod } from '../../store/saved-methods.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { announce } from '../plans/follow-plan.ts';
import { commit, read } from '../run.ts';

/** `methodOrMandateId` as the event names it. Harmless as often as it runs. */
export async function followMethod(services: Services, scope: Scope, methodOrMandateId: string): Promise<void> {
	const account = await read(services, scope, async (tx) => (await getSupplier(tx, scope)).stripeAccount);
	const state = await services.payments.retrieveMethod(account, methodOrMandateId);
	if (!state?.paymentMethodId) return;
	await commit(services, scope, async (tx) => {
		const method = await findMethodByStripeId(tx, scope, state.paymentMethodId!);
		if (!method || method.removedAt) return;
		// Of an older mandate of the same account: what counts is the one that stands.
		if (state.mandateId && method.mandateId && state.mandateId !== method.mandateId) return;
		const now = services.clock.now();
		await saveMethod(tx, scope, method.methodId, {
			label: state.methodLabel ?? method.label,
			expiryMonth: state.expiryMonth,
			expiryYear: state.expiryYear,
			unusableAt: state.isUsable ? null : (method.unusableAt ?? now)
		});
		for (const plan of await listPlansOfMethod(tx, scope, method.methodId)) {
			if (!state.isUsable && !method.unusableAt) await queuePlanMail(tx, scope, now, 'method_lost', plan);
			await announce({ scope, tx, now }, plan);
		}
	});
}
