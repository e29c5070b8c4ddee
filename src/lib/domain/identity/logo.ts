// A supplier's logo as it may be kept: a PNG or a JPEG by its bytes, whatever its name says, of a bounded size. What is kept is written anew from the parts
// that draw; texts, places where a photo was taken, thumbnails and whatever hides behind the end are left out.
// Sources: PNG (W3C, third edition), JPEG (ITU-T T.81). SVG is a program, and never taken; WebP is drawn by no PDF.
import { readJpeg } from './jpeg.ts';
import type { LogoProblem, Picture } from './picture.ts';
import { readPng } from './png.ts';

export const LOGO_MAX_BYTES = 200 * 1024;
export type LogoType = 'image/png' | 'image/jpeg';
export type Logo = Picture & { mediaType: LogoType };
type Read = { ok: true; logo: Logo } | { ok: false; problem: LogoProblem };

export function readLogo(bytes: Uint8Array): Read {
	if (bytes.length === 0) return { ok: false, problem: 'missing' };
	if (bytes.length > LOGO_MAX_BYTES) return { ok: false, problem: 'too_heavy' };
	const mediaType = typeOf(bytes);
	if (!mediaType) return { ok: false, problem: 'not_a_picture' };
	const picture = mediaType === 'image/png' ? readPng(bytes) : readJpeg(bytes);
	return typeof picture === 'string' ? { ok: false, problem: picture } : { ok: true, logo: { ...picture, mediaType } };
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
const begins = (bytes: Uint8Array, with_: number[]): boolean => with_.every((byte, i) => bytes[i] === byte);
function typeOf(bytes: Uint8Array): LogoType | null {
	if (begins(bytes, PNG)) return 'image/png';
	return begins(bytes, JPEG) ? 'image/jpeg' : null;
}
