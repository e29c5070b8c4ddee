// News: written with the fact, told to open pages after the commit.
import { sql } from 'drizzle-orm';
import type { NewsKind } from '../../../domain/news/topics.ts';
import { bigint, foreignKey, index, pgTable, primaryKey } from 'drizzle-orm/pg-core';
import { choice, id, instant, oneOf, optionalId, xid8 } from './columns.ts';
import { supplier } from './parties.ts';

export const outbox = pgTable(
	'outbox',
	{
		supplierId: id(),
		seq: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity(),
		xid: xid8()
			.notNull()
			.default(sql`pg_current_xact_id()`),
		kind: choice<NewsKind>({
			'invoice.opened': true,
			'payment.processing': true,
			'payment.declined': true,
			'payment.received': true,
			'payment.reversed': true,
			'attempt.changed': true,
			'contact.mail_problem': true,
			'bank.changed': true,
			'import.changed': true,
			'invoice.withdrawn': true,
			'plan.changed': true,
			'offers.changed': true,
			'points.changed': true,
			'time.moved': true
		}).notNull(),
		clientId: optionalId(),
		invoiceId: optionalId(),
		attemptId: optionalId(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'outbox_pk', columns: [t.supplierId, t.seq] }),
		foreignKey({ name: 'outbox_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		oneOf('outbox_kind_check', t.kind),
		index('outbox_cursor_idx').on(t.xid, t.seq)
	]
);
