// An account that was disconnected is back: what was said of its refunds is compared with what Stripe says. A refund that was made all the same is booked by
// settling. Owners are told where the two differ.
import { mintScope, type Scope } from '../../../domain/access/scope.ts';
import type { RefundOutcome } from '../../../domain/payments/outcome.ts';
import { required } from '../../../domain/required.ts';
import type { IntentRefund } from '../../gateways/stripe/port.ts';
import type { Services } from '../../services.ts';
import { findPayment } from '../../store/payments.ts';
import { recordAudit } from '../../store/audits.ts';
import { findRefundRequest } from '../../store/refund-requests.ts';
import {
	findDeclaredRefund,
	listUncheckedRefunds,
	noteRefundChecked,
	type DeclaredOfRefund
} from '../../store/declared-refunds.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { allOf } from '../page.ts';
import { commit, read, safely } from '../run.ts';
import { isMisnamed, refundAtStripe } from './declared-refunds.ts';
import { IntentMissing, settleIntent } from './settle-intent.ts';

export async function checkDeclaredRefunds(services: Services): Promise<void> {
	await forSuppliersDue(services, 'refunds_to_hear', async (scope) => {
		for await (const one of allOf((after: DeclaredOfRefund | null) =>
			read(services, scope, (tx) => listUncheckedRefunds(tx, scope, after))
		))
			await safely(services, one.said.refundRequestId, () => hear(services, scope, one));
	});
}
/** At once, of the word that was just said. What goes wrong is left to the next round. */
export const checkDeclaredRefund = (
	services: Services,
	supplierId: string,
	refundRequestId: string
): Promise<boolean> =>
	safely(services, refundRequestId, async () => {
		const scope = mintScope(supplierId, { kind: 'system' });
		const [said, request] = await read(services, scope, async (tx) => [
			await findDeclaredRefund(tx, scope, refundRequestId),
			await findRefundRequest(tx, scope, refundRequestId)
		]);
		if (said?.heard === null && request) await hear(services, scope, { said, request });
	});

async function hear(services: Services, scope: Scope, { said, request }: DeclaredOfRefund): Promise<void> {
	const payment = required(await read(services, scope, (tx) => findPayment(tx, scope, request.paymentId)), 'payment');
	const account = payment.stripeAccount;
	const intentId = required(payment.stripePaymentIntentId, 'intent');
	await settleIntent(services, scope, { account, intentId });
	const intent = await services.payments.retrieve(account, intentId);
	// Its payment is not there: what answers is another account, or the payment itself was said and is not so.
	if (!intent) throw new IntentMissing(`intent ${intentId} is missing on ${account ?? 'the platform'}`);
	const refund = refundAtStripe(intent.refunds, { said, request }) ?? null;
	const heard = heardOf(refund, request);
	if (!heard) return;
	await commit(services, scope, async (tx) => {
		const now = services.clock.now();
		if (!(await noteRefundChecked(tx, scope, said, heard, now)) || heard === said.outcome) return;
		// That its bank did not take it is told by settling, which has booked it.
		if (refund && ENDED.includes(refund.status)) return;
		const word = isMisnamed(intent.refunds, { said, request }) ? 'heard_refund_of_another' : `heard_${heard}`;
		const auditId = await recordAudit(tx, scope, now, word, payment.paymentId, {
			amountMinor: String(request.amountMinor),
			currency: payment.currency,
			receipt: payment.receiptNumber,
			account: account ?? ''
		});
		await queueOwnerNotice(tx, scope, now, auditId);
	});
}
const ENDED = ['failed', 'canceled'];
/** null: its bank has not taken it yet. */
function heardOf(refund: IntentRefund | null, request: DeclaredOfRefund['request']): RefundOutcome | null {
	if (!refund || ENDED.includes(refund.status) || refund.amountMinor !== request.amountMinor) return 'not_refunded';
	return refund.status === 'succeeded' ? 'refunded' : null;
}
