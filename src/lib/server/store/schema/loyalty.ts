// LoyaltyLion, the shopper programme that a supplier may have besides: the connection, what is to be said there (an outbox), what it says of a client.
// Nothing here decides anything about points: the ledger is the truth (points.ts), and works without it.
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
	unique
} from 'drizzle-orm/pg-core';
import type {
	BrokenReason,
	ClaimedReward,
	ConnectionState,
	LoyaltyOperation,
	LoyaltyRowState,
	MemberState,
	RecordOutcome
} from '../../../domain/points/loyalty.ts';
import { bytes, choice, day, id, instant, oneOf, optionalInstant } from './columns.ts';
import { client, supplier } from './parties.ts';
import { pointsAward } from './points.ts';

/** One per supplier; it stays when it is ended, without its key. */
export const loyaltyConnection = pgTable(
	'loyalty_connection',
	{
		supplierId: id(),
		state: choice<ConnectionState>({ active: true, paused: true, broken: true, disconnected: true }).notNull(),
		sealedKey: bytes(), // server/sealed-key.ts; never shown again, never in a log
		keyLastFour: text().notNull(),
		siteId: bigint({ mode: 'number' }).notNull(),
		ruleName: text().notNull(),
		connectedBy: text().notNull(),
		connectedAt: instant(),
		brokenReason: choice<BrokenReason>({ key_refused: true, scope_missing: true, key_unreadable: true }),
		brokenDetail: text(),
		resumeAt: optionalInstant(), // LoyaltyLion asked to wait: until then nothing is sent
		nextCallAt: optionalInstant(), // the next free place among the calls of this key
		seenActivityId: bigint({ mode: 'number' }).notNull(), // the newest that was read there: what is sent from now on has a later one
		lastSyncedAt: optionalInstant()
	},
	(t) => [
		primaryKey({ name: 'loyalty_connection_pk', columns: [t.supplierId] }),
		foreignKey({
			name: 'loyalty_connection_supplier_fk',
			columns: [t.supplierId],
			foreignColumns: [supplier.supplierId]
		}),
		oneOf('loyalty_connection_state_check', t.state),
		oneOf('loyalty_connection_broken_reason_check', t.brokenReason),
		check('loyalty_connection_key_check', sql`(${t.state} = 'disconnected') = (${t.sealedKey} is null)`),
		check('loyalty_connection_broken_check', sql`(${t.state} = 'broken') = (${t.brokenReason} is not null)`),
		check('loyalty_connection_rule_check', sql`${t.ruleName} ~ '^[A-Za-z_]{1,60}$'`)
	]
);

/** `look`: it was asked for and the answer was lost; whether it is there is read before it is asked for again. */
export type LoyaltyStep = 'send' | 'look';
/** What is to be said of an award, in the order in which it became so. The lane is the client: what waits or failed lets nothing of the same client pass. */
export const loyaltyOutbox = pgTable(
	'loyalty_outbox',
	{
		supplierId: id(),
		rowId: id(),
		seq: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
		clientId: id(),
		awardId: id(),
		round: integer().notNull(), // money that came back a second time is an activity of its own: one that was declined stays so
		operation: choice<LoyaltyOperation>({ record: true, approve: true, decline: true }).notNull(),
		actedOn: day(),
		state: choice<LoyaltyRowState>({
			waiting: true,
			sending: true,
			done: true,
			failed: true,
			skipped: true
		}).notNull(),
		step: choice<LoyaltyStep>({ send: true, look: true }).notNull(),
		attempts: integer().notNull(),
		nextAt: instant(),
		sinceActivityId: bigint({ mode: 'number' }), // what it became has a later id
		outcome: choice<RecordOutcome>({ earned: true, not_enrolled: true, earned_nothing: true }),
		lastStatus: integer(),
		lastError: text(),
		createdAt: instant(),
		sentAt: optionalInstant(),
		settledAt: optionalInstant(),
		settledBy: text() // the person who skipped it
	},
	(t) => [
		primaryKey({ name: 'loyalty_outbox_pk', columns: [t.supplierId, t.rowId] }),
		foreignKey({
			name: 'loyalty_outbox_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		foreignKey({
			name: 'loyalty_outbox_award_fk',
			columns: [t.supplierId, t.awardId],
			foreignColumns: [pointsAward.supplierId, pointsAward.awardId]
		}),
		oneOf('loyalty_outbox_operation_check', t.operation),
		oneOf('loyalty_outbox_state_check', t.state),
		oneOf('loyalty_outbox_step_check', t.step),
		oneOf('loyalty_outbox_outcome_check', t.outcome),
		unique('loyalty_outbox_once').on(t.supplierId, t.awardId, t.round, t.operation),
		index('loyalty_outbox_lane_idx')
			.on(t.supplierId, t.clientId, t.seq)
			.where(sql`${t.state} in ('waiting', 'sending', 'failed')`),
		index('loyalty_outbox_due_idx')
			.on(t.nextAt)
			.where(sql`${t.state} in ('waiting', 'sending')`),
		index('loyalty_outbox_page_idx').on(t.supplierId, t.seq),
		check(
			'loyalty_outbox_settled_check',
			sql`(${t.state} in ('done', 'skipped')) = (${t.settledAt} is not null) and (${t.state} = 'skipped') = (${t.settledBy} is not null)`
		),
		check('loyalty_outbox_error_check', sql`length(${t.lastError}) <= 500`)
	]
);

/** A client as LoyaltyLion told of it last. */
export const loyaltyMember = pgTable(
	'loyalty_member',
	{
		supplierId: id(),
		clientId: id(),
		state: choice<MemberState>({ enrolled: true, guest: true, unknown: true }).notNull(),
		pointsApproved: integer().notNull(),
		pointsPending: integer().notNull(),
		rewards: jsonb().$type<ClaimedReward[]>().notNull(),
		syncedAt: instant()
	},
	(t) => [
		primaryKey({ name: 'loyalty_member_pk', columns: [t.supplierId, t.clientId] }),
		foreignKey({
			name: 'loyalty_member_client_fk',
			columns: [t.supplierId, t.clientId],
			foreignColumns: [client.supplierId, client.clientId]
		}),
		oneOf('loyalty_member_state_check', t.state),
		index('loyalty_member_synced_idx').on(t.syncedAt)
	]
);
