// The VAT inside a payment: what a receipt shows and what "Encaissée" (status 212) reports per rate.
// Cumulative: what has been paid so far, less what earlier receipts showed, so that all receipts of an invoice add up to its VAT.
import { required } from '../required.ts';
import type { VatLine } from '../invoices/document.ts';
import { minor, type Minor } from '../money/minor.ts';
import { divideHalfUp, shareOut } from '../money/shares.ts';

/** What a discount takes from one rate, VAT included, and the VAT inside it. */
type DiscountShare = { rateBps: number | null; grossMinor: Minor; vatMinor: Minor };
export type PaidVat = { rateBps: number; grossMinor: Minor; vatMinor: Minor };

/** VAT per rate inside the first `paidMinor` of an invoice of `vatLines`. */
function cumulative(vatLines: VatLine[], paidMinor: Minor): PaidVat[] {
	const weightOf = (line: VatLine): bigint => line.baseMinor + line.vatMinor;
	const gross = shareOut(paidMinor, vatLines.map(weightOf));
	return vatLines.map((line, i) => {
		const [weight, grossMinor] = [weightOf(line), required(gross[i], 'share')];
		const vatMinor = minor(weight === 0n ? 0n : divideHalfUp(grossMinor * line.vatMinor, weight));
		return { rateBps: line.rateBps, grossMinor, vatMinor };
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
	if (!isUsable(vatLines)) return [];
	const before = cumulative(vatLines, alreadyPaidMinor);
	return difference(cumulative(discounted(vatLines, discounts), minor(alreadyPaidMinor + amountMinor)), before);
}

/**
 * VAT of an instalment of an invoice that is given up, or given back with a credit note. Receipts count from the invoice's beginning, what is given up from its
 * end, each below the one before: whatever the order and the cut, receipts and credit notes add up to the invoice. `debtMinor`: what the invoice asked
 * for, less its discounts; `givenUpMinor`: what was given up of it before.
 */
export function vatOfReduction(
	vatLines: VatLine[],
	{ debtMinor, givenUpMinor, amountMinor }: { debtMinor: Minor; givenUpMinor: Minor; amountMinor: Minor },
	discounts: DiscountShare[] = []
): PaidVat[] {
	if (!isUsable(vatLines)) return [];
	const lines = discounted(vatLines, discounts);
	const end = minor(debtMinor - givenUpMinor);
	return difference(cumulative(lines, end), cumulative(lines, minor(end - amountMinor)));
}

/**
 * Whether what is taken off an invoice moves VAT that was declared already, which a numbered credit note corrects (French use cases 22a and 22b of the
 * e-invoicing reform). VAT due when the money comes follows the money: nothing was declared yet that would have to be corrected.
 */
export const movesVat = (
	{ vatOnReceipts }: { vatOnReceipts: boolean },
	vat: Pick<DiscountShare, 'vatMinor'>[]
): boolean => !vatOnReceipts && vat.some((share) => share.vatMinor !== 0n);

/** Two reductions of the same invoice, one for paying early and one for points, as one. */
export const together = (a: DiscountShare[], b: DiscountShare[]): DiscountShare[] =>
	a.length !== b.length
		? [...a, ...b]
		: a.map((share, i) => {
				const other = required(b[i], 'share');
				return {
					rateBps: share.rateBps,
					grossMinor: minor(share.grossMinor + other.grossMinor),
					vatMinor: minor(share.vatMinor + other.vatMinor)
				};
			});

const isUsable = (vatLines: VatLine[]): boolean =>
	vatLines.every((line) => line.baseMinor >= 0n && line.vatMinor >= 0n) &&
	vatLines.some((line) => line.baseMinor + line.vatMinor > 0n);
const difference = (whole: PaidVat[], less: PaidVat[]): PaidVat[] =>
	whole.map((line, i) => {
		const { grossMinor, vatMinor } = required(less[i], 'rate');
		return {
			rateBps: line.rateBps,
			grossMinor: minor(line.grossMinor - grossMinor),
			vatMinor: minor(line.vatMinor - vatMinor)
		};
	});
