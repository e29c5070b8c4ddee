// A client pays one or several invoices, as it chose. Actor: contact or pay link, of a person who may pay. Refusals: pay_not_yours, too_many_invoices, nothing_to_pay, amount_changed, offer_expired, payment_under_way,
// payment_in_progress, method_not_offered, points_not_offered and its kind, points_rules_first, attempt_id_reused, card_declined, payment_unknown, payment_unavailable. Facts: attempt.changed, then those of settling.
import { INVOICES_PER_PAYMENT, type StartPayment } from '../../../contract/payments.ts';
import { contactOf, type Scope } from '../../../domain/access/scope.ts';
import type { AllocationLine } from '../../../domain/payments/allocation.ts';
import { openInstalments } from '../../../domain/plans/plan.ts';
import { isOwnAttempt } from '../../../domain/payments/own-attempt.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import {
	findAttempt,
	findLastAttempt,
	findLiveAttempt,
	insertAttempt,
	listAttemptLines,
	type Attempt
} from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { insertPromisedDiscounts } from '../../store/discounts.ts';
import { findInvoice, type InvoiceRecord } from '../../store/invoices.ts';
import { lockInvoices } from '../../store/lock-invoices.ts';
import { recordFact } from '../../store/outbox.ts';
import { mayPay } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { holdInstalments } from '../../store/held-instalments.ts';
import { findCustomerId, type SavedMethod } from '../../store/saved-methods.ts';
import { isSilent } from '../../store/stripe-accounts.ts';
import { constraintName } from '../../store/tx.ts';
import { saveAcceptance, type From } from '../offers/save-acceptance.ts';
import { readTokenEnd, refuseEndingCard, type CardEnd } from '../methods/card-end.ts';
import { customerIfAsked } from '../methods/customer.ts';
import { holdCredit } from '../points/credit.ts';
import { isPlan, createPlan } from '../plans/create-plan.ts';
import { inputHashOf } from '../input-hash.ts';
import { commit, done, read, refuse, type Result } from '../run.ts';
import { abandon, callStripe } from './call-stripe.ts';
import { chooseMethod, lockAskedMethod } from './choose-method.ts';
import { choosePayment, lastInstalmentOn, type Chosen } from './choose-payment.ts';
import { ifAsked } from '../stripe/answers.ts';
import { endRefused } from './close-attempts.ts';
import { acceptDeferredPlan } from '../plans/deferred-plan.ts';
import type { PaymentProgress } from './progress.ts';
import { followDeferredPlan } from './follow-deferred-plan.ts';
import { giveUpAttempt } from './give-up-attempt.ts';

type Opened = { kind: 'open'; attempt: Attempt } | { kind: 'superseded'; attempt: Attempt };

export async function startPayment(
	services: Services,
	scope: Scope,
	input: StartPayment,
	from: From
): Promise<Result<PaymentProgress>> {
	if (input.invoiceIds.length > INVOICES_PER_PAYMENT)
		return refuse('too_many_invoices', { max: String(INVOICES_PER_PAYMENT) });
	if (!(await isAnswering(services, scope, input))) return refuse('payment_unavailable');
	const card = await cardOf(services, scope, input);
	if (card === 'not_asked') return refuse('payment_unavailable');
	for (let round = 0; round < 2; round++) {
		const opened = await openAttempt(services, scope, { input, from, card });
		if (!opened.ok) return opened;
		const { attempt } = opened.value;
		if (opened.value.kind === 'open') {
			if (attempt.isSetup) return followDeferredPlan(services, scope, attempt);
			const ended = attempt.status === 'open' ? await endRefused(services, scope, attempt) : 'ended';
			if (ended === 'ended') return callStripe(services, scope, attempt);
			await abandon(services, scope, attempt, 'superseded');
			return refuse(ended === 'not_ended' ? 'payment_in_progress' : 'payment_unavailable');
		}
		// Somebody left a bank confirmation unfinished: give it up at Stripe, learn what became of it, then look again.
		const given = await ifAsked(() => giveUpAttempt(services, attempt));
		if (given === 'not_asked') return refuse('payment_unavailable');
	}
	return refuse('payment_in_progress');
}

