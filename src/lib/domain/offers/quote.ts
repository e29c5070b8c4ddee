// The one quote engine: what a client may choose today, at which price, and why not the rest. Pure. Page, mail, Stripe call, API and export ask here.
import { required } from '../required.ts';
import { addDays, civilDateIn, type CivilDate } from '../calendar/civil-date.ts';
import { startOfDayIn } from '../calendar/day-starts.ts';
import { agreedInstalments } from '../invoices/agreed-terms.ts';
import { isProfessional } from '../invoices/client-kind.ts';
import { add, smallest, subtract, ZERO, type Minor } from '../money/minor.ts';
import type { AllocationLine } from '../payments/allocation.ts';
import { methodsFor, type PaymentMethodType } from '../payments/methods.ts';
import { cautionReason, type CautionReason } from './caution.ts';
import { agreedDiscountOn, discountOn, lastDayOf, type Discount } from './discount.ts';
import { lastLawfulDay } from './legal.ts';
import type { InstalmentRule, OfferPolicy, InstalmentCount } from './policy.ts';
import type {
	Answer,
	AtOnce,
	Context,
	InvoiceDiscount,
	NotOfferedReason,
	OptionKind,
	Quote,
	QuotedInvoice,
	QuoteInput
} from './quoted.ts';
import { amountsOf, datesOf, firstDate, instalmentsOf } from './schedule.ts';
import { lessPoints, previewOf, refusedPoints, stepsOf } from './use-points.ts';

export function quote(input: QuoteInput): Quote {
	const today = civilDateIn(input.at, input.supplier.timeZone);
	const invoices = inOrder(input.invoices.filter((invoice) => invoice.payableMinor > 0n));
	const context: Context = {
		...input,
		invoices,
		today,
		totalMinor: add(...invoices.map((invoice) => invoice.payableMinor))
	};
	const answers: [OptionKind, Answer][] = [
		['now', now(context)],
		['early', early(context)],
		['plan_2', plan(context, 2)],
		['plan_3', plan(context, 3)]
	];
	const options = answers.map(([, answer]) => answer).filter((answer) => typeof answer !== 'string');
	return {
		policyVersion: input.policy.version,
		quotedAt: input.at,
		today,
		options: options.map((option) => ({ ...option, pointsPreview: previewOf(context, option) })),
		pointsRefused: refusedPoints(context),
		pointsSteps: stepsOf(context),
		notOffered: answers.flatMap(([kind, answer]) => (typeof answer === 'string' ? [{ kind, reason: answer }] : []))
	};
}

/** Oldest due first; of the same day, by id: the order in which instalments and money are allocated. */
const inOrder = (invoices: QuotedInvoice[]): QuotedInvoice[] =>
	[...invoices].sort((a, b) => (a.dueOn === b.dueOn ? compare(a.invoiceId, b.invoiceId) : compare(a.dueOn, b.dueOn)));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function now(context: Context): Answer {
	if (context.totalMinor <= 0n) return 'nothing_to_pay';
	const lines = context.invoices.map(({ invoiceId, payableMinor }) => ({ invoiceId, amountMinor: payableMinor }));
	return atOnce(context, { kind: 'now', lines, discounts: [], deadlineAt: null });
}

/** What the supplier offers, or what the invoice itself grants: whichever is more. */
function early(context: Context): Answer {
	const { policy, invoices, today } = context;
	if (context.totalMinor <= 0n) return 'nothing_to_pay';
	const discounts: InvoiceDiscount[] = [];
	const reasons: NotOfferedReason[] = [];
	let lastDay: CivilDate | null = null;
	for (const invoice of invoices) {
		const found = discountToday(context, invoice);
		if (!found) {
			reasons.push(whyNoDiscount(policy, invoice, today));
			continue;
		}
		const { invoiceId } = invoice;
		discounts.push({
			invoiceId,
			reason: 'early',
			discountMinor: found.discountMinor,
			wholeBps: found.wholeBps,
			vat: found.vat
		});
		if (lastDay === null || found.lastDay < lastDay) lastDay = found.lastDay;
	}
	if (lastDay === null) return reasons[0] ?? 'nothing_to_discount';
	const lines: AllocationLine[] = invoices.map(({ invoiceId, payableMinor }) => {
		const own = discounts.find((discount) => discount.invoiceId === invoiceId);
		return { invoiceId, amountMinor: subtract(payableMinor, own?.discountMinor ?? ZERO) };
	});
	// The last day counts whole, as it is lived at the supplier's: the price ends when the next day begins.
	const deadlineAt = startOfDayIn(addDays(lastDay, 1), context.supplier.timeZone);
	return atOnce(context, { kind: 'early', lines, discounts, deadlineAt });
}

