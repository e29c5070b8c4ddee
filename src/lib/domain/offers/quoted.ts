// The words of a quote: what is asked, and what is answered. quote.ts answers.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { ClientKind } from '../invoices/client-kind.ts';
import type { Minor } from '../money/minor.ts';
import type { AllocationLine } from '../payments/allocation.ts';
import type { PaymentMethodType } from '../payments/methods.ts';
import type { CreditRefusal, CreditStep, CreditUse } from '../points/credit.ts';
import type { EarningContext, PointsPreview } from '../points/preview.ts';
import type { CreditRule } from '../points/programme.ts';
import type { CautionReason, PlanHistory } from './caution.ts';
import type { Discountable, DiscountVat } from './discount.ts';
import type { LegalTerms } from './legal.ts';
import type { OfferPolicy } from './policy.ts';
import type { PlannedInstalment } from './schedule.ts';

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
	/** Somebody is told what each choice earns: without, it isn’t worked out. */
	foresees: boolean;
	credit: CreditRule | null;
	available: number;
	isFrozen: boolean;
};
export type OptionKind = 'now' | 'early' | 'plan_2' | 'plan_3';
/** What may be chosen on a page: an option of a quote, or an instalment of a plan that runs already. */
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
	/** Everything that will be paid, VAT included, over all instalments. */
	amountMinor: Minor;
	discountMinor: Minor;
	discounts: InvoiceDiscount[];
	/** One instalment for what is paid at once; lines add up to the instalments, and with the discounts to what each invoice owes. */
	instalments: PlannedInstalment[];
	/** What can carry the first instalment. */
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
	/** How many could be used, on what is paid at once: a few steps. */
	pointsSteps: CreditStep[];
};
export type Answer = PaymentOption | NotOfferedReason;

/** What every option is made from: the invoices that have something to pay, oldest due first. */
export type Context = QuoteInput & { today: CivilDate; totalMinor: Minor };
export type AtOnce = Pick<PaymentOption, 'kind' | 'discounts' | 'deadlineAt'> & { lines: AllocationLine[] };
