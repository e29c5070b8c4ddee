// A client pays one or several invoices, as it chose. Actor: contact or pay link. Refusals: nothing_to_pay, amount_changed, offer_expired, payment_under_way,
// payment_in_progress, method_not_offered, attempt_conflict, card_declined, payment_unknown. Facts: attempt.changed, then those of settling.
import { dueNow } from '../../../contract/option-views.ts';
import type { StartPayment } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import type { AllocationLine } from '../../../domain/payments/allocation.ts';
import type { PaymentOption } from '../../../domain/offers/quote.ts';
import type { Services } from '../../services.ts';
import {
	findAttempt,
	findLastAttempt,
	findLiveAttempt,
	insertAttempt,
	listAttemptLines,
	lockAttempt,
	saveAttempt,
	type Attempt,
	type AttemptChange
} from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { insertPromisedDiscounts } from '../../store/discounts.ts';
import { lockInvoices, type InvoiceRecord } from '../../store/invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier, type Supplier } from '../../store/parties.ts';
import { constraintName } from '../../store/tx.ts';
import { contactOf, keepAcceptance, type From } from '../offers/keep-acceptance.ts';
import { quoteInvoices, type Quoted } from '../offers/quote-invoices.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { settleIntent } from './settle-intent.ts';

export type PaymentProgress = {
	attemptId: string;
	status: Attempt['status'];
	clientSecret: string | null;
	errorCode: string | null;
	declineCode: string | null;
};
type Opened = { kind: 'open'; attempt: Attempt } | { kind: 'superseded'; attempt: Attempt };

export async function startPayment(
	services: Services,
	scope: Scope,
	input: StartPayment,
	from: From
): Promise<Result<PaymentProgress>> {
	for (let round = 0; round < 2; round++) {
		const opened = await openAttempt(services, scope, input, from);
		if (!opened.ok) return opened;
		if (opened.value.kind === 'open') return callStripe(services, scope, opened.value.attempt);
		// Somebody left a bank confirmation unfinished: give it up at Stripe, learn what became of it, then look again.
		await giveUp(services, scope, opened.value.attempt);
	}
	return refuse('payment_in_progress');
}

async function openAttempt(
	services: Services,
	scope: Scope,
	input: StartPayment,
	from: From,
	isSecondLook = false
): Promise<Result<Opened>> {
	try {
		return await commit(services, scope, (tx) => openInside(services, scope, tx, input, from));
	} catch (error) {
		// Two first clicks at once: the database let one through.
		if (constraintName(error) === 'one_live_attempt_per_invoice') return refuse('payment_in_progress');
		// The same click twice: the other one's row is there now. If it can't be seen, it is somebody else's id.
		if (constraintName(error) === 'payment_attempt_pk')
			return isSecondLook ? refuse('attempt_conflict') : openAttempt(services, scope, input, from, true);
		throw error;
	}
}

async function openInside(
	services: Services,
	scope: Scope,
	tx: Tx,
	input: StartPayment,
	from: From
): Promise<Result<Opened>> {
	const invoices = await lockInvoices(tx, scope, input.invoiceIds);
	if (invoices.length !== input.invoiceIds.length) return refuse('not_found');
	const known = await findAttempt(tx, scope, input.attemptId);
	if (known)
		return known.confirmationTokenId === input.confirmationTokenId
			? done({ kind: 'open' as const, attempt: known })
			: refuse('attempt_conflict');
	const live = await findLiveAttempt(tx, scope, input.invoiceIds);
	if (live) return whenLive(live);
	if (invoices.some((invoice) => payableToday(invoice) <= 0n)) return refuse('nothing_to_pay');
	const supplier = await getSupplier(tx, scope);
	const quoted = await quoteInvoices(tx, scope, { supplier, records: invoices, at: services.clock.now() });
	const chosen = choose(quoted, input);
	if (!chosen.ok) return chosen;
	const attempt = await keepAttempt(services, scope, tx, {
		input,
		supplier,
		invoices,
		quoted,
		option: chosen.value,
		from
	});
	return done({ kind: 'open' as const, attempt });
}

/** The choice at the price the page showed, or why not: a price that has ended is never taken, whatever the page still says. */
function choose({ quote }: Quoted, { option: kind, expectedAmountMinor }: StartPayment): Result<PaymentOption> {
	const option = quote.options.find((candidate) => candidate.kind === kind);
	if (option && dueNow(option, quote) === expectedAmountMinor) return done(option);
	const other = option ?? quote.options.find((candidate) => candidate.kind === 'now');
	if (!other) return refuse('method_not_offered');
	return refuse(kind === 'now' ? 'amount_changed' : 'offer_expired', {
		amountMinor: String(dueNow(other, quote)),
		option: other.kind,
		currency: 'EUR'
	});
}

function whenLive(live: Attempt): Result<Opened> {
	if (live.status === 'processing') return refuse('payment_under_way');
	if (live.status === 'awaiting_auth' && live.stripePaymentIntentId) return done({ kind: 'superseded', attempt: live });
	return refuse('payment_in_progress');
}

