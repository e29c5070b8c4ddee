// Mails: written with the fact, sent by the worker.
import type { PlanMailKind, MailKind, MailState } from '../../../domain/mail/kinds.ts';
import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Locale } from '../../../domain/money/format.ts';
import { choice, id, instant, oneOf, optionalId, optionalInstant } from './columns.ts';
import { contact, supplier } from './parties.ts';

export type { PlanMailKind, MailKind, MailState };
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
