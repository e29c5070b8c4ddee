// What a person was told of one refund, under whichever name it is in the books: a reference that was said and corrected is the same refund for its client, who
// hears of it once, and hears that it was none once.
import { findRequestOfRefund } from '../../store/refund-requests.ts';
import { listMails } from '../../store/mails.ts';
import { findReversalOf, listReversals, type Reversal } from '../../store/payments.ts';
import { nameAtStripe } from '../../store/payments-of-intents.ts';
import type { Context } from './compose-context.ts';

/** `isTold`: the last word that this person had of it is that it was made. `isMade`: it is in the books, under this name or another. */
export async function toldOfRefund(
	{ scope, tx, row }: Context,
	{ paymentId, stripeObjectId, amountMinor }: Reversal
): Promise<{ isTold: boolean; isMade: boolean }> {
	const own = nameAtStripe(stripeObjectId);
	const { names, current } = await findRequestOfRefund(tx, scope, paymentId, own);
	const refunds = (await listReversals(tx, scope, paymentId)).filter(
		(one) =>
			one.kind === 'refund' && one.amountMinor === amountMinor && names.includes(nameAtStripe(one.stripeObjectId))
	);
	let [last, isMade]: [{ kind: string; at: number } | null, boolean] = [null, false];
	for (const refund of refunds) {
		for (const { kind, contactId, sentAt } of await listMails(tx, scope, { subjectId: refund.reversalId }))
			if ((kind === 'refund' || kind === 'refund_failed') && contactId === row.contactId && sentAt)
				if (!last || sentAt.getTime() >= last.at) last = { kind, at: sentAt.getTime() };
		if (nameAtStripe(refund.stripeObjectId) !== current) continue;
		isMade ||= !(await findReversalOf(tx, scope, refund.stripeObjectId, 'refund_unsaid'));
	}
	return { isTold: last?.kind === 'refund', isMade };
}
