// A supplier's mark: the first letters of its name, two at most.
export const initialsOf = (name: string): string =>
	name
		.split(/\s+/)
		.map((word) => [...word][0])
		.slice(0, 2)
		.join('')
		.toUpperCase();
