// Points in a quote: what a choice earns, and what points take off what is paid at once.
import { subtract, type Minor } from '../money/minor.ts';
import { creditOn, creditSteps, type CreditRefusal, type CreditStep, type CreditUse } from '../points/credit.ts';
import { pointsPreview, type PointsPreview } from '../points/preview.ts';
import { vatOf } from './discount.ts';
import type { AtOnce, Context, PaymentOption } from './quoted.ts';

/** What the loyalty room says of an option: as the judge will say of the payment, on the day of each instalment. */
export const previewOf = ({ loyalty, invoices, today }: Context, option: PaymentOption): PointsPreview | null =>
	loyalty?.foresees ? pointsPreview(loyalty, { invoices, today, option }) : null;

/** What the points take off; why not; or nothing, where none are asked for. */
function creditOf({ loyalty, usePoints = 0, invoices }: Context, priceMinor: Minor): CreditUse | CreditRefusal | null {
	const [invoice] = invoices;
	if (usePoints === 0 || !invoice) return null;
	if (invoices.length > 1) return 'points_one_invoice';
	if (!loyalty || invoice.isFactored) return 'points_not_offered';
	const { credit: rule, available, isFrozen } = loyalty;
	return creditOn({ points: usePoints, available, rule, isFrozen }, { payableMinor: invoice.payableMinor, priceMinor });
}
export function refusedPoints(context: Context): CreditRefusal | null {
	const credit = creditOf(context, context.totalMinor);
	return typeof credit === 'string' ? credit : null;
}
export function stepsOf({ loyalty, invoices, totalMinor }: Context): CreditStep[] {
	const [invoice] = invoices;
	if (!loyalty || !invoice || invoices.length > 1 || invoice.isFactored) return [];
	const { credit: rule, available, isFrozen } = loyalty;
	return creditSteps({ rule, available, isFrozen }, { payableMinor: invoice.payableMinor, priceMinor: totalMinor });
}

/** Points come after the discount for paying early, which is of the whole price; where they can't be used, the price stays. */
export function lessPoints(
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
