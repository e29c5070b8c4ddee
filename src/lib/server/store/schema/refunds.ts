// Refunds that members ask for, each with its meaning and reason, before Stripe is asked.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { RefundMeaning } from '../../../domain/payments/refund-guard.ts';
import { REFUND_REQUEST_STATES } from '../../../domain/payments/refund-states.ts';
import { choice, id, instant, money, oneOf, optionalInstant, stateOf } from './columns.ts';
import { payment } from './payments.ts';

/** A refund asked for: the row comes before the call and its id is the idempotency key. */
export const refundRequest = pgTable(
	'refund_request',
	{
		supplierId: id(),
		refundRequestId: id(),
		paymentId: id(),
		amountMinor: money(),
		status: stateOf(REFUND_REQUEST_STATES).notNull(),
		stripeRefundId: text(), // known before it is accepted here: Stripe has answered, and could not be read yet
		meaning: choice<RefundMeaning>({ error: true, goodwill: true, returned: true }).notNull().default('error'),
		note: text(), // why, in the words of who asked
		requestedBy: text().notNull(),
		createdAt: instant(),
		updatedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'refund_request_pk', columns: [t.supplierId, t.refundRequestId] }),
		foreignKey({
			name: 'refund_request_payment_fk',
			columns: [t.supplierId, t.paymentId],
			foreignColumns: [payment.supplierId, payment.paymentId]
		}),
		index('refund_request_payment_idx').on(t.supplierId, t.paymentId).concurrently(),
		oneOf('refund_request_status_check', t.status),
		oneOf('refund_request_meaning_check', t.meaning),
		check('refund_request_note_check', sql`length(${t.note}) <= 300`),
		check('refund_request_amount_check', sql`${t.amountMinor} > 0`)
	]
);
