// Points for being on time: the programme in versions, what each act earned, an append-only ledger, what is left of each earning, what was taken for points.
// The ledger is the truth; account, award and lot say what follows from it, and the database refuses one that does not (drizzle/0035_points.sql).
import type { AwardKind } from '../../../domain/points/kinds.ts';
import { sql } from 'drizzle-orm';
import {
	bigint,
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
import type { Locale } from '../../../domain/money/format.ts';
import type { Verdict } from '../../../domain/points/judge.ts';
import { choice, day, id, instant, money, oneOf, optionalDay, optionalId, optionalInstant } from './columns.ts';
import { invoice } from './invoices.ts';
import { client, contact, supplier } from './parties.ts';
import { paymentAttempt } from './payments.ts';
import { plan } from './plans.ts';

export type { AwardKind };
/** A draft is edited; a published version never changes, it only ends. The end of the whole programme is announced on the version in force. */
export const pointsProgramme = pgTable(
	'points_programme',
	{
		supplierId: id(),
		version: integer().notNull(),
		terms: jsonb().$type<unknown>().notNull(), // contract/points.ts gives its shape
		createdBy: text().notNull(),
		createdAt: instant(),
		updatedAt: instant(),
		publishedAt: optionalInstant(),
		endedAt: optionalInstant(), // the next version came, or the programme was over
		endAnnouncedAt: optionalInstant(),
		lastEarnOn: optionalDay(),
		lastSpendOn: optionalDay()
	},
	(t) => [
		primaryKey({ name: 'points_programme_pk', columns: [t.supplierId, t.version] }),
		foreignKey({
			name: 'points_programme_supplier_fk',
			columns: [t.supplierId],
			foreignColumns: [supplier.supplierId]
		}),
		uniqueIndex('one_draft_programme')
			.on(t.supplierId)
			.where(sql`${t.publishedAt} is null`),
		uniqueIndex('one_live_programme')
			.on(t.supplierId)
			.where(sql`${t.publishedAt} is not null and ${t.endedAt} is null`),
		index('points_programme_end_idx')
			.on(t.lastSpendOn)
			.where(sql`${t.lastSpendOn} is not null and ${t.endedAt} is null`),
		check(
			'points_programme_end_check',
			sql`num_nonnulls(${t.endAnnouncedAt}, ${t.lastEarnOn}, ${t.lastSpendOn}) in (0, 3) and ${t.lastEarnOn} <= ${t.lastSpendOn}`
		)
	]
);

/** The rules as a client's person accepted them: once, before the first points are used. */
export const pointsAcceptance = pgTable(
	'points_acceptance',
	{
		supplierId: id(),
		clientId: id(),
		contactId: id(),
		version: integer().notNull(),
		rulesText: text().notNull(),
		rulesHash: text().notNull(),
		locale: choice<Locale>({ fr: true, en: true }).notNull(),
		ip: text(),
		userAgent: text(),
		acceptedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'points_acceptance_pk', columns: [t.supplierId, t.clientId] }),
		foreignKey({
			name: 'points_acceptance_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'points_acceptance_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		foreignKey({
			name: 'points_acceptance_version_fk',
			columns: [t.supplierId, t.version],
			foreignColumns: [pointsProgramme.supplierId, pointsProgramme.version]
		}),
		oneOf('points_acceptance_locale_check', t.locale)
	]
);

/** What a client company has. Its lock is what two tabs, two people and two workers wait for. Balance and pending are written by a trigger of the ledger. */
export const pointsAccount = pgTable(
	'points_account',
	{
		supplierId: id(),
		clientId: id(),
		balance: integer().notNull(), // below zero: a debt that the next points pay
		pending: integer().notNull(),
		earnedInYear: integer().notNull(), // over twelve rolling months: what the tier is read from
		tier: integer().notNull(), // its position in the programme, 0 the first
		tierSince: day(),
		recheckOn: optionalDay(), // the day on which an earning leaves the twelve months
		streak: integer().notNull(), // invoices on time since the last late one, or the last bonus
		neutrals: integer().notNull(), // of them, contested or promised ones in a row
		frozenAt: optionalInstant(), // nothing is taken for points; what was earned stays
		frozenReason: text(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'points_account_pk', columns: [t.supplierId, t.clientId] }),
		foreignKey({
			name: 'points_account_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		index('points_account_recheck_idx')
			.on(t.recheckOn)
			.where(sql`${t.recheckOn} is not null`),
		index('points_account_tier_idx').on(t.supplierId, t.tier),
		check('points_account_pending_check', sql`${t.pending} >= 0`),
		check('points_account_frozen_check', sql`(${t.frozenAt} is null) = (${t.frozenReason} is null)`)
	]
);

/** `payment`: a try, for one of its invoices. The others are given on top of it, once for what they are given for. */
/** What an act was judged to earn, by which version; and what of that is in the ledger today. */
export const pointsAward = pgTable(
	'points_award',
	{
		supplierId: id(),
		awardId: id(),
		clientId: id(),
		kind: choice<AwardKind>({ payment: true, streak: true, plan: true, first_online: true }).notNull(),
		attemptId: id(), // the try that earned it, or completed what earned it
		invoiceId: id(),
		planId: optionalId(),
		version: integer().notNull(),
		verdict: choice<Verdict>({ on_time: true, late: true, neutral: true, excluded: true }).notNull(),
		daysEarly: integer().notNull(),
		multiplierBps: integer().notNull(),
		base: integer().notNull(),
		early: integer().notNull(),
		sepa: integer().notNull(),
		points: integer().notNull(), // all of it, within the limits of its day
		amountMinor: money(), // the money it was judged on
		dueOn: day(),
		actedOn: day(),
		pendingPoints: integer().notNull(),
		earnedPoints: integer().notNull(),
		vestingDays: integer().notNull(), // a debit's: from the day its money came
		finalOn: optionalDay(), // when what is pending is earned; null: not known yet, or final
		expiresOn: optionalDay(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'points_award_pk', columns: [t.supplierId, t.awardId] }),
		foreignKey({
			name: 'points_award_account_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [pointsAccount.supplierId, pointsAccount.clientId]
		}),
		foreignKey({
			name: 'points_award_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'points_award_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'points_award_plan_fk',
			columns: [t.supplierId, t.planId],
			foreignColumns: [plan.supplierId, plan.planId]
		}),
		foreignKey({
			name: 'points_award_version_fk',
			columns: [t.supplierId, t.version],
			foreignColumns: [pointsProgramme.supplierId, pointsProgramme.version]
		}),
		oneOf('points_award_kind_check', t.kind),
		oneOf('points_award_verdict_check', t.verdict),
		unique('points_award_once').on(t.supplierId, t.attemptId, t.invoiceId, t.kind),
		uniqueIndex('points_award_once_per_plan')
			.on(t.supplierId, t.planId)
			.where(sql`${t.kind} = 'plan'`),
		index('points_award_invoice_idx').on(t.supplierId, t.invoiceId),
		index('points_award_acted_idx').on(t.supplierId, t.clientId, t.actedOn),
		index('points_award_final_idx')
			.on(t.finalOn)
			.where(sql`${t.pendingPoints} > 0 and ${t.finalOn} is not null`),
		check(
			'points_award_points_check',
			sql`${t.points} >= 0 and ${t.pendingPoints} >= 0 and ${t.earnedPoints} >= 0 and ${t.pendingPoints} + ${t.earnedPoints} <= ${t.points}`
		),
		check('points_award_plan_check', sql`(${t.kind} = 'plan') = (${t.planId} is not null)`),
		check('points_award_expiry_check', sql`${t.expiresOn} > ${t.actedOn}`)
	]
);

/** An invoice that was settled, once, as the series of invoices on time counts it. */
export const pointsBeat = pgTable(
	'points_beat',
	{
		supplierId: id(),
		invoiceId: id(),
		clientId: id(),
		seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
		verdict: choice<Exclude<Verdict, 'excluded'>>({ on_time: true, late: true, neutral: true }).notNull(),
		stands: boolean().notNull(), // false while it is owed again
		streakAwardId: optionalId(), // the bonus that it was counted for
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'points_beat_pk', columns: [t.supplierId, t.invoiceId] }),
		foreignKey({
			name: 'points_beat_invoice_fk',
			columns: [t.supplierId, t.invoiceId],
			foreignColumns: [invoice.supplierId, invoice.invoiceId]
		}),
		foreignKey({
			name: 'points_beat_account_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [pointsAccount.supplierId, pointsAccount.clientId]
		}),
		foreignKey({
			name: 'points_beat_award_fk',
			columns: [t.supplierId, t.streakAwardId],
			foreignColumns: [pointsAward.supplierId, pointsAward.awardId]
		}),
		oneOf('points_beat_verdict_check', t.verdict),
		index('points_beat_client_idx').on(t.supplierId, t.clientId, t.seq),
		index('points_beat_award_idx')
			.on(t.supplierId, t.streakAwardId)
			.where(sql`${t.streakAwardId} is not null`)
	]
);
