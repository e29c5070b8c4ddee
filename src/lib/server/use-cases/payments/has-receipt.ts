// Whether a payment's receipt has left: who has it is told when it is worth nothing any more, and nobody else.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Tx } from '../../store/database.ts';
import { listMails } from '../../store/mails.ts';

export async function hasReceipt(tx: Tx, scope: Scope, paymentId: string): Promise<boolean> {
	const mails = await listMails(tx, scope, { subjectId: paymentId });
	return mails.some((mail) => mail.kind === 'payment_received' && mail.state !== 'due');
}
