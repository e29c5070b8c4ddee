// Whose an attempt is, to pay or to keep a means of payment.
import { actorName, type Scope } from '../access/scope.ts';

/**
 * Only who began an attempt goes on with it: Stripe's secret of it confirms a payment, and shows the card or the account that pays. A pay link may have been
 * forwarded and a colleague did not agree to it; what the worker began from a plan is the person's who accepted the plan, signed in.
 */
export function isOwnAttempt(
	{ actor }: Scope,
	{ begunBy, contactId }: { begunBy: string | null; contactId: string | null }
): boolean {
	if (actor.kind === 'system' || begunBy === actorName(actor)) return true;
	return (begunBy === null || begunBy === 'system') && actor.kind === 'contact' && contactId === actor.contactId;
}
