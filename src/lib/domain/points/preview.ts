// What paying a choice earns, before it is paid: the judge asked about each instalment of it, on the day on which it will be paid.
import type { CivilDate } from '../calendar/civil-date.ts';
import type { Minor } from '../money/minor.ts';
import type { AllocationLine } from '../payments/allocation.ts';
import { judgeAct } from './judge.ts';
import { periodOf, withinLimits } from './limits.ts';
import type { EarningRule } from './programme.ts';

export type EarningContext = {
	earning: EarningRule;
	/** Of the client's tier. */
	multiplierBps: number;
	/** What the client was given in the period that the limit is of. */
	givenInPeriod: number;
	/** The last day on which anything is earned, once the end of the programme was announced. */
	lastEarnOn: CivilDate | null;
};
/** `sepa`: as much more when a SEPA debit carries it. */
export type PointsPreview = { points: number; sepa: number };

type Choice = {
	invoices: readonly {
		invoiceId: string;
		dueOn: CivilDate;
		debtMinor: Minor;
		netMinor: Minor | null;
		isDeposit: boolean;
		isFactored: boolean;
		isHeld: boolean;
	}[];
	today: CivilDate;
	option: {
		instalments: readonly { dueOn: CivilDate; lines: readonly AllocationLine[] }[];
		discounts: readonly { invoiceId: string; reason: 'early' | 'points' }[];
		isSettlement: boolean;
		/** Its instalments are of a plan, be there only one left: each has a day of its own. */
		isPlan?: boolean;
	};
};

/** null: nothing is earned by it. */
export function pointsPreview(
	{ earning, multiplierBps, givenInPeriod, lastEarnOn }: EarningContext,
	{ invoices, today, option }: Choice
): PointsPreview | null {
	const isPlan = option.isPlan ?? option.instalments.length > 1;
	const ofInvoice = new Map<string, number>();
	let ofPeriod = givenInPeriod;
	let [points, sepa] = [0, 0];
	for (const instalment of option.instalments) {
		const actedOn = instalment.dueOn > today ? instalment.dueOn : today;
		if (lastEarnOn !== null && actedOn > lastEarnOn) continue;
		for (const line of instalment.lines) {
			const invoice = invoices.find((one) => one.invoiceId === line.invoiceId);
			if (!invoice) continue;
			const judged = judgeAct(earning, {
				...invoice,
				amountMinor: line.amountMinor,
				dueOn: isPlan ? instalment.dueOn : invoice.dueOn,
				actedOn,
				isSepa: true,
				isSettlement: option.isSettlement,
				isDiscounted: option.discounts.some((one) => one.reason === 'early' && one.invoiceId === line.invoiceId),
				multiplierBps
			});
			const had = { ofInvoice: ofInvoice.get(line.invoiceId) ?? 0, ofPeriod };
			const given = withinLimits(earning, judged.base + judged.early, had);
			const withSepa = withinLimits(earning, judged.base + judged.early + judged.sepa, had);
			points += given;
			sepa += withSepa - given;
			ofInvoice.set(line.invoiceId, had.ofInvoice + given);
			// Of a later period, the limit is whole again.
			if (isSamePeriod(earning, actedOn, today)) ofPeriod += given;
		}
	}
	return points + sepa > 0 ? { points, sepa } : null;
}
const isSamePeriod = (earning: EarningRule, actedOn: CivilDate, today: CivilDate): boolean =>
	periodOf(earning, actedOn)?.from === periodOf(earning, today)?.from;
