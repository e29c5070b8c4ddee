// XML in: bytes must be what the declaration says, entities and DOCTYPE are refused, depth and size are bounded. Then walking what the parser gives,
// without trusting its shape.
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { block, type Finding } from '../../domain/invoices/findings.ts';

const XML_MAX_BYTES = 5 * 1024 * 1024;
/** Elements that may be repeated are named by the reader: one is then a list of one. */
const parserFor = (arrays: ReadonlySet<string>): XMLParser =>
	new XMLParser({
		ignoreAttributes: false,
		attributeNamePrefix: '@',
		removeNSPrefix: true,
		parseTagValue: false,
		parseAttributeValue: false,
		processEntities: false,
		trimValues: true,
		alwaysCreateTextNode: true,
		isArray: (name) => arrays.has(name)
	});

/** Local name of the root element, or null when there is none. */
export function rootName(bytes: Uint8Array): string | null {
	const head = new TextDecoder('latin1').decode(bytes.subarray(0, 4096)).replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '');
	return /<(?:[\w.-]+:)?([\w.-]+)/.exec(head)?.[1] ?? null;
}

export function parseXml(
	bytes: Uint8Array,
	arrays: ReadonlySet<string>
): { tree: Node; xml: string } | { finding: Finding } {
	const decoded = toText(bytes);
	if ('finding' in decoded) return decoded;
	const broken = (where: string, why: string) => ({
		finding: block('XML_NOT_WELL_FORMED', where, why, 'un XML bien formé')
	});
	const valid = XMLValidator.validate(decoded.xml);
	if (valid !== true) {
		const { line } = valid.err;
		return broken(`ligne ${line}`, (decoded.xml.split(/\r\n|\n|\r/)[line - 1] ?? '').trim().slice(0, 80));
	}
	try {
		return { tree: parserFor(arrays).parse(decoded.xml) as Node, xml: decoded.xml };
	} catch {
		// What is nested deeper than any invoice.
		return broken('XML', '');
	}
}

function toText(bytes: Uint8Array): { xml: string } | { finding: Finding } {
	if (bytes.length > XML_MAX_BYTES)
		return { finding: block('TOO_LARGE', 'XML', String(bytes.length), `≤ ${XML_MAX_BYTES}`) };
	const declared =
		/^[^>]*encoding=["']([^"']+)["']/.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 200)))?.[1] ?? 'UTF-8';
	try {
		const xml = new TextDecoder(declared, { fatal: true }).decode(bytes);
		return /<!DOCTYPE|<!ENTITY/i.test(xml)
			? { finding: block('XML_DOCTYPE', 'XML', 'DOCTYPE', 'un XML sans DOCTYPE') }
			: { xml };
	} catch {
		return { finding: block('XML_ENCODING', 'XML', declared, 'UTF-8') };
	}
}

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
export function attribute(node: Node | null, name: string): string | null {
	const value = node?.[`@${name}`];
	return typeof value === 'string' ? value : null;
}

/** Every text of a tree, with the names of its element and of the one around it. Nothing is passed over because it was written twice. */
export function* leaves(node: Node, name = '', parent = ''): Generator<{ name: string; parent: string; text: string }> {
	for (const [key, value] of Object.entries(node)) {
		if (key.startsWith('@')) continue;
		for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
			if (isNode(one)) yield* leaves(one, key, name);
			else if (typeof one === 'string' && one.trim() !== '')
				yield key === '#text' ? { name, parent, text: decode(one) } : { name: key, parent: name, text: decode(one) };
		}
	}
}
