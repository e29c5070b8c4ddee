// Means of payment that are kept: a client's customer at Stripe, its cards and accounts.
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { id, instant, optionalId, optionalInstant } from './columns.ts';
import { client, contact, ofStripeAccount } from './parties.ts';

/** One customer for each client of a supplier, at each of its accounts at Stripe: what saved means of payment belong to. */
export const stripeCustomer = pgTable(
	'stripe_customer',
	{
		supplierId: id(),
		clientId: id(),
		stripeAccount: text().notNull().default(''), // '' is the platform's own
		customerId: text().notNull(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'stripe_customer_pk', columns: [t.supplierId, t.clientId, t.stripeAccount] }),
		ofStripeAccount('stripe_customer_account_fk', t),
		foreignKey({
			name: 'stripe_customer_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		})
	]
);

/** A card or an account that may be charged without its holder being there. The digits are Stripe's; ours are a label and an end. */
export const savedMethod = pgTable(
	'saved_method',
	{
		supplierId: id(),
		methodId: id(),
		clientId: id(),
		contactId: optionalId(),
		stripeAccount: text(), // where it is kept: it can be charged there, and nowhere else
		stripePaymentMethodId: text().notNull(),
		type: text().notNull(),
		label: text().notNull(),
		name: text(), // what its owner calls it
		mandateReference: text(),
		mandateId: text(),
		expiryMonth: integer(),
		expiryYear: integer(),
		createdAt: instant(),
		keptAt: optionalInstant(), // its owner, signed in, asked to find it again; null: it serves a plan and nothing else
		unusableAt: optionalInstant(), // the bank or Stripe took it away: it is charged no more
		removedAt: optionalInstant(),
		detachedAt: optionalInstant() // Stripe has forgotten it too
	},
	(t) => [
		primaryKey({ name: 'saved_method_pk', columns: [t.supplierId, t.methodId] }),
		foreignKey({
			name: 'saved_method_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'saved_method_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		ofStripeAccount('saved_method_account_fk', t),
		unique('saved_method_stripe_unique').on(t.supplierId, t.stripePaymentMethodId),
		index('saved_method_contact_idx').on(t.supplierId, t.contactId).concurrently(),
		index('saved_method_forget_idx')
			.on(t.supplierId)
			.where(sql`${t.removedAt} is null and ${t.keptAt} is null`),
		index('saved_method_detach_idx')
			.on(t.supplierId)
			.where(sql`${t.removedAt} is not null and ${t.detachedAt} is null`)
	]
);
