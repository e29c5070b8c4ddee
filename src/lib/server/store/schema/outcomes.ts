// What a person said became of a try whose account at Stripe can't be asked any more, and what Stripe said once it could.
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Outcome } from '../../../domain/payments/outcome.ts';
import { choice, id, instant, oneOf, optionalDay, optionalInstant } from './columns.ts';
import { paymentAttempt } from './payments.ts';

export const saidOutcome = pgTable(
	'said_outcome',
	{
		supplierId: id(),
		attemptId: id(), // once for each try: the first answer stands
		outcome: choice<Outcome>({ paid: true, not_paid: true }).notNull(),
		paidOn: optionalDay(),
		reference: text(), // the payment at Stripe that was looked at
		note: text().notNull(),
		saidBy: text().notNull(),
		saidAt: instant(),
		heard: choice<Outcome>({ paid: true, not_paid: true }), // the account is back, and Stripe says so itself
		heardAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'said_outcome_pk', columns: [t.supplierId, t.attemptId] }),
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
