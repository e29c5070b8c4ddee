// What a person was told of the refunds of a payment, beside what is in its books. Who reads of two refunds of one sum can't tell them apart: a reference that was said
// and corrected, or was another refund's, is told once, and two refunds are told twice.
import { required } from '../../../domain/required.ts';
import { listDiscountsOfPayment } from '../../store/discounts.ts';
import { listMails, mayHaveBeenTold, type MailRow } from '../../store/mails.ts';
import { listReversals, type Reversal } from '../../store/payments.ts';
import type { Context } from './compose-context.ts';

/**
 * `isTold`, `isDenied`: this person was told that it was made, that it was not, or may have been: with the sender dead, nobody knows. `denies`: the second waits
 * to be sent. What is being written is not told yet: it is said again.
 */
type Refund = { reversalId: string; stands: boolean; isTold: boolean; isDenied: boolean; denies: boolean };

/** Those of the same sum, oldest first. One that has a credit note is like no other: its mails carry that note, and what cancels it. */
async function refundsLike({ scope, tx, row }: Context, like: Reversal): Promise<Refund[]> {
	const all = await listReversals(tx, scope, like.paymentId);
	const noted = new Set(
		(await listDiscountsOfPayment(tx, scope, like.paymentId)).flatMap(({ reversalId }) => reversalId ?? [])
	);
	const isUndone = ({ stripeObjectId }: Reversal): boolean =>
		all.some(
			(one) => one.stripeObjectId === stripeObjectId && (one.kind === 'refund_unsaid' || one.kind === 'refund_failed')
		);
	const refunds: Refund[] = [];
	for (const one of all) {
		if (one.kind !== 'refund' || one.amountMinor !== like.amountMinor) continue;
		if (one.reversalId !== like.reversalId && (noted.has(one.reversalId) || noted.has(like.reversalId))) continue;
		const mails = await listMails(tx, scope, {
			subjectId: one.reversalId,
			contactId: required(row.contactId, 'contact')
		});
		const has = (kind: MailRow['kind'], is: (mail: MailRow) => boolean): boolean =>
			mails.some((mail) => mail.kind === kind && is(mail));
		const wasTold = (mail: MailRow): boolean => mail.mailId !== row.mailId && mayHaveBeenTold(mail);
		refunds.push({
			reversalId: one.reversalId,
			stands: !isUndone(one),
			isTold: has('refund', wasTold),
			isDenied: has('refund_failed', wasTold),
			denies: has('refund_failed', waits)
		});
	}
	return refunds;
}
const waits = ({ state }: MailRow): boolean => state === 'due' || state === 'sending';
const count = (refunds: Refund[], is: (one: Refund) => boolean): number => refunds.filter(is).length;
/** How many this person believes to be made. */
const believed = (refunds: Refund[]): number =>
	count(refunds, ({ isTold }) => isTold) - count(refunds, ({ isDenied }) => isDenied);

/** What this person believes, and is under no name that stands, counts for the oldest of those that stand and were not told. */
export async function wasToldAsAnother(context: Context, reversal: Reversal): Promise<boolean> {
	const refunds = await refundsLike(context, reversal);
	const spare = believed(refunds) - count(refunds, ({ stands, isTold }) => stands && isTold);
	const untold = refunds.filter(({ stands, isTold }) => stands && !isTold);
	return untold.findIndex((one) => one.reversalId === reversal.reversalId) < spare;
}
/** This person believes in more than stand, and this is one of as many mails that say so. */
export async function isToldTooMuch(context: Context, reversal: Reversal): Promise<boolean> {
	const refunds = await refundsLike(context, reversal);
	const tooMuch = believed(refunds) - count(refunds, ({ stands }) => stands);
	const denying = refunds.filter(({ stands, denies }) => !stands && denies);
	const at = denying.findIndex((one) => one.reversalId === reversal.reversalId);
	return at >= 0 && at < tooMuch;
}
