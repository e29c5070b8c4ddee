// What is open, all of it, for a file that leaves the house.
import { and, asc, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { balance, ofInvoice } from './invoice-balance.ts';
import { isStanding, recordOf, selectInvoices, visible, type InvoiceRecord } from './invoices.ts';
import { pin, type Pinned } from './pinned.ts';
import { invoice } from './schema/index.ts';

/** All that is open as one moment sees it, what falls due first before the rest (pinned.ts). */
export const pinOpenInvoices = (tx: Tx, scope: Scope): Promise<Pinned> =>
	pin(
		tx,
		sql`select invoice.invoice_id as id, (open_item.due_on, open_item.invoice_id) as place from invoice join open_item on ${ofInvoice} where ${and(...visible(scope), isStanding, sql`${balance} <> 0`)}`
	);
/** Some of them, in the same order. */
export async function listInvoicesOf(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<InvoiceRecord[]> {
	const rows = await selectInvoices(tx)
		.where(and(...visible(scope), isStanding, inArray(invoice.invoiceId, invoiceIds)))
		.orderBy(asc(invoice.dueOn), asc(invoice.invoiceId));
	return rows.map(recordOf);
}
/** Their numbers, of those that were withdrawn as well. */
export async function listNumbers(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<Map<string, string>> {
	const rows = await tx
		.select({ invoiceId: invoice.invoiceId, number: invoice.number })
		.from(invoice)
		.where(and(...visible(scope), inArray(invoice.invoiceId, invoiceIds)));
	return new Map(rows.map((row) => [row.invoiceId, row.number]));
}
