// The points ledger: entries that are only ever added, what is left of each earning, what was taken for points. drizzle/0035_points.sql holds them together.
import type { PointsEntryKind, RedemptionKind } from '../../../domain/points/kinds.ts';
import { sql } from 'drizzle-orm';
import {
	bigint,
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
import type { Taken } from '../../../domain/points/ledger.ts';
import type { Words } from '../../../domain/points/programme.ts';
import { REDEMPTION_STATES } from '../../../domain/points/redemption-states.ts';
import {
	choice,
	day,
	id,
	instant,
	oneOf,
	optionalDay,
	optionalId,
	optionalInstant,
	optionalMoney,
	stateOf
} from './columns.ts';
import { contact, supplier } from './parties.ts';
import { paymentAttempt } from './payments.ts';
import { pointsAccount, pointsProgramme } from './points.ts';

export type { PointsEntryKind, RedemptionKind };
/** `credit`: less to pay of invoices, in one payment. The others are rewards of the programme. */
export const pointsRedemption = pgTable(
	'points_redemption',
	{
		supplierId: id(),
		redemptionId: id(), // of a credit: the attempt
		clientId: id(),
		contactId: optionalId(),
		kind: choice<RedemptionKind>({ credit: true, service: true, voucher: true, gift: true }).notNull(),
		state: stateOf(REDEMPTION_STATES).notNull(),
		points: integer().notNull(),
		taken: jsonb().$type<Taken[]>().notNull(), // of which earnings: given back, they are where they were
		attemptId: optionalId(),
		valueMinor: optionalMoney(), // of a credit
		rewardId: optionalId(),
		name: jsonb().$type<Words>(), // of a reward, as it was taken
		code: text(), // of a voucher
		version: integer().notNull(),
		createdAt: instant(),
		settledAt: optionalInstant(),
		settledBy: text(),
		note: text() // of who canceled it
	},
	(t) => [
		primaryKey({ name: 'points_redemption_pk', columns: [t.supplierId, t.redemptionId] }),
		foreignKey({
			name: 'points_redemption_account_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [pointsAccount.supplierId, pointsAccount.clientId]
		}),
		foreignKey({
			name: 'points_redemption_contact_fk',
			columns: [t.supplierId, t.contactId],
			foreignColumns: [contact.supplierId, contact.contactId]
		}),
		foreignKey({
			name: 'points_redemption_attempt_fk',
			columns: [t.supplierId, t.attemptId],
			foreignColumns: [paymentAttempt.supplierId, paymentAttempt.attemptId]
		}),
		foreignKey({
			name: 'points_redemption_version_fk',
			columns: [t.supplierId, t.version],
			foreignColumns: [pointsProgramme.supplierId, pointsProgramme.version]
		}),
		oneOf('points_redemption_kind_check', t.kind),
		oneOf('points_redemption_state_check', t.state),
		uniqueIndex('one_redemption_per_attempt')
			.on(t.supplierId, t.attemptId)
			.where(sql`${t.attemptId} is not null`),
		index('points_redemption_client_idx').on(t.supplierId, t.clientId, t.createdAt),
		index('points_redemption_reward_idx')
			.on(t.supplierId, t.rewardId)
			.where(sql`${t.rewardId} is not null`),
		check('points_redemption_points_check', sql`${t.points} > 0`),
		check(
			'points_redemption_what_check',
			sql`(${t.kind} = 'credit') = (num_nonnulls(${t.attemptId}, ${t.valueMinor}) = 2) and (${t.kind} <> 'credit') = (num_nonnulls(${t.rewardId}, ${t.name}) = 2) and (${t.code} is null or ${t.kind} = 'voucher')`
		)
	]
);

/** Codes of a voucher reward, as the supplier brought them; each is given once. */
export const voucherCode = pgTable(
	'voucher_code',
	{ supplierId: id(), rewardId: id(), code: text().notNull(), redemptionId: optionalId(), addedAt: instant() },
	(t) => [
		primaryKey({ name: 'voucher_code_pk', columns: [t.supplierId, t.rewardId, t.code] }),
		foreignKey({ name: 'voucher_code_supplier_fk', columns: [t.supplierId], foreignColumns: [supplier.supplierId] }),
		foreignKey({
			name: 'voucher_code_redemption_fk',
			columns: [t.supplierId, t.redemptionId],
			foreignColumns: [pointsRedemption.supplierId, pointsRedemption.redemptionId]
		}),
		uniqueIndex('voucher_code_once').on(t.supplierId, t.rewardId, sql`lower(${t.code} collate pg_c_utf8)`),
		index('voucher_code_free_idx')
			.on(t.supplierId, t.rewardId, t.code)
			.where(sql`${t.redemptionId} is null`)
	]
);

/** `pending`: will be earned. `given_back`: spent on what came to nothing. `reversed`: its money went back. */
/** One line of the ledger: what it adds to the balance and to what is pending. Balance is the sum; `(source, cause, kind)` is never written twice. */
export const pointsEntry = pgTable(
	'points_entry',
	{
		supplierId: id(),
		entryId: id(),
		seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
		clientId: id(),
		kind: choice<PointsEntryKind>({
			pending: true,
			earned: true,
			spent: true,
			given_back: true,
			expired: true,
			reversed: true,
			adjusted: true
		}).notNull(),
		points: integer().notNull(),
		pendingPoints: integer().notNull(),
		sourceId: id(), // the award, the redemption, the lot that expired, or the adjustment itself
		causeId: text().notNull(), // the payment, refund, return, try or day that made it so
		happenedOn: day(),
		expiresOn: optionalDay(), // of points that came in
		reason: text(), // of an adjustment, which the client reads
		madeBy: text(),
		createdAt: instant()
	},
	(t) => [
		primaryKey({ name: 'points_entry_pk', columns: [t.supplierId, t.entryId] }),
		foreignKey({
			name: 'points_entry_account_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [pointsAccount.supplierId, pointsAccount.clientId]
		}),
		oneOf('points_entry_kind_check', t.kind),
		unique('points_entry_once').on(t.supplierId, t.sourceId, t.causeId, t.kind),
		index('points_entry_client_idx').on(t.supplierId, t.clientId, t.seq),
		index('points_entry_source_idx').on(t.supplierId, t.sourceId),
		index('points_entry_day_idx').on(t.supplierId, t.happenedOn, t.seq),
		check(
			'points_entry_sign_check',
			sql`case ${t.kind}
				when 'pending' then ${t.points} = 0 and ${t.pendingPoints} > 0
				when 'earned' then ${t.points} > 0 and ${t.pendingPoints} <= 0
				when 'spent' then ${t.points} < 0 and ${t.pendingPoints} = 0
				when 'expired' then ${t.points} < 0 and ${t.pendingPoints} = 0
				when 'given_back' then ${t.points} > 0 and ${t.pendingPoints} = 0
				when 'reversed' then ${t.points} <= 0 and ${t.pendingPoints} <= 0 and ${t.points} + ${t.pendingPoints} < 0
				else ${t.points} <> 0 and ${t.pendingPoints} = 0 end`
		),
		check('points_entry_reason_check', sql`(${t.kind} = 'adjusted') = (num_nonnulls(${t.reason}, ${t.madeBy}) = 2)`)
	]
);

/** What is left of points that came in: those that expire first are spent first. */
export const pointsLot = pgTable(
	'points_lot',
	{
		supplierId: id(),
		entryId: id(),
		clientId: id(),
		expiresOn: optionalDay(),
		left: integer().notNull(),
		toldOn: optionalDay(), // when its end was announced
		ofEntryId: optionalId() // of points given back with a later end: the earning that they are of
	},
	(t) => [
		primaryKey({ name: 'points_lot_pk', columns: [t.supplierId, t.entryId] }),
		foreignKey({
			name: 'points_lot_account_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [pointsAccount.supplierId, pointsAccount.clientId]
		}),
		foreignKey({
			name: 'points_lot_entry_fk',
			columns: [t.supplierId, t.entryId],
			foreignColumns: [pointsEntry.supplierId, pointsEntry.entryId]
		}),
		foreignKey({
			name: 'points_lot_of_entry_fk',
			columns: [t.supplierId, t.ofEntryId],
			foreignColumns: [pointsEntry.supplierId, pointsEntry.entryId]
		}),
		index('points_lot_of_entry_idx')
			.on(t.supplierId, t.ofEntryId)
			.where(sql`${t.ofEntryId} is not null`),
		index('points_lot_open_idx')
			.on(t.supplierId, t.clientId, t.expiresOn)
			.where(sql`${t.left} > 0`),
		index('points_lot_expiry_idx')
			.on(t.expiresOn)
			.where(sql`${t.left} > 0 and ${t.expiresOn} is not null`),
		check('points_lot_left_check', sql`${t.left} >= 0`)
	]
);
