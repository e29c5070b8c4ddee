// Something that LoyaltyLion refused, or that waits too long: a person sends it again, or leaves it out. Actor: owner or accountant.
// Refusals: not_allowed, not_found.
import { actorName, may, type Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { mendLoyaltyRow } from '../../store/loyalty-outbox.ts';
import { recordAudit } from '../../store/audits.ts';
import { commit, done, refuse, type Result } from '../run.ts';

export type Mending = 'retry' | 'skip';
/** Left out, nothing of it is said there; what follows of the same client goes on. */
export async function mendRow(
	services: Services,
	scope: Scope,
	rowId: string,
	mending: Mending
): Promise<Result<null>> {
	if (!may(scope.actor, 'mend_outside')) return refuse('not_allowed');
	const now = services.clock.now();
	return commit(services, scope, async (tx) => {
		const isMended = await mendLoyaltyRow(
			tx,
			scope,
			rowId,
			mending === 'retry'
				? { state: 'waiting', nextAt: now, attempts: 0 }
				: { state: 'skipped', settledAt: now, settledBy: actorName(scope.actor) }
		);
		if (!isMended) return refuse('not_found');
		await recordAudit(tx, scope, now, mending === 'retry' ? 'loyalty_retried' : 'loyalty_skipped', rowId);
		return done(null);
	});
}
