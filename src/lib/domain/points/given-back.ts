// Points that were spent on what came to nothing, as they come back. They keep the end that they had, unless it is near or past. Then: a reward that the supplier
// can't give is no fault of the client, and its points can be used for a month. A payment that fails or is sent back may be its payer's doing, so its points get
// only the days that they had left, and once: whoever lets payments fail again and again keeps nothing alive. Pure.
import { addDays, addMonths, daysBetween, type CivilDate } from '../calendar/civil-date.ts';
import { leftOf, type Lot, type LotChange, type Taken } from './ledger.ts';

/** `supplier`: it can't give what they were spent on. `payment`: what they were used in came to nothing. */
export type GivenBackBy = 'supplier' | 'payment';
/** `ofEntryId`: the earning that the points are of, where they were given a later end before. */
export type GivenLot = Lot & { ofEntryId: string | null };

/** `takenOn`: the day on which they were spent. */
export function lastDayGivenBack(
	{ expiresOn, ofEntryId }: Pick<GivenLot, 'expiresOn' | 'ofEntryId'>,
	{ by, takenOn, today }: { by: GivenBackBy; takenOn: CivilDate; today: CivilDate }
): CivilDate | null {
	const month = addMonths(today, 1);
	if (expiresOn === null || expiresOn >= month) return expiresOn;
	const isFirst = ofEntryId === null;
	if (by === 'supplier' && isFirst) return month;
	if (by === 'payment' && !isFirst) return expiresOn;
	const asManyDays = addDays(today, Math.max(0, daysBetween(takenOn, expiresOn)));
	return asManyDays < expiresOn ? expiresOn : asManyDays < month ? asManyDays : month;
}

/** `points` go to the ledger, `left` of them is there to use: a debt takes the rest. */
export type LaterLot = { ofEntryId: string; points: number; left: number; expiresOn: CivilDate | null };
/** `points`, with what is left of their lots in `changes`, are where they were; `later` are lots of their own. */
export type GivenBack = { points: number; changes: LotChange[]; later: LaterLot[] };
/** A debt that was made meanwhile is paid first, by those that end first. */
export function splitByEnd(
	lots: readonly GivenLot[],
	taken: readonly Taken[],
	{ balance, endOf }: { balance: number; endOf: (lot: GivenLot) => CivilDate | null }
): GivenBack {
	const pointsOf = new Map(taken.map((one) => [one.entryId, one.points]));
	let left = leftOf(
		balance,
		taken.reduce((sum, one) => sum + one.points, 0)
	);
	const back: GivenBack = { points: 0, changes: [], later: [] };
	const pieces = lots
		.flatMap((lot) => {
			const points = pointsOf.get(lot.entryId);
			return points ? [{ lot, points, expiresOn: endOf(lot) }] : [];
		})
		.sort((a, b) => (b.expiresOn ?? '9999').localeCompare(a.expiresOn ?? '9999'));
	for (const { lot, points, expiresOn } of pieces) {
		const more = Math.min(left, points);
		left -= more;
		if (expiresOn === lot.expiresOn) {
			back.points += points;
			back.changes.push({ entryId: lot.entryId, left: lot.left + more });
		} else back.later.push({ ofEntryId: lot.ofEntryId ?? lot.entryId, points, left: more, expiresOn });
	}
	return back;
}
