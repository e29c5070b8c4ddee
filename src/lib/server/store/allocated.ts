// What payments have been allocated to invoices so far.
import { and, eq, sql, sum } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import { listOf } from './insert-many.ts';
import { allocation } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

const allocatedTo = writtenOnce<{ supplierId: string; invoiceIds: string }>()((tx, given) =>
	tx
		.select({ invoiceId: allocation.invoiceId, total: sum(allocation.amountMinor) })
		.from(allocation)
		.where(
			and(eq(allocation.supplierId, given.supplierId), sql`${allocation.invoiceId} = any(${given.invoiceIds}::uuid[])`)
		)
		.groupBy(allocation.invoiceId)
);
/** All that receipts have shown so far for each invoice, whatever went back since: the cumulative base of the next receipt's VAT. */
export async function sumsAllocated(tx: Tx, { supplierId }: Scope, invoiceIds: string[]): Promise<Map<string, Minor>> {
	const rows = await allocatedTo(tx, { supplierId, invoiceIds: listOf(invoiceIds) });
	return new Map(rows.map(({ invoiceId, total }) => [invoiceId, minor(BigInt(total ?? 0))]));
}
