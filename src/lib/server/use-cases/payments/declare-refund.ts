// A refund was asked for on an account at Stripe that was left and disconnected, and nobody can ask what became of it. Who sees it there says so: made there, it is
// booked like every other, under its name at Stripe, so that the account, should it come back, finds it in the books. Not made: nothing is held for it any more. Who was
// mistaken says another word instead, as with tries (declare-outcome.ts).
// Actor: owner or accountant. Refusals: not_allowed, proof_needed, not_found, account_answers, outcome_said, reference_of_another, refund_day_not_possible,
// refund_above_rest, refund_not_taken. Facts: payment.reversed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { noonOf } from '../../../domain/calendar/day-starts.ts';
import { minor } from '../../../domain/money/minor.ts';
import type { RefundOutcome } from '../../../domain/payments/outcome.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { lockAttempt, lockInvoicesOf } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findPayment, findReversalOf, listReversals, netReversed, type Payment } from '../../store/payments.ts';
import { nameAtStripe } from '../../store/payments-of-intents.ts';
import { recordAudit } from '../../store/audits.ts';
import {
	findRefundRequest,
	isNameOfAnotherRequest,
	settleRefundRequest,
	type RefundRequest
} from '../../store/refund-requests.ts';
import { findDeclaredRefund, insertDeclaredRefund, type DeclaredRefund } from '../../store/declared-refunds.ts';
import { listRefundsNamed, lockRefundNames, type RefundInBooks } from '../../store/refunds-in-books.ts';
import { listDisconnected } from '../../store/stripe-accounts.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { queueOwnerNotice, queueRefundNotice } from '../mails/queue-owner-notices.ts';
import { followPoints } from '../points/follow-points.ts';
import { followMoney } from './follow-money.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { bookDiscounts } from './book-discounts.ts';
import { goBack } from './move-money.ts';
import { checkDeclaredRefund } from './check-declared-refunds.ts';
import { answers } from '../stripe/answers.ts';
import { refundInBooks } from './declared-refunds.ts';
import type { Booking } from '../settling.ts';
import { withdrawDeclaredRefund } from './withdraw-declared-refund.ts';

type Made = { outcome: 'refunded'; refundedOn: CivilDate; reference: string };
export type RefundAnswer = Made | { outcome: 'not_refunded' };
export type DeclareRefundInput = {
	paymentId: string;
	refundRequestId: string;
	note: string;
	/** Of what was said last, as the page showed it: taken back. */
	instead?: number;
} & RefundAnswer;

export async function declareRefund(
	services: Services,
	scope: Scope,
	input: DeclareRefundInput
): Promise<Result<null>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const seen = await read(services, scope, (tx) => findBoth(tx, scope, input));
	if (!seen) return refuse('not_found');
	const asks = seen.request.status === 'open' || input.instead !== undefined;
	const answersNow = asks && (await answers(services, seen.payment.stripeAccount));
	if (answersNow && input.instead === undefined) return refuse('account_answers');
	const said = await commit(services, scope, (tx) => declareInside(services, scope, tx, { ...input, answersNow }));
	if (said.ok && answersNow) await checkDeclaredRefund(services, scope.supplierId, input.refundRequestId);
	return said;
}

async function findBoth(tx: Tx, scope: Scope, { paymentId, refundRequestId }: DeclareRefundInput) {
	const request = await findRefundRequest(tx, scope, refundRequestId);
	const payment = request?.paymentId === paymentId ? await findPayment(tx, scope, paymentId) : null;
	return request && payment ? { request, payment } : null;
}

async function declareInside(
	services: Services,
	scope: Scope,
	tx: Tx,
	input: DeclareRefundInput & { answersNow: boolean }
): Promise<Result<null>> {
	const found = await findBoth(tx, scope, input);
	if (!found) return refuse('not_found');
	// As whoever asks for a refund: one at a time.
	await lockAttempt(tx, scope, found.payment.attemptId);
	await lockInvoicesOf(tx, scope, found.payment.attemptId);
	const request = required(await findRefundRequest(tx, scope, input.refundRequestId), 'refund request');
	const { payment } = found;
	const known = await findDeclaredRefund(tx, scope, input.refundRequestId);
	if (known && isSame(known, input)) return done(null);
	if (known?.round !== input.instead || (!known && request.status !== 'open')) return refuse('outcome_said');
	const account = payment.stripeAccount;
	const isGone = account !== null && (await listDisconnected(tx, scope)).has(account) && !input.answersNow;
	if (known ? !mayChangeRefund(known, input.outcome, isGone) : !isGone) return refuse('account_answers');
	const booking = { services, scope, tx, supplier: await getSupplier(tx, scope), now: services.clock.now() };
	if (input.outcome === 'refunded') {
		const mistake = await mistakeIn(booking, payment, { request, known }, input);
		if (mistake) return mistake;
	}
	// Under the name that counts now: Stripe may have told that the one which was said is another's, and let it go. What Stripe has made is not said once more.
	if (request.stripeRefundId !== null && !isAsStripeSays(request, known, input)) {
		await withdrawDeclaredRefund({ ...booking, intent: null }, payment, request.stripeRefundId);
		await followMoney(booking, payment, payment.paymentId);
	}
	await keep(booking, payment, { request, known, input });
	return done(null);
}
const isSame = (known: DeclaredRefund, input: DeclareRefundInput): boolean =>
	known.outcome === input.outcome &&
	(input.outcome === 'not_refunded' || (known.reference === input.reference && known.refundedOn === input.refundedOn));
