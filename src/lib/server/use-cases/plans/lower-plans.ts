// Less is owed of an invoice than the instalments to come of its plans ask for: they become smaller before anything more is taken. By a credit note
// (set-off-credits.ts), or by money that came in another way: late money of an attempt that was given up, a refund that failed after its payer had paid again, a
// dispute that was won. Facts: plan.changed. Mails: plan_credited, plan_lowered.
import type { Scope } from '../../../domain/access/scope.ts';
import { addDays, civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { add, atLeastNothing, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import {
	CHARGEABLE_MINOR,
	lowerInstalments,
	type Lowerable,
	type InstalmentLowered
} from '../../../domain/plans/lower-instalments.ts';
import { statusAfter } from '../../../domain/plans/plan.ts';
import { type InstalmentStatus, isFailing, isOpen, isRunning } from '../../../domain/plans/plan-states.ts';
import { newId } from '../../identity.ts';
import { findLiveAttempt, listAttemptLines } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { listHeldPositions } from '../../store/held-instalments.ts';
import {
	findPlan,
	insertLowering,
	listPlansOfInvoices,
	lockPlan,
	saveInstalment,
	savePlan,
	type PlanWithInstalments
} from '../../store/plans.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import type { Booking } from '../settling.ts';
import { announce } from './apply-outcome.ts';

/**
 * Called wherever money was booked, or an attempt that held instalments came to nothing: no instalment of the invoices of the attempt asks for what is not owed. Instalments that somebody is
 * paying at this moment stay as they are; once that came to nothing this is asked again. What comes in excess is the client's advance.
 */
export async function lowerToOwed(
	booking: Pick<Booking, 'scope' | 'tx' | 'supplier' | 'now'>,
	{ attemptId }: { attemptId: string },
	paymentId: string | null
): Promise<void> {
	const { scope, tx } = booking;
	const lines = await listAttemptLines(tx, scope, attemptId);
	await lowerInstalmentsOf(
		booking,
		lines.map((line) => line.invoiceId),
		paymentId
	);
}
export async function lowerInstalmentsOf(
	{ scope, tx, supplier, now }: Pick<Booking, 'scope' | 'tx' | 'supplier' | 'now'>,
	invoiceIds: string[],
	paymentId: string | null
): Promise<void> {
	const lowered: InstalmentLowered[] = [];
	for (const invoiceId of await inRunningPlans(tx, scope, invoiceIds)) {
		const [invoice] = await lockInvoices(tx, scope, [invoiceId]);
		// Money under way for the whole of it may come to nothing: then the instalments are owed as they are.
		if (!invoice || (await findLiveAttempt(tx, scope, [invoiceId], { besidesInstalments: true }))) continue;
		const excessMinor = plannedBeyond(invoice);
		if (excessMinor <= 0n) continue;
		const plans = await lockPlans(tx, scope, invoiceId);
		const instalments = lowerInstalments(await lowerable(tx, scope, plans, invoiceId), excessMinor);
		await insertLowering(tx, scope, { loweringId: newId(), invoiceId, paymentId, createdAt: now }, instalments);
		lowered.push(...instalments);
	}
	const today = civilDateIn(now, supplier.timeZone);
	// However many invoices it was, one schedule is told.
	await followLowered(tx, scope, now, {
		lowered,
		left: 'paid_otherwise',
		mail: 'plan_lowered',
		round: newId(),
		today
	});
}
/** What the instalments to come ask for beyond what is owed; below nothing where more is owed beside them. */
const plannedBeyond = ({ balanceMinor, underWayMinor, promisedMinor, plannedMinor }: InvoiceRecord): Minor =>
	subtract(plannedMinor, atLeastNothing(subtract(balanceMinor, add(underWayMinor, promisedMinor))));
export const isOverPlanned = (invoice: InvoiceRecord): boolean => plannedBeyond(invoice) > 0n;

async function inRunningPlans(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<string[]> {
	const plans = await listPlansOfInvoices(tx, scope, invoiceIds, { running: true });
	const planned = new Set(
		plans.flatMap(({ instalments }) => instalments.flatMap(({ lines }) => lines.map((line) => line.invoiceId)))
	);
	return [...new Set(invoiceIds)].filter((id) => planned.has(id)).sort();
}

/** The plans that run of an invoice. Locked after it, as whoever pays does. */
export async function lockPlans(tx: Tx, scope: Scope, invoiceId: string): Promise<PlanWithInstalments[]> {
	const locked: PlanWithInstalments[] = [];
	const seen = await listPlansOfInvoices(tx, scope, [invoiceId], { running: true });
	for (const { planId } of seen.sort((a, b) => (a.planId < b.planId ? -1 : 1))) {
		const plan = await lockPlan(tx, scope, planId);
		if (plan && isRunning(plan)) locked.push(plan);
	}
	return locked;
}

/** Instalments to come that nobody is paying at this moment, and what each pays of the invoice. */
export async function lowerable(
	tx: Tx,
	scope: Scope,
	plans: PlanWithInstalments[],
	invoiceId: string
): Promise<Lowerable[]> {
	const found: (Lowerable & { dueOn: CivilDate })[] = [];
	for (const { planId, instalments } of plans) {
		const held = await listHeldPositions(tx, scope, planId);
		for (const instalment of instalments.filter((one) => isOpen(one) && !held.includes(one.position)))
			for (const line of instalment.lines)
				if (line.invoiceId === invoiceId && line.amountMinor > 0n)
					found.push({
						planId,
						position: instalment.position,
						instalmentMinor: instalment.amountMinor,
						ofInvoiceMinor: line.amountMinor,
						dueOn: instalment.dueOn
					});
	}
	return found.sort((a, b) => (a.dueOn === b.dueOn ? a.position - b.position : a.dueOn < b.dueOn ? -1 : 1));
}

type Followed = {
	lowered: InstalmentLowered[];
	/** What an instalment becomes of which nothing is left. */
	left: Extract<InstalmentStatus, 'credited' | 'paid_otherwise'>;
	mail: 'plan_credited' | 'plan_lowered';
	/** What it was: told once. */
	round: string;
	today: CivilDate;
};
/** The new schedule is told before anything more is taken, and each instalment that changed is announced anew. */
export async function followLowered(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ lowered, left, mail, round, today }: Followed
): Promise<void> {
	for (const planId of new Set(lowered.map((one) => one.planId))) {
		const before = await findPlan(tx, scope, planId);
		const positions = lowered.filter((one) => one.planId === planId).map((one) => one.position);
		for (const instalment of before?.instalments.filter((one) => positions.includes(one.position)) ?? [])
			await saveInstalment(
				tx,
				scope,
				instalment,
				instalment.amountMinor < CHARGEABLE_MINOR
					? // Too little to be charged: owed beside the plan, to be paid by transfer.
						{ status: instalment.amountMinor === ZERO ? left : 'canceled', askOn: null }
					: { announcedAt: null, askOn: instalment.askOn && later(instalment.askOn, addDays(today, 1)) },
				now
			);
		const plan = await findPlan(tx, scope, planId);
		if (!plan) continue;
		const status = statusAfter(plan.status, plan.instalments);
		await savePlan(tx, scope, planId, { status, ...(isFailing(plan.instalments) ? {} : { cureEndsOn: null }) }, now);
		await queuePlanMail(tx, scope, now, mail, plan, 0, round);
		await announce({ scope, tx, now }, plan);
	}
}
export const later = (day: CivilDate, other: CivilDate): CivilDate => (day > other ? day : other);
