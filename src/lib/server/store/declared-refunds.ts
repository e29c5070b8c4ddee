// What was said of refunds that nobody can ask about, and what Stripe said of them since.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../../domain/access/scope.ts';
import type { RefundOutcome } from '../../domain/payments/outcome.ts';
import { behindRow } from './behind.ts';
import type { Tx } from './database.ts';
import type { RefundRequest } from './refund-requests.ts';
import { payment, refundRequest, declaredRefund } from './schema/index.ts';

export type DeclaredRefund = typeof declaredRefund.$inferSelect;

export async function insertDeclaredRefund(
	tx: Tx,
	scope: Scope,
	row: Omit<typeof declaredRefund.$inferInsert, 'supplierId' | 'heard' | 'heardAt'>
): Promise<void> {
	await tx.insert(declaredRefund).values({ supplierId: scope.supplierId, ...row });
}
/** Of each request in the order in which it was said: the last one counts. */
export const listDeclaredRefunds = async (tx: Tx, scope: Scope, requestIds: string[]): Promise<DeclaredRefund[]> =>
	requestIds.length
		? tx
				.select()
				.from(declaredRefund)
				.where(
					and(eq(declaredRefund.supplierId, scope.supplierId), inArray(declaredRefund.refundRequestId, requestIds))
				)
				.orderBy(asc(declaredRefund.refundRequestId), asc(declaredRefund.round))
		: [];
export const findDeclaredRefund = async (tx: Tx, scope: Scope, requestId: string): Promise<DeclaredRefund | null> =>
	(await listDeclaredRefunds(tx, scope, [requestId])).at(-1) ?? null;

const ofRequest = and(
	eq(refundRequest.supplierId, declaredRefund.supplierId),
	eq(refundRequest.refundRequestId, declaredRefund.refundRequestId)
);
const counts = sql`not exists (select from said_refund later where later.supplier_id = ${declaredRefund.supplierId} and later.refund_request_id = ${declaredRefund.refundRequestId} and later.round > ${declaredRefund.round})`;

export type DeclaredOfRefund = { said: DeclaredRefund; request: RefundRequest };
/** What counts of the refunds of a payment. */
export const listDeclaredOfPayment = (tx: Tx, scope: Scope, paymentId: string): Promise<DeclaredOfRefund[]> =>
	tx
		.select({ said: declaredRefund, request: refundRequest })
		.from(declaredRefund)
		.innerJoin(refundRequest, ofRequest)
		.where(and(eq(declaredRefund.supplierId, scope.supplierId), eq(refundRequest.paymentId, paymentId), counts))
		.orderBy(asc(declaredRefund.saidAt), asc(declaredRefund.refundRequestId));

/** Of which Stripe has not spoken yet, on accounts that answer again; from one on. */
export const listUncheckedRefunds = (
	tx: Tx,
	scope: Scope,
	after: DeclaredOfRefund | null = null,
	limit = 100
): Promise<DeclaredOfRefund[]> =>
	tx
		.select({ said: declaredRefund, request: refundRequest })
		.from(declaredRefund)
		.innerJoin(refundRequest, ofRequest)
		.innerJoin(
			payment,
			and(eq(payment.supplierId, refundRequest.supplierId), eq(payment.paymentId, refundRequest.paymentId))
		)
		.where(
			and(
				eq(declaredRefund.supplierId, scope.supplierId),
				isNull(declaredRefund.heardAt),
				counts,
				sql`not exists (select from stripe_account k where k.supplier_id = ${payment.supplierId} and k.account = coalesce(${payment.stripeAccount}, '') and k.silence is not null)`,
				after
					? behindRow(
							[declaredRefund.saidAt, after.said.saidAt],
							[declaredRefund.refundRequestId, after.said.refundRequestId]
						)
					: undefined
			)
		)
		.orderBy(asc(declaredRefund.saidAt), asc(declaredRefund.refundRequestId))
		.limit(limit);
/** `false` when it was heard before. */
export async function noteRefundChecked(
	tx: Tx,
	scope: Scope,
	{ refundRequestId, round }: DeclaredRefund,
	heard: RefundOutcome,
	now: Date
): Promise<boolean> {
	const rows = await tx
		.update(declaredRefund)
		.set({ heard, heardAt: now })
		.where(
			and(
				eq(declaredRefund.supplierId, scope.supplierId),
				eq(declaredRefund.refundRequestId, refundRequestId),
				eq(declaredRefund.round, round),
				isNull(declaredRefund.heardAt)
			)
		)
		.returning({ round: declaredRefund.round });
	return rows.length > 0;
}
