// What screens are given: explicit view models, never a row.
import type { EarnedView, PointsUseView, TierCard } from './point-views.ts';
import type { CivilDate } from '../domain/calendar/civil-date.ts';
import type { NotPayableReason } from '../domain/invoices/findings.ts';
import type { InvoiceState } from '../domain/invoices/state.ts';
import type { Minor } from '../domain/money/minor.ts';
import type { ChoiceKind, NotOfferedReason, OptionKind, QuoteInput } from '../domain/offers/quoted.ts';
import type { InstalmentStatus, PlanStatus } from '../domain/plans/plan-states.ts';
import type { Words } from '../domain/points/programme.ts';
import type { Simulation } from '../domain/offers/simulate.ts';
import type { AttemptStatus } from '../domain/payments/attempt-status.ts';
import type { DeclineFamily } from '../domain/payments/declines.ts';
import type { MethodOffer, PaymentMethodType } from '../domain/payments/methods.ts';
import type { Outcome, RefundOutcome } from '../domain/payments/outcome.ts';

/** Shown at most so large, in CSS pixels: whatever the picture, its room is known before it is there. `url`: for as long as the picture is the same. */
export type LogoView = { url: string; width: number; height: number };
export type SupplierView = {
	name: string;
	initials: string;
	logo: LogoView | null;
	hue: number;
	contactName: string;
	contactEmail: string;
};
/** Who it is that asks for money, as its papers say it. Empty parts are left out. */
export type AboutSupplierView = {
	legalName: string;
	legalForm: string | null;
	siren: string | null;
	town: string;
	/** To call, and to read. */
	phone: { number: string; text: string } | null;
};
export type InvoiceView = {
	invoiceId: string;
	number: string;
	typeCode: string;
	clientName: string;
	issuedOn: CivilDate;
	dueOn: CivilDate;
	dueIsDefault: boolean;
	daysToDue: number;
	currency: string;
	grossMinor: Minor;
	balanceMinor: Minor;
	payableMinor: Minor;
	underWayMinor: Minor;
	state: InvoiceState;
	notPayableReason: NotPayableReason | null;
	hasDocument: boolean; // the invoice itself, for the client
	hasSource: boolean; // the file it was read from, for the supplier
};
export type AttemptView = {
	attemptId: string;
	status: AttemptStatus;
	amountMinor: Minor;
	methodLabel: string | null;
	methodType: string | null;
	expectedOn: CivilDate | null;
	family: DeclineFamily | null;
};
export type PaymentView = {
	paymentId: string;
	receiptNumber: string;
	amountMinor: Minor;
	currency: string;
	paidOn: CivilDate;
	methodType: string;
	methodLabel: string | null;
	numbers: string;
	clientName: string;
	reversedMinor: Minor;
};
export type TransferView = {
	holder: string;
	iban: string;
	ibanPrinted: string;
	bic: string | null;
	reference: string;
	referencePrinted: string;
	hasQr: boolean;
};
/**
 * `gain`: what is saved; `text`: until when, or what follows; `detail`: once it is chosen; `points`: what it earns, "+147 points"; `sepa`: how many more by a
 * SEPA debit, where one can be ordered.
 */
