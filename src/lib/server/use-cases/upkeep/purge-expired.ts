// Every hour: what has served its time is deleted (GDPR art. 5.1.e: no longer than needed).
import { mintScope } from '../../../domain/access/scope.ts';
import type { Services } from '../../services.ts';
import { forgetFiles } from '../../store/imports.ts';
import { listSuppliers } from '../../store/suppliers.ts';
import { deleteSecurityEvents } from '../../store/security-events.ts';
import { deleteStale, deleteStaleAnswers } from '../../store/upkeep.ts';
import { commit } from '../run.ts';

/** Files of an import that nobody confirmed, and what was read in them. What was kept has its document; the report stays. */
const IMPORT_FILES_KEPT_MS = 7 * 86_400_000;

/** Who came in, and who tried: a year, as the CNIL advises six months to a year (délibération 2021-122 sur la journalisation). */
const SECURITY_LOG_KEPT_MS = 365 * 86_400_000;

export async function purgeExpired(services: Services): Promise<void> {
	const now = services.clock.now();
	await deleteStale(services.db, now);
	await deleteSecurityEvents(services.db, new Date(now.getTime() - SECURITY_LOG_KEPT_MS));
	for (const { supplierId } of await listSuppliers(services.db)) {
		const scope = mintScope(supplierId, { kind: 'system' });
		await commit(services, scope, (tx) => deleteStaleAnswers(tx, scope, now));
		await commit(services, scope, (tx) => forgetFiles(tx, scope, new Date(now.getTime() - IMPORT_FILES_KEPT_MS)));
	}
}
