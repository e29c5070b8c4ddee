// The last day on which points can be used, by the rule of the version that they were earned under; and how points are spent: those that end first, first.
import { addMonths, civilDate, endOfMonth, type CivilDate } from '../calendar/civil-date.ts';
import type { ExpiryRule } from './programme.ts';

/** null: they do not expire. That day is whole: they are gone when the next one begins. */
export function lastDayOfPoints(rule: ExpiryRule | null, earnedOn: CivilDate): CivilDate | null {
	if (!rule) return null;
	if (rule.kind === 'months') return addMonths(earnedOn, rule.months);
	const earliest = addMonths(earnedOn, rule.minMonths);
	const year = Number(earliest.slice(0, 4));
	const [first, second] = [yearly(rule, year), yearly(rule, year + 1)];
	return first >= earliest && first > earnedOn ? first : second;
}

/** The day of that year; the 30th of February is its last one. */
function yearly({ month, day }: { month: number; day: number }, year: number): CivilDate {
	const first = civilDate(`${year}-${String(month).padStart(2, '0')}-01`);
	const last = endOfMonth(first);
	return day >= Number(last.slice(8)) ? last : civilDate(`${last.slice(0, 8)}${String(day).padStart(2, '0')}`);
}
