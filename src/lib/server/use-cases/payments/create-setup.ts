// The row that comes before Stripe is asked to keep a means of payment for a plan whose first instalment comes later. One kept before needs no asking.
import { contactOf } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import type { StartPayment } from '../../../contract/payments.ts';
import type { SavedMethod } from '../../store/saved-methods.ts';
import { insertSetup } from '../../store/method-setups.ts';
import type { From } from '../offers/save-acceptance.ts';
import { beginSetUpPlan } from '../plans/begin-set-up-plan.ts';
import type { Following } from '../plans/apply-outcome.ts';

type Accepted = { attemptId: string; clientId: string; method: SavedMethod | null; input: StartPayment; from: From };
export async function createSetup(
	following: Omit<Following, 'intent'>,
	{ attemptId, clientId, method, input, from }: Accepted
): Promise<void> {
	const { scope, tx, now, supplier } = following;
	if (method)
		return void (await beginSetUpPlan(following, attemptId, method.methodId, {
			methodType: method.type,
			methodLabel: method.label,
			mandateReference: method.mandateReference
		}));
	await insertSetup(tx, scope, {
		setupId: attemptId,
		clientId,
		contactId: contactOf(scope),
		planId: attemptId,
		inputHash: null, // that of its attempt
		confirmationTokenId: required(input.confirmationTokenId, 'confirmation token'),
		returnUrl: from.returnUrl,
		status: 'open',
		stripeAccount: supplier.stripeAccount,
		stripeSetupIntentId: null,
		errorCode: null,
		declineCode: null,
		createdAt: now,
		updatedAt: now
	});
}
