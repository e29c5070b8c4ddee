// The quote engine: golden cases of French payment law, and what must hold for every input.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgreedDiscount } from '#lib/domain/invoices/agreed-terms.ts';
import {
	addDays,
	addMonths,
	civilDate,
	civilDateIn,
	endOfMonth,
	type CivilDate
} from '#lib/domain/calendar/civil-date.ts';
import { startOfDayIn } from '#lib/domain/calendar/day-starts.ts';
import type { VatLine } from '#lib/domain/invoices/document.ts';
import { minor, type Minor } from '#lib/domain/money/minor.ts';
import { discountOn, yearlyRateBps } from '#lib/domain/offers/discount.ts';
import { lastLawfulDay, type LegalTerms } from '#lib/domain/offers/legal.ts';
import type { DiscountExclusion, InstalmentRule, OfferPolicy } from '#lib/domain/offers/policy.ts';
import { quote } from '#lib/domain/offers/quote.ts';
import type { Quote, QuotedInvoice, QuoteInput } from '#lib/domain/offers/quoted.ts';
import { euros, input, invoice, offered, option, policy, reason, TERMS, vat } from '../../builders/quotes.ts';

const discountIn = (vatMode: 'adjusted' | 'net_of_tax', bps: number, lines: VatLine[], payable: string) =>
	discountOn(
		{ tiers: [{ discountBps: bps, counted: 'from_issue', days: 10 }], capMinor: null, vatMode, excludes: [] },
		invoice({ vatLines: lines, payableMinor: euros(payable) }),
		civilDate('2026-11-12'),
		'FR'
	)!;

