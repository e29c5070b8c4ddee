// The files inside a PDF and what it says of itself, as far as each can be read: one broken part hides no other (ISO 32000-1, 7.9.6 name trees, 7.11.4
// embedded files; ISO 19005-3, associated files).
import type { PDFDict, PDFDocument } from '@cantoo/pdf-lib';

export type Attachment = { name: string; data: Uint8Array; relation: string | null };
export type Pdf = { attachments: Attachment[]; xmp: string | null; hasOutputIntent: boolean; isAssociated: boolean };
type Library = typeof import('@cantoo/pdf-lib');

/** More than any invoice has. */
const FILES_MAX = 200;
const NODES_MAX = 1000;

/** null: it can't be read, or its pages can't. The library is loaded on first use: a web process at rest does without. */
export async function openPdf(bytes: Uint8Array): Promise<Pdf | null> {
	const library = await import('@cantoo/pdf-lib');
	const options = { updateMetadata: false, throwOnInvalidObject: false };
	// Many are locked against changes only, and open without a password.
	const doc = await library.PDFDocument.load(bytes, options)
		.catch(() => library.PDFDocument.load(bytes, { ...options, password: '' }))
		.catch(() => null);
	// What has no pages that can be opened would be shown to its client as a broken file. Of bytes without any object there is not even a catalog.
	return doc && attempt(() => doc.getPageCount()) !== null ? read(library, doc) : null;
}
function read(library: Library, { catalog }: PDFDocument): Pdf {
	const { decodePDFRawStream, PDFArray, PDFName, PDFRawStream } = library;
	const metadata = attempt(() => catalog.lookup(PDFName.of('Metadata')));
	const associated = attempt(() => catalog.lookup(PDFName.of('AF')));
	const attachments = specsOf(library, catalog).flatMap(
		([key, spec]) => attempt(() => attachmentOf(library, key, spec)) ?? []
	);
	return {
		attachments,
		xmp:
			metadata instanceof PDFRawStream
				? attempt(() => new TextDecoder().decode(decodePDFRawStream(metadata).decode()))
				: null,
		hasOutputIntent: catalog.has(PDFName.of('OutputIntents')),
		isAssociated: associated instanceof PDFArray && associated.size() > 0
	};
}
function attempt<T>(read: () => T): T | null {
	try {
		return read();
	} catch {
		return null;
	}
}

/** File specifications with their key: of the name tree, whatever its shape, and of the list of associated files. Each once. */
function specsOf(library: Library, catalog: PDFDict): [string, PDFDict][] {
	const { PDFArray, PDFDict, PDFName } = library;
	const found = new Map<PDFDict, string>();
	const take = (key: unknown, spec: unknown): void => {
		if (spec instanceof PDFDict && !found.has(spec) && found.size < FILES_MAX)
			found.set(spec, textOf(library, key) ?? '');
	};
	const names = attempt(() => catalog.lookup(PDFName.of('Names')));
	const nodes: unknown[] = names instanceof PDFDict ? [attempt(() => names.lookup(PDFName.of('EmbeddedFiles')))] : [];
	const seen = new Set<unknown>();
	for (const node of nodes) {
		if (!(node instanceof PDFDict) || seen.has(node) || seen.size >= NODES_MAX) continue;
		seen.add(node);
		const pairs = attempt(() => node.lookup(PDFName.of('Names')));
		if (pairs instanceof PDFArray)
			for (let i = 0; i + 1 < pairs.size(); i += 2)
				take(
					attempt(() => pairs.lookup(i)),
					attempt(() => pairs.lookup(i + 1))
				);
		const kids = attempt(() => node.lookup(PDFName.of('Kids')));
		if (kids instanceof PDFArray) for (let i = 0; i < kids.size(); i += 1) nodes.push(attempt(() => kids.lookup(i)));
	}
	const associated = attempt(() => catalog.lookup(PDFName.of('AF')));
	if (associated instanceof PDFArray)
		for (let i = 0; i < associated.size(); i += 1)
			take(
				null,
				attempt(() => associated.lookup(i))
			);
	return [...found].map(([spec, key]) => [key, spec]);
}

/** Dates, sizes and descriptions are nobody's business here: whatever is wrong with them. */
function attachmentOf(library: Library, key: string, spec: PDFDict): Attachment[] {
	const { decodePDFRawStream, PDFDict, PDFName, PDFRawStream } = library;
	const files = spec.lookup(PDFName.of('EF'));
	if (!(files instanceof PDFDict)) return [];
	const stream = ['F', 'UF', 'DOS', 'Unix', 'Mac']
		.map((name) => attempt(() => files.lookup(PDFName.of(name))))
		.find((one) => one instanceof PDFRawStream);
	if (!(stream instanceof PDFRawStream)) return [];
	const nameIn = (field: string): string | null => attempt(() => textOf(library, spec.lookup(PDFName.of(field))));
	const relation = attempt(() => spec.lookup(PDFName.of('AFRelationship')));
	return [
		{
			name: nameIn('UF') || nameIn('F') || key,
			data: decodePDFRawStream(stream).decode(),
			relation: relation instanceof PDFName ? relation.toString().slice(1) : textOf(library, relation)
		}
	];
}
function textOf({ PDFHexString, PDFString }: Library, value: unknown): string | null {
	return value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : null;
}
