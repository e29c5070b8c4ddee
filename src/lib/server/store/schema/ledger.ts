// The journal: double-entry, append-only. Guards that Drizzle can't express are in drizzle/0001_guards.sql.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Account, EntryKind } from '../../../domain/ledger/entries.ts';
import { day, id, instant, money, optionalId } from './columns.ts';
import { supplier } from './parties.ts';

export const journalEntry = pgTable(
	'journal_entry',
	{
		supplierId: id(),
		entryId: id(),
		kind: text().$type<EntryKind>().notNull(),
		sourceId: text().notNull(),
		currency: text().notNull(),
		bookedOn: day(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'journal_entry_pk', columns: [t.supplierId, t.entryId] }),
		foreignKey({ name: 'journal_entry_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('journal_entry_source_unique').on(t.supplierId, t.sourceId, t.kind)
	]
);

export const journalLine = pgTable(
	'journal_line',
	{
		supplierId: id(),
		entryId: id(),
		position: integer().notNull(),
		account: text().$type<Account>().notNull(),
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

/** One row a day and supplier: what Stripe says was taken and given back, what the ledger says, and the gap. */
export const reconciliation = pgTable(
	'reconciliation',
	{ supplierId: id(), reconciledOn: day(), stripeMinor: money(), ledgerMinor: money(), checkedAt: instant() },
	(t) => [
		primaryKey({ name: 'reconciliation_pk', columns: [t.supplierId, t.reconciledOn] }),
		foreignKey({ name: 'reconciliation_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);
