// Imports and their files, and which of them waits for a worker.
import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import {
	IMPORT_STATES,
	IMPORTS_AT_WORK,
	PENDING_IMPORTS,
	type ImportState
} from '../../domain/invoices/import-states.ts';
import { required } from '../../domain/required.ts';
import type { Database, Tx } from './database.ts';
import { words } from './schema/columns.ts';
import { importFile, importJob } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';

export type ImportJob = typeof importJob.$inferSelect;
export type ImportFile = Omit<typeof importFile.$inferSelect, 'content'>;

const job = (scope: Scope, importId: string) =>
	and(eq(importJob.supplierId, scope.supplierId), eq(importJob.importId, importId));
const filesOf = (scope: Scope, importId: string) =>
	and(eq(importFile.supplierId, scope.supplierId), eq(importFile.importId, importId));

export async function insertImport(
	tx: Tx,
	scope: Scope,
	row: Pick<ImportJob, 'importId' | 'openedBy' | 'openedAt' | 'confirmsItself' | 'sendsMails' | 'acceptsReview'>
): Promise<void> {
	await tx
		.insert(importJob)
		.values({ supplierId: scope.supplierId, ...row, state: 'receiving' })
		.onConflictDoNothing({ target: [importJob.supplierId, importJob.importId] });
}
export async function findImport(tx: Tx, scope: Scope, importId: string): Promise<ImportJob | null> {
	const [row] = await tx.select().from(importJob).where(job(scope, importId));
	return row ?? null;
}
export async function lockImport(tx: Tx, scope: Scope, importId: string): Promise<ImportJob | null> {
	const [row] = await tx.select().from(importJob).where(job(scope, importId)).for('no key update');
	return row ?? null;
}
const openedBefore = (scope: Scope, importId: string) =>
	sql`(opened_at, import_id) < (select a.opened_at, a.import_id from import_job a where a.supplier_id = ${scope.supplierId} and a.import_id = ${importId})`;
export const listImports = (tx: Tx, scope: Scope, ask: { after: string | null; limit: number }): Promise<ImportJob[]> =>
	tx
		.select()
		.from(importJob)
		.where(and(eq(importJob.supplierId, scope.supplierId), ask.after ? openedBefore(scope, ask.after) : undefined))
		.orderBy(desc(importJob.openedAt), desc(importJob.importId))
		.limit(ask.limit);
/** @throws when it can’t become that */
export async function saveImport(
	tx: Tx,
	scope: Scope,
	importId: string,
	change: Partial<Omit<ImportJob, 'supplierId' | 'importId' | 'openedBy' | 'openedAt' | 'confirmsItself'>>
): Promise<void> {
	const saved = await tx
		.update(importJob)
		.set(change)
		.where(and(job(scope, importId), thatMayBecome(importJob.state, IMPORT_STATES, change.state)))
		.returning({ state: importJob.state });
	requireSet(saved, `import ${importId}`, change.state);
}

