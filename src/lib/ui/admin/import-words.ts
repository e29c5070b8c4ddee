// Words of imports that only the supplier's screens need.
import type { MatchedBy } from '#lib/domain/invoices/buyer.ts';
import { civilDateIn } from '#lib/domain/calendar/civil-date.ts';
import { formatDay } from '#lib/domain/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

export const matchWords: Record<MatchedBy, () => string> = {
	siren: m.import_matched_siren,
	vat_number: m.import_matched_vat_number,
	email: m.import_matched_email,
	name: m.import_matched_name
};

/** By the day and the minute it was opened. */
export function importTitle(openedAt: Date, timeZone: string): string {
	const locale = getLocale();
	const time = new Intl.DateTimeFormat(locale, {
		timeZone,
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23'
	}).format(openedAt);
	return m.import_of({ date: `${formatDay(civilDateIn(openedAt, timeZone), locale)}, ${time}` });
}
export const importBy = (name: string): string => (name === 'api_key' ? m.import_by_key() : m.import_by({ name }));