export type ChoiceWords = { gain?: string; text: string; detail?: string; points?: string; sepa?: string };
/** Sentences of the pay page that only some payers need: written by the server, so that no phone carries them all, in two languages. */
export type PayWords = {
	/** What is agreed to by paying a choice: as it is kept, and the same in two or three plain lines. */
	consents: Partial<Record<ChoiceKind, string>>;
	promises: Partial<Record<ChoiceKind, string[]>>;
	/** Choices that are not there, and why. */
	reasons: { choice: string; why: string }[];
	/** Why the last debit failed. */
	decline: string | null;
	notPayable: string | null;
	/** The state of each invoice, in their order: the page need not bring the words of all states. */
	states: string[];
	/** The lines under each choice. */
	choices: Partial<Record<ChoiceKind, ChoiceWords>>;
	/** Where points are given: whose they are, and their rules. */
	pointsNote: { text: string; link: string; url: string } | null;
};
/** A priced choice. */
export type OptionView = {
	kind: ChoiceKind;
	amountMinor: Minor; // over all instalments
	dueNowMinor: Minor; // what is paid at once
	discountMinor: Minor;
	/** Points used with it, what they take off besides, and the VAT inside that. */
	pointsUsed?: { points: number; valueMinor: Minor; vatMinor: Minor } | null;
	/** What it earns; `sepa`: as much more by a SEPA debit. */
	pointsPreview?: { points: number; sepa: number } | null;
	discountVatMinor: Minor; // VAT inside the discount
	discountBps: number | null;
	instalments: { dueOn: CivilDate; amountMinor: Minor }[];
	methods: MethodOffer[]; // of what is paid at once
	endsAt: Date | null;
	lastDay: CivilDate | null;
	isSettlement: boolean;
};
/** `limitMinor`: the minimum or maximum that a reason is about. */
export type RefusedOption = { kind: OptionKind; reason: NotOfferedReason; limitMinor: Minor | null };
/** A means of payment that the signed-in person kept. */
export type MethodView = {
	methodId: string;
	type: PaymentMethodType;
	label: string;
	name: string | null;
	expiry: { month: number; year: number } | null;
	isUsable: boolean;
	/** A plan counts on it: it can't be removed. */
	isNeeded: boolean;
};
/** An instalment plan, as its payer follows it. */
export type PlanView = {
	planId: string;
	status: PlanStatus;
	count: number;
	amountMinor: Minor;
	currency: string;
	isSettlement: boolean;
	/** null for a pay link, which may have been forwarded. */
	methodLabel: string | null;
	cureEndsOn: CivilDate | null;
	/** Nothing is taken by itself meanwhile: an invoice of it is disputed or promised. */
	isHeld: boolean;
	/** The means of payment was taken away by its bank or its owner. */
	methodLost: boolean;
	/** The first instalment to come that falls after the card's last day. */
	cardEndsBefore: CivilDate | null;
	instalments: {
		position: number;
		dueOn: CivilDate;
		amountMinor: Minor;
		/** What was agreed, where a credit note has lowered it. */
		agreedMinor: Minor | null;
		status: InstalmentStatus;
		retryOn: CivilDate | null;
		/** Another day that the supplier asked for, which the client has not answered yet. */
		moveTo: CivilDate | null;
	}[];
	/** The refused instalment, if only the client can go on: what its bank or the client must do. */
	needs: 'authenticate' | 'other_method' | null;
	/** The viewer gave the plan its means of payment, and may confirm that instalment with it. */
	mayConfirm: boolean;
};
/** A discount given, or taken back. */
export type DiscountView = {
	discountId: string;
	kind: 'granted' | 'voided';
	/** `credited`: a credit note of the supplier's own was set off against the invoice; its number is `number`. */
	reason: 'early' | 'points' | 'forgiven' | 'goodwill' | 'returned' | 'credited';
	number: string;
	documentNumber: string | null;
	amountMinor: Minor;
	vatMinor: Minor;
	currency: string;
	happenedOn: CivilDate;
};
/** A real invoice to try an offer on: everything the quote engine asks, but the policy. */
export type Sample = { label: string; currency: string; input: Omit<QuoteInput, 'policy'> };
/** What a discount would have cost on past invoices. */
export type PastView = Simulation;
/** A tier that an offer may be for: its position in the programme; null: the programme has it no more. */
export type TierChoice = { tier: number; name: Words | null };
/** What the browser needs to load Stripe: public values only. */
export type StripeView = { publishableKey: string; account: string | null; scriptUrl: string | null };
/** One payment of several, where more invoices were chosen than one takes. */
export type LotView = {
	invoiceIds: string[];
	amountMinor: Minor;
	currency: string;
	/** Of what is due first, and last. */
	dueFrom: CivilDate;
	dueTo: CivilDate;
};
/** A good end, said first; then what follows, in order. */
export type EndView = {
	/** `under_way`: a debit that its bank has not answered yet. */
	kind: 'paid' | 'settled' | 'plan' | 'under_way';
	title: string;
	text: string | null;
	steps: { state: 'done' | 'now' | 'to_come'; title: string; text: string }[];
};
/** Everything the pay page shows, for one invoice or several. */
export type PayView = {
	supplier: SupplierView;
	about: AboutSupplierView;
	invoices: InvoiceView[];
	amountMinor: Minor;
	currency: string;
	/** The person may pay, not only look. */
	mayPay: boolean;
	/** What may be chosen now, best first; the first is chosen unless somebody chooses otherwise. */
	options: OptionView[];
	refused: RefusedOption[];
	discounts: DiscountView[];
	plan: PlanView | null;
	words: PayWords;
	timeZone: string;
	/** The server's time: what remains until a price ends is counted from it, whatever the clock of the phone says. */
	now: Date;
	attempt: AttemptView | null;
	/** null while something is asked of the payer. */
	end: EndView | null;
	payments: PaymentView[];
	transfer: TransferView | null;
	/** The signed-in person's own; empty for a pay link, which may have been forwarded. */
	methods: MethodView[];
	stripe: StripeView;
	payerName: string;
	payerEmail: string | null;
	/** What the last payment earned, or will; null: nothing. */
	earned: EarnedView | null;
	/** The tier after it; of a signed-in person only, as is `pointsUse`. */
	tierCard:
		(TierCard & { isReached: boolean; tiers: { name: string; threshold: number }[]; benefits: string[] }) | null;
	/** Points on this invoice; null: none can be used. */
	pointsUse: PointsUseView | null;
};

/** An attempt whose account at Stripe was disconnected. */
export type CutOff = {
	account: string;
	/** What it is known to be at Stripe; null: its answer was lost. */
	reference: string | null;
	/** null where it is not known. */
	methodType: string | null;
	methods: PaymentMethodType[];
	begunOn: CivilDate;
	today: CivilDate;
};
/** A refund whose account was disconnected, or was: what nobody can ask, what a person said of it, and what Stripe has said since. */
export type CutOffRefund = {
	refundRequestId: string;
	amountMinor: Minor;
	askedAt: Date;
	askedOn: CivilDate;
	today: CivilDate;
	account: string;
	/** In the order in which it was said: the last one counts. */
	said: {
		by: string;
		note: string;
		outcome: RefundOutcome;
		refundedOn: CivilDate | null;
		reference: string | null;
		at: Date;
		heard: RefundOutcome | null;
		round: number;
	}[];
	/** What may be said now, for the first time or instead. */
	mayBecome: RefundOutcome[];
	/** Its account answers, and Stripe has not said what it came to. */
	awaits: boolean;
};
/** What a person said became of it, and what Stripe has said since. */
export type DeclaredView = {
	by: string;
	note: string;
	outcome: Outcome;
	paidOn: CivilDate | null;
	reference: string | null;
	at: Date;
	heard: Outcome | null;
	/** Its account answers again, and Stripe has not said what it came to; a debit may be under way all the same. */
	awaits: 'stripe' | 'bank' | null;
	/** Of what was said of one attempt: the last one counts. */
	round: number;
	/** Whoever was mistaken may say this instead. */
	mayBecome: Outcome[];
};
