// A member gives money back, in full or in part. Actor: owner, or accountant if the owners let them. Refusals: not_found, not_allowed, proof_needed,
// refund_changed, refund_too_early, refund_above_rest, refund_not_positive, refund_refused, refund_unknown, attempt_id_reused, refund_unheard. Facts: payment.reversed (by settling).
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { add, type Minor } from '../../../domain/money/minor.ts';
import { checkRefund, type RefundMeaning, type RefundRefusal } from '../../../domain/payments/refund-guard.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { lockAttempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findPayment, listReversals, netReversed, type Payment } from '../../store/payments.ts';
import {
	answerRefundRequest,
	findRefundRequest,
	insertRefundRequest,
	noteRefundId,
	sumOpenRefunds,
	type RefundRequest
} from '../../store/refund-requests.ts';
import { recordAudit } from '../../store/audits.ts';
import { listDeclaredOfPayment } from '../../store/declared-refunds.ts';
import { constraintName } from '../../store/tx.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueRefundNotice } from '../mails/queue-owner-notices.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { certainOf, ifAsked } from '../stripe/answers.ts';
import { settleIntent } from './settle-intent.ts';
import { isWithinKeyLife } from './call-stripe.ts';

export type RefundInput = {
	refundRequestId: string;
	paymentId: string;
	amountMinor: Minor;
	/** Unless said, the debt is open again. */
	meaning?: RefundMeaning;
	note?: string | null;
	/** What the person saw given back or asked for already: anything else has happened since, and a second refund would be made unseen. */
	seenMinor?: Minor;
};

export async function requestRefund(
	services: Services,
	scope: Scope,
	input: RefundInput
): Promise<Result<{ refundId: string }>> {
	if (!may(scope.actor, 'refund')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const opened = await openOnce(services, scope, input);
	if (!opened.ok) return opened;
	return finishRefund(services, scope, opened.value);
}

async function openOnce(services: Services, scope: Scope, input: RefundInput): Promise<Result<OpenRefund>> {
	try {
		return await commit(services, scope, (tx) => openRefund(services, scope, tx, input));
	} catch (error) {
		// One id for two payments at the same time: each was locked, the id was not.
		if (constraintName(error) === 'refund_request_pk') return refuse('attempt_id_reused');
		throw error;
	}
}

/** Money that came by transfer goes back by transfer, from the supplier's own bank. */
type StripePayment = Payment & { stripePaymentIntentId: string };
export const isOfStripe = (payment: Payment): payment is StripePayment => payment.stripePaymentIntentId !== null;
export type OpenRefund = { request: RefundRequest; payment: StripePayment };
/** Asks Stripe, as often as needed with one key, and books what it did. Settling notes the answer together with the entry. */
export async function finishRefund(
	services: Services,
	scope: Scope,
	{ request, payment }: OpenRefund
): Promise<Result<{ refundId: string }>> {
	if (request.stripeRefundId && request.status === 'accepted') return done({ refundId: request.stripeRefundId });
	if (request.status === 'refused') return refuse('refund_refused', { code: 'refused_before' });
	if (!isWithinKeyLife(services, request.createdAt)) return refuse('refund_unknown');
	const at = { account: payment.stripeAccount, intentId: payment.stripePaymentIntentId };
	const answer = await services.payments.refund({
		...at,
		refundRequestId: request.refundRequestId,
		amountMinor: request.amountMinor
	});
	// What Stripe has of an earlier question is booked, and answers the request.
	const findEarlier = async (): Promise<string | null> => {
		await settleIntent(services, scope, at);
		const known = await read(services, scope, (tx) => findRefundRequest(tx, scope, request.refundRequestId));
		return known?.stripeRefundId ?? null;
	};
	const outcome = await ifAsked(() => certainOf(answer, findEarlier));
	if (outcome === 'not_asked' || outcome.kind === 'unknown') return refuse('refund_unknown');
	if (outcome.kind === 'earlier') return done({ refundId: outcome.earlier });
	if (outcome.kind === 'refused') {
		services.log.warn({ refundRequestId: request.refundRequestId, code: outcome.code }, 'stripe refused a refund');
		await commit(services, scope, (tx) =>
			answerRefundRequest(tx, scope, request.refundRequestId, { status: 'refused' }, services.clock.now())
		);
		return refuse('refund_refused', { code: outcome.code });
	}
	await commit(services, scope, (tx) => noteRefundId(tx, scope, request.refundRequestId, outcome.refundId));
	// Stripe has accepted: what it became is booked now, or by whoever reads it next. Nobody is told that it failed.
	try {
		await settleIntent(services, scope, at);
	} catch (error) {
		services.log.warn({ err: error, refundRequestId: request.refundRequestId }, 'refund accepted, and not read yet');
	}
	return done({ refundId: outcome.refundId });
}

export const refusalOf = (refusal: RefundRefusal, currency: string) =>
	refuse(
		refusal.code,
		refusal.code === 'refund_too_early'
			? { allowedOn: refusal.allowedOn }
			: refusal.code === 'refund_above_rest'
				? { restMinor: String(refusal.restMinor), currency }
				: {}
	);

/** The row comes before the call; a second click finds it and asks Stripe again with the same key. */
async function openRefund(services: Services, scope: Scope, tx: Tx, input: RefundInput): Promise<Result<OpenRefund>> {
	const payment = await findPayment(tx, scope, input.paymentId);
	if (!payment) return refuse('not_found');
	if (!isOfStripe(payment)) return refuse('refund_by_transfer');
	await lockAttempt(tx, scope, payment.attemptId);
	const supplier = await getSupplier(tx, scope);
	const known = await findRefundRequest(tx, scope, input.refundRequestId);
	if (known)
		return known.paymentId === input.paymentId &&
			known.amountMinor === input.amountMinor &&
			known.meaning === (input.meaning ?? 'error')
			? done({ request: known, payment })
			: refuse('attempt_id_reused');
	// A person said what became of one, and Stripe could not be heard yet: another could give the same money back a second time.
	if ((await listDeclaredOfPayment(tx, scope, payment.paymentId)).some(({ said }) => said.heard === null))
		return refuse('refund_unheard');
	const now = services.clock.now();
	const reversedMinor = add(
		netReversed(await listReversals(tx, scope, payment.paymentId)),
		await sumOpenRefunds(tx, scope, payment.paymentId)
	);
	if (input.seenMinor !== undefined && input.seenMinor !== reversedMinor)
		return refuse('refund_changed', { goneMinor: String(reversedMinor), currency: payment.currency });
	const refusal = checkRefund(
		{ method: payment.methodType, paidOn: payment.paidOn, amountMinor: payment.amountMinor, reversedMinor },
		input.amountMinor,
		civilDateIn(now, supplier.timeZone)
	);
	if (refusal) return refusalOf(refusal, payment.currency);
	await insertRefundRequest(tx, scope, {
		refundRequestId: input.refundRequestId,
		paymentId: payment.paymentId,
		amountMinor: input.amountMinor,
		status: 'open',
		meaning: input.meaning ?? 'error',
		note: input.note ?? null,
		requestedBy: scope.actor.kind === 'member' ? scope.actor.memberId : 'system',
		createdAt: now
	});
	const auditId = await recordAudit(tx, scope, now, 'refund_requested', payment.paymentId, {
		amountMinor: String(input.amountMinor),
		currency: payment.currency,
		receipt: payment.receiptNumber
	});
	await queueRefundNotice(tx, scope, now, auditId);
	const request = required(await findRefundRequest(tx, scope, input.refundRequestId), 'refund request');
	return done({ request, payment });
}
