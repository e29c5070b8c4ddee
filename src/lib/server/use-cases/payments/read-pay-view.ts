// The pay page, for one invoice (pay link) or several (portal). Reads only. Refusal: not_found.
import { optionViews, planOptionViews, refusedViews } from '../../../contract/option-views.ts';
import type { AttemptView, PayView, PayWords, PaymentView, TransferView } from '../../../contract/views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import {
	compactIban,
	isValidIban,
	isValidRf,
	printIban,
	printReference
} from '../../../domain/invoices/identifiers.ts';
import { isCredited, payableToday } from '../../../domain/invoices/state.ts';
import { transferPayload } from './transfer-code.ts';
import { add, ZERO, type Minor } from '../../../domain/money/minor.ts';
import { cureDaysFor } from '../../../domain/plans/failure.ts';
import { isAskedBefore } from '../../../domain/plans/lower-instalments.ts';
import { isRunning } from '../../../domain/plans/plan-states.ts';
import { isWholeIn } from '../../../domain/plans/plan.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { debitDeclineText, declineText } from '../../../i18n/declines.ts';
import { choiceWords } from '../../../i18n/choice-words.ts';
import { endOf } from '../../../i18n/ends.ts';
import { consentText, notOfferedText, promises } from '../../../i18n/offers.ts';
import { creditedText, inPlanWithOthersText, notPayableText } from '../../../i18n/not-payable.ts';
import { invoiceStateText } from '../../../i18n/states.ts';
import { declineFamily } from '../../../domain/payments/declines.ts';
import { isOwnAttempt } from '../../../domain/payments/own-attempt.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { findLastAttempt, listAttemptLines, type Attempt } from '../../store/attempts.ts';
import type { Tx } from '../../store/database.ts';
import { findInvoice, type InvoiceRecord } from '../../store/invoices.ts';
import { findContact, listBillingContacts, mayPay } from '../../store/contacts.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { type Supplier } from '../../store/suppliers.ts';
import { listPlansOfInvoices, type PlanWithInstalments } from '../../store/plans.ts';
import { listPayments, type PaymentListing } from '../../store/payments.ts';
import { invoiceView, paymentView, stripeView, whoAsks } from '../invoices/views.ts';
import { methodViews } from '../methods/manage-methods.ts';
import { readReductions } from '../offers/discount-view.ts';
import { quoteInvoices, type Quoted } from '../offers/quote-invoices.ts';
import { earnedBy, pointsNote, pointsUse, tierAfter } from '../offers/points-to-pay-with.ts';
import { planView } from '../plans/plan-view.ts';
import { done, read, refuse, type Result } from '../run.ts';

