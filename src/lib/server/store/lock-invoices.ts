// The order in which rows of money are locked, so that no two writers wait for each other (docs/house.md): what it began with (a bank transaction, a setup), its attempt,
// invoices in order of their ids, the means of payment, plans, points.
import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { listOf } from './insert-many.ts';
import { recordOf, selectInvoices, visible, type InvoiceRecord } from './invoices.ts';
import { invoice, planInstalmentLine } from './schema/index.ts';

const lock = async (tx: Tx, scope: Scope, among: SQL): Promise<void> =>
	void (await tx
		.select({ id: invoice.invoiceId })
		.from(invoice)
		.where(and(...visible(scope), sql`${invoice.invoiceId} = any(${among})`))
		.orderBy(asc(invoice.invoiceId))
		.for('no key update'));

/**
 * Locks invoices, then reads them. A plan that moves writes the open item of each of its invoices: those that have a plan in common with one of them are
 * locked with it, and whoever holds the invoices waits for no plan.
 */
export async function lockInvoices(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<InvoiceRecord[]> {
	const asked = sql`${listOf(invoiceIds)}::uuid[]`;
	const besideThem = sql`select beside.invoice_id from plan_part_line own
		join plan_part_line beside on beside.supplier_id = own.supplier_id and beside.plan_id = own.plan_id
		where own.supplier_id = ${scope.supplierId} and own.invoice_id = any(${asked})`;
	await lock(tx, scope, sql`array(select unnest(${asked}) union ${besideThem})`);
	const rows = await selectInvoices(tx)
		.where(and(...visible(scope), inArray(invoice.invoiceId, invoiceIds)))
		.orderBy(asc(invoice.dueOn), asc(invoice.invoiceId));
	return rows.map(recordOf);
}

/** The invoices that a plan pays, which come before it. */
export const lockInvoicesOfPlan = (tx: Tx, scope: Scope, planId: string): Promise<void> => {
	const { supplierId, invoiceId } = planInstalmentLine;
	return lock(
		tx,
		scope,
		sql`array(select ${invoiceId} from ${planInstalmentLine} where ${and(eq(supplierId, scope.supplierId), eq(planInstalmentLine.planId, planId))})`
	);
};
