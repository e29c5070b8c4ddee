// Before money is taken through another door than Stripe (a transfer that is accepted): what may still take it there is closed, a bank confirmation that
// was left unfinished and refused payments that whoever holds their secret could confirm. An invoice is collected once, whatever the doors.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listUnfinishedIntents } from '../../store/attempts.ts';
import { read } from '../run.ts';
import { closeIntent } from './close-intent.ts';

/** `false`: one of them could not be closed, or has paid in the meantime. A debit under way is not asked: the invoice says itself that it is paid. */
export async function endTries(services: Services, scope: Scope, invoiceIds: string[]): Promise<boolean> {
	if (!invoiceIds.length) return true;
	const intents = await read(services, scope, (tx) => listUnfinishedIntents(tx, scope, invoiceIds));
	for (const { stripeAccount, intentId } of intents)
		try {
			if (!(await closeIntent(services, scope, { account: stripeAccount, intentId }))) return false;
		} catch (error) {
			services.log.warn(
				{ err: error, intentId },
				'a payment could not be closed at Stripe before a transfer was accepted'
			);
			return false;
		}
	return true;
}
