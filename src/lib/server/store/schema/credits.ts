// Credit notes set off against the invoices they are about, and what is taken off the instalments of plans, by them and by money that came in another way.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core';
import { id, instant, money, optionalId } from './columns.ts';
import { invoice } from './invoices.ts';
import { payment } from './payments.ts';
import { planInstalmentLine } from './plans.ts';

/** A credit note set off against the invoice it is about. Undone by a row of its own, of the same amount below zero. */
export const creditUse = pgTable(
	'credit_use',
	{
		supplierId: id(),
		creditUseId: id(),
		creditId: id(),
		invoiceId: id(),
		amountMinor: money(),
		undoesId: optionalId(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'credit_use_pk', columns: [t.supplierId, t.creditUseId] }),
		foreignKey({
			name: 'credit_use_credit_fk',
			columns: [t.supplierId, t.creditId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'credit_use_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'credit_use_undoes_fk',
			columns: [t.supplierId, t.undoesId],
			foreignColumns: [t.supplierId, t.creditUseId]
		}),
		uniqueIndex('credit_use_undone_once')
			.on(t.supplierId, t.undoesId)
			.where(sql`${t.undoesId} is not null`),
		index('credit_use_credit_idx').on(t.supplierId, t.creditId),
		index('credit_use_invoice_idx').on(t.supplierId, t.invoiceId),
		check('credit_use_amount_check', sql`(${t.undoesId} is null) = (${t.amountMinor} > 0) and ${t.amountMinor} <> 0`)
	]
);

/** What it takes off an instalment of a plan: the agreement stays as it was, and what is due of it is less. */
export const creditUseInstalment = pgTable(
	'credit_use_part',
	{
		supplierId: id(),
		creditUseId: id(),
		planId: id(),
		position: integer().notNull(),
		invoiceId: id(),
		amountMinor: money()
	},
	(t) => [
		primaryKey({ name: 'credit_use_part_pk', columns: [t.supplierId, t.creditUseId, t.planId, t.position] }),
		foreignKey({
			name: 'credit_use_part_use_fk',
			columns: [t.supplierId, t.creditUseId],
			foreignColumns: [creditUse.supplierId, creditUse.creditUseId]
		}),
		foreignKey({
			name: 'credit_use_part_line_fk',
			columns: [t.supplierId, t.planId, t.position, t.invoiceId],
			foreignColumns: [
				planInstalmentLine.supplierId,
				planInstalmentLine.planId,
				planInstalmentLine.position,
				planInstalmentLine.invoiceId
			]
		}),
		index('credit_use_part_line_idx').on(t.supplierId, t.planId, t.position, t.invoiceId)
	]
);

/**
 * What money that came in another way takes off an instalment: the agreement stays as it was, and what is due of it is less. Credit notes: credit_use_part.
 * `payment_id`: the money, where it was known which.
 */
export const planInstalmentLowered = pgTable(
	'plan_part_lowered',
	{
		supplierId: id(),
		loweringId: id(),
		planId: id(),
		position: integer().notNull(),
		invoiceId: id(),
		amountMinor: money(),
		paymentId: optionalId(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'plan_part_lowered_pk', columns: [t.supplierId, t.loweringId, t.planId, t.position] }),
		foreignKey({
			name: 'plan_part_lowered_line_fk',
			columns: [t.supplierId, t.planId, t.position, t.invoiceId],
			foreignColumns: [
				planInstalmentLine.supplierId,
				planInstalmentLine.planId,
				planInstalmentLine.position,
				planInstalmentLine.invoiceId
			]
		}),
		foreignKey({
			name: 'plan_part_lowered_payment_fk',
			columns: [t.supplierId, t.paymentId],
			foreignColumns: [payment.supplierId, payment.paymentId]
		}),
		index('plan_part_lowered_line_idx').on(t.supplierId, t.planId, t.position, t.invoiceId),
		check('plan_part_lowered_amount_check', sql`${t.amountMinor} > 0`)
	]
);
