// What is owed for points on a day, as an accountant provides for it. A reduction is booked when it is used, without VAT (CJEU C-86/99, Freemans; 709): until
// then what is promised is provided for, without VAT as well, and a month books what the promise became more or less since the end of the month before.
import { minor, subtract, type Minor } from '../money/minor.ts';
import { divideHalfUp } from '../money/shares.ts';
import type { CreditRule } from './programme.ts';
import { worthOf } from './simulate.ts';

/** Points that are promised on a day. A balance below zero lessens nothing: it is never collected, and takes nothing from what others may use. */
export type PointsOwed = {
	/** Balances above zero. */
	usable: number;
	/** Earned as soon as their money is final. */
	pending: number;
	/** Used in a payment that is under way: neither a balance nor a reduction yet. */
	held: number;
	/** Of rewards that were taken and are still to be given. */
	asked: number;
};
/** Invoices of the twelve months up to the day, VAT apart: the share of VAT in what points will take off. */
export type Sales = { netMinor: Minor; grossMinor: Minor };
export type OwedForPoints = PointsOwed & {
	points: number;
	/** With VAT, as clients see it; and without. */
	grossMinor: Minor;
	netMinor: Minor;
	sales: Sales;
};

/** null: points are worth no money. Of a supplier without invoices, nothing is known of VAT, and nothing is taken off. */
export function owedForPoints(owed: PointsOwed, credit: CreditRule | null, sales: Sales): OwedForPoints | null {
	const points = owed.usable + owed.pending + owed.held + owed.asked;
	const grossMinor = worthOf(points, credit);
	if (grossMinor === null) return null;
	const netMinor =
		sales.grossMinor > 0n ? minor(divideHalfUp(grossMinor * sales.netMinor, sales.grossMinor)) : grossMinor;
	return { ...owed, points, grossMinor, netMinor, sales };
}

/** Set aside (above zero) or taken back (below) in a month: between its end and the end of the one before. */
export const provisionChange = (before: OwedForPoints | null, now: OwedForPoints | null): Minor =>
	subtract(now?.netMinor ?? minor(0n), before?.netMinor ?? minor(0n));
