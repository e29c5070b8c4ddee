// Pictures made byte by byte, whole or wrong in one way.
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
export function aChunk(name: string, data: Uint8Array | string = ''): Buffer {
	const named = Buffer.concat([Buffer.from(name, 'latin1'), Buffer.from(data as string)]);
	const around = Buffer.alloc(8);
	around.writeUInt32BE(named.length - 4, 0);
	around.writeUInt32BE(crc32(named), 4);
	return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}
type Png = {
	width?: number;
	height?: number;
	bits?: number;
	/** 6: red, green, blue and alpha. */
	colour?: number;
	/** Instead of the pixels that the size asks for, not yet deflated. */
	pixels?: Buffer;
	/** Before the pixels, and after the end. */
	before?: Buffer;
	after?: Buffer;
	/** What every pixel is filled with: another picture. */
	fill?: number;
};
export function aPng(options: Png = {}): Buffer {
	const { width = 64, height = 40, bits = 8, colour = 6, before, after, fill = 90 } = options;
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([bits, colour, 0, 0, 0], 8);
	const channels = [1, 0, 3, 1, 2, 0, 4][colour]!;
	const row = 1 + Math.ceil((width * channels * bits) / 8);
	const pixels = options.pixels ?? Buffer.alloc(Math.min(row * height, 4_000_000), fill);
	if (!options.pixels) for (let at = 0; at < pixels.length; at += row) pixels[at] = 0;
	return Buffer.concat([
		SIGNATURE,
		aChunk('IHDR', head),
		...(colour === 3 ? [aChunk('PLTE', Buffer.alloc(6, 60))] : []),
		...(before ? [before] : []),
		aChunk('IDAT', deflateSync(pixels)),
		aChunk('IEND'),
		...(after ? [after] : [])
	]);
}

export const aSegment = (marker: number, data: Uint8Array | string): Buffer => {
	const held = Buffer.from(data as string);
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(held.length + 2, 2);
	return Buffer.concat([head, held]);
};
/** The parts of a baseline JPEG in their order; its pixels are a few bytes of nothing in particular, with a stuffed byte and a restart among them. */
export function aJpeg({
	width = 64,
	height = 40,
	components = 3,
	frame = 0xc0,
	bits = 8,
	before = Buffer.alloc(0),
	after = Buffer.alloc(0),
	isCut = false
} = {}): Buffer {
	const sof = Buffer.alloc(6 + 3 * components);
	sof.writeUInt8(bits, 0);
	sof.writeUInt16BE(height, 1);
	sof.writeUInt16BE(width, 3);
	sof.writeUInt8(components, 5);
	return Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		aSegment(0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'),
		before,
		aSegment(0xdb, Buffer.alloc(65, 1)),
		aSegment(frame, sof),
		aSegment(0xc4, Buffer.alloc(20, 1)),
		aSegment(0xda, Buffer.alloc(10, 1)),
		Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
		...(isCut ? [] : [Buffer.from([0xff, 0xd9])]),
		after
	]);
}
