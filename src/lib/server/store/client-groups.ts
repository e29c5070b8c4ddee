// Groups of clients: what an offer may be made to.
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { clientGroup, clientGroupMember } from './schema/index.ts';

export type ClientGroup = { groupId: string; name: string; clientIds: string[] };

export async function listGroups(tx: Tx, scope: Scope): Promise<ClientGroup[]> {
	const groups = await tx
		.select({ groupId: clientGroup.groupId, name: clientGroup.name })
		.from(clientGroup)
		.where(eq(clientGroup.supplierId, scope.supplierId))
		.orderBy(asc(clientGroup.name))
		.limit(200);
	if (!groups.length) return [];
	const members = await tx
		.select({ groupId: clientGroupMember.groupId, clientId: clientGroupMember.clientId })
		.from(clientGroupMember)
		.where(
			and(
				eq(clientGroupMember.supplierId, scope.supplierId),
				inArray(
					clientGroupMember.groupId,
					groups.map((group) => group.groupId)
				)
			)
		);
	return groups.map((group) => ({
		...group,
		clientIds: members.filter((member) => member.groupId === group.groupId).map((member) => member.clientId)
	}));
}
export const hasGroup = async (tx: Tx, scope: Scope, groupId: string): Promise<boolean> =>
	(
		await tx
			.select({ groupId: clientGroup.groupId })
			.from(clientGroup)
			.where(and(eq(clientGroup.supplierId, scope.supplierId), eq(clientGroup.groupId, groupId)))
	).length > 0;

/** `false` when the name is taken. */
export async function insertGroup(
	tx: Tx,
	scope: Scope,
	row: { groupId: string; name: string; createdAt: Date }
): Promise<boolean> {
	const kept = await tx
		.insert(clientGroup)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing()
		.returning({ groupId: clientGroup.groupId });
	return kept.length > 0;
}
/** The whole membership of one client, replaced. */
export async function setGroupsOf(tx: Tx, scope: Scope, clientId: string, groupIds: string[]): Promise<void> {
	await tx
		.delete(clientGroupMember)
		.where(and(eq(clientGroupMember.supplierId, scope.supplierId), eq(clientGroupMember.clientId, clientId)));
	if (groupIds.length)
		await tx
			.insert(clientGroupMember)
			.values(groupIds.map((groupId) => ({ supplierId: scope.supplierId, groupId, clientId })));
}
