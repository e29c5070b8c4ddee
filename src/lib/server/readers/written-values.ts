// Amounts and dates as people and their tools write them. The way of writing is that of the whole column, never guessed value by value where the
// column can tell.
import { parseCivilDate, type CivilDate } from '../../domain/calendar/civil-date.ts';
import { isoDay } from './norm-values.ts';
import { parseDecimal, toDecimal, type Minor } from '../../domain/money/minor.ts';

export type DecimalMark = ',' | '.' | null;
const compact = (written: string): string =>
	written
		.replace(/[\s\u00a0\u202f€'’]|EUR/gi, '')
		.replace('\u2212', '-')
		.replace(/^\((.*)\)$/, '-$1')
		// Swiss and German: no cents.
		.replace(/(\d)[.,]-+$/, '$1')
		.replace(/^(.*)-$/, '-$1');

/** The mark that is followed by one or two digits at the end of some value, when all values agree; `null` otherwise. */
export function decimalMarkOf(values: Iterable<string>): DecimalMark {
	const marks = new Set<string>();
	for (const value of values) {
		const mark = /([.,])\d{1,2}$/.exec(compact(value))?.[1];
		if (mark) marks.add(mark);
	}
	return marks.size === 1 ? ([...marks][0] as ',' | '.') : null;
}
/** In a column without any decimals: the other one than the mark that groups thousands, seen twice in a value (`1.234.567`). Once may be three decimals. */
export function markByGrouping(values: Iterable<string>): DecimalMark {
	const grouping = new Set<string>();
	for (const value of values) {
		if (/[.,]\d{1,2}$/.test(compact(value))) return null;
		const mark = /^[+-]?\d{1,3}([.,])\d{3}\1\d{3}/.exec(compact(value))?.[1];
		if (mark) grouping.add(mark);
	}
	return grouping.size === 1 ? (grouping.has('.') ? ',' : '.') : null;
}

/**
 * `1 234,56 €`, `1.234,56`, `1,234.56`, `1234.5`, `(12,00)`, `12,00-`. Without a mark of its column, the last comma or point is the decimal mark,
 * unless three digits follow a lone point or several of the same. `decimals`: of its currency. `null`: not an amount.
 */
export function parseAmount(written: string, mark: DecimalMark = null, decimals = 2): Minor | null {
	const text = compact(written);
	if (!/^[+-]?\d[\d.,]*$/.test(text)) return null;
	if (mark) return parseMarked(text, mark, decimals);
	const decimal = Math.max(text.lastIndexOf(','), text.lastIndexOf('.'));
	if (decimal < 0) return parseDecimal(text, decimals);
	const last = text[decimal] as ',' | '.';
	const marks = text.replace(/[^.,]/g, '');
	const isGrouping = /^[+-]?[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*$/.test(text) && (marks.length > 1 || last === '.');
	return parseMarked(text, isGrouping ? (last === '.' ? ',' : '.') : last, decimals);
}
function parseMarked(text: string, mark: ',' | '.', decimals: number): Minor | null {
	const [whole = '', fraction, ...more] = text.split(mark);
	const groups = whole.split(mark === ',' ? '.' : ',');
	if (
		more.length ||
		(groups.length > 1 &&
			(!/^[+-]?[1-9]\d{0,2}$/.test(groups[0] ?? '') || groups.slice(1).some((group) => group.length !== 3))) ||
		/[.,]/.test(fraction ?? '')
	)
		return null;
	return parseDecimal(`${groups.join('')}${fraction ? `.${fraction}` : ''}`, decimals);
}

/**
 * `118.960`: 118.96 written with three decimals, or 118 960? Doubtful where no column tells, and the currency has decimals. The two readings as they would be
 * written without a doubt, or null.
 */
export function doubtfulReadings(written: string, decimals = 2): [string, string] | null {
	const [, sign = '', whole = '', three = ''] = /^([+-]?)([1-9]\d{0,2})[.,](\d{3})$/.exec(compact(written)) ?? [];
	const small = parseDecimal(`${sign}${whole}.${three}`, decimals);
	const large = parseDecimal(`${sign}${whole}${three}`, decimals);
	if (large === null || decimals === 0) return null;
	const plain = (amount: Minor): string => toDecimal(amount, decimals).replace('.', ',');
	return [small === null ? `${sign}${whole},${three}` : plain(small), plain(large)];
}

/** Day first or month first; `ambiguous` when no value can tell. */
export type DateOrder = 'dmy' | 'mdy';
/** The hour behind a day: without a zone it changes nothing. */
const HOUR = String.raw`(?:[ T]+\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:[+-]\d{2}:?\d{2}|UTC|GMT))?)?`;
const NUMERIC = new RegExp(`^(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4}|\\d{2})${HOUR}$`);
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.]?(\\d{2})[-/.]?(\\d{2})${HOUR}$`);
/** What the values themselves say: `null` when none has a number over 12 in first or second place. */
export function dateOrderOf(values: Iterable<string>): DateOrder | null {
	let differ = false;
	let isMonthFirst = false;
	for (const value of values) {
		const match = NUMERIC.exec(value.trim());
		if (!match) continue;
		const [a, b] = [Number(match[1]), Number(match[2])];
		// Nobody writes points between month and day in that order.
		if (a > 12 || /^\d{1,2}\./.test(value.trim())) return 'dmy';
		differ ||= a !== b;
		isMonthFirst ||= b > 12;
	}
	return !differ ? 'dmy' : isMonthFirst ? 'mdy' : null;
}

const MONTHS = [
	/^jan/,
	/^f[eé]/,
	/^mar/,
	/^(ap|av)/,
	/^ma[iy]/,
	/^jui?n/,
	/^jui?l/,
	/^(au|ao)/,
	/^se/,
	/^oc/,
	/^no/,
	/^d[eé]/
];
/**
 * `12/11/2026`, `2026-11-12`, `20261112`, `12 nov. 2026`, `Nov 12, 2026`; an instant (`2026-10-31T23:00:00.000Z`) is the day it falls on in the time zone.
 * `null`: not a day of the calendar.
 */
export function parseWrittenDate(
	written: string,
	order: DateOrder = 'dmy',
	timeZone = 'Europe/Paris'
): CivilDate | null {
	const text = written.trim();
	const numeric = NUMERIC.exec(text);
	if (numeric) {
		const [, first = '', second = '', year = ''] = numeric;
		return order === 'dmy' ? built(year, second, first) : built(year, first, second);
	}
	const yearFirst = YEAR_FIRST.exec(text);
	if (yearFirst) {
		const [, year = '', month = '', day = ''] = yearFirst;
		return built(year, month, day);
	}
	if (/^\d{4}-/.test(text)) return isoDay(asIso(text), timeZone);
	const [, before, word = '', after, year = ''] =
		/^(?:(\d{1,2})(?:er)?\s+)?([a-zéûA-ZÉÛ]{3,9})\.?\s+(?:(\d{1,2}),?\s+)?(\d{4})$/.exec(text) ?? [];
	const month = MONTHS.findIndex((name) => name.test(word.toLowerCase())) + 1;
	return month ? built(year, String(month), before ?? after ?? '') : null;
}
/** As databases print instants: `2026-10-31 23:00:00+00`, `2026-10-31 23:00 UTC`. */
const asIso = (text: string): string =>
	text
		.replace(/ ?(UTC|GMT)$/, 'Z')
		.replace(/^(\S+) +(\S)/, '$1T$2')
		.replace(/ (?=[+-]\d)/, '')
		.replace(/(:\d\d(?:\.\d+)?[+-]\d\d)$/, '$1:00');
const built = (year: string, month: string, day: string): CivilDate | null =>
	parseCivilDate(`${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
