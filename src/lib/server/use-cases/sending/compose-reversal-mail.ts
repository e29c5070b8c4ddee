// Mails about money that went back, or is here again: what moved as it was booked, what is due as the books stand when the mail is written.
import type { Scope } from '../../../domain/access/scope.ts';
import { add, subtract, ZERO } from '../../../domain/money/minor.ts';
import { returnForClient } from '../../../i18n/return-reasons.ts';
import type { RenderedMail } from '../../mails/layout.ts';
import * as templates from '../../mails/reversal-mails.ts';
import type { Tx } from '../../store/database.ts';
import { listDiscounts, type DiscountListing } from '../../store/discounts.ts';
import { findClaim } from '../../store/journal.ts';
import { listMails, mayHaveBeenTold, type MailRow } from '../../store/mails.ts';
import {
	findPayment,
	findReversal,
	findReversalOf,
	listAllocations,
	listReversalLines,
	listReversals,
	type Payment,
	type Reversal
} from '../../store/payments.ts';
import { listHeldInstalments } from '../../store/held-instalments.ts';
import type { Context } from './compose-context.ts';
import { isToldTooMuch, wasToldAsAnother } from './refund-told.ts';
import { invoiceIdsOf, payUrl, whatIsDue, type Due } from './what-is-due.ts';

export async function renderReversal(context: Context): Promise<RenderedMail | null> {
	const { scope, tx, row, to } = context;
	const reversal = await findReversal(tx, scope, row.subjectId);
	const payment = reversal && (await findPayment(tx, scope, reversal.paymentId));
	if (!reversal || !payment || !row.contactId) return null;
	const lines = await listAllocations(tx, scope, payment.paymentId);
	const due = await whatIsDue(tx, scope, invoiceIdsOf(lines));
	const { amountMinor } = reversal;
	const { currency, receiptNumber } = payment;
	const lost = await lostDiscounts(tx, scope, payment);
	const facts: Facts = {
		reversal,
		payment,
		due,
		common: {
			amountMinor,
			currency,
			receiptNumber,
			numbers: lines.map((line) => line.number).join(', ') || receiptNumber,
			due,
			discountMinor: sumOf(lost.filter((one) => one.reason === 'early')),
			pointsMinor: sumOf(lost.filter((one) => one.reason === 'points')),
			url: await payUrl(context, due, row.contactId)
		}
	};
	switch (row.kind) {
		case 'refund':
			return renderRefund(context, facts);
		case 'refund_failed':
			return renderRefundFailed(context, facts);
		case 'transfer_undone':
			// Only whoever had the receipt that it takes back.
			if (!(await wasTold(context, 'payment_received', payment.paymentId))) return null;
			return lines.length || reversal.kind === 'payment_unsaid'
				? templates.renderUnmatchedMail(to, { ...facts.common, isSaid: reversal.kind === 'payment_unsaid' })
				: templates.renderUnkeptMail(to, facts.common);
		case 'money_restored':
			return renderRestored(context, facts);
		default:
			return lines.length ? renderReturned(context, facts) : null;
	}
}

type Facts = { reversal: Reversal; payment: Payment; due: Due; common: templates.Moved };

async function renderRefund(context: Context, { reversal, due, common }: Facts): Promise<RenderedMail | null> {
	const { scope, tx, row, to } = context;
	// It failed, or was taken back, before anybody heard of it.
	for (const undone of ['refund_failed', 'refund_unsaid'] as const)
		if (await findReversalOf(tx, scope, reversal.stripeObjectId, undone)) return null;
	// Only its reference was another one.
	if (await wasToldAsAnother(context, reversal)) return null;
	const given = (await notesWith(tx, scope, row)).filter((note) => note.kind === 'granted');
	const lines = await listReversalLines(tx, scope, reversal.stripeObjectId, reversal.kind);
	const reopens = add(...lines.map((line) => line.amountMinor));
	return templates.renderRefundMail(to, {
		...common,
		hasNote: given.length > 0,
		areCredited: given.length > 0 && due.areCredited,
		// Told days later, when it is sure: paid again meanwhile, nothing of it is open.
		reopensMinor: given.length || due.payableMinor === ZERO ? ZERO : reopens
	});
}

/** Only whoever heard that it was made. Said by mistake, and in the books under its right name: it was made. */
async function renderRefundFailed(context: Context, { reversal, common }: Facts): Promise<RenderedMail | null> {
	if (!(await isToldTooMuch(context, reversal))) return null;
	const isSaid = (await findReversalOf(context.tx, context.scope, reversal.stripeObjectId, 'refund_unsaid')) !== null;
	return templates.renderRefundFailedMail(context.to, { ...common, isSaid });
}

