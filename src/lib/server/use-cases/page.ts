// One page of a list, and where the next one begins. A cursor that leads nowhere (an old bookmark) shows the beginning: never an empty list that is none.

export type Page<T> = { rows: T[]; next: string | null; isFirst: boolean };

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
