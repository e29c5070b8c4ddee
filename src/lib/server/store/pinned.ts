// A list that leaves the house whole: which rows it holds is fixed in one statement, as one moment sees them, and their contents are read some at a time
// while the reader takes them. No transaction stays open for a slow reader, and memory holds sixteen bytes a row.
import { sql, type SQL } from 'drizzle-orm';
import type { Tx } from './database.ts';

export type Pinned = Uint8Array;
const ID_BYTES = 16;

/** `ids` selects `id` and `place`, by which they are put in order. */
export async function pin(tx: Tx, ids: SQL): Promise<Pinned> {
	const [row] = await tx.execute<{ pinned: Uint8Array | null }>(
		sql`select string_agg(uuid_send(id), ''::bytea order by place) as pinned from (${ids}) x`
	);
	return row?.pinned ?? new Uint8Array();
}

/** Their ids, `size` at a time, in their order. */
export function* pagesOf(pinned: Pinned, size: number): Generator<string[]> {
	for (let start = 0; start < pinned.length; start += size * ID_BYTES) {
		const ids: string[] = [];
		for (let at = start; at < Math.min(start + size * ID_BYTES, pinned.length); at += ID_BYTES)
			ids.push(
				Buffer.from(pinned.subarray(at, at + ID_BYTES))
					.toString('hex')
					.replace(AS_UUID, '$1-$2-$3-$4-$5')
			);
		yield ids;
	}
}
const AS_UUID = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
