// Answers to requests that carry a key of their sender: the same request sent again gets the same answer.
import { and, eq } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { required } from '../../domain/required.ts';
import type { Tx } from './database.ts';
import { idempotency } from './schema/index.ts';

export type SavedAnswer =
	{ kind: 'new' } | { kind: 'busy' } | { kind: 'mismatch' } | { kind: 'replay'; status: number; answer: unknown };
/** Reserves an idempotency key, or tells what is known of it. A reservation whose holder died can be taken again after a minute. */
export async function reserveAnswer(
	tx: Tx,
	scope: Scope,
	key: string,
	inputHash: string,
	now: Date
): Promise<SavedAnswer> {
	const kept = await tx
		.insert(idempotency)
		.values({ supplierId: scope.supplierId, key, inputHash, createdAt: now })
		.onConflictDoNothing()
		.returning({ key: idempotency.key });
	if (kept.length) return { kind: 'new' };
	const [row] = await tx
		.select()
		.from(idempotency)
		.where(and(eq(idempotency.supplierId, scope.supplierId), eq(idempotency.key, key)))
		.for('no key update');
	const { status, answer, createdAt, ...asked } = required(row, 'kept answer');
	if (asked.inputHash !== inputHash) return { kind: 'mismatch' };
	if (status !== null) return { kind: 'replay', status, answer };
	if (now.getTime() - createdAt.getTime() < 60000) return { kind: 'busy' };
	await tx
		.update(idempotency)
		.set({ createdAt: now })
		.where(and(eq(idempotency.supplierId, scope.supplierId), eq(idempotency.key, key)));
	return { kind: 'new' };
}
export async function saveAnswer(tx: Tx, scope: Scope, key: string, status: number, answer: unknown): Promise<void> {
	await tx
		.update(idempotency)
		.set({ status, answer })
		.where(and(eq(idempotency.supplierId, scope.supplierId), eq(idempotency.key, key)));
}
