// Rows behind the ways in. Looked up by hash, before anybody knows which supplier it is about: hence the system role.
import { and, desc, eq, gt, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { apiKey, contact, invoice, payLink, session, signIn, signInRequest } from './schema/index.ts';

export type SignIn = typeof signIn.$inferSelect;
export type SignInRequest = typeof signInRequest.$inferSelect;
export type PayLink = typeof payLink.$inferSelect;
export type SessionRow = typeof session.$inferSelect;

export const insertSignInRequest = async (db: Database, row: typeof signInRequest.$inferInsert): Promise<void> =>
	void (await db.system.insert(signInRequest).values(row));
/** Takes one request that nobody has handled. Old ones are left: a link that comes an hour late only confuses. */
export async function claimSignInRequest(db: Database, now: Date): Promise<SignInRequest | null> {
	return db.system.transaction(async (tx) => {
		const [row] = await tx
			.select()
			.from(signInRequest)
			.where(
				and(
					isNull(signInRequest.handledAt),
					gt(signInRequest.createdAt, new Date(now.getTime() - 900_000)),
					or(isNull(signInRequest.nextTryAt), lte(signInRequest.nextTryAt, now))
				)
			)
			.orderBy(signInRequest.createdAt)
			.limit(1)
			.for('update', { skipLocked: true });
		if (row) await tx.update(signInRequest).set({ handledAt: now }).where(eq(signInRequest.requestId, row.requestId));
		return row ?? null;
	});
}
/** Its mail did not leave: again later. */
export const reopenSignInRequest = async (db: Database, requestId: string, nextTryAt: Date): Promise<void> =>
	void (await db.system
		.update(signInRequest)
		.set({ handledAt: null, nextTryAt, tries: sql`${signInRequest.tries} + 1` })
		.where(eq(signInRequest.requestId, requestId)));
export const insertSignIn = async (db: Database, row: typeof signIn.$inferInsert): Promise<void> =>
	void (await db.system.insert(signIn).values(row));
export const findSignInByToken = async (db: Database, tokenHash: string): Promise<SignIn | null> =>
	(await db.system.select().from(signIn).where(eq(signIn.tokenHash, tokenHash)))[0] ?? null;
/** Sign-ins that a browser asked for and that may still be used, newest first. */
export const listOpenSignIns = (db: Database, browserHash: string, now: Date): Promise<SignIn[]> =>
	db.system
		.select()
		.from(signIn)
		.where(
			and(
				eq(signIn.browserHash, browserHash),
				isNull(signIn.usedAt),
				gt(signIn.expiresAt, now),
				lt(signIn.failedTries, 5)
			)
		)
		.orderBy(desc(signIn.createdAt))
		.limit(5);
export const countFailedTry = async (db: Database, row: SignIn): Promise<void> =>
	void (await db.system
		.update(signIn)
		.set({ failedTries: sql`${signIn.failedTries} + 1` })
		.where(and(eq(signIn.supplierId, row.supplierId), eq(signIn.signInId, row.signInId))));
/** Marks it used; `false` when somebody was faster. */
export async function useSignIn(db: Database, row: SignIn, now: Date): Promise<boolean> {
	const used = await db.system
		.update(signIn)
		.set({ usedAt: now })
		.where(and(eq(signIn.supplierId, row.supplierId), eq(signIn.signInId, row.signInId), isNull(signIn.usedAt)))
		.returning({ id: signIn.signInId });
	return used.length > 0;
}

export const findSession = async (db: Database, sessionHash: string): Promise<SessionRow | null> =>
	(await db.system.select().from(session).where(eq(session.sessionHash, sessionHash)))[0] ?? null;
export const insertSession = async (db: Database, row: typeof session.$inferInsert): Promise<void> =>
	void (await db.system.insert(session).values(row));
export const extendSession = async (db: Database, sessionHash: string, expiresAt: Date): Promise<void> =>
	void (await db.system.update(session).set({ expiresAt }).where(eq(session.sessionHash, sessionHash)));
export const deleteSession = async (db: Database, sessionHash: string): Promise<void> =>
	void (await db.system.delete(session).where(eq(session.sessionHash, sessionHash)));
export const listSessionsOf = (db: Database, supplierId: string, subjectId: string): Promise<SessionRow[]> =>
	db.system
		.select()
		.from(session)
		.where(and(eq(session.supplierId, supplierId), eq(session.subjectId, subjectId)))
		.orderBy(desc(session.createdAt));
export const deleteSessionsOf = async (db: Database, supplierId: string, subjectId: string): Promise<void> =>
	void (await db.system
		.delete(session)
		.where(and(eq(session.supplierId, supplierId), eq(session.subjectId, subjectId))));
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
export const listPayLinks = (tx: Tx, scope: Scope, filter: { invoiceId?: string } = {}): Promise<PayLinkListing[]> =>
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
				...(filter.invoiceId ? [eq(payLink.invoiceId, filter.invoiceId)] : [])
			)
		)
		.orderBy(desc(payLink.createdAt))
		.limit(200);

export type ApiKeyRow = typeof apiKey.$inferSelect;
export const findApiKey = async (db: Database, keyHash: string): Promise<ApiKeyRow | null> =>
	(
		await db.system
			.select()
			.from(apiKey)
			.where(and(eq(apiKey.keyHash, keyHash), isNull(apiKey.revokedAt)))
	)[0] ?? null;
export const listApiKeys = (tx: Tx, scope: Scope): Promise<ApiKeyRow[]> =>
	tx.select().from(apiKey).where(eq(apiKey.supplierId, scope.supplierId)).orderBy(desc(apiKey.createdAt)).limit(50);
export async function insertApiKey(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof apiKey.$inferInsert, 'supplierId'>
): Promise<void> {
	await tx.insert(apiKey).values({ supplierId: scope.supplierId, ...row });
}
export async function revokeApiKey(tx: Tx, scope: Scope, apiKeyId: string, now: Date): Promise<boolean> {
	const rows = await tx
		.update(apiKey)
		.set({ revokedAt: now })
		.where(and(eq(apiKey.supplierId, scope.supplierId), eq(apiKey.apiKeyId, apiKeyId), isNull(apiKey.revokedAt)))
		.returning({ id: apiKey.apiKeyId });
	return rows.length > 0;
}
