// The segments of a JPEG: ITU-T T.81, annex B. Kept are those that draw: tables, frame, scans, and which colours they mean (JFIF without its thumbnail, Adobe).
import { joined, sizeProblem, type PictureRead } from './picture.ts';

const M = { soi: 0xd8, eoi: 0xd9, sos: 0xda, app0: 0xe0, app14: 0xee } as const;
/** Baseline, extended, progressive, all in Huffman's code. The other frames are drawn by few. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
/** Huffman tables, quantisation tables, restart interval. */
const TABLES = [0xc4, 0xdb, 0xdd];
/** Their length without a thumbnail, the two bytes of the length counted. */
const JFIF_BYTES = 16;
const ADOBE_BYTES = 14;

type Segment = { marker: number; whole: Uint8Array; data: Uint8Array };

/** `bytes` begins with the mark of a JPEG. */
export function readJpeg(bytes: Uint8Array): PictureRead {
	const segments = segmentsOf(bytes);
	if (!segments) return 'damaged';
	if (segments.some(({ marker }) => OTHER_FRAMES.includes(marker))) return 'unusual';
	const frames = segments.filter(({ marker }) => FRAMES.includes(marker));
	const [frame] = frames;
	if (!frame || frames.length > 1 || frame.data.length < 6 || !segments.some(({ marker }) => marker === M.sos))
		return 'damaged';
	const view = new DataView(frame.data.buffer, frame.data.byteOffset);
	const [bits, height, width, components] = [view.getUint8(0), view.getUint16(1), view.getUint16(3), view.getUint8(5)];
	const problem = sizeProblem(width, height);
	if (problem) return problem;
	if (bits !== 8 || (components !== 1 && components !== 3)) return 'unusual';
	const kept = segments.filter(draws).map(({ whole }) => whole);
	const end = Uint8Array.of(0xff, M.eoi);
	return { width, height, bytes: joined([Uint8Array.of(0xff, M.soi), ...kept, end]), packed: null };
}

function draws({ marker, data }: Segment): boolean {
	if (marker === M.app0) return data.length === JFIF_BYTES - 2 && beginsWith(data, 'JFIF\0');
	if (marker === M.app14) return data.length === ADOBE_BYTES - 2 && beginsWith(data, 'Adobe');
	return marker === M.sos || FRAMES.includes(marker) || TABLES.includes(marker);
}
const beginsWith = (data: Uint8Array, text: string): boolean =>
	[...text].every((letter, i) => data[i] === letter.charCodeAt(0));

/** Between the first mark and the last; a scan with the pixels that follow it. null: it does not come to its end. */
function segmentsOf(bytes: Uint8Array): Segment[] | null {
	const segments: Segment[] = [];
	let at = 2;
	while (at + 1 < bytes.length) {
		const marker = bytes[at + 1] ?? 0;
		if (bytes[at] !== 0xff) return null;
		// A mark may be preceded by any number of these.
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		if (marker === M.eoi) return segments;
		const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
		const dataEnd = at + 2 + length;
		// A mark without a length has no place between segments.
		if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8) || length < 2 || dataEnd > bytes.length) return null;
		const end = marker === M.sos ? pixelsEnd(bytes, dataEnd) : dataEnd;
		segments.push({ marker, data: bytes.subarray(at + 4, dataEnd), whole: bytes.subarray(at, end) });
		at = end;
	}
	return null;
}
/** Pixels go on until a mark that is neither a stuffed byte nor a restart. */
function pixelsEnd(bytes: Uint8Array, from: number): number {
	for (let at = from; at + 1 < bytes.length; at++) {
		const next = bytes[at + 1] ?? 0;
		if (bytes[at] === 0xff && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
	}
	return bytes.length;
}
