// TARGET business days: the days on which the euro moves. Weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December
// are closed (European Central Bank, TARGET calendar).
import { addDays, weekday, type CivilDate } from './civil-date.ts';

/** Easter Sunday of a year (anonymous Gregorian computus). */
function easterSunday(year: number): CivilDate {
	const a = year % 19;
	const b = Math.floor(year / 100);
	const c = year % 100;
	const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
	const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
	const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
	const month = String(Math.floor(f / 31)).padStart(2, '0');
	return `${year}-${month}-${String((f % 31) + 1).padStart(2, '0')}` as CivilDate;
}

export function isTargetDay(date: CivilDate): boolean {
	if (weekday(date) > 5) return false;
	const day = date.slice(5);
	if (['01-01', '05-01', '12-25', '12-26'].includes(day)) return false;
	const easter = easterSunday(Number(date.slice(0, 4)));
	return date !== addDays(easter, -2) && date !== addDays(easter, 1);
}

/** The day `count` TARGET business days after `date`. */
export function addTargetDays(date: CivilDate, count: number): CivilDate {
	let day = date;
	for (let left = count; left > 0;) {
		day = addDays(day, 1);
		if (isTargetDay(day)) left -= 1;
	}
	return day;
}

/** How many TARGET business days lie after `from`, up to and including `to`. */
export function targetDaysBetween(from: CivilDate, to: CivilDate): number {
	let count = 0;
	for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isTargetDay(day)) count += 1;
	return count;
}
