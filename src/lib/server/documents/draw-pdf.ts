// The thread in which documents are drawn: one page of content in, a tagged PDF with its own font (Noto Sans, OFL) out, so that every accent prints everywhere.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import { fitted } from '../../domain/identity/fitted.ts';
import type { Face, Item, PageContent } from './page-content.ts';

const MARGIN = 56;
const WEIGHTS: Record<Face, 400 | 700> = { regular: 400, bold: 700 };
/** Opened once: unpacking and reading a font takes longer than drawing a page with it. */
const fonts = new Map<Face, Font>();
function fontOf(face: Face): Font {
	const known = fonts.get(face);
	if (known) return known;
	const name = `@fontsource/noto-sans/files/noto-sans-latin-${WEIGHTS[face]}-normal.woff`;
	const font = create(readFileSync(createRequire(import.meta.url).resolve(name))) as Font;
	fonts.set(face, font);
	return font;
}
/** The latin subset has no narrow no-break space: a no-break space prints the same width class. */
const printable = (text: string): string => text.replaceAll('\u202f', '\u00a0').replaceAll('•', '·');

export default function drawPdf({ title, author, lang, logo, paragraphs }: PageContent): Promise<Uint8Array> {
	const doc = new PDFDocument({
		size: 'A4',
		margin: MARGIN,
		pdfVersion: '1.7',
		tagged: true,
		lang,
		displayTitle: true,
		// Taken as it is, though its types say a path or bytes.
		font: fontOf('regular') as unknown as string,
		info: { Title: title, Author: author }
	});
	for (const face of ['regular', 'bold'] as const) doc.registerFont(face, fontOf(face) as unknown as Buffer);
	const parts: Buffer[] = [];
	const finished = new Promise<Uint8Array>((done, failed) =>
		doc
			.on('data', (part: Buffer) => parts.push(part))
			.on('end', () => done(Buffer.concat(parts)))
			.on('error', failed)
	);
	const root = doc.struct('Document');
	doc.addStructure(root);
	if (logo) drawLogo(doc, logo);
	for (const { tag, items } of paragraphs)
		root.add(
			doc.struct(tag, {}, () => {
				for (const item of items) draw(doc, item);
			})
		);
	root.end();
	doc.end();
	return finished;
}

/** Points: about two centimetres and a half high at most. */
const LOGO_BOX = { width: 160, height: 48 };
/** Above the supplier's name, at the margin; an artifact, since the name says the same (PDF/UA, ISO 14289-1, 7.1). */
function drawLogo(doc: PDFKit.PDFDocument, logo: NonNullable<PageContent['logo']>): void {
	const { width, height } = fitted(logo, LOGO_BOX);
	doc.markContent('Artifact', { type: 'Layout' });
	doc.image(Buffer.from(logo.content), MARGIN, MARGIN, { width, height });
	doc.endMarkedContent();
	doc.x = MARGIN;
	doc.y = MARGIN + height + 12;
}

function draw(doc: PDFKit.PDFDocument, item: Item): void {
	if (item.kind === 'space') doc.moveDown(item.lines);
	else if (item.kind === 'line') doc.font(item.face).fontSize(item.size).text(printable(item.text));
	else {
		const { y } = doc;
		doc.font(item.face).fontSize(11).text(printable(item.name), MARGIN, y, { width: 320 });
		const after = doc.y;
		doc.text(printable(item.value), 376, y, { width: 163, align: 'right' });
		doc.x = MARGIN;
		doc.y = Math.max(after, doc.y) + 4;
	}
}
