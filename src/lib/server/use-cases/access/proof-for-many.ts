// Mails that ask clients to pay can't be called back: beyond so many invoices within an hour, in however many goes and by whoever they were sent, the
// person who wants to send more proves to be there. A program has no proof to give: its key was made with one. Refusal: proof_needed.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { countAwaitingMail } from '../../store/imports.ts';
import { countInvoicesMailed } from '../../store/mails.ts';
import { requireFreshProof } from './fresh-proof.ts';

const MANY_INVOICES = 20;
const WITHIN_MS = 3_600_000;

/** `more`: how many invoices are about to be mailed. Nobody else of the supplier counts until the end of the transaction. */
export async function requireProofForMany(services: Services, scope: Scope, tx: Tx, more: number) {
	if (scope.actor.kind !== 'member') return null;
	const since = new Date(services.clock.now().getTime() - WITHIN_MS);
	const mailed = await countInvoicesMailed(tx, scope, since);
	const waiting = await countAwaitingMail(tx, scope);
	return mailed + waiting + more > MANY_INVOICES ? requireFreshProof(services, scope) : null;
}
