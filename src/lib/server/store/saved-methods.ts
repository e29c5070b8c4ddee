// Means of payment that may be charged again, and the customer at Stripe they belong to.
import { and, eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Tx } from './database.ts';
import { savedMethod, stripeCustomer } from './schema/index.ts';

export type SavedMethod = typeof savedMethod.$inferSelect;

export async function findCustomerId(tx: Tx, scope: Scope, clientId: string): Promise<string | null> {
	const [row] = await tx
		.select({ customerId: stripeCustomer.customerId })
		.from(stripeCustomer)
		.where(and(eq(stripeCustomer.supplierId, scope.supplierId), eq(stripeCustomer.clientId, clientId)));
	return row?.customerId ?? null;
}
/** Kept once: of two who asked at the same time, Stripe answered both with the same customer. */
export async function keepCustomerId(
	tx: Tx,
	scope: Scope,
	row: { clientId: string; customerId: string; createdAt: Date }
): Promise<void> {
	await tx
		.insert(stripeCustomer)
		.values({ supplierId: scope.supplierId, ...row })
		.onConflictDoNothing();
}

/** The same means of payment again gives the same id. */
export async function keepMethod(
	tx: Tx,
	scope: Scope,
	row: Omit<SavedMethod, 'supplierId' | 'removedAt'>
): Promise<string> {
	const [kept] = await tx
		.insert(savedMethod)
		.values({ supplierId: scope.supplierId, ...row, removedAt: null })
		.onConflictDoUpdate({
			target: [savedMethod.supplierId, savedMethod.stripePaymentMethodId],
			set: { removedAt: null, label: row.label }
		})
		.returning({ methodId: savedMethod.methodId });
	return kept!.methodId;
}
export async function findMethod(tx: Tx, scope: Scope, methodId: string): Promise<SavedMethod | null> {
	const [row] = await tx
		.select()
		.from(savedMethod)
		.where(
			and(
				eq(savedMethod.supplierId, scope.supplierId),
				...(scope.clientId ? [eq(savedMethod.clientId, scope.clientId)] : []),
				eq(savedMethod.methodId, methodId)
			)
		);
	return row ?? null;
}
