// Pay links: sent with an invoice, renewed to the address on file, listed and revoked by a member.
import type { PayLinkView } from '../../../contract/admin-views.ts';
import { may, mintScope, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { newId, newSecret, sha256 } from '../../identity.ts';
import { insertPayLink, listPayLinks, revokePayLink, type PayLink } from '../../store/access.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoice } from '../../store/invoices.ts';
import { listBillingContacts } from '../../store/contacts.ts';
import { findContact } from '../../store/contacts.ts';
import { recordAudit } from '../../store/audits.ts';
import { requireProofForMany } from './proof-for-many.ts';
import { queueInvoiceMail } from '../mails/queue-mails.ts';
import { pageOf } from '../page.ts';
import type { Page } from '../../../contract/lists.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';

const LIFE_DAYS = 60;

/** Mints a link for one invoice and one contact. The token exists only in the answer. */
export async function mintPayLink(
	services: Services,
	tx: Tx,
	scope: Scope,
	invoiceId: string,
	contactId: string
): Promise<string> {
	const token = newSecret();
	const now = services.clock.now();
	await insertPayLink(tx, scope, {
		payLinkId: newId(),
		invoiceId,
		contactId,
		tokenHash: sha256(token),
		createdAt: now,
		expiresAt: new Date(now.getTime() + LIFE_DAYS * 86_400_000),
		revokedAt: null
	});
	return `${services.config.origin}/p/${token}`;
}

/** A stale link sends a fresh one, only ever to the address on file. Same answer whether or not a mail leaves. */
export async function renewPayLink(services: Services, link: PayLink): Promise<Result<null>> {
	if (link.revokedAt) return refuse('link_revoked');
	if (!(await services.limits.take('pay_link_renewal', link.payLinkId))) return refuse('too_many_requests');
	const scope = mintScope(link.supplierId, { kind: 'system' });
	const now = services.clock.now();
	await commit(services, scope, async (tx) => {
		const person = await findContact(tx, scope, link.contactId);
		if (person?.isBilling) await queueInvoiceMail(tx, scope, now, link.invoiceId, person, `renewal:${newId()}`);
	});
	return done(null);
}

/** A member sends the invoice (again) to the client's billing contacts. Refusals: not_allowed, proof_needed, not_found, no_billing_contact. */
export async function sendInvoice(
	services: Services,
	scope: Scope,
	invoiceId: string
): Promise<Result<{ sentTo: string[] }>> {
	if (!may(scope.actor, 'send_mail')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const invoice = await findInvoice(tx, scope, invoiceId);
		if (!invoice) return refuse('not_found');
		const people = await listBillingContacts(tx, scope, invoice.clientId);
		if (!people.length) return refuse('no_billing_contact');
		const unproven = await requireProofForMany(services, scope, tx, 1);
		if (unproven) return unproven;
		const occasion = `sent:${newId()}`;
		for (const person of people) await queueInvoiceMail(tx, scope, now, invoiceId, person, occasion);
		await recordAudit(tx, scope, now, 'invoice_sent', invoiceId, {});
		return done({ sentTo: people.map((person) => person.email) });
	});
}

export async function revokeLink(services: Services, scope: Scope, payLinkId: string): Promise<Result<null>> {
	if (!may(scope.actor, 'revoke_link')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		if (!(await revokePayLink(tx, scope, payLinkId, now))) return refuse('not_found');
		await recordAudit(tx, scope, now, 'pay_link_revoked', payLinkId);
		return done(null);
	});
}

export const listLinks = (services: Services, scope: Scope, after: string | null = null): Promise<Page<PayLinkView>> =>
	read(services, scope, (tx) =>
		pageOf(
			{ after, size: LINKS_SHOWN },
			(ask) => listPayLinks(tx, scope, ask),
			(one) => one.payLinkId
		)
	);
const LINKS_SHOWN = 100;
