// Figures of a points programme, worked out: what is out at the end of each month, what it may still cost, whether clients pay earlier since it began, and when
// there is too little to tell.
import { addMonths, civilDate, type CivilDate } from '../calendar/civil-date.ts';
import { minor, type Minor } from '../money/minor.ts';

export type PointsMonth = { month: string; gained: number; taken: number; used: number; expired: number };
/** `outstanding`: at the end of the month, debts counted off. */
export type MonthEnd = PointsMonth & { outstanding: number };
/** Invoices due in a span: `daysAfter` is the sum of days after the due day, below zero for those before. */
export type PunctualitySide = { invoices: number; onTime: number; daysAfter: number };
export type Punctuality = {
	before: PunctualitySide;
	after: PunctualitySide;
	/** Fewer than twenty invoices on a side say nothing. */
	isTooLittle: boolean;
	/** Days that all invoices since came earlier than they would have at the delay of before; null when too little is known, or none were gained. */
	daysGained: number | null;
};
const ENOUGH_INVOICES = 20;
const MONTHS = 12;

/** The last twelve months up to today's, each with what was out at its end: today's balances, less what each later month changed. */
export function monthEnds(months: readonly PointsMonth[], net: number, today: CivilDate): MonthEnd[] {
	const first = civilDate(`${today.slice(0, 7)}-01`);
	const ends: MonthEnd[] = [];
	let outstanding = net;
	for (let back = 0; back < MONTHS; back++) {
		const month = addMonths(first, -back).slice(0, 7);
		const one = months.find((row) => row.month === month) ?? { month, gained: 0, taken: 0, used: 0, expired: 0 };
		ends.unshift({ ...one, outstanding });
		outstanding -= one.gained - one.taken - one.used - one.expired;
	}
	return ends;
}

export function comparePunctuality(before: PunctualitySide, after: PunctualitySide): Punctuality {
	const isTooLittle = before.invoices < ENOUGH_INVOICES || after.invoices < ENOUGH_INVOICES;
	// At the average delay of before, the invoices since would have come so many days after their due days.
	const expected = before.invoices ? (before.daysAfter * after.invoices) / before.invoices : 0;
	const gained = Math.round(expected - after.daysAfter);
	return { before, after, isTooLittle, daysGained: isTooLittle || gained <= 0 ? null : gained };
}

/** What a day gained has cost: what was earned since, at its worth, through the days. */
export const costPerDay = (costMinor: Minor | null, daysGained: number | null): Minor | null =>
	costMinor === null || !daysGained ? null : minor(costMinor / BigInt(daysGained));
