// The VAT inside a payment: what a receipt shows and what "Encaissée" (status 212) reports per rate.
// Cumulative: what has been paid so far, less what earlier receipts showed, so that all receipts of an invoice add up to its VAT.
import type { VatLine } from '../invoices/document.ts';
import { divideHalfUp, minor, shareOut, type Minor } from '../money/minor.ts';

/** What a discount takes from one rate, VAT included, and the VAT inside it. */
type DiscountShare = { rateBps: number | null; grossMinor: Minor; vatMinor: Minor };
export type PaidVat = { rateBps: number; grossMinor: Minor; vatMinor: Minor };

/** VAT per rate inside the first `paidMinor` of an invoice of `vatLines`. */
function cumulative(vatLines: VatLine[], paidMinor: Minor): PaidVat[] {
	const weights = vatLines.map((line) => line.baseMinor + line.vatMinor);
	const gross = shareOut(paidMinor, weights);
	return vatLines.map((line, i) => {
		const weight = weights[i]!;
		return {
			rateBps: line.rateBps,
			grossMinor: gross[i]!,
			vatMinor: minor(weight === 0n ? 0n : divideHalfUp(gross[i]! * line.vatMinor, weight))
		};
	});
}

/** The invoice as a discount leaves it: where VAT stays (net of tax), only the base falls. */
function discounted(vatLines: VatLine[], discounts: DiscountShare[]): VatLine[] {
	const left = [...discounts];
	return vatLines.map((line) => {
		const at = left.findIndex((share) => share.rateBps === line.rateBps);
		const [share] = at < 0 ? [] : left.splice(at, 1);
		return share
			? {
					...line,
					baseMinor: minor(line.baseMinor - (share.grossMinor - share.vatMinor)),
					vatMinor: minor(line.vatMinor - share.vatMinor)
				}
			: line;
	});
}

/**
 * Split of one payment of `amountMinor`, coming after `alreadyPaidMinor`, with the discount taken by paying it. Empty when the file gave no usable
 * VAT split.
 */
export function vatOfPayment(
	vatLines: VatLine[],
	alreadyPaidMinor: Minor,
	amountMinor: Minor,
	discounts: DiscountShare[] = []
): PaidVat[] {
	const usable = vatLines.length > 0 && vatLines.every((line) => line.baseMinor >= 0n && line.vatMinor >= 0n);
	if (!usable || vatLines.every((line) => line.baseMinor + line.vatMinor === 0n)) return [];
	const before = cumulative(vatLines, alreadyPaidMinor);
	const after = cumulative(discounted(vatLines, discounts), minor(alreadyPaidMinor + amountMinor));
	return after.map((line, i) => ({
		rateBps: line.rateBps,
		grossMinor: minor(line.grossMinor - before[i]!.grossMinor),
		vatMinor: minor(line.vatMinor - before[i]!.vatMinor)
	}));
}
