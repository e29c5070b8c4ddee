// What a discount would have cost on past invoices, worked out by hand.
import { expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import type { DiscountTier } from '#lib/domain/offers/policy.ts';
import { simulate, type PastInvoice } from '#lib/domain/offers/simulate.ts';
import { euros } from '../../builders/quotes.ts';

const past = (clientId: string, issued: string, due: string, paid: string, amount: string): PastInvoice => ({
	clientId,
	issuedOn: civilDate(issued),
	dueOn: civilDate(due),
	paidOn: civilDate(paid),
	payableMinor: euros(amount),
	freightMinor: euros('0.00'),
	isDeposit: false,
	vatLines: []
});
const cost = (invoices: PastInvoice[], ...tiers: [number, number][]) =>
	simulate(
		{
			tiers: tiers.map(([discountBps, days]): DiscountTier => ({ discountBps, days, counted: 'from_issue' })),
			capMinor: null,
			vatMode: 'adjusted',
			excludes: []
		},
		invoices,
		'FR'
	);

const early = past('x', '2026-01-01', '2026-01-31', '2026-01-08', '1000.00'); // seven days after its issue
const onTime = past('x', '2026-02-01', '2026-03-03', '2026-03-03', '500.00');
const ofOther = past('y', '2026-01-01', '2026-01-31', '2026-02-10', '2000.00');

test('certain: who was early anyway; likely: all of those who were early once, on the last day of the discount', () =>
	expect(cost([early, onTime, ofOther], [200, 10])).toEqual({
		invoices: 3,
		certain: { invoices: 1, costMinor: 2_000n },
		likely: {
			invoices: 2,
			clients: 1,
			// 20.00 and 10.00; no day of the first, from 11 February to 3 March of the second: 500.00 × 20 / 365.
			costMinor: 3_000n,
			daysGained: 10,
			advancedMinor: 2_739n
		}
	}));
test('a better tier that ended the day before it was paid is paid for: two days earlier, at its price', () =>
	expect(cost([early], [300, 5], [200, 10])).toMatchObject({
		certain: { invoices: 1, costMinor: 2_000n },
		likely: { costMinor: 3_000n, daysGained: 2, advancedMinor: 547n } // 1,000.00 × 2 / 365
	}));
test('paid before the best tier ends, it costs that tier and gains nothing', () =>
	expect(cost([past('x', '2026-01-01', '2026-01-31', '2026-01-04', '1000.00')], [300, 5], [200, 10])).toMatchObject({
		certain: { costMinor: 3_000n },
		likely: { costMinor: 3_000n, daysGained: 0, advancedMinor: 0n }
	}));
test('days are told to a tenth', () =>
	// Twenty days of one in three.
	expect(cost([early, onTime, { ...early }], [200, 10]).likely.daysGained).toBe(6.7));
test('an invoice that the discount can’t touch costs nothing, and counts among its client’s', () => {
	const tiny = past('x', '2026-02-01', '2026-03-03', '2026-03-03', '0.01');
	expect(cost([early, tiny], [200, 10]).likely).toMatchObject({ invoices: 2, costMinor: 2_000n, daysGained: 0 });
});
test('nobody early, or nothing paid: nothing costs, and nothing is gained', () => {
	const none = { invoices: 0, clients: 0, costMinor: 0n, daysGained: 0, advancedMinor: 0n };
	expect(cost([ofOther], [200, 10])).toEqual({ invoices: 1, certain: { invoices: 0, costMinor: 0n }, likely: none });
	expect(cost([], [200, 10])).toEqual({ invoices: 0, certain: { invoices: 0, costMinor: 0n }, likely: none });
});
