// “Paid there” was a mistake: its payment goes back as it was booked, on the same account, and its intent is free for the payment that it really is. A reversal,
// never an erasure. Called inside declareOutcome. Refusals: outcome_said, refund_unknown, refund_said_first. Facts: payment.reversed, plan.changed.
import type { Attempt } from '../../store/attempts.ts';
import type { DeclaredOutcome } from '../../store/outcomes.ts';
import { listReversals, netReversed } from '../../store/payments.ts';
import { findPaymentOfIntent } from '../../store/payments-of-intents.ts';
import { sumOpenRefunds } from '../../store/refund-requests.ts';
import { followPoints } from '../points/follow-points.ts';
import { done, refuse, type Result } from '../run.ts';
import { bookDiscounts } from './book-discounts.ts';
import { goBack } from './move-money.ts';
import type { Booking } from '../settling.ts';

export async function withdrawDeclaredPayment(
	booking: Booking,
	attempt: Attempt,
	{ reference }: DeclaredOutcome,
	note: string
): Promise<Result<null>> {
	const { scope, tx, now } = booking;
	const payment = reference === null ? null : await findPaymentOfIntent(tx, scope, reference);
	if (payment?.attemptId !== attempt.attemptId) return refuse('outcome_said');
	// What was asked back of it, and is not answered, is said first.
	if ((await sumOpenRefunds(tx, scope, payment.paymentId)) > 0n) return refuse('refund_unknown');
	// What was given back of it would stay in the books without it.
	if (netReversed(await listReversals(tx, scope, payment.paymentId)) !== 0n) return refuse('refund_said_first');
	await goBack({ ...booking, intent: null }, payment, {
		kind: 'payment_unsaid',
		objectId: payment.paymentId,
		amountMinor: payment.amountMinor,
		reason: note,
		meaning: 'error',
		at: now
	});
	await bookDiscounts(booking, payment);
	await followPoints(booking, payment);
	return done(null);
}
