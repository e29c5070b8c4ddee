// Factur-X and ZUGFeRD: the invoice XML inside a PDF. Which attachment: by name in order of preference, else any XML whose root is an invoice;
// never simply the first (some files carry pictures and delivery notes too).
import { block, warn, type ReadResult } from '../../domain/invoices/findings.ts';
import type { InvoiceFile } from './file.ts';
import { isInvoiceRoot, readXmlInvoice } from './xml-invoice.ts';
import { rootName } from './xml.ts';

const PREFERRED = ['factur-x.xml', 'zugferd-invoice.xml', 'xrechnung.xml'];

export async function readFacturX(file: InvoiceFile): Promise<ReadResult[]> {
	const attachments = await attachmentsOf(file.bytes);
	if (!attachments && !Buffer.from(file.bytes).includes(' obj'))
		return [{ ok: false, findings: [block('NOT_A_PDF', file.name, `${file.bytes.length} octets`, 'un PDF entier')] }];
	if (!attachments)
		return [{ ok: false, findings: [block('NO_XML', file.name, 'PDF illisible ou protégé', 'un PDF Factur-X')] }];
	const named = PREFERRED.map((name) => attachments.find((attachment) => attachment.name.toLowerCase() === name)).find(
		Boolean
	);
	const chosen =
		named ??
		attachments.find(
			(attachment) => attachment.name.toLowerCase().endsWith('.xml') && isInvoiceRoot(rootName(attachment.data))
		);
	if (!chosen) {
		const other = attachments.find((attachment) => attachment.name.toLowerCase().endsWith('.xml'));
		const finding = other
			? block('NOT_AN_INVOICE', file.name, rootName(other.data) ?? other.name, 'CrossIndustryInvoice')
			: block(
					'NO_XML',
					file.name,
					`${attachments.length} pièce(s) jointe(s), aucune facture`,
					'un PDF Factur-X, ou une saisie par CSV'
				);
		return [{ ok: false, findings: [finding] }];
	}
	const result = readXmlInvoice(chosen.data);
	return [
		named
			? result
			: { ...result, findings: [...result.findings, warn('ATTACHMENT_NAME', file.name, chosen.name, 'factur-x.xml')] }
	];
}

/** Names and bytes of the embedded files; null when the PDF can't be read. The library is loaded on first use: a web process at rest does without. */
async function attachmentsOf(bytes: Uint8Array): Promise<{ name: string; data: Uint8Array }[] | null> {
	const { PDFDocument } = await import('@cantoo/pdf-lib');
	try {
		const doc = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: false });
		return doc.getAttachments().map(({ name, data }) => ({ name, data }));
	} catch {
		return null;
	}
}
