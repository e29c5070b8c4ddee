// Who of a client is let in, and what each may: receive its invoices, see all of them, pay them. Whoever was there before, and the supplier's owners, are told.
// Actor: owner or accountant who has just proved to be there. Refusals: not_allowed, proof_needed, not_found, input_invalid, contact_known. Mails: contact_added, contact_added_told.
import { may, type Scope } from '../../../domain/access/scope.ts';
import { mailboxOf } from '../../../domain/mail/mailbox.ts';
import { oneLine } from '../../../domain/mail/one-line.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findClient, insertClients } from '../../store/clients.ts';
import { type Client } from '../../store/clients.ts';
import { saveRights } from '../../store/contacts.ts';
import { listContacts } from '../../store/contacts.ts';
import { findContact } from '../../store/contacts.ts';
import { type ContactRights } from '../../store/contacts.ts';
import { recordAudit } from '../../store/audits.ts';
import { noteSecurityEvent, whoIs } from '../../store/security-events.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { tellPlansOf } from '../methods/follow-method.ts';
import { queueContactMails } from '../mails/queue-mails.ts';
import { commit, done, refuse, type Result } from '../run.ts';

const NAME_MAX = 200;
export type NewContact = { email: string; name: string; rights: ContactRights };
const rightsText = (rights: ContactRights): Record<string, string> => ({
	receives: String(rights.isBilling),
	sees: String(rights.hasPortal),
	pays: String(rights.mayPay)
});

export async function addContact(
	services: Services,
	scope: Scope,
	{ clientId, ...person }: NewContact & { clientId: string }
): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_contacts')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	return commit(services, scope, async (tx) => {
		const client = await findClient(tx, scope, clientId);
		return client ? letIn(tx, scope, services.clock.now(), client, person) : refuse('not_found');
	});
}

/** Inside the caller's transaction, which has asked whether the actor may, and is there. */
export async function letIn(
	tx: Tx,
	scope: Scope,
	now: Date,
	client: Pick<Client, 'clientId' | 'name'>,
	{ email: written, name, rights }: NewContact
): Promise<Result<null>> {
	const email = mailboxOf(written);
	if (!email) return refuse('input_invalid', { field: 'email' });
	const known = await listContacts(tx, scope, client.clientId);
	if (known.some((one) => one.email === email)) return refuse('contact_known');
	const contact = {
		contactId: newId(),
		clientId: client.clientId,
		email,
		name: oneLine(name).slice(0, NAME_MAX) || client.name,
		locale: 'fr' as const,
		...rights,
		mailProblem: null,
		mailProblemAt: null,
		createdAt: now
	};
	await insertClients(tx, scope, [], [contact]);
	await recordAudit(tx, scope, now, 'contact_added', contact.contactId, {
		client: client.clientId,
		email,
		...rightsText(rights)
	});
	await noteSecurityEvent(tx, now, {
		...whoIs(scope),
		kind: 'contact_added',
		detail: { client: client.name, email, ...rightsText(rights) }
	});
	await queueContactMails(tx, scope, now, { contactId: contact.contactId, occasion: 'added' }, known);
	return done(null);
}

/** More than before is told like a new contact: somebody is let in. */
export async function changeRights(
	services: Services,
	scope: Scope,
	{ clientId, contactId, rights }: { clientId: string; contactId: string; rights: ContactRights }
): Promise<Result<null>> {
	if (!may(scope.actor, 'manage_contacts')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	return commit(services, scope, async (tx) => {
		const contact = await findContact(tx, scope, contactId);
		if (contact?.clientId !== clientId) return refuse('not_found');
		const now = services.clock.now();
		await saveRights(tx, scope, contactId, rights);
		if (contact.mayPay && !rights.mayPay) await tellPlansOf(tx, scope, now, contactId);
		await recordAudit(tx, scope, now, 'contact_rights_changed', contactId, rightsText(rights));
		await noteSecurityEvent(tx, now, {
			...whoIs(scope),
			kind: 'contact_changed',
			detail: { email: contact.email, ...rightsText(rights) }
		});
		const gains = (['isBilling', 'hasPortal', 'mayPay'] as const).some((right) => rights[right] && !contact[right]);
		if (!gains) return done(null);
		const others = (await listContacts(tx, scope, clientId)).filter((one) => one.contactId !== contactId);
		await queueContactMails(tx, scope, now, { contactId, occasion: newId() }, others);
		return done(null);
	});
}
