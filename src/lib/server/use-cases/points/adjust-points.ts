// Points given or taken by hand, with a reason that the client reads; and a client's points frozen, or free again. Actor: owner, accountant, or a key of the API that
// may move points. Refusals: not_allowed, not_found, input_invalid, points_not_enough, attempt_id_reused. Facts: points.changed.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import { civilDateIn } from '../../../domain/calendar/civil-date.ts';
import { lastDayOfPoints } from '../../../domain/points/expiry.ts';
import { ACCOUNT_MAX } from '../../../domain/points/limits.ts';
import { realReason, REASON_ASKED } from '../../../domain/points/reason.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { findClient } from '../../store/clients.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { findEntryOf, lockAccount, saveAccount } from '../../store/points.ts';
import { findLiveProgramme } from '../../store/points-programme.ts';
import { recordAudit } from '../../store/audits.ts';
import { constraintName } from '../../store/tx.ts';
import { commit, done, refuse, type Result } from '../run.ts';
import { expireDue } from './expire-points.ts';
import { addPoints, announce, takePoints, type Moving } from './move-points.ts';

/** `adjustmentId`: minted by whoever asks; the same one twice is one adjustment. */
export type AdjustPoints = { adjustmentId: string; clientId: string; points: number; reason: string };
const ADJUSTMENT_MAX = 1_000_000;

async function opened(services: Services, scope: Scope, tx: Tx, clientId: string): Promise<Moving | null> {
	if (!(await findClient(tx, scope, clientId))) return null;
	const now = services.clock.now();
	const today = civilDateIn(now, (await getSupplier(tx, scope)).timeZone);
	return { tx, scope, now, today, account: await lockAccount(tx, scope, clientId, { today, now }) };
}

export async function adjustPoints(
	services: Services,
	scope: Scope,
	{ adjustmentId, clientId, points, reason }: AdjustPoints
): Promise<Result<{ balance: number }>> {
	if (!may(scope.actor, 'write_points')) return refuse('not_allowed');
	if (!Number.isInteger(points) || points === 0 || Math.abs(points) > ADJUSTMENT_MAX)
		return refuse('input_invalid', { field: 'points' });
	const why = realReason(reason);
	if (why === null) return refuse('input_invalid', REASON_ASKED);
	const adjust = async (tx: Tx): Promise<Result<{ balance: number }>> => {
		const moving = await opened(services, scope, tx, clientId);
		if (!moving) return refuse('not_found');
		const known = await findEntryOf(tx, scope, adjustmentId);
		if (known)
			return known.kind === 'adjusted' && known.clientId === clientId && known.points === points && known.reason === why
				? done({ balance: moving.account.balance })
				: refuse('attempt_id_reused');
		if (await expireDue(moving)) await announce(moving);
		if (points < 0 && moving.account.balance + points < 0)
			return refuse('points_not_enough', { balance: String(moving.account.balance) });
		if (moving.account.balance + points > ACCOUNT_MAX)
			return refuse('input_invalid', { field: 'points', balance: String(moving.account.balance) });
		const programme = await findLiveProgramme(tx, scope);
		const entry = {
			kind: 'adjusted' as const,
			points,
			sourceId: adjustmentId,
			causeId: adjustmentId,
			reason: why,
			madeBy: actorName(scope.actor)
		};
		if (points > 0)
			await addPoints(moving, { ...entry, expiresOn: lastDayOfPoints(programme?.terms.expiry ?? null, moving.today) });
		else await takePoints(moving, entry);
		await recordAudit(tx, scope, moving.now, 'points_adjusted', clientId, { points: String(points), reason: why });
		await announce(moving);
		return done({ balance: moving.account.balance });
	};
	try {
		return await commit(services, scope, adjust);
	} catch (error) {
		// Asked for at the same moment for another client, whose account is another lock: the database let one through.
		if (constraintName(error) === 'points_entry_once') return refuse('attempt_id_reused');
		throw error;
	}
}

/** Nothing is taken for points until it is lifted; they are earned, and expire, as before. `reason` null: lifted. */
export async function freezePoints(
	services: Services,
	scope: Scope,
	{ clientId, reason }: { clientId: string; reason: string | null }
): Promise<Result<null>> {
	if (!may(scope.actor, 'write_points')) return refuse('not_allowed');
	const why = reason === null ? null : realReason(reason);
	if (reason !== null && why === null) return refuse('input_invalid', REASON_ASKED);
	return commit(services, scope, async (tx) => {
		const moving = await opened(services, scope, tx, clientId);
		if (!moving) return refuse('not_found');
		const change = { frozenAt: why === null ? null : moving.now, frozenReason: why };
		await saveAccount(tx, scope, clientId, change);
		await recordAudit(tx, scope, moving.now, why === null ? 'points_unfrozen' : 'points_frozen', clientId, {
			reason: why ?? ''
		});
		await announce(moving);
		return done(null);
	});
}
