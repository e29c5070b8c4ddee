// News leaves by here only: a row in the transaction of the fact, read afterwards in commit order.
import { asc, gt, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { NewsKind } from '../../domain/news/topics.ts';
import { required } from '../../domain/required.ts';
import type { Database, Tx } from './database.ts';
import { insertMany } from './insert-many.ts';
import { outbox } from './schema/index.ts';

export type Fact = { kind: NewsKind; clientId: string | null; invoiceId: string | null; attemptId: string | null };
export type News = Fact & { supplierId: string; cursor: string };

export async function recordFact(tx: Tx, scope: Scope, now: Date, fact: Fact): Promise<void> {
	await recordFacts(tx, scope, now, [fact]);
}
export async function recordFacts(tx: Tx, scope: Scope, now: Date, facts: Fact[]): Promise<void> {
	await insertMany(
		tx,
		scope,
		outbox,
		facts.map((fact) => ({ ...fact, createdAt: now }))
	);
}

export const NEWS_AT_ONCE = 500;
/**
 * News after a cursor, in an order that never grows behind the reader: sequence numbers are taken before commit, so a late
 * committer could slip in below. Rows are ordered by transaction number, and read only once no older transaction is running.
 */
export async function readNews(db: Database, cursor: string, limit = NEWS_AT_ONCE): Promise<News[]> {
	const [xid, seq] = cursor.split('.');
	const rows = await db.system
		.select()
		.from(outbox)
		.where(
			sql`(${outbox.xid}, ${outbox.seq}) > (${xid}::xid8, ${seq}::bigint) and ${outbox.xid} < pg_snapshot_xmin(pg_current_snapshot())`
		)
		.orderBy(asc(outbox.xid), asc(outbox.seq))
		.limit(limit);
	return rows.map((row) => ({
		supplierId: row.supplierId,
		kind: row.kind,
		clientId: row.clientId,
		invoiceId: row.invoiceId,
		attemptId: row.attemptId,
		cursor: `${row.xid}.${row.seq}`
	}));
}

/** What news since an instant named, of one supplier: invoices, tries or plans, and clients of whom it names nothing more. */
export type Named = { supplierId: string; invoiceIds: string[]; attemptIds: string[]; clientIds: string[] };
export async function listNamedSince(db: Database, since: Date): Promise<Named[]> {
	const rows = await db.system.execute<
		{ supplier_id: string } & Record<'invoices' | 'attempts' | 'clients', string[]>
	>(sql`
		select supplier_id, array_remove(array_agg(distinct invoice_id), null) as invoices, array_remove(array_agg(distinct attempt_id), null) as attempts,
			array_remove(array_agg(distinct case when invoice_id is null and attempt_id is null then client_id end), null) as clients
		from outbox where created_at >= ${since.toISOString()}::timestamptz group by supplier_id`);
	return rows.map((row) => ({
		supplierId: row.supplier_id,
		invoiceIds: row.invoices,
		attemptIds: row.attempts,
		clientIds: row.clients
	}));
}

/** Where a reader that wants only what comes next should start. */
export async function latestCursor(db: Database): Promise<string> {
	const [row] = await db.system.execute<{ xid: string }>(
		sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`
	);
	const [last] = await db.system
		.select({ seq: sql<string>`max(${outbox.seq})` })
		.from(outbox)
		.where(gt(outbox.seq, 0n));
	return `${BigInt(required(row, 'snapshot').xid) - 1n}.${last?.seq ?? 0}`;
}
/** `<transaction>.<sequence>`, each within what PostgreSQL can hold: anything else came from nobody of ours. */
export function isCursor(text: string): boolean {
	const [, xid, seq] = /^(\d{1,20})\.(\d{1,19})$/.exec(text) ?? [];
	return xid !== undefined && seq !== undefined && BigInt(xid) < 2n ** 63n && BigInt(seq) < 2n ** 63n;
}
