// What banks say happened on the supplier's accounts: statements as they came, their transactions, and what became of each.
import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { BANK_TRANSACTION_STATES } from '../../../domain/bank/transaction-states.ts';
import { day, id, instant, money, oneOf, optionalDay, optionalId, optionalInstant, stateOf } from './columns.ts';
import { client, supplier } from './parties.ts';

export const bankStatement = pgTable(
	'bank_statement',
	{
		supplierId: id(),
		statementId: id(),
		fileName: text().notNull(),
		fileSha256: text().notNull(),
		format: text().notNull(),
		account: text().notNull(),
		reference: text().notNull(),
		currency: text().notNull(),
		importedBy: text().notNull(),
		importedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'bank_statement_pk', columns: [t.supplierId, t.statementId] }),
		foreignKey({ name: 'bank_statement_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('bank_statement_imported_idx').on(t.supplierId, t.importedAt)
	]
);

export const bankTransaction = pgTable(
	'bank_entry',
	{
		supplierId: id(),
		bankTransactionId: id('bank_entry_id'),
		statementId: id(),
		fingerprint: text().notNull(), // the same transaction told twice is one row
		bookedOn: day(),
		valueOn: optionalDay(),
		amountMinor: money(),
		currency: text().notNull(),
		text: text().notNull(),
		endToEndId: text(),
		creditorReference: text(),
		bankReference: text(), // the bank's own name for it, in the words of that format
		counterparty: text(),
		counterpartyIban: text(),
		returnReason: text(),
		isReturn: boolean().notNull(),
		state: stateOf(BANK_TRANSACTION_STATES).notNull(),
		round: integer().notNull().default(0), // how often it was accepted: each is a payment of its own
		clientId: optionalId(), // for whom it was accepted: its account is a known payer from then on
		settledBy: text(),
		settledAt: optionalInstant(),
		sameAs: optionalId() // the transaction that this one probably is, told by another file
	},
	(t) => [
		primaryKey({ name: 'bank_entry_pk', columns: [t.supplierId, t.bankTransactionId] }),
		foreignKey({
			name: 'bank_entry_statement_fk',
			columns: [t.supplierId, t.statementId],
			foreignColumns: [bankStatement.supplierId, bankStatement.statementId]
		}),
		unique('bank_entry_once').on(t.supplierId, t.fingerprint),
		index('bank_entry_state_idx').on(t.supplierId, t.state, t.bookedOn),
		index('bank_entry_settled_idx')
			.on(t.supplierId, t.state, t.settledAt.desc().nullsFirst(), t.bankTransactionId)
			.concurrently(),
		// For whom an account has paid.
		index('bank_entry_payer_idx')
			.on(t.supplierId, t.counterpartyIban, t.clientId)
			.where(sql`${t.state} = 'booked' and ${t.clientId} is not null`)
			.concurrently(),
		index('bank_entry_amount_idx').on(t.supplierId, t.amountMinor, t.bookedOn),
		foreignKey({
			name: 'bank_entry_same_as_fk',
			columns: [t.supplierId, t.sameAs],
			foreignColumns: [t.supplierId, t.bankTransactionId]
		}),
		foreignKey({
			name: 'bank_entry_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		oneOf('bank_entry_state_check', t.state)
	]
);
