// The debit run: instalments due today are put on the queue, and taken one at a time from the means of payment that was agreed. At most once each: under the
// plan's lock an attempt takes hold of its instalment, which the database lets one attempt do, and its id is Stripe's idempotency key.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { isHeld as isHeldOn } from '../../../domain/invoices/hold.ts';
import { isChargeable } from '../../../domain/payments/methods.ts';
import { targetDay } from '../../../domain/plans/calendar.ts';
import { CHARGED_INSTALMENTS } from '../../../domain/plans/plan-states.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { findAttempt, findLiveAttempt, insertAttempt, type Attempt } from '../../store/attempts.ts';
import type { Database, Tx } from '../../store/database.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { claimCharge, dropCharge, enqueueDue, extendClaim } from '../../store/plan-charges.ts';
import { holdInstalments, listHeldPositions } from '../../store/held-instalments.ts';
import { findPlan, lockPlan, saveInstalment, type PlanWithInstalments } from '../../store/plans.ts';
import { findCustomerId, findMethod } from '../../store/saved-methods.ts';
import { isTodaysSilent } from '../../store/stripe-accounts.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { commit } from '../run.ts';
import { announce, refuseInstalment, type Following } from '../plans/apply-outcome.ts';
import { isOverPlanned, lowerInstalmentsOf } from '../plans/lower-plans.ts';
import { callStripe } from './call-stripe.ts';

const LEASE_MS = 60_000;

/** Periodic, and harmless as often as it runs. */
export async function collectDue(services: Services): Promise<void> {
	await forSuppliersDue(services, 'parts_to_take', (scope, today) =>
		commit(services, scope, (tx) => enqueueDue(tx, scope, today, services.clock.now()))
	);
}

/** Takes the instalments of one row of the queue; `false` when it is empty. */
/** Of each process: the supplier whose row was taken last. */
const served = new WeakMap<Database, string>();

export async function chargeNextInstalments(services: Services): Promise<boolean> {
	const { db, clock } = services;
	const charge = await claimCharge(db, clock.now(), { leaseMs: LEASE_MS, served: served.get(db) ?? null });
	if (!charge) return false;
	served.set(db, charge.supplierId);
	const scope = mintScope(charge.supplierId, { kind: 'system' });
	for (const [i, planId] of charge.planIds.entries()) {
		await extendClaim(services.db, charge, new Date(services.clock.now().getTime() + LEASE_MS));
		await chargeAlone(services, scope, { planId, position: required(charge.positions[i], 'position') });
	}
	await commit(services, scope, (tx) => dropCharge(tx, charge));
	return true;
}

type Due = { planId: string; position: number };
/** What goes wrong with one plan keeps nothing from the others of its row: its instalment is still due, and put on the queue again. */
async function chargeAlone(services: Services, scope: Scope, due: Due): Promise<void> {
	try {
		const attempt = await commit(services, scope, (tx) => openCharge(services, scope, tx, due));
		// The attempt is kept: from here on, whatever is lost is asked again with the same key by reconciliation.
		if (attempt) await callStripe(services, scope, attempt);
	} catch (error) {
		services.log.error({ err: error, ...due }, 'part of a plan not taken, will be tried again');
	}
}

