// A plan as its payer, or its supplier, follows it.
import type { PlanView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { isChargeable, isExpired } from '../../../domain/payments/methods.ts';
import { isRunning, openParts } from '../../../domain/plans/plan.ts';
import { getSupplier } from '../../store/parties.ts';
import type { Tx } from '../../store/database.ts';
import { listOpenMoves } from '../../store/part-moves.ts';
import { listHeldPlans } from '../../store/plan-days.ts';
import type { PlanWithParts } from '../../store/plans.ts';
import { findMethod } from '../../store/saved-methods.ts';
import { mayConfirm, wantsBank } from './confirm-part.ts';

export async function planView(tx: Tx, scope: Scope, plan: PlanWithParts, today: CivilDate): Promise<PlanView> {
	const { stripeAccount } = await getSupplier(tx, scope);
	const failing = plan.parts.find((part) => part.status === 'action_needed') ?? null;
	const [method, moves, held, asksBank] = await Promise.all([
		plan.methodId ? findMethod(tx, scope, plan.methodId) : null,
		listOpenMoves(tx, scope, [plan.planId]),
		listHeldPlans(tx, scope, [plan.planId], today),
		wantsBank(tx, scope, failing)
	]);
	return {
		planId: plan.planId,
		status: plan.status,
		count: plan.count,
		amountMinor: plan.amountMinor,
		currency: plan.currency,
		isSettlement: plan.isSettlement,
		methodLabel: scope.invoiceId ? null : (method?.label ?? null),
		cureEndsOn: plan.cureEndsOn,
		isHeld: held.has(plan.planId),
		// Of a plan that runs, none at all is as good as one that serves no more.
		methodLost: method ? !isChargeable(method, stripeAccount) : isRunning(plan),
		cardEndsBefore: method && (openParts(plan.parts).find((part) => isExpired(method, part.dueOn))?.dueOn ?? null),
		parts: plan.parts.map(({ position, dueOn, amountMinor, agreedMinor, status, askOn }) => ({
			position,
			dueOn,
			amountMinor,
			agreedMinor: agreedMinor === amountMinor ? null : agreedMinor,
			status,
			retryOn: status === 'retrying' ? askOn : null,
			moveTo: moves.find((move) => move.position === position)?.toOn ?? null
		})),
		needs: failing ? (asksBank ? 'authenticate' : 'other_method') : null,
		mayConfirm: await mayConfirm(tx, scope, plan, method)
	};
}
