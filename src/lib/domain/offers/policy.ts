// What a supplier lets its clients choose: early-payment discounts (escompte) and instalments. Data, published in versions; never a price.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { PlanCaution } from './caution.ts';
import type { Minor } from '../money/minor.ts';
import type { PaymentMethodType } from '../payments/methods.ts';

/** Paid by `days` after the issue date, or `days` before the due date, both days included. */
export type DiscountTier = { discountBps: number; counted: 'from_issue' | 'before_due'; days: number };
/**
 * What the discount does to VAT. `adjusted`: it reduces VAT too, and needs a credit note where VAT was already due (France, goods or VAT on debits).
 * `net_of_tax`: the discount is on the amount without VAT and VAT stays (French "net de taxe"; also the arithmetic of an invoice whose VAT was
 * reduced at issue, as in Belgium). `by_law`: whichever is the rule of the supplier's country.
 */
export type VatMode = 'adjusted' | 'net_of_tax';
export type DiscountVatMode = VatMode | 'by_law';
/** What is never discounted: freight (charges of the invoice as a whole), deposits (invoices of type 386). */
export type DiscountExclusion = 'freight' | 'deposits';
export type DiscountRule = {
	tiers: DiscountTier[];
	capMinor: Minor | null;
	vatMode: DiscountVatMode;
	excludes: DiscountExclusion[];
};

export type InstalmentCount = 2 | 3;
export type InstalmentRule = {
	counts: InstalmentCount[];
	minMinor: Minor;
	maxMinor: Minor | null;
	spacing: { unit: 'day' | 'month'; every: number };
	firstPart: 'now' | 'on_due_date';
	/** `never_late`: clients that have paid every invoice by its due date. */
	who: 'everyone' | 'never_late';
	/** None in versions published before there was such a rule. */
	caution?: PlanCaution | null | undefined;
};

/** One published version, as it applies to one client: who may is resolved before (client over group over all). */
export type OfferPolicy = {
	version: number;
	validFrom: CivilDate | null;
	validUntil: CivilDate | null;
	methods: PaymentMethodType[];
	discount: DiscountRule | null;
	instalments: InstalmentRule | null;
};

/** Where a supplier has published nothing: what is due can be paid, and nothing else is offered. */
export const NO_OFFER: OfferPolicy = {
	version: 0,
	validFrom: null,
	validUntil: null,
	methods: ['card', 'sepa_debit'],
	discount: null,
	instalments: null
};
