// Files as they came, byte for byte.
import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { visible } from './invoices.ts';
import { claimObject } from './pending-objects.ts';
import { document, importFile, invoice } from './schema/index.ts';

/** The file as it came (use-cases/documents/read-content.ts has its bytes), for an invoice the scope may see; a client sees it only when it is one invoice (see schema). */
export async function findInvoiceFile(
	tx: Tx,
	scope: Scope,
	invoiceId: string
): Promise<Pick<typeof document.$inferSelect, 'content' | 'sha256' | 'byteSize' | 'mediaType' | 'fileName'> | null> {
	const [row] = await tx
		.select({
			content: document.content,
			sha256: document.sha256,
			byteSize: document.byteSize,
			mediaType: document.mediaType,
			fileName: document.fileName
		})
		.from(invoice)
		.innerJoin(document, and(eq(document.supplierId, invoice.supplierId), eq(document.documentId, invoice.documentId)))
		.where(fileOf(scope, invoiceId));
	return row ?? null;
}
/** Is there such a file, and can a page show it? */
export async function hasPdf(tx: Tx, scope: Scope, invoiceId: string): Promise<boolean> {
	const rows = await tx
		.select({ documentId: document.documentId })
		.from(invoice)
		.innerJoin(document, and(eq(document.supplierId, invoice.supplierId), eq(document.documentId, invoice.documentId)))
		.where(and(fileOf(scope, invoiceId), eq(document.mediaType, 'application/pdf')));
	return rows.length > 0;
}
const fileOf = (scope: Scope, invoiceId: string) =>
	and(
		...visible(scope),
		eq(invoice.invoiceId, invoiceId),
		...(scope.clientId ? [eq(invoice.documentIsShown, true)] : [])
	);

export async function isDocumentKnown(tx: Tx, scope: Scope, sha256: string): Promise<boolean> {
	const rows = await tx
		.select({ id: document.documentId })
		.from(document)
		.where(and(eq(document.supplierId, scope.supplierId), eq(document.sha256, sha256)));
	return rows.length > 0;
}
/** In the transaction that wrote a document without its bytes: they are there, or it is not written. */
async function claimContent(tx: Tx, scope: Scope, sha256: string): Promise<void> {
	if (!(await claimObject(tx, scope, sha256)))
		throw new Error(`the file ${sha256} was not put in the storage before its row`);
}

/** Keeps the bytes once: the same file again gives the same id. Without `content` they lie in the storage already. */
export async function saveDocument(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof document.$inferInsert, 'supplierId'>
): Promise<string> {
	const known = () =>
		tx
			.select({ id: document.documentId })
			.from(document)
			.where(and(eq(document.supplierId, scope.supplierId), eq(document.sha256, row.sha256)));
	const [there] = await known();
	if (there) return there.id;
	const added = await tx
		.insert(document)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing({ target: [document.supplierId, document.sha256] })
		.returning({ id: document.documentId });
	if (added.length && !row.content) await claimContent(tx, scope, row.sha256);
	return required((await known())[0], 'document').id;
}

export async function findFileSize(
	tx: Tx,
	scope: Scope,
	{ importId, position }: { importId: string; position: number }
): Promise<{ sha256: string; byteSize: number }> {
	const [row] = await tx
		.select({ sha256: importFile.sha256, byteSize: importFile.byteSize })
		.from(importFile)
		.where(
			and(
				eq(importFile.supplierId, scope.supplierId),
				eq(importFile.importId, importId),
				eq(importFile.position, position)
			)
		);
	return required(row, 'file of an import');
}
/** The file becomes the document of its invoices, byte for byte; the same bytes are one document. `isStored`: they lie in the storage already. */
export async function saveAsDocument(
	tx: Tx,
	scope: Scope,
	{ importId, position }: { importId: string; position: number },
	{ documentId, isStored, now }: { documentId: string; isStored: boolean; now: Date }
): Promise<{ documentId: string; mediaType: string }> {
	const same = sql`d.supplier_id = f.supplier_id and d.sha256 = f.sha256`;
	const thisOne = sql`f.supplier_id = ${scope.supplierId} and f.import_id = ${importId} and f.position = ${position}`;
	const [added] = await tx.execute<{ sha256: string }>(sql`
		insert into document (supplier_id, document_id, sha256, media_type, file_name, byte_size, content, created_at)
		select f.supplier_id, ${documentId}::uuid, f.sha256, f.media_type, f.file_name, f.byte_size, case when ${isStored}::boolean then null else f.content end, ${now.toISOString()}::timestamptz
		from import_file f where ${thisOne} and not exists (select from document d where ${same})
		on conflict (supplier_id, sha256) do nothing
		returning sha256`);
	if (added && isStored) await claimContent(tx, scope, added.sha256);
	const [row] = await tx.execute<{ document_id: string; media_type: string }>(
		sql`select d.document_id, f.media_type from import_file f join document d on ${same} where ${thisOne}`
	);
	const kept = required(row, 'document');
	return { documentId: kept.document_id, mediaType: kept.media_type };
}
