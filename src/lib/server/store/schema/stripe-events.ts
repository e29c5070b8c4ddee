// What Stripe told, as it came.
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { choice, id, instant, oneOf, optionalInstant } from './columns.ts';
import { ofStripeAccount, supplier } from './parties.ts';

export const stripeEvent = pgTable(
	'stripe_event',
	{
		supplierId: id(),
		stripeEventId: text().notNull(),
		stripeAccount: text(), // the one it happened on; null: the platform's own
		type: text().notNull(),
		objectId: text().notNull(),
		paymentIntentId: text(), // what to re-read; null for events that move no money
		state: choice<'new' | 'done' | 'failed'>({ new: true, done: true, failed: true }).notNull(),
		tries: integer().notNull(),
		nextTryAt: instant(),
		claimedUntil: optionalInstant(), // in somebody's hands
		problem: text(),
		createdAt: instant(), // Stripe's
		receivedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'stripe_event_pk', columns: [t.supplierId, t.stripeEventId] }),
		foreignKey({ name: 'stripe_event_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		ofStripeAccount('stripe_event_account_fk', t),
		oneOf('stripe_event_state_check', t.state),
		// What failed is tried again too, once a day, and as soon as its account answers again.
		index('stripe_event_queue_idx')
			.on(t.nextTryAt)
			.where(sql`${t.state} <> 'done'`),
		// What waits of one supplier: its turn among the others, and once its account answers again.
		index('stripe_event_turn_idx')
			.on(t.supplierId, t.nextTryAt)
			.concurrently()
			.where(sql`${t.state} <> 'done'`),
		index('stripe_event_in_hand_idx')
			.on(t.claimedUntil)
			.concurrently()
			.where(sql`${t.claimedUntil} is not null`)
	]
);
