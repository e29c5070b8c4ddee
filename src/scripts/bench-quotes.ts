// How many quotes one core gives in a second: one invoice, two discount tiers, two plans, the clock moving.
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { quote } from '#lib/domain/offers/quote.ts';
import type { QuoteInput } from '#lib/domain/offers/quoted.ts';

const INPUT: Omit<QuoteInput, 'at'> = {
	invoices: [
		{
			invoiceId: 'a',
			issuedOn: civilDate('2026-11-12'),
			dueOn: civilDate('2026-12-12'),
			deliveredOn: null,
			netMinor: null,
			isHeld: false,
			payableMinor: minor(120_000n),
			freightMinor: minor(0n),
			isDeposit: false,
			hasDiscount: false,
			vatLines: [{ category: 'S', rateBps: 2000, baseMinor: minor(100_000n), vatMinor: minor(20_000n) }],
			isFactored: false,
			debtMinor: minor(120_000n),
			agreed: null
		}
	],
	policy: {
		version: 1,
		validFrom: null,
		validUntil: null,
		methods: ['card', 'sepa_debit'],
		discount: {
			tiers: [
				{ discountBps: 300, counted: 'from_issue', days: 5 },
				{ discountBps: 200, counted: 'from_issue', days: 15 }
			],
			capMinor: null,
			vatMode: 'adjusted',
			excludes: []
		},
		instalments: {
			counts: [2, 3],
			minMinor: minor(10_000n),
			maxMinor: null,
			spacing: { unit: 'day', every: 20 },
			firstPart: 'now',
			who: 'everyone'
		}
	},
	clientKind: 'business',
	neverLate: true,
	supplier: { timeZone: 'Europe/Paris', country: 'FR', terms: { business: 'days_60', isLargeOnlineSeller: false } }
};

/** Warmed up for a second, measured for two. */
export function quotesPerSecond(): number {
	const from = Date.parse('2026-11-21T10:00:00Z');
	let offered = 0;
	const run = (milliseconds: number): number => {
		const started = performance.now();
		let count = 0;
		while (performance.now() - started < milliseconds)
			for (let i = 0; i < 1000; i++, count++)
				offered += quote({ ...INPUT, at: new Date(from + count * 1000) }).options.length;
		return count / ((performance.now() - started) / 1000);
	};
	run(1000);
	const rate = run(2000);
	if (!offered) throw new Error('nothing was quoted');
	return rate;
}