/** null when the instalment is not to be taken now: paid meanwhile, paused, or it or its invoice held by another payment. */
async function openCharge(services: Services, scope: Scope, tx: Tx, charge: Due): Promise<Attempt | null> {
	const seen = await findPlan(tx, scope, charge.planId);
	const lines = seen?.instalments.find((instalment) => instalment.position === charge.position)?.lines ?? [];
	const invoices = await lockInvoices(
		tx,
		scope,
		lines.map((line) => line.invoiceId)
	);
	const plan = required(await lockPlan(tx, scope, charge.planId), 'plan');
	const supplier = await getSupplier(tx, scope);
	const now = services.clock.now();
	const today = civilDateIn(now, supplier.timeZone);
	const instalment = required(
		plan.instalments.find((candidate) => candidate.position === charge.position),
		'part'
	);
	const method = plan.methodId ? await findMethod(tx, scope, plan.methodId) : null;
	if (!isDue(plan, instalment, today)) return null;
	// Perhaps the instalment before this one found that out: nothing more of the row is taken.
	if (await isTodaysSilent(tx, scope)) return null;
	if (invoices.some((invoice) => isHeldOn(invoice, today))) return null;
	// Its own client pays it at this moment, or has left the bank's question open: it is taken once that came to nothing.
	if ((await listHeldPositions(tx, scope, plan.planId)).includes(instalment.position)) return null;
	const ids = lines.map((line) => line.invoiceId);
	// Another instalment of the plan that is under way keeps this one from nothing: each waits for its own day.
	if (await findLiveAttempt(tx, scope, ids, { besidesInstalments: true })) return null;
	// Less is owed than the instalments ask for, whatever came in: the client is told the new ones first. Until then nothing is taken.
	if (invoices.some((invoice) => isOverPlanned(invoice))) {
		await lowerInstalmentsOf({ scope, tx, supplier, now }, ids, null);
		return null;
	}
	if (!method || !isChargeable(method, supplier.stripeAccount)) {
		await waitForAnother({ scope, tx, supplier, now }, plan, instalment, method?.type ?? null);
		return null;
	}
	const attemptId = newId();
	const retried = await declinedIntentOf(tx, scope, instalment, supplier.stripeAccount);
	await insertAttempt(
		tx,
		scope,
		{
			attemptId,
			clientId: plan.clientId,
			contactId: plan.contactId,
			channel: 'plan',
			option: 'next_part',
			allowedTypes: method.type === 'sepa_debit' ? ['sepa_debit'] : ['card', 'sepa_debit'],
			amountMinor: instalment.amountMinor,
			currency: plan.currency,
			confirmationTokenId: null,
			savedMethodId: method.methodId,
			customerId: await findCustomerId(tx, scope, plan.clientId, supplier.stripeAccount),
			isOffSession: true,
			keepsMethod: false,
			targetOn: method.type === 'sepa_debit' ? targetDay(instalment.dueOn, today) : null,
			description: describe(invoices),
			returnUrl: `${services.config.origin}/retour/${attemptId}`,
			status: 'open',
			stripeAccount: supplier.stripeAccount,
			stripePaymentIntentId: retried,
			retriesIntent: retried !== null,
			createdAt: now,
			updatedAt: now
		},
		instalment.lines
	);
	await holdInstalments(tx, scope, attemptId, [instalment]);
	await saveInstalment(tx, scope, instalment, { attemptId }, now);
	return findAttempt(tx, scope, attemptId);
}

/** The means of payment is gone. Nothing is tried; the client, who was asked for another, has until the day that was agreed. Then the instalment is refused. */
async function waitForAnother(
	following: Pick<Following, 'scope' | 'tx' | 'supplier' | 'now'>,
	plan: PlanWithInstalments,
	instalment: PlanWithInstalments['instalments'][number],
	methodType: string | null
): Promise<void> {
	const { scope, tx, supplier, now } = following;
	if (instalment.dueOn > civilDateIn(now, supplier.timeZone))
		return saveInstalment(tx, scope, instalment, { askOn: instalment.dueOn }, now);
	await refuseInstalment(following, plan, instalment, { errorCode: 'method_gone', declineCode: null, methodType });
	await announce({ scope, tx, now }, plan);
}

const isDue = (
	{ status }: PlanWithInstalments,
	instalment: PlanWithInstalments['instalments'][number],
	today: CivilDate
): boolean =>
	status === 'active' &&
	CHARGED_INSTALMENTS.includes(instalment.status) &&
	instalment.askOn !== null &&
	instalment.askOn <= today;
const describe = (invoices: { number: string }[]): string =>
	invoices
		.map((invoice) => invoice.number)
		.join(', ')
		.slice(0, 500);

/** A refused card payment is tried again on the same PaymentIntent: one instalment stays one payment at Stripe. No other account knows it. */
async function declinedIntentOf(
	tx: Tx,
	scope: Scope,
	instalment: PlanWithInstalments['instalments'][number],
	account: string | null
): Promise<string | null> {
	const last = instalment.attemptId ? await findAttempt(tx, scope, instalment.attemptId) : null;
	if (last?.status !== 'declined' || last.stripeAccount !== account) return null;
	// It was lowered since: another amount is another payment.
	if (last.amountMinor !== instalment.amountMinor) return null;
	return last.methodType === 'sepa_debit' ? null : last.stripePaymentIntentId;
}