describe('escompte, golden cases', () => {
	test('1,200.00 at 2 %: 1,176.00 with VAT adjusted, 1,180.00 net of tax', () => {
		const adjusted = discountIn('adjusted', 200, [vat(2000, '1000.00', '200.00')], '1200.00');
		expect([adjusted.discountMinor, adjusted.vat]).toEqual([
			2400n,
			[{ rateBps: 2000, grossMinor: 2400n, vatMinor: 400n }]
		]);
		const net = discountIn('net_of_tax', 200, [vat(2000, '1000.00', '200.00')], '1200.00');
		expect([net.discountMinor, net.vat]).toEqual([2000n, [{ rateBps: 2000, grossMinor: 2000n, vatMinor: 0n }]]);
	});
	test('100 + 21 % at 2 %: 118.58 adjusted, 119.00 net of tax, 118.58 on an invoice whose VAT was reduced at issue', () => {
		const paid = (mode: 'adjusted' | 'net_of_tax', tax: string, gross: string) =>
			euros(gross) - discountIn(mode, 200, [vat(2100, '100.00', tax)], gross).discountMinor;
		expect(paid('adjusted', '21.00', '121.00')).toBe(11858n);
		expect(paid('net_of_tax', '21.00', '121.00')).toBe(11900n);
		expect(paid('net_of_tax', '20.58', '120.58')).toBe(11858n);
	});
	test('several rates: pro rata of each rate’s total, the odd cent to the heaviest, VAT of each at its own rate', () => {
		const lines = [vat(2000, '100.00', '20.00'), vat(1000, '100.00', '10.00'), vat(550, '50.00', '2.75')];
		const found = discountIn('adjusted', 300, lines, '282.75');
		expect(found.discountMinor).toBe(848n);
		expect(found.vat).toEqual([
			{ rateBps: 2000, grossMinor: 360n, vatMinor: 60n },
			{ rateBps: 1000, grossMinor: 330n, vatMinor: 30n },
			{ rateBps: 550, grossMinor: 158n, vatMinor: 8n }
		]);
	});
	test('yearly rate: 2 % at 10 days on net 30 is 37.2 %, on net 60 14.9 %; 1 % at 10 on net 30 is 18.4 %', () =>
		expect([yearlyRateBps(200, 20), yearlyRateBps(200, 50), yearlyRateBps(100, 20), yearlyRateBps(200, 0)]).toEqual([
			3724,
			1490,
			1843,
			null
		]));
	test('tiers: 3 % to the fifth day, 1 % to the tenth, nothing after; the last day counts whole', () => {
		const tiers = [
			{ discountBps: 100, counted: 'from_issue' as const, days: 10 },
			{ discountBps: 300, counted: 'from_issue' as const, days: 5 }
		];
		const at = (instant: string) =>
			quote(
				input({
					policy: policy({ discount: { tiers, capMinor: null, vatMode: 'adjusted', excludes: [] } }),
					at: new Date(instant)
				})
			);
		expect(option(at('2026-11-17T22:59:59Z'), 'early')).toMatchObject({
			discountMinor: 3600n,
			deadlineAt: new Date('2026-11-17T23:00:00Z')
		});
		expect(option(at('2026-11-17T23:00:00Z'), 'early')).toMatchObject({
			discountMinor: 1200n,
			deadlineAt: new Date('2026-11-22T23:00:00Z')
		});
		expect(reason(at('2026-11-22T23:00:00Z'), 'early')).toBe('discount_over');
	});
	test('across both clock changes the last day ends at the supplier’s midnight', () => {
		const until = (issued: string, at: string) =>
			option(
				quote(
					input({
						invoices: [invoice({ issuedOn: civilDate(issued), dueOn: addDays(civilDate(issued), 30) })],
						at: new Date(at)
					})
				),
				'early'
			).deadlineAt!.toISOString();
		expect(until('2026-10-10', '2026-10-12T10:00:00Z')).toBe('2026-10-25T23:00:00.000Z');
		expect(until('2026-10-09', '2026-10-12T10:00:00Z')).toBe('2026-10-24T22:00:00.000Z');
		expect(until('2027-03-13', '2027-03-14T10:00:00Z')).toBe('2027-03-28T22:00:00.000Z');
	});
	test('counted before the due date; never once the invoice is late', () => {
		const discount = {
			tiers: [{ discountBps: 100, counted: 'before_due' as const, days: 10 }],
			capMinor: null,
			vatMode: 'adjusted' as const,
			excludes: []
		};
		const on = (at: string) => quote(input({ policy: policy({ discount }), at: new Date(at) }));
		expect(option(on('2026-12-02T12:00:00Z'), 'early').discountMinor).toBe(1200n);
		expect(reason(on('2026-12-03T12:00:00Z'), 'early')).toBe('discount_over');
		const late = policy({ discount: { ...discount, tiers: [{ discountBps: 100, counted: 'from_issue', days: 60 }] } });
		expect(reason(quote(input({ policy: late, at: new Date('2026-12-13T12:00:00Z') })), 'early')).toBe('overdue');
	});
	test('freight and deposits are not discounted; a cap in euros holds; what is paid is not discounted again', () => {
		const early = (over: Partial<QuotedInvoice>, capMinor: Minor | null = null, excludes: DiscountExclusion[] = []) =>
			offered(
				quote(
					input({
						invoices: [invoice(over)],
						policy: policy({ discount: { ...policy().discount!, capMinor, excludes } })
					})
				),
				'early'
			);
		expect(early({ freightMinor: euros('200.00') }, null, ['freight'])).toMatchObject({ discountMinor: 2000n });
		expect(early({ freightMinor: euros('200.00') })).toMatchObject({ discountMinor: 2400n });
		expect(early({ isDeposit: true }, null, ['freight'])).toMatchObject({ discountMinor: 2400n });
		expect(early({ isDeposit: true }, null, ['freight', 'deposits'])).toBe('nothing_to_discount');
		expect(early({ freightMinor: euros('1200.00') }, null, ['freight'])).toBe('nothing_to_discount');
		expect(early({ hasDiscount: true })).toBe('discount_given');
		expect(early({}, euros('10.00'))).toMatchObject({ discountMinor: 1000n });
		expect(early({ payableMinor: euros('600.00') })).toMatchObject({ discountMinor: 1200n, amountMinor: 58_800n });
	});
	test('by law of the country: VAT follows the discount in France, stays as invoiced in Belgium', () => {
		const byLaw = policy({ discount: { ...policy().discount!, vatMode: 'by_law' } });
		const from = (country: string) =>
			option(quote(input({ policy: byLaw, supplier: { timeZone: 'Europe/Paris', country, terms: TERMS } })), 'early');
		expect(from('FR')).toMatchObject({ amountMinor: 117_600n, discounts: [{ vat: [{ vatMinor: 400n }] }] });
		expect(from('BE')).toMatchObject({ amountMinor: 118_000n, discounts: [{ vat: [{ vatMinor: 0n }] }] });
	});
	test('instalments for clients that were never late are refused to others, with the reason', () => {
		const never = policy({ instalments: { ...policy().instalments!, who: 'never_late' } });
		expect(reason(quote(input({ policy: never, neverLate: false })), 'plan_2')).toBe('late_before');
		expect(option(quote(input({ policy: never, neverLate: true })), 'plan_2').instalments).toHaveLength(2);
	});
	test('several invoices at once: each its own discount, the price ends with the first that ends', () => {
		const two = [
			invoice({ invoiceId: 'b', issuedOn: civilDate('2026-11-18'), dueOn: civilDate('2026-12-18') }),
			invoice({ invoiceId: 'old', issuedOn: civilDate('2026-10-01'), dueOn: civilDate('2026-11-30') })
		];
		const early = option(quote(input({ invoices: two })), 'early');
		expect(early.discounts.map((discount) => discount.invoiceId)).toEqual(['b']);
		expect(early.instalments[0]!.lines).toEqual([
			{ invoiceId: 'old', amountMinor: 120_000n },
			{ invoiceId: 'b', amountMinor: 117_600n }
		]);
		expect(early.deadlineAt).toEqual(new Date('2026-12-03T23:00:00Z'));
	});
	test('a policy that has ended offers nothing, and ends its prices with itself', () => {
		const until = (day: string) => quote(input({ policy: policy({ validUntil: civilDate(day) }) }));
		expect(option(until('2026-11-23'), 'early').deadlineAt).toEqual(new Date('2026-11-23T23:00:00Z'));
		expect(reason(until('2026-11-20'), 'early')).toBe('policy_not_valid');
		expect(option(until('2026-11-20'), 'now').amountMinor).toBe(120_000n);
	});
});

