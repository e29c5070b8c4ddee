// The connection to LoyaltyLion: a key that was tried by a call, a pause, an end. Actor: an owner; who sets a key has just proved to be there. All owners
// are told. Ending it sends nothing and loses nothing: what waits, waits. Refusals: not_allowed, proof_needed, input_invalid, loyalty_refused, not_found.
import type { LoyaltyKey } from '../../../contract/loyalty.ts';
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { isSandboxKey } from '../../../domain/points/loyalty.ts';
import type { LoyaltyAnswer, LoyaltyDoor } from '../../gateways/loyalty/port.ts';
import { sealKey } from '../../sealed-key.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findConnection, noteSynced, saveConnection, updateConnection } from '../../store/loyalty-connection.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { doorOf, KEY_PURPOSE } from './send-to-loyalty.ts';

export async function connectLoyalty(
	services: Services,
	scope: Scope,
	{ key, siteId, ruleName }: LoyaltyKey
): Promise<Result<null>> {
	if (!may(scope.actor, 'connect_outside')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	// Real keys and those of the stand-in never mix.
	if (isSandboxKey(key) !== (services.config.sandbox !== null)) return refuse('input_invalid', { field: 'cle' });
	const { supplierId } = scope;
	const greeted = await greet(services, { supplierId, key, siteId });
	if (!greeted.ok) return greeted;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		await saveConnection(
			tx,
			scope,
			{
				sealedKey: sealKey(services.config.secret, KEY_PURPOSE, supplierId, key),
				keyLastFour: key.slice(-4),
				siteId,
				ruleName,
				connectedBy: actorName(scope.actor),
				connectedAt: now,
				seenActivityId: greeted.value.seenActivityId
			},
			now
		);
		await note(services, tx, scope, 'loyalty_connected', { name: 'LoyaltyLion', last: key.slice(-4) });
		return done(null);
	});
}

/** From a pause, or once LoyaltyLion takes the key again: it is tried by a call first. */
export async function resumeLoyalty(services: Services, scope: Scope): Promise<Result<null>> {
	if (!may(scope.actor, 'connect_outside')) return refuse('not_allowed');
	const connection = await read(services, scope, (tx) => findConnection(tx, scope));
	if (!connection || connection.state === 'disconnected') return refuse('not_found');
	const door = doorOf(services, connection);
	if (!door) return refuse('loyalty_refused', { problem: 'key_unreadable' });
	const greeted = await greet(services, door);
	if (!greeted.ok) return greeted;
	return commit(services, scope, async (tx) => {
		await updateConnection(tx, scope, { state: 'active', brokenReason: null, brokenDetail: null, resumeAt: null });
		await noteSynced(tx, scope, services.clock.now(), greeted.value.seenActivityId);
		await note(services, tx, scope, 'loyalty_resumed', { name: 'LoyaltyLion' });
		return done(null);
	});
}

export const pauseLoyalty = (services: Services, scope: Scope): Promise<Result<null>> =>
	change(services, scope, 'loyalty_paused', { state: 'paused' });
/** The key is forgotten. What was to be said waits for another one; of payments that LoyaltyLion does not know yet, nothing more is put there. */
export const disconnectLoyalty = (services: Services, scope: Scope): Promise<Result<null>> =>
	change(services, scope, 'loyalty_disconnected', { state: 'disconnected', sealedKey: null });

async function change(
	services: Services,
	scope: Scope,
	action: 'loyalty_paused' | 'loyalty_disconnected',
	set: { state: 'paused' | 'disconnected'; sealedKey?: null }
): Promise<Result<null>> {
	if (!may(scope.actor, 'connect_outside')) return refuse('not_allowed');
	return commit(services, scope, async (tx) => {
		const connection = await findConnection(tx, scope);
		if (!connection || connection.state === 'disconnected') return refuse('not_found');
		await updateConnection(tx, scope, { ...set, brokenReason: null, brokenDetail: null });
		await note(services, tx, scope, action, { name: 'LoyaltyLion' });
		return done(null);
	});
}

async function greet(services: Services, door: LoyaltyDoor): Promise<Result<{ seenActivityId: number }>> {
	const answer = await services.loyalty.greet(door);
	return answer.kind === 'ok' ? done(answer.value) : refuse('loyalty_refused', { problem: wordOf(answer) });
}
/** For the sentence: what to look at. */
const wordOf = (answer: Exclude<LoyaltyAnswer<unknown>, { kind: 'ok' }>): string =>
	answer.kind === 'refused' && answer.status === 404 ? 'site_unknown' : answer.kind;

async function note(
	services: Services,
	tx: Tx,
	scope: Scope,
	action: 'loyalty_connected' | 'loyalty_resumed' | 'loyalty_paused' | 'loyalty_disconnected',
	detail: Record<string, string>
): Promise<void> {
	const now = services.clock.now();
	const auditId = await recordAudit(tx, scope, now, action, scope.supplierId, detail);
	await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'key_changed', detail: { name: 'LoyaltyLion' } });
	await queueOwnerNotice(tx, scope, now, auditId);
}
