// The one quote engine: what a client may choose today, at which price, and why not the rest. Pure. Page, mail, Stripe call, API and export ask here.
import { required } from '../required.ts';
import { addDays, civilDateIn, type CivilDate } from '../calendar/civil-date.ts';
import { startOfDayIn } from '../calendar/day-starts.ts';
import { agreedParts } from '../invoices/agreed-terms.ts';
import { isProfessional, type ClientKind } from '../invoices/client-kind.ts';
import { add, smallest, subtract, ZERO, type Minor } from '../money/minor.ts';
import { creditOn, mostPoints, type CreditRefusal, type CreditUse } from '../points/credit.ts';
import { pointsPreview, type EarningContext, type PointsPreview } from '../points/preview.ts';
import type { CreditRule } from '../points/programme.ts';
import type { AllocationLine } from '../payments/allocation.ts';
import { methodsFor, type PaymentMethodType } from '../payments/methods.ts';
import { cautionReason, type CautionReason, type PlanHistory } from './caution.ts';
import {
	agreedDiscountOn,
	discountOn,
	lastDayOf,
	vatOf,
	type Discount,
	type Discountable,
	type DiscountVat
} from './discount.ts';
import { lastLawfulDay, type LegalTerms } from './legal.ts';
import type { InstalmentRule, OfferPolicy, PartCount } from './policy.ts';
import { amountsOf, datesOf, firstDate, partsOf, type Part } from './schedule.ts';

export type QuotedInvoice = Discountable & {
	invoiceId: string;
	deliveredOn: CivilDate | null;
	netMinor: Minor | null; // of what it asked for, what is not VAT
	isHeld: boolean; // contested, or promised for a later day
	isFactored: boolean; // sold to a factor: its conditions are not the supplier's to change
};
export type QuoteInput = {
	invoices: QuotedInvoice[];
	policy: OfferPolicy;
	clientKind: ClientKind;
	/** Has paid every invoice by its due date so far. */
	neverLate: boolean;
	/** null where the offer asks nothing of it. */
	planHistory?: PlanHistory | null;
	/** The points programme in force, as it is for this client; null: none. */
	loyalty?: Loyalty | null;
	/** Points that the client wants to use; of one invoice, paid at once. */
	usePoints?: number;
	supplier: { timeZone: string; country: string; terms: LegalTerms };
	at: Date;
};

export type Loyalty = EarningContext & {
	credit: CreditRule | null;
	available: number;
	isFrozen: boolean;
};
export type OptionKind = 'now' | 'early' | 'plan_2' | 'plan_3';
/** What may be chosen on a page: an option of a quote, or a part of a plan that runs already. */
export type ChoiceKind = OptionKind | 'next_part' | 'all_parts';
export type NotOfferedReason =
	| 'nothing_to_pay'
	| 'not_in_policy'
	| 'policy_not_valid'
	| 'factored'
	| 'overdue'
	| 'discount_over'
	| 'nothing_to_discount'
	| 'discount_given'
	| 'late_before'
	| CautionReason
	| 'below_minimum'
	| 'above_maximum'
	| 'delivery_date_missing'
	| 'legal_cap'
	| 'method_missing';

export type InvoiceDiscount = {
	invoiceId: string;
	reason: 'early' | 'points';
	discountMinor: Minor;
	/** See Discount. */
	wholeBps: number | null;
	vat: DiscountVat[];
};
export type PaymentOption = {
	kind: OptionKind;
	/** Everything that will be paid, VAT included, over all parts. */
	amountMinor: Minor;
	discountMinor: Minor;
	discounts: InvoiceDiscount[];
	/** One part for what is paid at once; lines add up to the parts, and with the discounts to what each invoice owes. */
	parts: Part[];
	/** What can carry the first part. */
	methods: PaymentMethodType[];
	/** The instant at which this price ends; null when no date changes it. */
	deadlineAt: Date | null;
	/** A plan agreed after the due date: a settlement, for which the caps on terms are not made. */
	isSettlement: boolean;
	/** Points used with it, and what they take off; part of `discountMinor` and `discounts`. */
	pointsUsed: CreditUse | null;
	/** What it earns if it is paid as it says; null: no programme, or nothing to earn. */
	pointsPreview: PointsPreview | null;
};
export type Quote = {
	policyVersion: number;
	quotedAt: Date;
	today: CivilDate;
	options: PaymentOption[];
	notOffered: { kind: OptionKind; reason: NotOfferedReason }[];
	/** Why the points that were asked for are not used; null: they are, or none were. */
	pointsRefused: CreditRefusal | null;
	/** How many could be used at most, on what is paid at once. */
	pointsMost: number;
};
type Answer = PaymentOption | NotOfferedReason;

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
		pointsMost: mostPointsOf(context),
		notOffered: answers.flatMap(([kind, answer]) => (typeof answer === 'string' ? [{ kind, reason: answer }] : []))
	};
}

/** What the loyalty room says of an option: as the judge will say of the payment, on the day of each part. */
const previewOf = ({ loyalty, invoices, today }: Context, option: PaymentOption): PointsPreview | null =>
	loyalty ? pointsPreview(loyalty, { invoices, today, option }) : null;

