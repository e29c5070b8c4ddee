// Rewards that clients have asked for, and the codes of vouchers: the supplier's list of what to give. Reads only.
import type { RewardList } from '../../../contract/points-views.ts';
import { may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import type { Locale } from '../../../domain/money/format.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { listProgrammes, type ProgrammeRow } from '../../store/points-programme.ts';
import { listAskedRewards } from '../../store/points-redemptions.ts';
import { countCodes } from '../../store/voucher-codes.ts';
import { read } from '../run.ts';
import { readStock } from './reward-stock.ts';

export async function readRewards(services: Services, scope: Scope, locale: Locale): Promise<RewardList> {
	return read(services, scope, async (tx) => {
		const { timeZone } = await getSupplier(tx, scope);
		const today = civilDateIn(services.clock.now(), timeZone);
		const [asked, stock, rows, counts] = await Promise.all([
			listAskedRewards(tx, scope),
			readStock(tx, scope, today),
			listProgrammes(tx, scope),
			countCodes(tx, scope)
		]);
		return {
			asked: asked.map(({ redemptionId, clientId, clientName, kind, name, points, createdAt }) => ({
				redemptionId,
				clientId,
				clientName,
				kind: kind === 'gift' ? ('gift' as const) : ('service' as const),
				name: required(name, 'name of a reward')[locale],
				points,
				askedOn: civilDateIn(createdAt, timeZone)
			})),
			stock,
			codes: vouchersOf(rows).map(({ rewardId, name }) => ({
				rewardId,
				name: name[locale],
				...(counts.get(rewardId) ?? { free: 0, given: 0 })
			})),
			mayGive: may(scope.actor, 'write_points'),
			mayWrite: may(scope.actor, 'set_offers')
		};
	});
}

/** Of the draft and of what is in force: those that codes may be brought for. */
function vouchersOf(rows: ProgrammeRow[]): ProgrammeRow['terms']['rewards'] {
	const rewards = rows.filter((row) => !row.endedAt).flatMap((row) => row.terms.rewards);
	return rewards.filter(
		(reward, i) => reward.kind === 'voucher' && rewards.findIndex((one) => one.rewardId === reward.rewardId) === i
	);
}
