// What was done by whom: written in the transaction of the act, never changed.
import { and, desc, eq, inArray } from 'drizzle-orm';
import { actorName, type Scope } from '../../domain/access/scope.ts';
import { newId } from '../identity.ts';
import { askedFrom } from '../request-context.ts';
import type { Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { audit } from './schema/index.ts';

export async function recordAudit(
	tx: Tx,
	scope: Scope,
	now: Date,
	action: string,
	objectId: string | null,
	detail: Record<string, string> = {}
): Promise<string> {
	const auditId = newId();
	await recordAudits(tx, scope, now, action, [{ auditId, objectId, detail }]);
	return auditId;
}
export type AuditRow = typeof audit.$inferSelect;
export const findAudit = async (tx: Tx, scope: Scope, auditId: string): Promise<AuditRow | null> =>
	(
		await tx
			.select()
			.from(audit)
			.where(and(eq(audit.supplierId, scope.supplierId), eq(audit.auditId, auditId)))
	)[0] ?? null;
export const wasRecorded = async (tx: Tx, scope: Scope, action: string, objectId: string): Promise<boolean> =>
	(
		await tx
			.select({ auditId: audit.auditId })
			.from(audit)
			.where(and(eq(audit.supplierId, scope.supplierId), eq(audit.action, action), eq(audit.objectId, objectId)))
	).length > 0;
/** What was done to one object, the latest first. */
export const listAuditsOf = (
	tx: Tx,
	scope: Scope,
	{ objectId, actions, limit }: { objectId: string; actions: string[]; limit: number }
): Promise<AuditRow[]> =>
	tx
		.select()
		.from(audit)
		.where(and(eq(audit.supplierId, scope.supplierId), eq(audit.objectId, objectId), inArray(audit.action, actions)))
		.orderBy(desc(audit.at), desc(audit.auditId))
		.limit(limit);
/** The same done to many. */
export async function recordAudits(
	tx: Tx,
	scope: Scope,
	now: Date,
	action: string,
	objects: { auditId?: string; objectId: string | null; detail: Record<string, string> }[]
): Promise<void> {
	const actor = actorName(scope.actor);
	const from = askedFrom();
	await insertMany(
		tx,
		scope,
		audit,
		objects.map((object) => ({ auditId: newId(), at: now, actor, action, ...from, ...object }))
	);
}