/** The import of any supplier that has waited longest, kept for a while: whoever dies holding it loses it to another. */
export type Claim = { supplierId: string; importId: string; state: ImportState; claimId: string };
export async function claimImport(db: Database, claimId: string, now: Date, leaseMs: number): Promise<Claim | null> {
	const [row] = await db.system
		.update(importJob)
		.set({ claimId, claimedUntil: new Date(now.getTime() + leaseMs) })
		.where(
			sql`(${importJob.supplierId}, ${importJob.importId}) = (
				select supplier_id, import_id from import_job
				where state in (${words(IMPORTS_AT_WORK)}) and (claimed_until is null or claimed_until <= ${now.toISOString()}::timestamptz)
				order by coalesce(claimed_until, opened_at), import_id limit 1 for no key update skip locked)`
		)
		.returning({ supplierId: importJob.supplierId, importId: importJob.importId, state: importJob.state });
	return row ? { ...row, claimId } : null;
}
/** Still ours, and still wanted? Then until `until`. Its row stays locked to the end of the transaction. */
export async function holdClaim(tx: Tx, scope: Scope, claim: Claim, until: Date): Promise<boolean> {
	const held = await tx
		.update(importJob)
		.set({ claimedUntil: until })
		.where(and(job(scope, claim.importId), eq(importJob.claimId, claim.claimId), eq(importJob.state, claim.state)))
		.returning({ importId: importJob.importId });
	return held.length > 0;
}
/** Given back for whoever comes next: others that wait have their turn first. */
export async function releaseClaim(db: Database, claim: Claim, now: Date): Promise<void> {
	await db.system
		.update(importJob)
		.set({ claimId: null, claimedUntil: now })
		.where(
			and(
				eq(importJob.supplierId, claim.supplierId),
				eq(importJob.importId, claim.importId),
				eq(importJob.claimId, claim.claimId)
			)
		);
}
/** So many invoices more. */
export async function countUp(tx: Tx, scope: Scope, importId: string, kept: number): Promise<void> {
	await tx
		.update(importJob)
		.set({ keptCount: sql`${importJob.keptCount} + ${kept}` })
		.where(job(scope, importId));
}
/** Invoices of imports that were confirmed with mails, and are not all kept yet. */
export async function countAwaitingMail(tx: Tx, scope: Scope): Promise<number> {
	const [row] = await tx.execute<{ count: number }>(sql`
		select coalesce(sum(greatest(lines.count - j.kept_count, 0)), 0)::int as count
		from import_job j cross join lateral (
			select count(*)::int as count from import_line l
			where l.supplier_id = j.supplier_id and l.import_id = j.import_id and l.outcome in ('new', 'review', 'conflict')
		) lines
		where j.supplier_id = ${scope.supplierId} and j.state = 'keeping' and j.sends_mails`);
	return required(row, 'count').count;
}
/** Added after those that are there; the same file again is not added. Answers with how many were. */
export async function insertFiles(
	tx: Tx,
	scope: Scope,
	importId: string,
	files: { fileName: string; sha256: string; content: Uint8Array }[]
): Promise<number> {
	let position = await countFiles(tx, scope, importId);
	const before = position;
	for (const file of files) {
		const kept = await tx
			.insert(importFile)
			.values({ supplierId: scope.supplierId, importId, position, byteSize: file.content.length, ...file })
			.onConflictDoNothing({
				target: [importFile.supplierId, importFile.importId, importFile.sha256, importFile.fileName]
			})
			.returning({ position: importFile.position });
		position += kept.length;
	}
	return position - before;
}
export async function hasFiles(
	tx: Tx,
	scope: Scope,
	importId: string,
	files: { fileName: string; sha256: string }[]
): Promise<boolean> {
	for (const { fileName, sha256 } of files) {
		const rows = await tx
			.select({ position: importFile.position })
			.from(importFile)
			.where(and(filesOf(scope, importId), eq(importFile.sha256, sha256), eq(importFile.fileName, fileName)));
		if (!rows.length) return false;
	}
	return true;
}
export async function countFiles(tx: Tx, scope: Scope, importId: string): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(importFile)
		.where(filesOf(scope, importId));
	return required(row, 'count').count;
}
export async function sumBytes(tx: Tx, scope: Scope, importId: string): Promise<number> {
	const [row] = await tx
		.select({ bytes: sql<string>`coalesce(sum(${importFile.byteSize}), 0)` })
		.from(importFile)
		.where(filesOf(scope, importId));
	return Number(required(row, 'sum').bytes);
}
/** How many imports of the supplier are not over, besides this one, and the bytes of all files that are still kept. */
export async function sumWaiting(tx: Tx, scope: Scope, importId: string): Promise<{ others: number; bytes: number }> {
	const [row] = await tx.execute<{ others: number; bytes: string }>(sql`
		select (select count(*)::int from import_job where supplier_id = ${scope.supplierId} and import_id <> ${importId}
				and state in (${words(PENDING_IMPORTS)})) as others,
			(select coalesce(sum(byte_size), 0) from import_file where supplier_id = ${scope.supplierId} and content is not null) as bytes`);
	const { others, bytes } = required(row, 'sums');
	return { others, bytes: Number(bytes) };
}
/** Nobody will ask for them any more. */
export async function dropContents(tx: Tx, scope: Scope, importId: string): Promise<void> {
	await tx.update(importFile).set({ content: null }).where(filesOf(scope, importId));
}
const SHOWN = {
	supplierId: importFile.supplierId,
	importId: importFile.importId,
	position: importFile.position,
	fileName: importFile.fileName,
	sha256: importFile.sha256,
	byteSize: importFile.byteSize,
	mediaType: importFile.mediaType,
	list: importFile.list
};
export const listFiles = (tx: Tx, scope: Scope, importId: string, limit: number): Promise<ImportFile[]> =>
	tx.select(SHOWN).from(importFile).where(filesOf(scope, importId)).orderBy(asc(importFile.position)).limit(limit);
