// A debit that a person said was not paid there, and that is under way as Stripe says now that it can be asked: what it pays is not asked for a second time
// until its bank has answered. Owners are told once.
import type { Attempt } from '../../store/attempts.ts';
import { findLiveAttempt, listAttemptLines } from '../../store/attempts.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import type { Tx } from '../../store/database.ts';
import { listHeldInstalments, listHolders } from '../../store/held-instalments.ts';
import { findPlan } from '../../store/plans.ts';
import { recordAudit, wasRecorded } from '../../store/audits.ts';
import { isOpen, isRunning } from '../../../domain/plans/plan-states.ts';
import { required } from '../../../domain/required.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import type { Settling } from '../settling.ts';

/** `alone`: its plan has ended, or never began, and is left as it is. */
export type HeldAgain = 'with_parts' | 'alone' | null;

export const wasDeclaredNotPaid = ({ status, errorCode }: Attempt): boolean =>
	status === 'canceled' && errorCode === 'said_not_paid';

/** Called inside settling, for what is under way at Stripe. null: it holds nothing, since something else pays it, or has. */
export async function holdAgain(settling: Settling, attempt: Attempt): Promise<HeldAgain> {
	const { tx, scope } = settling;
	const others = await listOthers(tx, scope, attempt);
	// Somebody is at a bank’s page with it: closed first (check-declared-outcomes.ts), and this is asked again.
	if (others.length && others.every(({ status }) => status !== 'processing')) return null;
	const holds = others.length ? null : await mayHold(settling, attempt);
	await tellOnce(settling, attempt, holds !== null);
	return holds;
}

/** What it is for is owed still, and would be collected twice if somebody went on with another attempt. */
export async function isStillFor({ tx, scope }: Pick<Settling, 'tx' | 'scope'>, attempt: Attempt): Promise<boolean> {
	const { invoices, plan, instalments } = await whatItPays(tx, scope, attempt);
	if (!invoices.some((invoice) => invoice.balanceMinor > 0n)) return false;
	return !isOfInstalments(attempt) || (plan !== null && isRunning(plan) && instalments.every(isOpen));
}

const isOfInstalments = ({ option }: Attempt): boolean => option === 'next_part' || option === 'all_parts';
/** Attempts that the database would let stand beside it no more than itself: of the same invoices whole, of the same instalments. */
async function listOthers(tx: Tx, scope: Settling['scope'], attempt: Attempt): Promise<Attempt[]> {
	const { ids, plan, instalments } = await whatItPays(tx, scope, attempt);
	const whole = isOfInstalments(attempt) ? null : await findLiveAttempt(tx, scope, ids, { ofWholes: true });
	const holders = plan
		? await listHolders(
				tx,
				scope,
				plan.planId,
				instalments.map((instalment) => instalment.position)
			)
		: [];
	return [...(whole ? [whole] : []), ...holders].filter((one) => one.attemptId !== attempt.attemptId);
}

async function mayHold({ tx, scope }: Settling, attempt: Attempt): Promise<HeldAgain> {
	if (!(await isStillFor({ tx, scope }, attempt))) return null;
	const { plan, instalments } = await whatItPays(tx, scope, attempt);
	return plan !== null && isRunning(plan) && instalments.every(isOpen) ? 'with_parts' : 'alone';
}

async function whatItPays(tx: Tx, scope: Settling['scope'], attempt: Attempt) {
	const ids = (await listAttemptLines(tx, scope, attempt.attemptId)).map((line) => line.invoiceId);
	const invoices = await lockInvoices(tx, scope, ids);
	const held = await listHeldInstalments(tx, scope, attempt.attemptId);
	const plan = held[0] ? required(await findPlan(tx, scope, held[0].planId), 'plan') : null;
	const instalments =
		plan?.instalments.filter((instalment) => held.some((one) => one.position === instalment.position)) ?? [];
	return { ids, invoices, plan, instalments };
}

async function tellOnce({ tx, scope, now }: Settling, attempt: Attempt, holds: boolean): Promise<void> {
	const { attemptId, amountMinor, currency, description, stripeAccount } = attempt;
	const action = holds ? 'outcome_under_way' : 'outcome_under_way_twice';
	if (await wasRecorded(tx, scope, action, attemptId)) return;
	const detail = { amountMinor: String(amountMinor), currency, description, account: stripeAccount ?? '' };
	await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, action, attemptId, detail));
}
