// The worker says one thing to LoyaltyLion: a payment on time was made, became final, came back. Strictly in order for each client; what was lost is
// looked up before it is said again; a refused key stops everything of that supplier. Points are earned and spent here without it.
// Actor: the worker. Rows: store/loyalty-outbox.ts.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import { waitAfter, type RecordOutcome } from '../../../domain/points/loyalty.ts';
import type { LoyaltyDoor, LoyaltyMemberThere, LoyaltyProblem } from '../../gateways/loyalty/port.ts';
import { openKey } from '../../sealed-key.ts';
import type { Services } from '../../services.ts';
import {
	findConnection,
	noteSynced,
	updateConnection,
	type LoyaltyConnection
} from '../../store/loyalty-connection.ts';
import { saveLoyaltyMember } from '../../store/loyalty-members.ts';
import {
	claimLoyaltyRow,
	findRecordRow,
	finishLoyaltyRow,
	type ClaimedRow,
	type LoyaltyRow
} from '../../store/loyalty-outbox.ts';
import { commit, read } from '../run.ts';

/** Longer than the calls of one turn may take together. */
const LEASE_MS = 120_000;
const QUOTA_MS = 3_600_000;
export const KEY_PURPOSE = 'loyalty';

/** false when nothing is due. */
export async function sendNextToLoyalty(services: Services): Promise<boolean> {
	const row = await claimLoyaltyRow(services.db, services.clock.now(), LEASE_MS);
	if (!row) return false;
	const scope = mintScope(row.supplierId, { kind: 'system' });
	const connection = await read(services, scope, (tx) => findConnection(tx, scope));
	const door = connection && doorOf(services, connection);
	if (!connection || !door) {
		await stop(services, scope, row, connection, { reason: 'key_unreadable', detail: null });
		return true;
	}
	const turn: Turn = { services, scope, row, connection, door };
	await (row.operation === 'record' ? record(turn) : setState(turn));
	return true;
}
type Turn = {
	services: Services;
	scope: Scope;
	row: ClaimedRow;
	connection: LoyaltyConnection;
	door: LoyaltyDoor;
};

/** null when the key can't be read any more: PONCTUEL_SECRET was changed. */
export function doorOf(
	{ config }: Pick<Services, 'config'>,
	{ supplierId, sealedKey, siteId }: LoyaltyConnection
): LoyaltyDoor | null {
	const key = sealedKey && openKey(config.secret, KEY_PURPOSE, supplierId, sealedKey);
	return key ? { supplierId, key, siteId } : null;
}
/** Ours, and what it is found by there. What came back and was paid again is another one: the first stays declined. */
const activityOf = ({ awardId, round }: LoyaltyRow): string => (round === 1 ? awardId : `${awardId}_${round}`);

async function record(turn: Turn): Promise<void> {
	const { services, scope, row, connection, door } = turn;
	const sinceId = row.sinceActivityId ?? connection.seenActivityId;
	// Whoever held it before may have died between the call and the note of it.
	if (row.step === 'look' || row.wasHeld) {
		const found = await services.loyalty.findPayment(door, { activityId: activityOf(row), sinceId });
		if (found.kind !== 'ok') return problem(turn, found);
		if (found.value.isThere) return settle(turn, { before: null, seenActivityId: found.value.seenActivityId });
		if (!found.value.isWhole)
			return problem(turn, {
				kind: 'refused',
				status: 0,
				problem: 'not found among so many activities: look there by hand'
			});
	}
	const before = await services.loyalty.readMember(door, row.clientId);
	if (before.kind !== 'ok') return problem(turn, before);
	// Noted before the call: whoever finds this row held, or its answer lost, knows from where to look.
	await commit(services, scope, (tx) =>
		finishLoyaltyRow(tx, row, { step: 'look', sinceActivityId: sinceId, sentAt: services.clock.now() })
	);
	const sent = await services.loyalty.recordOnTimePayment(door, {
		ruleName: connection.ruleName,
		activityId: activityOf(row),
		clientId: row.clientId,
		paidOn: row.actedOn
	});
	if (sent.kind === 'refused' && (sent.status === 409 || sent.status === 422)) {
		// Perhaps because it is there already.
		const found = await services.loyalty.findPayment(door, { activityId: activityOf(row), sinceId });
		if (found.kind === 'ok' && found.value.isThere)
			return settle(turn, { before: null, seenActivityId: found.value.seenActivityId });
	}
	if (sent.kind !== 'ok') return problem(turn, sent);
	await settle(turn, { before: before.value, seenActivityId: 0 });
}

