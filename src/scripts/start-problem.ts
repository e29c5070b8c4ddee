// A sentence for the person at the terminal; no stack.
export class StartProblem extends Error {}

/** A path as it can be pasted into a shell, whatever stands in it. */
export const quoted = (path: string): string =>
	/^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
