// An instalment that its bank wants confirmed: who may do that with the means of payment of the plan, without bringing one.
import type { Scope } from '../../../domain/access/scope.ts';
import { nextInstalment } from '../../../domain/plans/plan.ts';
import { listAttemptsNamed } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import type { PlanWithInstalments } from '../../store/plans.ts';
import type { SavedMethod } from '../../store/saved-methods.ts';

type Row = PlanWithInstalments['instalments'][number];
/** The tries of these instalments that their bank wants confirmed. */
export async function listAskingBank(tx: Tx, scope: Scope, instalments: Row[]): Promise<Set<string>> {
	const failing = instalments.flatMap((instalment) =>
		instalment.status === 'action_needed' && instalment.attemptId ? [instalment.attemptId] : []
	);
	const attempts = await listAttemptsNamed(tx, scope, failing);
	return new Set(
		attempts
			.filter(({ errorCode, declineCode }) => [errorCode, declineCode].includes('authentication_required'))
			.map((attempt) => attempt.attemptId)
	);
}
export const asksBank = (asking: Set<string>, instalment: Row | null): boolean =>
	instalment?.status === 'action_needed' && instalment.attemptId !== null && asking.has(instalment.attemptId);

/** Signed in, and the one who gave it to the plan: a pay link may have been forwarded, a colleague did not agree to lend a card (decision 0019). */
export const isTheirs = ({ actor }: Scope, method: Pick<SavedMethod, 'contactId'> | null): boolean =>
	actor.kind === 'contact' && method?.contactId === actor.contactId;

export async function mayConfirm(
	tx: Tx,
	scope: Scope,
	plan: PlanWithInstalments,
	method: Pick<SavedMethod, 'contactId'> | null
): Promise<boolean> {
	const next = nextInstalment(plan.instalments);
	return next !== null && isTheirs(scope, method) && asksBank(await listAskingBank(tx, scope, [next]), next);
}
