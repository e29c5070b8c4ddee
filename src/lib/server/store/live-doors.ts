// Whether those who listen may still do so: the same questions as at the door (access/scopes.ts), asked for many at once.
import { and, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Role } from '../../domain/access/scope.ts';
import type { Database } from './database.ts';
import { contact, member, payLink, session } from './schema/index.ts';

/** By session: the role of a member, the client of a contact who may see the portal. Sessions live by the wall clock, as they end by it. */
export async function listOpenSessions(
	db: Database,
	sessionHashes: string[]
): Promise<Map<string, { role: Role | null; clientId: string | null }>> {
	if (!sessionHashes.length) return new Map();
	const rows = await db.system
		.select({ key: session.sessionHash, role: member.role, clientId: contact.clientId })
		.from(session)
		.leftJoin(
			member,
			and(
				eq(session.subjectKind, 'member'),
				eq(member.supplierId, session.supplierId),
				eq(member.memberId, session.subjectId)
			)
		)
		.leftJoin(
			contact,
			and(
				eq(session.subjectKind, 'contact'),
				eq(contact.supplierId, session.supplierId),
				eq(contact.contactId, session.subjectId),
				contact.hasPortal
			)
		)
		.where(and(inArray(session.sessionHash, sessionHashes), gt(session.expiresAt, sql`now()`)));
	return new Map(rows.map(({ key, role, clientId }) => [key, { role, clientId }]));
}
/** By link: the client of its contact. */
export async function listOpenPayLinks(db: Database, payLinkIds: string[], now: Date): Promise<Map<string, string>> {
	if (!payLinkIds.length) return new Map();
	const rows = await db.system
		.select({ key: payLink.payLinkId, clientId: contact.clientId })
		.from(payLink)
		.innerJoin(
			contact,
			and(
				eq(contact.supplierId, payLink.supplierId),
				eq(contact.contactId, payLink.contactId),
				or(contact.isBilling, contact.hasPortal)
			)
		)
		.where(and(inArray(payLink.payLinkId, payLinkIds), isNull(payLink.revokedAt), gt(payLink.expiresAt, now)));
	return new Map(rows.map(({ key, clientId }) => [key, clientId]));
}
