// The early-payment discount of one invoice on one day. French VAT: an escompte reduces the taxable amount if it really benefited the buyer
// (CIBS, L213-1 ff; before 2026-09-01 CGI art. 267-II-1°). Yearly rate: d / (1 − d) × 365 / (days won).
import { required } from '../required.ts';
import { addDays, type CivilDate } from '../calendar/civil-date.ts';
import type { AgreedDiscount, AgreedTerms } from '../invoices/agreed-terms.ts';
import type { VatLine } from '../invoices/document.ts';
import { minor, smallest, subtract, ZERO, type Minor } from '../money/minor.ts';
import { divideHalfUp, shareOut } from '../money/shares.ts';
import { vatModeIn } from './legal.ts';
import type { DiscountRule, DiscountTier, DiscountVatMode, VatMode } from './policy.ts';

export type Discountable = {
	issuedOn: CivilDate;
	dueOn: CivilDate;
	payableMinor: Minor; // what is left to pay today, VAT included
	freightMinor: Minor; // VAT included; what a rule may exclude
	isDeposit: boolean;
	hasDiscount: boolean; // one was given already: never twice
	vatLines: VatLine[];
	debtMinor: Minor; // what the invoice asked for when it was imported: the base of its own terms
	agreed: Pick<AgreedTerms, 'discounts' | 'parts'> | null;
};
/** The discount per VAT rate, VAT included, and the VAT inside it (zero in net-of-tax mode). */
export type DiscountVat = { rateBps: number; grossMinor: Minor; vatMinor: Minor };
export type Discount = {
	lastDay: CivilDate;
	discountMinor: Minor;
	/** The tier's rate, if it is of all that is paid: null once a cap or an exclusion makes it less. */
	wholeBps: number | null;
	vat: DiscountVat[];
};

/** The last day on which a tier can be had. Never after the due date: paying late is not paying early. */
export function lastDayOf(tier: DiscountTier, invoice: Pick<Discountable, 'issuedOn' | 'dueOn'>): CivilDate {
	const day = tier.counted === 'from_issue' ? addDays(invoice.issuedOn, tier.days) : addDays(invoice.dueOn, -tier.days);
	return day < invoice.dueOn ? day : invoice.dueOn;
}

/** The best discount that paying on `today` still gives; null when there is none. */
export function discountOn(
	rule: DiscountRule,
	invoice: Discountable,
	today: CivilDate,
	country: string
): Discount | null {
	const vatMode = vatModeIn(rule.vatMode, country);
	const base = baseOf(rule, invoice);
	const isWhole = base === invoice.payableMinor;
	if (base <= 0n) return null;
	let best: Discount | null = null;
	for (const tier of rule.tiers) {
		const lastDay = lastDayOf(tier, invoice);
		if (lastDay < today) continue;
		const fullMinor = amountOf(vatMode, tier, invoice, base);
		const discountMinor = rule.capMinor === null ? fullMinor : smallest(rule.capMinor, fullMinor);
		// Of two tiers that give the same (a cap makes them equal), the one that lasts longer.
		const isBetter =
			!best || discountMinor > best.discountMinor || (discountMinor === best.discountMinor && lastDay > best.lastDay);
		if (discountMinor > 0n && isBetter)
			best = {
				lastDay,
				discountMinor,
				wholeBps: isWhole && discountMinor === fullMinor ? tier.discountBps : null,
				vat: []
			};
	}
	return best && { ...best, vat: vatOf(vatMode, invoice, best.discountMinor) };
}

/**
 * The best discount that the invoice's own terms still give on `today`; null when there is none. They are the contract: no cap, no exclusion and no
 * end of an offer takes anything from them. Of an invoice that is paid in part, they are in proportion to what is left.
 */
