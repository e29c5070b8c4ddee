// Money that goes back, and money restored: each a new row and a new entry, once per Stripe object and kind, of the amount that Stripe says, with the
// fee it took. What is booked is a function of what Stripe says now, so that any order of messages gives the same books.
import { isUuid } from '../../../contract/payments.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { moneyGoneBack, moneyIn, stripeFee } from '../../../domain/ledger/entries.ts';
import { minor, smallest, subtract, ZERO, type Minor } from '../../../domain/money/minor.ts';
import {
	allocateReversal,
	beyondInvoices,
	withinBalance,
	type AllocationLine
} from '../../../domain/payments/allocation.ts';
import type { RefundMeaning } from '../../../domain/payments/refund-guard.ts';
import { required } from '../../../domain/required.ts';
import type { IntentDispute, IntentRefund, MoveFee } from '../../gateways/stripe/port.ts';
import { newId } from '../../identity.ts';
import { findAttempt } from '../../store/attempts.ts';
import { lockInvoices } from '../../store/invoices.ts';
import { bookEntry } from '../../store/journal.ts';
import { recordFact } from '../../store/outbox.ts';
import {
	findReversalOf,
	insertReversal,
	listReversalLines,
	listStanding,
	sumBeyond,
	type Payment,
	type Reversal
} from '../../store/payments.ts';
import { recordAudit } from '../../store/records.ts';
import { accountKey } from '../../store/stripe-accounts.ts';
import { answerRefundRequest, findRefundRequest, type RefundRequest } from '../../store/refund-requests.ts';
import { queueReversalMail } from '../mails/queue-mails.ts';
import { queueOwnerNotice } from '../mails/queue-owner-notices.ts';
import { followReversal } from '../plans/follow-plan.ts';
import { giveCreditNotes, voidCreditNotes } from './book-credit-notes.ts';
import type { Settling } from './settling.ts';

type Going = {
	kind: 'refund' | 'debit_return' | 'chargeback';
	objectId: string;
	amountMinor: Minor;
	reason: string | null;
	meaning: RefundMeaning;
	at: Date;
};
type Restored = {
	kind: 'refund_failed' | 'chargeback_won';
	objectId: string;
	/** What it gives back, whole or in part. */
	undoes: Pick<Reversal, 'stripeObjectId'> & { kind: Going['kind'] };
	amountMinor: Minor;
	at: Date;
};

