// Whether a payment's receipt may reach anybody: it is then told, once it is known to have, when it is worth nothing any more.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Tx } from '../../store/database.ts';
import { listMails, mayHaveBeenTold } from '../../store/mails.ts';

/**
 * One that waits, or is in somebody's hands, may leave before this is committed: whoever did not get it in the end is not told (compose-reversal-mail.ts).
 */
export async function mayHaveReceipt(tx: Tx, scope: Scope, paymentId: string): Promise<boolean> {
	const mails = await listMails(tx, scope, { subjectId: paymentId });
	return mails.some(
		(mail) =>
			mail.kind === 'payment_received' && (mail.state === 'due' || mail.state === 'sending' || mayHaveBeenTold(mail))
	);
}