export const listLists = (tx: Tx, scope: Scope, importId: string): Promise<ImportFile[]> =>
	tx
		.select(SHOWN)
		.from(importFile)
		.where(and(filesOf(scope, importId), sql`${importFile.list} is not null`))
		.orderBy(asc(importFile.position))
		.limit(50);
/** With its bytes: null once they are forgotten. */
export async function findFile(
	tx: Tx,
	scope: Scope,
	importId: string,
	position: number
): Promise<typeof importFile.$inferSelect | null> {
	const [row] = await tx
		.select()
		.from(importFile)
		.where(and(filesOf(scope, importId), eq(importFile.position, position)));
	return row ?? null;
}
const PIECE_BYTES = 1024 * 1024;
/** Its bytes, a piece at a time: whole, they would be in memory four times over while they travel. Empty once they are forgotten. */
export async function readContent(
	tx: Tx,
	scope: Scope,
	{ importId, position, byteSize }: { importId: string; position: number; byteSize: number }
): Promise<Uint8Array> {
	const whole = new Uint8Array(byteSize);
	for (let at = 0; at < byteSize; at += PIECE_BYTES) {
		const [row] = await tx
			.select({
				piece: sql<Uint8Array | null>`substring(${importFile.content} from ${at + 1}::int for ${PIECE_BYTES}::int)`
			})
			.from(importFile)
			.where(and(filesOf(scope, importId), eq(importFile.position, position)));
		if (!row?.piece) return new Uint8Array();
		whole.set(row.piece, at);
	}
	return whole;
}
export const listUnreadFiles = (
	tx: Tx,
	scope: Scope,
	importId: string,
	limit: number
): Promise<{ position: number; byteSize: number; fileName: string }[]> =>
	tx
		.select({ position: importFile.position, byteSize: importFile.byteSize, fileName: importFile.fileName })
		.from(importFile)
		.where(and(filesOf(scope, importId), isNull(importFile.mediaType)))
		.orderBy(asc(importFile.position))
		.limit(limit);
type FileCounts = { files: number; unread: number };
/** Of each of these imports that has files: how many, and how many of them nobody has read yet. */
export async function countFilesOf(tx: Tx, scope: Scope, importIds: string[]): Promise<Map<string, FileCounts>> {
	const rows = await tx
		.select({
			importId: importFile.importId,
			files: sql<number>`count(*)::int`,
			unread: sql<number>`(count(*) filter (where ${importFile.mediaType} is null))::int`
		})
		.from(importFile)
		.where(and(eq(importFile.supplierId, scope.supplierId), inArray(importFile.importId, importIds)))
		.groupBy(importFile.importId);
	return new Map(rows.map((row) => [row.importId, row]));
}
export async function saveFile(
	tx: Tx,
	scope: Scope,
	{ importId, position }: { importId: string; position: number },
	change: Partial<Pick<typeof importFile.$inferInsert, 'mediaType' | 'list' | 'content'>>
): Promise<void> {
	await tx
		.update(importFile)
		.set(change)
		.where(and(filesOf(scope, importId), eq(importFile.position, position)));
}
/** To be read again, with what a person has said of lists with this header. */
export async function unreadLists(tx: Tx, scope: Scope, importId: string, headerKeys: string[]): Promise<void> {
	await tx
		.update(importFile)
		.set({ mediaType: null, list: null })
		.where(and(filesOf(scope, importId), sql`${importFile.list}->>'key' in ${headerKeys}`));
}
