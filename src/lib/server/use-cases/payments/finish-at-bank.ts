// The payer has answered the bank: the payment is finished by the server, with the secret key. Intents are made to be confirmed that way alone
// (https://docs.stripe.com/api/payment_intents/confirm, confirmation_method manual), because their secret is in the payer's browser: with it one could
// otherwise try card after card at Stripe, past every bound of ours.
import type { Scope } from '../../../domain/access/scope.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import type { Attempt } from '../../store/attempts.ts';
import { settleIntent, type Settled } from './settle-intent.ts';

/**
 * Settles an intent, and finishes it when it waits for nothing but our word. No event says that it does: the page asks, and reconciliation for those who
 * left. An attempt that was given up meanwhile is not finished.
 */
export async function settleAfterBank(
	services: Services,
	scope: Scope,
	{ stripeAccount: account, stripePaymentIntentId }: Pick<Attempt, 'stripeAccount' | 'stripePaymentIntentId'>
): Promise<Settled | null> {
	const intentId = required(stripePaymentIntentId, 'intent');
	const settled = await settleIntent(services, scope, { account, intentId });
	const latest = settled?.attempts.at(-1);
	if (!settled?.awaitsUs || !latest || !isLive(latest.status)) return settled;
	await services.payments.confirmAgain({ account, intentId, returnUrl: latest.returnUrl });
	return settleIntent(services, scope, { account, intentId }, latest.attemptId);
}
