// The journal: double-entry, append-only. Guards that Drizzle can't express are in drizzle/0001_guards.sql.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Account, EntryKind } from '../../../domain/ledger/entries.ts';
import { choice, day, id, instant, money, oneOf, optionalId } from './columns.ts';
import { invoice } from './invoices.ts';
import { client, ofStripeAccount, supplier } from './parties.ts';

export const journalEntry = pgTable(
	'journal_entry',
	{
		supplierId: id(),
		entryId: id(),
		kind: choice<EntryKind>({
			invoice_opened: true,
			invoice_withdrawn: true,
			payment: true,
			refund: true,
			refund_failed: true,
			debit_return: true,
			chargeback: true,
			chargeback_won: true,
			stripe_fee: true,
			payout: true,
			payout_returned: true,
			top_up: true,
			reserve: true,
			discount: true,
			discount_void: true,
			points_used: true,
			points_given_back: true,
			part_forgiven: true,
			credit_note: true,
			credit_note_void: true,
			credit_used: true,
			credit_use_undone: true,
			transfer: true,
			transfer_return: true,
			transfer_undone: true,
			return_undone: true,
			payment_unsaid: true,
			refund_unsaid: true
		}).notNull(),
		sourceId: text().notNull(),
		currency: text().notNull(),
		stripeAccount: text(), // what moved at Stripe: on which account, '' is the platform's own
		bookedOn: day(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'journal_entry_pk', columns: [t.supplierId, t.entryId] }),
		foreignKey({ name: 'journal_entry_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		ofStripeAccount('journal_entry_account_fk', t),
		unique('journal_entry_source_unique').on(t.supplierId, t.sourceId, t.kind),
		// The order of the books: a page of a month, and the month as a file.
		index('journal_entry_order_idx').on(t.supplierId, t.bookedOn, t.createdAt, t.entryId),
		oneOf('journal_entry_kind_check', t.kind)
	]
);

export const journalLine = pgTable(
	'journal_line',
	{
		supplierId: id(),
		entryId: id(),
		position: integer().notNull(),
		account: choice<Account>({
			'275': true,
			'411': true,
			'4191': true,
			'44571': true,
			'467': true,
			'511': true,
			'512': true,
			'580': true,
			'627': true,
			'665': true,
			'707': true,
			'709': true
		}).notNull(),
		clientId: optionalId(),
		invoiceId: optionalId(),
		rateBps: integer(), // of a VAT line
		debitMinor: money(),
		creditMinor: money()
	},
	(t) => [
		primaryKey({ name: 'journal_line_pk', columns: [t.supplierId, t.entryId, t.position] }),
		foreignKey({
			name: 'journal_line_entry_fk',
			columns: [t.supplierId, t.entryId],
			foreignColumns: [journalEntry.supplierId, journalEntry.entryId]
		}),
		index('journal_line_invoice_idx')
			.on(t.supplierId, t.invoiceId)
			.where(sql`${t.account} = '411'`),
		// The advance of a client, among the lines of a whole journal.
		index('journal_line_advance_idx')
			.on(t.supplierId, t.clientId)
			.where(sql`${t.account} = '4191'`)
			.concurrently(),
		// What clients owe for no invoice.
		index('journal_line_claim_idx')
			.on(t.supplierId, t.clientId)
			.where(sql`${t.account} = '411' and ${t.invoiceId} is null`)
			.concurrently(),
		foreignKey({
			name: 'journal_line_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'journal_line_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		oneOf('journal_line_account_check', t.account),
		check(
			'journal_line_side_check',
			sql`(${t.debitMinor} = 0) <> (${t.creditMinor} = 0) and ${t.debitMinor} >= 0 and ${t.creditMinor} >= 0`
		)
	]
);

export const counter = pgTable(
	'counter',
	{ supplierId: id(), name: text().notNull(), value: integer().notNull() },
	(t) => [
		primaryKey({ name: 'counter_pk', columns: [t.supplierId, t.name] }),
		foreignKey({ name: 'counter_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);

/** An object of Stripe's that could not be read or booked: it stops nothing else, is tried again and shown until it goes. */
export const unsettledObject = pgTable(
	'unsettled_object',
	{
		supplierId: id(),
		stripeAccount: text().notNull().default(''),
		objectId: text().notNull(),
		problem: text().notNull(),
		tries: integer().notNull(),
		firstAt: instant(),
		lastAt: instant()
	},
	(t) => [
		primaryKey({ name: 'unsettled_object_pk', columns: [t.supplierId, t.stripeAccount, t.objectId] }),
		foreignKey({ name: 'unsettled_object_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);

/** One row a day and account: what Stripe says moved, and what the ledger says of it. In euros. */
export const reconciliation = pgTable(
	'reconciliation',
	{
		supplierId: id(),
		stripeAccount: text().notNull().default(''), // '' is the platform's own
		reconciledOn: day(),
		stripeMinor: money(), // what moved of ours, fees off
		ledgerMinor: money(), // what 511 holds of exactly that
		foreignMinor: money().default(sql`0`), // what moved outside of the books: another program's, less what payouts took of it
		underWayMinor: money().default(sql`0`), // ours, and not certain yet
		checkedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'reconciliation_pk', columns: [t.supplierId, t.stripeAccount, t.reconciledOn] }),
		ofStripeAccount('reconciliation_account_fk', t),
		foreignKey({ name: 'reconciliation_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);
