// Before the row of a document is written, its bytes lie where the installation keeps them: with object storage there, else in the row itself.
// Actor: whoever may write the row. Throws StorageProblem.
import type { Scope } from '../../../domain/access/scope.ts';
import { StorageProblem } from '../../gateways/storage/port.ts';
import type { Services } from '../../services.ts';
import type { Tx } from '../../store/database.ts';
import { isDocumentKnown } from '../../store/documents.ts';
import { expectObject } from '../../store/pending-objects.ts';
import { commit, read } from '../run.ts';

/** `bytes` is asked for its bytes only when they have to travel. Answers whether they lie beside the database. */
export async function putContent(
	services: Services,
	scope: Scope,
	sha256: string,
	bytes: (tx: Tx) => Promise<Uint8Array>
): Promise<boolean> {
	const { storage, clock } = services;
	if (!storage) return false;
	if (await read(services, scope, (tx) => isDocumentKnown(tx, scope, sha256))) return true;
	if (!(await commit(services, scope, (tx) => expectObject(tx, scope, sha256, clock.now()))))
		throw new StorageProblem('busy', `${scope.supplierId}/${sha256} is being removed: again within the hour`);
	const put = await storage.put(scope.supplierId, await read(services, scope, bytes));
	if (put.sha256 !== sha256)
		throw new StorageProblem('damaged', `the file ${sha256} of an import is not what was received`);
	return true;
}
