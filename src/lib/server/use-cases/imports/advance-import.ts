// One step of the import that has waited longest: a file is read and checked, or some invoices are kept. Every step ends in commits of its own, so that
// a process that dies in the middle loses nothing: whoever takes over reads that file again, or keeps what is not kept yet.
import { mintScope } from '../../../domain/access/scope.ts';
import { newId } from '../../identity.ts';
import type { Services } from '../../services.ts';
import { claimImport, releaseClaim } from '../../store/imports.ts';
import { LEASE_MS, LostClaim, type Work } from './import-work.ts';
import { saveNextLines } from './save-lines.ts';
import { readNextFiles } from './read-files.ts';

/** `false` when no import waits. */
export async function advanceNextImport(services: Services): Promise<boolean> {
	const claim = await claimImport(services.db, newId(), services.clock.now(), LEASE_MS);
	if (!claim) return false;
	const work: Work = { services, claim, scope: mintScope(claim.supplierId, { kind: 'system' }) };
	try {
		if (claim.state === 'reading') await readNextFiles(work);
		else await saveNextLines(work);
	} catch (error) {
		if (!(error instanceof LostClaim)) throw error;
	} finally {
		await releaseClaim(services.db, claim, services.clock.now());
	}
	return true;
}