export function discountToday(context: QuoteInput & { today: CivilDate }, invoice: QuotedInvoice): Discount | null {
	const { policy, today, supplier } = context;
	if (invoice.isFactored) return null;
	const rule = isValid(policy, today) ? policy.discount : null;
	const found = rule && discountOn(rule, invoice, today, supplier.country);
	// An offer ends with its policy; what the invoice grants does not.
	const offered = found && { ...found, lastDay: earliest(found.lastDay, policy.validUntil) };
	const vatMode = policy.discount?.vatMode ?? 'by_law';
	const agreed = agreedDiscountOn(invoice, today, { vatMode, country: supplier.country });
	if (!offered || !agreed) return offered ?? agreed;
	if (offered.discountMinor !== agreed.discountMinor)
		return offered.discountMinor > agreed.discountMinor ? offered : agreed;
	return offered.lastDay > agreed.lastDay ? offered : agreed;
}
const earliest = (day: CivilDate, other: CivilDate | null): CivilDate => (other !== null && other < day ? other : day);

function whyNoDiscount(policy: OfferPolicy, invoice: QuotedInvoice, today: CivilDate): NotOfferedReason {
	const tiers = policy.discount?.tiers ?? [];
	if (!invoice.agreed?.discounts.length) {
		if (!tiers.length) return 'not_in_policy';
		if (!isValid(policy, today)) return 'policy_not_valid';
	}
	if (invoice.isFactored) return 'factored';
	if (invoice.dueOn < today) return 'overdue';
	if (invoice.hasDiscount) return 'discount_given';
	const days = [
		...tiers.map((tier) => lastDayOf(tier, invoice)),
		...(invoice.agreed?.discounts ?? []).map((one) => one.until)
	];
	return days.every((day) => day < today) ? 'discount_over' : 'nothing_to_discount';
}

function atOnce(context: Context, asked: AtOnce): Answer {
	const { policy, today } = context;
	const { kind, deadlineAt } = asked;
	const { lines, discounts, pointsUsed } = lessPoints(context, asked);
	const amountMinor = add(...lines.map((line) => line.amountMinor));
	const methods = methodsOf(policy, amountMinor);
	if (!methods.length) return 'method_missing';
	return {
		kind,
		amountMinor,
		discountMinor: add(...discounts.map((discount) => discount.discountMinor)),
		discounts,
		instalments: [{ dueOn: today, amountMinor, lines: lines.filter((line) => line.amountMinor > 0n) }],
		methods,
		deadlineAt,
		isSettlement: false,
		pointsUsed,
		pointsPreview: null
	};
}
function plan(context: Context, count: InstalmentCount): Answer {
	const { policy, invoices, today, totalMinor } = context;
	const rule = policy.instalments;
	if (totalMinor <= 0n) return 'nothing_to_pay';
	const agreed = agreedPlan(context);
	if (agreed?.dates.length === count) return inInstalments(context, { ...agreed, isSettlement: false });
	if (!rule?.counts.includes(count)) return 'not_in_policy';
	if (!isValid(policy, today)) return 'policy_not_valid';
	if (invoices.some((invoice) => invoice.isFactored)) return 'factored';
	if (rule.who === 'never_late' && !context.neverLate) return 'late_before';
	const caution = refusedByCaution(context, rule);
	if (caution) return caution;
	if (totalMinor < rule.minMinor) return 'below_minimum';
	if (rule.maxMinor !== null && totalMinor > rule.maxMinor) return 'above_maximum';
	const dates = datesOf(rule, firstDate(rule, invoices, today), count);
	const isSettlement = isProfessional(context.clientKind) && invoices.some((invoice) => invoice.dueOn < today);
	const refusal = isSettlement ? null : capRefusal(context, required(dates.at(-1), 'last date'));
	if (refusal) return refusal;
	return inInstalments(context, { dates, amounts: amountsOf(totalMinor, count), isSettlement });
}

