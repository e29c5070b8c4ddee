// A debit that a person said was not paid there, and that is under way as Stripe says now that it can be asked: what it pays is not asked for a second time
// until its bank has answered. Owners are told once.
import type { Attempt } from '../../store/attempts.ts';
import { findLiveAttempt, listAttemptLines } from '../../store/attempts.ts';
import { lockInvoices } from '../../store/invoices.ts';
import { findPlan, listHeldParts } from '../../store/plans.ts';
import { recordAudit, wasRecorded } from '../../store/records.ts';
import { isOpen, isRunning } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import type { Settling } from './settling.ts';

/** `alone`: its plan has ended, or never began, and is left as it is. */
export type HeldAgain = 'with_parts' | 'alone' | null;

export const wasSaidNotPaid = ({ status, errorCode }: Attempt): boolean =>
	status === 'canceled' && errorCode === 'said_not_paid';

/** Called inside settling, for what is under way at Stripe. null: it holds nothing, since something else pays it, or has. */
export async function holdAgain(settling: Settling, attempt: Attempt): Promise<HeldAgain> {
	const holds = await mayHold(settling, attempt);
	await tellOnce(settling, attempt, holds !== null);
	return holds;
}

async function mayHold({ tx, scope }: Settling, attempt: Attempt): Promise<HeldAgain> {
	const ids = (await listAttemptLines(tx, scope, attempt.attemptId)).map((line) => line.invoiceId);
	const invoices = await lockInvoices(tx, scope, ids);
	if (!invoices.some((invoice) => invoice.balanceMinor > 0n)) return null;
	const held = await listHeldParts(tx, scope, attempt.attemptId);
	const plan = held[0] ? required(await findPlan(tx, scope, held[0].planId), 'plan') : null;
	const parts = plan?.parts.filter((part) => held.some((one) => one.position === part.position)) ?? [];
	const areFree = plan !== null && isRunning(plan) && parts.every(isOpen);
	if (attempt.option === 'next_part' || attempt.option === 'all_parts') return areFree ? 'with_parts' : null;
	return (await findLiveAttempt(tx, scope, ids, { besidesParts: true })) ? null : areFree ? 'with_parts' : 'alone';
}

async function tellOnce({ tx, scope, now }: Settling, attempt: Attempt, holds: boolean): Promise<void> {
	const { attemptId, amountMinor, currency, description, stripeAccount } = attempt;
	const action = holds ? 'outcome_under_way' : 'outcome_under_way_twice';
	if (await wasRecorded(tx, scope, action, attemptId)) return;
	const detail = { amountMinor: String(amountMinor), currency, description, account: stripeAccount ?? '' };
	await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, action, attemptId, detail));
}
