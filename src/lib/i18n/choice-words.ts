// The lines under each priced choice, in words: what is gained, until when, what follows, what it earns. Written where the price is, so that no phone carries
// them all in two languages.
import { m } from '#lib/paraglide/messages.js';
import type { ChoiceWords, OptionView } from '../contract/views.ts';
import { formatDay } from '../domain/calendar/format.ts';
import { formatMoney, type Locale } from '../domain/money/format.ts';
import type { Minor } from '../domain/money/minor.ts';
import { signedPoints } from './points.ts';
import { pointsText } from './points-rules.ts';

export function choiceWords(option: OptionView, currency: string, locale: Locale): ChoiceWords {
	const say = { locale };
	const money = (amount: Minor): string => formatMoney(amount, currency, locale);
	const { kind, discountMinor, pointsPreview } = option;
	return {
		...(kind === 'early' ? { gain: m.option_gain({ amount: money(discountMinor) }, say) } : {}),
		text: kind === 'early' ? '' : afterwards(option, locale),
		...detailOf(option, { money, locale }),
		...(pointsPreview && pointsPreview.points > 0
			? {
					points: m.points_gain(
						{ count: pointsPreview.points, points: signedPoints(pointsPreview.points, locale) },
						say
					)
				}
			: {}),
		...(pointsPreview && pointsPreview.sepa > 0 && takesSepa(option)
			? { sepa: m.points_sepa_more({ points: pointsText(pointsPreview.sepa, locale) }, say) }
			: {})
	};
}

/** What the chosen one opens. */
function detailOf(
	{ kind, lastDay, discountVatMinor, isSettlement, amountMinor }: OptionView,
	{ money, locale }: { money: (amount: Minor) => string; locale: Locale }
): Pick<ChoiceWords, 'detail'> {
	const say = { locale };
	if (kind === 'early') {
		const until = lastDay && m.option_until_when({ date: formatDay(lastDay, locale, 'weekday') }, say);
		const vat = discountVatMinor > 0n && `${m.option_vat_less({ amount: money(discountVatMinor) }, say)}.`;
		return { detail: [until, vat].filter(Boolean).join(' ') };
	}
	if (isSettlement) return { detail: m.plan_settlement({}, say) };
	return kind === 'plan_2' || kind === 'plan_3'
		? { detail: m.option_plan_total({ amount: money(amountMinor) }, say) }
		: {};
}

const takesSepa = ({ methods }: OptionView): boolean =>
	methods.some((method) => method.type === 'sepa_debit' && method.offered);

/** What follows the first payment. */
function afterwards({ kind, dueNowMinor, instalments }: OptionView, locale: Locale): string {
	const say = { locale };
	const dayOf = (at: number): string => {
		const instalment = instalments.at(at);
		return instalment ? formatDay(instalment.dueOn, locale, 'yearly') : '';
	};
	switch (kind) {
		case 'plan_2':
		case 'plan_3':
			if (dueNowMinor === 0n) return m.plan_auto_later({ date: dayOf(0) }, say);
			return instalments.length === 2
				? m.plan_auto_one({ date: dayOf(1) }, say)
				: m.plan_auto({ date: dayOf(-1) }, say);
		case 'next_part':
			return m.option_due_on({ date: dayOf(0) }, say);
		case 'all_parts':
			return m.option_ends_plan({}, say);
		default:
			return '';
	}
}
