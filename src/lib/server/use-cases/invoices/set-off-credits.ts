// A credit note lowers what is owed on the invoice it is about, and the instalments to come of a plan that pays it, before anything more is taken. What somebody is
// paying at this moment, and debits under way, stay as they are: the credit note waits, and its rest is the client's. Facts: plan.changed. Mail: plan_credited.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { creditUsed } from '../../../domain/ledger/entries.ts';
import { add, atLeastNothing, smallest, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { lowerInstalments } from '../../../domain/plans/lower-instalments.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { insertCreditUse, isBeingPaid, listCreditsToUse } from '../../store/credit-uses.ts';
import type { Tx } from '../../store/database.ts';
import { type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { recordAudit } from '../../store/audits.ts';
import { followLowered, lockPlans, lowerable } from '../plans/lower-plans.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { allOf } from '../page.ts';
import { commit, read, safely } from '../run.ts';

/** Periodic: what waited for a payment to end, or for its invoice to come in. Harmless as often as it runs. */
export async function setOffCredits(services: Services): Promise<void> {
	await forSuppliersDue(services, 'credits_to_set_off', async (scope) => {
		for await (const pair of allOf((after: Pair | null) =>
			read(services, scope, (tx) => listCreditsToUse(tx, scope, null, after))
		))
			await safely(services, pair.creditId, () =>
				commit(services, scope, (tx) => setOff(tx, scope, services.clock.now(), pair))
			);
	});
}
/** Those that have just been kept, inside the transaction that keeps them, which has locked what they are about. */
export async function setOffSaved(tx: Tx, scope: Scope, now: Date, creditIds: string[]): Promise<void> {
	if (!creditIds.length) return;
	for await (const pair of allOf((after: Pair | null) => listCreditsToUse(tx, scope, creditIds, after)))
		await setOff(tx, scope, now, pair);
}

type Pair = { creditId: string; invoiceId: string };
/** Locked as whoever pays locks: invoices, then plans. */
async function setOff(tx: Tx, scope: Scope, now: Date, { creditId, invoiceId }: Pair): Promise<void> {
	const records = await lockInvoices(tx, scope, [creditId, invoiceId]);
	const credit = records.find((record) => record.invoiceId === creditId);
	const invoice = records.find((record) => record.invoiceId === invoiceId);
	if (!credit || !invoice || (await isBeingPaid(tx, scope, invoiceId))) return;
	const plans = await lockPlans(tx, scope, invoiceId);
	const instalments = await lowerable(tx, scope, plans, invoiceId);
	const { balanceMinor, underWayMinor, promisedMinor, plannedMinor } = invoice;
	const beside = atLeastNothing(subtract(balanceMinor, add(underWayMinor, promisedMinor, plannedMinor)));
	const inInstalments = add(...instalments.map((instalment) => instalment.ofInvoiceMinor));
	const owed = atLeastNothing(subtract(balanceMinor, add(underWayMinor, promisedMinor)));
	const amountMinor = smallest(
		atLeastNothing(subtract(ZERO, credit.balanceMinor)),
		smallest(owed, add(beside, inInstalments))
	);
	if (amountMinor <= 0n) return;
	const lowered = lowerInstalments(instalments, atLeastNothing(subtract(amountMinor, beside)));
	const creditUseId = newId();
	await insertCreditUse(
		tx,
		scope,
		{ creditUseId, creditId, invoiceId, amountMinor, undoesId: null, createdAt: now },
		lowered
	);
	const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
	const entry = creditUsed('credit_used', creditUseId, {
		clientId: invoice.clientId,
		creditId,
		invoiceId,
		amountMinor
	});
	await bookEntry(tx, scope, entry, { currency: invoice.currency, bookedOn: today, now });
	await tell(tx, scope, now, { invoice, credit, amountMinor });
	await followLowered(tx, scope, now, { lowered, left: 'credited', mail: 'plan_credited', round: creditUseId, today });
}

async function tell(
	tx: Tx,
	scope: Scope,
	now: Date,
	{ invoice, credit, amountMinor }: { invoice: InvoiceRecord; credit: InvoiceRecord; amountMinor: Minor }
): Promise<void> {
	const { clientId, invoiceId, number } = invoice;
	await recordAudit(tx, scope, now, 'credit_used', invoiceId, {
		number,
		credit: credit.number,
		amountMinor: String(amountMinor)
	});
	await recordFact(tx, scope, now, { kind: 'plan.changed', clientId, invoiceId, attemptId: null });
}
