// The series of invoices paid on time: what one more, settled or owed again, does to it. A contested or promised one leaves it as it is, but not for ever:
// whoever contests again and again keeps no series.
import type { Verdict } from './judge.ts';

export type Series = { streak: number; neutrals: number };
const NEUTRALS_IN_A_ROW = 2;

/** `completes`: the bonus is due, and the next series begins. */
export function afterInvoice(
	{ streak, neutrals }: Series,
	verdict: Exclude<Verdict, 'excluded'>,
	length: number
): Series & { completes: boolean } {
	if (verdict === 'late') return { streak: 0, neutrals: 0, completes: false };
	if (verdict === 'neutral')
		return neutrals >= NEUTRALS_IN_A_ROW
			? { streak: 0, neutrals: 0, completes: false }
			: { streak, neutrals: neutrals + 1, completes: false };
	return streak + 1 >= length
		? { streak: 0, neutrals: 0, completes: true }
		: { streak: streak + 1, neutrals: 0, completes: false };
}

/** How many more, on time, complete it: a version with a shorter series is complete with the next one. */
export const missingInSeries = ({ streak }: Pick<Series, 'streak'>, length: number): number =>
	Math.max(1, length - streak);

/** An invoice is what the worst of its payments was. null: nothing of it counts. */
export function verdictOfInvoice(verdicts: readonly Verdict[]): Exclude<Verdict, 'excluded'> | null {
	if (!verdicts.length || verdicts.includes('excluded')) return null;
	return verdicts.includes('late') ? 'late' : verdicts.includes('neutral') ? 'neutral' : 'on_time';
}
