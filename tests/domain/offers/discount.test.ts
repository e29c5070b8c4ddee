// The discount of one invoice on one day, worked out by hand: which of several, how far it is the whole, and its VAT.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import type { AgreedDiscount } from '#lib/domain/invoices/agreed-terms.ts';
import type { VatLine } from '#lib/domain/invoices/document.ts';
import { minor } from '#lib/domain/money/minor.ts';
import { agreedDiscountOn, discountOn, yearlyRateBps } from '#lib/domain/offers/discount.ts';
import type { DiscountRule, VatMode } from '#lib/domain/offers/policy.ts';
import type { QuotedInvoice } from '#lib/domain/offers/quoted.ts';
import { euros, invoice, vat } from '../../builders/quotes.ts';

const TODAY = civilDate('2026-11-12'); // the day of issue; due on 12 December
const tier = (discountBps: number, days: number) => ({ discountBps, counted: 'from_issue' as const, days });
const offered = (rule: Partial<DiscountRule>, over: Partial<QuotedInvoice> = {}) =>
	discountOn(
		{ tiers: [tier(200, 10)], capMinor: null, vatMode: 'adjusted', excludes: [], ...rule },
		invoice(over),
		TODAY,
		'FR'
	);

describe('of several tiers', () => {
	test('the one that gives most, in whatever order they are written', () => {
		for (const tiers of [
			[tier(300, 5), tier(100, 10)],
			[tier(100, 10), tier(300, 5)]
		])
			expect(offered({ tiers })).toMatchObject({ discountMinor: 3_600n, lastDay: '2026-11-17' });
	});
	test('where a cap makes two equal, the one that lasts longer', () => {
		for (const tiers of [
			[tier(300, 5), tier(100, 10)],
			[tier(100, 10), tier(300, 5)]
		])
			expect(offered({ tiers, capMinor: euros('10.00') })).toMatchObject({
				discountMinor: 1_000n,
				lastDay: '2026-11-22'
			});
	});
	test('a discount that rounds to nothing is none', () => {
		expect(offered({}, { payableMinor: minor(1n) })).toBeNull();
		expect(offered({}, { payableMinor: minor(25n) })).toMatchObject({ discountMinor: 1n });
	});
});

describe('the rate is said of the whole only', () => {
	test.each([
		['all of it', {}, {}, 200],
		['a cap that takes nothing', { capMinor: euros('24.00') }, {}, 200],
		['a cap that takes a cent', { capMinor: euros('23.99') }, {}, null],
		['freight that is left out', { excludes: ['freight' as const] }, { freightMinor: euros('120.00') }, null],
		['an invoice without freight', { excludes: ['freight' as const] }, {}, 200]
	])('%s', (_, rule, over, wholeBps) => expect(offered(rule, over)?.wholeBps).toBe(wholeBps));
});

describe('VAT of the discount', () => {
	const shares = (vatMode: VatMode, vatLines: VatLine[], payable: string) => {
		const found = offered({ vatMode }, { vatLines, payableMinor: euros(payable) });
		return [found?.discountMinor, found?.vat.map((one) => [one.rateBps, one.grossMinor, one.vatMinor])];
	};
	test('net of tax it is shared by what each rate is without VAT, and no VAT moves', () => {
		// 2 % of 200.00; by 220.00 with VAT the shares would be 2.18 and 1.82.
		expect(shares('net_of_tax', [vat(2000, '100.00', '20.00'), vat(0, '100.00', '0.00')], '220.00')).toEqual([
			400n,
			[
				[2000, 200n, 0n],
				[0, 200n, 0n]
			]
		]);
		expect(shares('adjusted', [vat(2000, '100.00', '20.00'), vat(0, '100.00', '0.00')], '220.00')).toEqual([
			440n,
			[
				[2000, 240n, 40n],
				[0, 200n, 0n]
			]
		]);
	});
	test('a rate of nothing has nothing of it; an exempt invoice has a split all the same', () => {
		expect(shares('adjusted', [vat(2000, '100.00', '20.00'), vat(0, '0.00', '0.00')], '120.00')).toEqual([
			240n,
			[
				[2000, 240n, 40n],
				[0, 0n, 0n]
			]
		]);
		expect(shares('net_of_tax', [vat(0, '100.00', '0.00')], '100.00')).toEqual([200n, [[0, 200n, 0n]]]);
	});
	test.each([
		['a negative line', [vat(2000, '100.00', '20.00'), vat(550, '-10.00', '-0.55')], '109.45', 219n],
		['a negative base', [vat(2000, '300.00', '60.00'), vat(0, '-100.00', '0.00')], '260.00', 520n],
		['negative VAT', [vat(2000, '100.00', '-20.00'), vat(2000, '100.00', '30.00')], '210.00', 420n]
	])('%s: the discount is of what is paid, and no split is made up', (_, vatLines, payable, discountMinor) =>
		expect(shares('adjusted', vatLines, payable)).toEqual([discountMinor, []])
	);
	test.each([
		['without a split', [], '120.00', 240n],
		['VAT alone', [vat(2000, '0.00', '5.00')], '5.00', 10n],
		['less than nothing without VAT', [vat(2000, '-10.00', '50.00')], '40.00', 80n],
		['VAT that is less than nothing', [vat(2000, '100.00', '-20.00')], '80.00', 160n]
	])('net of tax, %s: all that is paid counts as without VAT', (_, vatLines, payable, discountMinor) =>
		expect(shares('net_of_tax', vatLines, payable)).toEqual([discountMinor, []])
	);
});

