// Amounts and days of formats that have a norm, each as its norm writes them and no other way: nothing here guesses. What people and their spreadsheets
// write is read in written-values.ts.
import { civilDateIn, parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { parseDecimal, type Minor } from '../../domain/money/minor.ts';

/** Where the supplier is, and what day it is there (null: nobody knows, and no day is too far away). */
export type When = { timeZone: string; today: CivilDate | null };
export const ANY_DAY: When = { timeZone: 'Europe/Paris', today: null };

const DIGITS = /^([+-]?)(\d*)(?:([.,])(\d*))?$/;
/**
 * Digits and one decimal mark, which may begin or end them; nothing groups thousands. `marks`: those of the norm. XML Schema (xs:decimal: CII, UBL, CAMT)
 * has the point, OFX either. null: no amount of the norm, or finer than the currency is.
 */
export function decimalOf(written: string, marks: '.' | ',' | '.,', decimals = 2): Minor | null {
	const [, sign = '', whole = '', mark, fraction = ''] = DIGITS.exec(written.trim()) ?? [];
	if (!(whole || fraction) || (mark !== undefined && !marks.includes(mark))) return null;
	return parseDecimal(`${sign}${whole.replace(/^0+(?=\d)/, '') || '0'}.${fraction}0`, decimals);
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:?\d{2})?$/;
/**
 * A day of ISO 8601 (xs:date, xs:dateTime). An instant (a time with its zone) is the day it falls on where the supplier is; a time without a zone is told
 * where the file was written, and a day with a zone is that day.
 */
export function isoDay(written: string, timeZone: string): CivilDate | null {
	const [, day = '', time, zone] = ISO.exec(written.trim()) ?? [];
	const date = parseCivilDate(day);
	if (!date || !time) return date;
	const instant = new Date(`${day}T${time}${zone?.replace(/(\d\d)(\d\d)$/, '$1:$2') ?? 'Z'}`);
	if (Number.isNaN(instant.getTime())) return null;
	return zone ? civilDateIn(instant, timeZone) : date;
}
/** YYYYMMDD, the hour behind it or not (UN/EDIFACT 2379: 102, 203, 204). */
export function compactDay(written: string): CivilDate | null {
	const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?$/.exec(written.trim()) ?? [];
	return parseCivilDate(`${year}-${month}-${day}`);
}
