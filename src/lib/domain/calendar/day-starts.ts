// When a civil day begins in a time zone.
import { civilDateIn, type CivilDate } from './civil-date.ts';

const DAY_MS = 86_400_000;
const starts = new Map<string, number>();
/**
 * The first instant of a civil day in a time zone: midnight, or what comes in its place where clocks jump over it. Found by search, so that no
 * offset is assumed; kept, because a day's start does not change.
 */
export function startOfDayIn(day: CivilDate, timeZone: string): Date {
	const key = `${timeZone} ${day}`;
	const known = starts.get(key);
	if (known !== undefined) return new Date(known);
	let [before, after] = [Date.parse(day) - DAY_MS, Date.parse(day) + DAY_MS];
	while (after - before > 1) {
		const middle = Math.floor((before + after) / 2);
		if (civilDateIn(new Date(middle), timeZone) >= day) after = middle;
		else before = middle;
	}
	if (starts.size > 4096) starts.clear();
	starts.set(key, after);
	return new Date(after);
}

/** The middle of a civil day: what is known by its day alone is taken to have happened then. */
export const noonOf = (day: CivilDate, timeZone: string): Date =>
	new Date(startOfDayIn(day, timeZone).getTime() + 12 * 3_600_000);
