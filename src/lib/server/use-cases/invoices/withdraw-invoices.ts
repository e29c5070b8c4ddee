// Takes invoices back that were brought in by mistake: their claims leave the books by an entry of their own, and nobody is asked for them any more.
// All or none, inside the caller's transaction; refused as soon as one has any history of money. Facts: invoice.withdrawn.
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { invoiceWithdrawn } from '../../../domain/ledger/entries.ts';
import type { Tx } from '../../store/database.ts';
import { listUsesOfCredits } from '../../store/credit-uses.ts';
import { bookEntries } from '../../store/journal.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { recordFacts } from '../../store/outbox.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { recordAudits } from '../../store/audits.ts';
import { undoCredits } from './undo-credits.ts';
import { listTouched, lockForWithdrawal, saveWithdrawn } from '../../store/withdrawals.ts';

const AT_ONCE = 1000;

/** Answers with the numbers that stand in the way; none when all are withdrawn. */
export async function withdrawInvoices(tx: Tx, scope: Scope, invoiceIds: string[], now: Date): Promise<string[]> {
	// What their credit notes lowered is locked with them: one order for all.
	const uses = await listUsesOfCredits(tx, scope, invoiceIds);
	if (uses.length) await lockInvoices(tx, scope, [...invoiceIds, ...uses.map((use) => use.invoiceId)]);
	const invoices = await lockForWithdrawal(tx, scope, invoiceIds);
	const touched = await listTouched(tx, scope, invoiceIds);
	if (touched.length) return touched;
	await undoCredits(tx, scope, invoiceIds, now);
	const supplier = await getSupplier(tx, scope);
	const bookedOn = civilDateIn(now, supplier.timeZone);
	for (let from = 0; from < invoices.length; from += AT_ONCE) {
		const some = invoices.slice(from, from + AT_ONCE);
		await bookEntries(
			tx,
			scope,
			some
				.filter(({ debtMinor }) => debtMinor !== 0n)
				.map(({ invoiceId, clientId, debtMinor, currency }) => ({
					entry: invoiceWithdrawn(invoiceId, clientId, debtMinor),
					currency,
					bookedOn,
					now
				}))
		);
		await saveWithdrawn(
			tx,
			scope,
			some.map(({ invoiceId }) => invoiceId)
		);
		await recordFacts(
			tx,
			scope,
			now,
			some.map(({ invoiceId, clientId }) => ({
				kind: 'invoice.withdrawn' as const,
				clientId,
				invoiceId,
				attemptId: null
			}))
		);
		await recordAudits(
			tx,
			scope,
			now,
			'invoice_withdrawn',
			some.map(({ invoiceId, number }) => ({ objectId: invoiceId, detail: { number } }))
		);
	}
	return [];
}
