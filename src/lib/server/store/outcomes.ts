// What was said of tries that nobody can ask about, and what Stripe said of them since.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Outcome } from '../../domain/payments/outcome.ts';
import type { Attempt } from './attempts.ts';
import { behindRow } from './behind.ts';
import type { Tx } from './database.ts';
import { paymentAttempt, declaredOutcome } from './schema/index.ts';

export type DeclaredOutcome = typeof declaredOutcome.$inferSelect;

export async function insertDeclared(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof declaredOutcome.$inferInsert, 'supplierId' | 'heard' | 'heardAt'>
): Promise<void> {
	await tx.insert(declaredOutcome).values({ supplierId: scope.supplierId, ...row });
}
/** What counts: said last. */
export async function findDeclared(tx: Tx, scope: Scope, attemptId: string): Promise<DeclaredOutcome | null> {
	return (await listDeclared(tx, scope, [attemptId])).at(-1) ?? null;
}
/** Of each try in the order in which it was said: the last one counts. */
export const listDeclared = async (tx: Tx, scope: Scope, attemptIds: string[]): Promise<DeclaredOutcome[]> =>
	attemptIds.length
		? tx
				.select()
				.from(declaredOutcome)
				.where(and(eq(declaredOutcome.supplierId, scope.supplierId), inArray(declaredOutcome.attemptId, attemptIds)))
				.orderBy(asc(declaredOutcome.attemptId), asc(declaredOutcome.round))
		: [];

export type Unchecked = { said: DeclaredOutcome; attempt: Attempt };
/** Of which Stripe has not spoken yet, on accounts that answer again; from one on. */
export const listUnchecked = (
	tx: Tx,
	scope: Scope,
	after: Unchecked | null = null,
	limit = 100
): Promise<Unchecked[]> =>
	tx
		.select({ said: declaredOutcome, attempt: paymentAttempt })
		.from(declaredOutcome)
		.innerJoin(
			paymentAttempt,
			and(
				eq(paymentAttempt.supplierId, declaredOutcome.supplierId),
				eq(paymentAttempt.attemptId, declaredOutcome.attemptId)
			)
		)
		.where(
			and(
				eq(declaredOutcome.supplierId, scope.supplierId),
				isNull(declaredOutcome.heardAt),
				sql`not exists (select from said_outcome later where later.supplier_id = ${declaredOutcome.supplierId} and later.attempt_id = ${declaredOutcome.attemptId} and later.round > ${declaredOutcome.round})`,
				sql`not exists (select from stripe_account k where k.supplier_id = ${paymentAttempt.supplierId} and k.account = coalesce(${paymentAttempt.stripeAccount}, '') and k.silence is not null)`,
				after
					? behindRow([declaredOutcome.saidAt, after.said.saidAt], [declaredOutcome.attemptId, after.said.attemptId])
					: undefined
			)
		)
		.orderBy(asc(declaredOutcome.saidAt), asc(declaredOutcome.attemptId))
		.limit(limit);
/** `false` when it was heard before. */
export async function noteChecked(
	tx: Tx,
	scope: Scope,
	{ attemptId, round }: DeclaredOutcome,
	heard: Outcome,
	now: Date
): Promise<boolean> {
	const rows = await tx
		.update(declaredOutcome)
		.set({ heard, heardAt: now })
		.where(
			and(
				eq(declaredOutcome.supplierId, scope.supplierId),
				eq(declaredOutcome.attemptId, attemptId),
				eq(declaredOutcome.round, round),
				isNull(declaredOutcome.heardAt)
			)
		)
		.returning({ attemptId: declaredOutcome.attemptId });
	return rows.length > 0;
}
