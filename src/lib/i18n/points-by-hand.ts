// What is wrong with a correction of points by hand, or with the reason of a stop, beside the field that mends it.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import { pointsText } from './points-rules.ts';

export type ByHandMistake = { field: 'points' | 'reason'; text: string };
type Refused = { code: string; detail: { [key: string]: string } };

/** null: nothing that a field can mend. `points`: as they were typed. */
export function byHandMistake({ code, detail }: Refused, locale: Locale): ByHandMistake | null {
	const say = { locale };
	const balance = detail['balance'] === undefined ? null : Number(detail['balance']);
	if (code === 'points_not_enough' && balance !== null)
		return {
			field: 'points',
			text:
				balance > 0
					? m.client_points_mistake_below({ balance: pointsText(balance, locale) }, say)
					: m.client_points_mistake_nothing({}, say)
		};
	if (code !== 'input_invalid') return null;
	if (detail['field'] === 'reason') return { field: 'reason', text: m.client_points_mistake_reason({}, say) };
	if (detail['field'] !== 'points') return null;
	return {
		field: 'points',
		text: balance === null ? m.client_points_mistake_points({}, say) : m.client_points_mistake_above({}, say)
	};
}
