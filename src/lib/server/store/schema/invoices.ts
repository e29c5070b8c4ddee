// Invoices as imported, with their VAT split and the file itself, byte for byte.
import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex
} from 'drizzle-orm/pg-core';
import type { NotPayableReason } from '../../../domain/invoices/findings.ts';
import type { HoldReason } from '../../../domain/invoices/hold.ts';
import { bytes, choice, day, id, instant, money, oneOf, optionalDay, optionalId, optionalInstant } from './columns.ts';
import { client, supplier } from './parties.ts';

export const document = pgTable(
	'document',
	{
		supplierId: id(),
		documentId: id(),
		sha256: text().notNull(),
		mediaType: text().notNull(),
		fileName: text().notNull(),
		byteSize: integer().notNull(),
		content: bytes(), // null: it lies in object storage, under the supplier and the hash (decision 50)
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'document_pk', columns: [t.supplierId, t.documentId] }),
		foreignKey({ name: 'document_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('document_sha256_unique').on(t.supplierId, t.sha256)
	]
);

/** A file that was put beside the database, or is about to be, and whose row is not written yet: store/pending-objects.ts. */
export const pendingObject = pgTable(
	'pending_object',
	{
		supplierId: id(),
		sha256: text().notNull(),
		since: instant(),
		removingSince: optionalInstant() // from then on nobody may write a row for it
	},
	(t) => [
		primaryKey({ name: 'pending_object_pk', columns: [t.supplierId, t.sha256] }),
		foreignKey({ name: 'pending_object_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);

export const invoice = pgTable(
	'invoice',
	{
		supplierId: id(),
		invoiceId: id(),
		clientId: id(),
		number: text().notNull(),
		issueYear: integer().notNull(),
		typeCode: text().notNull(),
		issuedOn: day(),
		dueOn: day(),
		dueIsDefault: boolean().notNull(), // the file had no due date: the supplier's default terms were applied
		currency: text().notNull(),
		netMinor: money(),
		vatMinor: money(),
		grossMinor: money(),
		prepaidMinor: money(),
		debtMinor: money(), // what the import put in the ledger, negative for a credit
		paymentReference: text().notNull(), // BT-83 of the file, else our RF reference
		deliveredOn: optionalDay(), // BT-72, or what the supplier said since: a consumer's instalments are counted from it
		freightMinor: money().default(sql`0`), // charges of the whole invoice (BG-21), VAT included
		vatOnReceipts: boolean().notNull().default(false), // BT-8: VAT falls due when the money comes, so a discount needs no credit note
		termsText: text(),
		precedingNumber: text(), // BT-25: of a credit note, the invoice it is about
		precedingOn: optionalDay(), // BT-26
		agreedTerms: jsonb().$type<unknown>(), // what its own fields say of payment: domain/invoices/agreed-terms.ts gives its shape
		notPayableReason: choice<NotPayableReason>({
			settled: true,
			credit_note: true,
			factored: true,
			other_payee: true,
			debited: true,
			currency: true,
			information_only: true,
			withdrawn: true
		}),
		holdReason: choice<HoldReason>({ disputed: true, promised: true }), // nothing of it is debited by itself meanwhile
		holdUntil: optionalDay(), // its last day; null: until somebody lifts it
		documentId: optionalId(),
		documentIsShown: boolean().notNull().default(false), // false for a list of many invoices: kept, and shown to no client
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'invoice_pk', columns: [t.supplierId, t.invoiceId] }),
		foreignKey({
			name: 'invoice_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'invoice_document_fk',
			columns: [t.supplierId, t.documentId],
			foreignColumns: [document.supplierId, document.documentId]
		}),
		// A number that was withdrawn may be imported again.
		uniqueIndex('invoice_number_unique')
			.on(t.supplierId, t.number, t.issueYear)
			.where(sql`${t.notPayableReason} is distinct from 'withdrawn'`),
		// In the order of the lists: of a supplier with many, hundreds fall due on one day.
		index('invoice_client_order_idx').on(t.supplierId, t.clientId, t.dueOn, t.invoiceId).concurrently(),
		index('invoice_order_idx').on(t.supplierId, t.dueOn, t.invoiceId).concurrently(),
		// For the policy that shows a client the file of its own invoice; a list of a hundred thousand is shown to nobody.
		index('invoice_document_idx')
			.on(t.supplierId, t.documentId)
			.where(sql`${t.documentIsShown}`),
		index('invoice_preceding_idx')
			.on(t.supplierId)
			.where(sql`${t.precedingNumber} is not null`),
		oneOf('invoice_not_payable_check', t.notPayableReason),
		oneOf('invoice_hold_check', t.holdReason),
		check('invoice_currency_check', sql`${t.currency} ~ '^[A-Z]{3}$'`)
	]
);

/**
 * What a transaction of the bank may call an invoice: its number and its reference, capitals and digits alone, as domain/bank/naming.ts compacts them. Written by a
 * trigger with the invoice; equality of a column of its own is what an index may answer behind row-level security, a function of a column is not.
 */
export const invoiceName = pgTable(
	'invoice_name',
	{ supplierId: id(), name: text().notNull(), invoiceId: id() },
	(t) => [
		primaryKey({ name: 'invoice_name_pk', columns: [t.supplierId, t.name, t.invoiceId] }),
		foreignKey({
			name: 'invoice_name_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		})
	]
);

export const invoiceVat = pgTable(
	'invoice_vat',
	{
		supplierId: id(),
		invoiceId: id(),
		position: integer().notNull(),
		category: text().notNull(),
		rateBps: integer().notNull(),
		baseMinor: money(),
		vatMinor: money()
	},
	(t) => [
		primaryKey({ name: 'invoice_vat_pk', columns: [t.supplierId, t.invoiceId, t.position] }),
		foreignKey({
			name: 'invoice_vat_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		})
	]
);
