// Suppliers: who they are, whom they pay through, what their owners chose.
import { asc, eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Database, Tx } from './database.ts';
import { findLogo } from './logos.ts';
import { supplier } from './schema/index.ts';
import { writtenOnce } from './written-once.ts';

export type Supplier = typeof supplier.$inferSelect;
const supplierById = writtenOnce<{ supplierId: string }>()((tx, given) =>
	tx.select().from(supplier).where(eq(supplier.supplierId, given.supplierId))
);
export async function getSupplier(tx: Tx, { supplierId }: Scope): Promise<Supplier> {
	const [row] = await supplierById(tx, { supplierId });
	if (!row) throw new Error('scope without supplier');
	return row;
}
/** Who issues the supplier's documents, as it is printed on them. */
export type Issuer = {
	name: string;
	legalName: string;
	legalForm: string | null;
	siren: string | null;
	vatNumber: string | null;
	address: string[];
	phone: string | null;
	brandHue: number;
	/** Drawn above the name; null: the supplier has none. */
	logo: { content: Uint8Array; width: number; height: number } | null;
};
export async function issuerOf(tx: Tx, scope: Scope, supplier: Supplier): Promise<Issuer> {
	const { name, legalName, legalForm, siren, vatNumber, address, phone, brandHue, logoSha256 } = supplier;
	return {
		name,
		legalName,
		legalForm,
		siren,
		vatNumber,
		phone,
		brandHue,
		address: [...address.lines, `${address.postalCode} ${address.town}`],
		logo: logoSha256 ? await findLogo(tx, scope, logoSha256) : null
	};
}
export async function saveBilling(
	tx: Tx,
	scope: Scope,
	change: Pick<Supplier, 'businessTerms' | 'isLargeOnlineSeller' | 'planCureDays' | 'lateRateBps' | 'accounts'>
): Promise<void> {
	await tx.update(supplier).set(change).where(eq(supplier.supplierId, scope.supplierId));
}
export const savePayee = async (
	tx: Tx,
	scope: Scope,
	change: Partial<Pick<Supplier, 'iban' | 'bic' | 'stripeAccount'>>
): Promise<void> => void (await tx.update(supplier).set(change).where(eq(supplier.supplierId, scope.supplierId)));
export const saveIdentity = async (
	tx: Tx,
	scope: Scope,
	change: Pick<Supplier, 'legalForm' | 'siren' | 'phone' | 'address'>
): Promise<void> => void (await tx.update(supplier).set(change).where(eq(supplier.supplierId, scope.supplierId)));
export const saveAccountantChoices = async (tx: Tx, scope: Scope, choices: AccountantChoices): Promise<void> =>
	void (await tx
		.update(supplier)
		.set({ accountantsMayRefund: choices.mayRefund, accountantsMayPublish: choices.mayPublish })
		.where(eq(supplier.supplierId, scope.supplierId)));
export const listSuppliers = (db: Database): Promise<Supplier[]> =>
	db.system.select().from(supplier).orderBy(asc(supplier.name));
export type AccountantChoices = { mayRefund: boolean; mayPublish: boolean };
/** By its name in addresses of public pages. */
export async function findSupplierIdBySlug({ system }: Database, slug: string): Promise<string | null> {
	const [row] = await system.select({ supplierId: supplier.supplierId }).from(supplier).where(eq(supplier.slug, slug));
	return row?.supplierId ?? null;
}
