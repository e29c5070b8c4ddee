// Points used on an invoice: a reduction of its price when they are used, VAT included. In whole steps, up to a share of what is left to pay, never below what
// can still be charged. Never more than the client has; of one invoice at a time, so that giving them back has one place.
import { minor, smallest, subtract, type Minor } from '../money/minor.ts';
import { required } from '../required.ts';
import { CHARGEABLE_MINOR } from '../plans/lower-instalments.ts';
import type { CreditRule } from './programme.ts';

export type CreditAsked = { points: number; available: number; rule: CreditRule | null; isFrozen: boolean };
export type CreditRefusal =
	| 'points_not_offered'
	| 'points_frozen'
	| 'points_not_enough'
	| 'points_not_a_step'
	| 'points_over_share'
	| 'points_one_invoice';
export type CreditUse = { points: number; valueMinor: Minor };

/** What whole steps of points take off. `priceMinor`: what is left to pay by this choice; `payableMinor`: of the invoice, before any discount. */
export function creditOn(
	{ points, available, rule, isFrozen }: CreditAsked,
	{ payableMinor, priceMinor }: { payableMinor: Minor; priceMinor: Minor }
): CreditUse | CreditRefusal {
	if (!rule) return 'points_not_offered';
	if (isFrozen) return 'points_frozen';
	if (points <= 0 || points % rule.points !== 0) return 'points_not_a_step';
	if (points > available) return 'points_not_enough';
	const valueMinor = valueOf(rule, points);
	return valueMinor > mostOff(rule, { payableMinor, priceMinor }) ? 'points_over_share' : { points, valueMinor };
}
export const valueOf = (rule: CreditRule, points: number): Minor =>
	minor((rule.valueMinor * BigInt(points)) / BigInt(rule.points));

const mostOff = (rule: CreditRule, { payableMinor, priceMinor }: { payableMinor: Minor; priceMinor: Minor }): Minor =>
	smallest(minor((payableMinor * BigInt(rule.maxShareBps)) / 10_000n), subtract(priceMinor, CHARGEABLE_MINOR));

/** So many points, what they take off, and how many of them are missing. */
export type CreditStep = { points: number; valueMinor: Minor; missing: number };
/** The one list that every screen proposes: one step, half of what can be used, all of it; and, with what is missing, the next round number of steps that the invoice would bear. */
export function creditSteps(
	asked: Omit<CreditAsked, 'points'>,
	of: { payableMinor: Minor; priceMinor: Minor }
): CreditStep[] {
	const { rule, available } = asked;
	if (!rule || rule.points <= 0) return [];
	const timesOf = (points: number): number => mostPoints({ ...asked, available: points }, of) / rule.points;
	const [most, bearable] = [timesOf(available), timesOf(Infinity)];
	const next = roundAbove(most);
	const times = [...(most > 0 ? [1, Math.ceil(most / 2), most] : []), ...(next <= bearable ? [next] : [])];
	return [...new Set(times)]
		.map((count) => count * rule.points)
		.map((points) => ({ points, valueMinor: valueOf(rule, points), missing: Math.max(0, points - available) }));
}
/** 1, 2, 5, 10, 20, 50 and so on: the first above. */
function roundAbove(count: number): number {
	let tens = 1;
	while (5 * tens <= count) tens *= 10;
	return required(
		[1, 2, 5].map((digit) => digit * tens).find((round) => round > count),
		'round number'
	);
}
/** How many points could be used at most, in whole steps: 0 when not even one step can. */
export function mostPoints(
	{ available, rule, isFrozen }: Omit<CreditAsked, 'points'>,
	of: { payableMinor: Minor; priceMinor: Minor }
): number {
	if (!rule || isFrozen || rule.valueMinor <= 0n || rule.points <= 0) return 0;
	const steps = Number(mostOff(rule, of) / rule.valueMinor);
	return Math.max(0, Math.min(steps, Math.floor(available / rule.points))) * rule.points;
}
