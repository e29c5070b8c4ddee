// What comes in from Stripe and goes out as news and mail, and who did what.
import {
	bigint,
	boolean,
	foreignKey,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	timestamp,
	unique
} from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { Locale } from '../../../domain/money/format.ts';
import { choice, id, instant, oneOf, optionalId, optionalInstant, xid8 } from './columns.ts';
import { contact, ofStripeAccount, supplier } from './parties.ts';

export const stripeEvent = pgTable(
	'stripe_event',
	{
		supplierId: id(),
		stripeEventId: text().notNull(),
		stripeAccount: text(), // the one it happened on; null: the platform's own
		type: text().notNull(),
		objectId: text().notNull(),
		paymentIntentId: text(), // what to re-read; null for events that move no money
		state: choice<'new' | 'done' | 'failed'>({ new: true, done: true, failed: true }).notNull(),
		tries: integer().notNull(),
		nextTryAt: instant(),
		claimedUntil: optionalInstant(), // in somebody's hands
		problem: text(),
		createdAt: instant(), // Stripe's
		receivedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'stripe_event_pk', columns: [t.supplierId, t.stripeEventId] }),
		foreignKey({ name: 'stripe_event_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		ofStripeAccount('stripe_event_account_fk', t),
		oneOf('stripe_event_state_check', t.state),
		// What failed is tried again too, once a day, and as soon as its account answers again.
		index('stripe_event_queue_idx')
			.on(t.nextTryAt)
			.where(sql`${t.state} <> 'done'`),
		// What waits of one supplier: its turn among the others, and once its account answers again.
		index('stripe_event_turn_idx')
			.on(t.supplierId, t.nextTryAt)
			.concurrently()
			.where(sql`${t.state} <> 'done'`),
		index('stripe_event_in_hand_idx')
			.on(t.claimedUntil)
			.concurrently()
			.where(sql`${t.claimedUntil} is not null`)
	]
);

export type FactKind =
	| 'invoice.opened'
	| 'payment.processing'
	| 'payment.declined'
	| 'payment.received'
	| 'payment.reversed'
	| 'attempt.changed'
	| 'contact.mail_problem'
	| 'bank.changed'
	| 'import.changed'
	| 'invoice.withdrawn'
	| 'plan.changed'
	| 'offers.changed'
	| 'points.changed'
	| 'time.moved';
