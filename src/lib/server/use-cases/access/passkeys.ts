// A member's passkeys, beside the mailed code: made, listed, removed, after a fresh proof; all owners are told. Removing the last one leaves the code.
// Actor: a member. Refusals: not_allowed, proof_needed, passkey_refused, input_invalid, not_found.
import type { PasskeyView, Registration } from '../../../contract/passkeys.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { mintChallenge, takeChallenge, type Occasion } from '../../access/challenges.ts';
import { canHavePasskeys, readRegistration, registrationOptions } from '../../access/webauthn.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import { findMember } from '../../store/members.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { deletePasskey, insertPasskey, listPasskeys } from '../../store/passkeys.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { requireFreshProof } from './fresh-proof.ts';

const PASSKEYS_MAX = 10;
const memberOf = ({ actor }: Scope): string | null => (actor.kind === 'member' ? actor.memberId : null);
const occasionOf = (memberId: string, browserSecret: string): Occasion => ({
	purpose: 'register',
	who: memberId,
	browserSecret
});

/** `possible`: false where the site has no name that a passkey could belong to. */
export async function readPasskeys(
	services: Services,
	scope: Scope
): Promise<{ possible: boolean; passkeys: PasskeyView[] }> {
	const memberId = memberOf(scope);
	const rows = memberId ? await read(services, scope, (tx) => listPasskeys(tx, scope, memberId)) : [];
	return {
		possible: canHavePasskeys(services.config),
		passkeys: rows.map(({ passkeyId, name, isSynced, createdAt, lastUsedAt }) => ({
			passkeyId,
			name,
			isSynced,
			createdAt,
			lastUsedAt
		}))
	};
}

type CreationOptions = Awaited<ReturnType<typeof registrationOptions>>;
/** What the browser hands to its authenticator. Asks for the proof already: nobody makes a passkey that is then refused. */
export async function offerPasskey(
	services: Services,
	scope: Scope,
	browserSecret: string
): Promise<Result<CreationOptions>> {
	const memberId = memberOf(scope);
	if (!memberId || !canHavePasskeys(services.config)) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	return read(services, scope, async (tx) => {
		const person = await findMember(tx, scope, memberId);
		if (!person) return refuse('not_found');
		const { name: supplierName } = await getSupplier(tx, scope);
		const challenge = mintChallenge(services.config, occasionOf(memberId, browserSecret), services.clock.now());
		const known = await listPasskeys(tx, scope, memberId);
		return done(await registrationOptions(services.config, { ...person, supplierName }, known, challenge));
	});
}

export async function addPasskey(
	services: Services,
	scope: Scope,
	input: { name: string; response: Registration; browserSecret: string | null }
): Promise<Result<{ passkeyId: string }>> {
	const memberId = memberOf(scope);
	if (!memberId) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const { db, config } = services;
	const now = services.clock.now();
	const occasion = occasionOf(memberId, input.browserSecret ?? '');
	const credential = input.browserSecret
		? await readRegistration(config, input.response, (given) => takeChallenge({ db, config, now }, occasion, given))
		: null;
	if (!credential) return refuse('passkey_refused');
	return commit(services, scope, async (tx) => {
		const person = await findMember(tx, scope, memberId);
		if (!person) return refuse('not_found');
		if ((await listPasskeys(tx, scope, memberId)).length >= PASSKEYS_MAX)
			return refuse('input_invalid', { field: 'passkeys' });
		const row = { passkeyId: newId(), memberId, name: input.name, createdAt: now, lastUsedAt: null, ...credential };
		if (!(await insertPasskey(tx, scope, row))) return refuse('passkey_refused');
		const detail = { name: input.name, person: person.name };
		const auditId = await recordAudit(tx, scope, now, 'passkey_added', row.passkeyId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'passkey_added', detail: { name: input.name } });
		await queueOwnerNotice(tx, scope, now, auditId, person);
		return done({ passkeyId: row.passkeyId });
	});
}

export async function removePasskey(services: Services, scope: Scope, passkeyId: string): Promise<Result<null>> {
	const memberId = memberOf(scope);
	if (!memberId) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const person = await findMember(tx, scope, memberId);
		const removed = person && (await deletePasskey(tx, scope, { memberId, passkeyId }));
		if (!removed) return refuse('not_found');
		const detail = { name: removed.name, person: person.name };
		const auditId = await recordAudit(tx, scope, now, 'passkey_removed', passkeyId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'passkey_removed', detail: { name: removed.name } });
		await queueOwnerNotice(tx, scope, now, auditId, person);
		return done(null);
	});
}
