// Factur-X as PDF writers shape it: trees of names, associated files without a tree, broken dates, several files, locked against changes. What is inside is
// read, and one broken part hides no other.
import { PDFArray, PDFDict, PDFDocument, PDFName, PDFRawStream, PDFString, type PDFObject } from '@cantoo/pdf-lib';
import { describe, expect, test } from 'vitest';
import { facturXOf, type InvoiceSpec } from '#scripts/demo/invoice-file.ts';
import { readInvoices } from '../../builders/imports.ts';
import { LUMEN } from '../../builders/invoices.ts';

const spec: InvoiceSpec = {
	number: 'F2026-0042',
	issuedOn: '2026-11-12',
	dueOn: '2026-12-12',
	seller: LUMEN,
	buyer: { name: 'Menuiserie Roche', siren: '732829320', email: 'compta@roche.example' },
	lines: [{ label: 'Lustre', netMinor: 100_000, rateBps: 2000 }]
};
type Parts = { doc: PDFDocument; tree: PDFDict; pairs: PDFArray; file: PDFDict };
const name = (text: string) => PDFName.of(text);
/** Written again as somebody else might, then read. */
async function readShaped(shape: (parts: Parts) => unknown) {
	const doc = await PDFDocument.load(await facturXOf(spec), { updateMetadata: false });
	const tree = doc.catalog.lookup(name('Names'), PDFDict).lookup(name('EmbeddedFiles'), PDFDict);
	const pairs = tree.lookup(name('Names'), PDFArray);
	await shape({ doc, tree, pairs, file: pairs.lookup(1, PDFDict) });
	const { results } = await readInvoices({ name: 'f.pdf', bytes: await doc.save({ updateFieldAppearances: false }) });
	const [result] = results;
	return [result!.ok && result!.document.number, result!.findings.map((finding) => finding.code)];
}
const node = (doc: PDFDocument, entries: Record<string, PDFObject | PDFObject[]>) =>
	doc.context.register(doc.context.obj(entries));
/** A stream by its name, whatever its filter. */
const streamIn = (dict: PDFDict, key: string): PDFRawStream => {
	const stream = dict.lookup(name(key));
	if (!(stream instanceof PDFRawStream)) throw new Error(`no stream under ${key}`);
	return stream;
};
const dataOf = (file: PDFDict): PDFRawStream => streamIn(file.lookup(name('EF'), PDFDict), 'F');
const READ = ['F2026-0042', []];

describe('read whatever its shape', () => {
	test.each<[string, (parts: Parts) => unknown]>([
		['as it was', () => {}],
		[
			'a tree of names',
			({ doc, tree, pairs }) => {
				const leaf = node(doc, { Names: pairs, Limits: [PDFString.of('a'), PDFString.of('z')] });
				tree.delete(name('Names'));
				tree.set(name('Kids'), doc.context.obj([node(doc, { Names: [] }), node(doc, { Kids: [leaf] })]));
			}
		],
		[
			'a tree that comes round to itself',
			({ doc, tree, pairs }) => {
				const ring = node(doc, { Names: pairs });
				doc.context.lookup(ring, PDFDict).set(name('Kids'), doc.context.obj([ring]));
				tree.delete(name('Names'));
				tree.set(name('Kids'), doc.context.obj([ring]));
			}
		],
		['associated files without a tree', ({ doc }) => doc.catalog.delete(name('Names'))],
		[
			'dates that are none',
			({ file }) => {
				const stream = dataOf(file);
				stream.dict.set(
					name('Params'),
					stream.dict.context.obj({ ModDate: PDFString.of('hier'), CreationDate: PDFString.of('') })
				);
			}
		],
		['no word about dates', ({ file }) => dataOf(file).dict.delete(name('Params'))],
		[
			'another file before it that can’t be read',
			({ doc, pairs }) => {
				const broken = node(doc, {
					Type: name('Filespec'),
					F: PDFString.of('bild.xml'),
					EF: doc.context.obj({ F: doc.context.obj({}) })
				});
				pairs.insert(0, broken);
				pairs.insert(0, PDFString.of('bild.xml'));
			}
		],
		[
			'a broken stream beside it',
			({ doc, pairs }) => {
				const stream = doc.context.register(
					PDFRawStream.of(doc.context.obj({ Filter: 'FlateDecode' }), new Uint8Array([1, 2, 3]))
				);
				pairs.insert(0, node(doc, { F: PDFString.of('a.xml'), EF: doc.context.obj({ F: stream }) }));
				pairs.insert(0, PDFString.of('a.xml'));
			}
		]
	])('%s', async (_, shape) => expect(await readShaped(shape)).toEqual(READ));
});
describe('locked', () => {
	/** PDF/A forbids it: what is locked announces nothing. */
	const locked = (userPassword: string) =>
		readShaped(({ doc }) => {
			doc.catalog.delete(name('Metadata'));
			doc.encrypt({ ownerPassword: 'secret', userPassword });
		});
	test('against changes, open to readers: read', async () =>
		expect(await locked('')).toEqual(['F2026-0042', ['XMP_MISSING']]));
	test('with a password that nobody gave: said', async () =>
		expect(await locked('secret')).toEqual([false, ['NO_XML']]));
});
test('a tree of names is walked by itself: no list of associated files helps', async () =>
	expect(
		await readShaped(({ doc, tree, pairs }) => {
			const leaf = node(doc, { Names: pairs });
			tree.delete(name('Names'));
			tree.set(name('Kids'), doc.context.obj([node(doc, { Kids: [leaf] })]));
			doc.catalog.delete(name('AF'));
		})
	).toEqual(['F2026-0042', ['AF_MISSING']]));
test('attachments that the document does not name are read, and said', async () =>
	expect(await readShaped(({ doc }) => doc.catalog.delete(name('AF')))).toEqual(['F2026-0042', ['AF_MISSING']]));
test('a PDF that announces another profile than its data has is read, and said', async () => {
	const metadata = async (level: (written: string) => string) =>
		readShaped(({ doc }) => {
			const stream = streamIn(doc.catalog, 'Metadata');
			const xmp = new TextDecoder().decode(stream.getContents());
			const changed = doc.context.stream(
				xmp.replace(/(ConformanceLevel(?:>|="))([^<"]+)/, (_all, head: string, old: string) => head + level(old))
			);
			doc.catalog.set(name('Metadata'), doc.context.register(changed));
		});
	expect(await metadata((old) => old)).toEqual(READ);
	expect(await metadata(() => 'MINIMUM')).toEqual(['F2026-0042', ['XMP_PROFILE']]);
});
