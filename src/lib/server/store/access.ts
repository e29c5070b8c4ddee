// Rows behind the ways in. Looked up by hash, before anybody knows which supplier it is about: hence the system role.
import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import type { Database, Tx } from './database.ts';
import {
	apiKey,
	contact,
	invoice,
	keptForm,
	knownBrowser,
	payLink,
	session,
	signIn,
	type SubjectKind
} from './schema/index.ts';

export type PayLink = typeof payLink.$inferSelect;
export type SessionRow = typeof session.$inferSelect;

export const findSession = async (db: Database, sessionHash: string): Promise<SessionRow | null> =>
	(await db.system.select().from(session).where(eq(session.sessionHash, sessionHash)))[0] ?? null;
export const insertSession = async (db: Database, row: typeof session.$inferInsert): Promise<void> =>
	void (await db.system.insert(session).values(row));
const changeSession = async (db: Database, sessionHash: string, set: Partial<SessionRow>): Promise<void> =>
	void (await db.system.update(session).set(set).where(eq(session.sessionHash, sessionHash)));
export const touchSession = (
	db: Database,
	sessionHash: string,
	seen: { lastSeenAt: Date; expiresAt: Date; address: string | null }
): Promise<void> => changeSession(db, sessionHash, seen);
export const proveSession = (db: Database, sessionHash: string, provenAt: Date): Promise<void> =>
	changeSession(db, sessionHash, { provenAt });
export const deleteSession = async (db: Database, sessionHash: string): Promise<void> =>
	void (await db.system.delete(session).where(eq(session.sessionHash, sessionHash)));
export const listSessionsOf = (db: Database, supplierId: string, subjectId: string): Promise<SessionRow[]> =>
	db.system
		.select()
		.from(session)
		.where(and(eq(session.supplierId, supplierId), eq(session.subjectId, subjectId), gt(session.expiresAt, sql`now()`)))
		.orderBy(desc(session.lastSeenAt))
		.limit(100);
export const deleteSessionsOf = async (db: Database, supplierId: string, subjectId: string): Promise<void> =>
	void (await db.system
		.delete(session)
		.where(and(eq(session.supplierId, supplierId), eq(session.subjectId, subjectId))));
/** All that a person's devices hold of us: sessions, links and codes that were mailed, browsers that are known, forms that wait there. */
export async function deleteWaysInOf({ system }: Database, supplierId: string, subjectId: string): Promise<void> {
	await system.transaction(async (tx) => {
		for (const table of [session, signIn, knownBrowser, keptForm])
			await tx.delete(table).where(and(eq(table.supplierId, supplierId), eq(table.subjectId, subjectId)));
	});
}
/** One of a person's own, by the name it is listed under: `false` when it is nobody's or somebody else's. */
export async function deleteSessionOf(
	db: Database,
	{ supplierId, kind, subjectId }: { supplierId: string; kind: SubjectKind; subjectId: string },
	sessionId: string
): Promise<boolean> {
	const ended = await db.system
		.delete(session)
		.where(
			and(
				eq(session.supplierId, supplierId),
				eq(session.subjectKind, kind),
				eq(session.subjectId, subjectId),
				eq(session.sessionId, sessionId)
			)
		)
		.returning({ id: session.sessionId });
	return ended.length > 0;
}
export const deleteExpiredSessions = async (db: Database, now: Date): Promise<void> =>
	void (await db.system.delete(session).where(lt(session.expiresAt, now)));

/** The link with its contact's client; `clientId` is null when the contact is gone, or may neither receive nor see invoices any more. */
export const findPayLinkByToken = async (
	db: Database,
	tokenHash: string
): Promise<{ link: PayLink; clientId: string | null } | null> =>
	(
		await db.system
			.select({ link: payLink, clientId: contact.clientId })
			.from(payLink)
			.leftJoin(
				contact,
				and(
					eq(contact.supplierId, payLink.supplierId),
					eq(contact.contactId, payLink.contactId),
					or(contact.isBilling, contact.hasPortal)
				)
			)
			.where(eq(payLink.tokenHash, tokenHash))
	)[0] ?? null;
