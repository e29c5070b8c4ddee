// Who is asking: from a session, a pay link, an API key or the address of public rules to a Scope. Outside these four and the worker, nobody mints one.
import { mintScope, type Permission, type Role, type Scope } from '../../domain/access/scope.ts';
import { isListed } from '../address-list.ts';
import { sha256 } from '../identity.ts';
import { findApiKey, findPayLinkByToken, saveKeyUse, type ApiKeyRow, type PayLink } from '../store/access.ts';
import { findContactSystem } from '../store/contacts.ts';
import { findMemberWithChoices } from '../store/members.ts';
import { findSupplierIdBySlug } from '../store/suppliers.ts';
import { inScope } from '../store/tx.ts';
import type { Services } from '../services.ts';
import type { Subject } from './sessions.ts';

/** What the owners let accountants do or not. */
const withheldOf = (role: Role, choices: { mayRefund: boolean; mayPublish: boolean }): Permission[] => [
	...(role === 'accountant' && !choices.mayRefund ? ['refund' as const] : []),
	...(role === 'accountant' && !choices.mayPublish ? ['publish_offers' as const] : [])
];
/** The person may have been removed since: then there is no scope. `provenAt`: when it last proved to be there. */
export async function scopeOfSubject(
	{ db }: Services,
	subject: Subject,
	provenAt: Date | null = null
): Promise<Scope | null> {
	if (subject.kind === 'member') {
		const person = await findMemberWithChoices(db, subject.supplierId, subject.subjectId);
		if (!person) return null;
		const { memberId, role } = person.member;
		const withheld = withheldOf(role, person.accountants);
		return mintScope(subject.supplierId, { kind: 'member', memberId, role, provenAt, withheld });
	}
	const person = await findContactSystem(db, subject.supplierId, subject.subjectId);
	// The right to see may have been taken back: then the session opens nothing.
	if (!person?.hasPortal) return null;
	return mintScope(subject.supplierId, { kind: 'contact', contactId: person.contactId, clientId: person.clientId });
}

export type LivePayLink = { state: 'live'; payLinkId: string; scope: Scope };
export type PayLinkAccess = LivePayLink | { state: 'expired' | 'revoked'; payLinkId: string; link: PayLink } | null;
/** A pay link opens one invoice for one contact; a stale one is known only to send a fresh one to the address on file. */
export async function openPayLink(services: Services, token: string): Promise<PayLinkAccess> {
	if (!/^[\w-]{43}$/.test(token)) return null;
	const found = await findPayLinkByToken(services.db, sha256(token));
	if (!found?.clientId) return null;
	const { link, clientId } = found;
	const { payLinkId } = link;
	if (link.revokedAt) return { state: 'revoked', payLinkId, link };
	if (link.expiresAt <= services.clock.now()) return { state: 'expired', payLinkId, link };
	return {
		state: 'live',
		payLinkId,
		scope: mintScope(link.supplierId, {
			kind: 'pay_link',
			payLinkId,
			contactId: link.contactId,
			clientId,
			invoiceId: link.invoiceId
		})
	};
}

export type KeyRefusal = 'not_allowed' | 'api_key_expired' | 'api_key_address';
/** A key opens what it is for, until its end, from where it may be used. Its last use is noted to some minutes. */
export async function scopeOfApiKey(
	services: Services,
	authorization: string | null,
	address: string | null
): Promise<Scope | KeyRefusal> {
	const key = /^Bearer (ponctuel_[\w-]{43})$/.exec(authorization ?? '')?.[1];
	const row = key ? await findApiKey(services.db, sha256(key)) : null;
	if (!row) return 'not_allowed';
	const now = services.clock.now();
	if (row.expiresAt && row.expiresAt <= now) return 'api_key_expired';
	if (!isListed(row.addresses, address)) return 'api_key_address';
	const scope = mintScope(row.supplierId, { kind: 'api_key', apiKeyId: row.apiKeyId, scopes: row.scopes });
	// Noted by the product: a key changes nothing of itself.
	const house = mintScope(row.supplierId, { kind: 'system' });
	if (isNews(row, now, address))
		await inScope(services.db, house, (tx) => saveKeyUse(tx, house, row.apiKeyId, { at: now, address }));
	return scope;
}
const NOTED_EVERY_MS = 600_000;
/** Two machines that take turns are not noted at every call either. */
const MOVED_EVERY_MS = 60_000;
function isNews({ lastUsedAt, lastUsedAddress }: ApiKeyRow, now: Date, address: string | null): boolean {
	if (!lastUsedAt) return true;
	const since = now.getTime() - lastUsedAt.getTime();
	return since >= NOTED_EVERY_MS || (address !== lastUsedAddress && since >= MOVED_EVERY_MS);
}

/** The public page of a supplier's rules: anybody may read what was published. Who asks with it asks for nothing else (use-cases/points/read-rules.ts). */
export async function scopeOfRulesPage({ db }: Services, slug: string): Promise<Scope | null> {
	const supplierId = await findSupplierIdBySlug(db, slug);
	return supplierId ? mintScope(supplierId, { kind: 'system' }) : null;
}
