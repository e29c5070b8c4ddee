// What is taken for a logo: by its bytes, whatever somebody calls it; and what of it is kept.
import { describe, expect, test } from 'vitest';
import { fitted } from '#lib/domain/identity/fitted.ts';
import { LOGO_MAX_BYTES, readLogo } from '#lib/domain/identity/logo.ts';
import { aChunk, aJpeg, aPng, aSegment } from '../../builders/pictures.ts';

const outcome = (bytes: Uint8Array): string => {
	const read = readLogo(bytes);
	return read.ok ? `${read.logo.mediaType} ${read.logo.width}x${read.logo.height}` : read.problem;
};
const kept = (bytes: Uint8Array): Buffer => {
	const read = readLogo(bytes);
	if (!read.ok) throw new Error(read.problem);
	return Buffer.from(read.logo.bytes);
};
const SCRIPT = '<html><script>alert(1)</script>';

test.each([
	['a PNG', aPng(), 'image/png 64x40'],
	['one of two colours', aPng({ colour: 3, bits: 1 }), 'image/png 64x40'],
	['a grey one', aPng({ colour: 0, bits: 4 }), 'image/png 64x40'],
	['as large as may be', aPng({ width: 1024, height: 32 }), 'image/png 1024x32'],
	['a JPEG', aJpeg(), 'image/jpeg 64x40'],
	['a progressive one', aJpeg({ frame: 0xc2 }), 'image/jpeg 64x40'],
	['a grey one', aJpeg({ components: 1 }), 'image/jpeg 64x40']
])('%s is a logo', (_, bytes, expected) => expect(outcome(bytes)).toBe(expected));

describe('what is none', () => {
	test.each([
		['nothing', Buffer.alloc(0), 'missing'],
		[
			'a drawing that is a program',
			Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`),
			'not_a_picture'
		],
		['a page', Buffer.from(SCRIPT), 'not_a_picture'],
		['a WebP', Buffer.from('RIFF\x20\0\0\0WEBPVP8 '), 'not_a_picture'],
		['a GIF', Buffer.from('GIF89a\x01\0\x01\0'), 'not_a_picture'],
		['a page behind the first letters of a PNG', Buffer.from(`\x89PNG${SCRIPT}`, 'latin1'), 'not_a_picture'],
		['a signature and nothing else', aPng().subarray(0, 8), 'damaged'],
		['a page behind a signature', Buffer.concat([aPng().subarray(0, 8), Buffer.from(SCRIPT)]), 'damaged'],
		['a PNG cut in its pixels', aPng().subarray(0, 60), 'damaged'],
		['a PNG without its end', aPng().subarray(0, -12), 'damaged'],
		['a PNG of which one bit has turned', turned(aPng(), 45), 'damaged'],
		['a PNG whose size has turned', turned(aPng(), 18), 'damaged'],
		['a PNG of no width', aPng({ width: 0 }), 'damaged'],
		[
			'a PNG as wide as the number goes',
			aPng({ width: 0x7fffffff, height: 0x7fffffff, pixels: Buffer.alloc(9) }),
			'too_large'
		],
		['a PNG one pixel too wide', aPng({ width: 1025 }), 'too_large'],
		['a PNG one pixel too low', aPng({ height: 31 }), 'too_small'],
		['a pixel that watches who opens the mail', aPng({ width: 1, height: 1 }), 'too_small'],
		['a PNG of 16 bits', aPng({ bits: 16 }), 'unusual'],
		['a PNG of a colour type that is none', aPng({ colour: 6, bits: 4 }), 'damaged'],
		['a PNG with two heads', aPng({ before: aPng().subarray(8, 33) }), 'damaged'],
		['a JPEG cut in its pixels', aJpeg({ isCut: true }), 'damaged'],
		['a JPEG cut in its tables', aJpeg().subarray(0, 50), 'damaged'],
		['a JPEG and then a page', Buffer.concat([aJpeg().subarray(0, 20), Buffer.from(SCRIPT)]), 'damaged'],
		['a JPEG too large', aJpeg({ width: 60_000, height: 60_000 }), 'too_large'],
		['a JPEG of four inks', aJpeg({ components: 4 }), 'unusual'],
		['a JPEG of 12 bits', aJpeg({ bits: 12 }), 'unusual'],
		['a JPEG without losses, that few can draw', aJpeg({ frame: 0xc3 }), 'unusual'],
		['more bytes than a logo needs', aPng({ after: Buffer.alloc(LOGO_MAX_BYTES) }), 'too_heavy']
	])('%s', (_, bytes, problem) => expect(outcome(bytes)).toBe(problem));
	test('bytes of chance, and a picture wrong in any one byte, end in an answer', () => {
		const png = aPng();
		const jpeg = aJpeg();
		for (const whole of [png, jpeg])
			for (let at = 0; at < whole.length; at++) {
				expect(() => readLogo(turned(whole, at))).not.toThrow();
				expect(() => readLogo(whole.subarray(0, at))).not.toThrow();
			}
	});
});

describe('what is kept of it', () => {
	const place = aChunk('eXIf', 'GPS 45.76 4.83');
	test('no text, no place, nothing behind the end: of a PNG the parts that draw', () => {
		const plain = aPng();
		const more = aPng({ before: Buffer.concat([aChunk('tEXt', SCRIPT), place]), after: Buffer.from(SCRIPT) });
		expect(outcome(more)).toBe('image/png 64x40');
		expect(kept(more).equals(kept(plain))).toBe(true);
		expect(kept(more).includes('script')).toBe(false);
	});
	test('the same of a JPEG', () => {
		const before = Buffer.concat([aSegment(0xe1, 'Exif\0\0GPS 45.76 4.83'), aSegment(0xfe, SCRIPT)]);
		const more = aJpeg({ before, after: Buffer.from(SCRIPT) });
		expect(kept(more).equals(kept(aJpeg()))).toBe(true);
		expect(kept(more).includes('GPS')).toBe(false);
	});
	test('what is kept is a logo itself, and the same one', () => {
		for (const one of [aPng(), aJpeg()]) expect(kept(kept(one)).equals(kept(one))).toBe(true);
	});
});

test('it is shown as large as its box allows, in its proportions', () => {
	const box = { width: 112, height: 32 };
	expect(fitted({ width: 64, height: 64 }, box)).toEqual({ width: 32, height: 32 });
	expect(fitted({ width: 1024, height: 128 }, box)).toEqual({ width: 112, height: 14 });
	expect(fitted({ width: 1024, height: 32 }, box)).toEqual({ width: 112, height: 4 });
	expect(fitted({ width: 32, height: 1024 }, box)).toEqual({ width: 1, height: 32 });
});

function turned(bytes: Buffer, at: number): Buffer {
	const other = Buffer.from(bytes);
	other[at] = other[at]! ^ 1;
	return other;
}
