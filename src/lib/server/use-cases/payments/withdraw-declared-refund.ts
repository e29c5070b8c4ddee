// A refund that a person said was made there, and that was not, or not so: the money is here, on the invoices that are still owed, and what proved it is cancelled.
import type { Payment } from '../../store/payments.ts';
import { listRefundsNamed } from '../../store/refunds-in-books.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { bookDiscounts } from './book-discounts.ts';
import { restore, type Moving } from './move-money.ts';
import { voidCreditNotes } from './book-credit-notes.ts';

/** By the reference that was said, as it was booked last. Harmless as often as it is called. */
export async function withdrawDeclaredRefund(moving: Moving, payment: Payment, reference: string): Promise<void> {
	const { tx, scope, now: at } = moving;
	for (const given of await listRefundsNamed(tx, scope, [reference])) {
		// Taken back, or failed at its bank: the money is here already.
		if (given.paymentId !== payment.paymentId || given.isWithdrawn || given.isFailed) continue;
		const objectId = given.stripeObjectId;
		// What the credit note had taken off is owed again first: the money then settles it.
		await voidCreditNotes(moving, payment, given.reversalId, at);
		await restore(moving, payment, {
			kind: 'refund_unsaid',
			objectId,
			undoes: { stripeObjectId: objectId, kind: 'refund' },
			amountMinor: given.amountMinor,
			at
		});
		await bookDiscounts(moving, payment);
		await queueReversalMail(tx, scope, at, 'refund_failed', given.reversalId);
	}
}