describe('terms of the invoice itself', () => {
	const step = (until: string, over: Partial<AgreedDiscount> = {}): AgreedDiscount => ({
		until: civilDate(until),
		discountBps: 300,
		baseMinor: null,
		amountMinor: null,
		...over
	});
	const withTerms = (
		agreed: Partial<NonNullable<QuotedInvoice['agreed']>>,
		{
			over = {},
			on = '2026-11-20',
			rules = {}
		}: { over?: Partial<QuotedInvoice>; on?: string; rules?: Partial<OfferPolicy> } = {}
	) =>
		quote(
			input({
				invoices: [invoice({ agreed: { discounts: [], parts: [], ...agreed }, debtMinor: euros('1200.00'), ...over })],
				policy: policy({ discount: null, instalments: null, ...rules }),
				at: new Date(`${on}T12:00:00Z`)
			})
		);
	const option = (given: Quote, kind: string) => given.options.find((one) => one.kind === kind);
	const instalment = (dueOn: string, amount: string) => ({ dueOn: civilDate(dueOn), amountMinor: euros(amount) });

	test('a discount that the invoice grants is offered without any policy, to its last day, and not a day longer', () => {
		const terms = { discounts: [step('2026-11-22')] };
		expect(option(withTerms(terms), 'early')).toMatchObject({
			amountMinor: euros('1164.00'),
			discountMinor: euros('36.00'),
			discounts: [{ wholeBps: 300, vat: [{ grossMinor: euros('36.00'), vatMinor: euros('6.00') }] }],
			deadlineAt: new Date('2026-11-22T23:00:00Z')
		});
		const late = withTerms(terms, { on: '2026-11-23' });
		expect(option(late, 'early')).toBeUndefined();
		expect(late.notOffered).toContainEqual({ kind: 'early', reason: 'discount_over' });
	});
	test('what it says is taken to the cent: an amount before a rate, a rate of the base it names', () => {
		expect(
			option(withTerms({ discounts: [step('2026-11-22', { amountMinor: euros('20.01') })] }), 'early')
		).toMatchObject({ discountMinor: euros('20.01') });
		expect(
			option(withTerms({ discounts: [step('2026-11-22', { baseMinor: euros('1000.00') })] }), 'early')
		).toMatchObject({ discountMinor: euros('30.00'), discounts: [{ wholeBps: null }] });
	});
	test('of what is left, once a part is paid; never twice', () => {
		const terms = { discounts: [step('2026-11-22', { baseMinor: euros('1000.00') })] };
		expect(option(withTerms(terms, { over: { payableMinor: euros('600.00') } }), 'early')).toMatchObject({
			discountMinor: euros('15.00')
		});
		expect(option(withTerms(terms, { over: { hasDiscount: true } }), 'early')).toBeUndefined();
	});
	test('the better of the two is given: neither the cap of an offer nor its end takes from what is agreed', () => {
		const rules = { discount: { ...policy().discount!, capMinor: euros('5.00') }, validUntil: civilDate('2026-11-21') };
		expect(option(withTerms({ discounts: [step('2026-11-25')] }, { rules }), 'early')).toMatchObject({
			discountMinor: euros('36.00'),
			deadlineAt: new Date('2026-11-25T23:00:00Z')
		});
		expect(
			option(withTerms({ discounts: [step('2026-11-25', { discountBps: 10 })] }, { rules }), 'early')
		).toMatchObject({ discountMinor: euros('5.00'), deadlineAt: new Date('2026-11-21T23:00:00Z') });
	});
	test('parts of the invoice are a plan of its own dates and amounts, without any policy and past any cap', () => {
		const instalments = [instalment('2027-03-15', '700.00'), instalment('2026-12-01', '500.00')];
		const given = withTerms({ parts: instalments }, { over: { dueOn: civilDate('2027-03-15') } });
		expect(option(given, 'plan_2')).toMatchObject({
			amountMinor: euros('1200.00'),
			instalments: [instalment('2026-12-01', '500.00'), instalment('2027-03-15', '700.00')],
			isSettlement: false
		});
		expect(option(given, 'plan_3')).toBeUndefined();
	});
	test('a part whose day has passed is due today; what was paid counts on the first', () => {
		const instalments = [
			instalment('2026-11-15', '400.00'),
			instalment('2026-12-01', '400.00'),
			instalment('2026-12-12', '400.00')
		];
		expect(option(withTerms({ parts: instalments }), 'plan_3')).toMatchObject({
			instalments: [
				instalment('2026-11-20', '400.00'),
				instalment('2026-12-01', '400.00'),
				instalment('2026-12-12', '400.00')
			]
		});
		const begun = option(withTerms({ parts: instalments }, { over: { payableMinor: euros('1100.00') } }), 'plan_3');
		expect(begun?.instalments[0]).toMatchObject(instalment('2026-11-20', '300.00'));
		expect(
			option(withTerms({ parts: instalments }, { over: { payableMinor: euros('800.00') } }), 'plan_2')
		).toMatchObject({
			instalments: [instalment('2026-12-01', '400.00'), instalment('2026-12-12', '400.00')]
		});
	});
	test.each([
		['parts that do not make what is due', [instalment('2026-12-01', '500.00'), instalment('2026-12-12', '500.00')]],
		['a single part', [instalment('2026-12-12', '1200.00')]]
	])('%s are no plan', (_, instalments) => {
		expect(option(withTerms({ parts: instalments }), 'plan_2')).toBeUndefined();
	});
});

