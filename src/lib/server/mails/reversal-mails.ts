// Mails about money that went back, or is here again. Each says what moved, and what is due now.
import { m } from '#lib/paraglide/messages.js';
import type { Rest } from '../../domain/invoices/state.ts';
import { formatMoney } from '../../domain/money/format.ts';
import type { Minor } from '../../domain/money/minor.ts';
import { dueBlock, duePreview } from './due-block.ts';
import { hello, mail, type To } from './invoice-mails.ts';
import type { Block, RenderedMail } from './layout.ts';

/** `numbers`, or the receipt where no invoice was touched. */
export type Moved = {
	amountMinor: Minor;
	currency: string;
	numbers: string;
	receiptNumber: string;
	due: Rest & { numbers: string };
	/** A discount of the payment that does not stand any more. */
	discountMinor: Minor;
	/** What points had taken off, which are given back. */
	pointsMinor: Minor;
	url: string;
};
const say = ({ locale }: To) => ({ locale });
const money = (to: To, { currency }: Moved, of: Minor): string => formatMoney(of, currency, to.locale);
const text = (words: string): Block => ({ kind: 'text', text: words });
const dueOf = ({ due, currency }: Moved) => ({ ...due, currency });

/** What is due, and the way to pay it, if any of it is to be paid now. */
function dueBlocks(to: To, moved: Moved): Block[] {
	return [
		...(moved.discountMinor > 0n
			? [text(m.mail_discount_lost({ amount: money(to, moved, moved.discountMinor) }, say(to)))]
			: []),
		...(moved.pointsMinor > 0n
			? [text(m.mail_points_back({ amount: money(to, moved, moved.pointsMinor) }, say(to)))]
			: []),
		dueBlock(dueOf(moved), to.locale),
		...(moved.due.payableMinor > 0n
			? [{ kind: 'button' as const, label: m.mail_due_button({}, say(to)), url: moved.url }]
			: [])
	];
}

/** `reopensMinor`: of what it gives back, what is owed again, because no credit note takes it off. */
export function renderRefundMail(
	to: To,
	refund: Moved & { hasNote: boolean; areCredited: boolean; reopensMinor: Minor }
): RenderedMail {
	const { numbers, receiptNumber: receipt } = refund;
	const amount = money(to, refund, refund.amountMinor);
	const reopens = money(to, refund, refund.reopensMinor);
	return mail(to, m.mail_refund_subject({ amount }, say(to)), m.mail_refund_preview({ numbers }, say(to)), [
		hello(to),
		text(m.mail_refund_text({ amount, numbers, receipt }, say(to))),
		...(refund.hasNote ? [text(m.mail_refund_note({}, say(to)))] : []),
		...(refund.areCredited ? [text(m.mail_refund_credited({ numbers }, say(to)))] : []),
		...(refund.reopensMinor > 0n
			? [text(m.mail_refund_reopens({ amount: reopens, numbers }, say(to))), ...dueBlocks(to, refund)]
			: []),
		{ kind: 'small', text: m.mail_refund_delay({}, say(to)) }
	]);
}
/** It had been announced, and the money is here and counts for the invoices again: the bank did not take it, or a person had said so by mistake (`isSaid`). */
export function renderRefundFailedMail(to: To, refund: Moved & { isSaid: boolean }): RenderedMail {
	const { numbers, isSaid } = refund;
	const amount = money(to, refund, refund.amountMinor);
	const subject = (isSaid ? m.mail_refund_unsaid_subject : m.mail_refund_failed_subject)({ amount }, say(to));
	return mail(to, subject, m.mail_refund_preview({ numbers }, say(to)), [
		hello(to),
		text((isSaid ? m.mail_refund_unsaid_text : m.mail_refund_failed_text)({ amount, numbers }, say(to))),
		...dueBlocks(to, refund)
	]);
}

export function renderReturnedMail(
	to: To,
	returned: Moved & {
		/** Of it, what re-opens invoices, and what had been refunded before. */
		reopensMinor: Minor;
		claimMinor: Minor;
		/** What the bank said, in words for the client. */
		why: string | null;
	}
): RenderedMail {
	const { numbers } = returned;
	const amount = money(to, returned, returned.amountMinor);
	if (returned.reopensMinor === 0n)
		return mail(to, m.mail_returned_twice_subject({ amount }, say(to)), m.mail_refund_preview({ numbers }, say(to)), [
			hello(to),
			text(m.mail_returned_twice({ amount, numbers }, say(to)))
		]);
	return mail(to, m.mail_returned_subject({ numbers }, say(to)), duePreview(dueOf(returned), to.locale), [
		hello(to),
		text(m.mail_returned_text({ amount, numbers }, say(to))),
		...(returned.claimMinor > 0n
			? [text(m.mail_returned_claim({ amount: money(to, returned, returned.claimMinor) }, say(to)))]
			: []),
		...(returned.why ? [text(returned.why)] : []),
		...dueBlocks(to, returned),
		{ kind: 'small', text: m.mail_returned_disagree({}, say(to)) }
	]);
}

/** What had gone back is here again: the bank gave it back, or it had been noted by mistake. */
export type Counted = {
	/** For the invoices again. */
	countsMinor: Minor;
	/** Beyond them: paid otherwise meanwhile. */
	keptMinor: Minor;
};
export function renderRestoredMail(to: To, restored: Moved & Counted): RenderedMail {
	const { numbers, countsMinor, keptMinor } = restored;
	const amount = money(to, restored, countsMinor);
	const kept = money(to, restored, keptMinor);
	return mail(to, m.mail_restored_subject({ numbers }, say(to)), duePreview(dueOf(restored), to.locale), [
		hello(to),
		text(
			countsMinor > 0n
				? m.mail_restored_text({ amount, numbers }, say(to))
				: m.mail_restored_not_needed({ numbers }, say(to))
		),
		...(keptMinor > 0n ? [text(m.mail_restored_kept({ amount: kept, supplier: to.supplier.name }, say(to)))] : []),
		...dueBlocks(to, restored)
	]);
}

/** Kept for the client by mistake: no invoice was touched. */
export function renderUnkeptMail(to: To, unkept: Moved): RenderedMail {
	const amount = money(to, unkept, unkept.amountMinor);
	return mail(to, m.mail_unmatched_subject({ numbers: amount }, say(to)), m.mail_unmatched_bank({}, say(to)), [
		hello(to),
		text(m.mail_unkept_text({ amount, receipt: unkept.receiptNumber }, say(to))),
		text(m.mail_unmatched_bank({}, say(to))),
		{ kind: 'small', text: m.mail_returned_disagree({}, say(to)) }
	]);
}
/** The supplier had put a transfer on the wrong invoice. */
/** `isSaid`: it had come by no transfer, a person had noted it. */
export function renderUnmatchedMail(to: To, unmatched: Moved & { isSaid: boolean }): RenderedMail {
	const { numbers, receiptNumber: receipt } = unmatched;
	const amount = money(to, unmatched, unmatched.amountMinor);
	return mail(to, m.mail_unmatched_subject({ numbers }, say(to)), duePreview(dueOf(unmatched), to.locale), [
		hello(to),
		text((unmatched.isSaid ? m.mail_unsaid_text : m.mail_unmatched_text)({ amount, numbers, receipt }, say(to))),
		text(m.mail_unmatched_bank({}, say(to))),
		...dueBlocks(to, unmatched),
		{ kind: 'small', text: m.mail_returned_disagree({}, say(to)) }
	]);
}
