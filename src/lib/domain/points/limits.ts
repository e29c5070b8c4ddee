// How many points an invoice and a period may give at most.
import { addDays, addMonths, civilDate, endOfMonth, type CivilDate } from '../calendar/civil-date.ts';
import type { EarningRule } from './programme.ts';

type Limits = Pick<EarningRule, 'maxPerInvoice' | 'maxPerPeriod'>;
/** The calendar month or year of an act. */
export function periodOf({ maxPerPeriod }: Limits, actedOn: CivilDate): { from: CivilDate; until: CivilDate } | null {
	if (!maxPerPeriod) return null;
	if (maxPerPeriod.period === 'month')
		return { from: civilDate(`${actedOn.slice(0, 8)}01`), until: endOfMonth(actedOn) };
	const from = civilDate(`${actedOn.slice(0, 4)}-01-01`);
	return { from, until: addDays(addMonths(from, 12), -1) };
}
/** What one client may have in all: far above anything real, and below what the ledger can hold. */
export const ACCOUNT_MAX = 1_000_000_000;
/** What of `points` may still be given, beside what the invoice and the period have had. */
export const withinLimits = (
	{ maxPerInvoice, maxPerPeriod }: Limits,
	points: number,
	had: { ofInvoice: number; ofPeriod: number }
): number =>
	Math.max(
		0,
		Math.min(
			points,
			maxPerInvoice === null ? points : maxPerInvoice - had.ofInvoice,
			maxPerPeriod === null ? points : maxPerPeriod.points - had.ofPeriod
		)
	);
