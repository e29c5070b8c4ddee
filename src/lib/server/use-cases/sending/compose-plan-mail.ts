// Mails about plans: read as the plan stands now; null when it is no longer true.
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { declineFamily } from '../../../domain/payments/declines.ts';
import { isDoubtful } from '../../../domain/plans/plan.ts';
import { isOpen, isOver, isRunning } from '../../../domain/plans/plan-states.ts';
import type { RenderedMail } from '../../mails/layout.ts';
import * as templates from '../../mails/plan-mails.ts';
import { isChargeable, isExpired } from '../../../domain/payments/methods.ts';
import { findAttempt, type Attempt } from '../../store/attempts.ts';
import { findInvoice } from '../../store/invoices.ts';
import { findClient } from '../../store/clients.ts';
import { findOpenReschedule } from '../../store/reschedules.ts';
import { findPlan, type PlanWithInstalments } from '../../store/plans.ts';
import { findMethod, type SavedMethod } from '../../store/saved-methods.ts';
import { mintPayLink } from '../access/pay-links.ts';
import type { Context } from './compose-context.ts';
import { UNTRIED } from '../mails/queue-mails.ts';
import { whatIsDue } from './what-is-due.ts';

export async function renderPlanMail(context: Context): Promise<RenderedMail | null> {
	const { scope, tx, row, to, supplier } = context;
	const plan = await findPlan(tx, scope, row.subjectId);
	if (!plan) return null;
	const common = await commonOf(context, plan);
	const method = plan.methodId ? await findMethod(tx, scope, plan.methodId) : null;
	const position = Number(row.uniqueKey.split(':')[2]);
	const due = plan.instalments.find((candidate) => candidate.position === position) ?? null;
	const today = civilDateIn(context.services.clock.now(), supplier.timeZone);
	const serves = method !== null && isChargeable(method, supplier.stripeAccount);
	const means = { methodLabel: method?.label ?? '', mandate: method?.mandateReference ?? null };
	switch (row.kind) {
		case 'plan_started':
			return plan.status === 'canceled'
				? null
				: templates.renderPlanStarted(to, {
						...common,
						...means,
						methodLabel: method?.label ?? null,
						instalments: plan.instalments
					});
		case 'part_announced':
			return due?.status === 'scheduled' &&
				plan.status === 'active' &&
				serves &&
				due.dueOn >= today &&
				!isDoubtful(due, plan.cureEndsOn)
				? templates.renderInstalmentAnnounced(to, {
						...common,
						...means,
						...due,
						position,
						count: plan.count,
						cardEnds: endOf(method, due)
					})
				: null;
		case 'part_failed':
			// Of a plan that has ended meanwhile nothing more is tried.
			return due && isOpen(due) && isRunning(plan) ? renderFailed(context, plan, due, { ...common, serves }) : null;
		case 'method_lost':
			// Whoever is asked to pay a refused instalment in another way gives another means with it; and where nothing is to come, none is needed.
			return plan.status === 'active' && !serves && (await needsAnother(context, plan))
				? templates.renderMethodLost(to, { ...common, methodLabel: means.methodLabel, why: whyLost(method) })
				: null;
		case 'method_ending': {
			const ends = due && isOpen(due) && isRunning(plan) && serves ? endOf(method, due) : null;
			return due && ends ? templates.renderMethodEnding(to, { ...common, ...means, ...due, cardEnds: ends }) : null;
		}
		case 'plan_credited':
		case 'plan_lowered':
			return isOver(plan)
				? null
				: templates.renderPlanLowered(to, {
						...common,
						by: row.kind === 'plan_credited' ? 'credit' : 'money',
						instalments: plan.instalments.filter((one) => isOpen(one) || one.status === 'processing')
					});
		case 'move_asked': {
			const move = await findOpenReschedule(tx, scope, { planId: plan.planId, position });
			return due && move ? templates.renderRescheduleAsked(to, { ...common, ...due, toOn: move.toOn }) : null;
		}
		case 'part_forgiven':
			return due?.status === 'forgiven' ? templates.renderInstalmentForgiven(to, { ...common, ...due }) : null;
		case 'plan_in_default':
		case 'plan_in_default_told':
			return renderDefault(context, plan, common);
		default:
			return null;
	}
}

