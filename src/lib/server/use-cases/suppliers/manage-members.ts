// The supplier's team: who is in it and with which role. Actor: an owner who has just proved to be there. All owners are told, and the person it is about.
// Refusals: not_allowed, proof_needed, input_invalid, not_found, last_owner.
import type { MemberView } from '../../../contract/access-views.ts';
import { may, type Role, type Scope } from '../../../domain/access/scope.ts';
import type { Locale } from '../../../domain/money/format.ts';
import type { Services } from '../../services.ts';
import { newId } from '../../identity.ts';
import { deleteWaysInOf } from '../../store/access.ts';
import type { Tx } from '../../store/database.ts';
import { findMember, listMembers } from '../../store/members.ts';
import { deleteMember, saveRole } from '../../store/members.ts';
import { insertMember, lockMembers, type Member } from '../../store/members.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

export const readMembers = (services: Services, scope: Scope): Promise<MemberView[]> =>
	read(services, scope, async (tx) =>
		(await listMembers(tx, scope)).map(({ memberId, name, email, role }) => ({ memberId, name, email, role }))
	);

export type NewMember = { email: string; name: string; role: Role; locale: Locale };

export async function addMember(
	services: Services,
	scope: Scope,
	input: NewMember
): Promise<Result<{ memberId: string }>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const memberId = newId();
		if (!(await insertMember(tx, scope, { memberId, ...input, createdAt: now })))
			return refuse('input_invalid', { field: 'email' });
		const detail = { person: input.name, role: input.role };
		const auditId = await recordAudit(tx, scope, now, 'member_added', memberId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'member_added', detail });
		await queueOwnerNotice(tx, scope, now, auditId);
		return done({ memberId });
	});
}

export async function changeRole(
	services: Services,
	scope: Scope,
	memberId: string,
	role: Role
): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const person = await findOther(tx, scope, memberId, role);
		if (!person.ok) return person;
		if (person.value.role === role) return done(null);
		await saveRole(tx, scope, memberId, role);
		const detail = { person: person.value.name, role, before: person.value.role };
		const auditId = await recordAudit(tx, scope, now, 'role_changed', memberId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'member_changed', detail });
		await queueOwnerNotice(tx, scope, now, auditId, person.value);
		return done(null);
	});
}

/** Gone at once: passkeys go with the row, sessions right after. What the person did stays in the audit. */
export async function removeMember(services: Services, scope: Scope, memberId: string): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_members')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const now = services.clock.now();
	const removed = await commit(services, scope, async (tx) => {
		const person = await findOther(tx, scope, memberId, null);
		if (!person.ok) return person;
		const detail = { person: person.value.name };
		const auditId = await recordAudit(tx, scope, now, 'member_removed', memberId, detail);
		await noteSecurityEvent(tx, now, { ...whoIs(scope), kind: 'member_removed', detail });
		await queueOwnerNotice(tx, scope, now, auditId, person.value);
		await deleteMember(tx, scope, memberId);
		return done(null);
	});
	// The person is gone already, and with it every right of its sessions: their rows are only tidied away.
	if (removed.ok) await deleteWaysInOf(services.db, scope.supplierId, memberId);
	return removed;
}

/** The person, unless nobody would be left who may manage people. Two owners who remove each other are taken in turn. */
async function findOther(tx: Tx, scope: Scope, memberId: string, role: Role | null): Promise<Result<Member>> {
	const members = await lockMembers(tx, scope);
	const person = await findMember(tx, scope, memberId);
	if (!person) return refuse('not_found');
	const ownersLeft = members.filter((one) => one.role === 'owner' && one.memberId !== memberId).length;
	return person.role === 'owner' && role !== 'owner' && ownersLeft === 0 ? refuse('last_owner') : done(person);
}
