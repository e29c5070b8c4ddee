// Attempts (a try), payments (money certain), allocations (which invoice it pays) and reversals (money gone back).
import type { ReversalKind } from '../../../domain/payments/reversals.ts';
import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	foreignKey,
	index,
	integer,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex
} from 'drizzle-orm/pg-core';
import type { ChoiceKind } from '../../../domain/offers/quoted.ts';
import { ATTEMPT_STATES } from '../../../domain/payments/attempt-status.ts';
import type { PaymentMethodType } from '../../../domain/payments/methods.ts';
import {
	choice,
	day,
	id,
	instant,
	money,
	oneOf,
	optionalDay,
	optionalId,
	optionalInstant,
	stateOf
} from './columns.ts';
import { bankTransaction } from './bank.ts';
import { invoice } from './invoices.ts';
import { client, contact, ofStripeAccount } from './parties.ts';

export type { ReversalKind };
/** `plan`: taken by the schedule. `bank`: a transfer found on a statement. */
export type Channel = 'pay_link' | 'portal' | 'plan' | 'bank';

export const paymentAttempt = pgTable(
	'payment_attempt',
	{
		supplierId: id(),
		attemptId: id(), // minted by the browser: reload, double tap and retry are the same payment
		clientId: id(),
		contactId: optionalId(),
		channel: choice<Channel>({ pay_link: true, portal: true, plan: true, bank: true }).notNull(),
		option: choice<ChoiceKind>({ now: true, early: true, plan_2: true, plan_3: true, next_part: true, all_parts: true })
			.notNull()
			.default('now'),
		allowedTypes: text()
			.array()
			.notNull()
			.default(sql`'{card,sepa_debit}'`)
			.$type<PaymentMethodType[]>(), // what the quote let carry it
		discountMinor: money().default(sql`0`), // what the payer is spared if this attempt succeeds
		offerEndsAt: optionalInstant(), // an attempt begun by then keeps its price
		amountMinor: money(),
		currency: text().notNull(),
		begunBy: text(), // who asked: only they go on with it at the bank
		inputHash: text(), // what was asked: the same id with anything else is refused
		confirmationTokenId: text(), // null when a saved means of payment is charged
		savedMethodId: optionalId(),
		customerId: text(), // at Stripe, when the means of payment is kept or was
		isOffSession: boolean().notNull().default(false), // nobody is there to answer the bank
		keepsMethod: boolean().notNull().default(false), // to be charged again: for the instalments to come, or because its owner asked
		remembersMethod: boolean().notNull().default(false), // its owner asked to find it again
		isSetup: boolean().notNull().default(false), // nothing is taken today: a plan whose first instalment comes later
		targetOn: optionalDay(), // SEPA: the day the debit should land on
		description: text().notNull(),
		returnUrl: text().notNull(),
		status: stateOf(ATTEMPT_STATES).notNull(),
		stripeAccount: text(), // the one that is asked; null: the platform's own
		stripePaymentIntentId: text(),
		retriesIntent: boolean().notNull(), // a new attempt on the intent of a declined attempt
		methodType: text(),
		mandateReference: text(), // SEPA: what the debit notice must name
		methodLabel: text(),
		errorCode: text(),
		declineCode: text(),
		expectedOn: optionalDay(), // SEPA: when the result is awaited
		createdAt: instant(),
		updatedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'payment_attempt_pk', columns: [t.supplierId, t.attemptId] }),
		foreignKey({
			name: 'payment_attempt_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		ofStripeAccount('payment_attempt_account_fk', t),
		index('payment_attempt_intent_idx').on(t.supplierId, t.stripePaymentIntentId),
		index('payment_attempt_status_idx').on(t.supplierId, t.status, t.updatedAt),
		foreignKey({
			name: 'payment_attempt_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		oneOf('payment_attempt_channel_check', t.channel),
		oneOf('payment_attempt_option_check', t.option),
		oneOf('payment_attempt_status_check', t.status),
		check('payment_attempt_types_check', sql`${t.allowedTypes} <@ '{card,sepa_debit}'`),
		check('payment_attempt_amount_check', sql`${t.amountMinor} > 0`)
	]
);

export const attemptInvoice = pgTable(
	'payment_attempt_invoice',
	{
		supplierId: id(),
		attemptId: id(),
		invoiceId: id(),
		position: integer().notNull(),
		amountMinor: money(),
		live: boolean().notNull(),
		ofInstalment: boolean('of_part').notNull().default(false) // pays instalments of a plan that runs: held part by part (one_hold_per_part), beside other instalments of the invoice
	},
	(t) => [
		primaryKey({ name: 'payment_attempt_invoice_pk', columns: [t.supplierId, t.attemptId, t.invoiceId] }),
		foreignKey({
			name: 'payment_attempt_invoice_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'payment_attempt_invoice_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		uniqueIndex('one_live_attempt_per_invoice')
			.on(t.supplierId, t.invoiceId)
			.where(sql`${t.live} and not ${t.ofInstalment}`),
		// The last attempt of an invoice, whatever came of it.
		index('payment_attempt_invoice_invoice_idx').on(t.supplierId, t.invoiceId).concurrently(),
		// What is under way of an invoice, part by part too.
		index('payment_attempt_invoice_live_idx')
			.on(t.supplierId, t.invoiceId)
			.where(sql`${t.live}`),
		check('payment_attempt_invoice_amount_check', sql`${t.amountMinor} > 0`)
	]
);

export const payment = pgTable(
	'payment',
	{
		supplierId: id(),
		paymentId: id(),
		attemptId: id(),
		clientId: id(),
		receiptNumber: text().notNull(),
		amountMinor: money(),
		currency: text().notNull(),
		methodType: text().notNull(),
		methodLabel: text(),
		creditMinor: money().default(sql`0`), // paid beyond the invoices: kept for the client
		stripeAccount: text(), // where the money came in, and goes back from
		stripePaymentIntentId: text(), // one or the other: taken at Stripe, or found on a statement
		intentRound: integer().notNull().default(1), // again, once a person took back what was said under that name
		bankTransactionId: optionalId('bank_entry_id'),
		bankRound: integer(),
		paidAt: instant(),
		paidOn: day(), // civil day at the supplier's; for SEPA the day the debit was ordered counts for "on time", this one for the books
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'payment_pk', columns: [t.supplierId, t.paymentId] }),
		foreignKey({
			name: 'payment_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'payment_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'payment_bank_entry_fk',
			columns: [t.supplierId, t.bankTransactionId],
			foreignColumns: [bankTransaction.supplierId, bankTransaction.bankTransactionId]
		}),
		ofStripeAccount('payment_account_fk', t),
		unique('payment_intent_unique').on(t.supplierId, t.stripePaymentIntentId, t.intentRound),
		unique('payment_bank_entry_unique').on(t.supplierId, t.bankTransactionId, t.bankRound),
		unique('payment_receipt_unique').on(t.supplierId, t.receiptNumber),
		index('payment_paid_idx').on(t.supplierId, t.paidAt),
		index('payment_of_attempt_idx').on(t.supplierId, t.attemptId),
		index('payment_client_idx').on(t.supplierId, t.clientId, t.createdAt, t.paymentId), // of one client, first to last: was it the first, was one late
		check(
			'payment_source_check',
			sql`num_nonnulls(${t.stripePaymentIntentId}, ${t.bankTransactionId}) = 1 and (${t.bankTransactionId} is null) = (${t.bankRound} is null)`
		),
		check('payment_credit_check', sql`${t.creditMinor} >= 0 and ${t.creditMinor} <= ${t.amountMinor}`)
	]
);

export const allocation = pgTable(
	'allocation',
	{ supplierId: id(), paymentId: id(), invoiceId: id(), position: integer().notNull(), amountMinor: money() },
	(t) => [
		primaryKey({ name: 'allocation_pk', columns: [t.supplierId, t.paymentId, t.invoiceId] }),
		foreignKey({
			name: 'allocation_payment_fk',
			columns: [t.supplierId, t.paymentId],
			foreignColumns: [payment.supplierId, payment.paymentId]
		}),
		foreignKey({
			name: 'allocation_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		index('allocation_invoice_idx').on(t.supplierId, t.invoiceId),
		check('allocation_amount_check', sql`${t.amountMinor} > 0`)
	]
);

export const allocationVat = pgTable(
	'allocation_vat',
	{
		supplierId: id(),
		paymentId: id(),
		invoiceId: id(),
		rateBps: integer().notNull(),
		grossMinor: money(),
		vatMinor: money()
	},
	(t) => [
		primaryKey({ name: 'allocation_vat_pk', columns: [t.supplierId, t.paymentId, t.invoiceId, t.rateBps] }),
		foreignKey({
			name: 'allocation_vat_allocation_fk',
			columns: [t.supplierId, t.paymentId, t.invoiceId],
			foreignColumns: [allocation.supplierId, allocation.paymentId, allocation.invoiceId]
		})
	]
);

export const reversal = pgTable(
	'reversal',
	{
		supplierId: id(),
		reversalId: id(),
		paymentId: id(),
		kind: choice<ReversalKind>({
			refund: true,
			refund_failed: true,
			debit_return: true,
			chargeback: true,
			chargeback_won: true,
			transfer_undone: true,
			return_undone: true,
			payment_unsaid: true,
			refund_unsaid: true
		}).notNull(),
		stripeObjectId: text().notNull(), // or the transaction of the bank that says so
		amountMinor: money(),
		reason: text(),
		occurredAt: instant()
	},
	(t) => [
		primaryKey({ name: 'reversal_pk', columns: [t.supplierId, t.reversalId] }),
		foreignKey({
			name: 'reversal_payment_fk',
			columns: [t.supplierId, t.paymentId],
			foreignColumns: [payment.supplierId, payment.paymentId]
		}),
		index('reversal_payment_idx').on(t.supplierId, t.paymentId, t.occurredAt),
		unique('reversal_object_unique').on(t.supplierId, t.stripeObjectId, t.kind),
		oneOf('reversal_kind_check', t.kind),
		check('reversal_amount_check', sql`${t.amountMinor} > 0`)
	]
);

export const reversalAllocation = pgTable(
	'reversal_allocation',
	{ supplierId: id(), reversalId: id(), invoiceId: id(), amountMinor: money() },
	(t) => [
		primaryKey({ name: 'reversal_allocation_pk', columns: [t.supplierId, t.reversalId, t.invoiceId] }),
		foreignKey({
			name: 'reversal_allocation_reversal_fk',
			columns: [t.supplierId, t.reversalId],
			foreignColumns: [reversal.supplierId, reversal.reversalId]
		}),
		foreignKey({
			name: 'reversal_allocation_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		})
	]
);
