// A part that its bank wants confirmed: who may do that with the means of payment of the plan, without bringing one.
import type { Scope } from '../../../domain/access/scope.ts';
import { nextPart } from '../../../domain/plans/plan.ts';
import { findAttempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import type { PlanWithParts } from '../../store/plans.ts';
import type { SavedMethod } from '../../store/saved-methods.ts';

type Part = PlanWithParts['parts'][number];
export async function wantsBank(tx: Tx, scope: Scope, part: Part | null): Promise<boolean> {
	if (part?.status !== 'action_needed' || !part.attemptId) return false;
	const attempt = await findAttempt(tx, scope, part.attemptId);
	return [attempt?.errorCode, attempt?.declineCode].includes('authentication_required');
}

/** Signed in, and the one who gave it to the plan: a pay link may have been forwarded, a colleague did not agree to lend a card (decision 0019). */
export async function mayConfirm(
	tx: Tx,
	scope: Scope,
	plan: PlanWithParts,
	method: Pick<SavedMethod, 'contactId'> | null
): Promise<boolean> {
	const isTheirs = scope.actor.kind === 'contact' && method?.contactId === scope.actor.contactId;
	return isTheirs && (await wantsBank(tx, scope, nextPart(plan.parts)));
}
