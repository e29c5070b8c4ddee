// Invoices on time in words, the same on every screen that counts them.
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../domain/money/format.ts';
import type { PunctualitySide } from '../domain/points/figures.ts';
import { formatPoints } from './points.ts';

/** "9 sur 21": counted, never a share, of one client there are too few. */
export const onTimeOf = ({ invoices, onTime }: PunctualitySide, locale: Locale): string =>
	invoices
		? m.figures_on_time_of({ onTime: formatPoints(onTime, locale), count: formatPoints(invoices, locale) }, { locale })
		: '–';
