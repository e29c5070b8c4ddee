// The worker brings the points of a try to what of its money stands, right after the money was committed. Under the lock of the client's account it reads
// what is there by then: an older state never overwrites a newer one, and twice is as good as once.
import type { Scope } from '../../../domain/access/scope.ts';
import { required } from '../../../domain/required.ts';
import type { Services } from '../../services.ts';
import type { DueWork } from '../../store/due-work.ts';
import { getSupplier } from '../../store/suppliers.ts';
import { commit } from '../run.ts';
import { bringToMoney } from './follow-points.ts';

export async function followDuePoints(services: Services, scope: Scope, work: DueWork): Promise<null> {
	const ofAttempt = { attemptId: work.subjectId, clientId: required(work.clientId, 'client') };
	await commit(services, scope, async (tx) => {
		const supplier = await getSupplier(tx, scope);
		await bringToMoney({ tx, scope, supplier, now: services.clock.now() }, ofAttempt);
	});
	return null;
}
