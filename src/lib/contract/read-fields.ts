// Reads the typed fields of a form one after the other, and keeps which could not be read and what they should hold.
import { parseCivilDate, type CivilDate } from '../domain/calendar/civil-date.ts';
import { ZERO, type Minor } from '../domain/money/minor.ts';
import { typedAmount, typedRate } from './typed.ts';

type Unread = 'not_a_date' | 'not_an_amount' | 'not_a_rate' | 'not_a_count';
/** A field that can't be read: which, by its path in what is meant, and what it should hold. */
export type FieldProblem = { field: string; code: Unread };

/** One of the words a list offers; anything else is the first. */
export const oneOf = <T extends string>(text: string, values: readonly [T, ...T[]]): T =>
	values.find((value) => value === text) ?? values[0];

/**
 * A field that is empty is `empty`; one that must not be (`whole`, `rate`, `money`) is named in `problems` as well.
 * One that can't be read is named, and counts as empty. What counts as a whole number is the form's to say.
 */
export function fieldReader(parseWhole: (text: string) => number | null) {
	const problems: FieldProblem[] = [];
	const read = <T>(text: string, field: string, code: Unread, parse: (text: string) => T | null): T | null => {
		if (!text.trim()) return null;
		const value = parse(text);
		if (value === null) problems.push({ field, code });
		return value;
	};
	const required = <T>(text: string, field: string, code: Unread, parse: (text: string) => T | null, empty: T): T => {
		if (!text.trim()) problems.push({ field, code });
		return read(text, field, code, parse) ?? empty;
	};
	return {
		problems,
		whole: (text: string, field: string, empty = 0) => required(text, field, 'not_a_count', parseWhole, empty),
		wholeOr: <T>(text: string, field: string, empty: T) => read(text, field, 'not_a_count', parseWhole) ?? empty,
		rate: (text: string, field: string) => required(text, field, 'not_a_rate', typedRate, 0),
		money: (text: string, field: string) => required(text, field, 'not_an_amount', typedAmount, ZERO),
		moneyOr: <T>(text: string, field: string, empty: T): Minor | T =>
			read(text, field, 'not_an_amount', typedAmount) ?? empty,
		day: (text: string, field: string): CivilDate | null => read(text, field, 'not_a_date', parseCivilDate)
	};
}
export type FieldReader = ReturnType<typeof fieldReader>;
