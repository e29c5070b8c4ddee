// What a supplier gives for being on time: how points are earned, what they are worth, what each tier brings. Data, published in numbered versions; an act
// is judged by the version of its day. Sources: points are a promise until they are used, then a price reduction (CJEU C-86/99, Freemans).
import type { Minor } from '../money/minor.ts';

/** A text in the two languages of the product. */
export type Words = { fr: string; en: string };

/** `pointsPer` 1 for `euroMinor` 1000 is one point for 10 €. Of what is paid, VAT included or not. */
export type EarningRule = {
	pointsPer: { points: number; euroMinor: Minor };
	basis: 'with_vat' | 'without_vat';
	/** An invoice below earns nothing; by what it asked for, not by what is paid of it, so that splitting changes nothing. */
	minInvoiceMinor: Minor;
	/** What is factored, was credited, or is not an invoice earns nothing in any case. */
	excludes: 'deposits'[];
	/** For each day before the due day, so many basis points of the points themselves. */
	early: { bpsPerDay: number; maxDays: number; withDiscount: boolean } | null;
	/** So many invoices in a row paid on time. */
	streak: { invoices: number; points: number } | null;
	/** An invoice paid by SEPA debit. 0: none. */
	sepa: number;
	/** A plan whose every instalment was paid on its day, without a refusal. 0: none. */
	planFinished: number;
	/** The first payment of a client on these pages. 0: none. */
	firstOnline: number;
	maxPerInvoice: number | null;
	maxPerPeriod: { points: number; period: 'month' | 'year' } | null;
	/** Due on a day on which banks are closed: paid in time on that day, or on the next one on which they are open. */
	closedDay: 'same_day' | 'next_business_day';
};

/** `months`: after the day of the act. `yearly`: on a fixed day of the year, the first one at least `minMonths` after the act. */
export type ExpiryRule =
	{ kind: 'months'; months: number } | { kind: 'yearly'; month: number; day: number; minMonths: number };

/** The first has no threshold: everybody is in it. A tier's own discount or plan terms are an offer made for that tier (domain/offers). */
export type LoyaltyTier = {
	name: Words;
	/** Points earned over twelve rolling months. */
	threshold: number;
	/** 10000: as many points as everybody. */
	multiplierBps: number;
	perk: Words | null;
};

/** Points used on an invoice: `points` are `valueMinor` less to pay, in whole steps, up to a share of what is left to pay. */
export type CreditRule = { points: number; valueMinor: Minor; maxShareBps: number };

export type RewardKind = 'service' | 'voucher' | 'gift';
export type Reward = {
	rewardId: string;
	kind: RewardKind;
	name: Words;
	/** What it is and how it is given. */
	terms: Words;
	points: number;
	/** null: as many as are asked for; of vouchers, as many as there are codes. */
	stock: number | null;
	from: string | null;
	until: string | null;
	/** Position of the lowest tier that may take it; 0: everybody. */
	minTier: number;
};

export type ProgrammeTerms = {
	name: Words;
	/** The supplier's own words at the head of the rules page. */
	intro: Words;
	earning: EarningRule;
	/** A SEPA debit can be sent back by its payer for eight weeks: points of one are final so many days after the money came. 0: at once, taken back if it returns. */
	sepaVestingDays: number;
	expiry: ExpiryRule | null;
	tiers: LoyaltyTier[];
	credit: CreditRule | null;
	rewards: Reward[];
	/** What a year may cost: a draft whose trial on the past costs more is not published. */
	costCapMinor: Minor | null;
	/** Days before points expire, when clients are told. */
	expiryNoticeDays: number;
};

export const NO_MULTIPLIER = 10_000;
