// What is open, beside the journal that it is read from: a row for each invoice, and sums of a supplier by due day. Written by triggers alone
// (drizzle/0045_open_items.sql): whoever writes journal lines, tries or instalments can't forget them, and nobody else can write them.
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { day, id, money } from './columns.ts';
import { invoice } from './invoices.ts';
import { client, supplier } from './parties.ts';

export const openItem = pgTable(
	'open_item',
	{
		supplierId: id(),
		invoiceId: id(),
		clientId: id(),
		currency: text().notNull(),
		dueOn: day(),
		notPayableReason: text(),
		balanceMinor: money(), // account 411 of the invoice; below zero: a credit note, or paid too much
		takenOffMinor: money(), // settled without money: discounts, instalments given up, credit notes that went with a refund or were set off
		underWayMinor: money(), // debits that may still succeed
		promisedMinor: money(), // discounts that they bring with them
		plannedMinor: money(), // instalments to come of plans that run
		payableMinor: money().generatedAlwaysAs(
			sql`case when not_payable_reason is null then greatest(balance_minor - under_way_minor - promised_minor - planned_minor, 0) else 0 end`
		) // what may be paid here today
	},
	(t) => [
		primaryKey({ name: 'open_item_pk', columns: [t.supplierId, t.invoiceId] }),
		foreignKey({
			name: 'open_item_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'open_item_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		// What is open, of a supplier and of a client, what falls due first before the rest; what is settled is in neither.
		index('open_item_due_idx')
			.on(t.supplierId, t.dueOn, t.invoiceId)
			.where(sql`${t.balanceMinor} <> 0`),
		index('open_item_client_idx')
			.on(t.supplierId, t.clientId, t.dueOn, t.invoiceId)
			.where(sql`${t.balanceMinor} <> 0`),
		// What is late is payable, and due before today.
		index('open_item_payable_idx')
			.on(t.supplierId, t.dueOn, t.invoiceId)
			.where(sql`${t.payableMinor} > 0`),
		index('open_item_under_way_idx')
			.on(t.supplierId, t.dueOn, t.invoiceId)
			.where(sql`${t.underWayMinor} > 0`),
		index('open_item_owed_idx')
			.on(t.supplierId)
			.where(sql`${t.balanceMinor} < 0`)
	]
);

/**
 * What a supplier's open items that fall due on one day add up to, spread over slots: whoever writes takes one that nobody else holds, so that payments of one
 * supplier don't wait for each other. What is true is the sum of the slots.
 */
export const openSum = pgTable(
	'open_sum',
	{
		supplierId: id(),
		currency: text().notNull(),
		dueOn: day(),
		slot: uuid().notNull().defaultRandom(),
		balanceMinor: money(),
		payableMinor: money(),
		busyMinor: money(), // payable here, and being taken
		underWayMinor: money(),
		elsewhereMinor: money(), // owed, and not payable here
		creditMinor: money(), // credit notes, and what was paid too much
		owedCount: integer().notNull(), // items with something left
		payableCount: integer().notNull()
	},
	(t) => [
		primaryKey({ name: 'open_sum_pk', columns: [t.supplierId, t.currency, t.dueOn, t.slot] }),
		foreignKey({ name: 'open_sum_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);
