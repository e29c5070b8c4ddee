// Attempts of an invoice as the supplier sees them, with what a person said of those that nobody can ask about.
import type { AdminAttempt } from '../../../contract/admin-views.ts';
import type { CutOff, DeclaredView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Outcome } from '../../../domain/payments/outcome.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import type { Attempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { listDeclared, type DeclaredOutcome } from '../../store/outcomes.ts';
import { listMembers } from '../../store/members.ts';
import { listDisconnected } from '../../store/stripe-accounts.ts';
import { mayChange } from '../payments/declare-outcome.ts';

const OUTCOMES: readonly Outcome[] = ['paid', 'not_paid'];
export async function adminAttempts(
	tx: Tx,
	scope: Scope,
	attempts: Attempt[],
	{ today, timeZone }: { today: CivilDate; timeZone: string }
): Promise<AdminAttempt[]> {
	const said = await listDeclared(
		tx,
		scope,
		attempts.map((attempt) => attempt.attemptId)
	);
	const people = said.length ? await listMembers(tx, scope) : [];
	const nameOf = (actor: string) => people.find((one) => `member:${one.memberId}` === actor)?.name ?? '';
	const gone = await listDisconnected(tx, scope);
	return attempts.map((attempt) => {
		const { attemptId, status, amountMinor, methodLabel, errorCode, declineCode, createdAt, stripeAccount } = attempt;
		const words = said.filter((one) => one.attemptId === attemptId);
		const known = words.at(-1);
		const isGone = stripeAccount !== null && gone.has(stripeAccount);
		const mayBecome = known ? OUTCOMES.filter((to) => mayChange(known, to, isGone)) : [];
		const isCutOff = isLive(status) && !attempt.isSetup && isGone && !known;
		const asked = (): CutOff => ({
			account: stripeAccount ?? '',
			reference: known?.isNamed ? null : attempt.stripePaymentIntentId,
			methodType: known?.isNamed ? null : attempt.methodType,
			methods: attempt.allowedTypes,
			begunOn: civilDateIn(createdAt, timeZone),
			today
		});
		const view = (one: DeclaredOutcome, counts: boolean): DeclaredView => ({
			outcome: one.outcome,
			paidOn: one.paidOn,
			reference: one.reference,
			note: one.note,
			by: nameOf(one.saidBy),
			at: one.saidAt,
			heard: one.heard,
			awaits: one.heard !== null || isGone ? null : status === 'processing' ? 'bank' : 'stripe',
			round: one.round,
			mayBecome: counts ? mayBecome : []
		});
		return {
			...{ attemptId, status, amountMinor, methodLabel, createdAt },
			errorCode: declineCode ?? errorCode,
			cutOff: isCutOff ? asked() : null,
			instead: mayBecome.length ? asked() : null,
			said: known ? view(known, true) : null,
			saidBefore: words.slice(0, -1).map((one) => view(one, false))
		};
	});
}
