// Points that a supplier's own software moves: adjusted with a reason, or spent on a reward. The Idempotency-Key names the act: its id is made of it, so that
// the same call is the same act however often it arrives, also when the answer was lost. Actor: API key for points. Refusals: those of adjust-points.ts and
// take-reward.ts, idempotency_mismatch.
import { actorName, type Scope } from '../../../domain/access/scope.ts';
import { sha256 } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { done, refuse, type Result } from '../run.ts';
import { adjustPoints } from './adjust-points.ts';
import { takeReward } from './take-reward.ts';

/** A UUID (version 8, RFC 9562) of who asks, for what, under which key. */
function idOf(scope: Scope, what: 'adjustment' | 'redemption', key: string): string {
	const hex = sha256(`${scope.supplierId}\n${actorName(scope.actor)}\n${what}\n${key}`);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
const asOther = <T>(result: Result<T>): Result<T> =>
	!result.ok && result.refusal.code === 'attempt_id_reused' ? refuse('idempotency_mismatch') : result;

export async function adjustByApi(
	services: Services,
	scope: Scope,
	{ key, ...asked }: { key: string; clientId: string; points: number; reason: string }
): Promise<Result<object>> {
	const adjustmentId = idOf(scope, 'adjustment', key);
	const result = asOther(await adjustPoints(services, scope, { adjustmentId, ...asked }));
	if (!result.ok) return result;
	return done({ adjustment_id: adjustmentId, points: asked.points, balance: result.value.balance });
}

export async function redeemByApi(
	services: Services,
	scope: Scope,
	{ key, ...asked }: { key: string; clientId: string; rewardId: string }
): Promise<Result<object>> {
	const result = asOther(await takeReward(services, scope, { redemptionId: idOf(scope, 'redemption', key), ...asked }));
	if (!result.ok) return result;
	const { redemptionId, rewardId, state, points, code } = result.value;
	return done({ redemption_id: redemptionId, reward_id: rewardId, state, points, code });
}
