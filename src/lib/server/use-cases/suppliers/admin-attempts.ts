// Tries of an invoice as the supplier sees them, with what a person said of those that nobody can ask about.
import type { CutOff, SaidView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Minor } from '../../../domain/money/minor.ts';
import { isLive, type AttemptStatus } from '../../../domain/payments/attempt-status.ts';
import type { Attempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { listSaid } from '../../store/outcomes.ts';
import { listMembers } from '../../store/parties.ts';
import { listDisconnected } from '../../store/stripe-accounts.ts';

export type AdminAttempt = {
	attemptId: string;
	status: AttemptStatus;
	amountMinor: Minor;
	methodLabel: string | null;
	errorCode: string | null;
	createdAt: Date;
	/** Its account was disconnected: nobody can ask what became of it. */
	cutOff: CutOff | null;
	said: SaidView | null;
};
export async function adminAttempts(
	tx: Tx,
	scope: Scope,
	attempts: Attempt[],
	{ today, timeZone }: { today: CivilDate; timeZone: string }
): Promise<AdminAttempt[]> {
	const said = await listSaid(
		tx,
		scope,
		attempts.map((attempt) => attempt.attemptId)
	);
	const people = said.length ? await listMembers(tx, scope) : [];
	const nameOf = (actor: string) => people.find((one) => `member:${one.memberId}` === actor)?.name ?? '';
	const gone = await listDisconnected(tx, scope);
	return attempts.map((attempt) => {
		const { attemptId, status, amountMinor, methodLabel, errorCode, declineCode, createdAt, stripeAccount } = attempt;
		const known = said.find((one) => one.attemptId === attemptId);
		const isCutOff = isLive(status) && !attempt.isSetup && stripeAccount !== null && gone.has(stripeAccount);
		return {
			...{ attemptId, status, amountMinor, methodLabel, createdAt },
			errorCode: declineCode ?? errorCode,
			cutOff: isCutOff
				? {
						account: stripeAccount,
						reference: attempt.stripePaymentIntentId,
						methodType: attempt.methodType,
						methods: attempt.allowedTypes,
						begunOn: civilDateIn(createdAt, timeZone),
						today
					}
				: null,
			said: known
				? {
						outcome: known.outcome,
						paidOn: known.paidOn,
						reference: known.reference,
						note: known.note,
						by: nameOf(known.saidBy),
						at: known.saidAt,
						heard: known.heard,
						awaits:
							known.heard !== null || gone.has(stripeAccount ?? '') ? null : status === 'processing' ? 'bank' : 'stripe'
					}
				: null
		};
	});
}
