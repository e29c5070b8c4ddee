// An attempt can't be asked about any more: its account at Stripe was left and disconnected. Who sees it there says what became of it. Paid: it is booked through the
// one door, under the intent it is at Stripe, so that the account, should it come back, finds it in the books. Not paid: it ends, and its invoices are payable.
// Who was mistaken says another word instead: while nobody can be asked, or once Stripe has contradicted “paid there”. Both stay; the last one counts.
// Actor: owner or accountant. Refusals: not_allowed, proof_needed, not_found, account_answers, outcome_said, reference_of_another, money_day_not_possible,
// refund_unknown.
// Facts: attempt.changed, payment.received, payment.reversed, plan.changed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { noonOf } from '../../../domain/calendar/day-starts.ts';
import { moneyIn } from '../../../domain/ledger/entries.ts';
import { ZERO } from '../../../domain/money/minor.ts';
import { isLive } from '../../../domain/payments/attempt-status.ts';
import type { PaymentMethodType } from '../../../domain/payments/methods.ts';
import { checkPaid, type Outcome, type OutcomeMistake } from '../../../domain/payments/outcome.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import {
	findAttempt,
	listAttemptLines,
	listAttemptsOfIntent,
	lockAttempt,
	lockPaid,
	saveAttempt,
	type Attempt,
	lockInvoicesOf
} from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { findDeclared, insertDeclared, type DeclaredOutcome } from '../../store/outcomes.ts';
import { recordFact } from '../../store/outbox.ts';
import { findPaymentOfIntent } from '../../store/payments-of-intents.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { recordAudit } from '../../store/audits.ts';
import { listDisconnected } from '../../store/stripe-accounts.ts';
import { requireFreshProof } from '../access/fresh-proof.ts';
import { queueOwnerNotice, queueRefundNotice } from '../mails/queue-owner-notices.ts';
import { applyOutcome } from '../plans/apply-outcome.ts';
import { followMoney } from './follow-money.ts';
import { askForMethod } from '../plans/ask-for-method.ts';
import { answers } from '../stripe/answers.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { bookDiscounts } from './book-discounts.ts';
import { saveReceived } from './book-payment.ts';
import { checkDeclaredOutcome } from './check-declared-outcomes.ts';
import { withdrawDeclaredPayment } from './withdraw-declared-payment.ts';
import type { Booking } from '../settling.ts';

type Paid = { outcome: 'paid'; paidOn: CivilDate; reference: string; methodType: PaymentMethodType };
type NotPaid = { outcome: 'not_paid' };
export type Answer = Paid | NotPaid;
export type DeclareInput = {
	invoiceId: string;
	attemptId: string;
	note: string;
	/** Of what was said last, as the page showed it: taken back. */
	instead?: number;
} & Answer;

export async function declareOutcome(services: Services, scope: Scope, input: DeclareInput): Promise<Result<null>> {
	if (!may(scope.actor, 'book_transfers')) return refuse('not_allowed');
	const unproven = requireFreshProof(services, scope);
	if (unproven) return unproven;
	const seen = await read(services, scope, async (tx) => findCutOffAttempt(tx, scope, input));
	if (!seen) return refuse('not_found');
	// Known to be disconnected some minutes ago: asked once more, since whoever can be asked needs nobody's word.
	const answersNow =
		(isLive(seen.status) || input.instead !== undefined) && (await answers(services, seen.stripeAccount));
	if (answersNow && input.instead === undefined) return refuse('account_answers');
	const said = await commit(services, scope, (tx) => declareInside(services, scope, tx, { ...input, answersNow }));
	// What Stripe has of it is heard at once, before anybody is asked to pay it again.
	if (said.ok && answersNow) await checkDeclaredOutcome(services, scope.supplierId, input.attemptId);
	return said;
}

