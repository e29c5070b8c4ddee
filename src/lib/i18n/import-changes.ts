// What differs between an invoice as it is kept and as a file now says, in words: old → new.
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { parseCivilDate } from '../domain/calendar/civil-date.ts';
import { formatDay } from '../domain/calendar/format.ts';
import { formatMoney } from '../domain/money/format.ts';
import { minor } from '../domain/money/minor.ts';

export type ImportChange = {
	field: 'gross' | 'due' | 'due_on' | 'issued_on' | 'client';
	before: string;
	after: string;
};
export function changeText({ field, before, after }: ImportChange, currency: string): string {
	const locale = getLocale();
	const written = (value: string): string => {
		if (field === 'gross' || field === 'due') return formatMoney(minor(BigInt(value)), currency, locale);
		const day = parseCivilDate(value);
		return day ? formatDay(day, locale, 'short') : value;
	};
	const name = {
		gross: m.col_total,
		due: m.col_owed,
		due_on: m.col_due,
		issued_on: m.column_issued_on,
		client: m.col_client
	}[field]();
	return m.import_change({ name, before: written(before), after: written(after) });
}
