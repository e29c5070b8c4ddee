// Clients as LoyaltyLion told of them last: enrolled or not, points there, what they took for them.
import { and, asc, eq, ne, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { client, loyaltyConnection, loyaltyMember } from './schema/index.ts';

export type LoyaltyMember = typeof loyaltyMember.$inferSelect;
export const findLoyaltyMember = async (tx: Tx, scope: Scope, clientId: string): Promise<LoyaltyMember | null> =>
	(
		await tx
			.select()
			.from(loyaltyMember)
			.where(and(eq(loyaltyMember.supplierId, scope.supplierId), eq(loyaltyMember.clientId, clientId)))
	)[0] ?? null;

export async function saveLoyaltyMember(tx: Tx, scope: Scope, row: Omit<LoyaltyMember, 'supplierId'>): Promise<void> {
	const { clientId, ...rest } = row;
	await tx
		.insert(loyaltyMember)
		.values({ supplierId: scope.supplierId, clientId, ...rest })
		.onConflictDoUpdate({ target: [loyaltyMember.supplierId, loyaltyMember.clientId], set: rest });
}

/** Clients that earn nothing there, because they are not enrolled: for a glance, and how many there are. */
export async function listNotEnrolled(
	tx: Tx,
	scope: Scope,
	limit: number
): Promise<{ clients: { clientId: string; name: string }[]; count: number }> {
	const notEnrolled = and(eq(loyaltyMember.supplierId, scope.supplierId), ne(loyaltyMember.state, 'enrolled'));
	const clients = await tx
		.select({ clientId: client.clientId, name: client.name })
		.from(loyaltyMember)
		.innerJoin(
			client,
			and(eq(client.supplierId, loyaltyMember.supplierId), eq(client.clientId, loyaltyMember.clientId))
		)
		.where(notEnrolled)
		.orderBy(asc(client.name))
		.limit(limit);
	return { clients, count: await tx.$count(loyaltyMember, notEnrolled) };
}

/** Those of every supplier whose connection works that were read longest ago. */
export const listMembersToRead = (
	db: Database,
	{ before, now, limit }: { before: Date; now: Date; limit: number }
): Promise<{ supplierId: string; clientId: string }[]> =>
	db.system
		.select({ supplierId: loyaltyMember.supplierId, clientId: loyaltyMember.clientId })
		.from(loyaltyMember)
		.innerJoin(loyaltyConnection, eq(loyaltyConnection.supplierId, loyaltyMember.supplierId))
		.where(
			and(
				sql`${loyaltyMember.syncedAt} < ${before.toISOString()}::timestamptz`,
				eq(loyaltyConnection.state, 'active'),
				sql`(${loyaltyConnection.resumeAt} is null or ${loyaltyConnection.resumeAt} <= ${now.toISOString()}::timestamptz)`
			)
		)
		.orderBy(asc(loyaltyMember.syncedAt))
		.limit(limit);
