// A plan as its payer, or its supplier, follows it.
import type { PlanView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { findAttempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import type { PlanWithParts } from '../../store/plans.ts';
import { findMethod } from '../../store/saved-methods.ts';

export async function planView(tx: Tx, scope: Scope, plan: PlanWithParts): Promise<PlanView> {
	const failing = plan.parts.find((part) => part.status === 'action_needed');
	const [method, attempt] = await Promise.all([
		plan.methodId && !scope.invoiceId ? findMethod(tx, scope, plan.methodId) : null,
		failing?.attemptId ? findAttempt(tx, scope, failing.attemptId) : null
	]);
	const wantsBank = [attempt?.errorCode, attempt?.declineCode].includes('authentication_required');
	return {
		planId: plan.planId,
		status: plan.status,
		count: plan.count,
		amountMinor: plan.amountMinor,
		currency: plan.currency,
		isSettlement: plan.isSettlement,
		methodLabel: method?.label ?? null,
		cureEndsOn: plan.cureEndsOn,
		parts: plan.parts.map(({ position, dueOn, amountMinor, status, askOn }) => ({
			position,
			dueOn,
			amountMinor,
			status,
			retryOn: status === 'retrying' ? askOn : null
		})),
		needs: failing ? (wantsBank ? 'authenticate' : 'other_method') : null
	};
}
