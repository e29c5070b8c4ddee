// Where an attempt stands, as its payer is told; and whose attempt it is.
import { actorName, type Scope } from '../../../domain/access/scope.ts';
import type { Attempt } from '../../store/attempts.ts';

export type PaymentProgress = {
	attemptId: string;
	status: Attempt['status'];
	/** Only while the bank waits for the person. */
	clientSecret: string | null;
	errorCode: string | null;
	declineCode: string | null;
};

/**
 * Only who began an attempt goes on with it: Stripe's secret of it confirms a payment, and shows the card or the account that pays. A pay link may have been
 * forwarded and a colleague did not agree to it; what the worker began from a plan is the person's who accepted the plan, signed in.
 */
export function isOwnAttempt(
	{ actor }: Scope,
	{ begunBy, contactId }: Pick<Attempt, 'begunBy' | 'contactId'>
): boolean {
	if (actor.kind === 'system' || begunBy === actorName(actor)) return true;
	return (begunBy === null || begunBy === 'system') && actor.kind === 'contact' && contactId === actor.contactId;
}

export const progressOf = (scope: Scope, attempt: Attempt, clientSecret: string | null = null): PaymentProgress => ({
	attemptId: attempt.attemptId,
	status: attempt.status,
	clientSecret: attempt.status === 'awaiting_auth' && isOwnAttempt(scope, attempt) ? clientSecret : null,
	errorCode: attempt.errorCode,
	declineCode: attempt.declineCode
});
