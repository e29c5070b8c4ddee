// One lock for what has no row of its own yet.
import { eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { supplier } from './schema/index.ts';

/** What a supplier begins, a first draft for one, is begun by one at a time. */
export async function lockSupplier(tx: Tx, scope: Scope): Promise<void> {
	await tx
		.select({ supplierId: supplier.supplierId })
		.from(supplier)
		.where(eq(supplier.supplierId, scope.supplierId))
		.for('no key update');
}
