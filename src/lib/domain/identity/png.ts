// The chunks of a PNG: https://www.w3.org/TR/png-3/. Kept are those that draw: IHDR, PLTE, tRNS, IDAT, IEND.
import { joined, sizeProblem, type PictureRead } from './picture.ts';

const SIGNATURE_BYTES = 8;
/** Length, name and checksum around what a chunk holds. */
const AROUND_BYTES = 12;
const DRAWS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** By colour type: how many values a pixel has, and how many bits each may take. */
const COLOURS: Record<number, { channels: number; bits: number[] }> = {
	0: { channels: 1, bits: [1, 2, 4, 8, 16] },
	2: { channels: 3, bits: [8, 16] },
	3: { channels: 1, bits: [1, 2, 4, 8] },
	4: { channels: 2, bits: [8, 16] },
	6: { channels: 4, bits: [8, 16] }
};
/** Where each pass of an interlaced picture begins, and its steps. */
const PASSES = [
	[0, 0, 8, 8],
	[4, 0, 8, 8],
	[0, 4, 4, 8],
	[2, 0, 4, 4],
	[0, 2, 2, 4],
	[1, 0, 2, 2],
	[0, 1, 1, 2]
] as const;

type Chunk = { name: string; data: Uint8Array; whole: Uint8Array };

/** `bytes` begins with the signature. */
export function readPng(bytes: Uint8Array): PictureRead {
	const chunks = chunksOf(bytes);
	if (!chunks) return 'damaged';
	const [head] = chunks;
	if (head?.name !== 'IHDR' || head.data.length !== 13) return 'damaged';
	const view = new DataView(head.data.buffer, head.data.byteOffset);
	const [width, height] = [view.getUint32(0), view.getUint32(4)];
	const problem = sizeProblem(width, height);
	if (problem) return problem;
	const [bits = 0, type = 0, compression, filter, interlaced = 0] = head.data.subarray(8);
	const colour = COLOURS[type];
	if (!colour?.bits.includes(bits) || compression !== 0 || filter !== 0 || interlaced > 1) return 'damaged';
	if (bits === 16) return 'unusual';
	const count = (name: string): number => chunks.filter((chunk) => chunk.name === name).length;
	const palette = chunks.findIndex(({ name }) => name === 'PLTE');
	const pixels = chunks.findIndex(({ name }) => name === 'IDAT');
	const isOnce = count('IHDR') === 1 && count('PLTE') <= 1 && count('tRNS') <= 1;
	if (!isOnce || pixels < 0 || palette > pixels || (type === 3 && palette < 0)) return 'damaged';
	const kept = chunks.filter(({ name }) => DRAWS.has(name));
	const length = (interlaced ? PASSES : ([[0, 0, 1, 1]] as const)).reduce((sum, [left, top, across, down]) => {
		const [columns, rows] = [Math.ceil((width - left) / across), Math.ceil((height - top) / down)];
		// Each row begins with a byte that says how it was filtered.
		return columns > 0 && rows > 0 ? sum + rows * (1 + Math.ceil((columns * colour.channels * bits) / 8)) : sum;
	}, 0);
	return {
		width,
		height,
		bytes: joined([bytes.subarray(0, SIGNATURE_BYTES), ...kept.map(({ whole }) => whole)]),
		packed: { data: joined(chunks.filter(({ name }) => name === 'IDAT').map(({ data }) => data)), length }
	};
}

/** Up to the end of the picture; what comes after is not of it. null: it does not come to its end, or a checksum is wrong. */
function chunksOf(bytes: Uint8Array): Chunk[] | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const chunks: Chunk[] = [];
	let at = SIGNATURE_BYTES;
	while (at + AROUND_BYTES <= bytes.length) {
		const length = view.getUint32(at);
		const end = at + AROUND_BYTES + length;
		if (end > bytes.length) return null;
		const named = bytes.subarray(at + 4, end - 4);
		if (checksum(named) !== view.getUint32(end - 4)) return null;
		const name = String.fromCharCode(...named.subarray(0, 4));
		chunks.push({ name, data: named.subarray(4), whole: bytes.subarray(at, end) });
		if (name === 'IEND') return length === 0 ? chunks : null;
		at = end;
	}
	return null;
}

const TABLE = Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
	return c >>> 0;
});
/** CRC-32 of a chunk's name and data. */
function checksum(bytes: Uint8Array): number {
	let c = 0xffffffff;
	for (const byte of bytes) c = (TABLE[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}
