// Walking what fast-xml-parser gives, without trusting its shape.
export type Node = { [name: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

export function at(node: Node, name: string): Node | null {
	const value = node[name];
	if (Array.isArray(value)) return isNode(value[0]) ? value[0] : null;
	return isNode(value) ? value : null;
}
export function list(node: Node, name: string): Node[] {
	const value = node[name];
	return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** The five predefined entities and character references; the parser itself expands none. */
const decode = (raw: string): string =>
	raw.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
		const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : null;
		if (code !== null) return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
		return ENTITIES[name ?? ''] ?? all;
	});

/** Text at the end of a path, or null when the path or the text is missing. */
export function text(node: Node, ...path: string[]): string | null {
	let here: Node | null = node;
	for (const step of path) here = here && at(here, step);
	const value = here?.['#text'];
	return typeof value === 'string' && value.trim() !== '' ? decode(value.trim()) : null;
}
