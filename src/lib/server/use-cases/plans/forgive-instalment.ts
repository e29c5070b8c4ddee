// The supplier gives up an instalment of a plan: it is never asked for again, the books say what it cost (709, VAT given back by rate), and a numbered credit note
// proves it. Actor: owner or accountant. Refusals: not_allowed, proof_needed, not_found, payment_in_progress. Facts: plan.changed.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { instalmentForgiven } from '../../../domain/ledger/entries.ts';
import { ZERO, type Minor } from '../../../domain/money/minor.ts';
import { movesVat, vatOfReduction } from '../../../domain/payments/vat.ts';
import { isFailing, isOpen, isRunning } from '../../../domain/plans/plan-states.ts';
import { statusAfter } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { findLiveAttempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { insertDiscount, sumGivenUp } from '../../store/discounts.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { listVatLines } from '../../store/invoice-vat.ts';
import { bookEntry, nextNumber } from '../../store/journal.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findPlan, lockPlan, saveInstalment, savePlan, type PlanWithInstalments } from '../../store/plans.ts';
import { recordAudit } from '../../store/audits.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queuePlanMail } from '../mails/queue-mails.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { announce } from './apply-outcome.ts';
import { lowerInstalmentsOf } from './lower-plans.ts';

export async function forgiveInstalment(
	services: Services,
	scope: Scope,
	{ planId, position }: { planId: string; position: number }
): Promise<Result<null>> {
	if (!may(scope.actor, 'set_offers')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	return commit(services, scope, async (tx) => {
		const seen = await findPlan(tx, scope, planId);
		const ids =
			seen?.instalments.find((instalment) => instalment.position === position)?.lines.map((line) => line.invoiceId) ??
			[];
		const invoices = await lockInvoices(tx, scope, ids);
		// Of an instalment that asks for more than is owed, no more is given up than that.
		const now = services.clock.now();
		await lowerInstalmentsOf({ scope, tx, now, supplier: await getSupplier(tx, scope) }, ids, null);
		const plan = await lockPlan(tx, scope, planId);
		const instalment = plan?.instalments.find((candidate) => candidate.position === position);
		if (!plan || !instalment || !isOpen(instalment) || !isRunning(plan)) return refuse('not_found');
		// Somebody may be paying it at this moment.
		if (await findLiveAttempt(tx, scope, ids)) return refuse('payment_in_progress');
		await saveInstalment(tx, scope, instalment, { status: 'forgiven', askOn: null }, now);
		for (const line of instalment.lines) {
			const invoice = required(
				invoices.find((one) => one.invoiceId === line.invoiceId),
				'invoice'
			);
			await giveUp(services, tx, scope, { plan, position, invoice, amountMinor: line.amountMinor });
		}
		const after = required(await findPlan(tx, scope, planId), 'plan');
		const status = statusAfter(plan.status, after.instalments);
		await savePlan(tx, scope, planId, { status, ...(isFailing(after.instalments) ? {} : { cureEndsOn: null }) }, now);
		await recordAudit(tx, scope, now, 'part_forgiven', planId, { position: String(position) });
		await queuePlanMail(tx, scope, now, 'part_forgiven', plan, position);
		await announce({ scope, tx, now }, plan);
		return done(null);
	});
}

type GivenUp = { plan: PlanWithInstalments; position: number; invoice: InvoiceRecord; amountMinor: Minor };
async function giveUp(
	services: Services,
	tx: Tx,
	scope: Scope,
	{ plan, position, invoice, amountMinor }: GivenUp
): Promise<void> {
	const now = services.clock.now();
	const happenedOn = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
	const tail = vatOfReduction(await listVatLines(tx, scope, invoice.invoiceId), {
		debtMinor: invoice.debtMinor,
		givenUpMinor: await sumGivenUp(tx, scope, invoice.invoiceId),
		amountMinor
	});
	const vat = tail.length ? tail : [{ rateBps: null, grossMinor: amountMinor, vatMinor: ZERO }];
	const documentNumber = movesVat(invoice, vat) ? await nextNumber(tx, scope, 'credit_note', happenedOn) : null;
	const discountId = newId();
	await insertDiscount(
		tx,
		scope,
		{
			discountId,
			reason: 'forgiven',
			paymentId: null,
			planId: plan.planId,
			position,
			invoiceId: invoice.invoiceId,
			clientId: plan.clientId,
			sequence: 1,
			kind: 'granted',
			documentNumber,
			cancelsNumber: null,
			amountMinor,
			currency: plan.currency,
			happenedOn,
			createdAt: now
		},
		vat
	);
	await bookEntry(
		tx,
		scope,
		instalmentForgiven(discountId, { clientId: plan.clientId, invoiceId: invoice.invoiceId, vat }),
		{
			currency: plan.currency,
			bookedOn: happenedOn,
			now
		}
	);
}
