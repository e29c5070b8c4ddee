// A plan as its payer, or its supplier, follows it.
import type { PlanView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { isChargeable, isExpired } from '../../../domain/payments/methods.ts';
import { nextInstalment, openInstalments } from '../../../domain/plans/plan.ts';
import { isRunning } from '../../../domain/plans/plan-states.ts';
import { required } from '../../../domain/required.ts';
import { getSupplier } from '../../store/suppliers.ts';
import type { Tx } from '../../store/database.ts';
import { listOpenReschedules, type Reschedule } from '../../store/reschedules.ts';
import { listHeldPlans } from '../../store/plan-days.ts';
import type { PlanWithInstalments } from '../../store/plans.ts';
import { listMethodsNamed, type SavedMethod } from '../../store/saved-methods.ts';
import { asksBank, isTheirs, listAskingBank } from './confirm-instalment.ts';

export const planView = async (tx: Tx, scope: Scope, plan: PlanWithInstalments, today: CivilDate): Promise<PlanView> =>
	required((await planViews(tx, scope, [plan], today))[0], 'view');

/** Of each plan, in their order: as many questions for one as for all. */
export async function planViews(
	tx: Tx,
	scope: Scope,
	plans: PlanWithInstalments[],
	today: CivilDate
): Promise<PlanView[]> {
	const planIds = plans.map((plan) => plan.planId);
	const [{ stripeAccount }, methods, moves, held, asking] = await Promise.all([
		getSupplier(tx, scope),
		listMethodsNamed(
			tx,
			scope,
			plans.flatMap((plan) => plan.methodId ?? [])
		),
		listOpenReschedules(tx, scope, planIds),
		listHeldPlans(tx, scope, planIds, today),
		listAskingBank(
			tx,
			scope,
			plans.flatMap((plan) => plan.instalments)
		)
	]);
	return plans.map((plan) =>
		viewOf(scope, plan, {
			stripeAccount,
			method: methods.find((one) => one.methodId === plan.methodId) ?? null,
			moves: moves.filter((move) => move.planId === plan.planId),
			isHeld: held.has(plan.planId),
			asking
		})
	);
}
type Around = {
	stripeAccount: string | null;
	method: SavedMethod | null;
	moves: Reschedule[];
	isHeld: boolean;
	asking: Set<string>;
};
function viewOf(
	scope: Scope,
	plan: PlanWithInstalments,
	{ stripeAccount, method, moves, isHeld, asking }: Around
): PlanView {
	const failing = plan.instalments.find((instalment) => instalment.status === 'action_needed') ?? null;
	return {
		planId: plan.planId,
		status: plan.status,
		count: plan.count,
		amountMinor: plan.amountMinor,
		currency: plan.currency,
		isSettlement: plan.isSettlement,
		methodLabel: scope.invoiceId ? null : (method?.label ?? null),
		cureEndsOn: plan.cureEndsOn,
		isHeld,
		// Of a plan that runs, none at all is as good as one that serves no more.
		methodLost: method ? !isChargeable(method, stripeAccount) : isRunning(plan),
		cardEndsBefore:
			method &&
			(openInstalments(plan.instalments).find((instalment) => isExpired(method, instalment.dueOn))?.dueOn ?? null),
		instalments: plan.instalments.map(({ position, dueOn, amountMinor, agreedMinor, status, askOn }) => ({
			position,
			dueOn,
			amountMinor,
			agreedMinor: agreedMinor === amountMinor ? null : agreedMinor,
			status,
			retryOn: status === 'retrying' ? askOn : null,
			moveTo: moves.find((move) => move.position === position)?.toOn ?? null
		})),
		needs: failing ? (asksBank(asking, failing) ? 'authenticate' : 'other_method') : null,
		mayConfirm: isTheirs(scope, method) && asksBank(asking, nextInstalment(plan.instalments))
	};
}
