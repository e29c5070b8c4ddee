// What the days bring to plans: instalments are announced before they are taken; a means of payment that serves no more is asked for again; a plan whose time to mend is over breaks, and both sides are told.
import { addDays, daysBetween, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { announcedOn } from '../../../domain/plans/calendar.ts';
import { isOpen } from '../../../domain/plans/plan-states.ts';
import { isDoubtful } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/suppliers.ts';
import {
	listCureOver,
	listEndingCards,
	listPlansMovedAway,
	listToAnnounce,
	type EndingCard
} from '../../store/plan-days.ts';
import { lockPlan, saveInstalment, savePlan, type PlanRow } from '../../store/plans.ts';
import { findMethod } from '../../store/saved-methods.ts';
import { recordAudit } from '../../store/audits.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { allOf } from '../page.ts';
import { commit, read, safely } from '../run.ts';
import { announce } from './apply-outcome.ts';

/** How far ahead instalments are told. */
const aheadOf = (today: CivilDate): CivilDate => addDays(today, daysBetween(announcedOn(today), today));

export const announceInstalments = (services: Services): Promise<void> =>
	forSuppliersDue(services, 'parts_to_tell', async (scope, today) => {
		for (const { planId, position } of await read(services, scope, (tx) =>
			listToAnnounce(tx, scope, { today, dueUntil: aheadOf(today) })
		))
			await safely(services, planId, () =>
				commit(services, scope, async (tx) => {
					const plan = required(await lockPlan(tx, scope, planId), 'plan');
					const instalment = required(
						plan.instalments.find((candidate) => candidate.position === position),
						'part'
					);
					if (instalment.announcedAt || instalment.status !== 'scheduled' || plan.status !== 'active') return;
					if (isDoubtful(instalment, plan.cureEndsOn)) return;
					const now = services.clock.now();
					await saveInstalment(tx, scope, instalment, { announcedAt: now }, now);
					// Announced again after another day or another amount was agreed: a mail of its own.
					await queuePlanMail(tx, scope, now, 'part_announced', plan, position, now.getTime());
				})
			);
	});

/** The supplier collects through another account: what is kept at the former one is asked for again, well before the day. */
export const askMethodsAgain = (services: Services): Promise<void> =>
	forSuppliersDue(services, 'plans_elsewhere', async (scope) => {
		for await (const plan of allOf((after: PlanRow | null) =>
			read(services, scope, (tx) => listPlansMovedAway(tx, scope, after))
		))
			await safely(services, plan.planId, () =>
				commit(services, scope, async (tx) => {
					const { stripeAccount } = await getSupplier(tx, scope);
					const now = services.clock.now();
					await queuePlanMail(tx, scope, now, 'method_lost', plan, 0, stripeAccount ?? '');
					await announce({ scope, tx, now }, required(await lockPlan(tx, scope, plan.planId), 'plan'));
				})
			);
	});

const CARD_END_DAYS = 21;
/** A card that ends before an instalment of its plan: asked for again three weeks before, with a way to give another. */
export const warnOfEndingCards = (services: Services): Promise<void> =>
	forSuppliersDue(services, 'parts_to_tell', async (scope, today) => {
		const dueUntil = addDays(today, CARD_END_DAYS);
		for await (const { planId, position, methodId } of allOf((after: EndingCard | null) =>
			read(services, scope, (tx) => listEndingCards(tx, scope, { today, dueUntil }, after))
		))
			await safely(services, planId, () =>
				commit(services, scope, async (tx) => {
					const [plan, method] = [await lockPlan(tx, scope, planId), await findMethod(tx, scope, methodId)];
					if (!plan || plan.methodId !== methodId || !method) return;
					const card = `${methodId}.${method.expiryYear}.${method.expiryMonth}`;
					await queuePlanMail(tx, scope, services.clock.now(), 'method_ending', plan, position, card);
				})
			);
	});

export const putInDefault = (services: Services): Promise<void> =>
	forSuppliersDue(services, 'plans_to_break', async (scope, today) => {
		for (const planId of await read(services, scope, (tx) => listCureOver(tx, scope, today)))
			await safely(services, planId, () =>
				commit(services, scope, async (tx) => {
					const plan = required(await lockPlan(tx, scope, planId), 'plan');
					if (plan.status !== 'active' || plan.cureEndsOn === null || plan.cureEndsOn >= today) return;
					const now = services.clock.now();
					for (const instalment of plan.instalments.filter(isOpen))
						await saveInstalment(tx, scope, instalment, { status: 'canceled', askOn: null }, now);
					await savePlan(tx, scope, planId, { status: 'in_default' }, now);
					const supplier = await getSupplier(tx, scope);
					await recordAudit(tx, scope, now, 'plan_in_default', planId, { supplier: supplier.name });
					await queuePlanMail(tx, scope, now, 'plan_in_default', plan);
					await announce({ scope, tx, now }, plan);
				})
			);
	});
