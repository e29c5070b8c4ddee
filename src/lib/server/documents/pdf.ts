// A tagged PDF with its own font (Noto Sans, OFL), so that every accent prints everywhere. What receipts and credit notes share.
import { createRequire } from 'node:module';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '../../domain/money/format.ts';
import type { Issuer } from '../store/parties.ts';

const font = (weight: 400 | 700): string =>
	createRequire(import.meta.url).resolve(`@fontsource/noto-sans/files/noto-sans-latin-${weight}-normal.woff`);
/** The latin subset has no narrow no-break space: a no-break space prints the same width class. */
const printable = (text: string): string => text.replaceAll('\u202f', '\u00a0').replaceAll('•', '·');

export type Page = {
	paragraph(tag: 'P' | 'H1', draw: () => void): void;
	line(text: string, size?: number, face?: Face): void;
	row(name: string, value: string, face?: Face): void;
	space(lines?: number): void;
	finish(): Promise<Uint8Array>;
};
type Face = 'regular' | 'bold';

/** The PDF library is loaded on first use: a web process at rest does without it. */
export async function openPdf(title: string, issuer: Issuer, locale: Locale): Promise<Page> {
	const { default: PDFDocument } = await import('pdfkit');
	const doc = new PDFDocument({
		size: 'A4',
		margin: 56,
		pdfVersion: '1.7',
		tagged: true,
		lang: locale === 'fr' ? 'fr-FR' : 'en',
		displayTitle: true,
		font: font(400),
		info: { Title: title, Author: issuer.legalName }
	});
	doc.registerFont('regular', font(400));
	doc.registerFont('bold', font(700));
	const parts: Buffer[] = [];
	const finished = new Promise<Uint8Array>((done, failed) =>
		doc
			.on('data', (part: Buffer) => parts.push(part))
			.on('end', () => done(Buffer.concat(parts)))
			.on('error', failed)
	);
	const root = doc.struct('Document');
	doc.addStructure(root);
	const page: Page = {
		paragraph: (tag, draw) => root.add(doc.struct(tag, {}, draw)),
		line: (text, size = 11, face = 'regular') => doc.font(face).fontSize(size).text(printable(text)),
		row(name, value, face = 'regular') {
			const y = doc.y;
			doc.font(face).fontSize(11).text(printable(name), 56, y, { width: 320 });
			const after = doc.y;
			doc.text(printable(value), 376, y, { width: 163, align: 'right' });
			doc.x = 56;
			doc.y = Math.max(after, doc.y) + 4;
		},
		space: (lines = 1) => void doc.moveDown(lines),
		finish() {
			root.end();
			doc.end();
			return finished;
		}
	};
	page.paragraph('P', () => {
		page.line(issuer.legalName, 13, 'bold');
		for (const text of identityOf(issuer, locale)) page.line(text, 10);
		page.space(2);
	});
	page.paragraph('H1', () => page.line(title, 20, 'bold'));
	return page;
}

/** Address and numbers under the issuer's name. */
function identityOf({ address, siren, vatNumber }: Issuer, locale: Locale): string[] {
	const vat = vatNumber && `${m.vat_number({}, { locale })} ${vatNumber}`;
	return [...address, siren && `SIREN ${siren}`, vat].filter((text): text is string => Boolean(text));
}
