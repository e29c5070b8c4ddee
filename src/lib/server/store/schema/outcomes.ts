// What a person said became of a try, or of a refund, whose account at Stripe can't be asked any more, and what Stripe said once it could. Nothing of it
// changes: who takes back a word says another, and the last one counts.
import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Outcome, RefundOutcome } from '../../../domain/payments/outcome.ts';
import { choice, id, instant, oneOf, optionalDay, optionalInstant } from './columns.ts';
import { paymentAttempt } from './payments.ts';
import { refundRequest } from './refunds.ts';

export const declaredOutcome = pgTable(
	'said_outcome',
	{
		supplierId: id(),
		attemptId: id(),
		round: integer().notNull().default(1), // of one try: the last one counts
		outcome: choice<Outcome>({ paid: true, not_paid: true }).notNull(),
		paidOn: optionalDay(),
		reference: text(), // the payment at Stripe that was looked at
		isNamed: boolean().notNull().default(false), // the person named it: the answer of the try had been lost
		note: text().notNull(),
		saidBy: text().notNull(),
		saidAt: instant(),
		heard: choice<Outcome>({ paid: true, not_paid: true }), // the account is back, and Stripe says so itself
		heardAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'said_outcome_pk', columns: [t.supplierId, t.attemptId, t.round] }),
		foreignKey({
			name: 'said_outcome_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		index('said_outcome_unheard_idx')
			.on(t.supplierId, t.saidAt)
			.where(sql`${t.heardAt} is null`),
		oneOf('said_outcome_outcome_check', t.outcome),
		oneOf('said_outcome_heard_check', t.heard),
		check('said_outcome_paid_check', sql`(${t.outcome} = 'paid') = (num_nonnulls(${t.paidOn}, ${t.reference}) = 2)`),
		check('said_outcome_note_check', sql`length(${t.note}) between 1 and 300 and length(${t.reference}) <= 110`),
		check('said_outcome_heard_at_check', sql`(${t.heard} is null) = (${t.heardAt} is null)`)
	]
);

export const declaredRefund = pgTable(
	'said_refund',
	{
		supplierId: id(),
		refundRequestId: id(),
		round: integer().notNull(),
		outcome: choice<RefundOutcome>({ refunded: true, not_refunded: true }).notNull(),
		refundedOn: optionalDay(),
		reference: text(), // the refund at Stripe that was looked at
		note: text().notNull(),
		saidBy: text().notNull(),
		saidAt: instant(),
		heard: choice<RefundOutcome>({ refunded: true, not_refunded: true }),
		heardAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'said_refund_pk', columns: [t.supplierId, t.refundRequestId, t.round] }),
		foreignKey({
			name: 'said_refund_request_fk',
			columns: [t.supplierId, t.refundRequestId],
			foreignColumns: [refundRequest.supplierId, refundRequest.refundRequestId]
		}),
		index('said_refund_unheard_idx')
			.on(t.supplierId, t.saidAt)
			.where(sql`${t.heardAt} is null`),
		oneOf('said_refund_outcome_check', t.outcome),
		oneOf('said_refund_heard_check', t.heard),
		check(
			'said_refund_refunded_check',
			sql`(${t.outcome} = 'refunded') = (num_nonnulls(${t.refundedOn}, ${t.reference}) = 2)`
		),
		check('said_refund_note_check', sql`length(${t.note}) between 1 and 300 and length(${t.reference}) <= 110`),
		check('said_refund_heard_at_check', sql`(${t.heard} is null) = (${t.heardAt} is null)`)
	]
);
