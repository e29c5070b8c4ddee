// A supplier's people.
import { and, asc, eq } from 'drizzle-orm';
import type { Role, Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { member, supplier } from './schema/index.ts';
import type { AccountantChoices } from './suppliers.ts';

export type Member = typeof member.$inferSelect;
const thisMember = (scope: Scope, memberId: string) =>
	and(eq(member.supplierId, scope.supplierId), eq(member.memberId, memberId));
/** Everybody of the team, and nobody else changes it meanwhile. */
export const lockMembers = (tx: Tx, scope: Scope): Promise<Member[]> =>
	tx
		.select()
		.from(member)
		.where(eq(member.supplierId, scope.supplierId))
		.orderBy(asc(member.memberId))
		.limit(100)
		.for('no key update');
/** `false` when the address is somebody's of the team already. */
export const insertMember = async (
	tx: Tx,
	scope: Scope,
	row: Omit<typeof member.$inferInsert, 'supplierId'>
): Promise<boolean> =>
	(
		await tx
			.insert(member)
			.values({ supplierId: scope.supplierId, ...row })
			.onConflictDoNothing()
			.returning({ id: member.memberId })
	).length > 0;
export const saveRole = async (tx: Tx, scope: Scope, memberId: string, role: Role): Promise<void> =>
	void (await tx.update(member).set({ role }).where(thisMember(scope, memberId)));
/** `false` when the address is somebody's of the team already. */
export async function saveMemberAddress(tx: Tx, scope: Scope, memberId: string, email: string): Promise<boolean> {
	const taken = await tx
		.select({ id: member.memberId })
		.from(member)
		.where(and(eq(member.supplierId, scope.supplierId), eq(member.email, email)));
	if (taken.length) return false;
	await tx.update(member).set({ email }).where(thisMember(scope, memberId));
	return true;
}
/** Of every supplier, for the operator. */
export const listTeams = ({ system }: Database) =>
	system
		.select({
			supplierId: supplier.supplierId,
			slug: supplier.slug,
			memberId: member.memberId,
			role: member.role,
			email: member.email,
			name: member.name
		})
		.from(member)
		.innerJoin(supplier, eq(supplier.supplierId, member.supplierId))
		.orderBy(asc(supplier.slug), asc(member.name))
		.limit(5000);
export const deleteMember = async (tx: Tx, scope: Scope, memberId: string): Promise<void> =>
	void (await tx.delete(member).where(thisMember(scope, memberId)));
export const findMember = async (tx: Tx, scope: Scope, memberId: string): Promise<Member | null> =>
	(
		await tx
			.select()
			.from(member)
			.where(and(eq(member.supplierId, scope.supplierId), eq(member.memberId, memberId)))
	)[0] ?? null;
export const listMembers = (tx: Tx, scope: Scope): Promise<Member[]> =>
	tx.select().from(member).where(eq(member.supplierId, scope.supplierId)).orderBy(asc(member.name)).limit(100);
/** A member with what the owners let accountants do. */
export async function findMemberWithChoices(
	db: Database,
	supplierId: string,
	memberId: string
): Promise<{ member: Member; accountants: AccountantChoices } | null> {
	const [row] = await db.system
		.select({
			member,
			accountants: { mayRefund: supplier.accountantsMayRefund, mayPublish: supplier.accountantsMayPublish }
		})
		.from(member)
		.innerJoin(supplier, eq(supplier.supplierId, member.supplierId))
		.where(and(eq(member.supplierId, supplierId), eq(member.memberId, memberId)));
	return row ?? null;
}
export async function findMemberSystem(db: Database, supplierId: string, memberId: string): Promise<Member | null> {
	const [row] = await db.system
		.select()
		.from(member)
		.where(and(eq(member.supplierId, supplierId), eq(member.memberId, memberId)));
	return row ?? null;
}
