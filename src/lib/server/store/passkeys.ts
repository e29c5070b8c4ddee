// Passkeys of members, and the challenges that were answered. Looked up by credential before anybody knows which supplier it is about.
import { and, asc, eq, or, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { passkey, usedChallenge } from './schema/index.ts';

export type Passkey = typeof passkey.$inferSelect;

/** `false` when it was answered before. */
export const useChallenge = async (db: Database, challengeHash: string, expiresAt: Date): Promise<boolean> =>
	(
		await db.system
			.insert(usedChallenge)
			.values({ challengeHash, expiresAt })
			.onConflictDoNothing()
			.returning({ hash: usedChallenge.challengeHash })
	).length > 0;

export const findPasskey = async (db: Database, credentialId: string): Promise<Passkey | null> =>
	(await db.system.select().from(passkey).where(eq(passkey.credentialId, credentialId)))[0] ?? null;
/** Its counter moves forward only, or stays at 0 for one that has none: `false` when somebody was faster, or holds a copy. */
export async function notePasskeyUse(db: Database, row: Passkey, signCount: number, now: Date): Promise<boolean> {
	const used = await db.system
		.update(passkey)
		.set({ signCount, lastUsedAt: now })
		.where(
			and(
				eq(passkey.supplierId, row.supplierId),
				eq(passkey.passkeyId, row.passkeyId),
				or(sql`${passkey.signCount} < ${signCount}`, and(eq(passkey.signCount, 0), sql`${signCount} = 0`))
			)
		)
		.returning({ id: passkey.passkeyId });
	return used.length > 0;
}

export const listPasskeys = (tx: Tx, scope: Scope, memberId: string): Promise<Passkey[]> =>
	tx
		.select()
		.from(passkey)
		.where(and(eq(passkey.supplierId, scope.supplierId), eq(passkey.memberId, memberId)))
		.orderBy(asc(passkey.createdAt))
		.limit(20);
/** `false` when this credential is known already. */
export const insertPasskey = async (
	tx: Tx,
	scope: Scope,
	row: Omit<typeof passkey.$inferInsert, 'supplierId'>
): Promise<boolean> =>
	(
		await tx
			.insert(passkey)
			.values({ supplierId: scope.supplierId, ...row })
			.onConflictDoNothing()
			.returning({ id: passkey.passkeyId })
	).length > 0;
export const deletePasskeysOf = (tx: Tx, scope: Scope, memberId: string): Promise<Passkey[]> =>
	tx
		.delete(passkey)
		.where(and(eq(passkey.supplierId, scope.supplierId), eq(passkey.memberId, memberId)))
		.returning();
/** One of this member's own; null when there is none of that id. */
export const deletePasskey = async (
	tx: Tx,
	scope: Scope,
	{ memberId, passkeyId }: Pick<Passkey, 'memberId' | 'passkeyId'>
): Promise<Passkey | null> =>
	(
		await tx
			.delete(passkey)
			.where(
				and(eq(passkey.supplierId, scope.supplierId), eq(passkey.memberId, memberId), eq(passkey.passkeyId, passkeyId))
			)
			.returning()
	)[0] ?? null;