async function renderDefault(
	{ scope, tx, to, row }: Context,
	plan: PlanWithInstalments,
	common: Awaited<ReturnType<typeof commonOf>>
): Promise<RenderedMail | null> {
	if (plan.status !== 'in_default') return null;
	const ids = plan.instalments.flatMap((one) => one.lines.map(({ invoiceId }) => invoiceId));
	const { payableMinor: restMinor } = await whatIsDue(tx, scope, ids);
	if (restMinor === 0n) return null;
	if (row.kind === 'plan_in_default') return templates.renderPlanInDefault(to, { ...common, restMinor });
	const client = await findClient(tx, scope, plan.clientId);
	return templates.renderDefaultTold(to, { ...common, restMinor, clientName: client?.name ?? '' });
}

/** The last month of a card that is over when the instalment falls due; null while it serves. */
const endOf = (method: SavedMethod | null, { dueOn }: { dueOn: CivilDate }): string | null =>
	method && isExpired(method, dueOn) ? `${String(method.expiryMonth).padStart(2, '0')}/${method.expiryYear}` : null;
const whyLost = (method: SavedMethod | null): templates.WhyLost =>
	!method ? 'none' : method.unusableAt ? 'bank' : method.giverMayPay ? 'moved' : 'rights';

async function renderFailed(
	{ scope, tx, to, row }: Context,
	plan: PlanWithInstalments,
	due: PlanWithInstalments['instalments'][number],
	{ serves, ...common }: Awaited<ReturnType<typeof commonOf>> & { serves: boolean }
): Promise<RenderedMail> {
	const attempt = due.attemptId ? await findAttempt(tx, scope, due.attemptId) : null;
	// Neither a new try nor the bank's question is promised of a means of payment that serves no more.
	const wantsBank = serves && wantsConfirmation(attempt);
	return templates.renderInstalmentFailed(to, {
		...common,
		dueOn: due.dueOn,
		amountMinor: due.amountMinor,
		why: row.uniqueKey.endsWith(UNTRIED) ? 'not_tried' : whyFailed(attempt),
		isDebit: attempt?.methodType === 'sepa_debit',
		step: isTriedAgain(plan, due) && serves ? retryOf(plan, due) : wantsBank ? 'authenticate' : 'other_method',
		retryOn: due.askOn,
		cureEndsOn: plan.cureEndsOn
	});
}

/** Not once the plan will have ended before. */
const isTriedAgain = (
	{ cureEndsOn }: PlanWithInstalments,
	{ status, askOn }: PlanWithInstalments['instalments'][number]
): boolean => status === 'retrying' && askOn !== null && !(cureEndsOn !== null && askOn > cureEndsOn);
/** That nothing is to be done is true of no plan of which another instalment waits for its client. */
const retryOf = ({ instalments }: PlanWithInstalments, { position }: { position: number }): templates.FailedStep =>
	instalments.some((one) => one.position !== position && one.status === 'action_needed') ? 'retry_other' : 'retry';
const wantsConfirmation = (attempt: Attempt | null): boolean =>
	[attempt?.errorCode, attempt?.declineCode].includes('authentication_required');
async function needsAnother({ scope, tx }: Context, plan: PlanWithInstalments): Promise<boolean> {
	const open = plan.instalments.filter(isOpen);
	for (const due of open.filter(({ status }) => status === 'action_needed'))
		if (!wantsConfirmation(due.attemptId ? await findAttempt(tx, scope, due.attemptId) : null)) return false;
	return open.length > 0;
}

/** A bank is said to have refused what it was asked, and nothing else. */
function whyFailed(attempt: Attempt | null): templates.WhyFailed {
	if (attempt?.status === 'declined') return declineFamily(attempt.errorCode, attempt.declineCode);
	return attempt?.status === 'paid' ? 'returned' : 'not_tried';
}

/** One invoice has a link of its own; a plan over several is opened in the client's area, where all of them may be seen. */
async function commonOf({ services, scope, tx, row }: Context, plan: PlanWithInstalments) {
	const ids = [...new Set(plan.instalments.flatMap((due) => due.lines.map((line) => line.invoiceId)))];
	const [only, ...others] = ids;
	const numbers = [];
	for (const id of ids) numbers.push((await findInvoice(tx, scope, id))?.number ?? '');
	const { origin } = services.config;
	const url = row.memberId
		? `${origin}/admin/echeanciers`
		: only && !others.length && row.contactId
			? await mintPayLink(services, tx, scope, only, row.contactId)
			: `${origin}/portail`;
	return { numbers: numbers.join(', '), amountMinor: plan.amountMinor, currency: plan.currency, url };
}
