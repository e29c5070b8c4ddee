// Civil dates are dates, not instants: what a due date is. The time zone is the supplier's (Europe/Paris by default).
import { required } from '../required.ts';
declare const brand: unique symbol;
/** A calendar day as YYYY-MM-DD. */
export type CivilDate = string & { readonly [brand]: 'CivilDate' };

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Reads YYYY-MM-DD; a day that does not exist (30 February) gives null instead of rolling over as Date does. */
export function parseCivilDate(text: string): CivilDate | null {
	const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
	if (!match) return null;
	const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
	if (month < 1 || month > 12 || year < 1900) return null;
	return day >= 1 && day <= lastDayOf(year, month) ? (text as CivilDate) : null;
}

/** @throws RangeError when the text is not a day of the calendar. */
export function civilDate(text: string): CivilDate {
	const date = parseCivilDate(text);
	if (!date) throw new RangeError(`not a day of the calendar: ${text}`);
	return date;
}

const DAY_MS = 86_400_000;
const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const written = (year: number, month: number, day: number): CivilDate =>
	`${year}-${two(month)}-${two(day)}` as CivilDate;
const digit = (date: CivilDate, at: number): number => date.charCodeAt(at) - 48;
const yearOf = (date: CivilDate): number =>
	digit(date, 0) * 1000 + digit(date, 1) * 100 + digit(date, 2) * 10 + digit(date, 3);
const monthOf = (date: CivilDate): number => digit(date, 5) * 10 + digit(date, 6);
const dayOf = (date: CivilDate): number => digit(date, 8) * 10 + digit(date, 9);
const dayNumber = (date: CivilDate): number => Date.UTC(yearOf(date), monthOf(date) - 1, dayOf(date)) / DAY_MS;
function fromDayNumber(n: number): CivilDate {
	const day = new Date(n * DAY_MS);
	return written(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate());
}

export const addDays = (date: CivilDate, days: number): CivilDate => fromDayNumber(dayNumber(date) + days);
/** Days from `from` to `to`: negative when `to` is earlier. */
export const daysBetween = (from: CivilDate, to: CivilDate): number => dayNumber(to) - dayNumber(from);
/** 1 is Monday, 7 is Sunday. */
export const weekday = (date: CivilDate): number => ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;

const zoned = new Map<string, Intl.DateTimeFormat>();
/** The calendar day that an instant falls on in a time zone. */
export function civilDateIn(instant: Date, timeZone: string): CivilDate {
	let format = zoned.get(timeZone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
		zoned.set(timeZone, format);
	}
	return format.format(instant) as CivilDate;
}

const lastDayOf = (year: number, month: number): number =>
	month === 2 && isLeap(year) ? 29 : required(DAYS_IN_MONTH[month - 1], 'month');
/** The same day of a later month; the last day of that month when it is shorter (31 January + 1 is 28 or 29 February). */
export function addMonths(date: CivilDate, months: number): CivilDate {
	const index = yearOf(date) * 12 + monthOf(date) - 1 + months;
	const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
	const day = Math.min(dayOf(date), lastDayOf(year, month));
	return written(year, month, day);
}
export const endOfMonth = (date: CivilDate): CivilDate =>
	written(yearOf(date), monthOf(date), lastDayOf(yearOf(date), monthOf(date)));
