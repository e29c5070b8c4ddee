// When a member has lost something to sign in with. A lost phone or computer: an owner forgets the person's devices, and the mailed code remains. A lost mailbox: only
// the operator gives another address (npm run member), having made sure who asks. All owners are told, and the person. Refusals: not_allowed, proof_needed,
// not_found, input_invalid.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { mailboxOf } from '../../../domain/mail/mailbox.ts';
import type { Services } from '../../services.ts';
import { deleteWaysInOf } from '../../store/access.ts';
import { findMember } from '../../store/members.ts';
import { saveMemberAddress } from '../../store/members.ts';
import { deletePasskeysOf } from '../../store/passkeys.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, refuse, type Result } from '../run.ts';

/** Every session of the person ends, every passkey is removed, and no browser is known any more; nor does a link that was mailed before open. */
export async function forgetDevices(services: Services, scope: Scope, memberId: string): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	const forgotten = await commit(services, scope, async (tx) => {
		const person = await findMember(tx, scope, memberId);
		if (!person) return refuse('not_found');
		const detail = { person: person.name };
		for (const { name } of await deletePasskeysOf(tx, scope, memberId))
			await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'passkey_removed', detail: { name, ...detail } });
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'session_ended', detail });
		const auditId = await recordAudit(tx, scope, now, 'devices_forgotten', memberId, detail);
		await queueOwnerNotice(tx, scope, now, auditId, person);
		return done(null);
	});
	if (forgotten.ok) await deleteWaysInOf(services.db, scope.supplierId, memberId);
	return forgotten;
}

/** Told to the old addresses of owners and person as well as to the new one. What was signed in or mailed before opens nothing any more. */
export async function changeAddress(
	services: Services,
	scope: Scope,
	memberId: string,
	written: string
): Promise<Result<null>> {
	if (scope.actor.kind !== 'system') return refuse('not_allowed');
	const email = mailboxOf(written);
	if (!email) return refuse('input_invalid', { field: 'email' });
	const now = services.clock.now();
	const changed = await commit(services, scope, async (tx) => {
		const person = await findMember(tx, scope, memberId);
		if (!person) return refuse('not_found');
		const detail = { person: person.name, before: person.email, after: email };
		const auditId = await recordAudit(tx, scope, now, 'address_changed', memberId, detail);
		await queueOwnerNotice(tx, scope, now, auditId, person);
		if (!(await saveMemberAddress(tx, scope, memberId, email))) return refuse('input_invalid', { field: 'email' });
		await queueOwnerNotice(tx, scope, now, auditId, { ...person, email });
		await deletePasskeysOf(tx, scope, memberId);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'member_changed', detail });
		return done(null);
	});
	if (changed.ok) await deleteWaysInOf(services.db, scope.supplierId, memberId);
	return changed;
}
