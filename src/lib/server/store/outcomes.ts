// What was said of tries that nobody can ask about, and what Stripe said of them since.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { Outcome } from '../../domain/payments/outcome.ts';
import type { Attempt } from './attempts.ts';
import { behindRow } from './behind.ts';
import type { Tx } from './database.ts';
import { paymentAttempt, saidOutcome } from './schema/index.ts';

export type SaidOutcome = typeof saidOutcome.$inferSelect;

export async function insertSaid(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof saidOutcome.$inferInsert, 'supplierId' | 'heard' | 'heardAt'>
): Promise<void> {
	await tx.insert(saidOutcome).values({ supplierId: scope.supplierId, ...row });
}
/** What counts: said last. */
export async function findSaid(tx: Tx, scope: Scope, attemptId: string): Promise<SaidOutcome | null> {
	return (await listSaid(tx, scope, [attemptId])).at(-1) ?? null;
}
/** Of each try in the order in which it was said: the last one counts. */
export const listSaid = async (tx: Tx, scope: Scope, attemptIds: string[]): Promise<SaidOutcome[]> =>
	attemptIds.length
		? tx
				.select()
				.from(saidOutcome)
				.where(and(eq(saidOutcome.supplierId, scope.supplierId), inArray(saidOutcome.attemptId, attemptIds)))
				.orderBy(asc(saidOutcome.attemptId), asc(saidOutcome.round))
		: [];

export type Unheard = { said: SaidOutcome; attempt: Attempt };
/** Of which Stripe has not spoken yet, on accounts that answer again; from one on. */
export const listUnheard = (tx: Tx, scope: Scope, after: Unheard | null = null, limit = 100): Promise<Unheard[]> =>
	tx
		.select({ said: saidOutcome, attempt: paymentAttempt })
		.from(saidOutcome)
		.innerJoin(
			paymentAttempt,
			and(eq(paymentAttempt.supplierId, saidOutcome.supplierId), eq(paymentAttempt.attemptId, saidOutcome.attemptId))
		)
		.where(
			and(
				eq(saidOutcome.supplierId, scope.supplierId),
				isNull(saidOutcome.heardAt),
				sql`not exists (select from said_outcome later where later.supplier_id = ${saidOutcome.supplierId} and later.attempt_id = ${saidOutcome.attemptId} and later.round > ${saidOutcome.round})`,
				sql`not exists (select from stripe_account k where k.supplier_id = ${paymentAttempt.supplierId} and k.account = coalesce(${paymentAttempt.stripeAccount}, '') and k.silence is not null)`,
				after
					? behindRow([saidOutcome.saidAt, after.said.saidAt], [saidOutcome.attemptId, after.said.attemptId])
					: undefined
			)
		)
		.orderBy(asc(saidOutcome.saidAt), asc(saidOutcome.attemptId))
		.limit(limit);
/** `false` when it was heard before. */
export async function noteHeard(
	tx: Tx,
	scope: Scope,
	{ attemptId, round }: SaidOutcome,
	heard: Outcome,
	now: Date
): Promise<boolean> {
	const rows = await tx
		.update(saidOutcome)
		.set({ heard, heardAt: now })
		.where(
			and(
				eq(saidOutcome.supplierId, scope.supplierId),
				eq(saidOutcome.attemptId, attemptId),
				eq(saidOutcome.round, round),
				isNull(saidOutcome.heardAt)
			)
		)
		.returning({ attemptId: saidOutcome.attemptId });
	return rows.length > 0;
}