export function agreedDiscountOn(
	invoice: Discountable,
	today: CivilDate,
	mode: { vatMode: DiscountVatMode; country: string }
): Discount | null {
	const { agreed, debtMinor, payableMinor, dueOn } = invoice;
	if (!agreed || invoice.hasDiscount || payableMinor <= 0n || debtMinor <= 0n) return null;
	const vatMode = vatModeIn(mode.vatMode, mode.country);
	let best: Discount | null = null;
	for (const one of agreed.discounts) {
		const lastDay = one.until < dueOn ? one.until : dueOn;
		if (lastDay < today) continue;
		const discountMinor = minor(agreedAmount(one, invoice, vatMode));
		if (discountMinor <= 0n || discountMinor >= payableMinor) continue;
		const isWhole = one.amountMinor === null && (one.baseMinor === null || one.baseMinor === debtMinor);
		if (!best || discountMinor > best.discountMinor || (discountMinor === best.discountMinor && lastDay > best.lastDay))
			best = { lastDay, discountMinor, wholeBps: isWhole ? one.discountBps : null, vat: [] };
	}
	return best && { ...best, vat: vatOf(vatMode, invoice, best.discountMinor) };
}
function agreedAmount(
	one: AgreedDiscount,
	{ debtMinor, payableMinor, vatLines }: Discountable,
	vatMode: VatMode
): bigint {
	if (one.amountMinor !== null) return divideHalfUp(one.amountMinor * payableMinor, debtMinor);
	const bps = BigInt(one.discountBps ?? 0);
	const { net, gross } = totalsOf(vatLines);
	if (one.baseMinor === null && vatMode === 'net_of_tax' && gross > 0n)
		return divideHalfUp(payableMinor * net * bps, gross * 10_000n);
	return divideHalfUp(smallest(one.baseMinor ?? debtMinor, debtMinor) * payableMinor * bps, debtMinor * 10_000n);
}

/** What is left to pay, less what the rule excludes. Never what is paid already, and never a second time. */
function baseOf({ excludes }: DiscountRule, invoice: Discountable): Minor {
	if (invoice.hasDiscount || (invoice.isDeposit && excludes.includes('deposits'))) return ZERO;
	return excludes.includes('freight') ? subtract(invoice.payableMinor, invoice.freightMinor) : invoice.payableMinor;
}

function amountOf(vatMode: VatMode, tier: DiscountTier, invoice: Discountable, base: Minor): Minor {
	const { net, gross } = totalsOf(invoice.vatLines);
	// Without a usable VAT split the whole amount counts as without VAT: nothing is invented.
	const raw =
		vatMode === 'net_of_tax' && gross > 0n
			? divideHalfUp(base * net * BigInt(tier.discountBps), gross * 10_000n)
			: divideHalfUp(base * BigInt(tier.discountBps), 10_000n);
	return smallest(minor(raw), base);
}

/** The discount shared over the rates by their weight in the invoice; the VAT of each follows its own rate's lines. */
export function vatOf(
	vatMode: VatMode,
	{ vatLines }: Pick<Discountable, 'vatLines'>,
	discountMinor: Minor
): DiscountVat[] {
	if (!isUsable(vatLines)) return [];
	const weights = vatLines.map((line) => (vatMode === 'adjusted' ? line.baseMinor + line.vatMinor : line.baseMinor));
	return shareOut(discountMinor, weights).map((grossMinor, i) => {
		const line = required(vatLines[i], 'VAT line');
		const whole = line.baseMinor + line.vatMinor;
		const vatMinor =
			vatMode === 'adjusted' && whole > 0n ? minor(divideHalfUp(grossMinor * line.vatMinor, whole)) : ZERO;
		return { rateBps: line.rateBps, grossMinor, vatMinor };
	});
}
const isUsable = (vatLines: VatLine[]): boolean =>
	vatLines.every((line) => line.baseMinor >= 0n && line.vatMinor >= 0n) && totalsOf(vatLines).net > 0n;
function totalsOf(vatLines: VatLine[]): { net: bigint; gross: bigint } {
	let [net, vat] = [0n, 0n];
	for (const line of vatLines) {
		net += line.baseMinor;
		vat += line.vatMinor;
	}
	return net > 0n && vat >= 0n ? { net, gross: net + vat } : { net: 0n, gross: 0n };
}

/** What giving `discountBps` to be paid `daysWon` days earlier costs in a year, in basis points: 2 % for 20 days is 37.2 % a year. */
export const yearlyRateBps = (discountBps: number, daysWon: number): number | null =>
	daysWon <= 0 || discountBps >= 10_000
		? null
		: Math.round(((discountBps / (10_000 - discountBps)) * 365 * 10_000) / daysWon);