type Opening = {
	input: StartPayment;
	supplier: Supplier;
	invoices: InvoiceRecord[];
	quoted: Quoted;
	option: PaymentOption;
	from: From;
};
async function keepAttempt(services: Services, scope: Scope, tx: Tx, opening: Opening): Promise<Attempt> {
	const { input, supplier, invoices, option, from } = opening;
	const now = services.clock.now();
	const { lines } = option.parts[0]!;
	const declined = await declinedIntent(tx, scope, lines);
	const { clientId } = invoices[0]!;
	await insertAttempt(
		tx,
		scope,
		{
			attemptId: input.attemptId,
			clientId,
			contactId: contactOf(scope),
			channel: scope.actor.kind === 'pay_link' ? 'pay_link' : 'portal',
			option: option.kind,
			allowedTypes: option.methods,
			discountMinor: option.discountMinor,
			offerEndsAt: option.deadlineAt,
			amountMinor: option.parts[0]!.amountMinor,
			currency: 'EUR',
			confirmationTokenId: input.confirmationTokenId,
			description: invoices
				.map((invoice) => invoice.number)
				.join(', ')
				.slice(0, 500),
			returnUrl: from.returnUrl,
			status: 'open',
			stripeAccount: supplier.stripeAccount,
			stripePaymentIntentId: declined,
			retriesIntent: declined !== null,
			createdAt: now,
			updatedAt: now
		},
		lines
	);
	await insertPromisedDiscounts(tx, scope, input.attemptId, option.discounts);
	await keepAcceptance(tx, scope, input.attemptId, { ...opening, clientId });
	for (const line of lines)
		await recordFact(tx, scope, now, {
			kind: 'attempt.changed',
			clientId,
			invoiceId: line.invoiceId,
			attemptId: input.attemptId
		});
	return (await findAttempt(tx, scope, input.attemptId))!;
}
/** The intent of a declined try on exactly the same lines: it is tried again, so one payment stays one PaymentIntent. */
async function declinedIntent(tx: Tx, scope: Scope, lines: AllocationLine[]): Promise<string | null> {
	const last = await findLastAttempt(tx, scope, lines[0]!.invoiceId);
	if (last?.status !== 'declined' || last.methodType === 'sepa_debit') return null;
	const before = await listAttemptLines(tx, scope, last.attemptId);
	const same =
		before.length === lines.length &&
		lines.every((line) =>
			before.some((old) => old.invoiceId === line.invoiceId && old.amountMinor === line.amountMinor)
		);
	return same ? last.stripePaymentIntentId : null;
}

/**
 * Stripe keeps idempotency keys for a day (https://docs.stripe.com/api/idempotent_requests): a question repeated after that would be a new one,
 * and charge a second time somebody whose first answer was lost. Half of it is our bound.
 */
const ASK_AGAIN_MS = 43_200_000;
export const isWithinKeyLife = ({ clock }: Services, since: Date): boolean =>
	clock.now().getTime() - since.getTime() < ASK_AGAIN_MS;

/** Every parameter is a pure function of the row, so that the same attempt can be asked again with the same key. */
export async function callStripe(services: Services, scope: Scope, attempt: Attempt): Promise<Result<PaymentProgress>> {
	if (attempt.status !== 'open' || !isWithinKeyLife(services, attempt.createdAt))
		return tell(services, scope, attempt, { intentId: attempt.stripePaymentIntentId, answered: null });
	const outcome = await services.payments.confirm({
		account: attempt.stripeAccount,
		attemptId: attempt.attemptId,
		intentId: attempt.retriesIntent ? attempt.stripePaymentIntentId : null,
		amountMinor: attempt.amountMinor,
		currency: attempt.currency,
		confirmationTokenId: attempt.confirmationTokenId,
		allowedTypes: attempt.allowedTypes,
		description: attempt.description,
		returnUrl: attempt.returnUrl,
		metadata: { attempt_id: attempt.attemptId, supplier_id: scope.supplierId }
	});
	if (outcome.kind === 'unknown') return refuse('payment_unknown', { attemptId: attempt.attemptId });
	if (outcome.kind === 'refused') {
		services.log.warn({ attemptId: attempt.attemptId, code: outcome.code }, 'stripe refused an attempt');
		await changeOpen(services, scope, attempt.attemptId, { status: 'canceled', errorCode: outcome.code });
		return refuse('card_declined', { family: 'technical' });
	}
	await changeOpen(services, scope, attempt.attemptId, { status: 'open', stripePaymentIntentId: outcome.intentId });
	return tell(services, scope, attempt, { intentId: outcome.intentId, answered: attempt.attemptId });
}

/** Notes what Stripe answered on an attempt that nobody has moved meanwhile. */
const changeOpen = (services: Services, scope: Scope, attemptId: string, change: AttemptChange): Promise<void> =>
	commit(services, scope, async (tx) => {
		const current = await lockAttempt(tx, scope, attemptId);
		if (current?.status === 'open') await saveAttempt(tx, scope, attemptId, change, services.clock.now());
	});

/** Where the attempt stands, read from Stripe. */
async function tell(
	services: Services,
	scope: Scope,
	attempt: Attempt,
	{ intentId, answered }: { intentId: string | null; answered: string | null }
): Promise<Result<PaymentProgress>> {
	const settled = intentId ? await settleIntent(services, scope, intentId, answered) : null;
	const after = settled?.attempts.find((row) => row.attemptId === attempt.attemptId) ?? attempt;
	if (after.status === 'open') return refuse('payment_unknown', { attemptId: attempt.attemptId });
	return done({
		attemptId: attempt.attemptId,
		status: after.status,
		clientSecret: after.status === 'awaiting_auth' ? (settled?.clientSecret ?? null) : null,
		errorCode: after.errorCode,
		declineCode: after.declineCode
	});
}

async function giveUp(services: Services, scope: Scope, attempt: Attempt): Promise<void> {
	await services.payments.cancel(attempt.stripeAccount, attempt.stripePaymentIntentId!);
	await settleIntent(services, scope, attempt.stripePaymentIntentId!);
}
