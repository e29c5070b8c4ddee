// What became of an attempt, for the plan it pays: instalments paid, on their way, refused; the plan begun, mended, completed. Called inside settling, once for
// each move of an attempt. Facts: plan.changed.
import { addDays, civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { askedOn } from '../../../domain/plans/calendar.ts';
import { afterFailure, cureDaysFor, cureEnd, type Failure } from '../../../domain/plans/failure.ts';
import { isFailing, isOpen, isOver, isSettled } from '../../../domain/plans/plan-states.ts';
import { statusAfter } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import type { IntentState } from '../../gateways/stripe/port.ts';
import type { Attempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { recordFact } from '../../store/outbox.ts';
import { findClient } from '../../store/clients.ts';
import { listHeldInstalments, listHeldPositions, setHold } from '../../store/held-instalments.ts';
import { findPlan, lockPlan, saveInstalment, savePlan, type PlanWithInstalments } from '../../store/plans.ts';
import { findMethod } from '../../store/saved-methods.ts';
import { queueAttemptMail, queuePlanMail, UNTRIED } from '../mails/queue-mails.ts';
import type { Settling } from '../settling.ts';

export type Following = Pick<Settling, 'scope' | 'tx' | 'supplier' | 'now'> & {
	intent: IntentState | null;
	/** The means of payment that has just paid, where it was kept. */
	methodId?: string | null;
};

export async function applyOutcome(following: Following, attempt: Attempt, status: Attempt['status']): Promise<void> {
	const { scope, tx } = following;
	const held = await listHeldInstalments(tx, scope, attempt.attemptId);
	if (!held[0]) return;
	const plan = required(await lockPlan(tx, scope, held[0].planId), 'plan');
	const positions = held.map((one) => one.position);
	const instalments = plan.instalments.filter((instalment) => positions.includes(instalment.position));
	if (status === 'processing' || status === 'paid') await advance(following, { plan, instalments, attempt, status });
	else if (status === 'declined' || status === 'canceled')
		await fallBack(following, { plan, instalments, attempt, status });
	else return;
	await announce(following, plan);
}

type Move = {
	plan: PlanWithInstalments;
	instalments: PlanWithInstalments['instalments'];
	attempt: Attempt;
	status: 'processing' | 'paid' | 'declined' | 'canceled';
};

/** Money on its way or there: the instalments are held, and the plan lives. */
async function advance(following: Following, { plan, instalments, attempt, status }: Move): Promise<void> {
	const { scope, tx, now } = following;
	await holdAgain(tx, scope, attempt, plan);
	for (const instalment of instalments)
		await saveInstalment(
			tx,
			scope,
			instalment,
			{ status: status === 'paid' ? 'paid' : 'processing', askOn: null, attemptId: attempt.attemptId },
			now
		);
	const methodId = attempt.keepsMethod ? (following.methodId ?? null) : null;
	const after = required(await findPlan(tx, scope, plan.planId), 'plan');
	const begins = plan.status === 'pending';
	await savePlan(
		tx,
		scope,
		plan.planId,
		{
			status: statusAfter(begins ? 'active' : plan.status, after.instalments),
			...(methodId ? { methodId } : {}),
			...(isFailing(after.instalments) ? {} : { cureEndsOn: null })
		},
		now
	);
	if (methodId) await schedule(following, after, attempt.methodType ?? following.intent?.methodType ?? null);
	if (begins) await queuePlanMail(tx, scope, now, 'plan_started', plan);
}

/** An attempt that had been given up and was paid after all holds its instalments again, unless another has taken them meanwhile, or asks a bank for them at this moment. */
async function holdAgain(tx: Tx, scope: Settling['scope'], attempt: Attempt, plan: PlanWithInstalments): Promise<void> {
	const held = await listHeldInstalments(tx, scope, attempt.attemptId);
	if (held.every((one) => one.holds)) return;
	const byOthers = await listHeldPositions(tx, scope, plan.planId);
	const own = plan.instalments.filter((instalment) => held.some((one) => one.position === instalment.position));
	const taken = own.some((instalment) => !isOpen(instalment) || byOthers.includes(instalment.position));
	if (!taken) await setHold(tx, scope, attempt.attemptId, true);
}

/** Instalments that wait are asked for on the day that suits the means of payment; refused ones are tried with the new one today. */
export async function schedule(
	{ scope, tx, now, supplier }: Pick<Following, 'scope' | 'tx' | 'now' | 'supplier'>,
	plan: PlanWithInstalments,
	methodType: string | null
): Promise<void> {
	const today = civilDateIn(now, supplier.timeZone);
	for (const instalment of plan.instalments.filter(isOpen))
		await saveInstalment(
			tx,
			scope,
			instalment,
			instalment.status === 'scheduled'
				? { askOn: askedOn(instalment.dueOn, methodType) }
				: { askOn: today, status: 'retrying' },
			now
		);
}

async function fallBack(following: Following, { plan, instalments, attempt, status }: Move): Promise<void> {
	const { scope, tx, now } = following;
	await setHold(tx, scope, attempt.attemptId, false);
	if (plan.status === 'pending') {
		for (const instalment of plan.instalments)
			await saveInstalment(tx, scope, instalment, { status: 'canceled', askOn: null }, now);
		return savePlan(tx, scope, plan.planId, { status: 'canceled' }, now);
	}
	// It ended while this was under way: nothing is tried again, the rest fell due, and nobody is promised anything.
	if (isOver(plan)) return endInstalments(following, instalments, attempt, status);
	// A payer whose own card is refused on the page is told there, and nothing changes; what the schedule tried, or a bank sent back, counts.
	const counts = attempt.channel === 'plan' || instalments.some((instalment) => instalment.status === 'processing');
	if (!counts || status === 'canceled') return restore(following, instalments, attempt);
	// One that another attempt has paid, or is paying, is not refused by this one; nor is one that was given up or credited meanwhile.
	for (const instalment of instalments.filter((one) => one.attemptId === attempt.attemptId && !isSettled(one)))
		await refuseInstalment(following, plan, instalment, failureOf(following.intent, attempt));
}
async function endInstalments(
	{ scope, tx, now }: Following,
	instalments: PlanWithInstalments['instalments'],
	attempt: Attempt,
	status: Move['status']
): Promise<void> {
	// As of every debit that comes back: by what was under way when it did.
	if (status === 'declined' && attempt.status === 'processing')
		await queueAttemptMail(tx, scope, now, 'payment_failed', attempt);
	for (const instalment of instalments.filter((one) => !isSettled(one)))
		await saveInstalment(tx, scope, instalment, { status: 'canceled', askOn: null }, now);
}

/**
 * No bank said no, so nothing counts and nobody is told. A debit that Stripe never heard of is asked for again at once; one that it refused as it was
 * asked, tomorrow.
 */
async function restore(
	{ scope, tx, supplier, now }: Following,
	instalments: PlanWithInstalments['instalments'],
	{ attemptId, channel, errorCode }: Attempt
): Promise<void> {
	const tomorrow = addDays(civilDateIn(now, supplier.timeZone), 1);
	for (const instalment of instalments.filter((one) => one.attemptId === attemptId))
		if (instalment.status === 'processing')
			await saveInstalment(tx, scope, instalment, { status: 'action_needed' }, now);
		else if (channel === 'plan' && errorCode !== 'never_confirmed' && instalment.askOn !== null)
			await saveInstalment(tx, scope, instalment, { askOn: tomorrow }, now);
}

/** One instalment refused: what comes next, and whether the client's time to mend it begins. */
export async function refuseInstalment(
	{ scope, tx, supplier, now }: Pick<Following, 'scope' | 'tx' | 'supplier' | 'now'>,
	plan: PlanWithInstalments,
	instalment: PlanWithInstalments['instalments'][number],
	failure: Omit<Failure, 'failures'>
): Promise<void> {
	const today = civilDateIn(now, supplier.timeZone);
	const failures = instalment.failures + 1;
	const next = afterFailure({ ...failure, failures }, today);
	await saveInstalment(
		tx,
		scope,
		instalment,
		next.kind === 'retry'
			? { status: 'retrying', failures, askOn: next.on }
			: { status: 'action_needed', failures, askOn: null },
		now
	);
	const client = await findClient(tx, scope, plan.clientId);
	const ends = cureEnd(next, { failures, today, clientKind: client?.kind ?? 'unknown', cureDays: plan.cureDays });
	await savePlan(
		tx,
		scope,
		plan.planId,
		{ status: statusAfter(plan.status, [{ status: 'retrying' }]), cureEndsOn: plan.cureEndsOn ?? ends },
		now
	);
	// Counted anew since another day was agreed on: each refusal is told, not each number.
	const round = `${instalment.dueOn}.${failures}${failure.errorCode === 'method_gone' ? UNTRIED : ''}`;
	if (next.kind !== 'stop') await queuePlanMail(tx, scope, now, 'part_failed', plan, instalment.position, round);
}
const failureOf = (intent: IntentState | null, attempt: Attempt): Omit<Failure, 'failures'> => ({
	errorCode: intent?.errorCode ?? attempt.errorCode,
	declineCode: intent?.declineCode ?? attempt.declineCode,
	methodType: attempt.methodType ?? intent?.methodType ?? null
});

/** Money that went back re-opens the instalments it had paid; money restored closes them again; a match that was a mistake is as if it had not been. */
export async function applyReversal(
	following: Following,
	attempt: Attempt,
	kind: 'gone' | 'restored' | 'undone'
): Promise<void> {
	const { scope, tx, now } = following;
	const held = await listHeldInstalments(tx, scope, attempt.attemptId);
	if (!held[0]) return;
	const plan = required(await lockPlan(tx, scope, held[0].planId), 'plan');
	if (isOver(plan)) return;
	const instalments = plan.instalments.filter((instalment) => held.some((one) => one.position === instalment.position));
	if (kind === 'restored') {
		await holdAgain(tx, scope, attempt, plan);
		for (const instalment of instalments.filter(isOpen))
			await saveInstalment(tx, scope, instalment, { status: 'paid', askOn: null }, now);
	} else {
		await setHold(tx, scope, attempt.attemptId, false);
		for (const instalment of instalments.filter((one) => one.status === 'paid'))
			if (kind === 'gone') await refuseInstalment(following, plan, instalment, failureOf(following.intent, attempt));
			else await waitAgain(following, plan, instalment);
	}
	if (kind !== 'gone') {
		const after = required(await findPlan(tx, scope, plan.planId), 'plan');
		// What was to be mended is: the plan does not break for it.
		const status = statusAfter(plan.status, after.instalments);
		await savePlan(
			tx,
			scope,
			plan.planId,
			{ status, ...(isFailing(after.instalments) ? {} : { cureEndsOn: null }) },
			now
		);
	}
	await announce(following, plan);
}
/** Asked for on its day, tomorrow at the earliest: whoever undoes a match has the day to make the right one. What had been refused waits for the client. */
async function waitAgain(
	{ scope, tx, supplier, now }: Following,
	plan: PlanWithInstalments,
	instalment: PlanWithInstalments['instalments'][number]
): Promise<void> {
	const today = civilDateIn(now, supplier.timeZone);
	if (instalment.failures > 0) {
		const client = await findClient(tx, scope, plan.clientId);
		const days = cureDaysFor(client?.kind ?? 'unknown', plan.cureDays);
		await savePlan(tx, scope, plan.planId, { cureEndsOn: plan.cureEndsOn ?? addDays(today, days) }, now);
		return saveInstalment(tx, scope, instalment, { status: 'action_needed', askOn: null }, now);
	}
	const method = plan.methodId ? await findMethod(tx, scope, plan.methodId) : null;
	const [day, tomorrow] = [askedOn(instalment.dueOn, method?.type ?? null), addDays(today, 1)];
	return saveInstalment(tx, scope, instalment, { status: 'scheduled', askOn: day > tomorrow ? day : tomorrow }, now);
}

export async function announce(
	{ scope, tx, now }: Pick<Following, 'scope' | 'tx' | 'now'>,
	plan: PlanWithInstalments
): Promise<void> {
	for (const invoiceId of new Set(
		plan.instalments.flatMap((instalment) => instalment.lines.map((line) => line.invoiceId))
	))
		await recordFact(tx, scope, now, { kind: 'plan.changed', clientId: plan.clientId, invoiceId, attemptId: null });
}
