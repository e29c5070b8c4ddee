// What receipts and credit notes share: a page is filled here, and drawn in a thread of its own, so that no request waits for another's document.
import { createRequire } from 'node:module';
import { m } from '#lib/paraglide/messages.js';
import { formatPhone } from '../../domain/identity/phone.ts';
import type { Locale } from '../../domain/money/format.ts';
import type { Issuer } from '../store/suppliers.ts';
import { drawingThread } from './drawing-thread.ts';
import type { Face, Item, PageContent } from './page-content.ts';

// By the name of its source: built or not, the product runs beside its sources, and Node reads TypeScript by itself.
const drawAside = drawingThread(createRequire(import.meta.url).resolve('#lib/server/documents/draw-pdf.ts'));

export type Page = {
	/** What `fill` writes belongs together, for who reads by ear. */
	paragraph(tag: 'P' | 'H1', fill: () => void): void;
	line(text: string, size?: number, face?: Face): void;
	row(name: string, value: string, face?: Face): void;
	space(lines?: number): void;
	finish(): Promise<Uint8Array>;
};

export function openPdf(title: string, issuer: Issuer, locale: Locale): Page {
	const content: PageContent = {
		title,
		author: issuer.legalName,
		lang: locale === 'fr' ? 'fr-FR' : 'en',
		logo: issuer.logo,
		paragraphs: []
	};
	const write = (item: Item): void => void content.paragraphs.at(-1)?.items.push(item);
	const page: Page = {
		paragraph(tag, fill) {
			content.paragraphs.push({ tag, items: [] });
			fill();
		},
		line: (text, size = 11, face = 'regular') => write({ kind: 'line', text, size, face }),
		row: (name, value, face = 'regular') => write({ kind: 'row', name, value, face }),
		space: (lines = 1) => write({ kind: 'space', lines }),
		finish: () => drawAside(content)
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
function identityOf({ legalForm, address, siren, vatNumber, phone }: Issuer, locale: Locale): string[] {
	const vat = vatNumber && `${m.vat_number({}, { locale })} ${vatNumber}`;
	return [legalForm, ...address, siren && `SIREN ${siren}`, vat, phone && formatPhone(phone, locale)].filter(
		(text): text is string => Boolean(text)
	);
}
