// From a quote to what a screen shows of it: the pay page's, and the supplier's preview.
import type { OptionView, RefusedOption } from './views.ts';
import { civilDateIn, addDays } from '../domain/calendar/civil-date.ts';
import { add, ZERO, type Minor } from '../domain/money/minor.ts';
import type { InvoiceDiscount, PaymentOption, Quote, QuoteInput } from '../domain/offers/quoted.ts';
import { methodsFor } from '../domain/payments/methods.ts';
import { nextInstalment, openInstalments, type Instalment } from '../domain/plans/plan.ts';
import { required } from '../domain/required.ts';

export type Asked = { quote: Quote; input: QuoteInput };

/** Best for the payer first. */
const ORDER: OptionView['kind'][] = ['early', 'now', 'plan_2', 'plan_3'];

/** Of a plan that runs: the next instalment, or all that is left. The same figures as choosePayment takes. */
export function planOptionViews(instalments: Instalment[]): OptionView[] {
	const open = openInstalments(instalments);
	const next = nextInstalment(instalments);
	const view = (kind: 'next_part' | 'all_parts', of: Instalment[]): OptionView => {
		const amountMinor = add(...of.map((instalment) => instalment.amountMinor));
		return {
			kind,
			amountMinor,
			dueNowMinor: amountMinor,
			discountMinor: ZERO,
			discountVatMinor: ZERO,
			discountBps: null,
			instalments: of.map(({ dueOn, amountMinor: instalment }) => ({ dueOn, amountMinor: instalment })),
			methods: methodsFor(amountMinor),
			endsAt: null,
			lastDay: null,
			isSettlement: false
		};
	};
	if (!next) return [];
	return open.length > 1 ? [view('next_part', [next]), view('all_parts', open)] : [view('next_part', [next])];
}

export const optionViews = ({ quote, input }: Asked): OptionView[] =>
	quote.options
		.map((option) => optionView(option, quote, input.supplier.timeZone))
		.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));

const vatOf = (discounts: InvoiceDiscount[], reason: InvoiceDiscount['reason']): Minor =>
	add(...discounts.flatMap((one) => (one.reason === reason ? one.vat.map((part) => part.vatMinor) : [])));
const firstInstalment = ({ instalments }: PaymentOption) => required(instalments[0], 'part of an option');
export function dueNow(option: PaymentOption, { today }: Pick<Quote, 'today'>) {
	const { dueOn, amountMinor } = firstInstalment(option);
	return dueOn <= today ? amountMinor : ZERO;
}

export function optionView(option: PaymentOption, quote: Quote, timeZone: string): OptionView {
	const early = option.discounts.filter((discount) => discount.reason === 'early');
	const [rate, ...otherRates] = new Set(early.map((discount) => discount.wholeBps));
	const isOneRate = !otherRates.length && early.length === firstInstalment(option).lines.length;
	return {
		kind: option.kind,
		amountMinor: option.amountMinor,
		dueNowMinor: dueNow(option, quote),
		discountMinor: add(...early.map((discount) => discount.discountMinor)),
		pointsUsed: option.pointsUsed && { ...option.pointsUsed, vatMinor: vatOf(option.discounts, 'points') },
		pointsPreview: option.pointsPreview,
		discountVatMinor: vatOf(option.discounts, 'early'),
		discountBps: isOneRate ? (rate ?? null) : null,
		instalments: option.instalments.map(({ dueOn, amountMinor }) => ({ dueOn, amountMinor })),
		methods: methodsFor(firstInstalment(option).amountMinor).map((method) =>
			method.offered && !option.methods.includes(method.type)
				? { type: method.type, offered: false, reason: 'not_in_offer' }
				: method
		),
		endsAt: option.deadlineAt,
		lastDay: option.deadlineAt && addDays(civilDateIn(option.deadlineAt, timeZone), -1),
		isSettlement: option.isSettlement
	};
}

export const refusedViews = ({ quote, input: { policy } }: Asked): RefusedOption[] =>
	quote.notOffered.map(({ kind, reason }) => ({
		kind,
		reason,
		limitMinor:
			reason === 'below_minimum'
				? (policy.instalments?.minMinor ?? null)
				: reason === 'above_maximum'
					? (policy.instalments?.maxMinor ?? null)
					: reason === 'plans_full'
						? (policy.instalments?.caution?.clientMaxMinor ?? null)
						: null
	}));