/** What the points take off; why not; or nothing, where none are asked for. */
function creditOf({ loyalty, usePoints = 0, invoices }: Context, priceMinor: Minor): CreditUse | CreditRefusal | null {
	const [invoice] = invoices;
	if (usePoints === 0 || !invoice) return null;
	if (invoices.length > 1) return 'points_one_invoice';
	if (!loyalty || invoice.isFactored) return 'points_not_offered';
	const { credit: rule, available, isFrozen } = loyalty;
	return creditOn({ points: usePoints, available, rule, isFrozen }, { payableMinor: invoice.payableMinor, priceMinor });
}
function refusedPoints(context: Context): CreditRefusal | null {
	const credit = creditOf(context, context.totalMinor);
	return typeof credit === 'string' ? credit : null;
}
function mostPointsOf({ loyalty, invoices, totalMinor }: Context): number {
	const [invoice] = invoices;
	if (!loyalty || !invoice || invoices.length > 1 || invoice.isFactored) return 0;
	const { credit: rule, available, isFrozen } = loyalty;
	return mostPoints({ rule, available, isFrozen }, { payableMinor: invoice.payableMinor, priceMinor: totalMinor });
}

type Context = QuoteInput & { today: CivilDate; totalMinor: Minor };

/** Oldest due first; of the same day, by id: the order in which parts and money are allocated. */
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

type AtOnce = Pick<PaymentOption, 'kind' | 'discounts' | 'deadlineAt'> & { lines: AllocationLine[] };
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
		parts: [{ dueOn: today, amountMinor, lines: lines.filter((line) => line.amountMinor > 0n) }],
		methods,
		deadlineAt,
		isSettlement: false,
		pointsUsed,
		pointsPreview: null
	};
}
/** Points come after the discount for paying early, which is of the whole price; where they can't be used, the price stays. */
function lessPoints(
	context: Context,
	{ lines, discounts }: AtOnce
): Pick<AtOnce, 'lines' | 'discounts'> & { pointsUsed: CreditUse | null } {
	const [line] = lines;
	const [invoice] = context.invoices;
	const credit = line && creditOf(context, line.amountMinor);
	if (!line || !invoice || !credit || typeof credit === 'string') return { lines, discounts, pointsUsed: null };
	const { invoiceId } = invoice;
	const vat = vatOf('adjusted', invoice, credit.valueMinor);
	const discount = { invoiceId, reason: 'points' as const, discountMinor: credit.valueMinor, wholeBps: null, vat };
	return {
		lines: [{ invoiceId, amountMinor: subtract(line.amountMinor, credit.valueMinor) }],
		discounts: [...discounts, discount],
		pointsUsed: credit
	};
}

function plan(context: Context, count: PartCount): Answer {
	const { policy, invoices, today, totalMinor } = context;
	const rule = policy.instalments;
	if (totalMinor <= 0n) return 'nothing_to_pay';
	const agreed = agreedPlan(context);
	if (agreed?.dates.length === count) return inParts(context, { ...agreed, isSettlement: false });
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
	return inParts(context, { dates, amounts: amountsOf(totalMinor, count), isSettlement });
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
 * The parts that the invoice itself asks for, less what was paid of the first ones. They are its due dates, not a delay that somebody grants: neither the
 * supplier's rule nor the caps on terms are asked. null: there are none, or the last of them is past.
 */
function agreedPlan({ invoices, today }: Context): Pick<InParts, 'dates' | 'amounts'> | null {
	const [invoice] = invoices;
	if (!invoice || invoices.length > 1 || invoice.isFactored || !invoice.agreed) return null;
	const parts = agreedParts(invoice.agreed, invoice.debtMinor) ?? [];
	const last = parts.at(-1);
	if (!last || last.dueOn > invoice.dueOn) return null;
	let paid = subtract(invoice.debtMinor, invoice.payableMinor);
	const left: { dueOn: CivilDate; amountMinor: Minor }[] = [];
	for (const part of parts) {
		const covered = smallest(part.amountMinor, paid);
		paid = subtract(paid, covered);
		const amountMinor = subtract(part.amountMinor, covered);
		if (amountMinor > 0n) left.push({ dueOn: part.dueOn < today ? today : part.dueOn, amountMinor });
	}
	const isInOrder = left.every((part, i) => i === 0 || part.dueOn > required(left[i - 1], 'part before').dueOn);
	return isInOrder ? { dates: left.map((part) => part.dueOn), amounts: left.map((part) => part.amountMinor) } : null;
}

type InParts = { dates: CivilDate[]; amounts: Minor[]; isSettlement: boolean };
function inParts(context: Context, { dates, amounts, isSettlement }: InParts): Answer {
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
		parts: partsOf(
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
function capRefusal({ invoices, clientKind, supplier }: Context, lastPart: CivilDate): NotOfferedReason | null {
	for (const invoice of invoices) {
		const cap = lastLawfulDay(invoice, clientKind, supplier.terms);
		if (cap === null) return 'delivery_date_missing';
		if (lastPart > cap) return 'legal_cap';
	}
	return null;
}

const isValid = ({ validFrom, validUntil }: OfferPolicy, today: CivilDate): boolean =>
	(validFrom === null || validFrom <= today) && (validUntil === null || today <= validUntil);
const methodsOf = (policy: OfferPolicy, amountMinor: Minor): PaymentMethodType[] =>
	methodsFor(amountMinor)
		.filter((method) => method.offered && policy.methods.includes(method.type))
		.map((method) => method.type);
