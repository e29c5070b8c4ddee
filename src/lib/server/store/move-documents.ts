// Documents of every supplier by where their bytes lie, for the operator's move (npm run documents). As the owner of the tables: nothing else may touch a document that is
// kept, and the table itself lets bytes go and come back only as they were (keep_document).
import { sql } from 'drizzle-orm';
import type { Queries } from './database.ts';
import { claimObject, takeReturned } from './pending-objects.ts';

export type Place = 'database' | 'storage';
export type PlacedDocument = { supplierId: string; documentId: string; sha256: string; byteSize: number };
const liesIn = (place: Place) => (place === 'database' ? sql`content is not null` : sql`content is null`);

export async function countDocuments(db: Queries, place: Place): Promise<{ count: number; bytes: number }> {
	const [row] = await db.execute<{ count: number; bytes: string }>(
		sql`select count(*)::int as count, coalesce(sum(byte_size), 0) as bytes from document where ${liesIn(place)}`
	);
	return { count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0) };
}
/** The next ones behind `after`, in the order of their keys. */
export async function listPlaced(
	db: Queries,
	place: Place,
	after: PlacedDocument | null,
	limit: number
): Promise<PlacedDocument[]> {
	const behind = after
		? sql`and (supplier_id, document_id) > (${after.supplierId}::uuid, ${after.documentId}::uuid)`
		: sql``;
	const rows = await db.execute<{ supplier_id: string; document_id: string; sha256: string; byte_size: number }>(
		sql`select supplier_id, document_id, sha256, byte_size from document where ${liesIn(place)} ${behind} order by supplier_id, document_id limit ${limit}`
	);
	return rows.map((row) => ({
		supplierId: row.supplier_id,
		documentId: row.document_id,
		sha256: row.sha256,
		byteSize: row.byte_size
	}));
}
const its = ({ supplierId, documentId }: PlacedDocument) =>
	sql`supplier_id = ${supplierId}::uuid and document_id = ${documentId}::uuid`;
export async function contentInDatabase(db: Queries, one: PlacedDocument): Promise<Uint8Array | null> {
	const [row] = await db.execute<{ content: Uint8Array | null }>(sql`select content from document where ${its(one)}`);
	return row?.content ?? null;
}
/** `false`: what was put is being removed; it stays where it is. */
export const letContentGo = (db: Queries, one: PlacedDocument): Promise<boolean> =>
	db.transaction(async (tx) => {
		if (!(await claimObject(tx, one, one.sha256))) return false;
		await tx.execute(sql`update document set content = null where ${its(one)} and content is not null`);
		return true;
	});
/** `true`: what lies in the storage is then to be removed, by who calls. */
export const takeContentBack = (db: Queries, one: PlacedDocument, content: Uint8Array, mark: Date): Promise<boolean> =>
	db.transaction(async (tx) => {
		const rows = await tx.execute(
			sql`update document set content = ${content} where ${its(one)} and content is null returning document_id`
		);
		return rows.length > 0 && takeReturned(tx, one, mark);
	});
