// A receipt as a tagged PDF with its own font (Noto Sans, OFL), so that every accent prints everywhere.
import { createRequire } from 'node:module';
import { m } from '#lib/paraglide/messages.js';
import { formatDay } from '../../domain/calendar/format.ts';
import { formatMoney, formatRate, type Locale } from '../../domain/money/format.ts';
import { methodName } from '../../i18n/methods.ts';
import type { Receipt } from '../use-cases/payments/read-receipt.ts';

const font = (weight: 400 | 700): string =>
	createRequire(import.meta.url).resolve(`@fontsource/noto-sans/files/noto-sans-latin-${weight}-normal.woff`);
/** The latin subset has no narrow no-break space: a no-break space prints the same width class. */
const printable = (text: string): string => text.replaceAll('\u202f', '\u00a0').replaceAll('•', '·');

/** Address and numbers under the supplier's name. */
function identityOf({ supplier }: Receipt, locale: Locale): string[] {
	const vat = supplier.vatNumber && `${m.vat_number({}, { locale })} ${supplier.vatNumber}`;
	return [...supplier.address, supplier.siren && `SIREN ${supplier.siren}`, vat].filter((text): text is string =>
		Boolean(text)
	);
}

/** The PDF library is loaded on first use: a web process at rest does without it. */
export async function renderReceiptPdf(receipt: Receipt, locale: Locale): Promise<Uint8Array> {
	const { default: PDFDocument } = await import('pdfkit');
	const say = { locale };
	const doc = new PDFDocument({
		size: 'A4',
		margin: 56,
		pdfVersion: '1.7',
		tagged: true,
		lang: locale === 'fr' ? 'fr-FR' : 'en',
		displayTitle: true,
		font: font(400),
		info: { Title: `${m.receipt({}, say)} ${receipt.receiptNumber}`, Author: receipt.supplier.legalName }
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
	const paragraph = (tag: string, draw: () => void) => root.add(doc.struct(tag, {}, draw));
	const line = (text: string, size = 11, face = 'regular') => doc.font(face).fontSize(size).text(printable(text));
	const row = (name: string, value: string, face = 'regular') => {
		const y = doc.y;
		doc.font(face).fontSize(11).text(printable(name), 56, y, { width: 320 });
		const after = doc.y;
		doc.text(printable(value), 376, y, { width: 163, align: 'right' });
		doc.x = 56;
		doc.y = Math.max(after, doc.y) + 4;
	};
	const money = (amount: Receipt['amountMinor']) => formatMoney(amount, receipt.currency, locale);
	paragraph('P', () => {
		line(receipt.supplier.legalName, 13, 'bold');
		for (const text of identityOf(receipt, locale)) line(text, 10);
		doc.moveDown(2);
	});
	paragraph('H1', () => line(`${m.receipt({}, say)} ${receipt.receiptNumber}`, 20, 'bold'));
	paragraph('P', () => {
		doc.moveDown(0.5);
		line(m.receipt_from({ name: receipt.clientName }, say));
		line(m.paid_on({ date: formatDay(receipt.paidOn, locale) }, say));
		line(`${m.paid_with({}, say)} : ${methodName(receipt.methodType, receipt.methodLabel, locale)}`);
		doc.moveDown();
	});
	paragraph('P', () => {
		for (const part of receipt.lines) row(m.invoice_number({ number: part.number }, say), money(part.amountMinor));
		row(m.amount_received({}, say), money(receipt.amountMinor), 'bold');
		doc.moveDown();
	});
	if (receipt.vat.length)
		paragraph('P', () => {
			line(m.receipt_vat_title({}, say), 12, 'bold');
			doc.moveDown(0.4);
			for (const part of receipt.vat)
				row(
					m.receipt_vat_line({ rate: formatRate(part.rateBps, locale), gross: money(part.grossMinor) }, say),
					money(part.vatMinor)
				);
		});
	if (receipt.reversedMinor > 0n)
		paragraph('P', () => row(m.receipt_given_back({}, say), money(receipt.reversedMinor)));
	root.end();
	doc.end();
	return finished;
}
