// Instalment plans: what was agreed, its dated instalments, the queue of what is to be asked for, and a new means of payment for one.
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
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { SETUP_STATES } from '../../../domain/payments/setup-states.ts';
import {
	CHARGED_INSTALMENTS,
	INSTALMENT_STATES,
	PLAN_STATES,
	RESCHEDULE_STATES
} from '../../../domain/plans/plan-states.ts';
import { day, id, instant, money, oneOf, optionalDay, optionalId, optionalInstant, stateOf, words } from './columns.ts';
import { invoice } from './invoices.ts';
import { savedMethod } from './methods.ts';
import { client, contact, ofStripeAccount, supplier } from './parties.ts';
import { paymentAttempt } from './payments.ts';

export const plan = pgTable(
	'plan',
	{
		supplierId: id(),
		planId: id(), // the attempt that accepted it
		clientId: id(),
		contactId: optionalId(),
		count: integer().notNull(),
		amountMinor: money(),
		currency: text().notNull(),
		status: stateOf(PLAN_STATES).notNull(),
		isSettlement: boolean().notNull(),
		methodId: optionalId(),
		cureDays: integer().notNull(), // as agreed
		cureEndsOn: optionalDay(), // set by a second refusal: after it the rest falls due
		createdAt: instant(),
		updatedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'plan_pk', columns: [t.supplierId, t.planId] }),
		foreignKey({
			name: 'plan_attempt_fk',
			columns: [t.supplierId, t.planId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'plan_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'plan_method_fk',
			columns: [t.supplierId, t.methodId],
			foreignColumns: [savedMethod.supplierId, savedMethod.methodId]
		}),
		foreignKey({
			name: 'plan_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		oneOf('plan_status_check', t.status),
		index('plan_status_idx').on(t.supplierId, t.status),
		index('plan_client_idx').on(t.supplierId, t.clientId, t.createdAt, t.planId).concurrently(),
		index('plan_method_idx').on(t.supplierId, t.methodId).concurrently(),
		// Of every supplier, by the day: store/due-suppliers.ts.
		index('plan_break_idx')
			.on(t.cureEndsOn, t.supplierId)
			.where(sql`${t.status} = 'active' and ${t.cureEndsOn} is not null`)
	]
);

export const planInstalment = pgTable(
	'plan_part',
	{
		supplierId: id(),
		planId: id(),
		position: integer().notNull(),
		dueOn: day(),
		amountMinor: money(),
		status: stateOf(INSTALMENT_STATES).notNull(),
		failures: integer().notNull(),
		askOn: optionalDay(), // when it is asked for next; null when only the client can go on
		announcedAt: optionalInstant(),
		attemptId: optionalId(), // the last attempt
		updatedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'plan_part_pk', columns: [t.supplierId, t.planId, t.position] }),
		foreignKey({
			name: 'plan_part_plan_fk',
			columns: [t.supplierId, t.planId],
			foreignColumns: [plan.supplierId, plan.planId]
		}),
		index('plan_part_ask_idx')
			.on(t.supplierId, t.askOn)
			.where(sql`${t.askOn} is not null`),
		index('plan_part_take_idx')
			.on(t.askOn, t.supplierId)
			.where(sql`${t.status} in (${words(CHARGED_INSTALMENTS)}) and ${t.askOn} is not null`),
		index('plan_part_tell_idx')
			.on(t.dueOn, t.supplierId)
			.where(sql`${t.status} = 'scheduled'`),
		foreignKey({
			name: 'plan_part_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		oneOf('plan_part_status_check', t.status),
		check('plan_part_amount_check', sql`${t.amountMinor} > 0`)
	]
);

export const planInstalmentLine = pgTable(
	'plan_part_line',
	{ supplierId: id(), planId: id(), position: integer().notNull(), invoiceId: id(), amountMinor: money() },
	(t) => [
		primaryKey({ name: 'plan_part_line_pk', columns: [t.supplierId, t.planId, t.position, t.invoiceId] }),
		foreignKey({
			name: 'plan_part_line_part_fk',
			columns: [t.supplierId, t.planId, t.position],
			foreignColumns: [planInstalment.supplierId, planInstalment.planId, planInstalment.position]
		}),
		foreignKey({
			name: 'plan_part_line_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		index('plan_part_line_invoice_idx').on(t.supplierId, t.invoiceId),
		check('plan_part_line_amount_check', sql`${t.amountMinor} > 0`)
	]
);

/** Which instalments an attempt pays. `holds` while it may succeed or has: an instalment can't be taken twice. */
export const attemptInstalment = pgTable(
	'attempt_part',
	{ supplierId: id(), attemptId: id(), planId: id(), position: integer().notNull(), holds: boolean().notNull() },
	(t) => [
		primaryKey({ name: 'attempt_part_pk', columns: [t.supplierId, t.attemptId, t.planId, t.position] }),
		foreignKey({
			name: 'attempt_part_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'attempt_part_part_fk',
			columns: [t.supplierId, t.planId, t.position],
			foreignColumns: [planInstalment.supplierId, planInstalment.planId, planInstalment.position]
		}),
		index('attempt_part_part_idx').on(t.supplierId, t.planId, t.position), // every attempt of an instalment, those that came to nothing too
		uniqueIndex('one_hold_per_part')
			.on(t.supplierId, t.planId, t.position)
			.where(sql`${t.holds}`)
	]
);

/** Another day for an instalment, asked by the supplier: it counts once the client has agreed. */
export const reschedule = pgTable(
	'part_move',
	{
		supplierId: id(),
		moveId: id(),
		planId: id(),
		position: integer().notNull(),
		fromOn: day(),
		toOn: day(),
		status: stateOf(RESCHEDULE_STATES).notNull(),
		askedBy: text().notNull(),
		askedAt: instant(),
		answeredAt: optionalInstant(),
		contactId: optionalId(), // who answered
		ip: text(),
		userAgent: text()
	},
	(t) => [
		primaryKey({ name: 'part_move_pk', columns: [t.supplierId, t.moveId] }),
		foreignKey({
			name: 'part_move_part_fk',
			columns: [t.supplierId, t.planId, t.position],
			foreignColumns: [planInstalment.supplierId, planInstalment.planId, planInstalment.position]
		}),
		foreignKey({
			name: 'part_move_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		oneOf('part_move_status_check', t.status),
		uniqueIndex('one_open_move_per_part')
			.on(t.supplierId, t.planId, t.position)
			.where(sql`${t.status} = 'asked'`)
	]
);

/**
 * The queue of the debit run: instalments that are due, some fifty to a row, so that ten thousand are put on it as fast as they are found. A row is only a
 * list of where to look: whether an instalment is taken is decided under its plan's lock.
 */
export const planCharge = pgTable(
	'plan_charge',
	{
		supplierId: id(),
		chargeId: id(),
		planIds: uuid().array().notNull(),
		positions: integer().array().notNull(),
		claimedUntil: optionalInstant(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'plan_charge_pk', columns: [t.supplierId, t.chargeId] }),
		foreignKey({ name: 'plan_charge_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('plan_charge_queue_idx').on(t.createdAt)
	]
);

/** A new means of payment for a plan, asked of Stripe: the row comes before the call and its id is the idempotency key. */
export const methodSetup = pgTable(
	'method_setup',
	{
		supplierId: id(),
		setupId: id(), // minted by the browser
		clientId: id(),
		contactId: optionalId(),
		planId: optionalId(), // null: kept for its owner's next payments
		begunBy: text(), // who asked: only they go on with it at the bank
		inputHash: text(), // what was asked: the same id with anything else is refused
		confirmationTokenId: text().notNull(),
		returnUrl: text().notNull(),
		status: stateOf(SETUP_STATES).notNull(),
		stripeAccount: text(),
		stripeSetupIntentId: text(),
		errorCode: text(),
		declineCode: text(),
		createdAt: instant(),
		updatedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'method_setup_pk', columns: [t.supplierId, t.setupId] }),
		foreignKey({
			name: 'method_setup_plan_fk',
			columns: [t.supplierId, t.planId],
			foreignColumns: [plan.supplierId, plan.planId]
		}),
		foreignKey({
			name: 'method_setup_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'method_setup_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		ofStripeAccount('method_setup_account_fk', t),
		oneOf('method_setup_status_check', t.status),
		index('method_setup_intent_idx').on(t.supplierId, t.stripeSetupIntentId),
		// What a payer left at its bank.
		index('method_setup_waiting_idx')
			.on(t.supplierId, t.begunBy)
			.where(sql`${t.status} = 'awaiting_auth'`)
			.concurrently()
	]
);