async function setState(turn: Turn): Promise<void> {
	const { services, scope, row, connection, door } = turn;
	const state = row.operation === 'approve' ? 'approved' : 'declined';
	const answer = await services.loyalty.setPaymentState(door, {
		ruleName: connection.ruleName,
		activityId: activityOf(row),
		state
	});
	if (answer.kind === 'refused' && answer.status === 404) {
		const recorded = await read(services, scope, (tx) => findRecordRow(tx, scope, row));
		// What earned nothing there, or was left out by a person, need not be there.
		if (recorded?.outcome !== 'earned') return settle(turn, { before: null, seenActivityId: 0 });
	}
	if (answer.kind !== 'ok') return problem(turn, answer);
	await settle(turn, { before: null, seenActivityId: 0 });
}

/** Done. What the client has there now is read, and says what the activity brought: if that can't be read, it is read later. */
async function settle(
	{ services, scope, row, door }: Turn,
	{ before, seenActivityId }: { before: LoyaltyMemberThere | null; seenActivityId: number }
): Promise<void> {
	const after = await services.loyalty.readMember(door, row.clientId);
	const now = services.clock.now();
	await commit(services, scope, async (tx) => {
		await finishLoyaltyRow(tx, row, {
			state: 'done',
			settledAt: now,
			lastStatus: null,
			lastError: null,
			...(row.operation === 'record'
				? { outcome: after.kind === 'ok' ? outcomeOf(before, after.value) : ('earned' as const) }
				: {})
		});
		if (after.kind === 'ok')
			await saveLoyaltyMember(tx, scope, { clientId: row.clientId, ...after.value, syncedAt: now });
		await noteSynced(tx, scope, now, seenActivityId);
	});
}
/** Without a look before, an enrolled client is believed to have earned. */
function outcomeOf(before: LoyaltyMemberThere | null, after: LoyaltyMemberThere): RecordOutcome {
	if (after.state !== 'enrolled') return 'not_enrolled';
	return before && after.pointsPending <= before.pointsPending ? 'earned_nothing' : 'earned';
}

async function problem({ services, scope, row, connection }: Turn, said: LoyaltyProblem): Promise<void> {
	const now = services.clock.now();
	switch (said.kind) {
		case 'key_refused':
			return stop(services, scope, row, connection, { reason: 'key_refused', detail: null });
		case 'scope_missing':
			return stop(services, scope, row, connection, { reason: 'scope_missing', detail: said.problem });
		case 'wait': {
			const resumeAt = new Date(now.getTime() + (said.retryAfterMs ?? QUOTA_MS));
			return commit(services, scope, async (tx) => {
				await updateConnection(tx, scope, { resumeAt });
				await finishLoyaltyRow(tx, row, { ...unsent(row), nextAt: resumeAt, lastStatus: 403, lastError: said.problem });
			});
		}
		case 'later':
		case 'unknown': {
			const waitMs = waitAfter(row.attempts, said.kind === 'later' ? said.retryAfterMs : null);
			return commit(services, scope, (tx) =>
				finishLoyaltyRow(tx, row, {
					state: 'waiting',
					nextAt: new Date(now.getTime() + waitMs),
					lastStatus: said.status,
					lastError: said.problem
				})
			);
		}
		case 'refused':
			return commit(services, scope, (tx) =>
				finishLoyaltyRow(tx, row, {
					state: 'failed',
					lastStatus: said.status || null,
					lastError: said.problem
				})
			);
	}
}
/** It was turned away before it was looked at: not one of its tries. */
const unsent = ({ attempts }: LoyaltyRow) => ({ state: 'waiting' as const, attempts: attempts - 1 });

/** Nothing more of this supplier is sent until an owner has mended it. The row waits as it was. */
async function stop(
	services: Services,
	scope: Scope,
	row: LoyaltyRow,
	asked: LoyaltyConnection | null,
	{ reason, detail }: { reason: 'key_refused' | 'scope_missing' | 'key_unreadable'; detail: string | null }
): Promise<void> {
	const now = services.clock.now();
	await commit(services, scope, async (tx) => {
		const connection = await findConnection(tx, scope);
		// Ended, or given another key, in the meantime: that one is still to be asked.
		if (connection?.state === 'active' && connection.connectedAt.getTime() === asked?.connectedAt.getTime())
			await updateConnection(tx, scope, { state: 'broken', brokenReason: reason, brokenDetail: detail });
		await finishLoyaltyRow(tx, row, {
			...unsent(row),
			nextAt: now,
			lastStatus: reason === 'key_refused' ? 401 : reason === 'scope_missing' ? 403 : null,
			lastError: detail
		});
	});
}
