// What is left of the rewards in force, for their supplier: one of which nothing is left is seen by no client any more, and somebody has to know. Reads only.
import type { RewardStock } from '../../../contract/points-views.ts';
import type { Scope } from '../../../domain/access/scope.ts';
import type { CivilDate } from '../../../domain/calendar/civil-date.ts';
import { leftOf } from '../../../domain/points/stock.ts';
import type { Tx } from '../../store/database.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { countFreeCodes, countTaken } from '../../store/points-reading.ts';

/** Those that end by number and may still be taken by their days, in the order of the programme; a programme after its last day to spend has none. */
export async function readStock(tx: Tx, scope: Scope, today: CivilDate): Promise<RewardStock[]> {
	const programme = await findLiveProgramme(tx, scope);
	if (!programme?.terms.rewards.length || (programme.lastSpendOn !== null && programme.lastSpendOn < today)) return [];
	const [taken, codes] = await Promise.all([countTaken(tx, scope), countFreeCodes(tx, scope)]);
	return programme.terms.rewards.flatMap((reward) => {
		const takenOf = taken.get(reward.rewardId) ?? 0;
		const left = leftOf(reward, takenOf, codes.get(reward.rewardId) ?? 0);
		if (left === null || (reward.until !== null && reward.until < today)) return [];
		return [{ rewardId: reward.rewardId, kind: reward.kind, name: reward.name, left, taken: takenOf }];
	});
}
