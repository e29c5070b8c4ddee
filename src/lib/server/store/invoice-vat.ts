// The VAT split of invoices.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { VatLine } from '../../domain/invoices/document.ts';
import type { Tx } from './database.ts';
import { listOf } from './insert-many.ts';
import { invoiceVat } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

const vatOfInvoices = writtenOnce<{ supplierId: string; invoiceIds: string }>()((tx, given) =>
	tx
		.select()
		.from(invoiceVat)
		.where(
			and(eq(invoiceVat.supplierId, given.supplierId), sql`${invoiceVat.invoiceId} = any(${given.invoiceIds}::uuid[])`)
		)
		.orderBy(asc(invoiceVat.invoiceId), asc(invoiceVat.position))
);
/** The VAT split of several invoices in one question. */
export async function listVatLinesOf(tx: Tx, scope: Scope, invoiceIds: string[]): Promise<Map<string, VatLine[]>> {
	const rows = await vatOfInvoices(tx, { supplierId: scope.supplierId, invoiceIds: listOf(invoiceIds) });
	const byInvoice = new Map<string, VatLine[]>();
	for (const { invoiceId, category, rateBps, baseMinor, vatMinor } of rows)
		byInvoice.set(invoiceId, [...(byInvoice.get(invoiceId) ?? []), { category, rateBps, baseMinor, vatMinor }]);
	return byInvoice;
}
export const listVatLines = async (tx: Tx, scope: Scope, invoiceId: string): Promise<VatLine[]> =>
	(await listVatLinesOf(tx, scope, [invoiceId])).get(invoiceId) ?? [];
