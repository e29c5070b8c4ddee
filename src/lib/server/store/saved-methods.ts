// Means of payment that may be charged again, and the customer at Stripe they belong to.
import { and, asc, eq, getTableColumns, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { MethodFacts } from '../../domain/payments/methods.ts';
import { STANDING_PLANS } from '../../domain/plans/plan-states.ts';
import { required } from '../../domain/required.ts';
import { behindRow } from './behind.ts';
import type { Tx } from './database.ts';
import { words } from './schema/columns.ts';
import { plan, savedMethod, stripeCustomer } from './schema/index.ts';
import { accountKey } from './stripe-accounts.ts';

/** `giverMayPay`: the person who gave it may still pay for the client; true for one that no person gave. */
export type SavedMethod = typeof savedMethod.$inferSelect & { giverMayPay: boolean };
/** The same, in SQL, of a row called saved_method. */
const giverMayPay = sql<boolean>`coalesce((select g.may_pay from contact g where g.supplier_id = saved_method.supplier_id and g.contact_id = saved_method.contact_id), true)`;
const columns = { ...getTableColumns(savedMethod), giverMayPay };

export async function findCustomerId(
	tx: Tx,
	scope: Scope,
	clientId: string,
	account: string | null
): Promise<string | null> {
	const [row] = await tx
		.select({ customerId: stripeCustomer.customerId })
		.from(stripeCustomer)
		.where(
			and(
				eq(stripeCustomer.supplierId, scope.supplierId),
				eq(stripeCustomer.clientId, clientId),
				eq(stripeCustomer.stripeAccount, accountKey(account))
			)
		);
	return row?.customerId ?? null;
}
/** Kept once: of two who asked at the same time, Stripe answered both with the same customer. */
export async function saveCustomerId(
	tx: Tx,
	scope: Scope,
	{ account, ...row }: { clientId: string; account: string | null; customerId: string; createdAt: Date }
): Promise<void> {
	await tx
		.insert(stripeCustomer)
		.values({ supplierId: scope.supplierId, stripeAccount: accountKey(account), ...row })
		.onConflictDoNothing();
}

export type UsedMethod = {
	methodId: string; // taken when it is new
	clientId: string;
	contactId: string | null;
	/** Where it is kept, and can be charged. */
	account: string | null;
	facts: MethodFacts & { paymentMethodId: string };
	/** Its owner asked to find it again. */
	remembers: boolean;
	now: Date;
};
/** The same means of payment again gives the same id. What was kept on purpose stays so, and its owner too. */
export async function insertMethod(tx: Tx, scope: Scope, used: UsedMethod): Promise<string> {
	const { facts, now } = used;
	const described = {
		label: facts.methodLabel ?? '',
		expiryMonth: facts.expiryMonth,
		expiryYear: facts.expiryYear,
		...(facts.mandateId ? { mandateId: facts.mandateId } : {}),
		...(facts.mandateReference ? { mandateReference: facts.mandateReference } : {}),
		...(used.remembers ? { keptAt: now } : {})
	};
	const [kept] = await tx
		.insert(savedMethod)
		.values({
			supplierId: scope.supplierId,
			methodId: used.methodId,
			clientId: used.clientId,
			contactId: used.contactId,
			stripeAccount: used.account,
			stripePaymentMethodId: facts.paymentMethodId,
			type: facts.methodType ?? 'card',
			createdAt: now,
			...described
		})
		.onConflictDoUpdate({
			target: [savedMethod.supplierId, savedMethod.stripePaymentMethodId],
			set: described
		})
		.returning({ methodId: savedMethod.methodId });
	return required(kept, 'means of payment').methodId;
}

const mine = (scope: Scope) => [
	eq(savedMethod.supplierId, scope.supplierId),
	...(scope.clientId ? [eq(savedMethod.clientId, scope.clientId)] : [])
];
export async function findMethod(tx: Tx, scope: Scope, methodId: string): Promise<SavedMethod | null> {
	const [row] = await tx
		.select(columns)
		.from(savedMethod)
		.where(and(...mine(scope), eq(savedMethod.methodId, methodId)));
	return row ?? null;
}
export const listMethodsNamed = async (tx: Tx, scope: Scope, methodIds: string[]): Promise<SavedMethod[]> =>
	methodIds.length
		? tx
				.select(columns)
				.from(savedMethod)
				.where(and(...mine(scope), inArray(savedMethod.methodId, methodIds)))
		: [];
export async function lockMethod(tx: Tx, scope: Scope, methodId: string): Promise<SavedMethod | null> {
	const [row] = await tx
		.select(columns)
		.from(savedMethod)
		.where(and(...mine(scope), eq(savedMethod.methodId, methodId)))
		.for('no key update');
	return row ?? null;
}
export async function findMethodByStripeId(tx: Tx, scope: Scope, paymentMethodId: string): Promise<SavedMethod | null> {
	const [row] = await tx
		.select(columns)
		.from(savedMethod)
		.where(and(...mine(scope), eq(savedMethod.stripePaymentMethodId, paymentMethodId)));
	return row ?? null;
}
export async function lockMethodByStripeId(tx: Tx, scope: Scope, paymentMethodId: string): Promise<SavedMethod | null> {
	const [row] = await tx
		.select(columns)
		.from(savedMethod)
		.where(and(...mine(scope), eq(savedMethod.stripePaymentMethodId, paymentMethodId)))
		.for('no key update');
	return row ?? null;
}
/** What one person kept on purpose, oldest first. */
export const listSavedMethods = (tx: Tx, scope: Scope, contactId: string): Promise<SavedMethod[]> =>
	tx
		.select(columns)
		.from(savedMethod)
		.where(
			and(
				...mine(scope),
				eq(savedMethod.contactId, contactId),
				isNotNull(savedMethod.keptAt),
				isNull(savedMethod.removedAt)
			)
		)
		.orderBy(asc(savedMethod.createdAt), asc(savedMethod.methodId));
export async function saveMethod(
	tx: Tx,
	scope: Scope,
	methodId: string,
	change: Partial<
		Pick<
			SavedMethod,
			'name' | 'label' | 'expiryMonth' | 'expiryYear' | 'keptAt' | 'unusableAt' | 'removedAt' | 'detachedAt'
		>
	>
): Promise<void> {
	await tx
		.update(savedMethod)
		.set(change)
		.where(and(...mine(scope), eq(savedMethod.methodId, methodId)));
}

/** Those that this person gave. */
export const listMethodsOf = (tx: Tx, scope: Scope, contactId: string): Promise<SavedMethod[]> =>
	tx
		.select(columns)
		.from(savedMethod)
		.where(and(...mine(scope), eq(savedMethod.contactId, contactId), isNull(savedMethod.removedAt)))
		.orderBy(asc(savedMethod.createdAt), asc(savedMethod.methodId));

/** Of these means of payment, those that a plan still needs. */
export async function listNeededMethods(tx: Tx, scope: Scope, methodIds: string[]): Promise<Set<string>> {
	if (!methodIds.length) return new Set();
	const rows = await tx
		.select({ methodId: plan.methodId })
		.from(plan)
		.where(
			and(
				eq(plan.supplierId, scope.supplierId),
				inArray(plan.methodId, methodIds),
				inArray(plan.status, STANDING_PLANS)
			)
		);
	return new Set(rows.flatMap(({ methodId }) => methodId ?? []));
}
/** Served a plan that is over, and nobody asked to keep it: nothing is left to charge. */
export const listIdleMethods = (tx: Tx, scope: Scope, before: Date, limit = 100): Promise<SavedMethod[]> =>
	tx
		.select(columns)
		.from(savedMethod)
		.where(
			and(
				...mine(scope),
				isNull(savedMethod.keptAt),
				isNull(savedMethod.removedAt),
				sql`exists (select from plan x where x.supplier_id = saved_method.supplier_id and x.method_id = saved_method.method_id)`,
				sql`not exists (select from plan x where x.supplier_id = saved_method.supplier_id and x.client_id = saved_method.client_id and (x.status in (${words(STANDING_PLANS)}) or x.updated_at > ${before.toISOString()}::timestamptz))`
			)
		)
		.orderBy(asc(savedMethod.createdAt), asc(savedMethod.methodId))
		.limit(limit);
/** Removed here, and not yet at Stripe, from one on. */
export const listToDetach = (
	tx: Tx,
	scope: Scope,
	after: SavedMethod | null = null,
	limit = 100
): Promise<SavedMethod[]> =>
	tx
		.select(columns)
		.from(savedMethod)
		.where(
			and(
				...mine(scope),
				isNotNull(savedMethod.removedAt),
				isNull(savedMethod.detachedAt),
				after ? behindRow([savedMethod.removedAt, after.removedAt], [savedMethod.methodId, after.methodId]) : undefined
			)
		)
		.orderBy(asc(savedMethod.removedAt), asc(savedMethod.methodId))
		.limit(limit);