export const outbox = pgTable(
	'outbox',
	{
		supplierId: id(),
		seq: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity(),
		xid: xid8()
			.notNull()
			.default(sql`pg_current_xact_id()`),
		kind: choice<FactKind>({
			'invoice.opened': true,
			'payment.processing': true,
			'payment.declined': true,
			'payment.received': true,
			'payment.reversed': true,
			'attempt.changed': true,
			'contact.mail_problem': true,
			'bank.changed': true,
			'import.changed': true,
			'invoice.withdrawn': true,
			'plan.changed': true,
			'offers.changed': true,
			'points.changed': true,
			'time.moved': true
		}).notNull(),
		clientId: optionalId(),
		invoiceId: optionalId(),
		attemptId: optionalId(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'outbox_pk', columns: [t.supplierId, t.seq] }),
		foreignKey({ name: 'outbox_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		oneOf('outbox_kind_check', t.kind),
		index('outbox_cursor_idx').on(t.xid, t.seq)
	]
);

export type MailKind =
	| 'invoice_to_pay'
	| 'payment_received'
	| 'payment_failed'
	| 'debit_notice'
	| 'refund'
	| 'refund_failed'
	| 'money_returned'
	| 'transfer_undone'
	| 'money_restored'
	| 'contact_added'
	| 'contact_added_told'
	| 'owner_notice'
	| 'tier_reached'
	| 'points_expiring'
	| 'points_ending'
	| 'points_rules_changed'
	| 'reward_refused'
	| PlanMailKind;
export type PlanMailKind =
	| 'plan_started'
	| 'part_announced'
	| 'part_failed'
	| 'method_lost'
	| 'method_ending'
	| 'move_asked'
	| 'part_forgiven'
	| 'plan_credited'
	| 'plan_lowered'
	| 'plan_in_default'
	| 'plan_in_default_told';
export type MailState = 'due' | 'sending' | 'sent' | 'refused' | 'failed' | 'dropped';
export const mail = pgTable(
	'mail',
	{
		supplierId: id(),
		mailId: id(),
		kind: choice<MailKind>({
			invoice_to_pay: true,
			payment_received: true,
			payment_failed: true,
			debit_notice: true,
			refund: true,
			refund_failed: true,
			money_returned: true,
			transfer_undone: true,
			money_restored: true,
			contact_added: true,
			contact_added_told: true,
			owner_notice: true,
			tier_reached: true,
			points_expiring: true,
			points_ending: true,
			points_rules_changed: true,
			reward_refused: true,
			plan_started: true,
			part_announced: true,
			part_failed: true,
			method_lost: true,
			method_ending: true,
			move_asked: true,
			part_forgiven: true,
			plan_credited: true,
			plan_lowered: true,
			plan_in_default: true,
			plan_in_default_told: true
		}).notNull(),
		uniqueKey: text().notNull(), // the fact it tells: the same fact is never mailed twice to one person
		contactId: optionalId(),
		memberId: optionalId(),
		toAddress: text().notNull(),
		locale: choice<Locale>({ fr: true, en: true }).notNull(),
		subjectId: id(), // invoice, payment, attempt, reversal or audit line the mail is about
		state: choice<MailState>({
			due: true,
			sending: true,
			sent: true,
			refused: true,
			failed: true,
			dropped: true
		}).notNull(),
		tries: integer().notNull(),
		nextTryAt: instant(),
		problem: text(),
		createdAt: instant(),
		handedAt: optionalInstant(), // given to the mail server, which has not said no: with no sentAt, nobody knows whether it left
		sentAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'mail_pk', columns: [t.supplierId, t.mailId] }),
		foreignKey({ name: 'mail_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		foreignKey({
			name: 'mail_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		oneOf('mail_kind_check', t.kind),
		oneOf('mail_state_check', t.state),
		oneOf('mail_locale_check', t.locale),
		unique('mail_fact_unique').on(t.supplierId, t.uniqueKey, t.toAddress),
		index('mail_invoice_idx')
			.on(t.supplierId, t.createdAt)
			.where(sql`kind = 'invoice_to_pay'`),
		// Told of one thing, and to one person, the latest first.
		index('mail_subject_idx').on(t.supplierId, t.subjectId, t.createdAt).concurrently(),
		index('mail_contact_idx').on(t.supplierId, t.contactId, t.createdAt).concurrently(),
		// Suppliers have their mails sent in turn.
		index('mail_turn_idx')
			.on(t.supplierId, t.nextTryAt)
			.where(sql`${t.state} in ('due', 'sending')`)
	]
);

export const audit = pgTable(
	'audit',
	{
		supplierId: id(),
		auditId: id(),
		at: instant(),
		actor: text().notNull(),
		action: text().notNull(),
		objectId: text(),
		requestId: text(), // null: the worker's own doing
		address: text(),
		detail: jsonb().$type<Record<string, string>>().notNull()
	},
	(t) => [
		primaryKey({ name: 'audit_pk', columns: [t.supplierId, t.auditId] }),
		foreignKey({ name: 'audit_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		index('audit_at_idx').on(t.supplierId, t.at),
		index('audit_object_idx').on(t.supplierId, t.objectId, t.at).concurrently()
	]
);

/** Answers kept for requests that carry an Idempotency-Key: same key and body, same answer; same key and another body, refused. */
export const idempotency = pgTable(
	'idempotency',
	{
		supplierId: id(),
		key: text().notNull(),
		inputHash: text().notNull(),
		status: integer(),
		answer: jsonb().$type<unknown>(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'idempotency_pk', columns: [t.supplierId, t.key] }),
		foreignKey({ name: 'idempotency_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] })
	]
);

/** Counters of rate-limiter-flexible, shared by every process. Keys are hashed before they get here. */
export const rateLimit = pgTable('rate_limit', {
	key: text().primaryKey(),
	points: integer().notNull().default(0),
	expire: timestamp({ withTimezone: true })
});

/** What browsers reported of our pages: each kind once, without an address or a token. Of no supplier. */
export const pageReport = pgTable('page_report', {
	fingerprint: text().primaryKey(),
	page: text().notNull(),
	directive: text().notNull(),
	blocked: text().notNull(),
	source: text().notNull(),
	enforced: boolean().notNull(),
	times: integer().notNull(),
	firstAt: instant(),
	lastAt: instant()
});

/** The demo's clock: how far ahead of the wall clock it stands. One row, used only in demo mode. */
export const demoClock = pgTable('demo_clock', {
	clockId: integer().primaryKey(),
	offsetMs: bigint({ mode: 'number' }).notNull()
});

export const worked = pgTable('worked', { task: text().primaryKey(), lastAt: optionalInstant() });
