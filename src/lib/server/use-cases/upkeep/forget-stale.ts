// Every hour: what has served its time is deleted (GDPR art. 5.1.e: no longer than needed).
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { listSuppliers } from '../../store/parties.ts';
import { deleteStale, deleteStaleAnswers } from '../../store/upkeep.ts';
import { commit } from '../run.ts';

export async function forgetStale(services: Services): Promise<void> {
	const now = services.clock.now();
	await deleteStale(services.db, now);
	for (const { supplierId } of await listSuppliers(services.db)) {
		const scope = mintScope(supplierId, { kind: 'system' });
		await commit(services, scope, (tx) => deleteStaleAnswers(tx, scope, now));
	}
}
