// What must be there where this is written. Going on with nothing in its place would be a mistake of ours: a row that counts, a plan just locked.

/** `what` goes to the log: the name of a thing, never a person, an amount or an address. @throws when there is nothing. */
export function required<T>(value: T, what: string): NonNullable<T> {
	if (value === null || value === undefined) throw new Error(`${what} is missing`);
	return value;
}
