// Refunds that a person said were made, inside settling: a wrong name that was said is let go before what Stripe has is booked, and what was taken back under a
// name is told apart from what is booked under it afterwards.
import type { Scope } from '../../../domain/access/scope.ts';
import type { IntentRefund } from '../../gateways/stripe/port.ts';
import type { Tx } from '../../store/database.ts';
import type { Payment } from '../../store/payments.ts';
import { nameInBooks } from '../../store/payments-of-intents.ts';
import { listRefundsNamed } from '../../store/refunds-in-books.ts';
import { settleRefundRequest } from '../../store/refund-requests.ts';
import { listDeclaredOfPayment, type DeclaredOfRefund } from '../../store/declared-refunds.ts';
import type { Settling } from '../settling.ts';
import { withdrawDeclaredRefund } from './withdraw-declared-refund.ts';

/** The name in the books of a refund at Stripe of a payment, whose name is locked. What was said of another payment under its name is not this refund. */
export async function refundInBooks(
	at: { tx: Tx; scope: Scope },
	paymentId: string,
	refundId: string
): Promise<string> {
	const known = await listRefundsNamed(at.tx, at.scope, [refundId]);
	const own = known.find((one) => one.paymentId === paymentId && !one.isWithdrawn);
	return own?.stripeObjectId ?? nameInBooks(refundId, known.length + 1);
}
/**
 * What Stripe has of a refund that a person spoke of: the one that bears its request, or else the one of that name and sum which nobody asked for here. One that was
 * asked for by another request is that one, whatever was said.
 */
export const refundAtStripe = (
	refunds: readonly IntentRefund[],
	{ said, request }: DeclaredOfRefund
): IntentRefund | undefined =>
	refunds.find((one) => one.refundRequestId === request.refundRequestId) ??
	refunds.find(
		(one) => one.id === said.reference && one.refundRequestId === null && one.amountMinor === request.amountMinor
	);
/** A name that Stripe knows was said, and it is not this refund’s. What Stripe does not know at all is left as it was said. */
export const isMisnamed = (refunds: readonly IntentRefund[], one: DeclaredOfRefund): boolean => {
	const own = refundAtStripe(refunds, one);
	const { reference } = one.said;
	return reference !== null && (own ? own.id !== reference : refunds.some(({ id }) => id === reference));
};

/**
 * What was said under a wrong name is let go, once: its own, if Stripe has it, and the one that bears the name are then booked for what they are. Afterwards the name
 * in the books is no longer that of this request.
 */
export async function forgetMisnamed(settling: Settling, payment: Payment): Promise<void> {
	const { tx, scope, intent } = settling;
	if (!intent.refunds.length) return;
	for (const one of await listDeclaredOfPayment(tx, scope, payment.paymentId)) {
		const { said, request } = one;
		if (!said.reference || request.stripeRefundId !== said.reference || !isMisnamed(intent.refunds, one)) continue;
		await withdrawDeclaredRefund(settling, payment, said.reference);
		const own = refundAtStripe(intent.refunds, one);
		const answer = own
			? ({ status: 'accepted', stripeRefundId: own.id } as const)
			: ({ status: 'refused', stripeRefundId: null } as const);
		await settleRefundRequest(tx, scope, request.refundRequestId, answer, settling.now);
	}
}