/** What is paid in the plan itself counts as late too. */
function refusedByCaution(
	{ planHistory, invoices, today, totalMinor }: Context,
	{ caution }: InstalmentRule
): CautionReason | null {
	const history = planHistory ?? { isLate: false, brokenOn: null, inPlansMinor: ZERO };
	const isLate = history.isLate || invoices.some((invoice) => invoice.dueOn < today);
	return cautionReason(caution, { ...history, isLate }, { today, totalMinor });
}

/**
 * The instalments that the invoice itself asks for, less what was paid of the first ones. They are its due dates, not a delay that somebody grants: neither the
 * supplier's rule nor the caps on terms are asked. null: there are none, or the last of them is past.
 */
function agreedPlan({ invoices, today }: Context): Pick<InInstalments, 'dates' | 'amounts'> | null {
	const [invoice] = invoices;
	if (!invoice || invoices.length > 1 || invoice.isFactored || !invoice.agreed) return null;
	const instalments = agreedInstalments(invoice.agreed, invoice.debtMinor) ?? [];
	const last = instalments.at(-1);
	if (!last || last.dueOn > invoice.dueOn) return null;
	let paid = subtract(invoice.debtMinor, invoice.payableMinor);
	const left: { dueOn: CivilDate; amountMinor: Minor }[] = [];
	for (const instalment of instalments) {
		const covered = smallest(instalment.amountMinor, paid);
		paid = subtract(paid, covered);
		const amountMinor = subtract(instalment.amountMinor, covered);
		if (amountMinor > 0n) left.push({ dueOn: instalment.dueOn < today ? today : instalment.dueOn, amountMinor });
	}
	const isInOrder = left.every(
		(instalment, i) => i === 0 || instalment.dueOn > required(left[i - 1], 'part before').dueOn
	);
	return isInOrder
		? { dates: left.map((instalment) => instalment.dueOn), amounts: left.map((instalment) => instalment.amountMinor) }
		: null;
}

type InInstalments = { dates: CivilDate[]; amounts: Minor[]; isSettlement: boolean };
function inInstalments(context: Context, { dates, amounts, isSettlement }: InInstalments): Answer {
	const { policy, invoices, totalMinor } = context;
	const methods = methodsOf(policy, amounts.reduce(smallest)).filter((type) =>
		methodsOf(policy, required(amounts[0], 'first part')).includes(type)
	);
	if (!methods.length) return 'method_missing';
	return {
		kind: dates.length === 2 ? 'plan_2' : 'plan_3',
		amountMinor: totalMinor,
		discountMinor: ZERO,
		discounts: [],
		instalments: instalmentsOf(
			dates,
			amounts,
			invoices.map(({ invoiceId, payableMinor }) => ({ invoiceId, amountMinor: payableMinor }))
		),
		methods,
		// The dates are counted from the first: when its day is over, they are others.
		deadlineAt: startOfDayIn(addDays(required(dates[0], 'first date'), 1), context.supplier.timeZone),
		isSettlement,
		pointsUsed: null,
		pointsPreview: null
	};
}

/** Every invoice of a plan must be paid by its own last lawful day; an unknown one is not guessed. */
function capRefusal({ invoices, clientKind, supplier }: Context, lastInstalment: CivilDate): NotOfferedReason | null {
	for (const invoice of invoices) {
		const cap = lastLawfulDay(invoice, clientKind, supplier.terms);
		if (cap === null) return 'delivery_date_missing';
		if (lastInstalment > cap) return 'legal_cap';
	}
	return null;
}

const isValid = ({ validFrom, validUntil }: OfferPolicy, today: CivilDate): boolean =>
	(validFrom === null || validFrom <= today) && (validUntil === null || today <= validUntil);
const methodsOf = (policy: OfferPolicy, amountMinor: Minor): PaymentMethodType[] =>
	methodsFor(amountMinor)
		.filter((method) => method.offered && policy.methods.includes(method.type))
		.map((method) => method.type);
