// What was put beside the database, and whose row was never written because a process died in between, is removed after a day; what a move back left, at once.
import type { Scope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { countPending } from '../../store/pending-objects.ts';
import { removeObjects } from '../documents/remove-objects.ts';
import { commit, read } from '../run.ts';

export async function removeUnclaimed(services: Services, scope: Scope): Promise<void> {
	const { storage, clock, log } = services;
	if (storage)
		return removeObjects({ storage, now: clock.now, transact: (work) => commit(services, scope, work) }, scope);
	const count = await read(services, scope, (tx) => countPending(tx, scope));
	if (count)
		log.error(
			{ supplierId: scope.supplierId, count },
			'files are still to be removed from object storage, and STORAGE_ENDPOINT is not set: set STORAGE_* until npm run documents counts none'
		);
}
