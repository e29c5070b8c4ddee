// The one door for invoice files: finds the format by content, never by name, and hands over to one reader.
// A new format is one reader more, listed in `readerFor`.
import { block, type Finding, type ReadResult } from '../../domain/invoices/findings.ts';
import { FILE_MAX_BYTES, type InvoiceFile } from './file.ts';
import { readCsv, type ListHints, type ListShape } from './csv.ts';
import { isFec, readFec } from './fec.ts';
import { readFacturX } from './factur-x.ts';
import { readJson } from './json.ts';
import { ANY_DAY, type When } from './norm-values.ts';
import { isRimport, isXimport, readRimport, readXimport } from './sage.ts';
import { isZip } from './unzip.ts';
import { readXmlInvoice } from './xml-invoice.ts';

/** What one file holds: one result per invoice (a long list is read as it is asked for), and the type it must be served back with. */
export type FileReading = { mediaType: string; results: Iterable<ReadResult>; list?: ListShape | null };

export async function readInvoices(
	file: InvoiceFile,
	hints: ListHints = {},
	when: When = ANY_DAY
): Promise<FileReading> {
	if (file.bytes.length === 0)
		return refused('application/octet-stream', block('EMPTY', file.name, '0', 'un fichier qui n’est pas vide'));
	if (file.bytes.length > FILE_MAX_BYTES)
		return refused(
			'application/octet-stream',
			block('TOO_LARGE', file.name, String(file.bytes.length), `≤ ${FILE_MAX_BYTES}`)
		);
	if (isZip(file.bytes)) return refused('application/octet-stream', zipFinding(file));
	const head = new TextDecoder('latin1').decode(file.bytes.subarray(0, 4096));
	if (head.slice(0, 1024).includes('%PDF-'))
		return { mediaType: 'application/pdf', results: await readFacturX(file, when) };
	if (/^(\u00ef\u00bb\u00bf)?\s*<(\?xml|([\w-]+:)?(CrossIndustry|Invoice\b|CreditNote\b))/.test(head))
		return { mediaType: 'application/xml', results: [readXmlInvoice(file.bytes, when)] };
	if (/^\s*[[{]/.test(head)) return { mediaType: 'application/json', results: readJson(file.bytes, when) };
	if (file.name.toLowerCase().endsWith('.pdf'))
		return refused('application/octet-stream', block('NOT_A_PDF', file.name, head.slice(0, 8), '%PDF-'));
	if (isFec(head)) return { mediaType: 'text/csv', results: readFec(file.bytes, when) };
	if (isXimport(head)) return { mediaType: 'text/plain', results: readXimport(file.bytes, when) };
	if (isRimport(head)) return { mediaType: 'text/plain', results: readRimport(file.bytes, when) };
	if (
		(/[;,\t|]/.test(head.split(/[\r\n]/)[0] ?? '') || head.split(/[\r\n]+/, 20).some(isRow)) &&
		(!head.includes('\0') || /^(\u00ff\u00fe|\u00fe\u00ff)/.test(head))
	)
		return { mediaType: 'text/csv', ...readCsv(file.bytes, hints, when) };
	return refused(
		'application/octet-stream',
		block(
			'UNKNOWN_FORMAT',
			file.name,
			head.slice(0, 12).replace(/[^\x20-\x7e]/g, '·'),
			'PDF Factur-X, XML CII ou UBL, CSV, FEC, Sage'
		)
	);
}
/** Under a title: three cells at least. */
const isRow = (line: string): boolean => /([;,\t|]).*\1/.test(line);
/** What was not opened on its way in. */
export const zipFinding = ({ name }: InvoiceFile): Finding =>
	block('ZIP', name, 'ZIP', 'une archive sans mot de passe, de 64 Mo au plus ; d’un tableur, un CSV');
const refused = (mediaType: string, finding: Finding): FileReading => ({
	mediaType,
	results: [{ ok: false, findings: [finding] }]
});
