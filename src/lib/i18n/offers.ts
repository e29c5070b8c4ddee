// Choices and their conditions in words. What somebody agrees to is written here once: the page shows it, the evidence keeps it.
import { m } from '#lib/paraglide/messages.js';
import type { OptionView, PayWords, RefusedOption } from '../contract/views.ts';
import { formatDay } from '../domain/calendar/format.ts';
import { formatMoney, type Locale } from '../domain/money/format.ts';
import { minor, type Minor } from '../domain/money/minor.ts';
import { optionTitle } from './option-titles.ts';
import type { NotOfferedReason } from '../domain/offers/quoted.ts';

/** Changes whenever the sentences below do: evidence says which wording was agreed to. */
export const TERMS_VERSION = '2026-11-26.1';

type Say = { locale: Locale };
/** A choice in a few words, for a mail: "1 176,00 € jusqu'au 27 novembre 2026". */
export function optionSummary(
	{ amountMinor, lastDay, instalments }: Pick<OptionView, 'amountMinor' | 'lastDay' | 'instalments'>,
	currency: string,
	locale: Locale
): string {
	const money = (amount: Minor) => formatMoney(amount, currency, locale);
	if (instalments.length === 1)
		return m.option_summary_early(
			{ amount: money(amountMinor), date: lastDay ? formatDay(lastDay, locale) : '' },
			{ locale }
		);
	return instalments
		.map((instalment) =>
			m.option_summary_part(
				{ amount: money(instalment.amountMinor), date: formatDay(instalment.dueOn, locale) },
				{ locale }
			)
		)
		.join(', ');
}

/** Points that are used are part of what is agreed to, and what becomes of them if nothing comes of it. */
const withPoints = (
	text: string,
	{ pointsUsed }: Pick<OptionView, 'pointsUsed'>,
	{ money, say }: { money: (amount: Minor) => string; say: Say }
): string =>
	pointsUsed
		? `${text} ${m.consent_points({ count: pointsUsed.points, amount: money(pointsUsed.valueMinor) }, say)}`
		: text;

/** The sentence that is agreed to by paying: what, how much, until when, and what becomes of it if the money comes back. */
export function consentText(
	option: Pick<
		OptionView,
		'kind' | 'amountMinor' | 'dueNowMinor' | 'discountMinor' | 'lastDay' | 'instalments' | 'isSettlement' | 'pointsUsed'
	>,
	{
		currency,
		supplier,
		locale,
		cureDays,
		isLastInstalment = false
	}: { currency: string; supplier: string; locale: Locale; cureDays: number; isLastInstalment?: boolean }
): string {
	const say: Say = { locale };
	const money = (amount: Minor) => formatMoney(amount, currency, locale);
	if (option.kind === 'now')
		return withPoints(m.consent_now({ amount: money(option.amountMinor), supplier }, say), option, { money, say });
	if (option.kind === 'early')
		return withPoints(
			m.consent_early(
				{
					amount: money(option.amountMinor),
					discount: money(option.discountMinor),
					full: money(minor(option.amountMinor + option.discountMinor + (option.pointsUsed?.valueMinor ?? 0n))),
					date: option.lastDay ? formatDay(option.lastDay, locale) : '',
					supplier
				},
				say
			),
			option,
			{ money, say }
		);
	if (option.kind === 'next_part' || option.kind === 'all_parts') {
		const words = { amount: money(option.amountMinor), supplier };
		if (option.kind === 'all_parts') return m.consent_all_parts(words, say);
		return isLastInstalment ? m.consent_last_part(words, say) : m.consent_next_part(words, say);
	}
	const instalments = option.instalments.map(
		(instalment) => `${money(instalment.amountMinor)} ${m.on_day({ date: formatDay(instalment.dueOn, locale) }, say)}`
	);
	const text = (option.dueNowMinor > 0n ? m.consent_plan : m.consent_plan_later)(
		{
			count: option.instalments.length,
			parts: instalments.join(', '),
			amount: money(option.amountMinor),
			supplier,
			cure: cureDays
		},
		say
	);
	return option.isSettlement ? `${text} ${m.consent_settlement({}, say)}` : text;
}

type Terms = Parameters<typeof consentText>[1];
/** What is agreed to, in two or three lines that are read before the button is pressed. They say nothing that `consentText` does not. */
export function promises(option: Parameters<typeof consentText>[0], terms: Terms): string[] {
	const say: Say = { locale: terms.locale };
	const money = (amount: Minor) => formatMoney(amount, terms.currency, terms.locale);
	const pays = m.promise_pay({ amount: money(option.amountMinor), supplier: terms.supplier }, say);
	switch (option.kind) {
		case 'now':
			return [pays, m.promise_receipt({}, say)];
		case 'early':
			return [pays, m.promise_receipt({}, say), m.promise_early_back({}, say)];
		case 'next_part':
			return terms.isLastInstalment ? [pays] : [pays, m.promise_method_serves({}, say)];
		case 'all_parts':
			return [pays, m.promise_nothing_else({}, say)];
		case 'plan_2':
		case 'plan_3':
			return [
				option.dueNowMinor > 0n
					? m.promise_plan_today({ amount: money(option.dueNowMinor) }, say)
					: m.promise_plan_later({}, say),
				m.promise_plan_announced({}, say),
				m.promise_plan_cure({ cure: terms.cureDays }, say)
			];
	}
}

/** A choice that is not there, and why: a person who looks for it deserves an answer. null for what nobody would look for. */
export function notOfferedText(
	{ kind, reason, limitMinor }: RefusedOption,
	currency: string,
	locale: Locale
): PayWords['reasons'][number] | null {
	const say: Say = { locale };
	const limit = limitMinor === null ? '' : formatMoney(limitMinor, currency, locale);
	const texts: Partial<Record<NotOfferedReason, () => string>> = {
		factored: () => m.why_factored({}, say),
		overdue: () => m.why_overdue({}, say),
		discount_over: () => m.why_discount_over({}, say),
		nothing_to_discount: () => m.why_nothing_to_discount({}, say),
		discount_given: () => m.why_discount_given({}, say),
		late_before: () => m.why_late_before({}, say),
		client_late: () => m.why_client_late({}, say),
		plan_broken: () => m.why_plan_broken({}, say),
		plans_full: () => m.why_plans_full({ limit }, say),
		below_minimum: () => m.why_below_minimum({ limit }, say),
		above_maximum: () => m.why_above_maximum({ limit }, say),
		delivery_date_missing: () => m.why_delivery_date_missing({}, say),
		legal_cap: () => m.why_legal_cap({}, say),
		method_missing: () => m.why_method_missing({}, say)
	};
	const why = texts[reason]?.();
	return why ? { choice: optionTitle({ kind, discountBps: null }, locale), why } : null;
}
