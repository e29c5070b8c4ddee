// Every hour: what was put beside the database, and whose row was never written because a process died in between, is removed after a day.
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { beginRemovals, endRemoval } from '../../store/pending-objects.ts';
import { commit } from '../run.ts';

/** Far longer than any import takes from its bytes to its row. */
const UNCLAIMED_KEPT_MS = 86_400_000;

export async function removeUnclaimed(services: Services, supplierId: string): Promise<void> {
	const { storage, clock } = services;
	if (!storage) return;
	const scope = mintScope(supplierId, { kind: 'system' });
	const now = clock.now();
	const before = new Date(now.getTime() - UNCLAIMED_KEPT_MS);
	for (const sha256 of await commit(services, scope, (tx) => beginRemovals(tx, scope, { before, now }))) {
		await storage.remove({ supplierId, sha256 });
		await commit(services, scope, (tx) => endRemoval(tx, scope, sha256));
	}
}
