// Points that could not follow their money when it moved are brought to it now. What still goes wrong is said in the log, and tried again.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { lockInvoicesOf } from '../../store/attempts.ts';
import { getSupplier } from '../../store/parties.ts';
import { forgetMissed, listMissed } from '../../store/points-missed.ts';
import { listPublished } from '../../store/points-programme.ts';
import { commit, safely } from '../run.ts';
import { bringToMoney } from './follow-points.ts';

export async function followMissed(services: Services): Promise<void> {
	for (const missed of await listMissed(services.db)) {
		const { supplierId, attemptId, error, times } = missed;
		services.log.error({ supplierId, attemptId, error, times }, 'points did not follow their money, trying again');
		const scope = mintScope(supplierId, { kind: 'system' });
		await safely(services, attemptId, () =>
			commit(services, scope, async (tx) => {
				const supplier = await getSupplier(tx, scope);
				await lockInvoicesOf(tx, scope, attemptId);
				const following = { tx, scope, supplier, now: services.clock.now() };
				await bringToMoney(following, missed, await listPublished(tx, scope));
				await forgetMissed(tx, scope, missed);
			})
		);
	}
}
