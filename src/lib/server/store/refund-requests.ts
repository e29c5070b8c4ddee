// Refunds asked for: the row that comes before any call to Stripe, and the answer once it is known.
import { and, asc, eq, inArray, ne, sql, sum } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import { minor, type Minor } from '../../domain/money/minor.ts';
import { REFUND_REQUEST_STATES } from '../../domain/payments/refund-states.ts';
import { statesBefore } from '../../domain/states.ts';
import type { Tx } from './database.ts';
import { withRest, type Latest } from './latest.ts';
import { refundRequest } from './schema/index.ts';
import { requireSet, thatMayBecome } from './set-state.ts';

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
/** Stripe has called another refund that was asked for so. */
export async function isNameOfAnotherRequest(tx: Tx, scope: Scope, own: string, stripeRefundId: string) {
	const rows = await tx
		.select({ other: refundRequest.refundRequestId })
		.from(refundRequest)
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.stripeRefundId, stripeRefundId),
				ne(refundRequest.refundRequestId, own)
			)
		)
		.limit(1);
	return rows.length > 0;
}
/** What a person said of it, whatever was noted before. @throws when it can’t become that */
export async function settleRefundRequest(
	tx: Tx,
	scope: Scope,
	refundRequestId: string,
	answer: Pick<RefundRequest, 'status' | 'stripeRefundId'>,
	now: Date
): Promise<void> {
	const settled = await tx
		.update(refundRequest)
		.set({ ...answer, updatedAt: now })
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.refundRequestId, refundRequestId),
				thatMayBecome(refundRequest.status, REFUND_REQUEST_STATES, answer.status)
			)
		)
		.returning({ status: refundRequest.status });
	requireSet(settled, `refund request ${refundRequestId}`, answer.status);
}
/** Notes the answer to a request that has none yet; one that has keeps it, but what Stripe has made was accepted, whoever said otherwise. */
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
				inArray(
					refundRequest.status,
					answer.status === 'accepted' ? statesBefore(REFUND_REQUEST_STATES, 'accepted') : ['open']
				)
			)
		);
}
/** Stripe has accepted: known even if what it became can't be read yet. The request stays open until it is booked, and holds its part. */
export async function noteRefundId(
	tx: Tx,
	scope: Scope,
	refundRequestId: string,
	stripeRefundId: string
): Promise<void> {
	await tx
		.update(refundRequest)
		.set({ stripeRefundId })
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.refundRequestId, refundRequestId),
				eq(refundRequest.status, 'open')
			)
		);
}
/** Those of one payment, in the order in which they were asked for. */
export const listOpenRefundsOf = (tx: Tx, scope: Scope, paymentId: string): Promise<RefundRequest[]> =>
	tx
		.select()
		.from(refundRequest)
		.where(
			and(
				eq(refundRequest.supplierId, scope.supplierId),
				eq(refundRequest.paymentId, paymentId),
				eq(refundRequest.status, 'open')
			)
		)
		.orderBy(asc(refundRequest.createdAt), asc(refundRequest.refundRequestId));
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
/** Refunds of the last weeks that failed, the money not given back since: the client still waits for it. */
export type FailedRefund = {
	paymentId: string;
	receiptNumber: string;
	clientName: string;
	amountMinor: Minor;
	currency: string;
};
export async function listFailedRefunds(tx: Tx, scope: Scope, since: Date, limit = 20): Promise<Latest<FailedRefund>> {
	const rows = await tx.execute<Record<'id' | 'receipt' | 'name' | 'amount' | 'currency' | 'whole', string>>(sql`
		select p.payment_id as id, p.receipt_number as receipt, c.name, r.amount_minor::text as amount, p.currency, (count(*) over ())::text as whole
		from reversal r join payment p on p.supplier_id = r.supplier_id and p.payment_id = r.payment_id
			join client c on c.supplier_id = p.supplier_id and c.client_id = p.client_id
		where r.supplier_id = ${scope.supplierId} and r.kind = 'refund_failed' and r.occurred_at >= ${since.toISOString()}::timestamptz
			and not exists (select from reversal again where again.supplier_id = r.supplier_id and again.payment_id = r.payment_id
				and again.kind = 'refund' and again.occurred_at > r.occurred_at)
		order by r.occurred_at desc, p.payment_id limit ${limit}`);
	const failed = rows.map((row) => ({
		paymentId: row.id,
		receiptNumber: row.receipt,
		clientName: row.name,
		amountMinor: minor(BigInt(row.amount)),
		currency: row.currency
	}));
	return withRest(failed, limit, () => Promise.resolve(Number(rows[0]?.whole ?? 0)));
}
