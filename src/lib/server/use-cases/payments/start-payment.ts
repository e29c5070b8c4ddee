// A client pays one or several invoices, as it chose. Actor: contact or pay link. Refusals: nothing_to_pay, amount_changed, offer_expired, payment_under_way,
// payment_in_progress, method_not_offered, attempt_conflict, card_declined, payment_unknown. Facts: attempt.changed, then those of settling.
import type { StartPayment } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { AllocationLine } from '../../../domain/payments/allocation.ts';
import { openParts } from '../../../domain/plans/plan.ts';
import type { ConfirmInput } from '../../gateways/stripe/port.ts';
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
import { findInvoice, lockInvoices, type InvoiceRecord } from '../../store/invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { getSupplier, type Supplier } from '../../store/parties.ts';
import { holdParts } from '../../store/plans.ts';
import { findCustomerId, findMethod } from '../../store/saved-methods.ts';
import { constraintName } from '../../store/tx.ts';
import { contactOf, keepAcceptance, type From } from '../offers/keep-acceptance.ts';
import { followPlan } from '../plans/follow-plan.ts';
import { customerOf, isPlan, keepPlan } from '../plans/keep-plan.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { choosePayment, type Chosen } from './choose-payment.ts';
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
	if (input.option !== 'now' && input.option !== 'early' && !(await prepareCustomer(services, scope, input)))
		return refuse('card_declined', { family: 'technical' });
	for (let round = 0; round < 2; round++) {
		const opened = await openAttempt(services, scope, input, from);
		if (!opened.ok) return opened;
		if (opened.value.kind === 'open') return callStripe(services, scope, opened.value.attempt);
		// Somebody left a bank confirmation unfinished: give it up at Stripe, learn what became of it, then look again.
		await giveUp(services, scope, opened.value.attempt);
	}
	return refuse('payment_in_progress');
}

/** A means of payment that is kept belongs to a customer at Stripe, asked for before any transaction. `false`: Stripe does not answer, nothing began. */
async function prepareCustomer(services: Services, scope: Scope, { invoiceIds }: StartPayment): Promise<boolean> {
	const invoice = await read(services, scope, (tx) => findInvoice(tx, scope, invoiceIds[0]!));
	try {
		if (invoice) await customerOf(services, scope, invoice.clientId);
		return true;
	} catch (error) {
		services.log.warn({ err: error }, 'no customer at Stripe, no plan begun');
		return false;
	}
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
		if (['one_live_attempt_per_invoice', 'one_hold_per_part'].includes(constraintName(error)))
			return refuse('payment_in_progress');
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
	const supplier = await getSupplier(tx, scope);
	const chosen = await choosePayment(services, tx, scope, { supplier, invoices, input });
	if (!chosen.ok) return chosen;
	const attempt = await keepAttempt(services, scope, tx, { input, supplier, invoices, chosen: chosen.value, from });
	return done({ kind: 'open' as const, attempt });
}

function whenLive(live: Attempt): Result<Opened> {
	if (live.status === 'processing') return refuse('payment_under_way');
	if (live.status === 'awaiting_auth' && live.stripePaymentIntentId) return done({ kind: 'superseded', attempt: live });
	return refuse('payment_in_progress');
}

