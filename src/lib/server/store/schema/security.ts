// The security log: who came in or was kept out, from where, in which request. Rows are added, never changed; a year later they go.
import { check, foreignKey, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import {
	SECURITY_ACTORS,
	SECURITY_KINDS,
	type SecurityActor,
	type SecurityKind
} from '../../../domain/access/security-kinds.ts';
import { id, instant, optionalId } from './columns.ts';
import { supplier } from './parties.ts';

const oneOf = (words: readonly string[]) => sql.raw(`(${words.map((word) => `'${word}'`).join(', ')})`);

export const securityEvent = pgTable(
	'security_event',
	{
		securityEventId: id(),
		supplierId: optionalId(), // null: nobody could be recognised
		kind: text().$type<SecurityKind>().notNull(),
		occurredAt: instant(),
		actorKind: text().$type<SecurityActor>().notNull(),
		actorId: optionalId(),
		emailHash: text(), // keyed: tells whether it is the same address again, and not which
		networkAddress: text(),
		requestId: text(),
		detail: jsonb().$type<Record<string, string>>().notNull()
	},
	(t) => [
		primaryKey({ name: 'security_event_pk', columns: [t.securityEventId] }),
		foreignKey({ name: 'security_event_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('security_event_newest_idx').on(t.supplierId, t.securityEventId), // ids sort by time
		index('security_event_kind_idx').on(t.supplierId, t.kind, t.securityEventId),
		index('security_event_age_idx').on(t.occurredAt),
		check('security_event_kind_check', sql`kind in ${oneOf(SECURITY_KINDS)}`),
		check('security_event_actor_check', sql`actor_kind in ${oneOf(SECURITY_ACTORS)}`),
		check('security_event_detail_check', sql`pg_column_size(detail) < 4000`)
	]
);
