// Why a choice is not offered, each reason at its edge; and what is the same for one invoice and for several.
import { describe, expect, test } from 'vitest';
import { civilDate } from '#lib/domain/calendar/civil-date.ts';
import { minor } from '#lib/domain/money/minor.ts';
import type { PlanCaution, PlanHistory } from '#lib/domain/offers/caution.ts';
import type { DiscountRule, InstalmentRule, OfferPolicy } from '#lib/domain/offers/policy.ts';
import { quote } from '#lib/domain/offers/quote.ts';
import type { QuotedInvoice, QuoteInput } from '#lib/domain/offers/quoted.ts';
import { euros, input, invoice, offered, option, policy, reason } from '../../builders/quotes.ts';

// 21 November 2026; the invoice was issued on the 12th and is due on 12 December.
const ask = (over: Partial<QuoteInput> = {}) => quote(input(over));
const of = (...invoices: Partial<QuotedInvoice>[]) => ({
	invoices: invoices.map((one, i) => invoice({ invoiceId: `i${i}`, ...one }))
});
const discount = (over: Partial<DiscountRule>): { policy: OfferPolicy } => {
	const base = policy();
	return { policy: { ...base, discount: base.discount && { ...base.discount, ...over } } };
};
const instalments = (over: Partial<InstalmentRule>, more: Partial<OfferPolicy> = {}): { policy: OfferPolicy } => {
	const base = policy(more);
	return { policy: { ...base, instalments: base.instalments && { ...base.instalments, ...over } } };
};

test('nothing to pay: nothing is offered, and that is the reason of each', () => {
	for (const none of [{ invoices: [] }, of({ payableMinor: minor(0n) }), of({ payableMinor: euros('-50.00') })])
		expect(ask(none)).toMatchObject({
			options: [],
			notOffered: ['now', 'early', 'plan_2', 'plan_3'].map((kind) => ({ kind, reason: 'nothing_to_pay' }))
		});
});
test('a credit note and a paid invoice beside another neither lower what is asked nor have a line', () => {
	const now = option(ask(of({ payableMinor: euros('-50.00') }, {}, { payableMinor: minor(0n) })), 'now');
	expect([now.amountMinor, now.instalments]).toEqual([
		120_000n,
		[{ dueOn: '2026-11-21', amountMinor: 120_000n, lines: [{ invoiceId: 'i1', amountMinor: 120_000n }] }]
	]);
});
test('oldest due first; of one day, by id', () => {
	const some = ['b', 'd', 'a', 'c'].map((invoiceId) =>
		invoice({ invoiceId, dueOn: civilDate(invoiceId === 'd' ? '2026-12-11' : '2026-12-12') })
	);
	for (const invoices of [some, [...some].reverse(), [...some].sort((a, b) => (a.invoiceId < b.invoiceId ? -1 : 1))])
		expect(option(ask({ invoices }), 'now').instalments[0]?.lines.map((line) => line.invoiceId)).toEqual([
			'd',
			'a',
			'b',
			'c'
		]);
});
test('an invoice that its discount pays whole has no line', () => {
	const tiers = [{ discountBps: 5_000, counted: 'from_issue' as const, days: 15 }];
	const early = option(ask({ ...of({ payableMinor: minor(1n) }, {}), ...discount({ tiers }) }), 'early');
	expect([early.amountMinor, early.discountMinor, early.isSettlement, early.instalments[0]?.lines]).toEqual([
		60_000n,
		60_001n,
		false,
		[{ invoiceId: 'i1', amountMinor: 60_000n }]
	]);
});
test('where offer and invoice give the same, the one that lasts longer counts', () => {
	const until = (day: string) => {
		const discounts = [{ until: civilDate(day), discountBps: null, baseMinor: null, amountMinor: euros('24.00') }];
		return option(ask(of({ agreed: { discounts, parts: [] } })), 'early').deadlineAt?.toISOString();
	};
	expect([until('2026-12-05'), until('2026-11-22')]).toEqual(['2026-12-05T23:00:00.000Z', '2026-11-27T23:00:00.000Z']);
});

