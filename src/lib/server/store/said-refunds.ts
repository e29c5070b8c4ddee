// What was said of refunds that nobody can ask about, and what Stripe said of them since.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { RefundOutcome } from '../../domain/payments/outcome.ts';
import { behindRow } from './behind.ts';
import type { Tx } from './database.ts';
import type { RefundRequest } from './refund-requests.ts';
import { payment, refundRequest, saidRefund } from './schema/index.ts';

export type SaidRefund = typeof saidRefund.$inferSelect;

export async function insertSaidRefund(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof saidRefund.$inferInsert, 'supplierId' | 'heard' | 'heardAt'>
): Promise<void> {
	await tx.insert(saidRefund).values({ supplierId: scope.supplierId, ...row });
}
/** Of each request in the order in which it was said: the last one counts. */
export const listSaidRefunds = async (tx: Tx, scope: Scope, requestIds: string[]): Promise<SaidRefund[]> =>
	requestIds.length
		? tx
				.select()
				.from(saidRefund)
				.where(and(eq(saidRefund.supplierId, scope.supplierId), inArray(saidRefund.refundRequestId, requestIds)))
				.orderBy(asc(saidRefund.refundRequestId), asc(saidRefund.round))
		: [];
export const findSaidRefund = async (tx: Tx, scope: Scope, requestId: string): Promise<SaidRefund | null> =>
	(await listSaidRefunds(tx, scope, [requestId])).at(-1) ?? null;

const ofRequest = and(
	eq(refundRequest.supplierId, saidRefund.supplierId),
	eq(refundRequest.refundRequestId, saidRefund.refundRequestId)
);
const counts = sql`not exists (select from said_refund later where later.supplier_id = ${saidRefund.supplierId} and later.refund_request_id = ${saidRefund.refundRequestId} and later.round > ${saidRefund.round})`;

export type SaidOfRefund = { said: SaidRefund; request: RefundRequest };
/** What counts of the refunds of a payment. */
export const listSaidOfPayment = (tx: Tx, scope: Scope, paymentId: string): Promise<SaidOfRefund[]> =>
	tx
		.select({ said: saidRefund, request: refundRequest })
		.from(saidRefund)
		.innerJoin(refundRequest, ofRequest)
		.where(and(eq(saidRefund.supplierId, scope.supplierId), eq(refundRequest.paymentId, paymentId), counts))
		.orderBy(asc(saidRefund.saidAt), asc(saidRefund.refundRequestId));

/** Of which Stripe has not spoken yet, on accounts that answer again; from one on. */
export const listUnheardRefunds = (
	tx: Tx,
	scope: Scope,
	after: SaidOfRefund | null = null,
	limit = 100
): Promise<SaidOfRefund[]> =>
	tx
		.select({ said: saidRefund, request: refundRequest })
		.from(saidRefund)
		.innerJoin(refundRequest, ofRequest)
		.innerJoin(
			payment,
			and(eq(payment.supplierId, refundRequest.supplierId), eq(payment.paymentId, refundRequest.paymentId))
		)
		.where(
			and(
				eq(saidRefund.supplierId, scope.supplierId),
				isNull(saidRefund.heardAt),
				counts,
				sql`not exists (select from stripe_account k where k.supplier_id = ${payment.supplierId} and k.account = coalesce(${payment.stripeAccount}, '') and k.silence is not null)`,
				after
					? behindRow([saidRefund.saidAt, after.said.saidAt], [saidRefund.refundRequestId, after.said.refundRequestId])
					: undefined
			)
		)
		.orderBy(asc(saidRefund.saidAt), asc(saidRefund.refundRequestId))
		.limit(limit);
/** `false` when it was heard before. */
export async function noteRefundHeard(
	tx: Tx,
	scope: Scope,
	{ refundRequestId, round }: SaidRefund,
	heard: RefundOutcome,
	now: Date
): Promise<boolean> {
	const rows = await tx
		.update(saidRefund)
		.set({ heard, heardAt: now })
		.where(
			and(
				eq(saidRefund.supplierId, scope.supplierId),
				eq(saidRefund.refundRequestId, refundRequestId),
				eq(saidRefund.round, round),
				isNull(saidRefund.heardAt)
			)
		)
		.returning({ round: saidRefund.round });
	return rows.length > 0;
}
