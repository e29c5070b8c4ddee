// What a discount would have cost on invoices already paid, and what it would have gained. Two readings, both said on the screen: what is certain
// (invoices paid early enough anyway would have got it), and what happens if the clients that have paid early once do it each time.
import { daysBetween, type CivilDate } from '../calendar/civil-date.ts';
import { add, ZERO, type Minor } from '../money/minor.ts';
import { discountOn, type Discountable } from './discount.ts';
import type { DiscountRule } from './policy.ts';

/** `payableMinor` is what was paid for it, VAT included. */
export type PastInvoice = Omit<Discountable, 'hasDiscount' | 'debtMinor' | 'agreed'> & {
	clientId: string;
	paidOn: CivilDate;
};
export type Simulation = {
	invoices: number;
	/** Already early: the discount without a day gained. */
	certain: { invoices: number; costMinor: Minor };
	/** Clients that have paid early once, on every invoice of theirs. */
	likely: { invoices: number; clients: number; costMinor: Minor; daysGained: number; advancedMinor: Minor };
};

const DAYS_OF_YEAR = 365n;

export function simulate(rule: DiscountRule, past: PastInvoice[], country: string): Simulation {
	const given = (invoice: PastInvoice, on: CivilDate) =>
		discountOn(rule, { ...invoice, hasDiscount: false, debtMinor: invoice.payableMinor, agreed: null }, on, country);
	const early = past.flatMap((invoice) => {
		const discount = given(invoice, invoice.paidOn);
		return discount ? [{ ...invoice, discount }] : [];
	});
	const clients = new Set(early.map((invoice) => invoice.clientId));
	const likely = past.filter((invoice) => clients.has(invoice.clientId));
	let [costMinor, days, weighted] = [ZERO, 0, 0n];
	for (const invoice of likely) {
		// The best discount there is on the day of issue, taken on its last day, or on the day the client paid anyway: until then it costs the same.
		const best = given(invoice, invoice.issuedOn);
		if (!best) continue;
		const gained = Math.max(0, daysBetween(best.lastDay, invoice.paidOn));
		costMinor = add(costMinor, best.discountMinor);
		days += gained;
		weighted += invoice.payableMinor * BigInt(gained);
	}
	return {
		invoices: past.length,
		certain: {
			invoices: early.length,
			costMinor: add(...early.map((invoice) => invoice.discount.discountMinor))
		},
		likely: {
			invoices: likely.length,
			clients: clients.size,
			costMinor,
			daysGained: likely.length ? Math.round((days * 10) / likely.length) / 10 : 0,
			advancedMinor: (weighted / DAYS_OF_YEAR) as Minor
		}
	};
}
