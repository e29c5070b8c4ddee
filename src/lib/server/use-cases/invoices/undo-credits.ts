// A credit note is taken back (its import was a mistake): its invoice owes again what it had lowered, and the instalments of a running plan are again what was
// agreed, told before they are taken. What has been paid meanwhile stays paid: the rest is owed beside the plan. Mail: plan_credited.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { creditUsed } from '../../../domain/ledger/entries.ts';
import { minor } from '../../../domain/money/minor.ts';
import { askedOn } from '../../../domain/plans/calendar.ts';
import { isOpen, isRunning } from '../../../domain/plans/plan-states.ts';
import { statusAfter } from '../../../domain/plans/plan.ts';
import { newId } from '../../identity.ts';
import { insertCreditUse, listUseInstalments, listUsesOfCredits, type CreditUse } from '../../store/credit-uses.ts';
import type { Tx } from '../../store/database.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listHeldPositions } from '../../store/held-instalments.ts';
import { findPlan, lockPlan, saveInstalment, savePlan, type PlanWithInstalments } from '../../store/plans.ts';
import { findMethod } from '../../store/saved-methods.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { announce } from '../plans/apply-outcome.ts';
import { later } from '../plans/lower-plans.ts';

/** A debit is told at least two days before (SEPA rulebook, as agreed in the mandate), and an instalment that grows is told like one. */
const NOTICE_DAYS = 3;

export async function undoCredits(tx: Tx, scope: Scope, creditIds: string[], now: Date): Promise<void> {
	const uses = await listUsesOfCredits(tx, scope, creditIds);
	if (!uses.length) return;
	await lockInvoices(tx, scope, [...new Set(uses.flatMap((use) => [use.creditId, use.invoiceId]))]);
	const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
	for (const use of uses) await undo(tx, scope, now, use, today);
}

async function undo(tx: Tx, scope: Scope, now: Date, use: CreditUse, today: CivilDate): Promise<void> {
	const { creditUseId, creditId, invoiceId, amountMinor } = use;
	const [invoice] = await lockInvoices(tx, scope, [invoiceId]);
	if (!invoice) return;
	const taken = await listUseInstalments(tx, scope, creditUseId);
	const plans: PlanWithInstalments[] = [];
	for (const planId of [...new Set(taken.map((one) => one.planId))]) {
		const plan = await lockPlan(tx, scope, planId);
		if (plan) plans.push(plan);
	}
	const open = await openAgain(tx, scope, plans);
	const raised = taken.filter((one) => open.has(`${one.planId} ${one.position}`));
	const undoneId = newId();
	await insertCreditUse(
		tx,
		scope,
		{
			creditUseId: undoneId,
			creditId,
			invoiceId,
			amountMinor: minor(-amountMinor),
			undoesId: creditUseId,
			createdAt: now
		},
		raised.map((one) => ({ ...one, amountMinor: minor(-one.amountMinor) }))
	);
	const { clientId, currency } = invoice;
	const entry = creditUsed('credit_use_undone', creditUseId, { clientId, creditId, invoiceId, amountMinor });
	await bookEntry(tx, scope, entry, { currency, bookedOn: today, now });
	for (const plan of plans) {
		const positions = raised.filter((one) => one.planId === plan.planId).map((one) => one.position);
		if (positions.length) await raise(tx, scope, now, { plan, positions, creditUseId: undoneId, today });
	}
}

/** Instalments that may be what was agreed again: of a plan that runs, or that the credit note completed; not paid, not being paid. */
async function openAgain(tx: Tx, scope: Scope, plans: PlanWithInstalments[]): Promise<Set<string>> {
	const open = new Set<string>();
	for (const { planId, status, instalments } of plans) {
		if (!isRunning({ status }) && status !== 'completed') continue;
		const held = await listHeldPositions(tx, scope, planId);
		for (const instalment of instalments)
			if ((isOpen(instalment) || instalment.status === 'credited') && !held.includes(instalment.position))
				open.add(`${planId} ${instalment.position}`);
	}
	return open;
}

type Raised = { plan: PlanWithInstalments; positions: number[]; creditUseId: string; today: CivilDate };
async function raise(tx: Tx, scope: Scope, now: Date, { plan, positions, creditUseId, today }: Raised): Promise<void> {
	const method = plan.methodId ? await findMethod(tx, scope, plan.methodId) : null;
	const told = addDays(today, NOTICE_DAYS);
	for (const instalment of plan.instalments.filter((one) => positions.includes(one.position)))
		await saveInstalment(
			tx,
			scope,
			instalment,
			instalment.status === 'credited'
				? {
						status: 'scheduled',
						announcedAt: null,
						askOn: later(askedOn(instalment.dueOn, method?.type ?? null), told)
					}
				: { announcedAt: null, askOn: instalment.askOn && later(instalment.askOn, told) },
			now
		);
	const after = await findPlan(tx, scope, plan.planId);
	if (!after) return;
	await savePlan(tx, scope, plan.planId, { status: statusAfter(plan.status, after.instalments) }, now);
	await queuePlanMail(tx, scope, now, 'plan_credited', plan, 0, creditUseId);
	await announce({ scope, tx, now }, plan);
}
