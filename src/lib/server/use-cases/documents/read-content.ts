// The bytes of a document, from its row or from beside the database: held against their hash, or nothing. Throws StorageProblem.
import type { Scope } from '../../../domain/access/scope.ts';
import { StorageProblem } from '../../gateways/storage/port.ts';
import { sha256 } from '../../identity.ts';
import type { Services } from '../../services.ts';

type Kept = { sha256: string; byteSize: number; content: Uint8Array | null };
export async function readContent({ storage }: Services, { supplierId }: Scope, kept: Kept): Promise<Uint8Array> {
	if (kept.content) {
		if (sha256(kept.content) === kept.sha256) return kept.content;
		throw new StorageProblem('damaged', `${supplierId}/${kept.sha256} in the database is not what was received`);
	}
	if (storage) return storage.get({ supplierId, sha256: kept.sha256 }, kept.byteSize);
	throw new StorageProblem(
		'refused',
		`${supplierId}/${kept.sha256} lies in object storage, and STORAGE_ENDPOINT is not set: set it, or move documents back first (npm run documents)`
	);
}