describe('no discount', () => {
	const why = (over: Partial<QuoteInput>) => reason(ask(over), 'early');
	const twoTiers = [
		{ discountBps: 300, counted: 'from_issue' as const, days: 5 },
		{ discountBps: 200, counted: 'from_issue' as const, days: 9 }
	];
	test('there is none in the offer, or the invoice is sold to a factor', () => {
		expect(why({ policy: policy({ discount: null }) })).toBe('not_in_policy');
		expect(why(discount({ tiers: [] }))).toBe('not_in_policy');
		expect(why(of({ isFactored: true }))).toBe('factored');
	});
	test('of the due date itself it is over, not late', () => {
		const due = of({ dueOn: civilDate('2026-11-21'), issuedOn: civilDate('2026-11-01') });
		expect(why(due)).toBe('discount_over');
		expect(why(of({ dueOn: civilDate('2026-11-20'), issuedOn: civilDate('2026-11-01') }))).toBe('overdue');
	});
	test('as long as one tier lasts, its last day included, it is not over: there is nothing to discount', () =>
		expect(why({ ...of({ isDeposit: true }), ...discount({ tiers: twoTiers, excludes: ['deposits'] }) })).toBe(
			'nothing_to_discount'
		));
	test('the policy begins on its first day and ends with its last', () => {
		const valid = (validFrom: string | null, validUntil: string | null) =>
			ask({
				policy: policy({
					validFrom: validFrom === null ? null : civilDate(validFrom),
					validUntil: validUntil === null ? null : civilDate(validUntil)
				})
			});
		for (const [from, until] of [
			['2026-11-21', null],
			[null, '2026-11-21'],
			['2026-11-21', '2026-11-21'],
			['2026-01-01', '2026-12-31']
		] as const)
			expect(valid(from, until).notOffered).toEqual([]);
		for (const [from, until] of [
			['2026-11-22', null],
			[null, '2026-11-20'],
			['2026-11-22', '2026-12-31']
		] as const)
			expect(valid(from, until).notOffered).toEqual(
				['early', 'plan_2', 'plan_3'].map((kind) => ({ kind, reason: 'policy_not_valid' }))
			);
	});
});

describe('no means of payment', () => {
	const sepaOnly = policy({ methods: ['sepa_debit'] });
	test('carries so much: in parts it may', () => {
		const large = ask({ ...of({ payableMinor: euros('15000.00') }), policy: sepaOnly });
		expect(reason(large, 'now')).toBe('method_missing');
		expect(option(large, 'plan_2').methods).toEqual(['sepa_debit']);
		expect(reason(ask({ ...of({ payableMinor: euros('20000.02') }), policy: sepaOnly }), 'plan_2')).toBe(
			'method_missing'
		);
	});
	test('is asked for a part that it can’t carry: unequal parts are paid by what carries the largest', () => {
		const instalments = [
			{ dueOn: civilDate('2026-12-01'), amountMinor: euros('12000.00') },
			{ dueOn: civilDate('2026-12-12'), amountMinor: euros('3000.00') }
		];
		const agreed = of({ payableMinor: euros('15000.00'), agreed: { discounts: [], parts: instalments } });
		expect(option(ask(agreed), 'plan_2')).toMatchObject({ methods: ['card'], discounts: [] });
	});
});

