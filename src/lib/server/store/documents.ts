// Files as they came, byte for byte.
import { and, eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { visible } from './invoices.ts';
import { document, invoice } from './schema/index.ts';

/** The file as it came, for an invoice the scope may see; a client sees it only when it is one invoice (see schema). */
export async function findInvoiceFile(
	tx: Tx,
	scope: Scope,
	invoiceId: string
): Promise<{ content: Uint8Array; mediaType: string; fileName: string } | null> {
	const [row] = await tx
		.select({ content: document.content, mediaType: document.mediaType, fileName: document.fileName })
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

/** Keeps the bytes once: the same file again gives the same id. */
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
	await tx
		.insert(document)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing({ target: [document.supplierId, document.sha256] });
	return required((await known())[0], 'document').id;
}
