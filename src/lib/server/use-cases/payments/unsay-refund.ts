// A refund that a person said was made there, and that was not, or not so: the money is here, on the invoices that are still owed, and what proved it is cancelled.
import type { Payment } from '../../store/payments.ts';
import { findReversalOf } from '../../store/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { Tx } from '../../store/database.ts';
import { refundNames } from '../../store/payments-of-intents.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { bookDiscounts } from './book-discounts.ts';
import { restore, type Moving } from './move-money.ts';
import { voidCreditNotes } from './book-credit-notes.ts';

/** By the reference that was said, as it was booked last. Harmless as often as it is called. */
export async function unsayRefund(moving: Moving, payment: Payment, reference: string): Promise<void> {
	const { tx, scope, now: at } = moving;
	for (const objectId of refundNames(reference)) {
		const given = await findReversalOf(tx, scope, objectId, 'refund');
		if (given?.paymentId !== payment.paymentId || (await isUndone({ tx, scope }, objectId))) continue;
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
		await queueReversalMail(tx, scope, at, 'refund_failed', given.reversalId, payment.clientId);
	}
}

/** Taken back, or failed at its bank: the money is here already. */
const isUndone = async ({ tx, scope }: { tx: Tx; scope: Scope }, objectId: string): Promise<boolean> =>
	(await findReversalOf(tx, scope, objectId, 'refund_unsaid')) !== null ||
	(await findReversalOf(tx, scope, objectId, 'refund_failed')) !== null;
