// What the importer remembers of a source: which column is what, and how it writes dates.
import { foreignKey, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { supplier } from './parties.ts';

export const importMapping = pgTable(
	'import_mapping',
	{
		supplierId: id(),
		mappingId: id(),
		headerKey: text().notNull(), // of the columns and their order
		name: text().notNull(),
		columns: jsonb().$type<Record<string, string>>().notNull(),
		dateOrder: text().$type<'dmy' | 'mdy'>(),
		savedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'import_mapping_pk', columns: [t.supplierId, t.mappingId] }),
		foreignKey({ name: 'import_mapping_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('import_mapping_once').on(t.supplierId, t.headerKey)
	]
);
