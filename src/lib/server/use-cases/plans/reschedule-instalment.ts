// Another day for one instalment of a plan: the supplier asks, the client agrees or not, and nothing moves before. Actors: owner or accountant to ask and to take
// back, contact or pay link to answer. Refusals: not_allowed, not_found, pay_not_yours, day_not_possible, day_past_cap, move_waiting,
// move_changed. Facts: plan.changed.
import { contactOf, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { lastLawfulDay } from '../../../domain/offers/legal.ts';
import { askedOn } from '../../../domain/plans/calendar.ts';
import { isFailing, isOpen, isRunning, type RescheduleStatus } from '../../../domain/plans/plan-states.ts';
import { isWholeIn } from '../../../domain/plans/plan.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoice } from '../../store/invoices.ts';
import { actorName } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import { mayPay } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { saveRescheduleAnswer, findOpenReschedule, insertReschedule } from '../../store/reschedules.ts';
import { findPlan, lockPlan, saveInstalment, savePlan, type PlanWithInstalments } from '../../store/plans.ts';
import { recordAudit } from '../../store/audits.ts';
import { findMethod } from '../../store/saved-methods.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import type { From } from '../offers/save-acceptance.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { announce } from './apply-outcome.ts';

type Row = { planId: string; position: number };

export async function askReschedule(
	services: Services,
	scope: Scope,
	{ planId, position, toOn }: Row & { toOn: CivilDate }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const now = services.clock.now();
		const supplier = await getSupplier(tx, scope);
		const found = await lockMovable(tx, scope, { planId, position });
		if (!found) return refuse('not_found');
		const { plan, instalment } = found;
		if (!fits(plan, instalment, { toOn, today: civilDateIn(now, supplier.timeZone) }))
			return refuse('day_not_possible');
		const cap = plan.isSettlement ? null : await capOf(tx, scope, supplier, plan);
		if (cap && toOn > cap) return refuse('day_past_cap', { date: cap });
		if (await findOpenReschedule(tx, scope, instalment)) return refuse('move_waiting');
		const moveId = newId();
		await insertReschedule(tx, scope, {
			moveId,
			planId,
			position,
			fromOn: instalment.dueOn,
			toOn,
			status: 'asked',
			askedBy: actorName(scope.actor),
			askedAt: now,
			answeredAt: null,
			contactId: null,
			ip: null,
			userAgent: null
		});
		await recordAudit(tx, scope, now, 'part_move_asked', planId, {
			position: String(position),
			from: instalment.dueOn,
			to: toOn
		});
		await queuePlanMail(tx, scope, now, 'move_asked', plan, position, moveId);
		await announce({ scope, tx, now }, plan);
		return done(null);
	});
}

/** `toOn`, here and below: the day that the person read. Another one was asked meanwhile: nobody said yes or no to that. */
export async function withdrawReschedule(
	services: Services,
	scope: Scope,
	instalment: Row & { toOn: string }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	return answer(services, scope, instalment, 'withdrawn', null);
}

/** The client's word, kept with where it came from. A date that has become impossible meanwhile is refused, and asked again by the supplier. */
export async function answerReschedule(
	services: Services,
	scope: Scope,
	{ accepts, ...instalment }: Row & { accepts: boolean; toOn: string },
	from: From
): Promise<Result<null>> {
	return answer(services, scope, instalment, accepts ? 'accepted' : 'refused', from);
}

async function answer(
	services: Services,
	scope: Scope,
	{ toOn, ...at }: Row & { toOn: string },
	status: Exclude<RescheduleStatus, 'asked'>,
	from: From | null
): Promise<Result<null>> {
	return commit(services, scope, async (tx) => {
		const found = await lockMovable(tx, scope, at);
		const move = found && (await findOpenReschedule(tx, scope, at));
		if (!found || !move) return refuse('not_found');
		if (move.toOn !== toOn) return refuse('move_changed');
		if (status === 'accepted' && !(await mayPay(tx, scope))) return refuse('pay_not_yours');
		const { plan, instalment } = found;
		const now = services.clock.now();
		const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
		if (status === 'accepted' && !fits(plan, instalment, { toOn: move.toOn, today })) return refuse('day_not_possible');
		await saveRescheduleAnswer(tx, scope, move.moveId, {
			status,
			answeredAt: now,
			contactId: contactOf(scope),
			ip: from?.ip ?? null,
			userAgent: from?.userAgent?.slice(0, 500) ?? null
		});
		if (status === 'accepted') await applyReschedule(tx, scope, now, { plan, instalment, toOn: move.toOn });
		await recordAudit(tx, scope, now, `part_move_${status}`, at.planId, {
			position: String(at.position),
			from: move.fromOn,
			to: move.toOn
		});
		await announce({ scope, tx, now }, plan);
		return done(null);
	});
}

type Movable = { plan: PlanWithInstalments; instalment: PlanWithInstalments['instalments'][number] };
/** An instalment moves while its plan runs and nothing of it is on its way. A pay link answers for the plan of its own invoice, if that is all the plan pays. */
async function lockMovable(tx: Tx, scope: Scope, { planId, position }: Row): Promise<Movable | null> {
	const plan = await lockPlan(tx, scope, planId);
	const instalment = plan?.instalments.find((candidate) => candidate.position === position);
	const isSeen = !scope.invoiceId || (plan && isWholeIn(plan.instalments, [scope.invoiceId]));
	return plan && instalment && isSeen && isRunning(plan) && isOpen(instalment) ? { plan, instalment } : null;
}
/** To come, another day than before, and the instalments stay in their order. */
function fits(
	plan: PlanWithInstalments,
	instalment: Movable['instalment'],
	{ toOn, today }: { toOn: CivilDate; today: CivilDate }
): boolean {
	const before = plan.instalments.filter((one) => one.position < instalment.position);
	const after = plan.instalments.filter((one) => one.position > instalment.position);
	return (
		toOn > today &&
		toOn !== instalment.dueOn &&
		before.every((one) => one.dueOn < toOn) &&
		after.every((one) => toOn < one.dueOn)
	);
}
async function capOf(tx: Tx, scope: Scope, supplier: Supplier, plan: PlanWithInstalments): Promise<CivilDate | null> {
	const terms = { business: supplier.businessTerms, isLargeOnlineSeller: supplier.isLargeOnlineSeller };
	const caps: CivilDate[] = [];
	for (const invoiceId of new Set(
		plan.instalments.flatMap((instalment) => instalment.lines.map((line) => line.invoiceId))
	)) {
		const invoice = required(await findInvoice(tx, scope, invoiceId), 'invoice');
		const cap = lastLawfulDay(invoice, invoice.clientKind, terms);
		if (cap) caps.push(cap);
	}
	return caps.sort()[0] ?? null;
}

/** Agreed: the instalment waits for its new day, is announced again before it, and a refusal that led to the agreement counts no more. */
async function applyReschedule(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ plan, instalment, toOn }: Movable & { toOn: CivilDate }
): Promise<void> {
	const method = plan.methodId ? await findMethod(tx, scope, plan.methodId) : null;
	await saveInstalment(
		tx,
		scope,
		instalment,
		{ dueOn: toOn, askOn: askedOn(toOn, method?.type ?? null), status: 'scheduled', failures: 0, announcedAt: null },
		now
	);
	const after = required(await findPlan(tx, scope, plan.planId), 'plan');
	if (!isFailing(after.instalments)) await savePlan(tx, scope, plan.planId, { cureEndsOn: null }, now);
}
