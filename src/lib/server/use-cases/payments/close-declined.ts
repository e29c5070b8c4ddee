// A refused payment can still be confirmed at Stripe by whoever holds its secret. Before another begins on the same invoices, it is closed there, unless
// it is the one that is tried again: an invoice is never payable by two PaymentIntents at once. Tries of a plan's parts are the plan's affair: their
// intent waits for its owner's confirmation.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listDeclinedIntents, type Attempt } from '../../store/attempts.ts';
import { read } from '../run.ts';
import { closeIntent } from './close-intent.ts';

/** `false`: one of them was confirmed in the meantime, and pays. */
export async function closeDeclined(services: Services, scope: Scope, attempt: Attempt): Promise<boolean> {
	const declined = await read(services, scope, (tx) => listDeclinedIntents(tx, scope, attempt));
	let isFree = true;
	for (const { stripeAccount, intentId } of declined)
		if (!(await closeIntent(services, scope, { account: stripeAccount, intentId }))) isFree = false;
	return isFree;
}
