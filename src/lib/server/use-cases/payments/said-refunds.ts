// Refunds that a person said were made, inside settling: a wrong name that was said is let go before what Stripe has is booked, and what was taken back under a
// name is told apart from what is booked under it afterwards.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Tx } from '../../store/database.ts';
import { findReversalOf, type Payment } from '../../store/payments.ts';
import { nameInBooks } from '../../store/payments-of-intents.ts';
import { listSaidOfPayment } from '../../store/said-refunds.ts';
import type { Settling } from './settling.ts';
import { unsayRefund } from './unsay-refund.ts';

/** The name of a refund at Stripe in the books. */
export const refundInBooks = async ({ tx, scope }: { tx: Tx; scope: Scope }, refundId: string): Promise<string> =>
	(await findReversalOf(tx, scope, refundId, 'refund_unsaid')) ? nameInBooks(refundId, 2) : refundId;

/** Said under a name that this payment's refunds at Stripe do not bear, while the one that was asked for is there: it is that one. */
export async function forgetMisnamed(settling: Settling, payment: Payment): Promise<void> {
	const { tx, scope, intent } = settling;
	if (!intent.refunds.length) return;
	for (const { said, request } of await listSaidOfPayment(tx, scope, payment.paymentId)) {
		const isThere = intent.refunds.some((one) => one.id === said.reference);
		const own = intent.refunds.find((one) => one.refundRequestId === request.refundRequestId);
		if (said.reference && own && !isThere) await unsayRefund(settling, payment, said.reference);
	}
}