type Opening = { input: StartPayment; supplier: Supplier; invoices: InvoiceRecord[]; chosen: Chosen; from: From };
async function keepAttempt(services: Services, scope: Scope, tx: Tx, opening: Opening): Promise<Attempt> {
	const { input, supplier, invoices, chosen, from } = opening;
	const { lines, quoted, plan, parts } = chosen;
	const { attemptId } = input;
	const now = services.clock.now();
	const { clientId } = invoices[0]!;
	const declined = await declinedIntent(tx, scope, lines);
	const begins = quoted !== null && isPlan(quoted.option);
	await insertAttempt(
		tx,
		scope,
		{
			attemptId,
			clientId,
			contactId: contactOf(scope),
			channel: scope.actor.kind === 'pay_link' ? 'pay_link' : 'portal',
			option: input.option,
			allowedTypes: chosen.allowedTypes,
			discountMinor: chosen.discountMinor,
			offerEndsAt: chosen.offerEndsAt,
			amountMinor: chosen.amountMinor,
			currency: 'EUR',
			confirmationTokenId: input.confirmationTokenId,
			savedMethodId: input.confirmationTokenId === null ? plan!.methodId : null,
			customerId: begins || plan ? await findCustomerId(tx, scope, clientId) : null,
			// What the payer brings for a part serves the parts to come as well.
			keepsMethod:
				begins || (plan !== null && input.confirmationTokenId !== null && parts.length < openParts(plan.parts).length),
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
	await insertPromisedDiscounts(tx, scope, attemptId, chosen.discounts);
	if (quoted) await keepAcceptance(tx, scope, attemptId, { ...quoted, supplier, clientId, from });
	if (quoted && begins) await keepPlan(tx, scope, attemptId, { supplier, invoices, option: quoted.option, now });
	if (plan) await holdParts(tx, scope, attemptId, parts);
	for (const line of lines)
		await recordFact(tx, scope, now, { kind: 'attempt.changed', clientId, invoiceId: line.invoiceId, attemptId });
	return (await findAttempt(tx, scope, attemptId))!;
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
	const source = await sourceOf(services, scope, attempt);
	const outcome = await services.payments.confirm({
		account: attempt.stripeAccount,
		attemptId: attempt.attemptId,
		intentId: attempt.retriesIntent ? attempt.stripePaymentIntentId : null,
		amountMinor: attempt.amountMinor,
		currency: attempt.currency,
		source,
		customerId: attempt.customerId,
		offSession: attempt.isOffSession,
		keepsMethod: attempt.keepsMethod,
		targetOn: attempt.targetOn,
		allowedTypes: attempt.allowedTypes,
		description: attempt.description,
		returnUrl: attempt.returnUrl,
		metadata: { attempt_id: attempt.attemptId, supplier_id: scope.supplierId }
	});
	if (outcome.kind === 'unknown') return refuse('payment_unknown', { attemptId: attempt.attemptId });
	if (outcome.kind === 'refused') {
		services.log.warn({ attemptId: attempt.attemptId, code: outcome.code }, 'stripe refused an attempt');
		await abandon(services, scope, attempt, outcome.code);
		return refuse('card_declined', { family: 'technical' });
	}
	await changeOpen(services, scope, attempt.attemptId, { status: 'open', stripePaymentIntentId: outcome.intentId });
	return tell(services, scope, attempt, { intentId: outcome.intentId, answered: attempt.attemptId });
}

async function sourceOf(services: Services, scope: Scope, attempt: Attempt): Promise<ConfirmInput['source']> {
	if (attempt.confirmationTokenId !== null) return { kind: 'token', tokenId: attempt.confirmationTokenId };
	const method = await read(services, scope, (tx) => findMethod(tx, scope, attempt.savedMethodId!));
	return { kind: 'saved', paymentMethodId: method!.stripePaymentMethodId };
}

/** Notes what Stripe answered on an attempt that nobody has moved meanwhile. */
const changeOpen = (services: Services, scope: Scope, attemptId: string, change: AttemptChange): Promise<void> =>
	commit(services, scope, async (tx) => {
		const current = await lockAttempt(tx, scope, attemptId);
		if (current?.status === 'open') await saveAttempt(tx, scope, attemptId, change, services.clock.now());
	});

/** A try that ends without Stripe's word: its invoices and its parts are free again. */
export const abandon = (services: Services, scope: Scope, attempt: Attempt, errorCode: string): Promise<void> =>
	commit(services, scope, async (tx) => {
		const current = await lockAttempt(tx, scope, attempt.attemptId);
		if (!current || current.status !== attempt.status) return;
		const now = services.clock.now();
		await saveAttempt(tx, scope, attempt.attemptId, { status: 'canceled', errorCode }, now);
		const status = current.channel === 'plan' ? 'declined' : 'canceled';
		await followPlan(
			{ scope, tx, now, supplier: await getSupplier(tx, scope), intent: null },
			{ ...current, errorCode },
			status
		);
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
