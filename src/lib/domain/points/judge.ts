// What one act of paying earns: judged once, by the version of its day, on the day on which the client acted. Pure. Every part of it is rounded down for
// itself, so that cutting a payment into pieces never earns more (tests/domain/points).
import { addDays, daysBetween, type CivilDate } from '../calendar/civil-date.ts';
import { isTargetDay } from '../calendar/business-days.ts';
import type { Minor } from '../money/minor.ts';
import { ACCOUNT_MAX } from './limits.ts';
import type { EarningRule } from './programme.ts';

export type Verdict =
	/** By the due day. */
	| 'on_time'
	/** After it: no points, and the series of invoices on time begins anew. */
	| 'late'
	/** Contested in good faith, or promised for a day that was kept: no points, and the series goes on as it was. */
	| 'neutral'
	/** Nothing to earn, whenever it is paid: factored, a deposit where the rule says so, below the minimum, of a settlement after the due day. */
	| 'excluded';

export type Act = {
	/** What of the invoice is paid by it, VAT included. */
	amountMinor: Minor;
	/** What the invoice asked for, and of that what is not VAT; null: the file did not say. */
	debtMinor: Minor;
	netMinor: Minor | null;
	/** Of the invoice, or of the part of a plan that is paid. */
	dueOn: CivilDate;
	/** Card: the capture. SEPA: the order of a debit that succeeds. Transfer: its value day. At the supplier's clock. */
	actedOn: CivilDate;
	isSepa: boolean;
	isDeposit: boolean;
	isFactored: boolean;
	/** Of a plan agreed after the due day. */
	isSettlement: boolean;
	/** Contested, or promised for a later day, when it fell due. */
	isHeld: boolean;
	/** An early-payment discount is taken with it. */
	isDiscounted: boolean;
	/** Of the client's tier when the first part of this invoice was paid: 10000 is one. */
	multiplierBps: number;
};
export type Judgement = { verdict: Verdict; daysEarly: number; base: number; early: number; sepa: number };

/** The last day on which paying is on time. */
function lastDayOnTime(dueOn: CivilDate, { closedDay }: Pick<EarningRule, 'closedDay'>): CivilDate {
	let day = dueOn;
	if (closedDay === 'next_business_day') while (!isTargetDay(day)) day = addDays(day, 1);
	return day;
}

export function judgeAct(rule: EarningRule, act: Act): Judgement {
	const verdict = verdictOf(rule, act);
	const daysEarly = verdict === 'on_time' ? Math.max(0, daysBetween(act.actedOn, act.dueOn)) : 0;
	const nothing = { verdict, daysEarly, base: 0, early: 0, sepa: 0 };
	if (verdict !== 'on_time' || act.amountMinor <= 0n || act.debtMinor <= 0n) return nothing;
	// Of a draft that is tried while it is typed.
	if (rule.pointsPer.points <= 0 || rule.pointsPer.euroMinor <= 0n) return nothing;
	// Points times the denominators of everything below: one exact number, divided once for each part.
	const exact = basisOf(rule, act) * BigInt(rule.pointsPer.points) * BigInt(act.multiplierBps);
	const unit = rule.pointsPer.euroMinor * 10_000n * (rule.basis === 'without_vat' ? act.debtMinor : 1n);
	const days =
		rule.early && (rule.early.withDiscount || !act.isDiscounted) ? Math.min(daysEarly, rule.early.maxDays) : 0;
	return {
		verdict,
		daysEarly,
		base: counted(exact / unit),
		early: counted((exact * BigInt((rule.early?.bpsPerDay ?? 0) * days)) / (unit * 10_000n)),
		// In proportion: a debit of half the invoice earns half.
		sepa: act.isSepa ? counted((BigInt(rule.sepa) * least(act.amountMinor, act.debtMinor)) / act.debtMinor) : 0
	};
}
/** However generous a rule is: what the ledger can't hold must never stop money from being booked. As much as an account holds: cutting a payment goes round no limit. */
const counted = (points: bigint): number => Number(least(points, BigInt(ACCOUNT_MAX)));
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What is paid, in euros or, without VAT, in euros times what the invoice asked for. */
const basisOf = ({ basis }: EarningRule, { amountMinor, debtMinor, netMinor }: Act): bigint =>
	basis === 'with_vat' ? amountMinor : amountMinor * least(netMinor ?? debtMinor, debtMinor);

function verdictOf(rule: EarningRule, act: Act): Verdict {
	if (act.isFactored || act.isSettlement || (act.isDeposit && rule.excludes.includes('deposits'))) return 'excluded';
	if (act.debtMinor < rule.minInvoiceMinor) return 'excluded';
	if (act.actedOn <= lastDayOnTime(act.dueOn, rule)) return 'on_time';
	return act.isHeld ? 'neutral' : 'late';
}

/** What is left of points that were judged for an act, while only part of its money stands. */
export const scaled = (
	points: number,
	{ standingMinor, amountMinor }: { standingMinor: Minor; amountMinor: Minor }
): number =>
	standingMinor >= amountMinor
		? points
		: standingMinor <= 0n
			? 0
			: Number((BigInt(points) * standingMinor) / amountMinor);
