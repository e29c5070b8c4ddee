// New means of payment asked for: the row that comes before the call.
import { and, eq, isNull, sql } from 'drizzle-orm';
import { actorName, type Scope } from '../../domain/access/scope.ts';
import { SETUP_STATES } from '../../domain/payments/setup-states.ts';
import type { Tx } from './database.ts';
import { methodSetup } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';

export type MethodSetup = typeof methodSetup.$inferSelect;
const mine = (scope: Scope, setupId: string) =>
	and(
		eq(methodSetup.supplierId, scope.supplierId),
		...(scope.clientId ? [eq(methodSetup.clientId, scope.clientId)] : []),
		eq(methodSetup.setupId, setupId)
	);

export async function insertSetup(
	tx: Tx,
	scope: Scope,
	row: Omit<MethodSetup, 'supplierId' | 'begunBy'>
): Promise<void> {
	await tx
		.insert(methodSetup)
		.values({ supplierId: scope.supplierId, begunBy: actorName(scope.actor), ...row })
		.onConflictDoNothing();
}
export async function findSetup(tx: Tx, scope: Scope, setupId: string): Promise<MethodSetup | null> {
	const [row] = await tx.select().from(methodSetup).where(mine(scope, setupId));
	return row ?? null;
}
/** By its id at Stripe. */
export async function findSetupOfIntent(tx: Tx, scope: Scope, setupIntentId: string): Promise<MethodSetup | null> {
	const [row] = await tx
		.select()
		.from(methodSetup)
		.where(and(eq(methodSetup.supplierId, scope.supplierId), eq(methodSetup.stripeSetupIntentId, setupIntentId)));
	return row ?? null;
}
export async function lockSetup(tx: Tx, scope: Scope, setupId: string): Promise<MethodSetup | null> {
	const [row] = await tx.select().from(methodSetup).where(mine(scope, setupId)).for('no key update');
	return row ?? null;
}
/** @throws when it can’t become that */
export async function saveSetup(
	tx: Tx,
	scope: Scope,
	setupId: string,
	change: Partial<Pick<MethodSetup, 'status' | 'stripeSetupIntentId' | 'errorCode' | 'declineCode'>>,
	now: Date
): Promise<void> {
	const saved = await tx
		.update(methodSetup)
		.set({ ...change, updatedAt: now })
		.where(and(mine(scope, setupId), thatMayBecome(methodSetup.status, SETUP_STATES, change.status)))
		.returning({ status: methodSetup.status });
	requireSet(saved, `setup ${setupId}`, change.status);
}
/** Those that this payer began for a plan, or for itself, and left at the bank. */
export const listWaitingSetups = (tx: Tx, scope: Scope, planId: string | null): Promise<MethodSetup[]> =>
	tx
		.select()
		.from(methodSetup)
		.where(
			and(
				eq(methodSetup.supplierId, scope.supplierId),
				eq(methodSetup.begunBy, actorName(scope.actor)),
				planId === null ? isNull(methodSetup.planId) : eq(methodSetup.planId, planId),
				sql`${methodSetup.status} = 'awaiting_auth'`
			)
		)
		.orderBy(methodSetup.createdAt)
		.limit(20);
