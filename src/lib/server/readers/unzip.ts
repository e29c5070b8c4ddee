// An archive is the files in it: suppliers' tools and banks deliver them so. Its directory is believed only as far as the limits go.
import type { InvoiceFile } from './file.ts';

const FILES_MAX = 2000;
/** Of all archives of one request together. */
const UNPACKED_MAX_BYTES = 64 * 1024 * 1024;
/** Local file header (PKWARE APPNOTE 4.3.7). */
export const isZip = ([a, b, c, d]: Uint8Array): boolean => a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04;
/** A workbook is a zip too, and no archive of anybody's (ISO/IEC 29500-2). */
const WORKBOOK = '[Content_Types].xml';
const isOfTheSystem = (name: string): boolean =>
	name.endsWith('/') || /(^|\/)(\.[^./]|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i.test(name);

/** What an archive may still become: what the others of its request have left. */
export type Room = { bytes: number; files: number };
export const fullRoom = (): Room => ({ bytes: UNPACKED_MAX_BYTES, files: FILES_MAX });
/**
 * null: not to be opened (a workbook, a password, damage); whoever reads the file as it is says so. `too_much`: it does not fit into the room. Each file is
 * unpacked into exactly the bytes that the directory says, counted before: one that lies is cut, and never takes more.
 */
export async function unzip(
	{ bytes }: InvoiceFile,
	room: Room = fullRoom()
): Promise<InvoiceFile[] | 'too_much' | null> {
	const { unzipSync } = await import('fflate');
	let [count, size] = [0, 0];
	let isTooMuch = false;
	try {
		const found = unzipSync(bytes, {
			filter: ({ name, originalSize }) => {
				if (name === WORKBOOK) throw new Error('a workbook');
				if (isOfTheSystem(name)) return false;
				count += 1;
				size += originalSize;
				isTooMuch = count > room.files || size > room.bytes;
				if (isTooMuch) throw new Error('too much');
				return true;
			}
		});
		const files = Object.entries(found).map(([name, content]) => ({
			name: name.replace(/^.*[\\/]/, '').slice(0, 200),
			bytes: content
		}));
		return files.length ? files : null;
	} catch {
		return isTooMuch ? 'too_much' : null;
	}
}
