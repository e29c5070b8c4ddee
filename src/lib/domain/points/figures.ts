// Figures of a points programme, worked out: what is out at the end of each month, what it may still cost, whether clients pay earlier since it began, and when
// there is too little to tell.
import { addDays, addMonths, civilDate, type CivilDate } from '../calendar/civil-date.ts';
import { minor, type Minor } from '../money/minor.ts';

/** `adjusted`: by hand, below zero where more was taken than given. Nobody earned it by paying, and no money that went back took it. */
export type PointsMonth = {
	month: string;
	gained: number;
	taken: number;
	used: number;
	expired: number;
	adjusted: number;
};
/** `outstanding`: at the end of the month, debts counted off. */
export type MonthEnd = PointsMonth & { outstanding: number };
/** Invoices due in a span: `daysAfter` is the sum of days after the due day, below zero for those before. */
export type PunctualitySide = { invoices: number; onTime: number; daysAfter: number };
export const NO_INVOICES: PunctualitySide = { invoices: 0, onTime: 0, daysAfter: 0 };
/** Of all clients or of one: before the programme, and since. */
export type Sides = { before: PunctualitySide; after: PunctualitySide };
/** Fewer than twenty invoices on a side say nothing. */
const isTooLittle = ({ before, after }: Sides): boolean =>
	before.invoices < ENOUGH_INVOICES || after.invoices < ENOUGH_INVOICES;
export type Punctuality = Sides & {
	isTooLittle: boolean;
	/** Days that all invoices since came earlier than they would have at the delay of before; null when too little is known, or none were gained. */
	daysGained: number | null;
};
const ENOUGH_INVOICES = 20;
const MONTHS = 12;

/** The last twelve months of days that are over: `until` is the first day that is not. */
export const yearOver = (today: CivilDate): { from: CivilDate; until: CivilDate } => ({
	from: addDays(addMonths(today, -MONTHS), 1),
	until: today
});

const NOTHING_MOVED = { gained: 0, taken: 0, used: 0, expired: 0, adjusted: 0 };

/** The last twelve months up to today's, each with what was out at its end: today's balances, less what each later month changed. */
export function monthEnds(months: readonly PointsMonth[], net: number, today: CivilDate): MonthEnd[] {
	const first = civilDate(`${today.slice(0, 7)}-01`);
	const ends: MonthEnd[] = [];
	let outstanding = net;
	for (let back = 0; back < MONTHS; back++) {
		const month = addMonths(first, -back).slice(0, 7);
		const one = months.find((row) => row.month === month) ?? { ...NOTHING_MOVED, month };
		ends.unshift({ ...one, outstanding });
		outstanding -= one.gained - one.taken - one.used - one.expired + one.adjusted;
	}
	return ends;
}

/** What a month brought and what it took, each above zero: points that came back of what was used, or had expired, came. */
export function flowOf({ gained, used, expired, taken, adjusted }: PointsMonth): { came: number; went: number } {
	const gone = [used, expired, taken, -adjusted];
	const sum = (some: number[]) => some.reduce((all, one) => all + one, 0);
	return {
		came: gained - sum(gone.filter((one) => one < 0)),
		went: sum(gone.filter((one) => one > 0))
	};
}

export function comparePunctuality(before: PunctualitySide, after: PunctualitySide): Punctuality {
	const says = !isTooLittle({ before, after });
	// At the average delay of before, the invoices since would have come so many days after their due days.
	const expected = before.invoices ? (before.daysAfter * after.invoices) / before.invoices : 0;
	const gained = Math.round(expected - after.daysAfter);
	return { before, after, isTooLittle: !says, daysGained: says && gained > 0 ? gained : null };
}

/** What a day gained has cost: what was earned since, at its worth, through the days. */
export const costPerDay = (costMinor: Minor | null, daysGained: number | null): Minor | null =>
	costMinor === null || !daysGained ? null : minor(costMinor / BigInt(daysGained));
