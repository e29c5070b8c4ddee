// What a payer asked for, at the price of this instant: an option of the quote, or instalments of a plan that runs. Refusals: nothing_to_pay, amount_changed,
// offer_expired, schedule_changed, method_not_offered, points_not_offered and its kind, points_rules_first.
import { expectedParts } from '../../../contract/expected-parts.ts';
import { dueNow } from '../../../contract/option-views.ts';
import type { StartPayment } from '../../../contract/payments.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import { payableToday } from '../../../domain/invoices/state.ts';
import { add, ZERO, type Minor } from '../../../domain/money/minor.ts';
import type { InvoiceDiscount, PaymentOption } from '../../../domain/offers/quoted.ts';
import type { AllocationLine } from '../../../domain/payments/allocation.ts';
import { methodsFor, type PaymentMethodType } from '../../../domain/payments/methods.ts';
import { isAskedBefore } from '../../../domain/plans/lower-instalments.ts';
import { isWholeIn, linesOf, nextInstalment, openInstalments } from '../../../domain/plans/plan.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import type { InvoiceRecord } from '../../store/invoices.ts';
import type { Supplier } from '../../store/suppliers.ts';
import { listPlansOfInvoices, type PlanWithInstalments } from '../../store/plans.ts';
import { lockNewPlans } from '../../store/plan-history.ts';
import { hasAcceptedRules, lockAccount } from '../../store/points.ts';
import type { PointsUse } from '../points/credit.ts';
import { quoteInvoices, type Quoted } from '../offers/quote-invoices.ts';
import { isPlan } from '../plans/create-plan.ts';
import { isOverPlanned, lowerInstalmentsOf } from '../plans/lower-plans.ts';
import { done, refuse, type Result } from '../run.ts';

/** What an attempt is opened with. */
export type Chosen = {
	lines: AllocationLine[];
	amountMinor: Minor;
	allowedTypes: PaymentMethodType[];
	/** Nothing is taken today: the first instalment of the plan comes later. */
	isSetup: boolean;
	discountMinor: Minor;
	discounts: InvoiceDiscount[];
	offerEndsAt: Date | null;
	/** Of a quote: what evidence keeps. */
	quoted: { quoted: Quoted; option: PaymentOption } | null;
	/** Of a plan that runs: the instalments it pays. */
	instalments: PlanWithInstalments['instalments'];
	/** Points that are used with it, under which version of their rules. */
	points: PointsUse | null;
	plan: PlanWithInstalments | null;
};
type Asked = { supplier: Supplier; invoices: InvoiceRecord[]; input: StartPayment };

export async function choosePayment(services: Services, tx: Tx, scope: Scope, asked: Asked): Promise<Result<Chosen>> {
	const { input } = asked;
	return input.option === 'next_part' || input.option === 'all_parts'
		? chooseInstalments(services, tx, scope, asked, input.option)
		: chooseOption(services, tx, scope, asked);
}

async function chooseOption(services: Services, tx: Tx, scope: Scope, asked: Asked): Promise<Result<Chosen>> {
	const { supplier, invoices, input } = asked;
	if (invoices.some((invoice) => payableToday(invoice) <= 0n)) return refuse('nothing_to_pay');
	// What a client has in plans is read behind those who begin one at this moment.
	if (input.option === 'plan_2' || input.option === 'plan_3')
		await lockNewPlans(tx, required(invoices[0], 'invoice').clientId);
	const usePoints = input.usePoints ?? 0;
	const refused = await refusePoints(tx, scope, { supplier, invoices, input, now: services.clock.now() });
	if (refused) return refused;
	const at = services.clock.now();
	const quoted = await quoteInvoices(tx, scope, { supplier, records: invoices, at, usePoints, foresees: false });
	const { quote } = quoted;
	if (quote.pointsRefused) return refuse(quote.pointsRefused);
	const option = quote.options.find((candidate) => candidate.kind === input.option);
	const price = option && dueNow(option, quote);
	if (option && price === input.expectedAmountMinor && !isAsSeen(option, input)) return refuse('schedule_changed');
	const isSetup = option !== undefined && isPlan(option) && price === ZERO;
	if (option && price === input.expectedAmountMinor && (price > 0n || isSetup))
		return done({
			...firstInstalment(option),
			isSetup,
			allowedTypes: option.methods,
			discountMinor: option.discountMinor,
			discounts: option.discounts,
			offerEndsAt: option.deadlineAt,
			quoted: { quoted, option },
			points: option.pointsUsed && { ...option.pointsUsed, version: required(quoted.loyalty, 'programme').version },
			instalments: [],
			plan: null
		});
	// A price that has ended is never taken, whatever the page still says.
	const other = option ?? quote.options.find((candidate) => candidate.kind === 'now');
	if (!other) return refuse('method_not_offered');
	return refuse(input.option === 'now' ? 'amount_changed' : 'offer_expired', {
		amountMinor: String(dueNow(other, quote)),
		option: other.kind,
		currency: 'EUR'
	});
}

