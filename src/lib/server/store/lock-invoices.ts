// The order in which rows of money are locked, so that no two writers wait for each other (docs/house.md): what it began with (a bank transaction, a setup), its attempt,
// invoices in order of their ids, the means of payment, plans, points.
import { and, asc, eq, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { listOf } from './insert-many.ts';
import { recordOf, seen, seenBy, selectInvoices, visible, type InvoiceRecord, type Seen } from './invoices.ts';
import { invoice, planInstalmentLine } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

const locked = (tx: Tx, among: SQL | undefined) =>
	tx.select({ id: invoice.invoiceId }).from(invoice).where(among).orderBy(asc(invoice.invoiceId)).for('no key update');
const lockTogether = writtenOnce<Seen & { invoiceIds: string }>()((tx, given) => {
	const asked = sql`${given.invoiceIds}::uuid[]`;
	const besideThem = sql`select beside.invoice_id from plan_part_line own
		join plan_part_line beside on beside.supplier_id = own.supplier_id and beside.plan_id = own.plan_id
		where own.supplier_id = ${given.supplierId} and own.invoice_id = any(${asked})`;
	return locked(
		tx,
		and(seen(given), sql`${invoice.invoiceId} = any(array(select unnest(${asked}) union ${besideThem}))`)
	);
});
const invoicesNamed = writtenOnce<Seen & { invoiceIds: string }>()((tx, given) =>
	selectInvoices(tx)
		.where(and(seen(given), sql`${invoice.invoiceId} = any(${given.invoiceIds}::uuid[])`))
		.orderBy(asc(invoice.dueOn), asc(invoice.invoiceId))
);

/**
 * Locks invoices, then reads them. A plan that moves writes the open item of each of its invoices: those that have a plan in common with one of them are
 * locked with it, and whoever holds the invoices waits for no plan.
 */
export async function lockInvoices(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<InvoiceRecord[]> {
	const named = { ...seenBy(scope), invoiceIds: listOf(invoiceIds) };
	await lockTogether(tx, named);
	return (await invoicesNamed(tx, named)).map(recordOf);
}

/** The invoices that a plan pays, which come before it. */
export const lockInvoicesOfPlan = async (tx: Tx, scope: Scope, planId: string): Promise<void> => {
	const { supplierId, invoiceId } = planInstalmentLine;
	const paid = sql`select ${invoiceId} from ${planInstalmentLine} where ${and(eq(supplierId, scope.supplierId), eq(planInstalmentLine.planId, planId))}`;
	await locked(tx, and(...visible(scope), sql`${invoice.invoiceId} = any(array(${paid}))`));
};
