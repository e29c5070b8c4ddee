// What suppliers offer (policies, in versions), what clients accepted (evidence), and the discounts that came of it.
import { sql } from 'drizzle-orm';
import {
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
import type { OptionKind } from '../../../domain/offers/quoted.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { choice, day, id, instant, money, oneOf, optionalId, optionalInstant } from './columns.ts';
import { invoice } from './invoices.ts';
import { client, contact, supplier } from './parties.ts';
import { payment, paymentAttempt, reversal } from './payments.ts';
import { planInstalment } from './plans.ts';

export const clientGroup = pgTable(
	'client_group',
	{ supplierId: id(), groupId: id(), name: text().notNull(), createdAt: instant() },
	(t) => [
		primaryKey({ name: 'client_group_pk', columns: [t.supplierId, t.groupId] }),
		foreignKey({ name: 'client_group_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		unique('client_group_name_unique').on(t.supplierId, t.name)
	]
);

export const clientGroupMember = pgTable(
	'client_group_member',
	{ supplierId: id(), groupId: id(), clientId: id() },
	(t) => [
		primaryKey({ name: 'client_group_member_pk', columns: [t.supplierId, t.groupId, t.clientId] }),
		foreignKey({
			name: 'client_group_member_group_fk',
			columns: [t.supplierId, t.groupId],
			foreignColumns: [clientGroup.supplierId, clientGroup.groupId]
		}),
		foreignKey({
			name: 'client_group_member_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		index('client_group_member_client_idx').on(t.supplierId, t.clientId)
	]
);

export type AudienceKind = 'all' | 'tier' | 'group' | 'client';
/** A draft is edited; a published version never changes (a trigger holds it), it only ends. */
export const offerPolicy = pgTable(
	'offer_policy',
	{
		supplierId: id(),
		policyId: id(),
		version: integer().notNull(),
		name: text().notNull(),
		audienceKind: choice<AudienceKind>({ all: true, tier: true, group: true, client: true }).notNull(),
		tier: integer(), // the lowest loyalty tier that it is for
		groupId: optionalId(),
		clientId: optionalId(),
		terms: jsonb().$type<unknown>().notNull(), // contract/offers.ts gives its shape
		createdBy: text().notNull(),
		createdAt: instant(),
		updatedAt: instant(),
		publishedAt: optionalInstant(),
		endedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'offer_policy_pk', columns: [t.supplierId, t.policyId, t.version] }),
		foreignKey({ name: 'offer_policy_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		foreignKey({
			name: 'offer_policy_group_fk',
			columns: [t.supplierId, t.groupId],
			foreignColumns: [clientGroup.supplierId, clientGroup.groupId]
		}),
		foreignKey({
			name: 'offer_policy_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		uniqueIndex('one_draft_per_policy')
			.on(t.supplierId, t.policyId)
			.where(sql`${t.publishedAt} is null`),
		uniqueIndex('one_live_version_per_policy')
			.on(t.supplierId, t.policyId)
			.where(sql`${t.publishedAt} is not null and ${t.endedAt} is null`),
		oneOf('offer_policy_audience_kind_check', t.audienceKind),
		check(
			'offer_policy_audience_check',
			sql`(${t.audienceKind} = 'tier') = (${t.tier} is not null) and (${t.audienceKind} = 'group') = (${t.groupId} is not null) and (${t.audienceKind} = 'client') = (${t.clientId} is not null)`
		)
	]
);

/** What somebody agreed to, as it was shown: kept as long as the books are. */
export const quoteAcceptance = pgTable(
	'quote_acceptance',
	{
		supplierId: id(),
		attemptId: id(),
		clientId: id(),
		contactId: optionalId(),
		option: choice<OptionKind>({ now: true, early: true, plan_2: true, plan_3: true }).notNull(),
		policyId: optionalId(),
		policyVersion: integer().notNull(),
		amountMinor: money(),
		discountMinor: money(),
		snapshot: jsonb().$type<unknown>().notNull(), // what was asked of the quote engine, and the option it answered
		termsText: text().notNull(),
		termsVersion: text().notNull(),
		termsHash: text().notNull(),
		locale: choice<Locale>({ fr: true, en: true }).notNull(),
		ip: text(),
		userAgent: text(),
		acceptedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'quote_acceptance_pk', columns: [t.supplierId, t.attemptId] }),
		foreignKey({
			name: 'quote_acceptance_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'quote_acceptance_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'quote_acceptance_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		foreignKey({
			name: 'quote_acceptance_policy_fk',
			columns: [t.supplierId, t.policyId, t.policyVersion],
			foreignColumns: [offerPolicy.supplierId, offerPolicy.policyId, offerPolicy.version]
		}),
		oneOf('quote_acceptance_option_check', t.option),
		oneOf('quote_acceptance_locale_check', t.locale)
	]
);

/** What an attempt was accepted with off its price, per invoice, reason and VAT rate: booked when it is paid. */
export const attemptDiscount = pgTable(
	'attempt_discount',
	{
		supplierId: id(),
		attemptId: id(),
		invoiceId: id(),
		position: integer().notNull(),
		reason: choice<PromisedReason>({ early: true, points: true }).notNull().default('early'),
		rateBps: integer(), // null: the invoice gave no usable VAT split
		grossMinor: money(),
		vatMinor: money()
	},
	(t) => [
		primaryKey({ name: 'attempt_discount_pk', columns: [t.supplierId, t.attemptId, t.invoiceId, t.position] }),
		foreignKey({
			name: 'attempt_discount_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'attempt_discount_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		oneOf('attempt_discount_reason_check', t.reason)
	]
);

export type DiscountKind = 'granted' | 'voided';
/** What a price may be less for: an early payment, points that are used. */
export type PromisedReason = 'early' | 'points';
/** `forgiven`: an instalment of a plan that the supplier gave up. The last two: money given back with a credit note. */
export type DiscountReason = PromisedReason | 'forgiven' | 'goodwill' | 'returned';
/** A discount given, or taken back because the money came back: each a row with its journal entry and, where VAT moves, its numbered document. */
export const discount = pgTable(
	'discount',
	{
		supplierId: id(),
		discountId: id(),
		reason: choice<DiscountReason>({ early: true, points: true, forgiven: true, goodwill: true, returned: true })
			.notNull()
			.default('early'),
		paymentId: optionalId(), // what earned it, or was given back; null for an instalment forgiven
		reversalId: optionalId(), // the money given back
		planId: optionalId(), // whose instalment was forgiven
		position: integer(),
		invoiceId: id(),
		clientId: id(),
		sequence: integer().notNull(), // granted 1, voided 2, granted again 3…
		kind: choice<DiscountKind>({ granted: true, voided: true }).notNull(),
		documentNumber: text(), // a credit note, or the cancellation of one; null when VAT does not move
		cancelsNumber: text(),
		amountMinor: money(),
		currency: text().notNull(),
		happenedOn: day(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'discount_pk', columns: [t.supplierId, t.discountId] }),
		foreignKey({
			name: 'discount_payment_fk',
			columns: [t.supplierId, t.paymentId],
			foreignColumns: [payment.supplierId, payment.paymentId]
		}),
		foreignKey({
			name: 'discount_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'discount_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		unique('discount_sequence_unique').on(t.supplierId, t.paymentId, t.invoiceId, t.sequence),
		unique('discount_document_unique').on(t.supplierId, t.documentNumber),
		index('discount_invoice_idx').on(t.supplierId, t.invoiceId),
		index('discount_client_idx').on(t.supplierId, t.clientId, t.createdAt).concurrently(),
		uniqueIndex('one_credit_note_per_refund')
			.on(t.supplierId, t.reversalId, t.invoiceId, t.kind)
			.where(sql`${t.reversalId} is not null`),
		uniqueIndex('one_discount_per_forgiven_part')
			.on(t.supplierId, t.planId, t.position, t.invoiceId)
			.where(sql`${t.reason} = 'forgiven'`),
		foreignKey({
			name: 'discount_part_fk',
			columns: [t.supplierId, t.planId, t.position],
			foreignColumns: [planInstalment.supplierId, planInstalment.planId, planInstalment.position]
		}),
		foreignKey({
			name: 'discount_reversal_fk',
			columns: [t.supplierId, t.reversalId],
			foreignColumns: [reversal.supplierId, reversal.reversalId]
		}),
		oneOf('discount_kind_check', t.kind),
		oneOf('discount_reason_words_check', t.reason),
		check('discount_amount_check', sql`${t.amountMinor} > 0`),
		check(
			'discount_reason_check',
			sql`case when ${t.reason} in ('early', 'points') then ${t.paymentId} is not null and ${t.planId} is null and ${t.reversalId} is null
				when ${t.reason} = 'forgiven' then ${t.paymentId} is null and ${t.planId} is not null and ${t.position} is not null and ${t.reversalId} is null
				else ${t.paymentId} is not null and ${t.planId} is null and ${t.reversalId} is not null end`
		)
	]
);

export const discountVat = pgTable(
	'discount_vat',
	{
		supplierId: id(),
		discountId: id(),
		position: integer().notNull(),
		rateBps: integer(),
		grossMinor: money(),
		vatMinor: money()
	},
	(t) => [
		primaryKey({ name: 'discount_vat_pk', columns: [t.supplierId, t.discountId, t.position] }),
		foreignKey({
			name: 'discount_vat_discount_fk',
			columns: [t.supplierId, t.discountId],
			foreignColumns: [discount.supplierId, discount.discountId]
		})
	]
);
