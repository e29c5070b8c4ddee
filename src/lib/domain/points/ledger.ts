// What a ledger entry does to what is left of earlier ones. Balance is the sum of the entries; a lot is what is left of one that came in; below zero there is
// a debt and no lot, and what comes in pays the debt first. Pure: the store writes what these say, the database refuses anything that does not add up.
import type { CivilDate } from '../calendar/civil-date.ts';

export type Lot = { entryId: string; expiresOn: CivilDate | null; left: number };
export type LotChange = { entryId: string; left: number };
/** What a redemption took of which lot. */
export type Taken = { entryId: string; points: number };

/** What is left of `points` that come in on a balance: a debt is paid first. */
export const leftOf = (balance: number, points: number): number => Math.max(0, points - Math.max(0, -balance));

/**
 * Takes `points` from lots: `own` first (the earning itself, when it is taken back), then by nearest end, those without end last; of the same day the older.
 * `owed`: what no lot could give.
 */
export function takeFrom(
	lots: readonly Lot[],
	points: number,
	own: ReadonlySet<string> = new Set()
): { changes: LotChange[]; taken: Taken[]; owed: number } {
	const order = lots
		.map((lot, position) => ({ lot, position }))
		.sort(
			(a, b) =>
				Number(own.has(b.lot.entryId)) - Number(own.has(a.lot.entryId)) ||
				(a.lot.expiresOn ?? '9999').localeCompare(b.lot.expiresOn ?? '9999') ||
				a.position - b.position
		);
	const changes: LotChange[] = [];
	const all: Taken[] = [];
	let owed = points;
	for (const { lot } of order) {
		if (owed === 0) break;
		const taken = Math.min(owed, lot.left);
		if (taken === 0) continue;
		owed -= taken;
		changes.push({ entryId: lot.entryId, left: lot.left - taken });
		all.push({ entryId: lot.entryId, points: taken });
	}
	return { changes, taken: all, owed };
}

/** What an award has in the ledger today. */
export type Booked = { pendingPoints: number; earnedPoints: number };
export type Step = { kind: 'pending' | 'earned' | 'reversed'; points: number; pendingPoints: number };
/**
 * The entries that bring an award from what is booked to what it should be: `points` that stand, final or not. What was earned stays earned, or is taken back;
 * it never becomes pending again. Nothing to do is no entry: whoever asks twice changes nothing.
 */
export function converge(
	{ pendingPoints, earnedPoints }: Booked,
	target: { points: number; isFinal: boolean }
): Step[] {
	const steps: Step[] = [];
	const gone = Math.max(0, pendingPoints + earnedPoints - target.points);
	const fromPending = Math.min(pendingPoints, gone);
	if (gone > 0) steps.push({ kind: 'reversed', points: 0 - (gone - fromPending), pendingPoints: 0 - fromPending });
	const pending = pendingPoints - fromPending;
	const more = Math.max(0, target.points - pendingPoints - earnedPoints);
	if (target.isFinal) {
		if (pending + more > 0) steps.push({ kind: 'earned', points: pending + more, pendingPoints: 0 - pending });
	} else if (more > 0) steps.push({ kind: 'pending', points: 0, pendingPoints: more });
	return steps;
}
export const bookedAfter = (booked: Booked, steps: readonly Step[]): Booked => ({
	pendingPoints: booked.pendingPoints + steps.reduce((sum, step) => sum + step.pendingPoints, 0),
	earnedPoints: booked.earnedPoints + steps.reduce((sum, step) => sum + step.points, 0)
});