const needsCustomer = ({ option, remember, savedMethodId }: StartPayment): boolean =>
	(option !== 'now' && option !== 'early') || remember === true || Boolean(savedMethodId);
/**
 * `false`: nothing begins. The account has been silent twice; or a means of payment is to be kept, which belongs to a customer at Stripe, asked for before
 * any transaction. An attempt that began before is followed all the same.
 */
async function isAnswering(services: Services, scope: Scope, input: StartPayment): Promise<boolean> {
	const { invoice, known, account } = await read(services, scope, async (tx) => ({
		invoice: await findInvoice(tx, scope, required(input.invoiceIds[0], 'invoice')),
		known: await findAttempt(tx, scope, input.attemptId),
		account: (await getSupplier(tx, scope)).stripeAccount
	}));
	if (known || !invoice) return true;
	if (await isSilent(services.db, account)) return false;
	return !needsCustomer(input) || (await customerIfAsked(services, scope, invoice.clientId)) !== 'not_asked';
}

const MAY_SAVE_METHOD: readonly StartPayment['option'][] = ['plan_2', 'plan_3', 'next_part'];
const maySaveMethod = ({ option }: Pick<StartPayment, 'option'>): boolean => MAY_SAVE_METHOD.includes(option);
type Asked = { input: StartPayment; from: From; card: CardEnd | null };
/** When the card that the browser has just collected ends, where that matters. A question that was asked before is followed as it was. */
async function cardOf(services: Services, scope: Scope, input: StartPayment): Promise<CardEnd | 'not_asked' | null> {
	const { confirmationTokenId: tokenId, cardMayEnd } = input;
	if (!tokenId || cardMayEnd || !maySaveMethod(input)) return null;
	const { known, account } = await read(services, scope, async (tx) => ({
		known: await findAttempt(tx, scope, input.attemptId),
		account: (await getSupplier(tx, scope)).stripeAccount
	}));
	return known ? null : readTokenEnd(services, account, tokenId);
}

async function openAttempt(
	services: Services,
	scope: Scope,
	asked: Asked,
	isSecondLook = false
): Promise<Result<Opened>> {
	try {
		return await commit(services, scope, (tx) => openInside(services, scope, tx, asked));
	} catch (error) {
		// Two first clicks at once: the database let one through.
		if (['one_live_attempt_per_invoice', 'one_hold_per_part'].includes(constraintName(error)))
			return refuse('payment_in_progress');
		// The same click twice: the other one's row is there now. If it can't be seen, it is somebody else's id.
		if (constraintName(error) === 'payment_attempt_pk')
			return isSecondLook ? refuse('attempt_id_reused') : openAttempt(services, scope, asked, true);
		// The id of a reward that was taken.
		if (['points_redemption_pk', 'points_entry_once'].includes(constraintName(error)))
			return refuse('attempt_id_reused');
		throw error;
	}
}

async function openInside(
	services: Services,
	scope: Scope,
	tx: Tx,
	{ input, from, card }: Asked
): Promise<Result<Opened>> {
	const invoices = await lockInvoices(tx, scope, input.invoiceIds);
	if (invoices.length !== input.invoiceIds.length) return refuse('not_found');
	if (!(await mayPay(tx, scope))) return refuse('pay_not_yours');
	const known = await findAttempt(tx, scope, input.attemptId);
	if (known)
		return known.inputHash === hashOf(scope, input)
			? done({ kind: 'open' as const, attempt: known })
			: refuse('attempt_id_reused');
	const live = await findLiveAttempt(tx, scope, input.invoiceIds);
	if (live) return whenLive(live);
	const supplier = await getSupplier(tx, scope);
	const asked = await lockAskedMethod(tx, scope, input);
	const chosen = await choosePayment(services, tx, scope, { supplier, invoices, input });
	if (!chosen.ok) return chosen;
	const method = await chooseMethod(services, tx, scope, { supplier, input, chosen: chosen.value, method: asked });
	if (!method.ok) return method;
	const ending = refuseEndingCard(
		chosen.value.plan ? card : (method.value ?? card),
		lastInstalmentOn(chosen.value),
		input.cardMayEnd
	);
	if (ending) return ending;
	const opening = { input, supplier, invoices, chosen: chosen.value, method: method.value, from };
	const attempt = await createAttempt(services, scope, tx, opening);
	return done({ kind: 'open' as const, attempt });
}

