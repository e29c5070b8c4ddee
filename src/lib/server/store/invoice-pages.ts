// Invoices a page at a time, and how many there are.
import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import {
	dueOf,
	invoiceFilters,
	orderOf,
	recordOf,
	selectInvoices,
	size,
	type InvoiceFilter,
	type InvoiceRecord
} from './invoices.ts';
import { ofInvoice } from './invoice-balance.ts';
import { client, invoice, openItem } from './schema/index.ts';

type Behind = { after: string | null; afterSize?: Minor | null; limit: number };
/**
 * Those behind `after`, for pages that lose and double nothing when something is paid meanwhile. `afterSize`: what was left of that one when it was shown,
 * where that is what the list is sorted by.
 */
export async function listInvoicesBehind(
	tx: Tx,
	scope: Scope,
	{ after, afterSize = null, limit, ...filter }: InvoiceFilter & Behind
): Promise<InvoiceRecord[]> {
	const rows = await selectInvoices(tx)
		.where(and(...invoiceFilters(scope, filter), ...(after ? [behind(scope, filter, after, afterSize)] : [])))
		.orderBy(...orderOf(filter))
		.limit(limit);
	return rows.map(recordOf);
}

/** In the order of `orderOf`. */
function behind(
	scope: Scope,
	{ sort = 'due', status }: InvoiceFilter,
	invoiceId: string,
	sizeMinor: Minor | null
): SQL {
	const last = (value: SQL) =>
		sql`(select ${value} from invoice join open_item using (supplier_id, invoice_id) join client on (client.supplier_id, client.client_id) = (invoice.supplier_id, invoice.client_id) where invoice.supplier_id = ${scope.supplierId} and invoice.invoice_id = ${invoiceId})`;
	const upwards = (column: SQL) => sql`(${column}, ${invoice.invoiceId}) > (${last(column)}, ${invoiceId}::uuid)`;
	const downwards = (column: SQL, value = last(column)) =>
		sql`(${column} < ${value} or ${column} = ${value} and ${invoice.invoiceId} > ${invoiceId}::uuid)`;
	switch (sort) {
		case 'due':
			return upwards(sql`${dueOf(status)}`);
		case 'client':
			return upwards(sql`client.name`);
		case 'number':
			return downwards(sql`invoice.number`);
		case 'amount':
			// What was left of the last one may be paid meanwhile: the page goes on where it was.
			return downwards(size, sizeMinor === null ? last(size) : sql`${sizeMinor}::bigint`);
	}
}
export async function countInvoices(tx: Tx, scope: Scope, filter: InvoiceFilter): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(invoice)
		.innerJoin(openItem, ofInvoice)
		.innerJoin(client, and(eq(client.supplierId, invoice.supplierId), eq(client.clientId, invoice.clientId)))
		.where(and(...invoiceFilters(scope, filter)));
	return row?.count ?? 0;
}