export async function readPayView(
	services: Services,
	scope: Scope,
	invoiceIds: string[],
	locale: Locale = 'fr',
	{ usePoints = 0 }: { usePoints?: number } = {}
): Promise<Result<PayView>> {
	const [firstId, ...otherIds] = invoiceIds;
	if (!firstId) return refuse('not_found');
	return read(services, scope, async (tx) => {
		const { actor } = scope;
		const single = otherIds.length ? null : firstId;
		// Asked together, answered in one go: the questions do not depend on each other.
		const [supplier, found, last, allPayments, payer, plans, methods, isPayer] = await Promise.all([
			getSupplier(tx, scope),
			Promise.all(invoiceIds.map((invoiceId) => findInvoice(tx, scope, invoiceId))),
			findLastAttempt(tx, scope, firstId),
			single ? listPayments(tx, scope, { invoiceId: single }) : [],
			// A pay link may have been forwarded: no address is shown, and none is filled in.
			actor.kind === 'contact' ? findContact(tx, scope, actor.contactId) : null,
			listPlansOfInvoices(tx, scope, invoiceIds, { running: false }),
			methodViews(services, tx, scope),
			mayPay(tx, scope)
		]);
		const records = found.filter((record) => record !== null);
		const [first] = records;
		if (!first || records.length !== invoiceIds.length) return refuse('not_found');
		const at = services.clock.now();
		// A pay link may have been forwarded: points of its client are nobody's to use there.
		const asked = actor.kind === 'contact' && single ? usePoints : 0;
		const quoted = await quoteInvoices(tx, scope, { supplier, records, at, usePoints: asked });
		const { today } = quoted.quote;
		const amountMinor = add(...records.map(payableToday));
		const plan = plans.find((one) => one.status !== 'pending' && isWholeIn(one.instalments, invoiceIds)) ?? null;
		const runs = plan !== null && isRunning(plan);
		const options = runs && !isAskedBefore(amountMinor) ? planOptionViews(plan.instalments) : optionViews(quoted);
		const refused = runs ? [] : refusedViews(quoted);
		const attempt = last && (await attemptFor(tx, scope, last));
		const invoices = records.map((record) => invoiceView(record, today));
		// Beside a price, points of an earlier payment would be read as what this one brings.
		const isQuiet = runs ? !isAskedBefore(amountMinor) : amountMinor === ZERO;
		const earned = isQuiet ? await earnedBy(tx, scope, last) : null;
		const standing = {
			invoices,
			amountMinor,
			currency: first.currency,
			discounts: single ? await readReductions(tx, scope, single, supplier.timeZone) : [],
			plan: plan && (await planView(tx, scope, plan, today)),
			attempt,
			payments: paymentsFor(scope, single ? allPayments : await paidTogether(tx, scope, records))
		};
		return done({
			...standing,
			...whoAsks(supplier, locale),
			mayPay: isPayer,
			options,
			refused,
			end: endOf(standing, { today, receiptTo: await receiptTo(tx, scope, first, standing), locale }),
			words: wordsOf({ supplier, records, invoices, options, refused, attempt, plan, quoted }, locale),
			timeZone: supplier.timeZone,
			now: at,
			transfer: records.length === 1 ? transferOf(supplier, first, amountMinor) : null,
			methods,
			stripe: stripeView(services.config, supplier),
			payerName: first.clientName,
			payerEmail: payer?.email ?? null,
			earned,
			tierCard: await tierAfter(tx, scope, earned, { today, locale }),
			pointsUse: await pointsUse(tx, scope, quoted, options, locale)
		});
	});
}

/** Who gets receipts: by their addresses for the client's own people; a pay link may have been forwarded. */
async function receiptTo(
	tx: Tx,
	scope: Scope,
	{ clientId }: InvoiceRecord,
	{ payments }: Pick<PayView, 'payments'>
): Promise<string[] | null> {
	if (!payments.length) return null;
	const people = await listBillingContacts(tx, scope, clientId);
	if (!people.length) return null;
	return scope.actor.kind === 'contact' ? people.map(({ email }) => email) : [];
}

type Told = Pick<PayView, 'invoices' | 'options' | 'refused' | 'attempt'> & {
	supplier: Supplier;
	records: InvoiceRecord[];
	plan: PlanWithInstalments | null;
	quoted: Quoted;
};
function wordsOf(
	{ supplier, records, invoices, options, refused, attempt, plan, quoted }: Told,
	locale: Locale
): PayWords {
	const first = required(records[0], 'invoice');
	const { currency, clientKind, notPayableReason, plannedMinor } = first;
	const cureDays = cureDaysFor(clientKind, supplier.planCureDays);
	const terms = { currency, supplier: supplier.name, locale, cureDays, isLastInstalment: options.length === 1 };
	return {
		consents: Object.fromEntries(options.map((option) => [option.kind, consentText(option, terms)])),
		promises: Object.fromEntries(options.map((option) => [option.kind, promises(option, terms)])),
		reasons: refused.flatMap((one) => notOfferedText(one, currency, locale) ?? []),
		decline: attempt?.family ? declineOf(attempt.methodType)(attempt.family, locale) : null,
		states: invoices.map((invoice) => invoiceStateText(invoice, locale)),
		choices: Object.fromEntries(options.map((option) => [option.kind, choiceWords(option, currency, locale)])),
		pointsNote: options.length
			? pointsNote(quoted, options[0]?.kind === 'next_part' ? plan : null, {
					supplier,
					clientName: first.clientName,
					locale
				})
			: null,
		notPayable:
			records.length > 1
				? null
				: isCredited(first)
					? creditedText(locale)
					: notPayableReason
						? notPayableText(notPayableReason, locale)
						: !plan && plannedMinor > 0n
							? inPlanWithOthersText(locale)
							: null
	};
}

