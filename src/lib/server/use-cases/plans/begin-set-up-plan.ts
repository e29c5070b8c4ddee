// A plan whose first instalment comes later: nothing is taken on the day it is accepted, the means of payment is kept. Its attempt and its setup share an id.
import type { AttemptStatus } from '../../../domain/payments/attempt-status.ts';
import type { MethodFacts } from '../../../domain/payments/methods.ts';
import { required } from '../../../domain/required.ts';
import { lockAttempt, lockInvoicesOf, saveAttempt } from '../../store/attempts.ts';
import type { MethodSetup } from '../../store/method-setups.ts';
import { setHold } from '../../store/held-instalments.ts';
import { findPlan, savePlan } from '../../store/plans.ts';
import { saveMethod } from '../../store/saved-methods.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { lowerToOwed } from './lower-plans.ts';
import { announce, applyOutcome, schedule, type Following } from './apply-outcome.ts';

const hasEnded = (status: AttemptStatus): boolean =>
	status === 'set_up' || status === 'declined' || status === 'canceled';
type Beginning = Omit<Following, 'intent'>;

/** The means of payment is kept: the plan lives. `false` when the setup was not for such a plan; nothing happens to one given up meanwhile. */
export async function beginSetUpPlan(
	following: Beginning,
	attemptId: string,
	methodId: string,
	state: Pick<MethodFacts, 'methodType' | 'methodLabel' | 'mandateReference'>
): Promise<boolean> {
	const { scope, tx, now } = following;
	const attempt = await lockAttempt(tx, scope, attemptId);
	if (!attempt?.isSetup) return false;
	if (attempt.status === 'canceled' || attempt.status === 'declined') {
		// Another choice was made meanwhile: nobody needs it, and Stripe is told to forget it.
		await saveMethod(tx, scope, methodId, { removedAt: now });
		return true;
	}
	await lockInvoicesOf(tx, scope, attemptId);
	await saveAttempt(
		tx,
		scope,
		attemptId,
		{
			status: 'set_up',
			methodType: state.methodType,
			methodLabel: state.methodLabel,
			mandateReference: state.mandateReference
		},
		now
	);
	await setHold(tx, scope, attemptId, false);
	await savePlan(tx, scope, attemptId, { status: 'active', methodId }, now);
	const plan = required(await findPlan(tx, scope, attemptId), 'plan');
	await schedule(following, plan, state.methodType);
	await queuePlanMail(tx, scope, now, 'plan_started', plan);
	await announce(following, plan);
	// Something may have come in while the bank was asking.
	await lowerToOwed(following, attempt, null);
	return true;
}

/** The bank waits for the person, or said no: the invoices stay held in the first case and are free in the others. */
export async function giveUpSetUpPlan(
	following: Beginning,
	attemptId: string,
	{
		status,
		errorCode,
		declineCode
	}: { status: MethodSetup['status']; errorCode: string | null; declineCode: string | null }
): Promise<void> {
	const { scope, tx, now } = following;
	const attempt = await lockAttempt(tx, scope, attemptId);
	// Refused or given up, it stays so: its plan is over, and does not hold its invoices again.
	if (!attempt?.isSetup || hasEnded(attempt.status)) return;
	const next =
		status === 'awaiting_auth' || status === 'declined' || status === 'canceled' ? status : ('open' as const);
	await lockInvoicesOf(tx, scope, attemptId);
	await saveAttempt(tx, scope, attemptId, { status: next, errorCode, declineCode }, now);
	if (next === 'declined' || next === 'canceled') await applyOutcome({ ...following, intent: null }, attempt, next);
}