export async function bookReversals(settling: Settling, payment: Payment): Promise<void> {
	const { intent, now } = settling;
	// Oldest first, refunds before disputes of the same second: a fixed order gives fixed allocations.
	const refunds = [...intent.refunds].sort(
		(a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id.localeCompare(b.id)
	);
	for (const refund of refunds) {
		const request = await answered(settling, refund);
		await goBack(settling, payment, {
			kind: 'refund',
			objectId: refund.id,
			amountMinor: refund.amountMinor,
			reason: request?.note ?? refund.reason,
			meaning: request?.meaning ?? 'error',
			at: refund.createdAt
		});
		for (const fee of refund.fees) await bookFee(settling, payment, fee);
		if (refund.status === 'failed' || refund.status === 'canceled') await failRefund(settling, payment, refund, now);
		// Told when it is sure: a debit's refund takes days, and may still fail.
		else if (refund.status === 'succeeded') await tellRefund(settling, payment, refund.id, 'refund');
	}
	for (const dispute of intent.disputes) await followDispute(settling, payment, dispute);
}

/** The request that a refund answers, if it was asked for here and for this payment. */
async function answered({ tx, scope, now }: Settling, refund: IntentRefund): Promise<RefundRequest | null> {
	const { refundRequestId } = refund;
	if (!refundRequestId || !isUuid(refundRequestId)) return null;
	const answer = { status: 'accepted' as const, stripeRefundId: refund.id };
	await answerRefundRequest(tx, scope, refundRequestId, answer, now);
	return findRefundRequest(tx, scope, refundRequestId);
}

async function failRefund(settling: Settling, payment: Payment, refund: IntentRefund, at: Date): Promise<void> {
	const { tx, scope, now } = settling;
	const undoes = { stripeObjectId: refund.id, kind: 'refund' as const };
	const { amountMinor } = refund;
	// What the credit note had taken off is owed again first: the money then settles it.
	const given = await findReversalOf(tx, scope, refund.id, 'refund');
	if (!given || (await findReversalOf(tx, scope, refund.id, 'refund_failed'))) return;
	await voidCreditNotes(settling, payment, given.reversalId, at);
	await restore(settling, payment, { kind: 'refund_failed', objectId: refund.id, undoes, amountMinor, at });
	await tellRefund(settling, payment, refund.id, 'refund_failed');
	const auditId = await recordAudit(tx, scope, now, 'refund_failed', payment.paymentId, {
		amountMinor: String(amountMinor),
		currency: payment.currency,
		receipt: payment.receiptNumber
	});
	await queueOwnerNotice(tx, scope, now, auditId);
}
async function tellRefund(
	{ tx, scope, now }: Settling,
	{ clientId }: Payment,
	refundId: string,
	kind: 'refund' | 'refund_failed'
): Promise<void> {
	const given = await findReversalOf(tx, scope, refundId, 'refund');
	if (given) await queueReversalMail(tx, scope, now, kind, given.reversalId, clientId);
}

/** A dispute is what it moved: taken, given back whole or in part, whatever its status says (https://docs.stripe.com/disputes). */
async function followDispute(settling: Settling, payment: Payment, dispute: IntentDispute): Promise<void> {
	const kind = payment.methodType === 'sepa_debit' ? ('debit_return' as const) : ('chargeback' as const);
	for (const move of dispute.moves) {
		if (move.amountMinor < 0n)
			await goBack(settling, payment, {
				kind,
				objectId: move.objectId,
				amountMinor: minor(-move.amountMinor),
				reason: dispute.reason,
				meaning: 'error',
				at: move.at
			});
		else if (move.amountMinor > 0n)
			await restore(settling, payment, {
				kind: 'chargeback_won',
				objectId: move.objectId,
				undoes: { stripeObjectId: dispute.id, kind },
				amountMinor: move.amountMinor,
				at: move.at
			});
		await bookFee(settling, payment, move);
	}
}

async function bookFee(
	{ tx, scope, supplier, now }: Settling,
	{ currency, stripeAccount }: Payment,
	{ moveId, feeMinor, at }: MoveFee
): Promise<void> {
	if (feeMinor !== 0n)
		await bookEntry(tx, scope, stripeFee(moveId, feeMinor), {
			currency,
			stripeAccount: accountKey(stripeAccount),
			bookedOn: civilDateIn(at, supplier.timeZone),
			now
		});
}

/** What a payment has beyond its invoices: its advance, less what went back of it; below zero the client owes it. */
const positionOf = async ({ tx, scope }: Settling, payment: Payment): Promise<Minor> =>
	subtract(payment.creditMinor, await sumBeyond(tx, scope, payment.paymentId));
const sumOf = (lines: AllocationLine[]): Minor => minor(lines.reduce((sum, line) => sum + line.amountMinor, 0n));

async function goBack(settling: Settling, payment: Payment, going: Going): Promise<void> {
	const { scope, tx, supplier, now } = settling;
	const { kind, objectId, amountMinor, reason } = going;
	if (amountMinor <= 0n || (await findReversalOf(tx, scope, objectId, kind))) return;
	// First what was paid too much, then the invoices; what is beyond both went back twice, and the client owes it.
	const before = await positionOf(settling, payment);
	const fromAdvance = before > 0n ? smallest(before, amountMinor) : ZERO;
	const standing = await listStanding(tx, scope, payment.paymentId);
	const lines = allocateReversal(standing, subtract(amountMinor, fromAdvance));
	const after = minor(before - (amountMinor - sumOf(lines)));
	const reversalId = newId();
	const { paymentId, clientId, currency } = payment;
	const row = { reversalId, paymentId, kind, stripeObjectId: objectId, amountMinor, reason, occurredAt: going.at };
	if (!(await insertReversal(tx, scope, row, lines))) return;
	const entry = moneyGoneBack(kind, objectId, { clientId, lines, ...beyondInvoices(before, after) });
	const stripeAccount = accountKey(payment.stripeAccount);
	await bookEntry(tx, scope, entry, {
		currency,
		stripeAccount,
		bookedOn: civilDateIn(going.at, supplier.timeZone),
		now
	});
	await giveCreditNotes(settling, payment, { reversalId, meaning: going.meaning, lines, at: going.at });
	await announce(settling, payment, lines);
	if (kind === 'refund') return;
	// A part of a plan is refused once nothing of what paid it stands; less is owed beside the plan.
	if (lines.length && sumOf(lines) === sumOf(standing))
		await followReversal(settling, await attemptOf(settling, payment), 'gone');
	await queueReversalMail(tx, scope, now, 'money_returned', reversalId, clientId);
}

async function restore(settling: Settling, payment: Payment, restored: Restored): Promise<void> {
	const { scope, tx, supplier, now } = settling;
	const { kind, objectId, undoes, amountMinor, at } = restored;
	if (amountMinor <= 0n || (await findReversalOf(tx, scope, objectId, kind))) return;
	const taken = await listReversalLines(tx, scope, undoes.stripeObjectId, undoes.kind);
	// What the client owes for no invoice is settled first; then the invoices, as far as each is still owed: paid otherwise meanwhile, it is an advance.
	const before = await positionOf(settling, payment);
	const claim = before < 0n ? smallest(minor(-before), amountMinor) : ZERO;
	const invoices = await lockInvoices(
		tx,
		scope,
		taken.map((line) => line.invoiceId)
	);
	const owed = withinBalance(taken, (id) => invoices.find((one) => one.invoiceId === id)?.balanceMinor ?? ZERO);
	const lines = allocateReversal([...owed].reverse(), subtract(amountMinor, claim));
	const after = minor(before + (amountMinor - sumOf(lines)));
	const { paymentId, clientId, currency } = payment;
	const reversalId = newId();
	const row = { reversalId, paymentId, kind, stripeObjectId: objectId, amountMinor, reason: null };
	if (!(await insertReversal(tx, scope, { ...row, occurredAt: at }, lines))) return;
	const entry = moneyIn(kind, objectId, { clientId, lines, ...beyondInvoices(before, after) });
	const stripeAccount = accountKey(payment.stripeAccount);
	await bookEntry(tx, scope, entry, { currency, stripeAccount, bookedOn: civilDateIn(at, supplier.timeZone), now });
	// A part of a plan is paid again when some of it is back; the rest is owed beside the plan.
	if (kind === 'chargeback_won' && lines.length)
		await followReversal(settling, await attemptOf(settling, payment), 'restored');
	await announce(settling, payment, lines);
	if (kind === 'chargeback_won') await queueReversalMail(tx, scope, now, 'money_restored', reversalId, clientId);
}

const attemptOf = async ({ tx, scope }: Settling, payment: Payment) =>
	required(await findAttempt(tx, scope, payment.attemptId), 'attempt');

async function announce({ scope, tx, now }: Settling, payment: Payment, lines: AllocationLine[]): Promise<void> {
	const fact = { kind: 'payment.reversed' as const, clientId: payment.clientId, attemptId: payment.attemptId };
	for (const { invoiceId } of lines) await recordFact(tx, scope, now, { ...fact, invoiceId });
	if (!lines.length) await recordFact(tx, scope, now, { ...fact, invoiceId: null });
}
