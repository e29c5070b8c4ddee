// An archive is the files in it: suppliers' tools and banks deliver them so. Its directory is believed only as far as the limits go.
import type { InvoiceFile } from './file.ts';

const FILES_MAX = 2000;
const BYTES_MAX = 64 * 1024 * 1024;
/** Local file header (PKWARE APPNOTE 4.3.7). */
export const isZip = ([a, b, c, d]: Uint8Array): boolean => a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04;
/** A workbook is a zip too, and no archive of anybody's (ISO/IEC 29500-2). */
const WORKBOOK = '[Content_Types].xml';
const isOfTheSystem = (name: string): boolean =>
	name.endsWith('/') || /(^|\/)(\.[^./]|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i.test(name);

/** null: not to be opened (a workbook, a password, too many or too large files, damage); whoever reads the file as it is says so. */
export async function unzip({ bytes }: InvoiceFile): Promise<InvoiceFile[] | null> {
	const { unzipSync } = await import('fflate');
	let [count, size] = [0, 0];
	try {
		const found = unzipSync(bytes, {
			filter: ({ name, originalSize }) => {
				if (name === WORKBOOK) throw new Error('a workbook');
				if (isOfTheSystem(name)) return false;
				count += 1;
				size += originalSize;
				if (count > FILES_MAX || size > BYTES_MAX) throw new Error('too much');
				return true;
			}
		});
		const files = Object.entries(found).map(([name, content]) => ({
			name: name.replace(/^.*[\\/]/, '').slice(0, 200),
			bytes: content
		}));
		return files.length ? files : null;
	} catch {
		return null;
	}
}
