// Invoices on time in words, the same on every screen that counts them; and how early or late they are on average.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import type { PunctualitySide } from '../domain/points/figures.ts';
import { formatPoints } from './points.ts';

/** "9 sur 21": counted, never a share, of one client there are too few. */
export const onTimeOf = ({ invoices, onTime }: PunctualitySide, locale: Locale): string =>
	invoices
		? m.figures_on_time_of({ onTime: formatPoints(onTime, locale), count: formatPoints(invoices, locale) }, { locale })
		: '–';

/** "en moyenne 1,5 jour avant l’échéance": to a tenth of a day, and the word goes with the number that is shown. */
export function delayOf({ invoices, daysAfter }: PunctualitySide, locale: Locale): string {
	const tenths = invoices ? Math.round((10 * daysAfter) / invoices) : 0;
	const count = Math.abs(tenths) / 10;
	const days = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(count);
	return (tenths < 0 ? m.figures_delay_before : m.figures_delay_after)({ count, days }, { locale });
}