describe('no plan', () => {
	const why = (over: Partial<QuoteInput>) => offered(ask(over), 'plan_2');
	test('of another number of parts than the offer has', () => {
		expect(reason(ask(instalments({ counts: [2] })), 'plan_3')).toBe('not_in_policy');
		expect(reason(ask({ policy: policy({ instalments: null }) }), 'plan_2')).toBe('not_in_policy');
	});
	test('when one invoice among others is sold to a factor', () =>
		expect(why(of({}, { isFactored: true }))).toBe('factored'));
	test('lateness of before counts only where the offer says so', () => {
		expect(why({ neverLate: false })).toMatchObject({ kind: 'plan_2', discounts: [] });
		expect(why({ ...instalments({ who: 'never_late' }), neverLate: false })).toBe('late_before');
	});
	test('smallest and largest sum are within the offer', () => {
		expect(why({ ...instalments({ maxMinor: euros('1200.00') }) })).toMatchObject({ amountMinor: 120_000n });
		expect(why({ ...instalments({ maxMinor: euros('1199.99') }) })).toBe('above_maximum');
		expect(why({ ...instalments({ minMinor: euros('1200.00') }) })).toMatchObject({ amountMinor: 120_000n });
		expect(why({ ...instalments({ minMinor: euros('1200.01') }) })).toBe('below_minimum');
	});
	test('one late invoice makes it a settlement, for a business; on the due date nothing is late', () => {
		const late = { issuedOn: civilDate('2026-10-01'), dueOn: civilDate('2026-11-20') };
		expect(why(of({}, late))).toMatchObject({ isSettlement: true });
		expect(why(of({}, { dueOn: civilDate('2026-11-21') }))).toMatchObject({ isSettlement: false });
		const consumer = { clientKind: 'consumer' as const };
		expect(why({ ...of(late), ...consumer })).toBe('delivery_date_missing');
		expect(why({ ...of({ ...late, deliveredOn: civilDate('2026-10-01') }), ...consumer })).toBe('legal_cap');
		expect(why({ ...of({ ...late, deliveredOn: civilDate('2026-11-01') }), ...consumer })).toMatchObject({
			isSettlement: false
		});
	});
	test('the parts that an invoice asks for are none once they end after its due date', () => {
		const instalments = (last: string) => [
			{ dueOn: civilDate('2026-12-01'), amountMinor: euros('500.00') },
			{ dueOn: civilDate(last), amountMinor: euros('700.00') }
		];
		const only = (last: string) =>
			why({ ...of({ agreed: { discounts: [], parts: instalments(last) } }), policy: policy({ instalments: null }) });
		expect(only('2026-12-12')).toMatchObject({ instalments: [{ amountMinor: 50_000n }, { amountMinor: 70_000n }] });
		expect(only('2026-12-13')).toBe('not_in_policy');
		// It is the last of them that counts, not the one before.
		const three = [...instalments('2026-12-05'), { dueOn: civilDate('2026-12-13'), amountMinor: euros('100.00') }];
		const longer = of({ payableMinor: euros('1300.00'), agreed: { discounts: [], parts: three } });
		expect(reason(ask({ ...longer, policy: policy({ instalments: null }) }), 'plan_3')).toBe('not_in_policy');
	});
});

describe('what the offer asks of a client before a new plan', () => {
	const caution: PlanCaution = { isForLate: false, afterBrokenDays: 30, clientMaxMinor: euros('2000.00') };
	const why = (history: Partial<PlanHistory> | null, over: Partial<QuoteInput> = {}) =>
		offered(
			ask({
				...instalments({ caution }),
				planHistory: history && { isLate: false, brokenOn: null, inPlansMinor: minor(0n), ...history },
				...over
			}),
			'plan_2'
		);
	const late = { dueOn: civilDate('2026-11-20') };
	test('nothing of what it asks stands against a client without a history', () => {
		expect(why({})).toMatchObject({ kind: 'plan_2' });
		expect(why(null)).toMatchObject({ kind: 'plan_2' });
	});
	test('late elsewhere, or with one of these very invoices; not on its due date', () => {
		expect(why({ isLate: true })).toBe('client_late');
		expect(why({}, of({}, late))).toBe('client_late');
		expect(why(null, of(late))).toBe('client_late');
		expect(why({}, of({ dueOn: civilDate('2026-11-21') }))).toMatchObject({ kind: 'plan_2' });
		// One that is paid is late no more.
		expect(why({}, of({}, { ...late, payableMinor: minor(0n) }))).toMatchObject({ isSettlement: false });
	});
	test('a plan that broke, and what is in plans already with what is asked now', () => {
		expect(why({ brokenOn: civilDate('2026-11-01') })).toBe('plan_broken');
		expect(why({ inPlansMinor: euros('800.00') })).toMatchObject({ kind: 'plan_2' });
		expect(why({ inPlansMinor: euros('800.01') })).toBe('plans_full');
	});
});
