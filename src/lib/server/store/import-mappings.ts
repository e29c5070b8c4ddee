// How the lists of each source are read, as a person said once.
import { asc, eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { importMapping } from './schema/index.ts';

export type ImportMapping = typeof importMapping.$inferSelect;
export const listMappings = (tx: Tx, scope: Scope): Promise<ImportMapping[]> =>
	tx
		.select()
		.from(importMapping)
		.where(eq(importMapping.supplierId, scope.supplierId))
		.orderBy(asc(importMapping.name))
		.limit(200);
/** One per header: saying it anew replaces what was said. */
export async function saveMapping(tx: Tx, scope: Scope, row: Omit<ImportMapping, 'supplierId'>): Promise<void> {
	const { name, columns, dateOrder, savedAt } = row;
	await tx
		.insert(importMapping)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoUpdate({
			target: [importMapping.supplierId, importMapping.headerKey],
			set: { name, columns, dateOrder, savedAt }
		});
}
