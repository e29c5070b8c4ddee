// One page of a list, and where the next one begins; or all of them, one after the other. A cursor that leads nowhere (an old bookmark) shows the beginning: never an empty list that is none.
import type { Page } from '../../contract/lists.ts';

/** `list` answers with the rows behind `after`, at most `limit`: one more than the page, so that nobody counts. */
export async function pageOf<T>(
	{ after, size }: { after: string | null; size: number },
	list: (ask: { after: string | null; limit: number }) => Promise<T[]>,
	cursorOf: (row: T) => string
): Promise<Page<T>> {
	const found = await list({ after, limit: size + 1 });
	if (after && !found.length) return pageOf({ after: null, size }, list, cursorOf);
	const rows = found.slice(0, size);
	const last = rows.at(-1);
	return { rows, next: found.length > size && last ? cursorOf(last) : null, isFirst: after === null };
}

/** Every row of a list that is asked for piece by piece, whatever becomes of each: what can't be handled hides nothing behind it. */
export async function* allOf<T>(listBehind: (after: T | null) => Promise<T[]>): AsyncGenerator<T> {
	for (let rows = await listBehind(null); rows.length; rows = await listBehind(rows.at(-1) ?? null)) yield* rows;
}
