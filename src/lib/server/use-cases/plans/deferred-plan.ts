// A deferred plan: its first instalment comes later, so nothing is taken on the day it is accepted, and a means of payment is kept instead. Its attempt and its setup share
// the plan's id. Accepted, begun and given up here, inside the transaction of whoever learned of it; asked of Stripe in payments/follow-deferred-plan.ts.
import type { StartPayment } from '../../../contract/payments.ts';
import { contactOf } from '../../../domain/access/scope.ts';
import type { AttemptStatus } from '../../../domain/payments/attempt-status.ts';
import type { MethodFacts } from '../../../domain/payments/methods.ts';
import { required } from '../../../domain/required.ts';
import { lockAttempt, lockInvoicesOf, saveAttempt } from '../../store/attempts.ts';
import { insertSetup, type MethodSetup } from '../../store/method-setups.ts';
import { setHold } from '../../store/held-instalments.ts';
import { findPlan, savePlan } from '../../store/plans.ts';
import { saveMethod, type SavedMethod } from '../../store/saved-methods.ts';
import type { From } from '../offers/save-acceptance.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { lowerToOwed } from './lower-plans.ts';
import { announce, applyOutcome, schedule, type Following } from './apply-outcome.ts';

const hasEnded = (status: AttemptStatus): boolean =>
	status === 'set_up' || status === 'declined' || status === 'canceled';
type Deferred = Omit<Following, 'intent'>;

type Accepted = { attemptId: string; clientId: string; method: SavedMethod | null; input: StartPayment; from: From };
/** The row that comes before Stripe is asked to keep a means of payment for it. One kept before needs no asking: the plan lives at once. */
export async function acceptDeferredPlan(
	following: Deferred,
	{ attemptId, clientId, method, input, from }: Accepted
): Promise<void> {
	const { scope, tx, now, supplier } = following;
	if (method)
		return void (await beginDeferredPlan(following, attemptId, method.methodId, {
			methodType: method.type,
			methodLabel: method.label,
			mandateReference: method.mandateReference
		}));
	await insertSetup(tx, scope, {
		setupId: attemptId,
		clientId,
		contactId: contactOf(scope),
		planId: attemptId,
		inputHash: null, // that of its attempt
		confirmationTokenId: required(input.confirmationTokenId, 'confirmation token'),
		returnUrl: from.returnUrl,
		status: 'open',
		stripeAccount: supplier.stripeAccount,
		stripeSetupIntentId: null,
		errorCode: null,
		declineCode: null,
		createdAt: now,
		updatedAt: now
	});
}

/** The means of payment is kept: the plan lives. `false` when the setup was not for such a plan; nothing happens to one given up meanwhile. */
export async function beginDeferredPlan(
	following: Deferred,
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
export async function giveUpDeferredPlan(
	following: Deferred,
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
