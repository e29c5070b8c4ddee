// Refunds asked for: the row that comes before any call to Stripe, and the answer once it is known.
import { and, asc, eq, lt, sum } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import type { Tx } from './database.ts';
import { refundRequest } from './schema/index.ts';

export type RefundRequest = typeof refundRequest.$inferSelect;

export async function insertRefundRequest(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof refundRequest.$inferInsert, 'supplierId'>
): Promise<void> {
	await tx.insert(refundRequest).values({ supplierId: scope.supplierId, ...row });
}
export async function findRefundRequest(tx: Tx, scope: Scope, refundRequestId: string): Promise<RefundRequest | null> {
	const [row] = await tx
		.select()
		.from(refundRequest)
		.where(and(eq(refundRequest.supplierId, scope.supplierId), eq(refundRequest.refundRequestId, refundRequestId)));
	return row ?? null;
}
/** Notes the answer to a request that has none yet; one that has keeps it. */
export async function answerRefundRequest(
	tx: Tx,
	scope: Scope,
	refundRequestId: string,
	answer: { status: 'accepted'; stripeRefundId: string } | { status: 'refused' },
	now: Date
): Promise<void> {
	await tx
		.update(refundRequest)
		.set({ ...answer, updatedAt: now })
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.refundRequestId, refundRequestId),
				eq(refundRequest.status, 'open')
			)
		);
}
/** Requests whose answer nobody noted, made before an instant. */
export const listOpenRefunds = (tx: Tx, scope: Scope, before: Date): Promise<RefundRequest[]> =>
	tx
		.select()
		.from(refundRequest)
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.status, 'open'),
				lt(refundRequest.createdAt, before)
			)
		)
		.orderBy(asc(refundRequest.createdAt))
		.limit(100);
/** Refunds asked for and not yet answered hold their part of the payment. */
export async function sumOpenRefunds(tx: Tx, scope: Scope, paymentId: string): Promise<Minor> {
	const [row] = await tx
		.select({ total: sum(refundRequest.amountMinor) })
		.from(refundRequest)
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.paymentId, paymentId),
				eq(refundRequest.status, 'open')
			)
		);
	return minor(BigInt(row?.total ?? 0));
}
