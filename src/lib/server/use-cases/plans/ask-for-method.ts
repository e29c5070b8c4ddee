// A plan began, and what paid its first instalment can't be kept: its account at Stripe answers nobody. The client is asked for a means of payment, and has until the
// days that were agreed.
import type { Attempt } from '../../store/attempts.ts';
import { listHeldInstalments } from '../../store/held-instalments.ts';
import { findPlan } from '../../store/plans.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import type { Booking } from '../settling.ts';
import { schedule } from './apply-outcome.ts';

export async function askForMethod({ scope, tx, supplier, now }: Booking, attempt: Attempt): Promise<void> {
	const [held] = await listHeldInstalments(tx, scope, attempt.attemptId);
	const plan = held ? await findPlan(tx, scope, held.planId) : null;
	if (plan?.status !== 'active' || plan.methodId !== null) return;
	await schedule({ scope, tx, supplier, now }, plan, null);
	await queuePlanMail(tx, scope, now, 'method_lost', plan, 0, attempt.attemptId);
}
