// Means of payment that are kept: a client's customer at Stripe, its cards and accounts.
import { foreignKey, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { id, instant, optionalId, optionalInstant } from './columns.ts';
import { client, contact } from './parties.ts';

/** One customer at Stripe for each client of a supplier: what saved means of payment belong to. */
export const stripeCustomer = pgTable(
	'stripe_customer',
	{ supplierId: id(), clientId: id(), customerId: text().notNull(), createdAt: instant() },
	(t) => [
		primaryKey({ name: 'stripe_customer_pk', columns: [t.supplierId, t.clientId] }),
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
		unique('saved_method_stripe_unique').on(t.supplierId, t.stripePaymentMethodId)
	]
);