/** Of several that are all settled: what paid them together is told, with its receipt. */
async function paidTogether(tx: Tx, scope: Scope, records: InvoiceRecord[]): Promise<PaymentListing[]> {
	const [first] = records;
	if (!first || records.some((record) => record.balanceMinor !== ZERO)) return [];
	const payments = await listPayments(tx, scope, { invoiceId: first.invoiceId });
	return payments.filter((payment) => payment.reversedMinor === ZERO && isOfExactly(payment, records)).slice(0, 1);
}
/** It paid these invoices, all of them and no other. */
const isOfExactly = ({ numbers }: PaymentListing, records: InvoiceRecord[]): boolean =>
	numbers.split(', ').sort().join() ===
	records
		.map((record) => record.number)
		.sort()
		.join();

/**
 * A pay link is safe to forward: of what was paid or begun together with other invoices it tells only what concerns its own, and never which card
 * or account was used, nor why its bank refused what somebody kept. A confirmation is finished by who began it, and shown to nobody else.
 */
async function attemptFor(tx: Tx, scope: Scope, attempt: Attempt): Promise<AttemptView | null> {
	if (attempt.status === 'awaiting_auth' && !isOwnAttempt(scope, attempt)) return null;
	if (!scope.invoiceId) return attemptView(attempt);
	const lines = await listAttemptLines(tx, scope, attempt.attemptId);
	if (lines.length > 1 && attempt.status !== 'processing') return null;
	const own = lines.find((line) => line.invoiceId === scope.invoiceId);
	const view = { ...attemptView(attempt), amountMinor: own?.amountMinor ?? ZERO, methodLabel: null };
	return attempt.savedMethodId ? { ...view, family: null } : view;
}
const paymentsFor = (scope: Scope, payments: PaymentListing[]): PaymentView[] =>
	payments
		.filter((payment) => !scope.invoiceId || payment.invoiceCount === 1)
		.map((payment) => paymentView(scope.invoiceId ? { ...payment, methodLabel: null } : payment));

const attemptView = (attempt: Attempt): AttemptView => ({
	attemptId: attempt.attemptId,
	status: attempt.status,
	amountMinor: attempt.amountMinor,
	methodLabel: attempt.methodLabel,
	methodType: attempt.methodType,
	expectedOn: attempt.expectedOn,
	family: attempt.status === 'declined' ? declineFamily(attempt.errorCode, attempt.declineCode) : null
});

const declineOf = (methodType: string | null) => (methodType === 'sepa_debit' ? debitDeclineText : declineText);
export const takesTransfers = ({ iban }: Pick<Supplier, 'iban'>): boolean => iban !== null && isValidIban(iban);
function transferOf(supplier: Supplier, record: InvoiceRecord, amountMinor: Minor): TransferView | null {
	if (!supplier.iban || !takesTransfers(supplier) || amountMinor <= 0n) return null;
	const reference = record.paymentReference;
	return {
		holder: supplier.legalName,
		iban: compactIban(supplier.iban),
		ibanPrinted: printIban(supplier.iban),
		bic: supplier.bic,
		reference,
		referencePrinted: isValidRf(reference) ? printReference(reference) : reference,
		hasQr: transferPayload(supplier, reference, amountMinor) !== null
	};
}
