// Invoices a page at a time, and how many there are.
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { invoiceFilters, recordOf, selectInvoices, type InvoiceFilter, type InvoiceRecord } from './invoices.ts';
import { client, invoice } from './schema/index.ts';

/** Those behind `after`, for pages that lose and double nothing when something is paid meanwhile. */
export async function listInvoicesBehind(
	tx: Tx,
	scope: Scope,
	{
		after,
		limit,
		...filter
	}: Omit<InvoiceFilter, 'sort'> & {
		sort?: 'due' | 'number';
		after: string | null;
		limit: number;
	}
): Promise<InvoiceRecord[]> {
	const isByNumber = filter.sort === 'number';
	const last = (column: string) =>
		sql`(select a.${sql.raw(column)} from invoice a where a.supplier_id = ${scope.supplierId} and a.invoice_id = ${after})`;
	const behind = isByNumber
		? sql`(${invoice.number} < ${last('number')} or ${invoice.number} = ${last('number')} and ${invoice.invoiceId} > ${after})`
		: sql`(${invoice.dueOn}, ${invoice.invoiceId}) > (${last('due_on')}, ${after}::uuid)`;
	const rows = await selectInvoices(tx)
		.where(and(...invoiceFilters(scope, filter), ...(after ? [behind] : [])))
		.orderBy(isByNumber ? desc(invoice.number) : asc(invoice.dueOn), asc(invoice.invoiceId))
		.limit(limit);
	return rows.map(recordOf);
}
export async function countInvoices(tx: Tx, scope: Scope, filter: InvoiceFilter): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(invoice)
		.innerJoin(client, and(eq(client.supplierId, invoice.supplierId), eq(client.clientId, invoice.clientId)))
		.where(and(...invoiceFilters(scope, filter)));
	return row?.count ?? 0;
}