/** Of this invoice, and not the setting-up of a plan, which ends by itself. */
async function findCutOffAttempt(
	tx: Tx,
	scope: Scope,
	{ invoiceId, attemptId }: DeclareInput
): Promise<Attempt | null> {
	const attempt = await findAttempt(tx, scope, attemptId);
	const lines = attempt && !attempt.isSetup ? await listAttemptLines(tx, scope, attemptId) : [];
	return lines.some((line) => line.invoiceId === invoiceId) ? attempt : null;
}

/** Both answers at once, or one of them twice: the first one stands. */
async function declareInside(
	services: Services,
	scope: Scope,
	tx: Tx,
	input: DeclareInput & { answersNow: boolean }
): Promise<Result<null>> {
	const attempt = await lockAttempt(tx, scope, input.attemptId);
	if (!attempt) return refuse('not_found');
	await lockInvoicesOf(tx, scope, input.attemptId);
	const known = await findDeclared(tx, scope, input.attemptId);
	// Under way after all, as Stripe had said before its account was lost again: it is ended once more.
	if (known && isSame(known, input) && !isLive(attempt.status)) return done(null);
	if (known?.round !== input.instead) return refuse('outcome_said');
	if (!known && !isLive(attempt.status)) return refuse('outcome_said');
	const account = attempt.stripeAccount;
	const isGone = account !== null && (await listDisconnected(tx, scope)).has(account) && !input.answersNow;
	if (known ? !mayChange(known, input.outcome, isGone) : !isGone) return refuse('account_answers');
	const booking = { services, scope, tx, supplier: await getSupplier(tx, scope), now: services.clock.now() };
	// Settling was quicker: it is in the books.
	if (
		known?.outcome === 'not_paid' &&
		input.outcome === 'paid' &&
		(await findPaymentOfIntent(tx, scope, input.reference))
	)
		return refuse('outcome_said');
	if (known?.outcome === 'paid') {
		// Looked at before anything is undone: what is refused changes nothing.
		const mistake = input.outcome === 'paid' ? await mistakeIn(booking, attempt, known, input) : null;
		if (mistake) return refuse(mistake);
		const undone = await withdrawDeclaredPayment(booking, attempt, known, input.note);
		if (!undone.ok) return undone;
	}
	const said = { input, known };
	return input.outcome === 'paid' ? savePaid(booking, attempt, { input, known }) : saveNotPaid(booking, attempt, said);
}
/** Both answers while nobody can be asked. Once Stripe has contradicted “paid there”, it is not paid; what it has of the attempt follows. */
export const mayChange = (known: DeclaredOutcome, to: Outcome, isGone: boolean): boolean =>
	known.heard !== known.outcome &&
	(isGone || (known.outcome === 'paid' && known.heard === 'not_paid' && to === 'not_paid'));
const isSame = (known: DeclaredOutcome, input: DeclareInput): boolean =>
	known.outcome === input.outcome &&
	(input.outcome === 'not_paid' || (known.reference === input.reference && known.paidOn === input.paidOn));

type Said<Input = DeclareInput> = { input: Input; known: DeclaredOutcome | null };
/** What the attempt is known to be at Stripe by anybody but who said so. */
const intentOf = ({ stripePaymentIntentId }: Attempt, known: DeclaredOutcome | null): string | null =>
	known?.isNamed ? null : stripePaymentIntentId;
async function mistakeIn(
	{ scope, tx, supplier, now }: Booking,
	attempt: Attempt,
	known: DeclaredOutcome | null,
	said: Paid
): Promise<OutcomeMistake | null> {
	const intentId = intentOf(attempt, known);
	const [begunOn, today] = [civilDateIn(attempt.createdAt, supplier.timeZone), civilDateIn(now, supplier.timeZone)];
	const mistake = checkPaid(said, { intentId, begunOn, today });
	if (mistake || intentId !== null) return mistake;
	const others = await listAttemptsOfIntent(tx, scope, said.reference);
	return others.some((one) => one.attemptId !== attempt.attemptId) ? 'reference_of_another' : null;
}

