// Factur-X and ZUGFeRD: the invoice XML inside a PDF. Which attachment: by name in order of preference, else any XML whose root is an invoice;
// never simply the first (some files carry pictures and delivery notes too).
import { block, warn, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import type { InvoiceFile } from './file.ts';
import type { When } from './norm-values.ts';
import { openPdf, type Attachment, type Pdf } from './pdf-attachments.ts';
import { isInvoiceRoot, readXmlInvoice } from './xml-invoice.ts';
import { rootName } from './xml.ts';

const PREFERRED = ['factur-x.xml', 'zugferd-invoice.xml', 'xrechnung.xml'];

export async function readFacturX(file: InvoiceFile, when: When): Promise<ReadResult[]> {
	const pdf = await openPdf(file.bytes);
	if (!pdf && !Buffer.from(file.bytes).includes(' obj'))
		return [{ ok: false, findings: [block('NOT_A_PDF', file.name, `${file.bytes.length} octets`, 'un PDF entier')] }];
	if (!pdf)
		return [{ ok: false, findings: [block('NO_XML', file.name, 'PDF illisible ou protégé', 'un PDF Factur-X')] }];
	const chosen = invoiceIn(pdf.attachments);
	if (!chosen) {
		const other = pdf.attachments.find(isXml);
		const finding = other
			? block('NOT_AN_INVOICE', file.name, rootName(other.data) ?? other.name, 'CrossIndustryInvoice')
			: block('NO_XML', file.name, 'aucune facture en pièce jointe', 'un PDF Factur-X, ou une saisie par CSV');
		return [{ ok: false, findings: [finding] }];
	}
	const result = readXmlInvoice(chosen.data, when);
	return [
		{
			...result,
			findings: [...result.findings, ...packagingOf(file.name, pdf, chosen, result.ok ? result.document.profile : null)]
		}
	];
}

const isXml = ({ name }: Attachment): boolean => name.toLowerCase().endsWith('.xml');
const isNamedAsItShould = ({ name }: Attachment): boolean => PREFERRED.includes(name.toLowerCase());
function invoiceIn(attachments: Attachment[]): Attachment | undefined {
	const named = PREFERRED.map((name) => attachments.find((attachment) => attachment.name.toLowerCase() === name));
	return (
		named.find((attachment) => attachment !== undefined) ??
		attachments.find((attachment) => isXml(attachment) && isInvoiceRoot(rootName(attachment.data)))
	);
}

/** What is wrong with the wrapping and changes nothing in the data (Factur-X 1.0.07 part 6, ISO 19005-3): said, never refused. */
function packagingOf(
	fileName: string,
	{ xmp, hasOutputIntent, isAssociated }: Pdf,
	chosen: Attachment,
	profile: string | null
): Finding[] {
	const findings: Finding[] = [];
	if (!isNamedAsItShould(chosen)) findings.push(warn('ATTACHMENT_NAME', fileName, chosen.name, 'factur-x.xml'));
	if (!chosen.relation) findings.push(warn('AF_RELATIONSHIP', fileName, '', 'AFRelationship'));
	if (!isAssociated) findings.push(warn('AF_MISSING', fileName, '', '/AF'));
	if (!/urn:(factur-x|zugferd|ferd):(pdfa|pdfa:\w+|pdfa:CrossIndustryDocument)/i.test(xmp ?? ''))
		findings.push(warn('XMP_MISSING', fileName, '', 'XMP Factur-X'));
	else if (!hasOutputIntent || !/pdfaid:part(>|=["'])\s*3/.test(xmp ?? ''))
		findings.push(warn('NOT_PDFA', fileName, '', 'PDF/A-3'));
	const [, , level = ''] = /ConformanceLevel(>|=["'])\s*([^<"']+)/.exec(xmp ?? '') ?? [];
	const [told, held] = [levelOf(level), levelOf(profile ?? '')];
	if (told && held && told !== held) findings.push(warn('XMP_PROFILE', fileName, level.trim(), profile ?? ''));
	return findings;
}
/** The profile in one word, of the PDF (`BASIC WL`, `EN 16931`) and of the data (the last word of BT-24) alike. ZUGFeRD 1 says COMFORT. */
function levelOf(written: string): string | null {
	const word = written.toLowerCase().replace(/[\s_-]/g, '');
	const [, level] =
		/(minimum|basicwl|basic|en16931|comfort|extended|xrechnung)[^:#]*$/.exec(word.replace(/:2017$/, '')) ?? [];
	return level === 'comfort' ? 'en16931' : (level ?? null);
}