/** Both answers while nobody can be asked. Once Stripe has contradicted “made there”, it was not. */
export const mayChangeRefund = (known: DeclaredRefund, to: RefundOutcome, isGone: boolean): boolean =>
	known.heard !== known.outcome &&
	(isGone || (known.outcome === 'refunded' && known.heard === 'not_refunded' && to === 'not_refunded'));

type Asked = { request: RefundRequest; known: DeclaredRefund | null };
/** Stripe itself has called it so: no word gave it this name. */
const nameByStripe = ({ request, known }: Asked): string | null =>
	request.stripeRefundId === known?.reference ? null : request.stripeRefundId;
const isAsStripeSays = (request: RefundRequest, known: DeclaredRefund | null, said: RefundAnswer): boolean =>
	said.outcome === 'refunded' && said.reference === nameByStripe({ request, known });

async function mistakeIn(
	{ tx, scope, supplier, now }: Booking,
	payment: Payment,
	{ request, known }: Asked,
	{ refundedOn, reference }: Made
) {
	const [askedOn, today] = [civilDateIn(request.createdAt, supplier.timeZone), civilDateIn(now, supplier.timeZone)];
	if (refundedOn < askedOn || refundedOn > today) return refuse('refund_day_not_possible');
	await lockRefundNames(tx, scope, [reference]);
	const own = request.stripeRefundId;
	const named = await listRefundsNamed(tx, scope, own === null ? [reference] : [reference, own]);
	const standing = named.find((one) => isOf(payment, one) && nameAtStripe(one.stripeObjectId) === own);
	const isTaken = named.some(
		(one) => nameAtStripe(one.stripeObjectId) === reference && !one.isWithdrawn && one !== standing
	);
	// What Stripe has called it is its name. Any other that is in the books is another's.
	const byStripe = nameByStripe({ request, known });
	if (
		byStripe === null
			? isTaken || (await isNameOfAnotherRequest(tx, scope, request.refundRequestId, reference))
			: byStripe !== reference
	)
		return refuse('reference_of_another');
	// Stripe has made it, and told that its bank did not take it: the money is here.
	if (
		named.some(
			(one) => one.isFailed && one.paymentId === payment.paymentId && nameAtStripe(one.stripeObjectId) === reference
		)
	)
		return refuse('refund_not_taken');
	const gone = netReversed(await listReversals(tx, scope, payment.paymentId));
	// What is in the books of it is said anew, and not given back twice.
	const rest = minor(payment.amountMinor - gone + (standing?.amountMinor ?? 0n));
	return request.amountMinor > rest
		? refuse('refund_above_rest', { restMinor: String(rest), currency: payment.currency })
		: null;
}

const isOf = ({ paymentId }: Payment, one: RefundInBooks): boolean =>
	one.paymentId === paymentId && !one.isWithdrawn && !one.isFailed;

async function keep(
	booking: Booking,
	payment: Payment,
	{ request, known, input }: Asked & { input: DeclareRefundInput }
): Promise<void> {
	const { tx, scope, supplier, now } = booking;
	const { refundRequestId, amountMinor } = request;
	const { outcome, note } = input;
	const made = input.outcome === 'refunded' ? input : null;
	const answer = made
		? ({ status: 'accepted', stripeRefundId: made.reference } as const)
		: ({ status: 'refused', stripeRefundId: null } as const);
	await settleRefundRequest(tx, scope, refundRequestId, answer, now);
	await insertDeclaredRefund(tx, scope, {
		refundRequestId,
		round: (known?.round ?? 0) + 1,
		outcome,
		note,
		saidBy: actorName(scope.actor),
		saidAt: now,
		...(made ? { refundedOn: made.refundedOn, reference: made.reference } : {})
	});
	if (made) {
		const objectId = await refundInBooks({ tx, scope }, payment.paymentId, made.reference);
		await goBack({ ...booking, intent: null }, payment, {
			kind: 'refund',
			objectId,
			amountMinor,
			reason: request.note ?? note,
			meaning: request.meaning,
			at: noonOf(made.refundedOn, supplier.timeZone)
		});
		await bookDiscounts(booking, payment);
		await followPoints(booking, payment);
		const booked = required(await findReversalOf(tx, scope, objectId, 'refund'), 'refund');
		await queueReversalMail(tx, scope, now, 'refund', booked.reversalId);
	}
	const auditId = await recordAudit(tx, scope, now, `said_${outcome}${known ? '_instead' : ''}`, payment.paymentId, {
		amountMinor: String(amountMinor),
		currency: payment.currency,
		receipt: payment.receiptNumber,
		account: payment.stripeAccount ?? '',
		note
	});
	await (known ? queueOwnerNotice : queueRefundNotice)(tx, scope, now, auditId);
}
