// A part that its bank wants confirmed: who may do that with the means of payment of the plan, without bringing one.
import type { Scope } from '../../../domain/access/scope.ts';
import { nextPart } from '../../../domain/plans/plan.ts';
import { listAttemptsNamed } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import type { PlanWithParts } from '../../store/plans.ts';
import type { SavedMethod } from '../../store/saved-methods.ts';

type Part = PlanWithParts['parts'][number];
/** The tries of these parts that their bank wants confirmed. */
export async function listAskingBank(tx: Tx, scope: Scope, parts: Part[]): Promise<Set<string>> {
	const failing = parts.flatMap((part) => (part.status === 'action_needed' && part.attemptId ? [part.attemptId] : []));
	const attempts = await listAttemptsNamed(tx, scope, failing);
	return new Set(
		attempts
			.filter(({ errorCode, declineCode }) => [errorCode, declineCode].includes('authentication_required'))
			.map((attempt) => attempt.attemptId)
	);
}
export const asksBank = (asking: Set<string>, part: Part | null): boolean =>
	part?.status === 'action_needed' && part.attemptId !== null && asking.has(part.attemptId);

/** Signed in, and the one who gave it to the plan: a pay link may have been forwarded, a colleague did not agree to lend a card (decision 0019). */
export const isTheirs = ({ actor }: Scope, method: Pick<SavedMethod, 'contactId'> | null): boolean =>
	actor.kind === 'contact' && method?.contactId === actor.contactId;

export async function mayConfirm(
	tx: Tx,
	scope: Scope,
	plan: PlanWithParts,
	method: Pick<SavedMethod, 'contactId'> | null
): Promise<boolean> {
	const next = nextPart(plan.parts);
	return next !== null && isTheirs(scope, method) && asksBank(await listAskingBank(tx, scope, [next]), next);
}
