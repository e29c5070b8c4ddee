// What the house needs to run: saved answers, counters of limits, reports of browsers, the demo's clock, periodic tasks.
import {
	bigint,
	boolean,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp
} from 'drizzle-orm/pg-core';
import { id, instant, optionalInstant } from './columns.ts';
import { supplier } from './parties.ts';

/** Answers kept for requests that carry an Idempotency-Key: same key and body, same answer; same key and another body, refused. */
export const idempotency = pgTable(
	'idempotency',
	{
		supplierId: id(),
		key: text().notNull(),
		inputHash: text().notNull(),
		status: integer(),
		answer: jsonb().$type<unknown>(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'idempotency_pk', columns: [t.supplierId, t.key] }),
		// What has served its time, of all suppliers.
		index('idempotency_created_idx').on(t.createdAt, t.supplierId).concurrently(),
		foreignKey({ name: 'idempotency_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);
/** Counters of rate-limiter-flexible, shared by every process. Keys are hashed before they get here. */
export const rateLimit = pgTable('rate_limit', {
	key: text().primaryKey(),
	points: integer().notNull().default(0),
	expire: timestamp({ withTimezone: true })
});
/** What browsers reported of our pages: each kind once, without an address or a token. Of no supplier. */
export const pageReport = pgTable('page_report', {
	fingerprint: text().primaryKey(),
	page: text().notNull(),
	directive: text().notNull(),
	blocked: text().notNull(),
	source: text().notNull(),
	enforced: boolean().notNull(),
	times: integer().notNull(),
	firstAt: instant(),
	lastAt: instant()
});
/** The demo's clock: how far ahead of the wall clock it stands. One row, used only in demo mode. */
export const demoClock = pgTable('demo_clock', {
	clockId: integer().primaryKey(),
	offsetMs: bigint({ mode: 'number' }).notNull()
});

export const worked = pgTable('worked', {
	task: text().primaryKey(),
	lastAt: optionalInstant(),
	progress: jsonb().$type<Record<string, string>>() // how far it has come, in its own words
});
