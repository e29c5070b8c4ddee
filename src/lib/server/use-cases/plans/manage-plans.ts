// What a supplier does with a plan: looks at all of them, pauses, resumes, ends. Actor: owner or accountant. Refusals: not_allowed, not_found.
// Facts: plan.changed. Mail: method_lost. All of it is written to the audit.
import type { AdminPlan, PlanLists } from '../../../contract/admin-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { add } from '../../../domain/money/minor.ts';
import { isChargeable } from '../../../domain/payments/methods.ts';
import { isOpen, type PlanStatus, RUNNING_PLANS } from '../../../domain/plans/plan-states.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { listNumbers } from '../../store/open-invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listPlans, lockPlan, saveInstalment, savePlan, type PlanWithInstalments } from '../../store/plans.ts';
import { recordAudit } from '../../store/audits.ts';
import { findMethod } from '../../store/saved-methods.ts';
import type { Tx } from '../../store/database.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { pageOf } from '../page.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { announce, schedule } from './apply-outcome.ts';
import { planViews } from './plan-view.ts';

const SOON_DAYS = 7;

const PLANS_SHOWN = 50;
/** What asks for somebody is shown whole; what runs and what has ended, a page at a time. */
export async function readPlans(
	services: Services,
	scope: Scope,
	{ runningAfter = null, endedAfter = null }: { runningAfter?: string | null; endedAfter?: string | null } = {}
): Promise<PlanLists> {
	return read(services, scope, async (tx) => {
		const today = civilDateIn(services.clock.now(), (await getSupplier(tx, scope)).timeZone);
		const soon = addDays(today, SOON_DAYS);
		const page = async (after: string | null, status: readonly PlanStatus[]) => {
			const { rows, ...place } = await pageOf(
				{ after, size: PLANS_SHOWN },
				(ask) => listPlans(tx, scope, { status, ...ask }),
				(one) => one.planId
			);
			return { ...place, rows: await adminPlans(tx, scope, rows, today) };
		};
		const those = async (instalment: 'at_risk' | { dueUntil: CivilDate }) =>
			adminPlans(tx, scope, await listPlans(tx, scope, { status: RUNNING_PLANS, instalment }), today);
		return {
			atRisk: await those('at_risk'),
			dueSoon: (await those({ dueUntil: soon }))
				.flatMap((plan) =>
					plan.instalments
						.filter((instalment) => isOpen(instalment) && instalment.dueOn <= soon)
						.map((instalment) => ({ plan, dueOn: instalment.dueOn, amountMinor: instalment.amountMinor }))
				)
				.sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1)),
			running: await page(runningAfter, RUNNING_PLANS),
			ended: await page(endedAfter, ['completed', 'in_default'])
		};
	});
}

export async function adminPlans(
	tx: Tx,
	scope: Scope,
	plans: (PlanWithInstalments & { clientName: string })[],
	today: CivilDate
): Promise<AdminPlan[]> {
	const idsOf = (plan: PlanWithInstalments): string[] => [
		...new Set(plan.instalments.flatMap((instalment) => instalment.lines.map((line) => line.invoiceId)))
	];
	const [views, numbers] = await Promise.all([
		planViews(tx, scope, plans, today),
		listNumbers(tx, scope, [...new Set(plans.flatMap(idsOf))])
	]);
	return plans.map((plan, i) => ({
		...required(views[i], 'view'),
		clientId: plan.clientId,
		clientName: plan.clientName,
		invoices: idsOf(plan).map((invoiceId) => ({ invoiceId, number: numbers.get(invoiceId) ?? '' })),
		openMinor: add(...plan.instalments.filter(isOpen).map((instalment) => instalment.amountMinor)),
		createdAt: plan.createdAt
	}));
}

export type PlanAction = 'pause' | 'resume' | 'end';
/**
 * `pause`: nothing is taken. `resume`: instalments whose day has passed are taken at the next run. `end`: the instalments to come are given up, and what is left of
 * the invoices is to be paid in one go.
 */
export async function changePlan(
	services: Services,
	scope: Scope,
	planId: string,
	action: PlanAction
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const plan = await lockPlan(tx, scope, planId);
		const from: readonly PlanStatus[] =
			action === 'pause' ? ['active'] : action === 'resume' ? ['paused'] : RUNNING_PLANS;
		if (!plan || !from.includes(plan.status)) return refuse('not_found');
		const now = services.clock.now();
		const supplier = await getSupplier(tx, scope);
		if (action === 'end')
			for (const instalment of plan.instalments.filter(isOpen))
				await saveInstalment(tx, scope, instalment, { status: 'canceled', askOn: null }, now);
		const status = action === 'pause' ? 'paused' : action === 'resume' ? 'active' : 'in_default';
		await savePlan(tx, scope, planId, { status, ...(action === 'resume' ? { cureEndsOn: null } : {}) }, now);
		if (action === 'resume') {
			const method = plan.methodId ? await findMethod(tx, scope, plan.methodId) : null;
			if (method) await schedule({ scope, tx, now, supplier }, plan, method.type);
			// What was lost while it rested was not told: nothing was to be taken.
			if (!method || !isChargeable(method, supplier.stripeAccount))
				await queuePlanMail(tx, scope, now, 'method_lost', plan, 0, `resumed.${now.getTime()}`);
		}
		await recordAudit(tx, scope, now, `plan_${action}`, planId, { status });
		await announce({ scope, tx, now }, plan);
		return done(null);
	});
}