describe('instalments and the law', () => {
	const spaced = (every: number, unit: 'day' | 'month' = 'day', over: Partial<InstalmentRule> = {}) =>
		policy({ instalments: { ...policy().instalments!, spacing: { unit, every }, ...over } });
	test('the remainder is on the first part', () =>
		expect(
			option(quote(input({ invoices: [invoice({ payableMinor: euros('100.00') })] })), 'plan_3').instalments.map(
				(instalment) => [instalment.dueOn, instalment.amountMinor]
			)
		).toEqual([
			['2026-11-21', 3334n],
			['2026-12-11', 3333n],
			['2026-12-31', 3333n]
		]));
	test('business: +20/+40/+60 of the invoice is lawful, +30/+60/+90 is not (60 days: 2026-12-31)', () => {
		const of = (every: number) =>
			quote(
				input({
					invoices: [invoice({ issuedOn: civilDate('2026-11-01'), dueOn: addDays(civilDate('2026-11-01'), every) })],
					policy: spaced(every, 'day', { firstPart: 'on_due_date' }),
					at: new Date('2026-11-02T10:00:00Z')
				})
			);
		expect(option(of(20), 'plan_3').instalments.map((instalment) => instalment.dueOn)).toEqual([
			'2026-11-21',
			'2026-12-11',
			'2026-12-31'
		]);
		expect(reason(of(30), 'plan_3')).toBe('legal_cap');
		expect(option(of(30), 'plan_2').instalments.at(-1)!.dueOn).toBe('2026-12-31');
	});
	test('45 days end of month, in both lawful readings', () => {
		const last = (business: LegalTerms['business']) =>
			lastLawfulDay({ issuedOn: civilDate('2025-02-15'), deliveredOn: null }, 'business', { ...TERMS, business });
		expect([last('days_45_then_end_of_month'), last('end_of_month_then_days_45'), last('days_60')]).toEqual([
			'2025-04-30',
			'2025-04-14',
			'2025-04-16'
		]);
	});
	test('consumers: delivery + 0/25/50 is lawful, 0/30/60 is credit, 14 days for a large online seller, no date no plan', () => {
		const of = (every: number, over: Partial<QuotedInvoice> = {}, isLargeOnlineSeller = false) =>
			quote(
				input({
					clientKind: 'consumer',
					invoices: [invoice({ deliveredOn: civilDate('2026-11-21'), ...over })],
					policy: spaced(every),
					supplier: { timeZone: 'Europe/Paris', country: 'FR', terms: { ...TERMS, isLargeOnlineSeller } }
				})
			);
		expect(option(of(25), 'plan_3').instalments.at(-1)!.dueOn).toBe('2027-01-10');
		expect(reason(of(30), 'plan_3')).toBe('legal_cap');
		expect(option(of(30), 'plan_2').instalments).toHaveLength(2);
		expect(reason(of(25, {}, true), 'plan_2')).toBe('legal_cap');
		expect(option(of(7, {}, true), 'plan_3').instalments).toHaveLength(3);
		expect(reason(of(25, { deliveredOn: null }), 'plan_2')).toBe('delivery_date_missing');
		expect(reason(of(25, { isFactored: true }), 'plan_2')).toBe('factored');
	});
	test('a business late already may settle in parts, and it is said to be a settlement', () => {
		const late = quote(input({ at: new Date('2026-12-20T10:00:00Z'), policy: spaced(1, 'month') }));
		expect(option(late, 'plan_3')).toMatchObject({ isSettlement: true });
		expect(option(late, 'plan_3').instalments.map((instalment) => instalment.dueOn)).toEqual([
			'2026-12-20',
			'2027-01-20',
			'2027-02-20'
		]);
	});
	test('months are counted from the first date: the 31st stays the last day', () => {
		expect([1, 2, 3].map((n) => addMonths(civilDate('2027-01-31'), n))).toEqual([
			'2027-02-28',
			'2027-03-31',
			'2027-04-30'
		]);
		expect([addMonths(civilDate('2026-12-15'), 1), endOfMonth(civilDate('2028-02-03'))]).toEqual([
			'2027-01-15',
			'2028-02-29'
		]);
	});
	test('minimum, maximum, and the 10,000 EUR of a SEPA debit are of the first part', () => {
		const of = (payable: string, over: Partial<InstalmentRule> = {}) =>
			quote(input({ invoices: [invoice({ payableMinor: euros(payable) })], policy: spaced(20, 'day', over) }));
		expect(reason(of('99.99'), 'plan_2')).toBe('below_minimum');
		expect(reason(of('500.01', { maxMinor: euros('500.00') }), 'plan_2')).toBe('above_maximum');
		expect(option(of('15000.00'), 'now').methods).toEqual(['card']);
		expect(option(of('15000.00'), 'plan_2').methods).toEqual(['card', 'sepa_debit']);
	});
});

