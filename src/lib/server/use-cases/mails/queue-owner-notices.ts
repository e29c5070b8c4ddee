// What owners are told by mail, written in the fact's own transaction: a door was opened or closed, or money's way was changed. The mail says what
// the audit line says. Not told: sign-ins from a new browser. Each needs the mailbox or a passkey already, telephones change their address all day, and
// a mail that comes daily is one that nobody reads; devices are listed, and ended, in the account page.
import type { Scope } from '../../../domain/access/scope.ts';
import { newId } from '../../identity.ts';
import type { Tx } from '../../store/database.ts';
import { queueMail } from '../../store/mails.ts';
import { listMembers } from '../../store/members.ts';
import { type Member } from '../../store/members.ts';

/** To every owner, whoever did it: the person may not be who the session says. `also`: whom it is about, and who may be no owner. */
export async function queueOwnerNotice(
	tx: Tx,
	scope: Scope,
	now: Date,
	auditId: string,
	also: Member | null = null
): Promise<void> {
	const owners = (await listMembers(tx, scope)).filter((member) => member.role === 'owner');
	const others = also && !owners.some((owner) => owner.memberId === also.memberId) ? [also] : [];
	await tell(tx, scope, now, auditId, [...owners, ...others]);
}

/** Refunds are daily work, and go back to where the money came from: every owner but the one who has just asked for it. */
export async function queueRefundNotice(tx: Tx, scope: Scope, now: Date, auditId: string): Promise<void> {
	const { actor } = scope;
	const self = actor.kind === 'member' ? actor.memberId : null;
	const owners = (await listMembers(tx, scope)).filter((member) => member.role === 'owner' && member.memberId !== self);
	await tell(tx, scope, now, auditId, owners);
}

async function tell(tx: Tx, scope: Scope, now: Date, auditId: string, people: Member[]): Promise<void> {
	for (const person of people)
		await queueMail(
			tx,
			scope,
			{
				mailId: newId(),
				kind: 'owner_notice',
				uniqueKey: `notice:${auditId}`,
				contactId: null,
				memberId: person.memberId,
				toAddress: person.email,
				locale: person.locale,
				subjectId: auditId
			},
			now
		);
}