describe('what the invoice itself grants', () => {
	const step = (over: Partial<AgreedDiscount> = {}): AgreedDiscount => ({
		until: civilDate('2026-11-22'),
		discountBps: 300,
		baseMinor: null,
		amountMinor: null,
		...over
	});
	const agreed = (
		discounts: AgreedDiscount[],
		{ vatMode = 'adjusted' as VatMode, today = TODAY, over = {} as Partial<QuotedInvoice> } = {}
	) =>
		agreedDiscountOn(invoice({ agreed: { discounts, parts: [] }, debtMinor: euros('1200.00'), ...over }), today, {
			vatMode,
			country: 'FR'
		});
	test('ends with the due date at the latest', () => {
		const long = [step({ until: civilDate('2026-12-31') })];
		expect(agreed(long)?.lastDay).toBe('2026-12-12');
		expect(agreed(long, { today: civilDate('2026-12-12') })?.lastDay).toBe('2026-12-12');
		expect(agreed(long, { today: civilDate('2026-12-13') })).toBeNull();
	});
	test('is none when it is all there is to pay, or when nothing was asked', () => {
		expect(agreed([step({ amountMinor: euros('1200.00') })])).toBeNull();
		expect(agreed([step({ amountMinor: euros('1199.99') })])).toMatchObject({ discountMinor: 119_999n });
		expect(agreed([step()], { over: { debtMinor: minor(0n) } })).toBeNull();
	});
	test('names its rate only where the rate is of the whole', () => {
		expect([
			agreed([step()])?.wholeBps,
			agreed([step({ baseMinor: euros('1200.00') })])?.wholeBps,
			agreed([step({ baseMinor: euros('1000.00') })])?.wholeBps,
			agreed([step({ amountMinor: euros('20.01') })])?.wholeBps
		]).toEqual([300, 300, null, null]);
	});
	test('of several, the largest; of equal ones, the one that lasts longer; in whatever order', () => {
		const [large, small] = [step({ until: civilDate('2026-11-17') }), step({ discountBps: 100 })];
		const later = step({ until: civilDate('2026-11-30') });
		for (const list of [
			[large, small],
			[small, large]
		])
			expect(agreed(list)).toMatchObject({ discountMinor: 3_600n, lastDay: '2026-11-17' });
		for (const list of [
			[large, later],
			[later, large]
		])
			expect(agreed(list)).toMatchObject({ discountMinor: 3_600n, lastDay: '2026-11-30' });
	});
	test('net of tax a rate is of what is without VAT, a base that is named is as it is named', () => {
		const net = (over: Partial<AgreedDiscount>, more: Partial<QuotedInvoice> = {}) =>
			agreed([step(over)], { vatMode: 'net_of_tax', over: more });
		expect(net({})).toMatchObject({ discountMinor: 3_000n, vat: [{ grossMinor: 3_000n, vatMinor: 0n }] });
		expect(net({}, { payableMinor: euros('600.00') })).toMatchObject({ discountMinor: 1_500n });
		expect(net({ baseMinor: euros('500.00') })).toMatchObject({ discountMinor: 1_500n });
		expect(net({}, { vatLines: [] })).toMatchObject({ discountMinor: 3_600n, vat: [] });
	});
});
test('a discount of everything has no yearly rate', () => {
	expect([yearlyRateBps(10_000, 20), yearlyRateBps(9_999, 365), yearlyRateBps(200, -1)]).toEqual([
		null,
		99_990_000,
		null
	]);
});