export async function insertPayLink(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof payLink.$inferInsert, 'supplierId'>
): Promise<void> {
	await tx.insert(payLink).values({ supplierId: scope.supplierId, ...row });
}
export async function revokePayLink(tx: Tx, scope: Scope, payLinkId: string, now: Date): Promise<boolean> {
	const rows = await tx
		.update(payLink)
		.set({ revokedAt: now })
		.where(and(eq(payLink.supplierId, scope.supplierId), eq(payLink.payLinkId, payLinkId), isNull(payLink.revokedAt)))
		.returning({ id: payLink.payLinkId });
	return rows.length > 0;
}
export type PayLinkListing = {
	payLinkId: string;
	contactName: string;
	contactEmail: string;
	number: string;
	invoiceId: string;
	createdAt: Date;
	expiresAt: Date;
	revokedAt: Date | null;
};
export const listPayLinks = (
	tx: Tx,
	scope: Scope,
	filter: { invoiceId?: string; after?: string | null; limit?: number } = {}
): Promise<PayLinkListing[]> =>
	tx
		.select({
			payLinkId: payLink.payLinkId,
			contactName: contact.name,
			contactEmail: contact.email,
			number: invoice.number,
			invoiceId: invoice.invoiceId,
			createdAt: payLink.createdAt,
			expiresAt: payLink.expiresAt,
			revokedAt: payLink.revokedAt
		})
		.from(payLink)
		.innerJoin(contact, and(eq(contact.supplierId, payLink.supplierId), eq(contact.contactId, payLink.contactId)))
		.innerJoin(invoice, and(eq(invoice.supplierId, payLink.supplierId), eq(invoice.invoiceId, payLink.invoiceId)))
		.where(
			and(
				eq(payLink.supplierId, scope.supplierId),
				...(filter.invoiceId ? [eq(payLink.invoiceId, filter.invoiceId)] : []),
				...(filter.after
					? [
							sql`(${payLink.createdAt}, ${payLink.payLinkId}) < (select a.created_at, a.pay_link_id from pay_link a where a.supplier_id = ${scope.supplierId} and a.pay_link_id = ${filter.after})`
						]
					: [])
			)
		)
		.orderBy(desc(payLink.createdAt), desc(payLink.payLinkId))
		.limit(filter.limit ?? 200);

export type ApiKeyRow = typeof apiKey.$inferSelect;
export const findApiKey = async (db: Database, keyHash: string): Promise<ApiKeyRow | null> =>
	(
		await db.system
			.select()
			.from(apiKey)
			.where(and(eq(apiKey.keyHash, keyHash), isNull(apiKey.revokedAt)))
	)[0] ?? null;
export const listApiKeys = (tx: Tx, scope: Scope): Promise<ApiKeyRow[]> =>
	tx
		.select()
		.from(apiKey)
		.where(eq(apiKey.supplierId, scope.supplierId))
		.orderBy(sql`${apiKey.revokedAt} is not null`, desc(apiKey.createdAt))
		.limit(50);
/** Neither revoked nor expired. Until the end of the transaction, nobody else counts them. */
export async function countLiveKeys(tx: Tx, scope: Scope, now: Date): Promise<number> {
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('api_key ' || ${scope.supplierId}, 0))`);
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(apiKey)
		.where(
			and(
				eq(apiKey.supplierId, scope.supplierId),
				isNull(apiKey.revokedAt),
				or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, now))
			)
		);
	return required(row, 'count').count;
}
export async function saveKeyUse(
	tx: Tx,
	scope: Scope,
	apiKeyId: string,
	use: { at: Date; address: string | null }
): Promise<void> {
	await tx
		.update(apiKey)
		.set({ lastUsedAt: use.at, lastUsedAddress: use.address })
		.where(and(eq(apiKey.supplierId, scope.supplierId), eq(apiKey.apiKeyId, apiKeyId)));
}
export async function insertApiKey(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof apiKey.$inferInsert, 'supplierId'>
): Promise<void> {
	await tx.insert(apiKey).values({ supplierId: scope.supplierId, ...row });
}
/** @returns its name, or null when there is no such key in use */
export async function revokeApiKey(tx: Tx, scope: Scope, apiKeyId: string, now: Date): Promise<string | null> {
	const [revoked] = await tx
		.update(apiKey)
		.set({ revokedAt: now })
		.where(and(eq(apiKey.supplierId, scope.supplierId), eq(apiKey.apiKeyId, apiKeyId), isNull(apiKey.revokedAt)))
		.returning({ name: apiKey.name });
	return revoked?.name ?? null;
}