async function savePaid(
	booking: Booking,
	attempt: Attempt,
	{ input, known }: Said<DeclareInput & Paid>
): Promise<Result<null>> {
	const { scope, tx, supplier, now } = booking;
	const { paidOn, reference } = input;
	const { attemptId, clientId, amountMinor, currency } = attempt;
	const mistake = await mistakeIn(booking, attempt, known, input);
	if (mistake) return refuse(mistake);
	const methodType = (known?.isNamed ? null : attempt.methodType) ?? input.methodType;
	await saveAttempt(
		tx,
		scope,
		attemptId,
		{ status: 'paid', stripePaymentIntentId: reference, methodType, errorCode: null, declineCode: null },
		now
	);
	await say(booking, attempt, { input, known });
	const paid = await lockPaid(tx, scope, attemptId);
	const payment = await saveReceived(booking, attempt, paid, {
		amountMinor,
		methodType,
		methodLabel: attempt.methodLabel,
		stripeAccount: attempt.stripeAccount,
		stripePaymentIntentId: reference,
		paidAt: noonOf(paidOn, supplier.timeZone),
		paidOn,
		entryOf: (_paymentId, { name, lines, creditMinor }) =>
			moneyIn('payment', name, { clientId, lines, advanceMinor: creditMinor, claimMinor: ZERO })
	});
	await applyOutcome({ ...booking, intent: null }, attempt, 'paid');
	await askForMethod(booking, attempt);
	await bookDiscounts(booking, payment);
	await followMoney(booking, attempt, payment.paymentId);
	const detail = { amountMinor: String(amountMinor), currency, receipt: payment.receiptNumber, reference };
	await tell(booking, known, await audit(booking, attempt, { input, known }, detail));
	return done(null);
}

async function saveNotPaid(booking: Booking, attempt: Attempt, { input, known }: Said): Promise<Result<null>> {
	const { scope, tx, now } = booking;
	const { attemptId, clientId, amountMinor, currency } = attempt;
	const ended = { status: 'canceled', errorCode: 'said_not_paid', declineCode: null } as const;
	await saveAttempt(tx, scope, attemptId, { ...ended, stripePaymentIntentId: intentOf(attempt, known) }, now);
	await say(booking, attempt, { input, known });
	// What had been said to be paid has let its instalments go already.
	if (known?.outcome !== 'paid')
		await applyOutcome({ ...booking, intent: null }, { ...attempt, errorCode: 'said_not_paid' }, 'canceled');
	await followMoney(booking, attempt, null);
	for (const { invoiceId } of await listAttemptLines(tx, scope, attemptId))
		await recordFact(tx, scope, now, { kind: 'attempt.changed', clientId, invoiceId, attemptId });
	const detail = { amountMinor: String(amountMinor), currency, description: attempt.description };
	await tell(booking, known, await audit(booking, attempt, { input, known }, detail));
	return done(null);
}

async function say({ scope, tx, now }: Booking, attempt: Attempt, { input, known }: Said): Promise<void> {
	const { outcome, note } = input;
	const { attemptId } = attempt;
	const [round, isNamed] = [(known?.round ?? 0) + 1, outcome === 'paid' && intentOf(attempt, known) === null];
	const paid = input.outcome === 'paid' ? { paidOn: input.paidOn, reference: input.reference } : {};
	const by = { saidBy: actorName(scope.actor), saidAt: now };
	await insertDeclared(tx, scope, { attemptId, round, outcome, note, isNamed, ...by, ...paid });
}
/** Daily work is told to the other owners; a receipt that is worth nothing any more to every one. */
const tell = ({ scope, tx, now }: Booking, known: DeclaredOutcome | null, auditId: string): Promise<void> =>
	(known ? queueOwnerNotice : queueRefundNotice)(tx, scope, now, auditId);
const audit = (
	{ scope, tx, now }: Booking,
	{ attemptId, stripeAccount }: Attempt,
	{ input: { outcome, note }, known }: Said,
	detail: Record<string, string>
): Promise<string> =>
	recordAudit(tx, scope, now, `said_${outcome}${known ? '_instead' : ''}`, attemptId, {
		...detail,
		account: required(stripeAccount, 'account'),
		note
	});
