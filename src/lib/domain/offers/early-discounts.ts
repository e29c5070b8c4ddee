// What each of some invoices may take off today by being paid early: whoever pays several takes off the sum of theirs.
import { civilDateIn, type CivilDate } from '../calendar/civil-date.ts';
import type { Minor } from '../money/minor.ts';
import { discountToday } from './quote.ts';
import type { QuoteInput } from './quoted.ts';

export type EarlyDiscount = { invoiceId: string; discountMinor: Minor; lastDay: CivilDate };

export function earlyDiscounts(input: QuoteInput): EarlyDiscount[] {
	const context = { ...input, today: civilDateIn(input.at, input.supplier.timeZone) };
	return input.invoices.flatMap((invoice) => {
		const found = invoice.payableMinor > 0n ? discountToday(context, invoice) : null;
		return found ? [{ invoiceId: invoice.invoiceId, discountMinor: found.discountMinor, lastDay: found.lastDay }] : [];
	});
}