async function renderReturned(context: Context, { reversal, payment, common }: Facts): Promise<RenderedMail | null> {
	const { scope, tx, to } = context;
	// It came back, all of it, before anybody heard that it had gone.
	const since = (await listReversals(tx, scope, payment.paymentId)).filter(isRestored);
	const isUndone = (one: Reversal): boolean =>
		nameOf(one) === nameOf(reversal) &&
		one.amountMinor >= reversal.amountMinor &&
		one.occurredAt >= reversal.occurredAt;
	if (since.some(isUndone)) return null;
	if (await isToldByPlan(context, payment)) return null;
	const lines = await listReversalLines(tx, scope, reversal.stripeObjectId, reversal.kind);
	const reopensMinor = add(...lines.map((line) => line.amountMinor));
	const claimMinor = await findClaim(tx, scope, reversal);
	// The bank took back what was kept for the client: nothing is due, and nothing was given twice.
	if (reopensMinor === 0n && claimMinor === 0n) return null;
	const why = returnForClient(reversal.reason, to.locale);
	return templates.renderReturnedMail(to, { ...common, reopensMinor, claimMinor, why });
}

/** The instalment of a plan that it had paid was refused with it: that mail says what comes next, and two at once would say it twice. */
async function isToldByPlan({ scope, tx, row }: Context, { attemptId }: Payment): Promise<boolean> {
	const [held] = await listHeldInstalments(tx, scope, attemptId);
	if (!held || !row.contactId) return false;
	const mails = await listMails(tx, scope, { subjectId: held.planId, contactId: row.contactId });
	return mails.some((one) => one.kind === 'part_failed' && one.createdAt.getTime() === row.createdAt.getTime());
}

/** What a bank or a person gives back bears the name of what it had taken; a dispute may move more than once (book-reversals). */
const nameOf = ({ stripeObjectId }: Reversal): string => stripeObjectId.replace(/^(d[pu]_[^:]+):.*$/, '$1');
const isRestored = ({ kind }: Reversal): boolean => kind === 'chargeback_won' || kind === 'return_undone';

/** Only whoever heard that this money had gone is told that it is here again. */
async function renderRestored(context: Context, { reversal, payment, common }: Facts): Promise<RenderedMail | null> {
	for (const one of await listReversals(context.tx, context.scope, payment.paymentId))
		if (
			!isRestored(one) &&
			nameOf(one) === nameOf(reversal) &&
			(await wasTold(context, 'money_returned', one.reversalId))
		)
			return templates.renderRestoredMail(context.to, { ...common, ...(await whereItCounts(context, reversal)) });
	return null;
}

/** What came back: to the invoices as far as they are owed, to what the client owes for no invoice, the rest is kept for it. */
async function whereItCounts({ scope, tx }: Context, reversal: Reversal): Promise<templates.Counted> {
	const lines = await listReversalLines(tx, scope, reversal.stripeObjectId, reversal.kind);
	const countsMinor = add(...lines.map((line) => line.amountMinor));
	const settledMinor = await findClaim(tx, scope, reversal);
	return { countsMinor, keptMinor: add(subtract(reversal.amountMinor, countsMinor), settledMinor) };
}

async function wasTold({ scope, tx, row }: Context, kind: MailRow['kind'], subjectId: string): Promise<boolean> {
	const told = await listMails(tx, scope, { subjectId });
	return told.some(
		(one) => one.kind === kind && one.contactId === row.contactId && one.state !== 'refused' && mayHaveBeenTold(one)
	);
}

const sumOf = (rows: DiscountListing[]) => add(...rows.map((one) => one.amountMinor));

/** What was said last of each discount of a payment: it stands, or it does not, however often it was given and taken back. */
async function latestDiscounts(tx: Tx, scope: Scope, { paymentId }: Payment): Promise<DiscountListing[]> {
	const latest = new Map<string, DiscountListing>();
	for (const row of await listDiscounts(tx, scope, { paymentId }))
		if (row.reason === 'early' || row.reason === 'points') {
			const key = `${row.invoiceId} ${row.reason}`;
			if ((latest.get(key)?.sequence ?? 0) < row.sequence) latest.set(key, row);
		}
	return [...latest.values()];
}
const lostDiscounts = async (tx: Tx, scope: Scope, payment: Payment): Promise<DiscountListing[]> =>
	(await latestDiscounts(tx, scope, payment)).filter((row) => row.kind === 'voided');

/** The documents of a movement of money: what a refund gave or cancels, discounts that do not stand any more, or stand again. */
export async function notesWith(tx: Tx, scope: Scope, { kind, subjectId }: MailRow): Promise<DiscountListing[]> {
	const reversal = await findReversal(tx, scope, subjectId);
	const payment = reversal && (await findPayment(tx, scope, reversal.paymentId));
	if (!payment) return [];
	if (kind === 'money_restored')
		return (await latestDiscounts(tx, scope, payment)).filter((row) => row.kind === 'granted' && row.sequence > 1);
	const rows = await listDiscounts(tx, scope, { paymentId: payment.paymentId });
	const own = rows.filter((row) => row.reversalId === subjectId && (kind === 'refund') === (row.kind === 'granted'));
	return kind === 'refund_failed' || own.length ? own : lostDiscounts(tx, scope, payment);
}
