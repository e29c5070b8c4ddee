// The bytes of a document, from its row or from beside the database: held against their hash, or nothing. Throws StorageProblem.
import type { Scope } from '../../../domain/access/scope.ts';
import { StorageProblem } from '../../gateways/storage/port.ts';
import { sha256 } from '../../identity.ts';
import type { Services } from '../../services.ts';

type Kept = { sha256: string; byteSize: number; content: Uint8Array | null };
type Whole<T> = T & { content: Uint8Array };
/** `find` reads the row: once more when its bytes are not where it said, because they may have been moved into it meanwhile. null: there is none. */
export async function readContent<T extends Kept>(
	services: Services,
	scope: Scope,
	find: () => Promise<T | null>
): Promise<Whole<T> | null> {
	const kept = await find();
	if (!kept) return null;
	try {
		return { ...kept, content: await contentOf(services, scope, kept) };
	} catch (error) {
		if (!(error instanceof StorageProblem) || error.kind !== 'missing') throw error;
		const now = await find();
		if (!now?.content) throw error;
		return { ...now, content: await contentOf(services, scope, now) };
	}
}
async function contentOf({ storage }: Services, { supplierId }: Scope, kept: Kept): Promise<Uint8Array> {
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
