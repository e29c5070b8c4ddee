// Loyalty tiers: read from the points earned over twelve rolling months. What is used or expires changes no tier; what is taken back does.
import { addMonths, type CivilDate } from '../calendar/civil-date.ts';
import { NO_MULTIPLIER, type LoyaltyTier } from './programme.ts';

/** Acts after this day count. */
export const yearBefore = (today: CivilDate): CivilDate => addMonths(today, -12);
/** The first day on which an act counts no more. */
export const leavesYearOn = (actedOn: CivilDate): CivilDate => addMonths(actedOn, 12);

/** The position of the highest tier whose threshold is reached; 0 is everybody's. */
export function tierOf(tiers: readonly LoyaltyTier[], earnedInYear: number): number {
	let tier = 0;
	for (const [position, { threshold }] of tiers.entries()) if (earnedInYear >= threshold) tier = position;
	return tier;
}
export const multiplierOf = (tiers: readonly LoyaltyTier[], tier: number): number =>
	tiers[Math.min(tier, tiers.length - 1)]?.multiplierBps ?? NO_MULTIPLIER;

/** The twelve months with what was earned on top, and when the first of it leaves. `year`: as it stands today. */
export function yearWith(
	year: { earnedInYear: number; recheckOn: CivilDate | null },
	earned: readonly { actedOn: CivilDate; points: number }[],
	today: CivilDate
): { points: number; recheckOn: CivilDate | null } {
	let { earnedInYear: points, recheckOn } = year;
	for (const one of earned) {
		if (one.points <= 0 || one.actedOn <= yearBefore(today)) continue;
		points += one.points;
		const leavesOn = leavesYearOn(one.actedOn);
		if (recheckOn === null || leavesOn < recheckOn) recheckOn = leavesOn;
	}
	return { points, recheckOn };
}