/**
 * Points are used by a signed-in person, once the rules were accepted for the company. The account is locked before the price is asked: whoever comes second
 * finds them gone.
 */
async function refusePoints(
	tx: Tx,
	scope: Scope,
	{ supplier, invoices, input, now }: Asked & { now: Date }
): Promise<ReturnType<typeof refuse> | null> {
	if (!input.usePoints) return null;
	if (scope.actor.kind !== 'contact') return refuse('points_not_offered');
	const { clientId } = required(invoices[0], 'invoice');
	if (!(await hasAcceptedRules(tx, scope, clientId))) return refuse('points_rules_first');
	await lockAccount(tx, scope, clientId, { today: civilDateIn(now, supplier.timeZone), now });
	return null;
}

function firstInstalment({ instalments }: PaymentOption): Pick<Chosen, 'lines' | 'amountMinor'> {
	const { lines, amountMinor } = required(instalments[0], 'part of an option');
	return { lines, amountMinor };
}

/** Days and amounts of every instalment, as the page showed them. */
const isAsSeen = (option: PaymentOption, { expectedParts: seen }: StartPayment): boolean =>
	seen === undefined || seen.join() === (expectedParts(option) ?? []).join();

async function chooseInstalments(
	services: Services,
	tx: Tx,
	scope: Scope,
	{ supplier, invoices, input }: Asked,
	option: 'next_part' | 'all_parts'
): Promise<Result<Chosen>> {
	const asked = invoices.map((invoice) => invoice.invoiceId);
	// Nobody pays an instalment of what is not owed: the page then shows what is.
	if (invoices.some(isOverPlanned))
		await lowerInstalmentsOf({ scope, tx, supplier, now: services.clock.now() }, asked, null);
	const [plan] = await listPlansOfInvoices(tx, scope, asked, { running: true });
	const next = plan && nextInstalment(plan.instalments);
	// Instalments are shown, and paid, where nothing that can be charged is left of the invoices beside the plan.
	if (!plan || !next || isAskedBefore(add(...invoices.map(payableToday)))) return refuse('nothing_to_pay');
	if (!isWholeIn(plan.instalments, asked)) return refuse('not_found');
	const instalments = option === 'next_part' ? [next] : openInstalments(plan.instalments);
	const lines = linesOf(instalments);
	const amountMinor = add(...lines.map((line) => line.amountMinor));
	if (amountMinor !== input.expectedAmountMinor)
		return refuse('amount_changed', { amountMinor: String(amountMinor), currency: 'EUR' });
	return done({
		lines,
		amountMinor,
		isSetup: false,
		allowedTypes: methodsFor(amountMinor).flatMap((method) => (method.offered ? [method.type] : [])),
		discountMinor: ZERO,
		discounts: [],
		offerEndsAt: null,
		quoted: null,
		points: null,
		instalments,
		plan
	});
}

/** The last day on which what is given for this choice is charged; null when it is charged today and no more. */
export function lastInstalmentOn({
	quoted,
	plan,
	instalments
}: Pick<Chosen, 'quoted' | 'plan' | 'instalments'>): CivilDate | null {
	if (quoted) return isPlan(quoted.option) ? (quoted.option.instalments.at(-1)?.dueOn ?? null) : null;
	const open = plan ? openInstalments(plan.instalments) : [];
	return instalments.length < open.length ? (open.at(-1)?.dueOn ?? null) : null;
}
