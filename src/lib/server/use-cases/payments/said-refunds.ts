// Refunds that a person said were made, inside settling: a wrong name that was said is let go before what Stripe has is booked, and what was taken back under a
// name is told apart from what is booked under it afterwards.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Tx } from '../../store/database.ts';
import { findReversalOf, type Payment } from '../../store/payments.ts';
import { refundNames } from '../../store/payments-of-intents.ts';
import { settleRefundRequest } from '../../store/refund-requests.ts';
import { listSaidOfPayment } from '../../store/said-refunds.ts';
import type { Settling } from './settling.ts';
import { unsayRefund } from './unsay-refund.ts';

/** The name of a refund at Stripe in the books. */
export async function refundInBooks({ tx, scope }: { tx: Tx; scope: Scope }, refundId: string): Promise<string> {
	const names = refundNames(refundId);
	for (const name of names) if (!(await findReversalOf(tx, scope, name, 'refund_unsaid'))) return name;
	throw new Error(`refund ${refundId} was said and taken back ${names.length} times`);
}

/** Said under another name than the one that was asked for bears at Stripe: it is that one, and the other, if it is there too, is booked for what it is. */
export async function forgetMisnamed(settling: Settling, payment: Payment): Promise<void> {
	const { tx, scope, intent } = settling;
	if (!intent.refunds.length) return;
	for (const { said, request } of await listSaidOfPayment(tx, scope, payment.paymentId)) {
		const own = intent.refunds.find((one) => one.refundRequestId === request.refundRequestId);
		if (!said.reference || !own || own.id === said.reference) continue;
		await unsayRefund(settling, payment, said.reference);
		const answer = { status: 'accepted' as const, stripeRefundId: own.id };
		if (request.stripeRefundId !== own.id)
			await settleRefundRequest(tx, scope, request.refundRequestId, answer, settling.now);
	}
}