describe('for every input', () => {
	const day = fc.integer({ min: 0, max: 800 }).map((n) => addDays(civilDate('2026-01-01'), n));
	const line = fc
		.tuple(fc.constantFrom(0, 210, 550, 1000, 2000), fc.bigInt({ min: 0n, max: 5_000_000n }))
		.map(([rateBps, base]) => ({
			category: 'S',
			rateBps,
			baseMinor: minor(base),
			vatMinor: minor((base * BigInt(rateBps) + 5000n) / 10_000n)
		}));
	const agreedStep = fc.record({
		days: fc.integer({ min: -5, max: 40 }),
		discountBps: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: null }),
		baseMinor: fc.option(fc.bigInt({ min: 1n, max: 900_000n }).map(minor), { nil: null }),
		amountMinor: fc.option(fc.bigInt({ min: 1n, max: 900_000n }).map(minor), { nil: null })
	});
	const anInvoice = fc
		.record({
			issuedOn: day,
			terms: fc.integer({ min: 0, max: 60 }),
			lines: fc.array(line, { maxLength: 4 }),
			paidBps: fc.integer({ min: 0, max: 10_000 }),
			freightBps: fc.integer({ min: 0, max: 10_000 }),
			isDeposit: fc.boolean(),
			hasDiscount: fc.boolean(),
			isFactored: fc.boolean(),
			delivered: fc.option(fc.integer({ min: -10, max: 20 }), { nil: null }),
			steps: fc.array(agreedStep, { maxLength: 2 }),
			shares: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 3 })
		})
		.map(
			({
				issuedOn,
				terms,
				lines,
				paidBps,
				freightBps,
				delivered,
				steps,
				shares,
				...flags
			}): Omit<QuotedInvoice, 'invoiceId'> => {
				const gross = lines.reduce((sum, row) => sum + row.baseMinor + row.vatMinor, 0n) || 12_345n;
				const payable = gross - (gross * BigInt(paidBps)) / 10_000n;
				return {
					issuedOn,
					dueOn: addDays(issuedOn, terms),
					deliveredOn: delivered === null ? null : addDays(issuedOn, delivered),
					payableMinor: minor(payable),
					freightMinor: minor((payable * BigInt(freightBps)) / 10_000n),
					vatLines: lines,
					netMinor: null,
					isHeld: false,
					debtMinor: minor(gross),
					agreed: {
						discounts: steps.map(({ days, ...step }) => ({ ...step, until: addDays(issuedOn, days) })),
						// The last instalment is what is left.
						parts: shares.map((days, i) => ({
							dueOn: addDays(issuedOn, days),
							amountMinor: minor(i === 0 ? gross - (gross / 4n) * BigInt(shares.length - 1) : gross / 4n)
						}))
					},
					...flags
				};
			}
		);
	const tier = fc.record({
		discountBps: fc.integer({ min: 1, max: 2000 }),
		counted: fc.constantFrom('from_issue' as const, 'before_due' as const),
		days: fc.integer({ min: 0, max: 45 })
	});
	const aPolicy: fc.Arbitrary<OfferPolicy> = fc.record({
		version: fc.constant(1),
		validFrom: fc.option(day, { nil: null }),
		validUntil: fc.option(day, { nil: null }),
		methods: fc.constantFrom(['card'], ['sepa_debit'], ['card', 'sepa_debit']) as fc.Arbitrary<OfferPolicy['methods']>,
		discount: fc.option(
			fc.record({
				tiers: fc.array(tier, { minLength: 1, maxLength: 3 }),
				capMinor: fc.option(fc.bigInt({ min: 1n, max: 50_000n }).map(minor), { nil: null }),
				vatMode: fc.constantFrom('adjusted' as const, 'net_of_tax' as const, 'by_law' as const),
				excludes: fc.subarray<DiscountExclusion>(['freight', 'deposits'])
			}),
			{ nil: null }
		),
		instalments: fc.option(
			fc.record({
				counts: fc.constantFrom<InstalmentRule['counts']>([2], [3], [2, 3]),
				minMinor: fc.bigInt({ min: 0n, max: 50_000n }).map(minor),
				maxMinor: fc.option(fc.bigInt({ min: 50_000n, max: 9_000_000n }).map(minor), { nil: null }),
				spacing: fc.record({
					unit: fc.constantFrom('day' as const, 'month' as const),
					every: fc.integer({ min: 1, max: 30 })
				}),
				firstPart: fc.constantFrom('now' as const, 'on_due_date' as const),
				who: fc.constantFrom('everyone' as const, 'never_late' as const)
			}),
			{ nil: null }
		)
	});
	const anInput: fc.Arbitrary<QuoteInput> = fc.record({
		invoices: fc
			.array(anInvoice, { minLength: 1, maxLength: 4 })
			.map((list) => list.map((one, i) => ({ ...one, invoiceId: `i${i}` }))),
		policy: aPolicy,
		clientKind: fc.constantFrom('business' as const, 'consumer' as const),
		neverLate: fc.boolean(),
		supplier: fc.record({
			country: fc.constantFrom('FR', 'BE', 'DE'),
			timeZone: fc.constantFrom('Europe/Paris', 'America/Martinique', 'Indian/Reunion', 'Pacific/Noumea', 'UTC'),
			terms: fc.record({
				business: fc.constantFrom(
					'days_60' as const,
					'days_45_then_end_of_month' as const,
					'end_of_month_then_days_45' as const
				),
				isLargeOnlineSeller: fc.boolean()
			})
		}),
		at: fc.integer({ min: 0, max: 800 * 86_400 }).map((seconds) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000))
	});
	const owed = (given: QuoteInput) =>
		given.invoices.reduce((sum, one) => sum + (one.payableMinor > 0n ? one.payableMinor : 0n), 0n);

	test('parts, lines and discounts add up to what is owed, by part and by invoice; nothing is negative', () => {
		fc.assert(
			fc.property(anInput, (given) => {
				for (const one of quote(given).options) {
					expect(one.amountMinor + one.discountMinor).toBe(owed(given));
					expect(one.instalments.reduce((sum, instalment) => sum + instalment.amountMinor, 0n)).toBe(one.amountMinor);
					for (const instalment of one.instalments) {
						expect(instalment.amountMinor > 0n).toBe(true);
						expect(instalment.lines.reduce((sum, row) => sum + row.amountMinor, 0n)).toBe(instalment.amountMinor);
						expect(instalment.lines.every((row) => row.amountMinor > 0n)).toBe(true);
					}
					for (const invoice of given.invoices.filter((candidate) => candidate.payableMinor > 0n)) {
						const paid = one.instalments
							.flatMap((instalment) => instalment.lines)
							.filter((row) => row.invoiceId === invoice.invoiceId);
						const off = one.discounts.filter((row) => row.invoiceId === invoice.invoiceId);
						const sum = [...paid.map((row) => row.amountMinor), ...off.map((row) => row.discountMinor)].reduce(
							(a, b) => a + b,
							0n
						);
						expect(sum).toBe(invoice.payableMinor);
						for (const row of off) {
							const rule = given.policy.discount;
							const isAgreed = invoice.agreed!.discounts.length > 0;
							const freight = !isAgreed && rule!.excludes.includes('freight') ? invoice.freightMinor : 0n;
							expect(row.discountMinor > 0n && row.discountMinor <= invoice.payableMinor - freight).toBe(true);
							expect(invoice.hasDiscount).toBe(false);
							expect(!isAgreed && invoice.isDeposit && rule!.excludes.includes('deposits')).toBe(false);
							if (row.vat.length)
								expect(row.vat.reduce((total, part) => total + part.grossMinor, 0n)).toBe(row.discountMinor);
							expect(row.vat.every((part) => part.vatMinor >= 0n || part.grossMinor < 0n)).toBe(true);
						}
					}
				}
			}),
			{ numRuns: 1500 }
		);
	});
	test('each kind is either offered or refused with a reason, never both', () => {
		fc.assert(
			fc.property(anInput, (given) => {
				const { options, notOffered } = quote(given);
				expect([...options, ...notOffered].map((one) => one.kind).sort()).toEqual(['early', 'now', 'plan_2', 'plan_3']);
			}),
			{ numRuns: 500 }
		);
	});
	test('waiting never earns: the discount only falls with time, and a price holds until its deadline', () => {
		fc.assert(
			fc.property(anInput, fc.integer({ min: 1, max: 40 * 86_400 }), (given, later) => {
				const lasting = { ...given, policy: { ...given.policy, validFrom: null } };
				const [first, second] = [
					quote(lasting),
					quote({ ...lasting, at: new Date(given.at.getTime() + later * 1000) })
				];
				const of = (result: Quote) => result.options.find((one) => one.kind === 'early');
				expect((of(second)?.discountMinor ?? 0n) <= (of(first)?.discountMinor ?? 0n)).toBe(true);
				const deadline = of(first)?.deadlineAt;
				if (!deadline) return;
				expect(deadline > given.at).toBe(true);
				const atTheEnd = quote({ ...lasting, at: new Date(deadline.getTime() - 1) });
				expect(of(atTheEnd)?.amountMinor).toBe(of(first)!.amountMinor);
				expect(of(quote({ ...lasting, at: deadline }))?.amountMinor ?? owed(given)).toBeGreaterThanOrEqual(
					of(first)!.amountMinor
				);
			}),
			{ numRuns: 1000 }
		);
	});
	test('a plan of parts within the law ends by the last lawful day of each invoice, unless it is a settlement', () => {
		fc.assert(
			fc.property(anInput, (given) => {
				for (const one of quote(given).options.filter(
					(candidate) => candidate.instalments.length > 1 && !candidate.isSettlement
				))
					for (const invoice of given.invoices.filter((candidate) => candidate.payableMinor > 0n)) {
						const cap = lastLawfulDay(invoice, given.clientKind, given.supplier.terms);
						// Instalments that the invoice itself asks for put nothing off: they end by its due date.
						const last = invoice.agreed!.parts.length > 1 ? invoice.dueOn : cap!;
						expect(one.instalments.at(-1)!.dueOn <= (cap !== null && cap > last ? cap : last)).toBe(true);
					}
			}),
			{ numRuns: 1500 }
		);
	});
	test('the order in which invoices are given changes nothing; nor does asking twice', () => {
		fc.assert(
			fc.property(anInput, (given) => {
				const once = quote(given);
				expect(quote({ ...given, invoices: [...given.invoices].reverse() })).toEqual(once);
				expect(quote(given)).toEqual(once);
			}),
			{ numRuns: 300 }
		);
	});
	test('a day begins when its date does, in every zone, clock changes included', () => {
		fc.assert(
			fc.property(
				day,
				fc.constantFrom(
					'Europe/Paris',
					'America/Sao_Paulo',
					'Asia/Kathmandu',
					'Australia/Lord_Howe',
					'Pacific/Apia',
					'UTC'
				),
				(date: CivilDate, zone) => {
					const start = startOfDayIn(date, zone);
					expect(civilDateIn(start, zone)).toBe(date);
					expect(civilDateIn(new Date(start.getTime() - 1), zone) < date).toBe(true);
				}
			),
			{ numRuns: 500 }
		);
	});
});
