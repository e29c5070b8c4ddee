// API keys: made, listed and revoked by an owner who has just proved to be there. The key is shown once; only its hash is kept.
// Refusals: not_allowed, proof_needed, input_invalid, not_found.
import { KEY_SCOPES, may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newId, newSecret, sha256 } from '../../identity.ts';
import { insertApiKey, listApiKeys, revokeApiKey, type ApiKeyRow } from '../../store/access.ts';
import { recordAudit } from '../../store/records.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { requireFreshProof } from './fresh-proof.ts';

export async function createApiKey(services: Services, scope: Scope, name: string): Promise<Result<{ key: string }>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	if (!name.trim() || name.length > 80) return refuse('input_invalid', { field: 'name' });
	const key = `ponctuel_${newSecret()}`;
	const now = services.clock.now();
	await commit(services, scope, async (tx) => {
		const apiKeyId = newId();
		await insertApiKey(tx, scope, {
			apiKeyId,
			name: name.trim(),
			keyHash: sha256(key),
			lastFour: key.slice(-4),
			scopes: [...KEY_SCOPES],
			addresses: [],
			expiresAt: null,
			createdAt: now,
			revokedAt: null
		});
		const auditId = await recordAudit(tx, scope, now, 'api_key_created', apiKeyId, { name: name.trim() });
		await queueOwnerNotice(tx, scope, now, auditId);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'key_created', detail: { name: name.trim() } });
	});
	return done({ key });
}

export async function endApiKey(services: Services, scope: Scope, apiKeyId: string): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		if (!(await revokeApiKey(tx, scope, apiKeyId, now))) return refuse('not_found');
		await recordAudit(tx, scope, now, 'api_key_revoked', apiKeyId);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'key_revoked', detail: { key: apiKeyId } });
		return done(null);
	});
}
export const listKeys = (services: Services, scope: Scope): Promise<ApiKeyRow[]> =>
	read(services, scope, (tx) => listApiKeys(tx, scope));
