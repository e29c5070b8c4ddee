// Every hour: what has served its time is deleted (GDPR art. 5.1.e: no longer than needed).
import type { Services } from '../../services.ts';
import { deleteSecurityEvents } from '../../store/security-events.ts';
import { deleteStale, deleteStaleAnswers, forgetFiles } from '../../store/upkeep.ts';
import { forSuppliersDue } from '../for-suppliers-due.ts';
import { commit } from '../run.ts';
import { removeUnclaimed } from './remove-unclaimed.ts';

/** Who came in, and who tried: a year, as the CNIL advises six months to a year (délibération 2021-122 sur la journalisation). */
const SECURITY_LOG_KEPT_MS = 365 * 86_400_000;

export async function purgeExpired(services: Services): Promise<void> {
	const now = services.clock.now();
	await deleteStale(services.db, now);
	await deleteSecurityEvents(services.db, new Date(now.getTime() - SECURITY_LOG_KEPT_MS));
	await forSuppliersDue(services, 'answers_to_forget', (scope) =>
		commit(services, scope, (tx) => deleteStaleAnswers(tx, scope, now))
	);
	await forSuppliersDue(services, 'files_to_forget', (scope) =>
		commit(services, scope, (tx) => forgetFiles(tx, scope, now))
	);
	await forSuppliersDue(services, 'objects_to_remove', (scope) => removeUnclaimed(services, scope));
}
