// Pictures of a supplier, by the hash of their bytes.
import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { LogoType } from '../../domain/identity/logo.ts';
import type { Database, Tx } from './database.ts';
import { supplier, supplierLogo } from './schema/index.ts';

export type StoredLogo = typeof supplierLogo.$inferSelect;

/** For anybody who has the address, whoever the supplier is; two that gave the same picture have the same address. */
export async function findPublicLogo(
	{ system }: Database,
	sha256: string
): Promise<{ mediaType: LogoType; content: Uint8Array } | null> {
	const [row] = await system
		.select({ mediaType: supplierLogo.mediaType, content: supplierLogo.content })
		.from(supplierLogo)
		.where(eq(supplierLogo.sha256, sha256));
	return row ?? null;
}
/** One of the scope's supplier. */
export async function findLogo(
	tx: Tx,
	{ supplierId }: Scope,
	sha256: string
): Promise<Pick<StoredLogo, 'content' | 'width' | 'height'> | null> {
	const [row] = await tx
		.select({ content: supplierLogo.content, width: supplierLogo.width, height: supplierLogo.height })
		.from(supplierLogo)
		.where(and(eq(supplierLogo.supplierId, supplierId), eq(supplierLogo.sha256, sha256)));
	return row ?? null;
}
/** The same picture again is there already. */
export const insertLogo = async (tx: Tx, { supplierId }: Scope, row: Omit<StoredLogo, 'supplierId'>): Promise<void> =>
	void (await tx
		.insert(supplierLogo)
		.values({ supplierId, ...row })
		.onConflictDoNothing({ target: [supplierLogo.supplierId, supplierLogo.sha256] }));
/** The newest first. */
export const listLogoHashes = async (tx: Tx, { supplierId }: Scope): Promise<string[]> =>
	(
		await tx
			.select({ sha256: supplierLogo.sha256 })
			.from(supplierLogo)
			.where(eq(supplierLogo.supplierId, supplierId))
			.orderBy(desc(supplierLogo.createdAt), asc(supplierLogo.sha256))
	).map(({ sha256 }) => sha256);
export async function deleteLogos(tx: Tx, { supplierId }: Scope, hashes: string[]): Promise<void> {
	if (hashes.length)
		await tx
			.delete(supplierLogo)
			.where(and(eq(supplierLogo.supplierId, supplierId), inArray(supplierLogo.sha256, hashes)));
}
/** Today's from now on; null: none. */
export const chooseLogo = async (
	tx: Tx,
	{ supplierId }: Scope,
	logo: Pick<StoredLogo, 'sha256' | 'width' | 'height'> | null
): Promise<void> =>
	void (await tx
		.update(supplier)
		.set({ logoSha256: logo?.sha256 ?? null, logoWidth: logo?.width ?? null, logoHeight: logo?.height ?? null })
		.where(eq(supplier.supplierId, supplierId)));
