// Small books: who did what, answers kept for repeated requests, when a task last ran, the demo's clock.
import { and, desc, eq, inArray, lt, or, isNull, sql } from 'drizzle-orm';
import { actorName, type Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import { newId } from '../identity.ts';
import { askedFrom } from '../request-context.ts';
import type { Database, Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { audit, demoClock, idempotency, worked } from './schema/index.ts';

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

export type SavedAnswer =
	{ kind: 'new' } | { kind: 'busy' } | { kind: 'mismatch' } | { kind: 'replay'; status: number; answer: unknown };
/** Reserves an idempotency key, or tells what is known of it. A reservation whose holder died can be taken again after a minute. */
export async function reserveAnswer(
	tx: Tx,
	scope: Scope,
	key: string,
	inputHash: string,
	now: Date
): Promise<SavedAnswer> {
	const kept = await tx
		.insert(idempotency)
		.values({ supplierId: scope.supplierId, key, inputHash, createdAt: now })
		.onConflictDoNothing()
		.returning({ key: idempotency.key });
	if (kept.length) return { kind: 'new' };
	const [row] = await tx
		.select()
		.from(idempotency)
		.where(and(eq(idempotency.supplierId, scope.supplierId), eq(idempotency.key, key)))
		.for('no key update');
	const { status, answer, createdAt, ...asked } = required(row, 'kept answer');
	if (asked.inputHash !== inputHash) return { kind: 'mismatch' };
	if (status !== null) return { kind: 'replay', status, answer };
	if (now.getTime() - createdAt.getTime() < 60_000) return { kind: 'busy' };
	await tx
		.update(idempotency)
		.set({ createdAt: now })
		.where(and(eq(idempotency.supplierId, scope.supplierId), eq(idempotency.key, key)));
	return { kind: 'new' };
}
export async function saveAnswer(tx: Tx, scope: Scope, key: string, status: number, answer: unknown): Promise<void> {
	await tx
		.update(idempotency)
		.set({ status, answer })
		.where(and(eq(idempotency.supplierId, scope.supplierId), eq(idempotency.key, key)));
}

/** Takes a periodic task if its turn has come: one process in the whole installation gets `true`. */
export async function takeTurn(db: Database, task: string, now: Date, everyMs: number): Promise<boolean> {
	const taken = await db.system
		.insert(worked)
		.values({ task, lastAt: now })
		.onConflictDoUpdate({
			target: worked.task,
			set: { lastAt: now },
			setWhere: or(isNull(worked.lastAt), lt(worked.lastAt, new Date(now.getTime() - everyMs)))
		})
		.returning({ task: worked.task });
	return taken.length > 0;
}
/** When each periodic task was last taken. */
export async function lastTurns(db: Database): Promise<Map<string, Date | null>> {
	const rows = await db.system.select().from(worked);
	return new Map(rows.map(({ task, lastAt }) => [task, lastAt]));
}

export async function readDemoOffset(db: Database): Promise<number> {
	const [row] = await db.system.select().from(demoClock).where(eq(demoClock.clockId, 1));
	return row?.offsetMs ?? 0;
}
export async function saveDemoOffset(db: Database, offsetMs: number): Promise<void> {
	await db.system
		.insert(demoClock)
		.values({ clockId: 1, offsetMs })
		.onConflictDoUpdate({ target: [demoClock.clockId], set: { offsetMs } });
}

/**
 * One row written and on the disk, and a temporary file beside the tables: a full disk, a server that only reads, and one that is away all refuse one of
 * them. (Overwriting a row may find its place on a full disk; a file that grows does not.) @throws what PostgreSQL says
 */
export const canWrite = (db: Database, now: Date): Promise<void> =>
	db.system.transaction(async (tx) => {
		await tx.execute(sql`set local work_mem = '64kB'`);
		await tx.execute(sql`select count(*) from generate_series(1, 20000)`);
		await tx
			.insert(worked)
			.values({ task: 'asked whether it is ready', lastAt: now })
			.onConflictDoUpdate({ target: worked.task, set: { lastAt: now } });
	});
