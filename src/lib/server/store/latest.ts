// A glance at the latest of a list, and how many more there are: what is left out is said.
export type Latest<T> = { rows: T[]; more: number };

/** Counts only where the bound was reached. */
export async function withRest<T>(rows: T[], limit: number, count: () => Promise<number>): Promise<Latest<T>> {
	return { rows, more: rows.length < limit ? 0 : (await count()) - rows.length };
}