/** An id is one question, of one payer: with another invoice, amount, choice, means of payment or link it is refused. */
const hashOf = (scope: Scope, { attemptId: _, ...input }: StartPayment): string =>
	inputHashOf(scope, 'payment', {
		...input,
		savedMethodId: input.savedMethodId ?? null,
		remember: input.remember === true
	});

function whenLive(live: Attempt): Result<Opened> {
	if (live.status === 'processing') return refuse('payment_under_way');
	if (live.status === 'awaiting_auth' && (live.isSetup || live.stripePaymentIntentId))
		return done({ kind: 'superseded', attempt: live });
	return refuse('payment_in_progress');
}

type Opening = {
	input: StartPayment;
	supplier: Supplier;
	invoices: InvoiceRecord[];
	chosen: Chosen;
	method: SavedMethod | null;
	from: From;
};
async function createAttempt(services: Services, scope: Scope, tx: Tx, opening: Opening): Promise<Attempt> {
	const { input, supplier, invoices, chosen, method, from } = opening;
	const { lines, quoted, plan, instalments, isSetup } = chosen;
	const { attemptId } = input;
	const now = services.clock.now();
	const { clientId } = required(invoices[0], 'invoice');
	const begins = quoted !== null && isPlan(quoted.option);
	const remembers = input.remember === true && scope.actor.kind === 'contact' && method === null;
	const customerId =
		begins || plan || remembers || method ? await findCustomerId(tx, scope, clientId, supplier.stripeAccount) : null;
	const at = { account: supplier.stripeAccount, customerId };
	const declined = isSetup ? null : await declinedIntent(tx, scope, lines, at);
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
			inputHash: hashOf(scope, input),
			confirmationTokenId: input.confirmationTokenId,
			savedMethodId: method?.methodId ?? null,
			customerId,
			// What the payer brings for an instalment serves the instalments to come as well.
			keepsMethod:
				begins ||
				remembers ||
				(plan !== null && method === null && instalments.length < openInstalments(plan.instalments).length),
			remembersMethod: remembers,
			isSetup,
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
	if (chosen.points) {
		const at = { tx, scope, supplier, now };
		await holdCredit(at, { clientId, attemptId, contactId: contactOf(scope), use: chosen.points });
	}
	if (quoted) await saveAcceptance(tx, scope, attemptId, { ...quoted, supplier, clientId, from });
	if (quoted && begins)
		await createPlan(tx, scope, attemptId, {
			supplier,
			invoices,
			option: quoted.option,
			methodId: method?.methodId ?? null,
			now
		});
	if (isSetup) await acceptDeferredPlan({ scope, tx, now, supplier }, { attemptId, clientId, method, input, from });
	if (plan) await holdInstalments(tx, scope, attemptId, instalments);
	for (const line of lines)
		await recordFact(tx, scope, now, { kind: 'attempt.changed', clientId, invoiceId: line.invoiceId, attemptId });
	return required(await findAttempt(tx, scope, attemptId), 'attempt');
}

/** The intent of the payer's own declined try on exactly the same lines, for the same customer, where money comes to today: it is tried again, so one payment stays one PaymentIntent. */
async function declinedIntent(
	tx: Tx,
	scope: Scope,
	lines: AllocationLine[],
	{ account, customerId }: { account: string | null; customerId: string | null }
): Promise<string | null> {
	const last = await findLastAttempt(tx, scope, required(lines[0], 'line').invoiceId);
	if (last?.status !== 'declined' || !isOwnAttempt(scope, last)) return null;
	if (last.methodType === 'sepa_debit' || last.customerId !== customerId || last.stripeAccount !== account) return null;
	const before = await listAttemptLines(tx, scope, last.attemptId);
	const same =
		before.length === lines.length &&
		lines.every((line) =>
			before.some((old) => old.invoiceId === line.invoiceId && old.amountMinor === line.amountMinor)
		);
	return same ? last.stripePaymentIntentId : null;
}
