// A reward is taken for points, or given back by the supplier who can't give it. Actor: a person of the client who is signed in; for it, a member of the supplier or
// a key of the API. Refusals: not_allowed, not_found, input_invalid (a refusal without a real reason), reward_not_offered, reward_changed, reward_gone, points_not_enough, points_frozen, points_rules_first, attempt_id_reused.
// Facts: points.changed.
import { contactOf, actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn, type CivilDate } from '../../../domain/calendar/civil-date.ts';
import type { Reward } from '../../../domain/points/programme.ts';
import { realReason, REASON_ASKED } from '../../../domain/points/reason.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findLockedAccount, hasAcceptedRules, lockAccount, type PointsAccount } from '../../store/points.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { findRedemption, insertRedemption, saveRedemption, type Redemption } from '../../store/points-redemptions.ts';
import { recordAudit } from '../../store/audits.ts';
import { constraintName } from '../../store/tx.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { giveRewardBack } from './credit.ts';
import { queueRewardRefused } from './queue-points-mails.ts';
import { expireDue } from './expire-points.ts';
import { announce, followAccount, settlingOf, takePoints, type Moving } from './move-points.ts';
import { readLoyalty } from './read-loyalty.ts';

/** `redemptionId`: minted by whoever asks; the same one twice is one reward. `expectedPoints`: what it cost where it was seen, if it was. */
export type TakeReward = { redemptionId: string; rewardId: string; clientId: string; expectedPoints?: number };

export async function takeReward(
	services: Services,
	scope: Scope,
	input: TakeReward,
	isSecondLook = false
): Promise<Result<Redemption>> {
	const isOwn = scope.actor.kind === 'contact' && scope.clientId === input.clientId;
	if (!isOwn && !may(scope.actor, 'write_points')) return refuse('not_allowed');
	try {
		return await commit(services, scope, (tx) => takeInside(services, scope, tx, input));
	} catch (error) {
		const constraint = constraintName(error);
		if (constraint === 'reward_is_left') return refuse('reward_gone');
		if (constraint === 'points_are_there') return refuse('points_not_enough');
		// The same click twice: the other one's row is there now. If it can't be seen, it is somebody else's id.
		if (['points_redemption_pk', 'points_entry_once'].includes(constraint))
			return isSecondLook ? refuse('attempt_id_reused') : takeReward(services, scope, input, true);
		throw error;
	}
}

async function takeInside(
	services: Services,
	scope: Scope,
	tx: Tx,
	{ redemptionId, rewardId, clientId, expectedPoints }: TakeReward
): Promise<Result<Redemption>> {
	if (!(await findClient(tx, scope, clientId))) return refuse('not_found');
	const supplier = await getSupplier(tx, scope);
	const now = services.clock.now();
	const today = civilDateIn(now, supplier.timeZone);
	const account = await lockAccount(tx, scope, clientId, { today, now });
	const known = await findRedemption(tx, scope, redemptionId);
	if (known)
		return known.rewardId === rewardId && known.clientId === clientId ? done(known) : refuse('attempt_id_reused');
	if (!(await hasAcceptedRules(tx, scope, clientId))) return refuse('points_rules_first');
	const programme = await findLiveProgramme(tx, scope);
	const reward = programme?.terms.rewards.find((one) => one.rewardId === rewardId);
	const loyalty = await readLoyalty(tx, scope, clientId, today);
	if (!programme || !reward || !loyalty || (programme.lastSpendOn !== null && programme.lastSpendOn < today))
		return refuse('reward_not_offered');
	if (!isOffered(reward, { today, tier: loyalty.tier })) return refuse('reward_not_offered');
	const moving: Moving = { tx, scope, now, today, account };
	if (await expireDue(moving)) await announce(moving);
	if (expectedPoints !== undefined && expectedPoints !== reward.points) return refuse('reward_changed');
	const short = shortOf(account, reward);
	if (short) return refuse(short);
	const spent = { kind: 'spent' as const, points: -reward.points, sourceId: redemptionId, causeId: redemptionId };
	const taken = await takePoints(moving, spent);
	const redemption = await insertRedemption(tx, scope, {
		redemptionId,
		clientId,
		contactId: contactOf(scope),
		kind: reward.kind,
		// A code is given at once; what has to be sent or done is asked for.
		state: reward.kind === 'voucher' ? 'used' : 'asked',
		points: reward.points,
		taken,
		attemptId: null,
		valueMinor: null,
		rewardId,
		name: reward.name,
		version: programme.version,
		createdAt: now
	});
	await announce(moving);
	return done(redemption);
}

/** Within its days, to a tier that may have it. Whether any is left is for the database to say. */
const isOffered = (reward: Reward, { today, tier }: { today: CivilDate; tier: number }): boolean =>
	(reward.from === null || reward.from <= today) &&
	(reward.until === null || today <= reward.until) &&
	tier >= reward.minTier;
const shortOf = (account: PointsAccount, reward: Reward): 'points_frozen' | 'points_not_enough' | null =>
	account.frozenAt ? 'points_frozen' : account.balance < reward.points ? 'points_not_enough' : null;

/** The supplier has given it, or can't: then its points are where they were. */
export async function settleReward(
	services: Services,
	scope: Scope,
	{ redemptionId, outcome, note }: { redemptionId: string; outcome: 'given' | 'canceled'; note: string | null }
): Promise<Result<null>> {
	if (!may(scope.actor, 'write_points')) return refuse('not_allowed');
	const why = outcome === 'canceled' ? realReason(note ?? '') : null;
	if (outcome === 'canceled' && why === null) return refuse('input_invalid', REASON_ASKED);
	return commit(services, scope, async (tx) => {
		const seen = await findRedemption(tx, scope, redemptionId);
		if (!seen || seen.kind === 'credit') return refuse('not_found');
		const account = await findLockedAccount(tx, scope, seen.clientId);
		const redemption = await findRedemption(tx, scope, redemptionId);
		if (!account || redemption?.state !== 'asked') return refuse('not_found');
		const now = services.clock.now();
		const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
		const settledBy = actorName(scope.actor);
		if (outcome === 'given') {
			await saveRedemption(tx, scope, redemptionId, { state: 'used', settledAt: now, settledBy });
			await announce({ tx, scope, now, today, account });
		} else await refuseReward({ tx, scope, now, today, account }, redemption, { settledBy, note: why });
		await recordAudit(tx, scope, now, outcome === 'given' ? 'reward_given' : 'reward_canceled', redemptionId, {
			client: redemption.clientId,
			points: String(redemption.points),
			note: why ?? ''
		});
		return done(null);
	});
}
async function refuseReward(...[moving, redemption, by]: Parameters<typeof giveRewardBack>): Promise<void> {
	const firstEnd = await giveRewardBack(moving, redemption, by);
	const { tx, scope, today } = moving;
	// After the programme's end nothing can be bought with them: they go the way of the rest.
	if (!(await findLiveProgramme(tx, scope))) await followAccount(settlingOf(moving), null, today);
	await queueRewardRefused(moving.tx, moving.scope, moving.now, { ...redemption, firstEnd });
}
