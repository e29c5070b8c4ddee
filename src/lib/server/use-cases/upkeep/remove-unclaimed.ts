// What was put beside the database, and whose row was never written because a process died in between, is removed after a day.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { beginRemovals, endRemoval } from '../../store/pending-objects.ts';
import { commit } from '../run.ts';

export async function removeUnclaimed(services: Services, scope: Scope): Promise<void> {
	const { storage, clock } = services;
	if (!storage) return;
	for (const sha256 of await commit(services, scope, (tx) => beginRemovals(tx, scope, clock.now()))) {
		await storage.remove({ supplierId: scope.supplierId, sha256 });
		await commit(services, scope, (tx) => endRemoval(tx, scope, sha256));
	}
}
