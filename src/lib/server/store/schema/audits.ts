// What was done by whom.
import { foreignKey, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { supplier } from './parties.ts';

export const audit = pgTable(
	'audit',
	{
		supplierId: id(),
		auditId: id(),
		at: instant(),
		actor: text().notNull(),
		action: text().notNull(),
		objectId: text(),
		requestId: text(), // null: the worker's own doing
		address: text(),
		detail: jsonb().$type<Record<string, string>>().notNull()
	},
	(t) => [
		primaryKey({ name: 'audit_pk', columns: [t.supplierId, t.auditId] }),
		foreignKey({ name: 'audit_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('audit_at_idx').on(t.supplierId, t.at),
		index('audit_object_idx').on(t.supplierId, t.objectId, t.at).concurrently()
	]
);
