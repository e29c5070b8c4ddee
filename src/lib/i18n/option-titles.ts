// What a choice is called.
import { m } from '#lib/paraglide/messages.js';
import type { OptionView } from '../contract/views.ts';
import { formatRate, type Locale } from '../domain/money/format.ts';
import type { ChoiceKind } from '../domain/offers/quoted.ts';

type Say = { locale: Locale };
export function optionTitle({ kind, discountBps }: Pick<OptionView, 'kind' | 'discountBps'>, locale: Locale): string {
	const say: Say = { locale };
	const titles: Record<ChoiceKind, () => string> = {
		now: () => m.option_now({}, say),
		early: () =>
			discountBps === null
				? m.option_early({}, say)
				: m.option_early_rate({ rate: formatRate(discountBps, locale) }, say),
		plan_2: () => m.option_plan({ count: 2 }, say),
		plan_3: () => m.option_plan({ count: 3 }, say),
		next_part: () => m.option_next_part({}, say),
		all_parts: () => m.option_all_parts({}, say)
	};
	return titles[kind]();
}
