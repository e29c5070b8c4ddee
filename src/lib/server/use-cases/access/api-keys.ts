// API keys: made, listed and revoked by an owner who has just proved to be there. The key is shown once; only its hash is kept.
// Refusals: not_allowed, proof_needed, input_invalid, too_many_keys, not_found.
import type { ApiKeyView } from '../../../contract/access-views.ts';
import type { NewApiKey } from '../../../contract/api-keys.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { readAddressList } from '../../address-list.ts';
import { newId, newSecret, sha256 } from '../../identity.ts';
import { countLiveKeys, insertApiKey, listApiKeys, revokeApiKey } from '../../store/access.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { requireFreshProof } from './fresh-proof.ts';

const DAY_MS = 86_400_000;
/** Keys that still open something. More is nobody's overview. */
export const LIVE_KEYS_MAX = 20;
const ADDRESSES_MAX = 50;

export async function createApiKey(
	services: Services,
	scope: Scope,
	{ name, scopes, days, addresses: written }: NewApiKey
): Promise<Result<{ key: string }>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const addresses = readAddressList(written);
	if (!addresses || addresses.length > ADDRESSES_MAX) return refuse('input_invalid', { field: 'adresses' });
	const key = `ponctuel_${newSecret()}`;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		if ((await countLiveKeys(tx, scope, now)) >= LIVE_KEYS_MAX) return refuse('too_many_keys');
		const apiKeyId = newId();
		await insertApiKey(tx, scope, {
			apiKeyId,
			name,
			keyHash: sha256(key),
			lastFour: key.slice(-4),
			scopes: [...new Set(scopes)],
			addresses,
			expiresAt: days === null ? null : new Date(now.getTime() + days * DAY_MS),
			createdAt: now,
			revokedAt: null
		});
		const auditId = await recordAudit(tx, scope, now, 'api_key_created', apiKeyId, {
			name,
			scopes: scopes.join(' '),
			days: String(days ?? ''),
			addresses: addresses.join(' ').slice(0, 500)
		});
		await queueOwnerNotice(tx, scope, now, auditId);
		await noteSecurityEvent(tx, now, {
			...whoIs(scope),
			kind: 'key_created',
			detail: { name, scopes: scopes.join(' ') }
		});
		return done({ key });
	});
}

export async function endApiKey(services: Services, scope: Scope, apiKeyId: string): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const name = await revokeApiKey(tx, scope, apiKeyId, now);
		if (name === null) return refuse('not_found');
		await queueOwnerNotice(tx, scope, now, await recordAudit(tx, scope, now, 'api_key_revoked', apiKeyId, { name }));
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'key_revoked', detail: { name } });
		return done(null);
	});
}
export const listKeys = (services: Services, scope: Scope): Promise<ApiKeyView[]> =>
	read(services, scope, async (tx) =>
		(await listApiKeys(tx, scope)).map((key) => ({
			apiKeyId: key.apiKeyId,
			name: key.name,
			lastFour: key.lastFour,
			scopes: key.scopes,
			addresses: key.addresses,
			createdAt: key.createdAt,
			expiresAt: key.expiresAt,
			isExpired: key.expiresAt !== null && key.expiresAt <= services.clock.now(),
			lastUsedAt: key.lastUsedAt,
			lastUsedAddress: key.lastUsedAddress,
			revokedAt: key.revokedAt
		}))
	);
