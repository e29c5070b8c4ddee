// The means of payment that was just used, kept for the instalments to come or for its owner's next payments.
import { newId } from '../../identity.ts';
import type { Attempt } from '../../store/attempts.ts';
import { insertMethod } from '../../store/saved-methods.ts';
import type { Settling } from '../settling.ts';

/** null when Stripe does not say which it was. Harmless as often as it runs. */
export async function saveUsedMethod({ scope, tx, intent, now }: Settling, attempt: Attempt): Promise<string | null> {
	if (!intent.paymentMethodId) return null;
	const { clientId, contactId, stripeAccount, mandateReference, remembersMethod } = attempt;
	return insertMethod(tx, scope, {
		methodId: newId(),
		clientId,
		contactId,
		account: stripeAccount,
		facts: {
			...intent,
			paymentMethodId: intent.paymentMethodId,
			mandateReference: intent.mandateReference ?? mandateReference
		},
		remembers: remembersMethod,
		now
	});
}
